"""Tables of notices on the public board, when each was seen to be up, and the appeals."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.db import Base, Id, Owned, among, owned, refers
from casework.people.models import Body, Person
from casework.workflow.subject import WorkflowSubject

SUBJECTS = ("minutes", "delegated_decision")


class BoardNotice(WorkflowSubject, Owned, Base):
    """The notice of attested minutes, or of an unreported delegated decision (KL 8:10, 8:12).

    Minutes have their `meeting_on`, `sections` and `attested_on`; a decision its `decided_on`,
    `number` and `decided_as`, the office of whoever made it.
    `announced_on` is the one field that every document and page takes the date from.
    `appeal_until` and `take_down_on` are counted from it, and moved `days_interrupted` on when
    the notice was not up all the time (KL 13:5). `appealed_on` is the day of the first appeal.
    """

    __tablename__ = "board_notice"

    body_id: Mapped[int] = mapped_column(Id)
    subject_type: Mapped[str]
    subject_id: Mapped[int] = mapped_column(Id)
    title: Mapped[str]
    sections: Mapped[str] = mapped_column(default="")
    meeting_on: Mapped[date | None]
    attested_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    number: Mapped[str] = mapped_column(default="")
    decided_as: Mapped[str] = mapped_column(default="")
    announced_on: Mapped[date]
    announced_at: Mapped[datetime]
    appeal_until: Mapped[date]
    take_down_on: Mapped[date]
    kept_at: Mapped[str] = mapped_column(default="")
    responsible_id: Mapped[int | None] = mapped_column(Id)
    days_interrupted: Mapped[int] = mapped_column(default=0)
    taken_down_at: Mapped[datetime | None]
    appealed_on: Mapped[date | None]
    appeals_pending: Mapped[int] = mapped_column(default=0)
    has_legal_force_on: Mapped[date | None]
    document_id: Mapped[int | None] = mapped_column(Id)

    __table_args__ = owned(
        refers("body_id", "body"),
        refers("responsible_id", "person"),
        refers("document_id", "document"),
        UniqueConstraint("organisation_id", "subject_type", "subject_id"),
        Index("ix_board_notice_down", "organisation_id", "taken_down_at"),
        CheckConstraint(among("subject_type", SUBJECTS), name="subject_type"),
        CheckConstraint(
            "(subject_type = 'minutes') = (attested_on IS NOT NULL)", name="minutes_are_attested"
        ),
        CheckConstraint(
            "(subject_type = 'delegated_decision') = (decided_on IS NOT NULL AND number <> '')",
            name="decision_has_number",
        ),
        CheckConstraint("take_down_on > appeal_until", name="up_through_the_appeal_period"),
        CheckConstraint(
            "state IN ('up', 'appealed') OR taken_down_at IS NOT NULL", name="taken_down_at"
        ),
        CheckConstraint("(state = 'appealed') = (appeals_pending > 0)", name="appeal_pending"),
        CheckConstraint("state <> 'up' OR taken_down_at IS NULL", name="up_is_up"),
        CheckConstraint(
            "(state = 'has_legal_force') = (has_legal_force_on IS NOT NULL)", name="legal_force_on"
        ),
    )

    @property
    def signed_sections(self) -> str:
        """`§ 45` for one, `§§ 45–52` for more, or nothing."""
        if not self.sections:
            return ""
        return f"{'§' if self.sections.isdigit() else '§§'}\u00a0{self.sections}"

    body: Mapped[Body] = relationship(foreign_keys=[body_id])
    responsible: Mapped[Person | None] = relationship(foreign_keys=[responsible_id])
    spans: Mapped[list[NoticeSpan]] = relationship(
        foreign_keys="NoticeSpan.notice_id", order_by="NoticeSpan.up_from"
    )
    appeals: Mapped[list[Appeal]] = relationship(
        foreign_keys="Appeal.notice_id", order_by="Appeal.number"
    )


class Appeal(Owned, Base):
    """An appeal of what was announced; pending until it is known how it ended (`ruling`)."""

    __tablename__ = "appeal"

    notice_id: Mapped[int] = mapped_column(Id)
    number: Mapped[int]
    received_on: Mapped[date]
    reference: Mapped[str] = mapped_column(default="")
    settled_on: Mapped[date | None]
    ruling: Mapped[str] = mapped_column(default="")

    __table_args__ = owned(
        refers("notice_id", "board_notice"),
        UniqueConstraint("organisation_id", "notice_id", "number"),
        CheckConstraint("(settled_on IS NULL) = (ruling = '')", name="settled_with_ruling"),
    )


class NoticeSpan(Owned, Base):
    """A stretch of time in which the notice was seen to be up, without a break."""

    __tablename__ = "notice_span"

    notice_id: Mapped[int] = mapped_column(Id)
    up_from: Mapped[datetime]
    up_until: Mapped[datetime]
    sightings: Mapped[int] = mapped_column(default=1)
    # Seconds: the most that passed between two sightings of it.
    longest_wait: Mapped[int] = mapped_column(default=0)
    # The look that found it gone; None while it lasts, or if the looks themselves ceased.
    missed_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("notice_id", "board_notice"),
        UniqueConstraint("organisation_id", "notice_id", "up_from"),
        CheckConstraint("up_until >= up_from AND sightings > 0", name="forward"),
    )
