"""Tables of secrecy marks, of who needs to know of a marked matter, and of who has read it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.db import Base, Id, Owned, among, owned, refers
from casework.people.models import Person

_NOW = text("until IS NULL")

# What was read, as a reader of the log thinks of it.
READ = ("matter", "document", "meeting", "decision", "assignment", "dispatch", "other")
FACES = ("web", "api")


class SecrecyMark(Owned, Base):
    """A mark on a matter, from a moment to another: the provision that it cites, why, and by whom.

    A mark reminds; each request is tried anew whatever it says (OSL 5:5). A row is never rewritten
    but to end it. `Matter.secrecy_provision` repeats the provision of the row that stands now.
    Nobody is named in one that was taken in at an upgrade.
    """

    __tablename__ = "secrecy_mark"

    matter_id: Mapped[int] = mapped_column(Id)
    provision: Mapped[str]
    reason: Mapped[str]
    since: Mapped[datetime]
    set_by_id: Mapped[int | None] = mapped_column(Id)
    until: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(Id)
    ended_because: Mapped[str] = mapped_column(default="")

    __table_args__ = owned(
        refers("matter_id", "matter"),
        refers("set_by_id", "person"),
        refers("ended_by_id", "person"),
        CheckConstraint("provision != ''", name="cites_a_provision"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_began"),
        CheckConstraint("(until IS NULL) = (ended_because = '')", name="ended_for_a_reason"),
        Index(
            "uq_secrecy_mark_current",
            "organisation_id",
            "matter_id",
            unique=True,
            sqlite_where=_NOW,
            postgresql_where=_NOW,
        ),
    )

    set_by: Mapped[Person | None] = relationship(foreign_keys=[set_by_id])
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id])


class NeedToKnow(Owned, Base):
    """That a person needs to know of a marked matter, from a moment to another, and why.

    Those who know by their part in it have no row: the case officer, and those who handle it at a
    meeting (`casework.meetings.knowing`).
    """

    __tablename__ = "need_to_know"

    matter_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(Id)
    reason: Mapped[str]
    since: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(Id)
    until: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(Id)
    removed_because: Mapped[str] = mapped_column(default="")

    __table_args__ = owned(
        refers("matter_id", "matter"),
        refers("person_id", "person"),
        refers("added_by_id", "person"),
        refers("removed_by_id", "person"),
        CheckConstraint("reason != ''", name="says_why"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_began"),
        CheckConstraint("(until IS NULL) = (removed_because = '')", name="removed_for_a_reason"),
        Index(
            "uq_need_to_know_current",
            *("organisation_id", "matter_id", "person_id"),
            unique=True,
            sqlite_where=_NOW,
            postgresql_where=_NOW,
        ),
        Index("ix_need_to_know_person", "organisation_id", "person_id"),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    added_by: Mapped[Person | None] = relationship(foreign_keys=[added_by_id])
    removed_by: Mapped[Person | None] = relationship(foreign_keys=[removed_by_id])


class SecretReading(Owned, Base):
    """That a person read something of a marked matter: when, what, and at which address."""

    __tablename__ = "secret_reading"

    matter_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime]
    what: Mapped[str]
    face: Mapped[str]
    address: Mapped[str]

    __table_args__ = owned(
        refers("matter_id", "matter"),
        refers("person_id", "person"),
        CheckConstraint(among("what", READ), name="what"),
        CheckConstraint(among("face", FACES), name="face"),
        Index("ix_secret_reading_matter", "organisation_id", "matter_id", "id"),
        Index("ix_secret_reading_person", "organisation_id", "matter_id", "person_id", "at"),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
