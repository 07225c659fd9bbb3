"""What follows for assignments when a matter is decided or a report-back is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.accounts.officials import require_responsible
from casework.deadlines import service as deadlines
from casework.errors import Invalid
from casework.followup import queries, service
from casework.followup.telling import settle_all
from casework.inbox.service import pass_on, settle, tell
from casework.people.models import Body
from casework.people.queries import persons_with
from casework.text.escape import escape

if TYPE_CHECKING:
    from datetime import date

    from casework.context import Context
    from casework.followup.models import Assignment
    from casework.matters.models import Matter
    from casework.meetings.models import Meeting


def open_assignments(context: Context, matter: Matter) -> None:
    service.open_assignments(context, matter)


def cancel_assignments(context: Context, matter: Matter) -> None:
    """For the reason why the matter is taken up again."""
    service.cancel_assignments(context, matter, context.input["reason"])


def change_assignee(context: Context, assignment: Assignment) -> dict[str, str]:
    """Another answers for the assignment from now on; its day and its reports stand as they are.

    What was due from the former is due from the new one. Gives both names, for the record. Raises
    Invalid for the one who has it, and for somebody who is not here.
    """
    former = assignment.assignee
    [person] = persons_with(context.session, context.organisation_id, [context.input["assignee"]])
    if person is former:
        raise Invalid("assignee_is_already", name=person.name)
    body = context.session.get_one(Body, assignment.body_id)
    require_responsible(context, body, [person.id], [])
    assignment.assignee_id, assignment.assignee = person.id, person
    deadlines.hand_over(
        context.session,
        organisation_id=assignment.organisation_id,
        subject_type=assignment.__tablename__,
        subject_id=assignment.id,
        former_id=former.id,
        person_id=person.id,
    )
    pass_on(context, assignment, former, person)
    if not context.depth:  # one of many is told of with the others, by whoever hands them over
        names = {"assignee": person.name, "former": former.name}
        reason = context.input["reason"]
        for each in (person, former):
            tell(context, each, assignment, "assignee_changed", reason=reason, content=names)
    return {"former": former.name, "person": person.name}


def end_assignment(context: Context, assignment: Assignment) -> None:
    assignment.ended_at = context.moment
    settle_all(context, assignment)


def move_report_back(context: Context, assignment: Assignment) -> None:
    """A changed timetable: the new date runs with reminders of its own."""
    due_on: date = context.input["report_back_on"]
    assignment.report_back_on = due_on
    service.start_deadline(context, assignment, due_on)
    settle(context, assignment, "body_granted")


def list_open_assignments(context: Context, meeting: Meeting) -> None:
    """The body's open assignments, onto the item that follows them up."""
    items = [item for item in meeting.agenda if item.reports == "assignments" and not item.summary]
    if not items:
        return
    lines = [_line(each, context.today) for each in queries.open_of_body(context.session, meeting)]
    for item in items:
        item.summary = "\n\n".join(lines) or "Inga uppdrag är öppna."


def _line(assignment: Assignment, today: date) -> str:
    due = assignment.report_back_on
    when = f"återrapporteras {due.isoformat()}" if due else "utan datum"
    late = ", försenat" if due is not None and due < today else ""
    task = assignment.task
    if assignment.is_confidential:  # the item is read by all who read the meeting
        task = f"dnr {assignment.matter.registration_number}, omfattas av sekretess"
    return escape(f"{assignment.assignee.name}: {task} ({when}{late})")
