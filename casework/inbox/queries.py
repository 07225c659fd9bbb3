"""Reading the inbox: what a person has been told, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.db import newest
from casework.errors import NotFound
from casework.inbox.models import InboxEntry

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Select
    from sqlalchemy.orm import Session


def entries(
    organisation_id: int,
    person_ids: Collection[int],
    *,
    settled: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> Select[InboxEntry]:
    """One page of what still stands for the persons, or of what is `settled`.

    They are whoever reads, and those whom they stand in for (`policy.absent`).
    """
    statement = newest(InboxEntry, organisation_id, before=before, limit=limit)
    ended = InboxEntry.settled_at.is_not(None) if settled else InboxEntry.settled_at.is_(None)
    return statement.where(InboxEntry.person_id.in_(person_ids), ended)


def find(session: Session, organisation_id: int, person_id: int, entry_id: int) -> InboxEntry:
    """The person's own entry of that number; raises NotFound."""
    entry = session.get(InboxEntry, entry_id)
    if entry is None or (entry.organisation_id, entry.person_id) != (organisation_id, person_id):
        raise NotFound("inbox_entry_unknown")
    return entry
