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
from casework.followup.service import report_back

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
        queries.assignments(
            call.organisation_id,
            assignee_id=own,
            matter_id=asked["matter_id"],
            state=asked["state"],
            before=asked["before"],
            limit=call.limit,
        )
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
    own, after, today = call.organisation_id, call.query["after"], call.context.today
    return call.page(
        deadlines.upcoming(own, call.caller.person_id, until, today, after=after, limit=call.limit)
    )


subjects.steps(room, "assignments", "assignment", find, shapes.Assignment)
