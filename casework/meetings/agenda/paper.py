"""What the summons contains: the agenda with what is proposed, and how one takes part."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from casework.documents.contexts import (
    AgendaEntry,
    Point,
    Signatory,
    SummonsContext,
)
from casework.meetings.sections import headed
from casework.meetings.wording import (
    clock,
    enumerate_names,
    in_the_act,
    long_date,
    proposal_of_body,
    time_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from casework.documents.contexts import ProposalContext
    from casework.matters.models import DecisionPoint
    from casework.meetings.models import AgendaItem, DecidedPoint, Meeting
    from casework.people.models import Organisation


ITEM_TYPES = {
    "decision": "Beslut",
    "information": "Information",
    "notification": "Anmälan",
    "formality": "Formalia",
}


_SUPPLEMENT = (
    "Det här är ett tillägg till kallelsen, som i övrigt gäller. De nya ärendena har nummer efter"
    " de tidigare; inget ärende i kallelsen byter nummer."
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
            _sealed_entry(item, meeting, section)
            if item.is_sealed
            else agenda_entry(
                item, meeting, reported=(reported or {}).get(item.reports, ()), section=section
            )
            for section, item in headed(
                [each for each in meeting.agenda if not supplement or each.supplement == supplement]
            )
        ),
        signatories=_summoners(meeting),
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


def _sealed_entry(item: AgendaItem, meeting: Meeting, section: str) -> AgendaEntry:
    """One row of a summons, which goes by open mail, for a matter with a secrecy mark: its number.

    What it is about stands in the pack, for those who may read it.
    """
    return AgendaEntry(
        number=item.number,
        section=section,
        title=item.name_outside,
        item_type=ITEM_TYPES[item.item_type],
        time=_hour(item, meeting),
        secrecy="Sekretess",
        addition="Nytt efter kallelsen" if item.supplement else "",
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
