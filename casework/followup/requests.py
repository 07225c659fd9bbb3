"""What is asked of a body about an assignment that it gave, laid before it, and what it answered.

An assignment is part of a decision (KL 6:1-6, 6:13): another day, an end of it, and that a
report-back is taken as the answer, are the body's to decide. Others ask, and note what it decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.db import lock
from casework.errors import Conflict, Invalid
from casework.followup.answers import OVER, item_of
from casework.followup.models import REQUESTS, AssignmentRequest, RequestItem
from casework.followup.telling import settle_asked, tell_secretaries
from casework.inbox.service import settle
from casework.meetings.agenda.items import add_item
from casework.people.policy import lacking, may

if TYPE_CHECKING:
    from datetime import date

    from casework.context import Context
    from casework.followup.models import Assignment
    from casework.meetings.models import AgendaItem, Meeting

ASKING = ("assignee", "manager", "committee_secretary")
_ENDED = ("accepted", "cancelled")
_TITLES = {
    "another_day": "Begäran om ny dag för återrapport, dnr {number}",
    "end": "Begäran om att uppdrag upphävs, dnr {number}",
    "report": "Återrapport av uppdrag, dnr {number}",
}
_PROPOSED = {
    "another_day": "{body} beslutar att uppdraget i {decision} ska återrapporteras senast {day}.",
    "end": "{body} upphäver uppdraget i {decision}.",
}


def ask(
    context: Context,
    assignment: Assignment,
    kind: str,
    *,
    reason: str = "",
    report_back_on: date | None = None,
) -> AssignmentRequest:
    """Ask the body for something about its assignment; what was asked and not laid yet is replaced.

    Raises Forbidden for others than ASKING, Conflict for an assignment that has ended, a report
    that is not written and what is before the body already, Invalid for an unknown kind, without
    a reason, or for a day that is missing or past.
    """
    if not may(context, assignment, ASKING):
        raise lacking(ASKING)
    lock(context.session, assignment)
    if kind not in REQUESTS:
        raise Invalid("request_kind_unknown", kind=kind, known=list(REQUESTS))
    if assignment.state in _ENDED:
        raise Conflict("assignment_ended")
    if kind == "report" and assignment.state != "reported":
        raise Conflict("report_missing")
    if kind != "report" and not reason.strip():
        raise Invalid("input_missing", field={"sv": "Skäl", "en": "Reason"})
    day = report_back_on if kind == "another_day" else None
    if kind == "another_day":
        _require_day(context, assignment, day)
    request = _open_request(assignment, kind)
    if request is None:
        request = AssignmentRequest(organisation_id=assignment.organisation_id, kind=kind)
        assignment.requests.append(request)
    else:
        settle(context, assignment, "body_asked")  # what was told of the earlier asking
    request.reason, request.report_back_on = reason.strip(), day
    request.asked_by_id, request.asked_at = context.actor.person_id, context.moment
    told = {"report_back_on": day.isoformat()} if day else {}
    context.record(assignment, "body_asked", kind=kind, reason=request.reason, **told)
    context.session.flush()
    tell_secretaries(context, request)
    return request


def lay_before(
    context: Context, request: AssignmentRequest, meeting: Meeting, *, late_reason: str = ""
) -> AgendaItem:
    """Put what is asked on an agenda of the body that gave the assignment.

    A report is an item of information; what is to be decided is a formal decision, with its words
    proposed. Raises Conflict for another body and for what is before it already, and as `add_item`.
    """
    assignment = request.assignment
    lock(context.session, assignment)
    if assignment.state in _ENDED:
        raise Conflict("assignment_ended")
    if meeting.body_id != assignment.body_id:
        raise Conflict("another_body_gave_it", body=meeting.body.name)
    if item_of(request) is not None:
        raise Conflict("request_laid")
    title = _TITLES[request.kind].format(number=assignment.matter.registration_number)
    if request.kind == "report":
        request.asked_at = context.moment  # what is laid is the newest report
        item = add_item(
            context,
            meeting,
            item_type="information",
            matter=assignment.matter,
            title=title,
            summary=assignment.report_backs[-1].text,
            late_reason=late_reason,
        )
    else:
        day = request.report_back_on
        proposed = _PROPOSED[request.kind].format(
            body=meeting.body.name,
            decision=_decision_of(assignment),
            day=day.isoformat() if day else "",
        )
        item = add_item(
            context,
            meeting,
            item_type="decision",
            title=title,
            outcome_reason=proposed,
            late_reason=late_reason,
        )
    request.laid.append(
        RequestItem(organisation_id=request.organisation_id, agenda_item_id=item.id)
    )
    context.record(assignment, "laid_before_body", kind=request.kind, day=meeting.day.isoformat())
    context.session.flush()
    settle_asked(context, assignment)
    return item


def _require_day(context: Context, assignment: Assignment, day: date | None) -> None:
    if day is None:
        raise Invalid("input_missing", field={"sv": "Ny dag", "en": "New day"})
    if day < context.today or day == assignment.report_back_on:
        raise Invalid("day_not_ahead")


def _open_request(assignment: Assignment, kind: str) -> AssignmentRequest | None:
    """What was asked and waits for an agenda; Conflict if it is before the body just now."""
    for request in reversed(assignment.requests):
        if request.kind != kind:
            continue
        item = item_of(request)
        if item is None:
            return request
        if item.outcome == "pending" or item.meeting.state not in OVER:
            raise Conflict("request_laid")
        return None
    return None


def _decision_of(assignment: Assignment) -> str:
    """`RUN 2025-06-03 § 12 punkt 2 (dnr RUN/1/2025)`: no word of what it is about."""
    number = f"dnr {assignment.matter.registration_number}"
    point = assignment.decided_point
    if point is None:
        return number
    item = point.decision.agenda_item
    section = f" §\u00a0{item.minutes_item.section_number}" if item.minutes_item else ""
    body, day = item.meeting.body.short_name, item.meeting.day.isoformat()
    return f"{body} {day}{section} punkt {point.position} ({number})"
