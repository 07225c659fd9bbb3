"""The seats of a body on the day of a meeting: who is elected to them, and how many they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.people.models import Appointment, Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.context import Context
    from casework.meetings.models import Meeting


ELECTED = ("chair", "vice_chair", "member")


def seats(context: Context, meeting: Meeting) -> int:
    """How many members the body has: as elected, or as appointed on the meeting day."""
    return meeting.body.seats or len(appointed_on(context, meeting, ELECTED))


def appointed_on(
    context: Context, meeting: Meeting, roles: Sequence[str]
) -> dict[int, tuple[Person, str]]:
    """Those appointed to the body in one of `roles` on the meeting day, in calling order."""
    rows = context.session.execute(
        select(Person, Appointment.role)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.organisation_id == meeting.organisation_id,
            Appointment.body_id == meeting.body_id,
            Appointment.role.in_(roles),
            Appointment.valid_from <= meeting.day,
            Appointment.valid_to.is_(None) | (Appointment.valid_to >= meeting.day),
        )
        .order_by(Appointment.call_order.is_(None), Appointment.call_order, Person.sort_key)
    ).all()
    order = {role: number for number, role in enumerate(roles)}
    found: dict[int, tuple[Person, str]] = {}
    for person, role in sorted(rows, key=lambda row: order[row[1]]):
        found.setdefault(person.id, (person, role))
    return found
