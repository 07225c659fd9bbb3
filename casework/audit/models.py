"""Tables of the record: entries in a chain per subject, and the nightly anchors over all heads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base, Id, Owned, owned


class Audited:
    """A subject with a chain of its own. It keeps the chain's length and sealed head.

    The head is not the last entry's hash but a seal over it, so that whoever cuts off the end of
    a chain in the database cannot make the head that fits.
    """

    audit_count: Mapped[int] = mapped_column(default=0)
    audit_head: Mapped[str] = mapped_column(default="")


class AuditEntry(Owned, Base):
    """One thing that happened to one subject. Never updated, never deleted."""

    __tablename__ = "audit_entry"

    subject_type: Mapped[str]
    subject_id: Mapped[int] = mapped_column(Id)
    sequence: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(Id)
    actor_name: Mapped[str]
    action: Mapped[str]
    detail: Mapped[dict[str, Any]]
    cause: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]

    __table_args__ = owned(
        UniqueConstraint("organisation_id", "subject_type", "subject_id", "sequence"),
        CheckConstraint("sequence > 0", name="counted_from_one"),
    )


class AuditAnchor(Owned, Base):
    """The Merkle root over all heads of an organisation on a day, signed; keep a copy elsewhere."""

    __tablename__ = "audit_anchor"

    day: Mapped[date]
    chains: Mapped[int]
    root: Mapped[str]
    signature: Mapped[str]
    heads: Mapped[dict[str, Any]]

    __table_args__ = owned(UniqueConstraint("organisation_id", "day"))
