"""Adjourning a meeting for a while, and taking it up again the same day (ajournering)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.db import lock
from casework.errors import Conflict
from casework.meetings.demands import require_in_session
from casework.meetings.models import MeetingBreak

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import Meeting


def adjourn(context: Context, meeting: Meeting) -> MeetingBreak:
    """The meeting pauses; until it resumes nothing is moved, voted on or concluded.

    Raises Conflict if it is not in session, or adjourned already.
    """
    lock(context.session, meeting)
    require_in_session(context, meeting)
    require_sitting(meeting)
    pause = MeetingBreak(organisation_id=meeting.organisation_id, began_at=context.moment)
    meeting.breaks.append(pause)
    context.record(meeting, "adjourned")
    context.session.flush()
    return pause


def resume_session(context: Context, meeting: Meeting) -> MeetingBreak:
    """The meeting goes on. Raises Conflict if it is not adjourned."""
    lock(context.session, meeting)
    require_in_session(context, meeting)
    pause = meeting.adjournment
    if pause is None:
        raise Conflict("meeting_not_adjourned")
    pause.ended_at = max(context.moment, pause.began_at)
    context.record(meeting, "session_resumed")
    context.session.flush()
    return pause


def require_sitting(meeting: Meeting) -> None:
    """Raise Conflict while the meeting is adjourned."""
    if meeting.adjournment is not None:
        raise Conflict("meeting_adjourned")
