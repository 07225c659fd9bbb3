"""What must hold before a matter is closed and before a report-back is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.followup.models import Assignment
from casework.workflow.blockers import Blocker

if TYPE_CHECKING:
    from casework.context import Context
    from casework.matters.models import Matter

ENDED = ("accepted", "cancelled")


def no_open_assignments(context: Context, matter: Matter) -> Blocker | None:
    tasks = context.session.scalars(
        select(Assignment.task).where(
            Assignment.organisation_id == matter.organisation_id,
            Assignment.matter_id == matter.id,
            Assignment.state.not_in(ENDED),
        )
    ).all()
    if tasks:
        return Blocker("assignments_open", {"tasks": list(tasks)}, "KL 6:4", "#assignments")
    return None


def has_report(_context: Context, assignment: Assignment) -> Blocker | None:
    if not assignment.report_backs:
        return Blocker("report_missing", place="#report")
    return None


GUARDS = {"no_open_assignments": no_open_assignments, "has_report": has_report}
