"""What the meeting's documents contain: summons, and minutes or notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from casework.documents.contexts import (
    AgendaEntry,
    Block,
    Inline,
    MinutesContext,
    MinutesItem,
    Point,
    Signatory,
    Signature,
    SummonsContext,
    bullets,
    paragraphs,
)
from casework.documents.markdown import to_blocks
from casework.documents.minutes_item import proceedings
from casework.meetings.first_page import first_page
from casework.meetings.proceedings import proceedings_of
from casework.meetings.sections import headed
from casework.meetings.signatories import sections_led
from casework.meetings.wording import (
    clock,
    enumerate_names,
    hours_of,
    in_the_act,
    long_date,
    proposal_of_body,
    section_ranges,
    task_of,
    time_of,
    with_title,
)
from casework.people.section_roles import role_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from casework.documents.contexts import ProposalContext
    from casework.matters.models import DecisionPoint, Section
    from casework.meetings.models import AgendaItem, Attestation, DecidedPoint, Meeting
    from casework.people.models import Organisation

ITEM_TYPES = {
    "decision": "Beslut",
    "information": "Information",
    "notification": "Anmälan",
    "formality": "Formalia",
}
# The signatures are over this very document, so it can only say how they are given.
SIGNED = "Elektronisk underskrift över dokumentets kontrollsumma, se bevis om justering"
_SUPPLEMENT = (
    "Det här är ett tillägg till kallelsen, som i övrigt gäller. De nya ärendena har nummer efter"
    " de tidigare; inget ärende i kallelsen byter nummer."
)
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


def summons(
    meeting: Meeting,
    organisation: Organisation,
    sent_on: date,
    supplement: int = 0,
    reported: Mapping[str, Sequence[str]] | None = None,
) -> SummonsContext:
    """The notice of the meeting with its agenda, or with what a supplement adds to it. `reported`
    lists the decisions to be reported, by what an item `reports`."""
    body = meeting.body
    is_public = body.legal.law.summons_is_public
    kind = "KUNGÖRELSE" if is_public else "KALLELSE"
    return SummonsContext(
        organisation=organisation.name,
        body=body.name,
        sent_date=sent_on.isoformat(),
        meeting_date=meeting.day.isoformat(),
        time=f"{long_date(meeting.day)} {time_of(meeting)}",
        place=meeting.place,
        document_date=sent_on.isoformat(),
        document_type=f"TILLÄGG {supplement} TILL {kind}" if supplement else kind,
        addressed_to=f"Ledamöter{', ersättare och allmänheten' if is_public else ' och ersättare'}",
        openness=_openness(meeting),
        group_meetings=meeting.group_meetings,
        introduction=_SUPPLEMENT if supplement else "",
        remote_link=meeting.remote_link,
        absence=_absence(meeting),
        recusal=_recusal(meeting),
        attestation="Digitalt" if body.is_statutory else "",
        agenda=tuple(
            agenda_entry(
                item, meeting, reported=(reported or {}).get(item.reports, ()), section=section
            )
            for section, item in headed(
                [each for each in meeting.agenda if not supplement or each.supplement == supplement]
            )
        ),
        signatories=_summoners(meeting),
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


def agenda_entry(
    item: AgendaItem,
    meeting: Meeting,
    proposal: ProposalContext | None = None,
    reported: Sequence[str] = (),
    *,
    section: str = "",
) -> AgendaEntry:
    """One row of the agenda, with its proposed decision: that of `proposal`, else the matter's.

    `section` is the heading above it, if one stands there.
    """
    matter = item.matter
    is_decision = item.item_type == "decision" and matter is not None
    lead_in = matter.decision_lead_in if matter and is_decision else ""
    points = numbered(matter.decision_points) if matter and is_decision else ()
    return AgendaEntry(
        number=item.number,
        section=section,
        title=item.title,
        item_type=ITEM_TYPES[item.item_type],
        registration_number=matter.registration_number if matter else "",
        presenter=item.presenter,
        time=_hour(item, meeting),
        secrecy="Stängda dörrar" if item.is_closed and meeting.is_public else "",
        addition=_addition(item),
        decision_heading=proposal_of_body(item.proposed_by) or meeting.body.proposal_heading,
        decision_lead_in=proposal.decision_lead_in if proposal else lead_in,
        points=proposal.points if proposal else points,
        reported=tuple(reported),
    )


def _addition(item: AgendaItem) -> str:
    """That the item has come after the summons, and why."""
    if not item.supplement:
        return ""
    return (
        f"Nytt efter kallelsen: {item.late_reason}" if item.late_reason else "Nytt efter kallelsen"
    )


def _hour(item: AgendaItem, meeting: Meeting) -> str:
    """When the item is planned to begin: after the minutes planned for those before it. Items with
    no minutes planned between them begin at one hour, said at the first."""
    before = [each.minutes_planned or 0 for each in meeting.agenda[: item.position - 1]]
    if before and not before[-1]:
        return ""
    return clock(meeting.starts_at + timedelta(minutes=sum(before)))


def numbered(points: Sequence[DecisionPoint] | Sequence[DecidedPoint]) -> tuple[Point, ...]:
    """Points as printed: numbered from 1, but one alone has no number."""
    alone = len(points) == 1
    return tuple(Point(0 if alone else point.position, point.text) for point in points)


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


def _summoners(meeting: Meeting) -> tuple[Signatory, ...]:
    title = meeting.body.legal.secretary_title
    pairs = ((meeting.chair, "Ordförande"), (meeting.secretary, title))
    return tuple(Signatory(person.name, title) for person, title in pairs if person is not None)


def _absence(meeting: Meeting) -> str:
    if meeting.secretary is None:
        return ""
    return (
        f"Förhinder anmäls snarast på sammanträdets sida eller till {meeting.secretary.name}."
        " Då kallas en ersättare in enligt inkallelseordningen."
    )


def _recusal(meeting: Meeting) -> str:
    place = in_the_act(meeting.body.legal.law.recusal_statute)
    if place is None:
        return ""
    return (
        "Jäv: meddela före sammanträdet om du kan vara jävig i något ärende"
        f" ({place['chapter']} kap. {place['sections']} §§ kommunallagen)."
    )


def _openness(meeting: Meeting) -> str:
    if not meeting.is_public:
        return "Stängda dörrar"
    closed = [str(item.number) for item in meeting.agenda if item.is_closed]
    if not closed:
        return "Sammanträdet är öppet för allmänheten"
    noun = "ärende" if len(closed) == 1 else "ärendena"
    return f"Sammanträdet är öppet för allmänheten utom vid {noun} {enumerate_names(closed)}"
