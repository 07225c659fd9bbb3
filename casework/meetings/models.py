"""Tables of meetings, agenda items, decisions, minutes, attestations and board notices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.audit.models import Audited
from casework.context import STOCKHOLM
from casework.db import Base, Id, Json, Owned, owned, refers
from casework.matters.models import Matter
from casework.people.models import Body, Person
from casework.workflow.subject import Versioned, WorkflowSubject

OUTCOMES = (
    "pending",
    "decided",
    "recommended",
    "noted",
    "tabled",
    "referred_back",
    "withdrawn",
)


class Meeting(WorkflowSubject, Owned, Base):
    """A sitting of a body. `starts_at` is a moment; the meeting day is its date in Stockholm."""

    __tablename__ = "meeting"

    body_id: Mapped[int] = mapped_column(Id)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(default="")
    is_public: Mapped[bool] = mapped_column(default=False)
    chair_id: Mapped[int | None] = mapped_column(Id)
    secretary_id: Mapped[int | None] = mapped_column(Id)
    summoned_at: Mapped[datetime | None]
    attested_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("body_id", "body"),
        refers("chair_id", "person"),
        refers("secretary_id", "person"),
        UniqueConstraint("organisation_id", "body_id", "starts_at"),
        CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_start"),
        CheckConstraint("state != 'attested' OR attested_at IS NOT NULL", name="attested_at"),
    )

    body: Mapped[Body] = relationship(foreign_keys=[body_id])
    chair: Mapped[Person | None] = relationship(foreign_keys=[chair_id])
    secretary: Mapped[Person | None] = relationship(foreign_keys=[secretary_id])
    agenda: Mapped[list[AgendaItem]] = relationship(
        back_populates="meeting",
        foreign_keys="AgendaItem.meeting_id",
        order_by="AgendaItem.position",
    )
    attendances: Mapped[list[Attendance]] = relationship(
        foreign_keys="Attendance.meeting_id", order_by="Attendance.position"
    )
    attestations: Mapped[list[Attestation]] = relationship(
        foreign_keys="Attestation.meeting_id", order_by="Attestation.position"
    )
    minutes: Mapped[Minutes | None] = relationship(
        foreign_keys="Minutes.meeting_id", back_populates="meeting"
    )

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(STOCKHOLM).date()

    def facts(self) -> dict[str, str]:
        """What a letter says of the meeting."""
        return {"meeting_date": self.day.isoformat()}


class AgendaItem(Versioned, Owned, Base):
    """One visit of a matter to a meeting, or a formal item without a matter."""

    __tablename__ = "agenda_item"

    meeting_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    item_type: Mapped[str]
    title: Mapped[str]
    matter_id: Mapped[int | None] = mapped_column(Id)
    presenter: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="pending")
    outcome_reason: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")

    __table_args__ = owned(
        refers("meeting_id", "meeting"),
        refers("matter_id", "matter"),
        CheckConstraint(
            "item_type IN ('decision', 'information', 'notification', 'formality')",
            name="item_type",
        ),
        CheckConstraint(
            "outcome IN ({})".format(", ".join(f"'{outcome}'" for outcome in OUTCOMES)),
            name="outcome",
        ),
        CheckConstraint(
            "outcome != 'referred_back' OR outcome_reason != ''", name="referred_back_with_reason"
        ),
        Index("ix_agenda_item_meeting", "organisation_id", "meeting_id", "position"),
        Index("ix_agenda_item_matter", "organisation_id", "matter_id"),
    )

    meeting: Mapped[Meeting] = relationship(back_populates="agenda", foreign_keys=[meeting_id])
    matter: Mapped[Matter | None] = relationship(foreign_keys=[matter_id])
    decision: Mapped[Decision | None] = relationship(
        foreign_keys="Decision.agenda_item_id", back_populates="agenda_item"
    )
    minutes_item: Mapped[MinutesItem | None] = relationship(
        foreign_keys="MinutesItem.agenda_item_id", back_populates="agenda_item"
    )


class Attendance(Owned, Base):
    """Who was there, and as what."""

    __tablename__ = "attendance"

    meeting_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    capacity: Mapped[str]

    __table_args__ = owned(
        refers("meeting_id", "meeting"),
        refers("person_id", "person"),
        UniqueConstraint("organisation_id", "meeting_id", "person_id"),
        CheckConstraint(
            "capacity IN ('chair', 'vice_chair', 'member', 'serving_substitute', 'substitute',"
            " 'other')",
            name="capacity",
        ),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Decision(Owned, Base):
    """What a body decided (or, an advisory one, recommended) on an item."""

    __tablename__ = "decision"

    agenda_item_id: Mapped[int] = mapped_column(Id)
    matter_id: Mapped[int] = mapped_column(Id)
    decided_on: Mapped[date]
    lead_in: Mapped[str] = mapped_column(default="")

    __table_args__ = owned(
        refers("agenda_item_id", "agenda_item"),
        refers("matter_id", "matter"),
        UniqueConstraint("organisation_id", "agenda_item_id"),
    )

    agenda_item: Mapped[AgendaItem] = relationship(
        back_populates="decision", foreign_keys=[agenda_item_id]
    )
    matter: Mapped[Matter] = relationship(foreign_keys=[matter_id])
    points: Mapped[list[DecidedPoint]] = relationship(
        foreign_keys="DecidedPoint.decision_id",
        order_by="DecidedPoint.position",
        back_populates="decision",
    )


class DecidedPoint(Owned, Base):
    """A point of a decision, with the assignment that it gives, if any."""

    __tablename__ = "decided_point"

    decision_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    text: Mapped[str]
    assignee_id: Mapped[int | None] = mapped_column(Id)
    task: Mapped[str] = mapped_column(default="")
    report_back_on: Mapped[date | None]

    __table_args__ = owned(
        refers("decision_id", "decision"),
        refers("assignee_id", "person"),
        UniqueConstraint("organisation_id", "decision_id", "position"),
    )

    assignee: Mapped[Person | None] = relationship(foreign_keys=[assignee_id])
    decision: Mapped[Decision] = relationship(foreign_keys=[decision_id], back_populates="points")


class Minutes(Versioned, Audited, Owned, Base):
    """The minutes (or notes) of a meeting; `document_id` is the PDF that is signed."""

    __tablename__ = "minutes"

    meeting_id: Mapped[int] = mapped_column(Id)
    document_id: Mapped[int | None] = mapped_column(Id)
    first_section: Mapped[int | None]
    last_section: Mapped[int | None]
    locked_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("meeting_id", "meeting"),
        refers("document_id", "document"),
        UniqueConstraint("organisation_id", "meeting_id"),
        CheckConstraint(
            "locked_at IS NULL OR document_id IS NOT NULL", name="locked_with_document"
        ),
    )

    meeting: Mapped[Meeting] = relationship(back_populates="minutes", foreign_keys=[meeting_id])


class MinutesItem(Owned, Base):
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


class Attestation(Owned, Base):
    """Who is to attest the minutes, and the signature over the exact PDF once given."""

    __tablename__ = "attestation"

    meeting_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    capacity: Mapped[str]
    signed_at: Mapped[datetime | None]
    document_sha256: Mapped[str] = mapped_column(default="")

    __table_args__ = owned(
        refers("meeting_id", "meeting"),
        refers("person_id", "person"),
        UniqueConstraint("organisation_id", "meeting_id", "person_id"),
        CheckConstraint("capacity IN ('chair', 'attester')", name="capacity"),
        CheckConstraint(
            "(signed_at IS NULL) = (document_sha256 = '')", name="signature_over_a_document"
        ),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class BoardNotice(Versioned, Audited, Owned, Base):
    """The notice of attested minutes (KL 8:12). All its dates hang on `announced_on`."""

    __tablename__ = "board_notice"

    minutes_id: Mapped[int] = mapped_column(Id)
    announced_on: Mapped[date]
    announced_at: Mapped[datetime]
    appeal_until: Mapped[date]
    take_down_on: Mapped[date]
    taken_down_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("minutes_id", "minutes"),
        UniqueConstraint("organisation_id", "minutes_id"),
        CheckConstraint("take_down_on > appeal_until", name="up_through_the_appeal_period"),
    )

    minutes: Mapped[Minutes] = relationship(foreign_keys=[minutes_id])
