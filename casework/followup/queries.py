"""Reading assignments: somebody's own, and those of a matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import selectinload

from casework.db import newest
from casework.errors import NotFound
from casework.followup.answers import UNANSWERED
from casework.followup.models import Assignment, AssignmentRequest, RequestItem
from casework.meetings.agenda.items import OPEN_AGENDA
from casework.meetings.models import AgendaItem, Meeting
from casework.people.policy import ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

MOST = 50


def find(session: Session, organisation_id: int, assignment_id: int) -> Assignment:
    """The assignment that the session may see; raises NotFound for none and a hidden one alike."""
    statement = assignments(organisation_id).where(Assignment.id == assignment_id)
    assignment = session.scalar(statement)
    if assignment is None:
        raise NotFound("not_found")
    return assignment


def assignments(
    organisation_id: int,
    *,
    assignee_id: int | None = None,
    matter_id: int | None = None,
    state: str = "",
    before: int | None = None,
    limit: int = 50,
) -> Select[Assignment]:
    """Assignments, newest first, one page: those older than the id `before`."""
    return newest(
        Assignment,
        organisation_id,
        before=before,
        limit=limit,
        assignee_id=assignee_id,
        matter_id=matter_id,
        state=state,
    ).options(
        selectinload(Assignment.report_backs),
        selectinload(Assignment.requests)
        .selectinload(AssignmentRequest.laid)
        .selectinload(RequestItem.agenda_item),
    )


def waits_for_a_meeting(organisation_id: int, person_id: int, today: date) -> ColumnElement[bool]:
    """Which assignments have something asked of their body that its secretary, the person, has to
    lay before it: on no agenda, or put off by the last one."""
    # The tables themselves: of an entity the session would leave out what is hidden.
    laid, item = RequestItem.__table__, AgendaItem.__table__
    answered = exists().where(
        laid.c.request_id == AssignmentRequest.id,
        item.c.id == laid.c.agenda_item_id,
        item.c.outcome.not_in(UNANSWERED),
    )
    return and_(
        Assignment.organisation_id == organisation_id,
        Assignment.ended_at.is_(None),
        exists().where(
            AssignmentRequest.organisation_id == organisation_id,
            AssignmentRequest.assignment_id == Assignment.id,
            ~answered,
        ),
        ROLES["committee_secretary"].criteria(person_id, Assignment, today),
    )


def request(assignment: Assignment, request_id: int) -> AssignmentRequest:
    """What is asked of the body about the assignment, by its number; raises NotFound."""
    found = next((each for each in assignment.requests if each.id == request_id), None)
    if found is None:
        raise NotFound("not_found")
    return found


def coming_meetings(session: Session, assignment: Assignment) -> Sequence[Meeting]:
    """The meetings of the body that gave the assignment whose agenda is open, the first first."""
    return session.scalars(
        select(Meeting)
        .where(
            Meeting.organisation_id == assignment.organisation_id,
            Meeting.body_id == assignment.body_id,
            Meeting.state.in_(OPEN_AGENDA),
        )
        .order_by(Meeting.starts_at)
        .limit(MOST)
    ).all()


def open_of_body(session: Session, meeting: Meeting) -> Sequence[Assignment]:
    """The open assignments of the meeting's body, the one due first first."""
    return session.scalars(
        select(Assignment)
        .where(
            Assignment.organisation_id == meeting.organisation_id,
            Assignment.body_id == meeting.body_id,
            Assignment.ended_at.is_(None),
        )
        .order_by(Assignment.report_back_on, Assignment.id)
    ).all()
