"""Tables of assignments and report-backs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.db import Base, Id, Owned, owned, refers
from casework.matters.models import Matter
from casework.meetings.models import DecidedPoint
from casework.people.models import Person
from casework.workflow.subject import WorkflowSubject


class Assignment(WorkflowSubject, Owned, Base):
    """What a decision asks somebody to do; it has an owner, and a date or an explicit none.

    Cancelled because the decision was taken up again, it rests on no point of it.
    """

    __tablename__ = "assignment"

    matter_id: Mapped[int] = mapped_column(Id)
    decided_point_id: Mapped[int | None] = mapped_column(Id)
    body_id: Mapped[int] = mapped_column(Id)
    assignee_id: Mapped[int] = mapped_column(Id)
    task: Mapped[str]
    report_back_on: Mapped[date | None]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("matter_id", "matter"),
        refers("decided_point_id", "decided_point"),
        refers("body_id", "body"),
        refers("assignee_id", "person"),
        UniqueConstraint("organisation_id", "decided_point_id"),
        CheckConstraint("task != ''", name="has_task"),
        CheckConstraint(
            "state = 'cancelled' OR decided_point_id IS NOT NULL", name="rests_on_a_decision"
        ),
        Index("ix_assignment_assignee", "organisation_id", "assignee_id", "state"),
        Index("ix_assignment_matter", "organisation_id", "matter_id"),
    )

    matter: Mapped[Matter] = relationship(foreign_keys=[matter_id])
    assignee: Mapped[Person] = relationship(foreign_keys=[assignee_id])
    decided_point: Mapped[DecidedPoint | None] = relationship(foreign_keys=[decided_point_id])
    report_backs: Mapped[list[ReportBack]] = relationship(
        foreign_keys="ReportBack.assignment_id", order_by="ReportBack.id"
    )

    @property
    def is_confidential(self) -> bool:
        """As its matter is."""
        return self.matter.is_confidential

    def facts(self) -> dict[str, str | None]:
        """What a letter says of the assignment; `due` is None without a day to report on."""
        due = self.report_back_on.isoformat() if self.report_back_on else None
        return {"task": self.task, "due": due, **self.matter.facts()}


class ReportBack(Owned, Base):
    """What the assignee answered, kept as written."""

    __tablename__ = "report_back"

    assignment_id: Mapped[int] = mapped_column(Id)
    text: Mapped[str]
    reported_by_id: Mapped[int | None] = mapped_column(Id)
    reported_at: Mapped[datetime]

    __table_args__ = owned(
        refers("assignment_id", "assignment"),
        refers("reported_by_id", "person"),
        CheckConstraint("text != ''", name="not_empty"),
    )

    reported_by: Mapped[Person | None] = relationship(foreign_keys=[reported_by_id])
