"""What follows for assignments when a matter is decided or a report-back is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.followup import service

if TYPE_CHECKING:
    from datetime import date

    from casework.context import Context
    from casework.followup.models import Assignment
    from casework.matters.models import Matter


def open_assignments(context: Context, matter: Matter) -> None:
    service.open_assignments(context, matter)


def end_assignment(context: Context, assignment: Assignment) -> None:
    assignment.ended_at = context.moment


def move_report_back(context: Context, assignment: Assignment) -> None:
    """A changed timetable: the new date runs with reminders of its own."""
    due_on: date = context.input["report_back_on"]
    assignment.report_back_on = due_on
    service.start_deadline(context, assignment, due_on)


EFFECTS: dict[str, Any] = {
    "open_assignments": open_assignments,
    "end_assignment": end_assignment,
    "move_report_back": move_report_back,
}
