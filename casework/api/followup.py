"""Assignments, report-backs and one's own deadlines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from casework.api import subjects
from casework.api.endpoint import Created, Room
from casework.api.schemas import followup as shapes
from casework.api.schemas.common import Deadline
from casework.deadlines import queries as deadlines
from casework.followup import queries
from casework.followup.kind import ASSIGNMENT
from casework.followup.requests import ask, lay_before
from casework.followup.service import report_back
from casework.meetings import queries as meetings

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.followup.models import Assignment

room = Room("followup")

AHEAD = timedelta(days=365)


def find(call: Call, row_id: int) -> Assignment:
    return queries.find(call.session, call.organisation_id, row_id)


@room.get(
    "/assignments",
    "One's own assignments, or those of a matter; newest first.",
    query=shapes.AssignmentsAsked,
    answer=shapes.Assignment,
    paged=True,
)
def list_assignments(call: Call) -> Page:
    asked = call.query
    own = call.caller.person_id if asked["matter_id"] is None else None
    return call.page(
        queries.assignments,
        call.organisation_id,
        assignee_id=own,
        matter_id=asked["matter_id"],
        state=asked["state"],
    )


@room.get("/assignments/<row:row_id>", "An assignment.", answer=shapes.Assignment, tagged=True)
def read_assignment(call: Call, row_id: int) -> Assignment:
    return find(call, row_id)


@room.post(
    "/assignments/<row:row_id>/report-backs",
    "Report back; the assignment is then reported.",
    who="The assignee and the manager.",
    body=shapes.Report,
    answer=shapes.Assignment,
    status=201,
    tagged=True,
    errors=(404, 409),
)
def report(call: Call, row_id: int) -> Created:
    assignment = find(call, row_id)
    report_back(call.begin(), assignment, call.body["text"])
    return Created(assignment, f"/assignments/{assignment.id}")


@room.post(
    "/assignments/<row:row_id>/requests",
    "Ask the body that gave an assignment for another day, for its end, or to hear the report.",
    who="The assignee, the manager and the committee's secretary.",
    body=shapes.NewRequest,
    answer=shapes.Assignment,
    status=201,
    tagged=True,
    errors=(404, 409),
)
def ask_the_body(call: Call, row_id: int) -> Created:
    assignment, given = find(call, row_id), call.body
    ask(
        call.begin(),
        assignment,
        given["kind"],
        reason=given["reason"],
        report_back_on=given["report_back_on"],
    )
    return Created(assignment, f"/assignments/{assignment.id}")


@room.post(
    "/assignments/<row:row_id>/requests/<row:request_id>/item",
    "Lay what is asked before the body, as an item of one of its meetings.",
    who="The secretary and the chair of the meeting.",
    body=shapes.LaidBefore,
    answer=shapes.Assignment,
    status=201,
    tagged=True,
    errors=(404, 409),
)
def lay_request(call: Call, row_id: int, request_id: int) -> Created:
    assignment = find(call, row_id)
    meeting = meetings.find(call.session, call.organisation_id, call.body["meeting_id"])
    request = queries.request(assignment, request_id)
    lay_before(call.begin(), request, meeting, late_reason=call.body["late_reason"])
    return Created(assignment, f"/assignments/{assignment.id}")


@room.get(
    "/deadlines",
    "One's open deadlines, also in another's place, late ones included, the soonest first.",
    who="Oneself.",
    query=shapes.DeadlinesAsked,
    answer=Deadline,
    paged=True,
)
def own_deadlines(call: Call) -> Page:
    until = call.query["until"] or call.context.today + AHEAD
    own, today = call.organisation_id, call.context.today
    return call.page(deadlines.upcoming, own, call.caller.person_id, until, today)


subjects.steps(room, ASSIGNMENT, find, shapes.Assignment)
