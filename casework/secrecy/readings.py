"""The log of who has read what of a marked matter: noted as it is read, and asked of afterwards.

It is no part of the audit chain: a reading changes nothing, and there are many.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import event, select

from casework.context import STOCKHOLM
from casework.db import newest
from casework.matters.models import Matter
from casework.secrecy.models import SecretReading

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy import Select
    from sqlalchemy.orm import QueryContext, Session

    from casework.context import Context

LOADED = "secret_loaded"
# The same page read again within this time, as when it is loaded anew, is one reading.
AGAIN = timedelta(minutes=1)
# The first part of an address, and what is read there.
PLACES = {
    "matters": "matter",
    "documents": "document",
    "meetings": "meeting",
    "minutes": "meeting",
    "decisions": "decision",
    "delegated-decisions": "decision",
    "assignments": "assignment",
    "dispatches": "dispatch",
}
FILES = ("documents", "papers", "pack", "attachments", "preview.pdf")


@event.listens_for(Matter, "load")
def _note_loaded(matter: Matter, loading: QueryContext) -> None:
    """Whatever page or answer shows a marked matter has loaded it."""
    if matter.__dict__.get("secrecy_provision"):
        note_shown(loading.session, [matter.id])


def note_shown(session: Session, matter_ids: Collection[int]) -> None:
    """The session's reader is shown these marked matters, or a file that tells of them."""
    session.info.setdefault(LOADED, set()).update(matter_ids)


def shown(session: Session) -> set[int]:
    """The marked matters that the session's reader has been shown."""
    found: set[int] = session.info.get(LOADED, set())
    return found


def what_is_read(address: str) -> str:
    """One of `models.READ`, by the address without what the API puts before it."""
    parts = [part for part in address.removeprefix("/api/v1").split("/") if part]
    if any(part in FILES for part in parts[1:]):
        return "document"
    return PLACES.get(parts[0] if parts else "", "other")


def note_readings(
    context: Context, matter_ids: Collection[int], *, face: str, address: str
) -> None:
    """Write down that the actor has read of these matters; once of an address within AGAIN.

    To read this log itself is no reading of the matter.
    """
    if address.endswith("/secrecy/readings"):
        return
    noted = set(
        context.session.scalars(
            select(SecretReading.matter_id).where(
                SecretReading.organisation_id == context.organisation_id,
                SecretReading.matter_id.in_(matter_ids),
                SecretReading.person_id == context.actor.person_id,
                SecretReading.at > context.moment - AGAIN,
                SecretReading.face == face,
                SecretReading.address == address,
            )
        )
    )
    context.session.add_all(
        SecretReading(
            organisation_id=context.organisation_id,
            matter_id=matter_id,
            person_id=context.actor.person_id,
            at=context.moment,
            what=what_is_read(address),
            face=face,
            address=address,
        )
        for matter_id in sorted(set(matter_ids) - noted)
    )


def readings(
    organisation_id: int,
    matter_id: int,
    *,
    person_id: int | None = None,
    what: str = "",
    first: date | None = None,
    last: date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Select[SecretReading]:
    """Who has read of the matter, the latest first, one page: those before the id `before`.

    From the day `first` to the day `last`, both included, in Stockholm.
    """
    statement = newest(
        SecretReading,
        organisation_id,
        before=before,
        limit=limit,
        matter_id=matter_id,
        person_id=person_id,
        what=what,
    )
    if first is not None:
        statement = statement.where(SecretReading.at >= _midnight(first))
    if last is not None:
        statement = statement.where(SecretReading.at < _midnight(last + timedelta(days=1)))
    return statement


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), STOCKHOLM).astimezone(UTC)
