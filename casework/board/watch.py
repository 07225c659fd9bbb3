"""Watching the board: each notice is seen to be up, minute by minute, or its absence is noted.

KL 13:5 st. 2: if the notice is away during the appeal period, the period does not run out. How
long it then runs is not said; we read it cautiously: every calendar day (in Stockholm) on which
the notice was away is added to the period. A look that finds the board without the notice is an
absence however short. GAP forgives only looks that were not made, or that did not reach the board.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from casework.context import STOCKHOLM
from casework.deadlines.calendar import due, next_working_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.board.models import BoardNotice

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


def absences(notice: BoardNotice) -> list[Absence]:
    """The stretches between sightings, the first one first."""
    pairs = zip(notice.spans, notice.spans[1:], strict=False)
    return [Absence(before.up_until, after.up_from) for before, after in pairs]


def extend(notice: BoardNotice) -> None:
    """Count the appeal period anew: as the law has it, and a day for each day of absence."""
    days = _days_away(absences(notice), notice.announced_on)
    notice.days_interrupted = len(days)
    notice.appeal_until = _last_day(notice.announced_on, len(days))
    notice.take_down_on = notice.appeal_until + _DAY


def last_seen(notice: BoardNotice) -> datetime:
    return notice.spans[-1].up_until


def end_of_period(notice: BoardNotice) -> datetime:
    """The moment at which the last appeal day is over."""
    return datetime.combine(notice.appeal_until + _DAY, time(), STOCKHOLM)


def _last_day(announced: date, days_away: int) -> date:
    """The last appeal day after so many days of absence; a holiday moves it on (lag 1930:173)."""
    return next_working_day(due("appeal", announced).raw + days_away * _DAY)


def _days_away(gone: Sequence[Absence], announced: date) -> set[date]:
    """Each day of absence in the period; one that moves the end on can bring more into it."""
    days: set[date] = set()
    for absence in gone:
        day = absence.since.astimezone(STOCKHOLM).date()
        while day <= absence.until.astimezone(STOCKHOLM).date():
            if announced <= day <= _last_day(announced, len(days)):
                days.add(day)
            day += _DAY
    return days
