"""Correcting and taking back appointments: what rests on one stays within its days.

Coming meetings that named the person as chair or secretary are handed to who is it then.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from casework.accounts.service import require_administrator_left
from casework.audit.models import AuditEntry
from casework.context import STOCKHOLM
from casework.delegation.models import DelegatedDecision
from casework.meetings.models import (
    Absence,
    AgendaItem,
    Attendance,
    Attestation,
    Meeting,
    Minutes,
    Recusal,
    Signature,
)
from casework.meetings.planning.plan import watch_summons
from casework.people.corrections import revise_appointment, take_back_appointment
from casework.people.models import Appointment
from casework.people.service import SEATED, URGENT, appointed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from sqlalchemy import Select

    from casework.context import Context
    from casework.people.models import Person

TO_COME = ("planned", "summoned")
NOT_HELD = (*TO_COME, "cancelled")
OFFICES = {"chair": "chair", "committee_secretary": "secretary"}  # as a meeting names them
SEAT_OF = {"serving_substitute": "substitute"}  # where a capacity is not the role itself


def revise(
    context: Context, appointment: Appointment, *, expected_version: int | None = None, **given: Any
) -> None:
    """Correct or end an appointment; raises as `revise_appointment` does."""
    used = used_days(context, appointment)
    _require_administrator_left(context, appointment, given)
    revise_appointment(context, appointment, used=used, expected_version=expected_version, **given)
    _hand_over(context, appointment.person, appointment.role, appointment.body_id)


def take_back(
    context: Context,
    appointment: Appointment,
    *,
    reason: str,
    expected_version: int | None = None,
) -> None:
    """Take back a mistaken appointment; raises as `take_back_appointment` does."""
    used = used_days(context, appointment)
    _require_administrator_left(context, appointment, {"valid_to": context.today})
    person, role, body_id = appointment.person, appointment.role, appointment.body_id
    take_back_appointment(
        context, appointment, reason=reason, used=used, expected_version=expected_version
    )
    _hand_over(context, person, role, body_id)


def _require_administrator_left(
    context: Context, appointment: Appointment, given: Mapping[str, Any]
) -> None:
    """Somebody who can sign in is left as administrator, when this one is so for a time only."""
    if appointment.role != "administrator" or appointment.body_id is not None:
        return
    first = given.get("valid_from", appointment.valid_from)
    if first > context.today or given.get("valid_to") is not None:
        require_administrator_left(context, appointment.person_id)


def _hand_over(context: Context, person: Person, role: str, body_id: int | None) -> None:
    """Meetings to come that the person no longer leads or keeps get whoever does on their day."""
    office = OFFICES.get(role)
    if office is None:
        return
    context.session.flush()
    to_come = select(Meeting).where(
        Meeting.organisation_id == context.organisation_id,
        Meeting.state.in_(TO_COME),
        Meeting.starts_at > context.moment,
        getattr(Meeting, f"{office}_id") == person.id,
    )
    if body_id is not None:
        to_come = to_come.where(Meeting.body_id == body_id)
    for meeting in context.session.scalars(to_come):
        holders = appointed(context, role, meeting.body_id, meeting.day)
        if person in holders:
            continue
        setattr(meeting, office, next(iter(holders), None))
        context.session.flush()
        context.record(meeting, "revised", fields=[office])
        if office == "secretary" and meeting.state == "planned":
            watch_summons(context, meeting, meeting.body)


def used_days(context: Context, appointment: Appointment) -> tuple[date, date] | None:
    """The first and the last day on which something rests on the appointment, None for nothing.

    A seat is used at a meeting that has begun (roll, absence, recusal, attestation, signature,
    chair) and by an urgent decision, the mandate of KL 6:39 by that alone; an office by what its
    holder has done since it was recorded.
    """
    if appointment.role == URGENT:
        return _within(appointment, _urgent_decided(context, appointment))
    if appointment.body_id is None or appointment.role not in SEATED:
        return _office_used(context, appointment)
    return _within(appointment, _seat_used(context, appointment))


def _within(appointment: Appointment, days: Iterable[date]) -> tuple[date, date] | None:
    found = {day for day in days if _covers(appointment, day)}
    return (min(found), max(found)) if found else None


def _urgent_decided(context: Context, appointment: Appointment) -> list[date]:
    """The days of the person's urgent decisions for the body."""
    decided = select(DelegatedDecision.decided_on).where(
        DelegatedDecision.organisation_id == appointment.organisation_id,
        DelegatedDecision.body_id == appointment.body_id,
        DelegatedDecision.decider_id == appointment.person_id,
        DelegatedDecision.kind == "urgent",
        DelegatedDecision.decided_on.is_not(None),
    )
    return [day for day in context.session.scalars(decided) if day is not None]


