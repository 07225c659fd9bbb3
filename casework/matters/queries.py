"""Reading matters: the register, a person's own, one matter with its parts."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import joinedload

from casework.db import COUNTED, counted, newest
from casework.errors import Forbidden, NotFound
from casework.matters.entries import RegisterEntry, count_entries, entry_of, secret_entries
from casework.matters.models import Matter
from casework.matters.search import matches

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from casework.documents.models import Document

ENDED = ("closed", "archived", "withdrawn", "struck_off")


def find(session: Session, organisation_id: int, matter_id: int) -> Matter:
    """The matter that the session may see, with body and officer.

    Raises NotFound for none and for a hidden one alike, but Forbidden for one that the register
    tells of and secrecy hides.
    """
    matter = session.scalar(
        select(Matter)
        .where(Matter.organisation_id == organisation_id, Matter.id == matter_id)
        .options(joinedload(Matter.body), joinedload(Matter.case_officer))
    )
    if matter is None:
        entry = entry_of(session, matter_id)
        if entry is not None:
            raise Forbidden("secrecy_not_for_you", **entry.told())
        raise NotFound("not_found")
    return matter


def saved_as(session: Session, document: Document) -> str:
    """Under what name a document leaves, to lie in somebody's folder of downloads.

    What came in to a marked matter is called by the matter's number: its own name may say what it
    is about. What is drawn up here is called so already.
    """
    if document.kind != "received" or document.subject_type != Matter.__tablename__:
        return document.filename
    matter = Matter.__table__
    number = session.scalar(
        select(matter.c.registration_number).where(
            matter.c.organisation_id == document.organisation_id,
            matter.c.id == document.subject_id,
            matter.c.secrecy_provision != "",
        )
    )
    if number is None:
        return document.filename
    return f"{_in_a_file_name(number)}_{document.number}{PurePath(document.filename).suffix}"


def _in_a_file_name(number: str) -> str:
    return number.replace("/", "-").replace(" ", "-")


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


def register_page(
    session: Session,
    organisation_id: int,
    *,
    limit: int,
    before: int | None = None,
    **asked: Any,
) -> list[Matter | RegisterEntry]:
    """One page of the register as the session's reader sees it, newest first and without gaps.

    A matter that secrecy hides stands there as its entry. `asked` as for `register`.
    """
    seen = session.scalars(register(organisation_id, before=before, limit=limit, **asked))
    rows = [*seen, *secret_entries(session, before=before, limit=limit, **asked)]
    return sorted(rows, key=lambda row: row.id, reverse=True)[:limit]


def register_count(session: Session, organisation_id: int, **asked: Any) -> int:
    """How many rows the register has on all its pages, as `db.counted` counts."""
    seen = counted(session, register(organisation_id, **asked), Matter.id)
    return min(seen + count_entries(session, **asked), COUNTED + 1)


def is_prepared_by(organisation_id: int, person_id: int) -> ColumnElement[bool]:
    """Which matters the person prepares that are not yet ended."""
    return and_(
        Matter.organisation_id == organisation_id,
        Matter.case_officer_id == person_id,
        Matter.state.not_in(ENDED),
    )
