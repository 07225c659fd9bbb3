"""Reminders about assignments: before the date, and after it with the manager in copy (7a, 7b)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.followup.models import Assignment
from casework.mail.addresses import Mailbox
from casework.meetings.models import Meeting
from casework.meetings.planning.series import paper_stop
from casework.people.letters import page_of, post_to
from casework.people.models import Person

if TYPE_CHECKING:
    from casework.context import Context
    from casework.deadlines.models import Deadline, Reminder


def reminder(context: Context, reminder: Reminder, deadline: Deadline) -> None:
    """Remind the assignee, in the form that the reminder's kind asks for."""
    assignment = context.session.get_one(Assignment, deadline.subject_id)
    late = reminder.kind == "late"
    manager = _manager(context, deadline) if reminder.copy_to_manager else None
    content = _late(context, assignment, manager) if late else _before(context, assignment)
    post_to(
        context,
        assignment.assignee,
        "reminder_late" if late else "reminder_before",
        key=f"reminder:{reminder.id}",
        subject=assignment,
        copies=[Mailbox(manager.name, manager.email)] if manager else [],
        content={
            "task": assignment.task,
            "registration_number": assignment.matter.registration_number,
            "title": assignment.matter.title,
            "due": deadline.due_on.isoformat(),
            **content,
        },
    )


def _before(context: Context, assignment: Assignment) -> dict[str, Any]:
    point = assignment.decided_point
    item = point.decision.agenda_item if point else None
    meeting = _meeting_on(context, assignment)
    papers_due = None
    if meeting is not None:
        papers_due = paper_stop(meeting.body, meeting.day).isoformat()
    return {
        "decision": {
            "body": item.meeting.body.short_name,
            "date": item.meeting.day.isoformat(),
            "section": item.minutes_item.section_number,
        }
        if item and item.minutes_item
        else None,
        "report_to": {"body": meeting.body.name, "meeting_date": meeting.day.isoformat()}
        if meeting
        else None,
        "papers_due": papers_due,
        "extension_link": page_of(context, assignment),
    }


def _late(context: Context, assignment: Assignment, manager: Person | None) -> dict[str, Any]:
    following = context.session.scalar(
        select(Meeting)
        .where(
            Meeting.organisation_id == assignment.organisation_id,
            Meeting.body_id == assignment.body_id,
            Meeting.starts_at > context.moment,
        )
        .order_by(Meeting.starts_at)
        .limit(1)
    )
    return {
        "manager": manager.name if manager else None,
        "next_meeting": {"body": following.body.name, "date": following.day.isoformat()}
        if following
        else None,
    }


def _meeting_on(context: Context, assignment: Assignment) -> Meeting | None:
    meetings = context.session.scalars(
        select(Meeting).where(
            Meeting.organisation_id == assignment.organisation_id,
            Meeting.body_id == assignment.body_id,
            Meeting.starts_at > context.moment,
        )
    )
    return next((each for each in meetings if each.day == assignment.report_back_on), None)


def _manager(context: Context, deadline: Deadline) -> Person | None:
    manager_id = deadline.escalate_to_person_id
    manager = context.session.get(Person, manager_id) if manager_id else None
    return manager if manager and manager.is_reachable else None
