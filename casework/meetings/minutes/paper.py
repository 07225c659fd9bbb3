"""What the minutes contain, or the notes of a body that has no minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.documents.contexts import (
    Block,
    Inline,
    MinutesContext,
    MinutesItem,
    Point,
    Signature,
    bullets,
    paragraphs,
)
from casework.documents.markdown import to_blocks
from casework.documents.minutes_item import proceedings
from casework.meetings.agenda.paper import numbered
from casework.meetings.minutes.first_page import first_page
from casework.meetings.minutes.proceedings import proceedings_of
from casework.meetings.signatories import sections_led
from casework.meetings.wording import (
    hours_of,
    section_ranges,
    task_of,
    with_title,
)
from casework.people.section_roles import role_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from casework.matters.models import Section
    from casework.meetings.models import AgendaItem, Attestation, DecidedPoint, Meeting
    from casework.people.models import Organisation

# The signatures are over this very document, so it can only say how they are given.
SIGNED = "Elektronisk underskrift över dokumentets kontrollsumma, se bevis om justering"
_OUTCOME_TEXT = {
    "noted": "{body} noterar {what}.",
    "tabled": "{body} bordlägger ärendet till nästa sammanträde.",
    "referred_back": "{body} återremitterar ärendet med följande motivering: {reason}",
    "withdrawn": "Ärendet utgår.",
    "not_handled": "Ärendet behandlades inte och tas upp vid ett senare sammanträde.",
}


@dataclass(frozen=True)
class Alone:
    """What a § that is signed by itself is called, and what it says of itself on top."""

    document_type: str
    heading: str
    introduction: str


def attested_at_once(number: int) -> Alone:
    return Alone(
        "OMEDELBAR JUSTERING",
        f"Omedelbar justering av §\u00a0{number}",
        "Paragrafen justeras omedelbart, före protokollet i övrigt, och tillkännages för sig.",
    )


def correction(number: int, meeting: Meeting, replaced: str) -> Alone:
    """`replaced` is the checksum of the wording that it replaces; the § itself says why."""
    return Alone(
        "RÄTTELSE",
        f"Rättelse av §\u00a0{number}",
        f"Ersätter §\u00a0{number} i protokollet från {meeting.day.isoformat()}, i lydelsen med"
        f" kontrollsumma {replaced[:16]}.",
    )


def minutes(
    meeting: Meeting,
    organisation: Organisation,
    items: Sequence[MinutesItem],
    drawn_up_on: date,
    attesting: Sequence[Attestation],
    alone: Alone | None = None,
    *,
    kept_by: Sequence[Signature],
) -> MinutesContext:
    """The minutes of the meeting; of an advisory body, its notes. `attesting` are to sign them.

    `kept_by` are the lines of those who kept them.
    `alone`: one § by itself, with those who were there for it.
    """
    body = meeting.body
    numbers = [item.number for item in items]
    roll = first_page(meeting, numbers if alone else ())
    at_once = [item.number for item in items if item.attested_immediately]
    return MinutesContext(
        organisation=organisation.name,
        body=body.name,
        meeting_date=meeting.day.isoformat(),
        place=meeting.place,
        time=hours_of(meeting),
        document_date=drawn_up_on.isoformat(),
        is_notes=not body.is_statutory,
        deciding=roll.deciding,
        serving_substitutes=roll.serving,
        present_substitutes=roll.substitutes,
        others_present=roll.others,
        remote=roll.remote,
        attesters=tuple(
            each.person.name_with_party for each in attesting if each.capacity == "attester"
        ),
        attestation="Digitalt" if body.is_statutory else "",
        section_range=section_ranges(numbers),
        immediate_sections="" if alone else section_ranges(at_once),
        document_type=alone.document_type if alone else "",
        heading=alone.heading if alone else "",
        introduction=alone.introduction if alone else "",
        signatures=(*kept_by, *_signatures(meeting, attesting)),
        items=tuple(items),
    )


def minutes_item(
    item: AgendaItem,
    number: int,
    *,
    reported: Sequence[str] = (),
    proposed: Sequence[str] = (),
    attested_immediately: bool = False,
) -> MinutesItem:
    """One § from what was recorded on the item; `reported` lists the decisions it reports.

    `proposed` names what other bodies have proposed of its matter. Of what is only proposed
    nobody is told and nobody is given an assignment.
    """
    matter = item.matter
    decision = item.decision if item.outcome != "proposed" else None
    lead_in, points = _outcome(item)
    texts = {
        "summary": (*_summary(item), *bullets(*reported)),
        "decision_basis": bullets(*_basis(item, proposed)),
        "assignments": bullets(*assignments(decision.points if decision else [])),
        **proceedings_of(item),
    }
    return MinutesItem(
        number=number,
        title=item.title,
        registration_number=matter.registration_number if matter else "",
        decision_heading=_heading(item),
        decision_lead_in=lead_in,
        points=points,
        attested_immediately=attested_immediately,
        sections=proceedings(texts),
        recipients=tuple(row.name for row in matter.recipients) if matter and decision else (),
    )


def _outcome(item: AgendaItem) -> tuple[str, tuple[Point, ...]]:
    if item.decision is not None:
        return item.decision.lead_in, numbered(item.decision.points)
    if item.mendings:
        texts = item.mendings[-1].words["points"]
        return "", tuple(Point(n * (len(texts) > 1), text) for n, text in enumerate(texts, start=1))
    if item.outcome == "noted" and item.outcome_reason:
        texts = [part.strip() for part in item.outcome_reason.split("\n") if part.strip()]
        return "", tuple(
            Point(n if len(texts) > 1 else 0, text) for n, text in enumerate(texts, start=1)
        )
    if item.item_type == "formality" and item.outcome == "noted":
        return "", (Point(0, "Inget särskilt finns att anteckna."),)
    wording = _OUTCOME_TEXT.get(item.outcome, "{reason}")
    body, reason = item.meeting.body, item.outcome_reason
    text = wording.format(body=body.name, reason=reason, what=_noted(item))
    return "", (Point(0, text),)


def _noted(item: AgendaItem) -> str:
    what = "anmälan" if item.item_type == "notification" else "informationen"
    return f"{what} till protokollet" if item.meeting.body.is_statutory else what


def _heading(item: AgendaItem) -> str:
    if item.meeting.body.is_statutory:
        return "Beslut"
    if item.outcome == "proposed":
        return "Förslag"
    return "Rekommendation" if item.decision is not None else "Antecknas"


def _summary(item: AgendaItem) -> Iterator[Block]:
    if item.late_reason:
        yield from paragraphs(f"Ärendet tillkom efter kallelsen: {item.late_reason}")
    if item.summary:
        yield from to_blocks(item.summary)
    elif item.matter is not None:
        for section in minuted(item):
            if role_of(section.heading) != "summary":
                yield Block("heading", (Inline(section.heading, bold=True),), level=1)
            yield from to_blocks(section.body)


def minuted(item: AgendaItem) -> list[Section]:
    """The sections of its matter's proposal that the body sums it up with in its minutes."""
    roles = item.meeting.body.minuted_roles
    sections = item.matter.sections if item.matter else []
    return [each for each in sections if each.body.strip() and role_of(each.heading) in roles]


