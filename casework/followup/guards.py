"""What must hold before a matter is closed and before a report-back is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from casework.followup.models import Assignment
from casework.matters.models import Matter
from casework.workflow.blockers import Blocker

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from casework.context import Context

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


def all_ended(_person_id: int) -> ColumnElement[bool]:
    """Which matters `no_open_assignments` lets through, for anybody."""
    # The table itself: what hides an assignment from a reader does not end it.
    row = Assignment.__table__.alias("open_assignment")
    return ~exists().where(
        row.c.organisation_id == Matter.organisation_id,
        row.c.matter_id == Matter.id,
        row.c.state.not_in(ENDED),
    )
