"""Correcting persons and appointments; what was written before stays on the person's record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.errors import Conflict, Invalid, Stale
from casework.people.details import DETAILS, checked_details
from casework.people.models import Appointment
from casework.people.policy import lacking
from casework.people.queries import appointments
from casework.people.service import (
    KEEPERS,
    MEMBERS,
    SEATED,
    URGENT,
    check_call_order,
    check_span,
    check_urgent,
    holds_already,
    may_keep,
    require_appointer,
)
from casework.people.sorting import sort_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.context import Context
    from casework.people.models import Person

    Span = tuple[date, date | None]

DAYS = ("valid_from", "valid_to")
APPOINTED = (*DAYS, "is_acting", "call_order")


def revise_person(
    context: Context, person: Person, *, expected_version: int | None = None, **given: str
) -> None:
    """Correct a person: the fields of `details.DETAILS`; what was written before stays on record.

    What has been signed keeps the name it was signed with. An administrator corrects everybody, a
    secretary those who sit in their body. Raises Forbidden, Invalid, or Stale when somebody else
    was first.
    """
    if not may_revise(context, person):
        raise lacking(KEEPERS)
    if expected_version not in (None, person.version):
        raise Stale("stale")
    found = checked_details(given)
    former = {name: getattr(person, name) for name in DETAILS}
    changed = {name: value for name, value in found.items() if value != former[name]}
    for name, value in changed.items():
        setattr(person, name, value)
    person.sort_key = sort_key(person.name)
    if changed:
        before = {name: former[name] for name in changed}
        context.record(person, "revised", before=before, after=changed)


def may_revise(context: Context, person: Person) -> bool:
    """Whether the actor may correct the person: the system, administrators, their secretary."""
    if context.actor.person_id is None or may_keep(context, None, ("administrator",)):
        return True
    return any(
        may_keep(context, seat.body)
        for seat in context.session.scalars(appointments(context.organisation_id, person.id))
        if seat.body is not None and seat.role in SEATED and not _is_over(seat, context.today)
    )


def _is_over(appointment: Appointment, day: date) -> bool:
    return appointment.valid_to is not None and appointment.valid_to < day


def revise_appointment(
    context: Context,
    appointment: Appointment,
    *,
    used: tuple[date, date] | None,
    expected_version: int | None = None,
    **given: Any,
) -> None:
    """Correct or end an appointment: the fields of APPOINTED.

    `used` are the first and the last day on which something rests on it; both stay within its
    days. Refused as `appoint` refuses, with Conflict for a day that was used, and Stale when
    somebody else was first.
    """
    require_appointer(context, appointment)
    if expected_version not in (None, appointment.version):
        raise Stale("stale")
    now = {name: getattr(appointment, name) for name in APPOINTED}
    changed = {name: value for name, value in given.items() if value != now[name]}
    wanted = now | changed
    check_call_order(wanted["call_order"])
    first, last = wanted["valid_from"], wanted["valid_to"]
    check_span(first, last)
    person, role, body = appointment.person, appointment.role, appointment.body
    if holds_already(context, person, role, body, first, last, appointment):
        raise Conflict("appointed_already", name=person.name)
    if role == URGENT and changed.keys() & DAYS and not _is_shortened(appointment, first, last):
        check_urgent(context, person, body, first, last, appointment)
    if used and not (first <= used[0] and (last is None or used[1] <= last)):
        day = used[0] if used[0] < first else used[1]
        raise Conflict("appointment_used_then", name=person.name, day=day.isoformat())
    _require_seat_left(context, appointment, (first, last))
    if "valid_to" in changed and last is not None:
        _require_administrator_left(context, appointment, last)
    for name, value in changed.items():
        setattr(appointment, name, value)
    if changed:
        context.record(
            person,
            "appointment_ended"
            if changed.keys() == {"valid_to"} and last
            else "appointment_mended",
            **_told(appointment),
            before={name: _plain(now[name]) for name in changed},
            after={name: _plain(value) for name, value in changed.items()},
        )


def _is_shortened(appointment: Appointment, first: date, last: date | None) -> bool:
    """Whether it only ends earlier: that needs nobody's mandate, nor a seat."""
    former = appointment.valid_to
    is_earlier = last is not None and (former is None or last <= former)
    return first == appointment.valid_from and is_earlier


def take_back_appointment(
    context: Context,
    appointment: Appointment,
    *,
    reason: str,
    used: tuple[date, date] | None,
    expected_version: int | None = None,
) -> None:
    """A mistaken appointment is taken away, as if never made; the person's record keeps it.

    Refused as `appoint` refuses, with Conflict if something rests on it (`used`), Invalid without
    a reason, and Stale when somebody else was first.
    """
    require_appointer(context, appointment)
    if expected_version not in (None, appointment.version):
        raise Stale("stale")
    if not reason.strip():
        raise Invalid("take_back_reason_missing")
    person = appointment.person
    if used:
        raise Conflict("appointment_used", name=person.name, day=used[0].isoformat())
    _require_seat_left(context, appointment)
    _require_administrator_left(context, appointment, context.today)
    context.record(
        person,
        "appointment_taken_back",
        **_told(appointment),
        **{name: _plain(getattr(appointment, name)) for name in APPOINTED},
        reason=reason.strip(),
    )
    context.session.delete(appointment)


def _told(appointment: Appointment) -> dict[str, str]:
    """What the record says of an appointment."""
    return {
        "role": appointment.role,
        "body": appointment.body.name if appointment.body else "",
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _require_seat_left(context: Context, seat: Appointment, *left: Span) -> None:
    """Who has the mandate of KL 6:39 sits as member meanwhile, or nobody could decide.

    `left` are the days that the seat will have. Raises Conflict with the first day on which a
    mandate would lose its seat.
    """
    if seat.role not in MEMBERS:
        return
    own = select(Appointment).where(
        Appointment.organisation_id == seat.organisation_id,
        Appointment.person_id == seat.person_id,
        Appointment.body_id == seat.body_id,
    )
    seats = context.session.scalars(own.where(Appointment.role.in_(MEMBERS))).all()
    others = [(each.valid_from, each.valid_to) for each in seats if each is not seat]
    for mandate in context.session.scalars(own.where(Appointment.role == URGENT)):
        day = _first_without(mandate, [*others, *left])
        before = _first_without(mandate, [*others, (seat.valid_from, seat.valid_to)])
        if day is not None and (before is None or day < before):
            raise Conflict("urgent_member_leaves", name=seat.person.name, day=day.isoformat())


def _first_without(mandate: Appointment, seats: Sequence[Span]) -> date | None:
    """The first day of the mandate on which none of the seats is held, None for no such day."""
    day = mandate.valid_from
    for first, last in sorted(seats, key=lambda span: span[0]):
        if first <= day and last is None:
            return None
        if last is not None and first <= day <= last:
            day = last + timedelta(days=1)
    return day if mandate.valid_to is None or day <= mandate.valid_to else None


def _require_administrator_left(context: Context, appointment: Appointment, last: date) -> None:
    """Somebody must be left to appoint others after that day: the last administrator stays."""
    if appointment.role != "administrator" or appointment.body_id is not None:
        return
    others = select(Appointment.id).where(
        Appointment.organisation_id == context.organisation_id,
        Appointment.role == "administrator",
        Appointment.body_id.is_(None),
        Appointment.id != appointment.id,
        Appointment.valid_from <= max(context.today, last),
        Appointment.valid_to.is_(None),
    )
    if context.session.scalar(others.limit(1)) is None:
        raise Conflict("last_administrator", name=appointment.person.name)
