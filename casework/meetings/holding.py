"""In which order rows are held, the same for every verb: the meeting, then its items, then matters.

Whoever records something on an item writes in the meeting's record too. Two who took the item
first and the meeting last would wait for each other; with the meeting first, the second waits for
the first, and then sees what that one did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.db import lock
from casework.meetings.models import AgendaItem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from casework.meetings.models import Meeting


def hold_meeting(session: Session, meeting: Meeting) -> None:
    """Hold the meeting, with its agenda as it is now."""
    lock(session, meeting)
    session.execute(
        select(AgendaItem)
        .where(
            AgendaItem.organisation_id == meeting.organisation_id,
            AgendaItem.meeting_id == meeting.id,
        )
        .execution_options(populate_existing=True)
    ).all()
    session.expire(meeting, ["agenda"])


def hold_item(session: Session, item: AgendaItem) -> None:
    """Hold the item's meeting, and then the item, with what they say now."""
    lock(session, item.meeting)
    lock(session, item)
