"""A year of meetings before it is planned: which days, what is in the way, what they lead to."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.context import STOCKHOLM, Actor
from casework.deadlines.calendar import is_working_day
from casework.errors import Invalid
from casework.meetings.planning.plan import plan_series
from casework.meetings.planning.series import MOST, pasted, propose, read_clock, recurring
from tests.demo.conftest import world

if TYPE_CHECKING:
    from casework.app import Casework
    from casework.demo.world import World

__all__ = ["world"]

NINE = time(9)
NOW = datetime(2026, 11, 20, 9, tzinfo=STOCKHOLM)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(DAYS, st.integers(0, 700), st.integers(0, 6), st.integers(2, 52))
def test_a_recurring_day_is_that_weekday(first: date, span: int, weekday: int, weeks: int) -> None:
    """Every meeting on the weekday, so many weeks apart, nine o'clock also after the change of
    the clocks, none outside the days given and none forgotten."""
    last = first + timedelta(days=span)
    moments = recurring(first, last, weekday, weeks, NINE)
    days = [moment.date() for moment in moments]
    assert all(first <= day <= last and day.weekday() == weekday for day in days)
    assert {(b - a).days for a, b in pairwise(days)} <= {7 * weeks}
    assert {moment.time() for moment in moments} <= {NINE}
    reach = days[-1] if days else first - timedelta(days=7 * weeks)
    assert last < reach + timedelta(days=7 * weeks + 6)


@pytest.mark.parametrize(
    ("first", "last", "weekday", "weeks", "code"),
    [
        ("2027-01-01", "2026-12-31", 1, 4, "series_span_wrong"),
        ("2027-01-01", "2029-12-31", 1, 4, "series_span_wrong"),
        ("2027-01-01", "2027-12-31", 7, 4, "series_interval_wrong"),
        ("2027-01-01", "2027-12-31", 1, 0, "series_interval_wrong"),
        ("2027-01-01", "2028-12-31", 1, 1, "series_too_long"),
        ("0001-01-01", "0001-12-31", 1, 1, "deadline_day_out_of_range"),
        ("9999-01-01", "9999-12-31", 1, 1, "deadline_day_out_of_range"),
    ],
)
def test_a_series_that_cannot_be(
    first: str, last: str, weekday: int, weeks: int, code: str
) -> None:
    """Each refusal says what to mend."""
    with pytest.raises(Invalid, match=code):
        recurring(date.fromisoformat(first), date.fromisoformat(last), weekday, weeks, NINE)


def test_pasted_days_keep_their_own_hour() -> None:
    """Lines, commas and semicolons alike; a day without an hour gets the usual one."""
    found = pasted(" 2027-02-09 13.00;2027-03-09,\n\n2027-04-13 ", NINE)
    assert [f"{each:%d %H:%M}" for each in found] == ["09 13:00", "09 09:00", "13 09:00"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("9/2 2027", "deadline_day_unreadable"),
        ("2027-02-30", "deadline_day_unreadable"),
        ("2027-02-09 25:00", "clock_wrong"),
        ("2027-02-09 klockan nio", "clock_wrong"),
        ("0001-01-01", "deadline_day_out_of_range"),
        ("2027-02-09\n" * (MOST + 1), "series_too_long"),
    ],
)
def test_what_is_pasted_wrong(text: str, code: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(Invalid, match=code):
        pasted(text, NINE)


@given(st.text(max_size=12))
def test_a_clock_is_read_or_refused(text: str) -> None:
    """Whatever is written, a time of day or a refusal."""
    try:
        read = read_clock(text)
    except Invalid:
        return
    assert f"{read:%H:%M}" == text.strip().replace(".", ":").zfill(5)


def test_what_is_in_the_way_is_seen_first(world: tuple[Casework, World]) -> None:
    """Holidays, the body's own meetings and those of others that day; a cancelled one is in no
    way. The last day for the summons is moved earlier over a holiday, never later."""
    casework, region = world
    secretary = Actor(region.cast.secretary.id, "Nämndsekreteraren")
    days = pasted("2027-01-06,2027-01-13,2027-02-10,2027-03-10", NINE)
    with casework.acting(region.organisation_id, secretary, NOW) as context:
        body = context.session.merge(region.committee)
        presidium = context.session.merge(region.presidium)
        _first, cancelled = plan_series(context, body, days[1:3])
        plan_series(context, presidium, pasted("2027-03-10 13:00", NINE))
        fire = context.services.engine.fire
        fire(context.given(reason="Inga ärenden"), cancelled, "cancel")
        context.session.flush()
        found = propose(context, body, reversed(days))
        assert [each.day for each in found] == [day.date() for day in days]
        assert [each.is_working_day for each in found] == [False, True, True, True]
        assert [each.is_taken(body) for each in found] == [False, True, False, False]
        assert [[other.body.short_name for other in each.others] for each in found] == [
            [],
            ["RUN"],
            [],
            ["RUN-P"],
        ]
        assert found[1].paper_stop == date(2026, 12, 30)
        assert found[1].last_summons == date(2027, 1, 5)
        assert all(is_working_day(each.last_summons) for each in found)
