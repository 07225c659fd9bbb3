"""What a calendar tells of meetings: the planned facts alone, never the agenda or a remote link.

A calendar is kept by whichever program asked for it, often far away; nothing is in it that a
passer-by may not know. A secretary's own calendar holds the days to keep besides.
"""

from __future__ import annotations

from datetime import timedelta
from statistics import median_high
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import false, func, or_, select, true
from sqlalchemy.orm import joinedload

from casework.audit.models import AuditEntry
from casework.deadlines.calendar import due
from casework.meetings.models import Meeting
from casework.meetings.planning.icalendar import Event, calendar
from casework.meetings.planning.plan import last_summons_day
from casework.meetings.planning.series import paper_stop
from casework.people.models import Appointment
from casework.phrases import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement

    from casework.context import Context
    from casework.people.models import Body, Person
    from casework.phrases import Language

SUPPOSED = timedelta(hours=3)  # of a body whose meetings have no end so far
MOST = 1000  # a feed has no second page; so many meetings a reader has in ten years
KEPT = timedelta(days=400)  # how long a meeting stays in the calendar
SECRETARY = "committee_secretary"
ATTENDING = ("chair", "vice_chair", "member", "substitute", SECRETARY)


def body_calendar(context: Context, body: Body, language: Language) -> bytes:
    """The meetings of a body, for everybody."""
    found = _meetings(context, Meeting.body_id == body.id)
    changed = _changes(context, found)
    usual = _usual_length(found)
    events = [_event(context, each, usual[body.id], changed[each.id], language) for each in found]
    return calendar(sentence("calendar_of_body", {"body": body.name}, language), events)


def person_calendar(context: Context, person: Person, language: Language) -> bytes:
    """The meetings that the person is appointed to on their day, and the secretary's own days."""
    appointments = _appointments(context, person)
    found = _meetings(context, or_(false(), *(_reach(each) for each in appointments)))
    changed = _changes(context, found)
    usual = _usual_length(found)
    events: list[Event] = []
    for meeting in found:
        roles = {each.role for each in appointments if _covers(each, meeting)}
        if roles:
            url = f"{context.services.settings.base_url}/meetings/{meeting.id}"
            length, changed_at = usual[meeting.body_id], changed[meeting.id]
            events.append(_event(context, meeting, length, changed_at, language, url))
        if SECRETARY in roles:
            events += _days_to_keep(context, meeting, changed[meeting.id], language)
    return calendar(sentence("calendar_of_person", {"person": person.name}, language), events)


def _event(
    context: Context,
    meeting: Meeting,
    usual: timedelta,
    changed_at: datetime,
    language: Language,
    url: str = "",
) -> Event:
    doors = "calendar_doors_open" if meeting.is_public else "calendar_doors_closed"
    is_cancelled = meeting.state == "cancelled"
    name = meeting.body.name
    return Event(
        uid=_uid(context, meeting),
        summary=sentence("calendar_cancelled", {"body": name}, language) if is_cancelled else name,
        starts=meeting.starts_at,
        ends=meeting.ends_at or meeting.starts_at + usual,
        place=meeting.place,
        description=sentence(doors, {}, language),
        url=url,
        changed_at=changed_at,
        sequence=meeting.version,
        is_cancelled=is_cancelled,
    )


def _usual_length(meetings: Iterable[Meeting]) -> dict[int, timedelta]:
    """How long each body (id) meets: the median of its meetings whose end is known."""
    known: dict[int, list[timedelta]] = {each.body_id: [] for each in meetings}
    for each in meetings:
        if each.ends_at is not None:
            known[each.body_id].append(each.ends_at - each.starts_at)
    return {body: median_high(lengths) if lengths else SUPPOSED for body, lengths in known.items()}


def _days_to_keep(
    context: Context, meeting: Meeting, changed_at: datetime, language: Language
) -> Iterator[Event]:
    """Paper stop, last day for the summons, and attestation where the law asks for it."""
    days: list[tuple[str, date]] = [
        ("paper_stop", paper_stop(meeting.body, meeting.day)),
        ("summons", last_summons_day(meeting)),
    ]
    if meeting.body.is_statutory:
        days.append(("attestation", due("attest", meeting.day).due))
    words = {"body": meeting.body.short_name, "day": meeting.day.isoformat()}
    for name, day in days:
        yield Event(
            uid=_uid(context, meeting, name),
            summary=sentence(f"calendar_{name}", words, language),
            starts=day,
            changed_at=changed_at,
            sequence=meeting.version,
            is_cancelled=meeting.state == "cancelled",
        )


def _uid(context: Context, meeting: Meeting, what: str = "") -> str:
    host = urlsplit(context.services.settings.base_url).hostname
    return f"meeting-{meeting.id}{'-' + what if what else ''}@{host}"


def _meetings(context: Context, which: ColumnElement[bool]) -> Sequence[Meeting]:
    return context.session.scalars(
        select(Meeting)
        .where(
            Meeting.organisation_id == context.organisation_id,
            Meeting.starts_at >= context.moment - KEPT,
            which,
        )
        .options(joinedload(Meeting.body))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST)
    ).all()


def _changes(context: Context, meetings: Iterable[Meeting]) -> dict[int, datetime]:
    """When each was last changed, as the record tells: the same feed twice is the same bytes."""
    rows = context.session.execute(
        select(AuditEntry.subject_id, func.max(AuditEntry.at))
        .where(
            AuditEntry.organisation_id == context.organisation_id,
            AuditEntry.subject_type == Meeting.__tablename__,
            AuditEntry.subject_id.in_([each.id for each in meetings]),
        )
        .group_by(AuditEntry.subject_id)
    )
    return {row[0]: row[1] for row in rows}


def _appointments(context: Context, person: Person) -> Sequence[Appointment]:
    """The person's seats in bodies; of those in the whole organisation only a secretary's."""
    return context.session.scalars(
        select(Appointment).where(
            Appointment.organisation_id == context.organisation_id,
            Appointment.person_id == person.id,
            Appointment.role.in_(ATTENDING),
            Appointment.body_id.is_not(None) | (Appointment.role == SECRETARY),
        )
    ).all()


def _reach(appointment: Appointment) -> ColumnElement[bool]:
    """Of which body's meetings; an appointment in the whole organisation reaches them all."""
    return true() if appointment.body_id is None else Meeting.body_id == appointment.body_id


def _covers(appointment: Appointment, meeting: Meeting) -> bool:
    ends = appointment.valid_to
    return (
        appointment.body_id in (None, meeting.body_id)
        and appointment.valid_from <= meeting.day
        and (ends is None or meeting.day <= ends)
    )
