"""The sweep: sends what is due, once, and marks what was missed.

Its cost follows what is due: both questions it asks are answered by partial indexes that hold
planned reminders and running deadlines only, in the order of time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from casework.context import STOCKHOLM
from casework.deadlines.models import Deadline, Reminder
from casework.logs import get_logger
from casework.outage import is_outage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from casework.db import Database

BATCH = 100

Announce = Callable[[Session, Reminder, Deadline], None]

log = get_logger(__name__)


@dataclass(frozen=True)
class Failure:
    """A reminder that could not be announced; it is still planned, and the next sweep tries it."""

    reminder_id: int
    deadline_id: int
    error: str


@dataclass
class SweepResult:
    """What a sweep did: reminders sent, reminders cancelled (a later one went instead, or the
    deadline is over), deadlines that turned missed, and what failed."""

    sent: int = 0
    cancelled: int = 0
    missed: int = 0
    failures: list[Failure] = field(default_factory=list)


def sweep(database: Database, moment: datetime, announce: Announce) -> SweepResult:
    """Send every reminder due at `moment`, in batches with a transaction each.

    `announce` puts the message into the outbox in the same transaction in which the reminder is
    marked sent, so neither exists without the other. Of several reminders due for one deadline
    (after a long stop) only the newest goes. Two sweeps at once share the work: a deadline that
    the other one holds is passed over. What `announce` raises is undone for that reminder only,
    logged, and reported.
    """
    result = SweepResult()
    with database.unit_of_work() as session:
        result.missed = _mark_missed(session, moment)
    while True:
        with database.unit_of_work() as session:
            batch = _take(session, moment, result.failures)
            for deadline in batch:
                _remind(session, deadline, moment, announce, result)
        if not batch:
            return result


def _mark_missed(session: Session, moment: datetime) -> int:
    today = moment.astimezone(STOCKHOLM).date()
    passed = (
        select(Deadline.id)
        .where(Deadline.state == "running", Deadline.due_on < today)
        .with_for_update(skip_locked=True)
    )
    missed = (
        update(Deadline)
        .where(Deadline.id.in_(passed))
        .values(state="missed", version=Deadline.version + 1)
    )
    return session.connection().execute(missed).rowcount


def _take(session: Session, moment: datetime, failures: list[Failure]) -> Sequence[Deadline]:
    """The next deadlines with something due, locked."""
    due = (
        select(Reminder.deadline_id)
        .where(Reminder.state == "planned", Reminder.remind_at <= moment)
        .where(Reminder.deadline_id.not_in([failure.deadline_id for failure in failures]))
        .order_by(Reminder.remind_at)
        .limit(BATCH)
    )
    return session.scalars(
        select(Deadline)
        .where(Deadline.id.in_(due))
        .options(selectinload(Deadline.reminders))
        .with_for_update(skip_locked=True)
    ).all()


def _remind(
    session: Session, deadline: Deadline, moment: datetime, announce: Announce, result: SweepResult
) -> None:
    """Send the newest due reminder of a locked deadline; the ones before it are cancelled."""
    due = [reminder for reminder in deadline.planned_reminders if reminder.remind_at <= moment]
    newest = due.pop() if due and deadline.is_open else None
    for reminder in due:
        reminder.cancel()
    result.cancelled += len(due)
    if newest is not None:
        _send(session, newest, deadline, moment, announce, result)


def _send(
    session: Session,
    reminder: Reminder,
    deadline: Deadline,
    moment: datetime,
    announce: Announce,
    result: SweepResult,
) -> None:
    try:
        with session.begin_nested():
            reminder.mark_sent(moment)
            announce(session, reminder, deadline)
    except Exception as error:
        if is_outage(error):
            raise
        log.exception("reminder_failed", reminder_id=reminder.id, deadline_id=deadline.id)
        result.failures.append(Failure(reminder.id, deadline.id, repr(error)))
    else:
        result.sent += 1
