"""The roll as the meeting screen shows it: a line for each person, and as what they come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.meetings.seats import ELECTED, appointed_on
from casework.meetings.table.calling import called_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.context import Context
    from casework.meetings.models import Attendance, Meeting
    from casework.people.models import Person

LEADS = ("chair", "vice_chair")


@dataclass(frozen=True)
class RollLine:
    """Somebody who belongs to the body or is on its roll, and the capacity in which they come."""

    person: Person
    role: str
    row: Attendance | None
    called_for: Person | None
    comes_as: str
    serves_for: Person | None

    @property
    def is_here(self) -> bool:
        return self.row is not None and self.row.is_present

    @property
    def stands_in_as_chair(self) -> bool:
        return self.is_here and self.role != "chair" and self.capacity == "chair"

    @property
    def capacity(self) -> str:
        return self.row.capacity if self.row else ""


def roll_lines(context: Context, meeting: Meeting) -> list[RollLine]:
    """Everybody who belongs to the body, and whoever else is on the roll."""
    rows = {row.person_id: row for row in meeting.attendances}
    appointed = appointed_on(context, meeting, (*ELECTED, "substitute"))
    others = [(row.person, "other") for row in rows.values() if row.person_id not in appointed]
    called = _called(meeting)
    lines = []
    for person, role in (*appointed.values(), *others):
        row, called_for = rows.get(person.id), called.get(person.id)
        comes_as, serves_for = _comes_as(meeting, role, row, called_for)
        lines.append(RollLine(person, role, row, called_for, comes_as, serves_for))
    return lines


def may_lead(lines: Sequence[RollLine]) -> list[RollLine]:
    """Whom those present may choose to lead, while neither chair nor vice chair is there."""
    here = [line for line in lines if line.is_here]
    if any(line.capacity in LEADS for line in here):
        return []
    return [line for line in here if line.capacity in ELECTED]


def _comes_as(
    meeting: Meeting, role: str, row: Attendance | None, called_for: Person | None
) -> tuple[str, Person | None]:
    """The capacity in which somebody can come in now, and for whom they then serve.

    A seat that is taken again is not asked for (KL 6:17), nor the chair while another leads.
    """
    here = [each for each in meeting.attendances if each.is_present]
    if role == "other" and row is not None:
        return row.capacity, row.serves_for
    if role == "chair" and any(each.capacity == "chair" for each in here):
        return "member", None
    seat = row.serves_for if row is not None else called_for
    taken = {each.person_id for each in here} | {each.serves_for_id for each in here}
    if role == "substitute" and seat is not None and seat.id not in taken:
        return "serving_substitute", seat
    return role, None


def _called(meeting: Meeting) -> dict[int, Person]:
    """Whose seat waits for each substitute who is called in, while the member is not there."""
    here = {row.person_id for row in meeting.attendances if row.is_present}
    return {
        called: member for called, member in called_in(meeting).items() if member.id not in here
    }
