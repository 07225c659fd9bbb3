"""The table of what each person has been told, and when it was settled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.db import Base, Id, Owned, owned, refers
from casework.inbox.kinds import KINDS
from casework.people.models import Person


class InboxEntry(Owned, Base):
    """One thing that one person was told, about one subject.

    `key` names its cause, so that nobody is told twice of the same. `reason` is in the words of
    whoever caused it, "" where there is none. `by_letter` is False where no letter could go.
    `settled_how` is the step by which it ended, `seen` for one that the person put aside.
    """

    __tablename__ = "inbox_entry"

    person_id: Mapped[int] = mapped_column(Id)
    subject_type: Mapped[str]
    subject_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str]
    key: Mapped[str]
    reason: Mapped[str]
    caused_by: Mapped[str]
    by_letter: Mapped[bool]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_how: Mapped[str]

    __table_args__ = owned(
        refers("person_id", "person"),
        UniqueConstraint("organisation_id", "person_id", "key"),
        CheckConstraint("(settled_at IS NULL) = (settled_how = '')", name="settled_somehow"),
        Index(
            "ix_inbox_entry_open",
            "organisation_id",
            "person_id",
            "id",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index(
            "ix_inbox_entry_subject",
            "organisation_id",
            "subject_type",
            "subject_id",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    @property
    def may_be_seen(self) -> bool:
        """Whether the person may put it aside; else it ends when the task is done."""
        return self.settled_at is None and KINDS[self.kind].may_be_seen
