"""Table of what was tried for everybody to read: published, held, or taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.db import Base, Id, Json, Owned, among, owned, refers
from casework.meetings.models import AgendaItem
from casework.people.models import Person

KINDS = ("title", "section")
STATES = ("published", "held", "taken_back")
UNTRIED = text("decided_by_id IS NULL")


class Publication(Owned, Base):
    """How it stands with the title of an agenda item, or with its attested §, on the web.

    `checksum` is of the wording that was tried: with another one nothing is shown. `findings` are
    the kinds of what was found in it, and `reason` says why it is shown all the same, or held, or
    taken back. Shown from and until these days, both included. `decided_by_id` is None for what
    was public before anybody had to try it: the migration took it in, and it waits for review.
    """

    __tablename__ = "publication"

    agenda_item_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str]
    state: Mapped[str]
    checksum: Mapped[str]
    findings: Mapped[list[Any]] = mapped_column(Json, default=list)
    reason: Mapped[str] = mapped_column(default="")
    shows_from: Mapped[date | None]
    shows_until: Mapped[date | None]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(Id)

    __table_args__ = owned(
        refers("agenda_item_id", "agenda_item", ondelete="CASCADE"),
        refers("decided_by_id", "person"),
        UniqueConstraint("organisation_id", "agenda_item_id", "kind"),
        Index(
            "ix_publication_untried",
            "organisation_id",
            "agenda_item_id",
            sqlite_where=UNTRIED,
            postgresql_where=UNTRIED,
        ),
        CheckConstraint(among("kind", KINDS), name="kind"),
        CheckConstraint(among("state", STATES), name="state"),
        CheckConstraint("state != 'published' OR shows_from IS NOT NULL", name="shows_from"),
        CheckConstraint("shows_until IS NULL OR shows_until >= shows_from", name="forward"),
        CheckConstraint("state = 'published' OR reason != ''", name="says_why"),
    )

    item: Mapped[AgendaItem] = relationship(foreign_keys=[agenda_item_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
