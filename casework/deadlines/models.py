"""Tables of deadlines and of their reminders, one planned row for each."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.context import STOCKHOLM
from casework.db import Base, Id, Owned, owned, refers
from casework.workflow.subject import Versioned

SENDING_TIME = time(8, tzinfo=STOCKHOLM)
OPEN_STATES = ("running", "missed")

_IS_OPEN = text("state IN ('running', 'missed')")
_IS_RUNNING = text("state = 'running'")
_IS_PLANNED = text("state = 'planned'")


class Deadline(Versioned, Owned, Base):
    """A day by which something is due in a subject (`subject_type` is its table).

    running -> met | cancelled, or running -> missed when the day has passed; what is missed still
    waits to be met (late) or cancelled. `raw_on` is the unshifted day, `due_on` the limit.
    """

    __tablename__ = "deadline"

    subject_type: Mapped[str]
    subject_id: Mapped[int] = mapped_column(Id)
    name: Mapped[str]
    rule: Mapped[str]
    started_on: Mapped[date]
    raw_on: Mapped[date]
    due_on: Mapped[date]
    statute: Mapped[str]
    state: Mapped[str] = mapped_column(default="running")
    responsible_person_id: Mapped[int | None] = mapped_column(Id)
    escalate_to_person_id: Mapped[int | None] = mapped_column(Id)
    ended_at: Mapped[datetime | None]

    reminders: Mapped[list[Reminder]] = relationship(
        back_populates="deadline", order_by="Reminder.remind_at"
    )

    __table_args__ = owned(
        refers("responsible_person_id", "person"),
        refers("escalate_to_person_id", "person"),
        CheckConstraint("state IN ('running', 'met', 'missed', 'cancelled')", name="state"),
        CheckConstraint(
            "(state IN ('met', 'cancelled')) = (ended_at IS NOT NULL)", name="ended_if_over"
        ),
        Index("ix_deadline_subject", "organisation_id", "subject_type", "subject_id"),
        Index(
            "uq_deadline_open",
            *("organisation_id", "subject_type", "subject_id", "name"),
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index(
            "ix_deadline_passing", "due_on", sqlite_where=_IS_RUNNING, postgresql_where=_IS_RUNNING
        ),
        Index(
            "ix_deadline_upcoming",
            *("organisation_id", "responsible_person_id", "due_on"),
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
    )

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for it: running, or missed and not yet mended."""
        return self.state in OPEN_STATES

    @property
    def planned_reminders(self) -> list[Reminder]:
        """What is still to be sent, the soonest first."""
        return [reminder for reminder in self.reminders if reminder.state == "planned"]

    def plan(self, kind: str, offset_days: int, moment: datetime) -> None:
        """Plan a reminder so many days from the due day (negative: before it).

        One whose time has passed already is kept as cancelled: it belongs to the plan, and is
        sent if the deadline moves.
        """
        day = self.due_on + timedelta(days=offset_days)
        remind_at = datetime.combine(day, SENDING_TIME)
        self.reminders.append(
            Reminder(
                kind=kind,
                offset_days=offset_days,
                remind_at=remind_at,
                copy_to_manager=kind == "late",
                state="planned" if remind_at > moment else "cancelled",
            )
        )

    def end(self, state: str, moment: datetime) -> None:
        """Met or cancelled: nothing more is sent."""
        self.state = state
        self.ended_at = moment
        for reminder in self.planned_reminders:
            reminder.cancel()


class Reminder(Owned, Base):
    """One message about a deadline, to be sent once: planned -> sent | cancelled.

    `kind` before and legal fall before the due day or on it, late after it.
    """

    __tablename__ = "reminder"

    deadline_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str]
    offset_days: Mapped[int]
    remind_at: Mapped[datetime]
    copy_to_manager: Mapped[bool]
    state: Mapped[str] = mapped_column(default="planned")
    sent_at: Mapped[datetime | None]

    deadline: Mapped[Deadline] = relationship(back_populates="reminders")

    __table_args__ = owned(
        refers("deadline_id", "deadline"),
        UniqueConstraint("organisation_id", "deadline_id", "kind", "offset_days"),
        CheckConstraint("kind IN ('before', 'late', 'legal')", name="kind"),
        CheckConstraint("state IN ('planned', 'sent', 'cancelled')", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_if_sent"),
        CheckConstraint("(kind = 'late') = (offset_days > 0)", name="late_is_after"),
        Index(
            "ix_reminder_due",
            *("remind_at", "deadline_id"),
            sqlite_where=_IS_PLANNED,
            postgresql_where=_IS_PLANNED,
        ),
    )

    def mark_sent(self, moment: datetime) -> None:
        self.state = "sent"
        self.sent_at = moment

    def cancel(self) -> None:
        self.state = "cancelled"
