"""Reading matters: the register, a person's own, one matter with its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import joinedload

from casework.db import newest
from casework.errors import NotFound
from casework.matters.models import Matter
from casework.matters.search import matches

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ENDED = ("closed", "archived", "withdrawn", "struck_off")


def find(session: Session, organisation_id: int, matter_id: int) -> Matter:
    """The matter that the session may see, with body and officer; raises NotFound for none and for
    a hidden one alike."""
    matter = session.scalar(
        select(Matter)
        .where(Matter.organisation_id == organisation_id, Matter.id == matter_id)
        .options(joinedload(Matter.body), joinedload(Matter.case_officer))
    )
    if matter is None:
        raise NotFound("not_found")
    return matter


def register(
    organisation_id: int,
    *,
    question: str = "",
    state: str = "",
    body_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Select[Matter]:
    """The register, newest first, one page: matters older than the id `before`."""
    return (
        newest(Matter, organisation_id, before=before, limit=limit, state=state, body_id=body_id)
        .where(matches(question))
        .options(joinedload(Matter.body), joinedload(Matter.case_officer))
    )


def is_prepared_by(organisation_id: int, person_id: int) -> ColumnElement[bool]:
    """Which matters the person prepares that are not yet ended."""
    return and_(
        Matter.organisation_id == organisation_id,
        Matter.case_officer_id == person_id,
        Matter.state.not_in(ENDED),
    )