def _seat_used(context: Context, appointment: Appointment) -> Iterator[date]:
    """Days of what was done in the seat itself, or could rest on no other seat of the person."""
    own, person_id = appointment.organisation_id, appointment.person_id
    others = _other_seats(context, appointment)
    rows = context.session.execute(
        select(Meeting.starts_at, Attendance.capacity)
        .join(Attendance, Attendance.meeting_id == Meeting.id)
        .where(
            Meeting.organisation_id == own,
            Meeting.body_id == appointment.body_id,
            Meeting.state.not_in(NOT_HELD),
            Attendance.person_id == person_id,
        )
    )
    for starts_at, capacity in rows:
        if SEAT_OF.get(capacity, capacity) == appointment.role:
            yield _day(starts_at)
    named = select(Meeting.starts_at).where(
        Meeting.organisation_id == own,
        Meeting.body_id == appointment.body_id,
        Meeting.state.not_in(NOT_HELD),
        or_(Meeting.chair_id == person_id, *(Meeting.id.in_(each) for each in _traces(person_id))),
    )
    days = [_day(starts_at) for starts_at in context.session.scalars(named)]
    for day in (*days, *_urgent_decided(context, appointment)):
        if not any(_covers(other, day) for other in others):
            yield day


def _traces(person_id: int) -> Iterator[Select[int]]:
    """The meetings in whose papers the person stands, beside those they attended."""
    yield select(Attendance.meeting_id).where(
        or_(Attendance.person_id == person_id, Attendance.serves_for_id == person_id)
    )
    yield select(Absence.meeting_id).where(
        or_(Absence.person_id == person_id, Absence.substitute_id == person_id)
    )
    yield (
        select(AgendaItem.meeting_id)
        .outerjoin(Recusal, Recusal.agenda_item_id == AgendaItem.id)
        .where(
            or_(
                AgendaItem.led_by_id == person_id,
                Recusal.person_id == person_id,
                Recusal.substitute_id == person_id,
            )
        )
    )
    yield select(Attestation.meeting_id).where(Attestation.person_id == person_id)
    yield (
        select(Minutes.meeting_id)
        .join(Signature, Signature.minutes_id == Minutes.id)
        .where(Signature.person_id == person_id)
    )


def _other_seats(context: Context, appointment: Appointment) -> list[Appointment]:
    return list(
        context.session.scalars(
            select(Appointment).where(
                Appointment.organisation_id == appointment.organisation_id,
                Appointment.person_id == appointment.person_id,
                Appointment.body_id == appointment.body_id,
                Appointment.role.in_(SEATED),
                Appointment.id != appointment.id,
            )
        )
    )


def _office_used(context: Context, appointment: Appointment) -> tuple[date, date] | None:
    """What the holder of an office did in its days; in which of their roles nobody can tell."""
    done = select(func.min(AuditEntry.at), func.max(AuditEntry.at)).where(
        AuditEntry.organisation_id == appointment.organisation_id,
        AuditEntry.actor_id == appointment.person_id,
        AuditEntry.at >= max(appointment.recorded_at, _moment(appointment.valid_from, time.min)),
    )
    if appointment.valid_to is not None:
        done = done.where(AuditEntry.at <= _moment(appointment.valid_to, time.max))
    first, last = context.session.execute(done).one()
    return (_day(first), _day(last)) if first is not None else None


def _covers(appointment: Appointment, day: date) -> bool:
    last = appointment.valid_to
    return appointment.valid_from <= day and (last is None or day <= last)


def _moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, STOCKHOLM)


def _day(moment: datetime) -> date:
    return moment.astimezone(STOCKHOLM).date()
