"""What the kind of a body decides, as data beside its statute (kommunallagen 2017:725, KL)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Law:
    """The rules of meetings for a family of bodies, each beside the statute that gives it.

    `quorum` is the share of the seats that must be exceeded, None where the law asks for none;
    `recusal_counts` says whether a recused member is missed in the quorum (the exception of
    KL 5:46 is the assembly's alone). `minority_referral` is the share of those present that
    can have a matter tabled or referred back, None where only a majority can. `summons_binds`:
    a late summons is refused by statute, or else left to the body, with a reason on record.
    `summons_is_public`: it is posted on the board (kungörelse), for everybody to read.
    `supplement_days` before the meeting is the last day to add to it, None where the law sets none.
    `open_doors`: meetings are public by law; where they are not, `doors_statute` closes them until
    the body may open them, and "" leaves them to the body itself.
    `urgent_needs_all`: a matter outside the summons needs everybody present. `attestation_days`,
    `has_notice` and `has_appeal` say what follows the meeting.
    """

    quorum: Fraction | None
    quorum_statute: str
    recusal_counts: bool
    recusal_statute: str
    minority_referral: Fraction | None
    referral_statute: str
    summons_binds: bool
    summons_statute: str
    summons_is_public: bool
    supplement_days: int | None
    supplement_statute: str
    urgent_needs_all: bool
    urgent_statute: str
    open_doors: bool
    doors_statute: str
    attestation_days: int | None
    attestation_statute: str
    has_notice: bool
    has_appeal: bool


_HALF = Fraction(1, 2)

ASSEMBLY_LAW = Law(
    quorum=_HALF,
    quorum_statute="KL 5:45, 5:46",
    recusal_counts=False,
    recusal_statute="KL 5:46–47",
    minority_referral=Fraction(1, 3),
    referral_statute="KL 5:50",
    summons_binds=True,
    summons_statute="KL 5:13",
    summons_is_public=True,
    supplement_days=1,
    supplement_statute="KL 5:14",
    urgent_needs_all=True,
    urgent_statute="KL 5:52",
    open_doors=True,
    doors_statute="KL 5:42",
    attestation_days=14,
    attestation_statute="KL 5:69",
    has_notice=True,
    has_appeal=True,
)

COMMITTEE_LAW = Law(
    quorum=_HALF,
    quorum_statute="KL 6:27",
    recusal_counts=True,
    recusal_statute="KL 6:28–32",
    minority_referral=None,
    referral_statute="KL 6:33",
    summons_binds=False,
    summons_statute="reglemente",
    summons_is_public=False,
    supplement_days=None,
    supplement_statute="",
    urgent_needs_all=False,
    urgent_statute="reglemente",
    open_doors=False,
    doors_statute="KL 6:25",
    attestation_days=14,
    attestation_statute="KL 5:69, 6:35",
    has_notice=True,
    has_appeal=True,
)

NOTES_LAW = Law(
    quorum=None,
    quorum_statute="",
    recusal_counts=False,
    recusal_statute="",
    minority_referral=None,
    referral_statute="",
    summons_binds=False,
    summons_statute="",
    summons_is_public=False,
    supplement_days=None,
    supplement_statute="",
    urgent_needs_all=False,
    urgent_statute="",
    open_doors=False,
    doors_statute="",
    attestation_days=None,
    attestation_statute="",
    has_notice=False,
    has_appeal=False,
)


# The formal items of a meeting in their order, "closing" those that stay last.
_OPENING: tuple[dict[str, Any], ...] = (
    {
        "title": "Sammanträdets öppnande och upprop",
        "text": "Ordföranden öppnar sammanträdet och upprop förrättas.",
    },
    {
        "title": "Val av justerare och tid för justering",
        "text": "Justerare och tid för justeringen framgår av protokollets första sida.",
    },
    {
        "title": "Fastställande av föredragningslistan",
        "text": "Föredragningslistan fastställs.",
    },
    {"title": "Anmälan av jäv"},
)
_LAST: tuple[dict[str, Any], ...] = (
    {"title": "Anmälningsärenden", "item_type": "notification", "section": "closing"},
    {"title": "Övriga frågor", "section": "closing"},
)

COMMITTEE_ITEMS: tuple[dict[str, Any], ...] = (
    *_OPENING,
    {
        "title": "Uppföljning av nämndens uppdrag",
        "item_type": "information",
        "section": "closing",
        "reports": "assignments",
    },
    {
        "title": "Anmälan av delegationsbeslut",
        "item_type": "notification",
        "section": "closing",
        "reports": "delegated_decisions",
    },
    {
        "title": "Anmälan av brådskande beslut (6 kap. 40 § kommunallagen)",
        "item_type": "notification",
        "section": "closing",
        "reports": "urgent_decisions",
    },
    *_LAST,
)

# Neither delegates of a committee nor its chair decide for an assembly (KL 6:37-40).
ASSEMBLY_ITEMS: tuple[dict[str, Any], ...] = (
    *_OPENING,
    {
        "title": "Uppföljning av fullmäktiges uppdrag",
        "item_type": "information",
        "section": "closing",
        "reports": "assignments",
    },
    *_LAST,
)


@dataclass(frozen=True)
class BodyKind:
    """The legal machinery of a kind of body.

    `statutory` bodies keep minutes that are attested, announced and open to legality review
    (KL 5:65-69 and 6:35, 8:12, 13 ch.); an advisory body keeps notes, with neither notice nor
    appeal. `matter_workflow` and `meeting_workflow` name the definitions that its matters and
    meetings follow. `summons_days`, `paper_stop_days` and `formal_items` are the defaults where
    the rules of procedure say nothing. `secretary_title` is what its secretary signs as.
    """

    code: str
    label: dict[str, str]
    law: Law
    summons_days: int = 7
    paper_stop_days: int = 14
    statute: str = "KL 6:35"
    formal_items: tuple[dict[str, Any], ...] = COMMITTEE_ITEMS
    secretary_title: str = "Sekreterare"

    @property
    def statutory(self) -> bool:
        return self.law.has_notice

    @property
    def agenda_template(self) -> list[dict[str, Any]]:
        """The formal items that a new body of this kind begins with."""
        return [dict(item) for item in self.formal_items]

    @property
    def matter_workflow(self) -> str:
        return "decision-matter" if self.statutory else "advisory-matter"

    @property
    def meeting_workflow(self) -> str:
        return "meeting" if self.statutory else "advisory-meeting"


BODY_KINDS: dict[str, BodyKind] = {
    kind.code: kind
    for kind in (
        BodyKind(
            "assembly",
            {"sv": "Fullmäktige", "en": "Assembly"},
            ASSEMBLY_LAW,
            paper_stop_days=21,
            statute="KL 5:13",
            formal_items=ASSEMBLY_ITEMS,
        ),
        BodyKind("executive_board", {"sv": "Styrelse", "en": "Executive board"}, COMMITTEE_LAW),
        BodyKind(
            "committee",
            {"sv": "Nämnd", "en": "Committee"},
            COMMITTEE_LAW,
            secretary_title="Nämndsekreterare",
        ),
        BodyKind("subcommittee", {"sv": "Utskott", "en": "Subcommittee"}, COMMITTEE_LAW),
        BodyKind(
            "joint_committee",
            {"sv": "Gemensam nämnd", "en": "Joint committee"},
            COMMITTEE_LAW,
            statute="KL 9:30",
            secretary_title="Nämndsekreterare",
        ),
        BodyKind(
            "presidium",
            {"sv": "Presidium", "en": "Presidium"},
            NOTES_LAW,
            summons_days=3,
            paper_stop_days=5,
            statute="reglemente",
            formal_items=(),
        ),
        BodyKind(
            "advisory_forum",
            {"sv": "Samverkansforum", "en": "Advisory forum"},
            NOTES_LAW,
            statute="överenskommelse",
            formal_items=(),
        ),
    )
}

STATUTORY = tuple(code for code, kind in BODY_KINDS.items() if kind.statutory)
ANNOUNCED = tuple(code for code, kind in BODY_KINDS.items() if kind.law.summons_is_public)
