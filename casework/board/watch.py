"""Watching the board: each notice is seen to be up, minute by minute, or its absence is noted.

KL 13:5 st. 2: if the notice is away during the appeal period, the period does not run out. How
long it then runs is not said; we read it cautiously: every calendar day (in Stockholm) on which
the notice was away is added to the period. A gap shorter than GAP is no absence: the board is
looked at once a minute, and a look may be late.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from casework.board.models import BoardNotice, NoticeSpan
from casework.context import STOCKHOLM
from casework.db import lock
from casework.deadlines.calendar import due, next_working_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.context import Context

GAP = timedelta(minutes=5)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Absence:
    """A stretch of time in which the notice was not seen."""

    since: datetime
    until: datetime


def seal(notice: BoardNotice) -> str:
    """What the page prints beside a notice: it changes if a fact that the law asks for does."""
    facts = f"{notice.id}|{notice.announced_on}|{notice.kept_at}|{notice.title}|{notice.sections}"
    return hashlib.sha256(facts.encode()).hexdigest()[:24]


def note_sighting(context: Context, notice: BoardNotice, gap: timedelta = GAP) -> None:
    """The notice has been seen now. After more than `gap` unseen, the period is longer."""
    lock(context.session, notice)
    if notice.taken_down_at is not None:
        return
    last = notice.spans[-1]
    if context.moment <= last.up_until:
        return
    if context.moment - last.up_until <= gap:
        last.up_until, last.sightings = context.moment, last.sightings + 1
        return
    absence = Absence(last.up_until, context.moment)
    notice.spans.append(
        NoticeSpan(
            organisation_id=notice.organisation_id,
            up_from=context.moment,
            up_until=context.moment,
        )
    )
    extend(notice)
    context.record(
        notice,
        "interrupted",
        since=absence.since.isoformat(),
        until=absence.until.isoformat(),
        days=notice.days_interrupted,
        appeal_until=notice.appeal_until.isoformat(),
        statute="KL 13:5",
    )


def absences(notice: BoardNotice) -> list[Absence]:
    """The stretches between sightings, the first one first."""
    pairs = zip(notice.spans, notice.spans[1:], strict=False)
    return [Absence(before.up_until, after.up_from) for before, after in pairs]


def extend(notice: BoardNotice) -> None:
    """Count the appeal period anew: as the law has it, and a day for each day of absence."""
    answer = due("appeal", notice.announced_on)
    days = _days_away(absences(notice), notice.announced_on, answer.due)
    notice.days_interrupted = len(days)
    notice.appeal_until = next_working_day(answer.raw + len(days) * _DAY)
    notice.take_down_on = notice.appeal_until + _DAY


def last_seen(notice: BoardNotice) -> datetime:
    return notice.spans[-1].up_until


def end_of_period(notice: BoardNotice) -> datetime:
    """The moment at which the last appeal day is over."""
    return datetime.combine(notice.appeal_until + _DAY, time(), STOCKHOLM)


def _days_away(gone: Sequence[Absence], first: date, last: date) -> set[date]:
    """Each day of absence in the period; one that moves the end on can bring more into it."""
    days: set[date] = set()
    for absence in gone:
        day = absence.since.astimezone(STOCKHOLM).date()
        while day <= absence.until.astimezone(STOCKHOLM).date():
            if first <= day <= last + len(days) * _DAY:
                days.add(day)
            day += _DAY
    return days
