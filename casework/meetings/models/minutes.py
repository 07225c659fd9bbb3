"""Tables of minutes, their §§ with revisions and corrections, and the signatures."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.db import Base, Id, Json, Owned, among, owned, refers
from casework.matters.outside import sealed_name
from casework.people.models import Person
from casework.workflow.subject import Versioned, WorkflowSubject

if TYPE_CHECKING:
    from casework.meetings.models.agenda import AgendaItem, Meeting

MINUTES_KINDS = ("meeting", "immediate", "correction")


class Minutes(WorkflowSubject, Owned, Base):
    """What is signed as one: the minutes of a meeting, one § attested at once, or a correction.

    `document_id` is the very PDF that the signatures are over. Of one § alone, it is `withdrawn`
    if it never is to be signed by all.
    """

    __tablename__ = "minutes"

    meeting_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(default="meeting")
    document_id: Mapped[int | None] = mapped_column(Id)
    first_section: Mapped[int | None]
    last_section: Mapped[int | None]
    locked_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("meeting_id", "meeting"),
        refers("document_id", "document"),
        Index(
            "uq_minutes_of_meeting",
            "organisation_id",
            "meeting_id",
            unique=True,
            sqlite_where=text("kind = 'meeting'"),
            postgresql_where=text("kind = 'meeting'"),
        ),
        CheckConstraint(among("kind", MINUTES_KINDS), name="kind"),
        CheckConstraint(
            "locked_at IS NULL OR document_id IS NOT NULL", name="locked_with_document"
        ),
        CheckConstraint("(state = 'locked') = (locked_at IS NOT NULL)", name="locked_at"),
        CheckConstraint("state <> 'withdrawn' OR kind <> 'meeting'", name="withdrawn_alone"),
    )

    meeting: Mapped[Meeting] = relationship(foreign_keys=[meeting_id], overlaps="minutes")
    signatures: Mapped[list[Signature]] = relationship(
        foreign_keys="Signature.minutes_id", order_by="Signature.signed_at"
    )

    @property
    def body_id(self) -> int:
        """Whose appointments say who may."""
        return self.meeting.body_id

    @property
    def sealed_as(self) -> str:
        """Of one § alone all that a letter tells of its matter, if that carries a mark; else ""."""
        if self.kind == "meeting":
            return ""
        item = next((each for each in self.meeting.agenda if self._is_of(each)), None)
        if item is None:
            return sealed_name("")  # hidden from the reader, so perhaps marked
        return item.name_outside if item.is_sealed else ""

    def _is_of(self, item: AgendaItem) -> bool:
        row = item.minutes_item
        return row is not None and row.section_number == self.first_section

    def signature_of(self, person_id: int | None) -> Signature | None:
        return next((each for each in self.signatures if each.person_id == person_id), None)


class MinutesItem(Versioned, Owned, Base):
    """One § of the minutes. `content` is what both the minutes and the excerpt are set from."""

    __tablename__ = "minutes_item"

    minutes_id: Mapped[int] = mapped_column(Id)
    agenda_item_id: Mapped[int] = mapped_column(Id)
    body_id: Mapped[int] = mapped_column(Id)
    year: Mapped[int]
    section_number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    content_sha256: Mapped[str]

    __table_args__ = owned(
        refers("minutes_id", "minutes"),
        refers("agenda_item_id", "agenda_item"),
        refers("body_id", "body"),
        UniqueConstraint("organisation_id", "body_id", "year", "section_number"),
        UniqueConstraint("organisation_id", "agenda_item_id"),
    )

    minutes: Mapped[Minutes] = relationship(foreign_keys=[minutes_id])
    agenda_item: Mapped[AgendaItem] = relationship(
        back_populates="minutes_item", foreign_keys=[agenda_item_id]
    )
    revisions: Mapped[list[MinutesRevision]] = relationship(
        foreign_keys="MinutesRevision.minutes_item_id", order_by="MinutesRevision.number"
    )
    corrections: Mapped[list[Correction]] = relationship(
        foreign_keys="Correction.minutes_item_id",
        order_by="Correction.number",
        back_populates="minutes_item",
    )

    @property
    def in_force(self) -> MinutesItem | Correction:
        """What the § says today: its newest signed correction, or itself."""
        signed = [each for each in self.corrections if each.minutes.locked_at is not None]
        return signed[-1] if signed else self


class MinutesRevision(Owned, Base):
    """A § as it stood before or after an edit; `is_recorded` wrote itself."""

    __tablename__ = "minutes_revision"

    minutes_item_id: Mapped[int] = mapped_column(Id)
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    content_sha256: Mapped[str]
    revised_at: Mapped[datetime]
    revised_by: Mapped[int | None] = mapped_column(Id)
    note: Mapped[str] = mapped_column(default="")
    is_recorded: Mapped[bool] = mapped_column(default=False)

    __table_args__ = owned(
        refers("minutes_item_id", "minutes_item"),
        refers("revised_by", "person"),
        UniqueConstraint("organisation_id", "minutes_item_id", "number"),
    )

    author: Mapped[Person | None] = relationship(foreign_keys=[revised_by])


class Mending(Owned, Base):
    """A slip that was mended in the record of what an item decided: its former words, and why.

    `former` and `words` are `{"lead_in": text, "points": [text]}`.
    """

    __tablename__ = "mending"

    agenda_item_id: Mapped[int] = mapped_column(Id)
    number: Mapped[int]
    former: Mapped[dict[str, Any]] = mapped_column(Json)
    words: Mapped[dict[str, Any]] = mapped_column(Json)
    reason: Mapped[str]
    mended_at: Mapped[datetime]
    mended_by: Mapped[int | None] = mapped_column(Id)

    __table_args__ = owned(
        refers("agenda_item_id", "agenda_item"),
        refers("mended_by", "person"),
        UniqueConstraint("organisation_id", "agenda_item_id", "number"),
        CheckConstraint("reason != ''", name="says_why"),
    )

    author: Mapped[Person | None] = relationship(foreign_keys=[mended_by])


class Correction(Owned, Base):
    """A noted, signed correction of an attested §; it stands beside the §, never in its place."""

    __tablename__ = "correction"

    minutes_item_id: Mapped[int] = mapped_column(Id)
    minutes_id: Mapped[int] = mapped_column(Id)
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    content_sha256: Mapped[str]
    reason: Mapped[str]

    __table_args__ = owned(
        refers("minutes_item_id", "minutes_item"),
        refers("minutes_id", "minutes"),
        UniqueConstraint("organisation_id", "minutes_item_id", "number"),
        CheckConstraint("reason != ''", name="says_why"),
    )

    minutes_item: Mapped[MinutesItem] = relationship(
        foreign_keys=[minutes_item_id], back_populates="corrections"
    )
    minutes: Mapped[Minutes] = relationship(foreign_keys=[minutes_id])


class Signature(Owned, Base):
    """A signature over the exact PDF; a `dissent` says where the signer thinks it is wrong."""

    __tablename__ = "signature"

    minutes_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(Id)
    capacity: Mapped[str]
    signed_at: Mapped[datetime]
    document_sha256: Mapped[str]
    dissent: Mapped[str] = mapped_column(default="")

    __table_args__ = owned(
        refers("minutes_id", "minutes"),
        refers("person_id", "person"),
        UniqueConstraint("organisation_id", "minutes_id", "person_id"),
        CheckConstraint("capacity IN ('secretary', 'chair', 'attester')", name="capacity"),
        CheckConstraint("length(document_sha256) = 64", name="over_a_document"),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
