"""The verbs of deadlines: start, meet, cancel and move, with the reminders that follow.

They run in the caller's transaction, which holds the subject's lock and writes the audit entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from casework.context import STOCKHOLM
from casework.deadlines.calendar import Due, due
from casework.deadlines.models import OPEN_STATES, Deadline
from casework.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from typing import Unpack

    from sqlalchemy.orm import Session

REMIND_BEFORE = (14, 3)
REMIND_LATE = (1, 7)


class Which(TypedDict):
    """What names a deadline: at most one of a name is open on a subject (table and id)."""

    organisation_id: int
    subject_type: str
    subject_id: int
    name: str


class Plan(Which):
    """Whose a deadline is, and when it is reminded of: at 08:00 in Stockholm, `remind` days before
    the due day (`legal`: to the secretary) and `late` days after it with a copy to the manager."""

    moment: datetime
    remind: NotRequired[Sequence[int]]
    late: NotRequired[Sequence[int]]
    legal: NotRequired[bool]
    responsible_person_id: NotRequired[int | None]
    escalate_to_person_id: NotRequired[int | None]


def start(
    session: Session, *, rule: str, start: date, days: int | None = None, **plan: Unpack[Plan]
) -> Deadline:
    """Start a deadline by a rule of the legal calendar, counted from `start`.

    `days` is the rule's count, in the rule's own unit, where it takes one. An open deadline of
    the same name on the same subject is cancelled: this is its next lap.

    Raises Invalid as `casework.deadlines.calendar.due` does.
    """
    return _start(session, due(rule, start, days), plan)


def start_on(session: Session, *, due_on: date, **plan: Unpack[Plan]) -> Deadline:
    """Start a deadline on a stated day, such as a report-back; else as `start`."""
    return _start(session, _stated(due_on, plan["moment"]), plan)


def meet(session: Session, *, moment: datetime, **which: Unpack[Which]) -> Deadline | None:
    """What was due is done, in time or late. Gives the deadline; None if none of it is open."""
    return _end(session, which, "met", moment)


def cancel(session: Session, *, moment: datetime, **which: Unpack[Which]) -> Deadline | None:
    """It no longer applies. Gives the deadline; None if none of that name is open."""
    return _end(session, which, "cancelled", moment)


def move(session: Session, deadline: Deadline, *, due_on: date, moment: datetime) -> Deadline:
    """Change the timetable: the deadline is cancelled and a new one gives the stated day, with
    the same reminders around it. Raises Conflict if the deadline is over already."""
    which: Which = {
        "organisation_id": deadline.organisation_id,
        "subject_type": deadline.subject_type,
        "subject_id": deadline.subject_id,
        "name": deadline.name,
    }
    old = _end(session, which, "cancelled", moment)
    if old is None:
        raise Conflict("deadline_over", name=deadline.name)
    new = _row(which, _stated(due_on, moment), old.responsible_person_id, old.escalate_to_person_id)
    return _plan(
        session, new, [(reminder.kind, reminder.offset_days) for reminder in old.reminders], moment
    )


def hand_over(
    session: Session,
    *,
    organisation_id: int,
    subject_type: str,
    subject_id: int,
    former_id: int,
    person_id: int,
) -> None:
    """What is open on the subject and was to be done by one person is to be done by another.

    The days stand, and so do the reminders that are still to come.
    """
    for deadline in session.scalars(
        select(Deadline)
        .where(
            Deadline.organisation_id == organisation_id,
            Deadline.subject_type == subject_type,
            Deadline.subject_id == subject_id,
            Deadline.state.in_(OPEN_STATES),
            Deadline.responsible_person_id == former_id,
        )
        .with_for_update()
    ):
        deadline.responsible_person_id = person_id


def _start(session: Session, answer: Due, plan: Plan) -> Deadline:
    which: Which = {
        "organisation_id": plan["organisation_id"],
        "subject_type": plan["subject_type"],
        "subject_id": plan["subject_id"],
        "name": plan["name"],
    }
    _end(session, which, "cancelled", plan["moment"])
    row = _row(which, answer, plan.get("responsible_person_id"), plan.get("escalate_to_person_id"))
    before = "legal" if plan.get("legal", False) else "before"
    offsets = {(before, -days) for days in plan.get("remind", REMIND_BEFORE)}
    offsets |= {("late", days) for days in plan.get("late", REMIND_LATE)}
    return _plan(session, row, offsets, plan["moment"])


def _stated(due_on: date, moment: datetime) -> Due:
    today = moment.astimezone(STOCKHOLM).date()
    return Due("stated", start=today, raw=due_on, due=due_on, statute="")


def _row(which: Which, answer: Due, responsible: int | None, manager: int | None) -> Deadline:
    return Deadline(
        **which,
        rule=answer.rule,
        started_on=answer.start,
        raw_on=answer.raw,
        due_on=answer.due,
        statute=answer.statute,
        state="running",
        responsible_person_id=responsible,
        escalate_to_person_id=manager,
    )


def _plan(
    session: Session, deadline: Deadline, offsets: Iterable[tuple[str, int]], moment: datetime
) -> Deadline:
    for kind, offset_days in sorted(offsets, key=lambda offset: offset[1]):
        deadline.plan(kind, offset_days, moment)
    session.add(deadline)
    session.flush()
    return deadline


def _end(session: Session, which: Which, state: str, moment: datetime) -> Deadline | None:
    """End the open deadline, if any, under its lock: the sweep may be at it."""
    deadline = session.scalar(
        select(Deadline)
        .filter_by(**which)
        .where(Deadline.state.in_(OPEN_STATES))
        .options(selectinload(Deadline.reminders))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if deadline is not None:
        deadline.end(state, moment)
        session.flush()
    return deadline
