"""A year of meetings before it is planned: the days, what is in their way, where they lead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from casework.context import STOCKHOLM
from casework.deadlines.calendar import FIRST_DAY, LAST_DAY, before, is_working_day, parse_day
from casework.errors import Invalid
from casework.meetings.models import Meeting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casework.context import Context
    from casework.people.models import Body

MOST = 60  # meetings in a series
LONGEST_SPAN = timedelta(days=2 * 366)


@dataclass(frozen=True)
class Proposed:
    """A meeting that might be: its moment, its own days to keep, and what else is that day."""

    starts_at: datetime
    paper_stop: date
    last_summons: date
    is_working_day: bool
    others: tuple[Meeting, ...]

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(STOCKHOLM).date()

    def is_taken(self, body: Body) -> bool:
        """Whether the body itself meets that day already."""
        return any(each.body_id == body.id for each in self.others)


def paper_stop(body: Body, day: date) -> date:
    """The day by which papers are in for a meeting on `day`, by the body's own rules.

    A day off moves it earlier, never later, as it does the summons.
    """
    return before(day, body.paper_stop_days)


def recurring(first: date, last: date, weekday: int, weeks: int, clock: time) -> list[datetime]:
    """Every so many weeks on a weekday (0 is Monday), from `first` to `last` inclusive.

    Raises Invalid for a span of more than two years, a wrong interval, or too many meetings.
    """
    if not (0 <= weekday <= 6 and 1 <= weeks <= 52):
        raise Invalid("series_interval_wrong")
    if not (_countable(first) <= _countable(last) and last - first <= LONGEST_SPAN):
        raise Invalid("series_span_wrong")
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    days = []
    while day <= last:
        days.append(day)
        day += timedelta(weeks=weeks)
    return _short([datetime.combine(each, clock, STOCKHOLM) for each in days])


def pasted(text: str, clock: time) -> list[datetime]:
    """The days written in a text, each perhaps with its own hour: `2026-02-10 13:00`.

    Raises Invalid for what is no day or no hour, or too many.
    """
    lines = [part.strip() for part in re.split(r"[\n,;]", text) if part.strip()]
    return _short([_moment(line[:40], clock) for line in lines[: MOST + 1]])


def read_clock(text: str) -> time:
    """An hour as `09:30` or `09.30`; raises Invalid."""
    found = re.fullmatch(r"([01]?\d|2[0-3])[:.]([0-5]\d)", text.strip(), re.ASCII)
    if found is None:
        raise Invalid("clock_wrong", text=text[:20])
    return time(int(found[1]), int(found[2]))


def propose(context: Context, body: Body, moments: Iterable[datetime]) -> list[Proposed]:
    """What the series would be, in order of time; meetings that were cancelled are in no way."""
    wanted = sorted(set(moments))
    held = _held(context, wanted)
    found = []
    for moment in wanted:
        day = moment.astimezone(STOCKHOLM).date()
        found.append(
            Proposed(
                starts_at=moment,
                paper_stop=paper_stop(body, day),
                last_summons=before(day, body.summons_days),
                is_working_day=is_working_day(day),
                others=tuple(each for each in held if each.day == day),
            )
        )
    return found


def _moment(line: str, clock: time) -> datetime:
    day, _space, hour = line.partition(" ")
    return datetime.combine(
        _countable(parse_day(day)), read_clock(hour) if hour else clock, STOCKHOLM
    )


def _countable(day: date) -> date:
    if not FIRST_DAY <= day < LAST_DAY:
        raise Invalid("deadline_day_out_of_range", first=FIRST_DAY, last=LAST_DAY, date=day)
    return day


def _short(moments: list[datetime]) -> list[datetime]:
    if len(moments) > MOST:
        raise Invalid("series_too_long", most=MOST)
    return moments


def _held(context: Context, wanted: Sequence[datetime]) -> Sequence[Meeting]:
    if not wanted:
        return []
    day = timedelta(days=1)
    return context.session.scalars(
        select(Meeting)
        .where(
            Meeting.organisation_id == context.organisation_id,
            Meeting.starts_at.between(wanted[0] - day, wanted[-1] + day),
            Meeting.state != "cancelled",
        )
        .options(joinedload(Meeting.body))
        .order_by(Meeting.starts_at)
    ).all()