def is_unsummed(item: AgendaItem) -> bool:
    """Whether the proposal says much, and nothing of it goes into the § by itself."""
    written = item.matter is not None and any(each.body.strip() for each in item.matter.sections)
    return written and not item.summary and not minuted(item)


def _basis(item: AgendaItem, proposed: Sequence[str]) -> list[str]:
    if item.matter is None or item.item_type != "decision":
        return []
    before_them = item.matter.attachments_at(item.concluded_at)
    titles = [attachment.title for attachment in before_them]
    return [f"Tjänsteskrivelse {item.matter.registration_number}", *proposed, *titles]


def assignments(points: Sequence[DecidedPoint]) -> list[str]:
    """What each point asks of whom, as printed."""
    return [
        f"{with_title(point.assignee.name, point.assignee.title)} – {task_of(point.task)}"
        + (f" – återrapporteras {point.report_back_on.isoformat()}" if point.report_back_on else "")
        for point in points
        if point.assignee is not None
    ]


def _signatures(meeting: Meeting, attesting: Sequence[Attestation]) -> tuple[Signature, ...]:
    return tuple(
        Signature(_role(meeting, each, attesting), each.person.name_with_party, SIGNED)
        for each in attesting
    )


def _role(meeting: Meeting, signing: Attestation, attesting: Sequence[Attestation]) -> str:
    """In what role somebody signs; where several have led, each with the §§ that were theirs."""
    if signing.capacity == "attester":
        return "Justerare"
    led = sections_led(meeting, signing.person_id)
    if sum(each.capacity == "chair" for each in attesting) == 1 or not led:
        return "Ordförande"
    sign = "§" if len(led) == 1 else "§§"
    return f"Ordförande {sign}\u00a0{section_ranges(led)}"
