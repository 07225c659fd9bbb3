"""What the meeting's documents contain: summons, and minutes or notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.documents.contexts import (
    AgendaEntry,
    MinutesContext,
    MinutesItem,
    Notice,
    Point,
    Signatory,
    Signature,
    SummonsContext,
    bullets,
    paragraphs,
    proceedings,
)
from casework.meetings.wording import capacity, clock, long_date, section_range, stamp, time_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from casework.board.models import BoardNotice
    from casework.matters.models import DecisionPoint
    from casework.meetings.models import AgendaItem, DecidedPoint, Meeting
    from casework.people.models import Organisation

ITEM_TYPES = {
    "decision": "Beslut",
    "information": "Information",
    "notification": "Anmälan",
    "formality": "Formalia",
}
# The signatures are over this very document, so it can only say how they are given.
SIGNED = "Elektronisk underskrift över dokumentets kontrollsumma"
_OUTCOME_TEXT = {
    "noted": "{body} noterar informationen.",
    "tabled": "{body} bordlägger ärendet till nästa sammanträde.",
    "referred_back": "{body} återremitterar ärendet med följande motivering: {reason}",
    "withdrawn": "Ärendet utgår.",
}


def summons(meeting: Meeting, organisation: Organisation, sent_on: date) -> SummonsContext:
    """The notice of the meeting with its agenda."""
    body = meeting.body
    return SummonsContext(
        organisation=organisation.name,
        body=body.name,
        sent_date=sent_on.isoformat(),
        meeting_date=meeting.day.isoformat(),
        time=f"{long_date(meeting.day)} {time_of(meeting)}",
        place=meeting.place,
        document_date=sent_on.isoformat(),
        document_type="KUNGÖRELSE" if body.kind == "assembly" else "KALLELSE",
        openness="Offentligt" if meeting.is_public else "Stängda dörrar",
        absence=_absence(meeting),
        recusal=_recusal(meeting),
        attestation="Digitalt" if body.is_statutory else "",
        agenda=tuple(_entry(item, meeting) for item in meeting.agenda),
        signatories=_summoners(meeting),
    )


def minutes(
    meeting: Meeting,
    organisation: Organisation,
    items: Sequence[MinutesItem],
    drawn_up_on: date,
) -> MinutesContext:
    """The minutes of the meeting; of an advisory body, its notes."""
    body = meeting.body
    present = {
        code: tuple(
            capacity(each.person.name_with_party, each.capacity)
            for each in meeting.attendances
            if each.capacity in codes
        )
        for code, codes in {
            "deciding": ("chair", "vice_chair", "member"),
            "serving": ("serving_substitute",),
            "substitutes": ("substitute",),
        }.items()
    }
    others = [each.person for each in meeting.attendances if each.capacity == "other"]
    return MinutesContext(
        organisation=organisation.name,
        body=body.name,
        meeting_date=meeting.day.isoformat(),
        place=meeting.place,
        time=time_of(meeting),
        document_date=drawn_up_on.isoformat(),
        is_notes=not body.is_statutory,
        deciding=present["deciding"],
        serving_substitutes=present["serving"],
        present_substitutes=present["substitutes"],
        others_present=tuple(_with_title(person.name, person.title) for person in others),
        attesters=tuple(
            each.person.name_with_party
            for each in meeting.attestations
            if each.capacity == "attester"
        ),
        attestation="Digitalt" if body.is_statutory else "",
        section_range=section_range([item.number for item in items]),
        signatures=_signatures(meeting),
        items=tuple(items),
    )


def minutes_item(item: AgendaItem, number: int, recipients: Sequence[str]) -> MinutesItem:
    """One § from what was recorded on the item."""
    matter, decision = item.matter, item.decision
    lead_in, points = _outcome(item)
    texts = {
        "summary": paragraphs(*_summary(item)),
        "decision_basis": bullets(*_basis(item)),
        "assignments": bullets(*_assignments(decision.points if decision else [])),
    }
    return MinutesItem(
        number=number,
        title=item.title,
        registration_number=matter.registration_number if matter else "",
        decision_heading=_heading(item),
        decision_lead_in=lead_in,
        points=points,
        sections=proceedings(texts),
        recipients=tuple(recipients) if decision else (),
    )


def notice(board_notice: BoardNotice, meeting: Meeting, base_url: str) -> Notice:
    """The notice of the attested minutes (KL 8:12)."""
    numbers = [
        item.minutes_item.section_number for item in meeting.agenda if item.minutes_item is not None
    ]
    attested = meeting.attested_at
    return Notice(
        attested_date=stamp(attested)[:10] if attested else "",
        announced_date=board_notice.announced_on.isoformat(),
        appeal_last_date=board_notice.appeal_until.isoformat(),
        take_down_date=board_notice.take_down_on.isoformat(),
        sections=section_range(numbers),
        kept_at=f"{base_url}/board",
        responsible=_with_title(
            meeting.secretary.name if meeting.secretary else "", "nämndsekreterare"
        ),
    )


def _entry(item: AgendaItem, meeting: Meeting) -> AgendaEntry:
    matter = item.matter
    is_decision = item.item_type == "decision" and matter is not None
    return AgendaEntry(
        number=item.position,
        title=item.title,
        item_type=ITEM_TYPES[item.item_type],
        registration_number=matter.registration_number if matter else "",
        presenter=item.presenter,
        time=clock(meeting.starts_at) if item.position == 1 else "",
        decision_heading=meeting.body.proposal_heading,
        decision_lead_in=matter.decision_lead_in if matter and is_decision else "",
        points=numbered(matter.decision_points) if matter and is_decision else (),
    )


def numbered(points: Sequence[DecisionPoint] | Sequence[DecidedPoint]) -> tuple[Point, ...]:
    """Points as printed: numbered from 1, but one alone has no number."""
    alone = len(points) == 1
    return tuple(Point(0 if alone else point.position, point.text) for point in points)


def _outcome(item: AgendaItem) -> tuple[str, tuple[Point, ...]]:
    if item.decision is not None:
        return item.decision.lead_in, numbered(item.decision.points)
    if item.item_type == "formality":
        return "", (Point(0, item.outcome_reason),) if item.outcome_reason else ()
    wording = _OUTCOME_TEXT.get(item.outcome, "{reason}")
    text = wording.format(body=item.meeting.body.name, reason=item.outcome_reason)
    return "", (Point(0, text),)


def _heading(item: AgendaItem) -> str:
    if item.meeting.body.is_statutory:
        return "Beslut"
    return "Rekommendation" if item.decision is not None else "Antecknas"


def _summary(item: AgendaItem) -> list[str]:
    if item.summary:
        return [part for part in item.summary.split("\n\n") if part.strip()]
    if item.matter is None:
        return []
    summaries = [s.body for s in item.matter.sections if s.heading == "Sammanfattning"]
    return [part for text in summaries for part in text.split("\n\n") if part.strip()]


def _basis(item: AgendaItem) -> list[str]:
    if item.matter is None or item.item_type != "decision":
        return []
    titles = [attachment.title for attachment in item.matter.attachments]
    return [f"Tjänsteskrivelse {item.matter.registration_number}", *titles]


def _assignments(points: Sequence[DecidedPoint]) -> list[str]:
    return [
        f"{_with_title(point.assignee.name, point.assignee.title)} – {point.task}"
        + (f" – återrapporteras {point.report_back_on.isoformat()}" if point.report_back_on else "")
        for point in points
        if point.assignee is not None
    ]


def _signatures(meeting: Meeting) -> tuple[Signature, ...]:
    secretary = (
        (Signature("Sekreterare", meeting.secretary.name, "Har upprättat protokollet"),)
        if meeting.secretary
        else ()
    )
    roles = {"chair": "Ordförande", "attester": "Justerare"}
    return secretary + tuple(
        Signature(roles[each.capacity], each.person.name_with_party, SIGNED)
        for each in meeting.attestations
    )


def _summoners(meeting: Meeting) -> tuple[Signatory, ...]:
    pairs = ((meeting.chair, "Ordförande"), (meeting.secretary, "Nämndsekreterare"))
    return tuple(Signatory(person.name, title) for person, title in pairs if person is not None)


def _absence(meeting: Meeting) -> str:
    if meeting.secretary is None:
        return ""
    return (
        f"Förhinder anmäls snarast till {meeting.secretary.name}."
        " Kalla in din ersättare enligt inkallelseordningen."
    )


def _recusal(meeting: Meeting) -> str:
    if not meeting.body.is_statutory:
        return ""
    return (
        "Jäv: meddela före sammanträdet om du kan vara jävig i något ärende"
        " (6 kap. 28–30 §§ kommunallagen)."
    )


def _with_title(name: str, title: str) -> str:
    return f"{name}, {title}" if title else name
