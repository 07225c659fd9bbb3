"""What the kind of a body decides, as data beside its statute (kommunallagen 2017:725, KL)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BodyKind:
    """The legal machinery of a kind of body.

    `statutory` bodies keep minutes that are attested, announced and open to legality review
    (KL 5:65-69 and 6:35, 8:12, 13 ch.); an advisory body keeps notes, with neither notice nor
    appeal. `matter_workflow` and `meeting_workflow` name the definitions that its matters and
    meetings follow. `summons_days` is the default where the rules of procedure say nothing.
    """

    code: str
    label: dict[str, str]
    statutory: bool
    matter_workflow: str
    meeting_workflow: str
    summons_days: int
    statute: str


_STATUTORY = ("decision-matter", "meeting")
_ADVISORY = ("advisory-matter", "advisory-meeting")

BODY_KINDS: dict[str, BodyKind] = {
    kind.code: kind
    for kind in (
        BodyKind(
            "assembly", {"sv": "Fullmäktige", "en": "Assembly"}, True, *_STATUTORY, 7, "KL 5:13"
        ),
        BodyKind(
            "executive_board",
            {"sv": "Styrelse", "en": "Executive board"},
            True,
            *_STATUTORY,
            7,
            "KL 6:35",
        ),
        BodyKind("committee", {"sv": "Nämnd", "en": "Committee"}, True, *_STATUTORY, 7, "KL 6:35"),
        BodyKind(
            "subcommittee", {"sv": "Utskott", "en": "Subcommittee"}, True, *_STATUTORY, 7, "KL 6:35"
        ),
        BodyKind(
            "joint_committee",
            {"sv": "Gemensam nämnd", "en": "Joint committee"},
            True,
            *_STATUTORY,
            7,
            "KL 9:30",
        ),
        BodyKind(
            "presidium",
            {"sv": "Presidium", "en": "Presidium"},
            False,
            *_ADVISORY,
            3,
            "reglemente",
        ),
        BodyKind(
            "advisory_forum",
            {"sv": "Samverkansforum", "en": "Advisory forum"},
            False,
            *_ADVISORY,
            7,
            "överenskommelse",
        ),
    )
}
