"""What a verb demands before it acts: the secretary, and a meeting that is going on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.errors import Conflict
from casework.people.policy import lacking, may

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import Meeting


SECRETARIES = ("committee_secretary", "chair")


def require_in_session(context: Context, meeting: Meeting) -> None:
    """Raise unless the actor keeps the minutes of a meeting that is going on."""
    require_secretary(context, meeting)
    if meeting.state != "in_session":
        raise Conflict("meeting_not_in_session")


def require_secretary(context: Context, meeting: Meeting) -> None:
    """Raise Forbidden for anybody but the secretary and the chair of the body."""
    if not may(context, meeting, SECRETARIES):
        raise lacking(["committee_secretary"])
