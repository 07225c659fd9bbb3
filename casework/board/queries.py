"""Reading the board: what is up, and the notice of something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from casework.board.models import BoardNotice
from casework.db import newest
from casework.errors import NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def notice_of(
    session: Session, organisation_id: int, subject_type: str, subject_id: int
) -> BoardNotice | None:
    """The notice of minutes or of a delegated decision, if it has been posted."""
    return session.scalar(
        select(BoardNotice).where(
            BoardNotice.organisation_id == organisation_id,
            BoardNotice.subject_type == subject_type,
            BoardNotice.subject_id == subject_id,
        )
    )


def up(organisation_id: int) -> Select[BoardNotice]:
    """The notices that are up, the newest first."""
    return (
        select(BoardNotice)
        .where(BoardNotice.organisation_id == organisation_id, BoardNotice.taken_down_at.is_(None))
        .options(joinedload(BoardNotice.body))
        .order_by(BoardNotice.announced_on.desc(), BoardNotice.id.desc())
    )


def notices(
    organisation_id: int,
    *,
    body_id: int | None = None,
    state: str = "",
    before: int | None = None,
    limit: int = 50,
) -> Select[BoardNotice]:
    """Every notice, newest first, one page: those older than the id `before`."""
    return newest(
        BoardNotice, organisation_id, before=before, limit=limit, body_id=body_id, state=state
    ).options(
        joinedload(BoardNotice.responsible),
        selectinload(BoardNotice.spans),
        selectinload(BoardNotice.appeals),
    )


def find(session: Session, organisation_id: int, notice_id: int) -> BoardNotice:
    """The notice; raises NotFound for none and a hidden one alike."""
    notice = session.scalar(
        select(BoardNotice).where(
            BoardNotice.organisation_id == organisation_id, BoardNotice.id == notice_id
        )
    )
    if notice is None:
        raise NotFound("not_found")
    return notice
