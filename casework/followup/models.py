"""Tables of assignments and report-backs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.db import Base, Id, Owned, among, owned, refers
from casework.matters.models import Matter
from casework.matters.outside import SEALED, sealed_name
from casework.meetings.models import AgendaItem, DecidedPoint
from casework.people.models import Person
from casework.workflow.subject import WorkflowSubject

REQUESTS = ("another_day", "end", "report")


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

    requests: Mapped[list[AssignmentRequest]] = relationship(
        foreign_keys="AssignmentRequest.assignment_id",
        order_by="AssignmentRequest.id",
        back_populates="assignment",
    )

    @property
    def is_confidential(self) -> bool:
        """As its matter is, which may be hidden from the reader."""
        matter: Matter | None = self.matter
        return matter is None or matter.is_confidential

    @property
    def sealed_as(self) -> str:
        """All that a letter tells of it; "" where its matter is open."""
        matter: Matter | None = self.matter
        return sealed_name("") if matter is None else matter.sealed_as

    def facts(self) -> dict[str, str | None]:
        """What a letter says of the assignment; `due` is None without a day to report on."""
        due = self.report_back_on.isoformat() if self.report_back_on else None
        task = SEALED if self.sealed_as else self.task
        matter: Matter | None = self.matter
        number = matter.facts() if matter else {"title": SEALED, "registration_number": ""}
        return {"task": task, "due": due, **number}


class AssignmentRequest(Owned, Base):
    """What is asked of the body about an assignment that it gave: only the body grants it.

    Another day to report on, that it ends, or that a report-back is taken as the answer.
    """

    __tablename__ = "assignment_request"

    assignment_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str]
    report_back_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    asked_by_id: Mapped[int | None] = mapped_column(Id)
    asked_at: Mapped[datetime]

    __table_args__ = owned(
        refers("assignment_id", "assignment"),
        refers("asked_by_id", "person"),
        CheckConstraint(among("kind", REQUESTS), name="kind"),
        CheckConstraint(
            "(kind = 'another_day') = (report_back_on IS NOT NULL)", name="says_the_day"
        ),
        Index("ix_assignment_request_assignment", "organisation_id", "assignment_id"),
    )

    assignment: Mapped[Assignment] = relationship(
        foreign_keys=[assignment_id], back_populates="requests"
    )
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])
    laid: Mapped[list[RequestItem]] = relationship(
        foreign_keys="RequestItem.request_id", order_by="RequestItem.id"
    )


class RequestItem(Owned, Base):
    """A request as it was laid before the body; it goes with the item, if that is taken off."""

    __tablename__ = "request_item"

    request_id: Mapped[int] = mapped_column(Id)
    agenda_item_id: Mapped[int] = mapped_column(Id)

    __table_args__ = owned(
        refers("request_id", "assignment_request"),
        refers("agenda_item_id", "agenda_item", ondelete="CASCADE"),
        UniqueConstraint("organisation_id", "agenda_item_id"),
        Index("ix_request_item_request", "organisation_id", "request_id"),
    )

    agenda_item: Mapped[AgendaItem] = relationship(foreign_keys=[agenda_item_id])


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
