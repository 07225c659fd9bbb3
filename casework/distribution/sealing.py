"""Letters that wait as their matter is marked secret: they tell of it openly, and do not go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, or_, select

from casework.audit.service import audited_models
from casework.distribution.models import Dispatch, Excerpt
from casework.matters.models import Matter
from casework.meetings.models import AgendaItem, Meeting, Minutes
from casework.secrecy.models import SecrecyMark

if TYPE_CHECKING:
    from sqlalchemy import Select, Table
    from sqlalchemy.orm import Session

    from casework.mail.models import Message


def was_written_openly(session: Session, message: Message) -> bool:
    """Whether a matter that the letter tells of is marked now, and was not when it was written."""
    about = _matters_of(message)
    if about is None:
        return False
    then, mark = message.queued_at, SecrecyMark.__table__
    was_marked = exists().where(
        mark.c.organisation_id == message.organisation_id,
        mark.c.matter_id == Matter.id,
        mark.c.since <= then,
        or_(mark.c.until.is_(None), mark.c.until > then),
    )
    found = select(Matter.id).where(
        Matter.organisation_id == message.organisation_id,
        Matter.id.in_(about),
        Matter.secrecy_provision != "",
        ~was_marked,
    )
    return session.scalar(found.limit(1)) is not None


def _matters_of(message: Message) -> Select[Any] | None:
    """The ids of the matters that a letter tells of, by what it is about; None for none at all."""
    own, row_id = message.organisation_id, message.subject_id
    item = AgendaItem.__table__
    match message.subject_type:
        case Matter.__tablename__:
            return select(Matter.id).where(Matter.organisation_id == own, Matter.id == row_id)
        case Dispatch.__tablename__:
            sent = select(Dispatch.excerpt_id).where(
                Dispatch.organisation_id == own, Dispatch.id == row_id
            )
            return select(Excerpt.matter_id).where(
                Excerpt.organisation_id == own, Excerpt.id.in_(sent)
            )
        case Meeting.__tablename__:
            return select(item.c.matter_id).where(
                item.c.organisation_id == own, item.c.meeting_id == row_id
            )
        case Minutes.__tablename__:
            of_minutes = select(Minutes.meeting_id).where(
                Minutes.organisation_id == own, Minutes.id == row_id
            )
            return select(item.c.matter_id).where(
                item.c.organisation_id == own, item.c.meeting_id.in_(of_minutes)
            )
    table = _table(message.subject_type)
    if table is None or "matter_id" not in table.c:
        return None
    return select(table.c.matter_id).where(table.c.organisation_id == own, table.c.id == row_id)


def _table(name: str | None) -> Table | None:
    """What has a record and can be the subject of a letter, by the name of its table."""
    found: dict[str, Any] = {each.__tablename__: each.__table__ for each in audited_models()}
    return found.get(name or "")
