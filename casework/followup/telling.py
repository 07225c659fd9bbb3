"""Who is told of what is asked of a body: its secretary that it waits, the asker of the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.context import Actor
from casework.followup.answers import UNANSWERED, granted, item_of
from casework.followup.models import AssignmentRequest, RequestItem
from casework.inbox.service import settle, tell
from casework.meetings.models import AgendaItem
from casework.people.policy import may
from casework.people.service import holders

if TYPE_CHECKING:
    from casework.context import Context
    from casework.followup.models import Assignment
    from casework.meetings.models import Meeting

SECRETARY = "committee_secretary"


def tell_secretaries(context: Context, request: AssignmentRequest) -> None:
    """It waits for an agenda; nobody is told of what a secretary has asked, who lays it too."""
    assignment = request.assignment
    if may(context, assignment, (SECRETARY,)):
        return
    for person in holders(context, assignment, SECRETARY):
        tell(
            context,
            person,
            assignment,
            "body_asked",
            reason=request.reason,
            content=_content(request),
            occasion=f"asked:{request.id}:{request.asked_at.isoformat()}",
        )


def settle_asked(context: Context, assignment: Assignment) -> None:
    """Once all that was asked is on an agenda or has been answered, nobody is waited for."""
    if all(item_of(each) is not None for each in assignment.requests):
        settle(context, assignment, "body_asked")


def settle_all(context: Context, assignment: Assignment) -> None:
    """What the body has granted is carried out, or nothing is left to ask for."""
    settle(context, assignment, ("body_asked", "body_granted"))


def tell_answers(context: Context, meeting: Meeting) -> None:
    """The meeting is over: each asker hears the answer, the secretary what is to be carried out.

    It is the body that tells, so that the secretary who ended the meeting hears it too.
    """
    of_body = replace(context, actor=Actor(None, meeting.body.name))
    for request, item in context.session.execute(
        select(AssignmentRequest, AgendaItem)
        .join(RequestItem, RequestItem.request_id == AssignmentRequest.id)
        .join(AgendaItem, AgendaItem.id == RequestItem.agenda_item_id)
        .where(
            AgendaItem.organisation_id == meeting.organisation_id,
            AgendaItem.meeting_id == meeting.id,
        )
        .order_by(AgendaItem.position)
    ).all():
        if item.outcome not in UNANSWERED:
            _tell_answer(of_body, request, item)


def _tell_answer(context: Context, request: AssignmentRequest, item: AgendaItem) -> None:
    assignment = request.assignment
    is_granted = granted(assignment, request.kind) is item
    answer = "heard" if request.kind == "report" else "granted" if is_granted else "refused"
    occasion, content = f"answered:{item.id}", {**_content(request), "said": answer}
    told: set[int] = set()
    if answer == "granted":
        for person in holders(context, assignment, SECRETARY):
            told.add(person.id)
            given: dict[str, Any] = {"occasion": occasion, "content": content}
            tell(context, person, assignment, "body_granted", **given)
    asker = request.asked_by
    if asker is not None and asker.id not in told:
        tell(context, asker, assignment, "body_answered", occasion=occasion, content=content)


def _content(request: AssignmentRequest) -> dict[str, str | None]:
    """What a letter says was asked for; `wanted` is the day, of `another_day`."""
    day = request.report_back_on
    return {"kind": request.kind, "wanted": day.isoformat() if day else None}
