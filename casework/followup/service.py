"""The verbs of follow-up: open assignments from a decision, and report back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.deadlines import service as deadlines
from casework.errors import Invalid
from casework.followup.models import Assignment, ReportBack
from casework.inbox.service import tell
from casework.meetings.queries import latest_decided_item
from casework.people.policy import lacking, may
from casework.people.service import appointed

if TYPE_CHECKING:
    from datetime import date

    from casework.context import Context
    from casework.matters.models import Matter
    from casework.meetings.models import DecidedPoint


def open_assignments(context: Context, matter: Matter) -> list[Assignment]:
    """One assignment for each decided point that names an assignee, with its deadline."""
    item = latest_decided_item(context, matter)
    points = item.decision.points if item and item.decision else []
    return [_open(context, matter, point) for point in points if point.assignee_id is not None]


def cancel_assignments(context: Context, matter: Matter, reason: str) -> None:
    """The decision is taken up again: what it asked for is cancelled, and rests on it no more.

    Raises Blocked for what has been reported back and accepted already.
    """
    item = latest_decided_item(context, matter)
    points = item.decision.points if item and item.decision else []
    cause = context.given(reason=reason).caused_by(matter, "reconsider")
    for assignment in context.session.scalars(
        select(Assignment).where(
            Assignment.organisation_id == matter.organisation_id,
            Assignment.decided_point_id.in_([point.id for point in points]),
        )
    ).all():
        if assignment.state != "cancelled":
            context.services.engine.fire(cause, assignment, "cancel")
        assignment.decided_point = None


def report_back(context: Context, assignment: Assignment, text: str) -> ReportBack:
    """Answer an assignment; raises Forbidden for others than its assignee, Invalid if empty."""
    if not may(context, assignment, ("assignee", "manager")):
        raise lacking(["assignee"])
    if not text.strip():
        raise Invalid("report_missing")
    report = ReportBack(
        organisation_id=assignment.organisation_id,
        assignment_id=assignment.id,
        text=text.strip(),
        reported_by_id=context.actor.person_id,
        reported_at=context.moment,
    )
    assignment.report_backs.append(report)
    context.record(assignment, "report_written", text=report.text)
    context.services.engine.fire(context.given(), assignment, "report")
    return report


def start_deadline(context: Context, assignment: Assignment, due_on: date) -> None:
    """The report-back date runs: reminders before it, escalation to the manager after it."""
    managers = appointed(context, "manager", assignment.body_id)
    deadlines.start_on(
        context.session,
        organisation_id=assignment.organisation_id,
        subject_type="assignment",
        subject_id=assignment.id,
        name="report_back",
        due_on=due_on,
        moment=context.moment,
        responsible_person_id=assignment.assignee_id,
        escalate_to_person_id=managers[0].id if managers else None,
    )


def _open(context: Context, matter: Matter, point: DecidedPoint) -> Assignment:
    assignment = Assignment(
        organisation_id=matter.organisation_id,
        matter_id=matter.id,
        decided_point_id=point.id,
        body_id=matter.body_id,
        assignee_id=point.assignee_id,
        task=point.task,
        report_back_on=point.report_back_on,
        opened_at=context.moment,
    )
    context.services.engine.start(assignment, "assignment", follows=True)
    context.session.add(assignment)
    context.record(assignment, "opened", task=point.task)
    if point.report_back_on is not None:
        start_deadline(context, assignment, point.report_back_on)
    context.session.flush()
    tell(context, assignment.assignee, assignment, "assignment")
    return assignment
