"""What the register tells of a matter whose secrecy hides it from the reader: number and day.

The register has no gaps (OSL 5:1); sender and subject may be left out of it (OSL 5:2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from casework.db import counted
from casework.matters.models import Matter
from casework.matters.search import is_number

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session

# Under a name of its own, so that what hides matters from the session lets it through.
Entry = aliased(Matter, name="register_entry")
ENTRIES = "entries"


@dataclass(frozen=True)
class RegisterEntry:
    """A matter of which the reader is told that it is there, and nothing else."""

    id: int
    registration_number: str
    registered_on: date
    body_id: int
    is_confidential: bool = True

    def told(self) -> dict[str, str]:
        """What the refusal of its page says."""
        day = self.registered_on.isoformat()
        return {"registration_number": self.registration_number, "registered_on": day}


def entry_of(session: Session, matter_id: int) -> RegisterEntry | None:
    """The matter, if secrecy hides it from the session's reader and the register tells of it."""
    statement = _entries(session)
    if statement is None:
        return None
    row = session.execute(statement.where(Entry.id == matter_id)).first()
    return None if row is None else _told(row)


def secret_entries(
    session: Session, *, limit: int, before: int | None = None, **asked: Any
) -> list[RegisterEntry]:
    """The entries among what `queries.register` gives for `asked`, newest first, at most `limit`.

    Found by their number alone, and in no state: who searches learns nothing else.
    """
    statement = _among(session, **asked)
    if statement is None:
        return []
    if before is not None:
        statement = statement.where(Entry.id < before)
    rows = session.execute(statement.order_by(Entry.id.desc()).limit(limit))
    return [_told(row) for row in rows]


def count_entries(session: Session, **asked: Any) -> int:
    """How many `secret_entries` there are on all pages, as `db.counted` counts."""
    statement = _among(session, **asked)
    if statement is None:
        return 0
    return counted(session, statement.with_only_columns(Entry.id), Entry.id)


def _among(
    session: Session, *, question: str = "", state: str = "", body_id: int | None = None
) -> Select[int, str, date, int] | None:
    statement = _entries(session)
    if statement is None or state:
        return None
    if question.split():
        statement = statement.where(is_number(question, Entry))
    return statement if body_id is None else statement.where(Entry.body_id == body_id)


def _entries(session: Session) -> Select[int, str, date, int] | None:
    """All of them: the session keeps which ones its reader is told of (`casework.sight`)."""
    told = session.info.get(ENTRIES)
    if told is None:
        return None
    return select(Entry.id, Entry.registration_number, Entry.registered_on, Entry.body_id).where(
        told
    )


def _told(row: Row[int, str, date, int]) -> RegisterEntry:
    return RegisterEntry(*row)
