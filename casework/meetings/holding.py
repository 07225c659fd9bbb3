"""In which order rows are held, the same for every verb: the meeting, then its items, then matters.

Whoever records something on an item writes in the meeting's record too. Two who took the item
first and the meeting last would wait for each other; with the meeting first, the second waits for
the first, and then sees what that one did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from casework.db import lock
from casework.meetings.models import AgendaItem, MinutesItem

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


def hold_section(session: Session, row: MinutesItem) -> None:
    """Hold the §'s meeting, and then the §: nobody sends it to be signed while it is written."""
    lock(session, row.agenda_item.meeting)
    session.refresh(row, with_for_update=True)


def read_sections_anew(session: Session, meeting: Meeting) -> None:
    """The §§ of a meeting that is held, also where they were read before somebody wrote on them."""
    session.scalars(
        select(MinutesItem)
        .join(AgendaItem.__table__, AgendaItem.__table__.c.id == MinutesItem.agenda_item_id)
        .where(
            MinutesItem.organisation_id == meeting.organisation_id,
            AgendaItem.__table__.c.meeting_id == meeting.id,
        )
        .options(selectinload(MinutesItem.corrections))
        .execution_options(populate_existing=True)
    ).all()
