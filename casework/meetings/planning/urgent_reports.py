"""When an urgent decision must be reported: at the body's next meeting, whichever that becomes.

KL 6:40 names a meeting and no number of days. So the deadline is that meeting's day, and follows
it when one is planned, moved or cancelled. While none is planned no day is the law's: what runs
then is our own week, after which somebody is asked to plan one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.deadlines import service as deadlines
from casework.deadlines.queries import of_subject
from casework.delegation.queries import urgent_unreported
from casework.meetings.models import Meeting
from casework.people.service import appointed

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from casework.context import Context
    from casework.delegation.models import DelegatedDecision

STATUTE = "KL 6:40"
NAME = "urgent_report"
WEEK = timedelta(weeks=1)
BEFORE = (7, 0)  # days before the meeting
TO_COME = ("planned", "summoned", "in_session")


def next_meeting(
    session: Session, organisation_id: int, body_id: int, since: date
) -> Meeting | None:
    """The body's first meeting from a day on that has not ended; None while none is planned."""
    meetings = session.scalars(
        select(Meeting)
        .where(
            Meeting.organisation_id == organisation_id,
            Meeting.body_id == body_id,
            Meeting.state.in_((*TO_COME, "ended")),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    # The state in memory: a step that is being taken reaches the database with its effects.
    coming = (each for each in meetings if each.state in TO_COME)
    return next((each for each in coming if each.day >= since), None)


def watch_urgent_report(context: Context, decision: DelegatedDecision) -> None:
    """Whoever decided is reminded, with the secretaries in copy, until the body has been told."""
    since = decision.decided_on or context.today
    meeting = next_meeting(context.session, decision.organisation_id, decision.body_id, since)
    due_on = meeting.day if meeting else context.today + WEEK
    secretaries = appointed(context, "committee_secretary", decision.body_id)
    deadline = deadlines.start_on(
        context.session,
        organisation_id=decision.organisation_id,
        subject_type=decision.__tablename__,
        subject_id=decision.id,
        name="urgent_report",
        due_on=due_on,
        moment=context.moment,
        remind=BEFORE if meeting else (0,),
        late=(max(1, (context.today - due_on).days + 1),),
        legal=True,
        responsible_person_id=decision.decider_id,
        escalate_to_person_id=secretaries[0].id if secretaries else None,
    )
    deadline.statute = STATUTE if meeting else ""


def follow_meetings(context: Context, body_id: int) -> None:
    """The body's meetings have changed: what waits to be reported is due at the next one now."""
    own = context.organisation_id
    for decision in urgent_unreported(context.session, own, body_id):
        since = decision.decided_on or context.today
        meeting = next_meeting(context.session, own, body_id, since)
        running = [
            each
            for each in of_subject(context.session, own, decision.__tablename__, decision.id)
            if each.name == NAME and each.is_open
        ]
        told = [(each.due_on, each.statute) for each in running]
        if (told != [(meeting.day, STATUTE)]) if meeting else all(day for _due, day in told):
            watch_urgent_report(context, decision)


def follow_meeting(context: Context, meeting: Meeting) -> None:
    """As `follow_meetings`, when a meeting has been cancelled, has ended or goes on after all."""
    follow_meetings(context, meeting.body_id)
