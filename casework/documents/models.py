"""The table of documents: what each is, which file it is, and the data it was made from."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, event, inspect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, object_session

from casework.db import Base, Id, Owned, owned, refers
from casework.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.orm import Mapper

# A document that was received has no snapshot: that is NULL, not the JSON value null.
Snapshot = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Document(Owned, Base):
    """A file that belongs to a subject (a matter, a meeting), by its sha256 in the file store.

    `number` is its number within the matter. One that was made here keeps its `snapshot`
    (`contexts.to_json`) and the hash of its template, so that it can be made again. A record
    (`is_record`) has left the house: it is never changed or deleted, only superseded.
    """

    __tablename__ = "document"

    subject_type: Mapped[str]
    subject_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str]
    title: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(Id)
    number: Mapped[int | None]
    template_hash: Mapped[str | None]
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(Snapshot)
    drawn_up_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(Id)
    is_record: Mapped[bool] = mapped_column(default=False, active_history=True)
    supersedes_id: Mapped[int | None] = mapped_column(Id)

    __table_args__ = owned(
        refers("supersedes_id", "document"),
        UniqueConstraint("organisation_id", "subject_type", "subject_id", "number"),
        Index(None, "organisation_id", "sha256"),
        CheckConstraint("length(sha256) = 64 AND size >= 0", name="names_a_file"),
        CheckConstraint(
            "(template_hash IS NULL) = (snapshot IS NULL)", name="made_from_both_or_neither"
        ),
    )


@event.listens_for(Document, "before_update")
def _keep_record(_mapper: Mapper[Document], _connection: Connection, document: Document) -> None:
    session = object_session(document)
    history = inspect(document).attrs.is_record.history
    was_record = any(history.deleted or history.unchanged)
    if was_record and session is not None and session.is_modified(document):
        raise Conflict("record_immutable", title=document.title)


@event.listens_for(Document, "before_delete")
def _never_delete_record(
    _mapper: Mapper[Document], _connection: Connection, document: Document
) -> None:
    if document.is_record:
        raise Conflict("record_immutable", title=document.title)
