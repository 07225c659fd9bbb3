"""What was asked once is done once: the key of a request, kept with its effect and its answer.

A key is taken first in the transaction that it protects and committed with it: a second request
with the same key waits for the first, and then gets its answer. What is rolled back leaves the
key unused.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import UniqueConstraint, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base, Id, Owned, owned, refers
from casework.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta
    from typing import IO

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.orm import Session

TIDIED_AT_ONCE = 5_000
CHUNK = 1024 * 1024


class UsedKey(Owned, Base):
    """A key that a person has used, for which request, and what came of it.

    `status` 0 is a request that is still being carried out: no other transaction sees it.
    """

    __tablename__ = "used_key"

    person_id: Mapped[int] = mapped_column(Id)
    key: Mapped[str]
    fingerprint: Mapped[str]
    rights: Mapped[str]
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    body: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = owned(
        refers("person_id", "person"), UniqueConstraint("organisation_id", "person_id", "key")
    )


@dataclass(frozen=True)
class Key:
    """A person's key for one request, of which `fingerprint` tells it from every other."""

    organisation_id: int
    person_id: int
    key: str
    fingerprint: str
    lives: timedelta


@dataclass(frozen=True)
class Answer:
    """What came of a request: its HTTP status, the headers to repeat, the text, and what the
    person might see when it was given."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    rights: str = ""


def fingerprint(secret: str, parts: Iterable[str | bytes]) -> str:
    """A keyed sum over the parts of a request: what was asked, a password too, cannot be guessed
    from it."""
    digest = hmac.new(secret.encode(), b"casework once", hashlib.sha256)
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def content_sum(file: IO[bytes]) -> bytes:
    """The SHA-256 of a file from its beginning, where it stands again afterwards."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.digest()


def take(connection: Connection, key: Key, moment: datetime) -> Answer | None:
    """Take the key for this transaction: None, or what came of it when it was used before.

    Whoever comes second waits here until the first has ended. Raises as `answered` does.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    fresh = {
        "fingerprint": key.fingerprint,
        "rights": "",
        "status": 0,
        "headers": {},
        "body": "",
        "expires_at": moment + key.lives,
    }
    own = {"organisation_id": key.organisation_id, "person_id": key.person_id, "key": key.key}
    statement = (
        dialect.insert(UsedKey)
        .values(**own, **fresh)
        .on_conflict_do_update(
            index_elements=list(own), set_=fresh, where=UsedKey.expires_at <= moment
        )
        .returning(UsedKey.id)
    )
    if connection.execute(statement).first() is not None:
        return None
    return answered(connection, key, moment)


def answered(connection: Connection, key: Key, moment: datetime) -> Answer | None:
    """What came of the key's request, None for an unused key.

    Raises Invalid if the key was used for another request.
    """
    table = UsedKey.__table__
    found = connection.execute(
        select(table).where(_of(key), UsedKey.expires_at > moment)
    ).one_or_none()
    if found is None:
        return None
    if found.fingerprint != key.fingerprint:
        raise Invalid("once_other_request")
    return Answer(found.status, found.headers, found.body, found.rights)


def keep(connection: Connection, key: Key, answer: Answer) -> None:
    """Save what came of the request, in the transaction that took its key."""
    connection.execute(
        update(UsedKey)
        .where(_of(key))
        .values(
            status=answer.status,
            headers=dict(answer.headers),
            body=answer.body,
            rights=answer.rights,
        )
    )


def give_back(connection: Connection, key: Key) -> None:
    """The request was refused: its key, taken in this transaction, may be used again."""
    connection.execute(delete(UsedKey).where(_of(key)))


def forget_expired(session: Session, moment: datetime) -> int:
    """Remove keys that no longer protect anything, a batch at most; gives how many."""
    oldest = select(UsedKey.id).where(UsedKey.expires_at <= moment).limit(TIDIED_AT_ONCE)
    removed = session.connection().execute(delete(UsedKey).where(UsedKey.id.in_(oldest)))
    return removed.rowcount


def _of(key: Key) -> ColumnElement[bool]:
    return (
        (UsedKey.organisation_id == key.organisation_id)
        & (UsedKey.person_id == key.person_id)
        & (UsedKey.key == key.key)
    )
