"""Legal dates: the law's own examples, and properties against an independent oracle."""

from calendar import monthrange
from datetime import date, timedelta

import holidays
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casework.deadlines import calendar
from casework.deadlines.calendar import due
from casework.errors import Invalid
from casework.phrases import sentence

FIRST, LAST = date(2005, 1, 1), date(2100, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
# The oracle ends with 2100: what starts later than this may be due where it knows nothing.
EVERY_START = [day for day in EVERY_DAY if day < date(2100, 12, 1)]
DAYS = st.dates(FIRST, EVERY_START[-1])

SWEDEN = holidays.country_holidays("SE", years=range(2005, 2101))


def _is_eve(day: date) -> bool:
    """The three eves of lag (1930:173) 2 §, told without any list."""
    midsummer = day.month == 6 and 19 <= day.day <= 25 and day.isoweekday() == 5
    return midsummer or (day.month, day.day) in {(12, 24), (12, 31)}


def oracle_is_holiday(day: date) -> bool:
    return day.isoweekday() == 7 or day in SWEDEN


def oracle_works(day: date) -> bool:
    assert day <= LAST, "the oracle knows nothing of this year"
    return day.isoweekday() != 6 and not oracle_is_holiday(day) and not _is_eve(day)


def oracle_shift(day: date) -> date:
    return next(later for n in range(15) if oracle_works(later := day + timedelta(days=n)))


def iso(rule: str, start: str, count: int | None = None) -> tuple[str, str]:
    answer = due(rule, calendar.parse_day(start), count)
    return answer.raw.isoformat(), answer.due.isoformat()


# --- Days off ---------------------------------------------------------------------------------


def test_public_holidays_are_those_of_the_oracle_on_every_day() -> None:
    """Lag (1989:253), day by day from 2005 to 2100."""
    wrong = [day for day in EVERY_DAY if calendar.is_public_holiday(day) != oracle_is_holiday(day)]
    assert wrong == []


def test_working_days_are_those_of_the_oracle_on_every_day() -> None:
    """Saturdays and the three eves are off as well, lag (1930:173) 2 §."""
    wrong = [day for day in EVERY_DAY if calendar.is_working_day(day) != oracle_works(day)]
    assert wrong == []


@pytest.mark.parametrize("day", ["2025-01-05", "2025-04-17", "2025-04-30", "2025-05-30"])
def test_days_people_take_off_are_still_working_days_in_law(day: str) -> None:
    """Twelfth Night, Maundy Thursday, Walpurgis Eve and squeezed-in days end no period late."""
    answer = calendar.parse_day(day)
    assert calendar.is_working_day(answer) == (answer.isoweekday() != 7)


@pytest.mark.parametrize(
    ("day", "off"),
    [
        ("2003-06-06", False),  # a Friday before the national day became a holiday
        ("2003-06-09", True),  # the last Whit Mondays
        ("2004-05-31", True),
        ("2005-05-16", False),
        ("2005-06-06", True),
    ],
)
def test_the_national_day_took_the_place_of_whit_monday_in_2005(day: str, off: bool) -> None:
    """SFS 2004:1320, in force from 1 April 2005."""
    assert calendar.is_public_holiday(calendar.parse_day(day)) is off


@given(DAYS)
def test_next_working_day_is_the_nearest_from_the_day_on(day: date) -> None:
    """A working day stays where it is; another moves forward, over days off only."""
    assert calendar.next_working_day(day) == oracle_shift(day)


# --- Examples from the statutes ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "start", "raw", "limit"),
    [
        ("attest", "2025-06-03", "2025-06-17", "2025-06-17"),
        ("attest", "2025-05-23", "2025-06-06", "2025-06-09"),
        ("announce", "2025-06-10", "2025-06-12", "2025-06-12"),
        ("announce", "2025-06-05", "2025-06-07", "2025-06-09"),
        ("appeal", "2025-06-10", "2025-07-01", "2025-07-01"),
        ("appeal", "2025-06-11", "2025-07-02", "2025-07-02"),
        ("appeal", "2025-06-12", "2025-07-03", "2025-07-03"),
        ("appeal", "2025-05-16", "2025-06-06", "2025-06-09"),
        ("appeal", "2025-12-10", "2025-12-31", "2026-01-02"),
        ("take_down", "2025-06-10", "2025-07-02", "2025-07-02"),
        ("take_down", "2025-06-11", "2025-07-03", "2025-07-03"),
        ("take_down", "2025-06-12", "2025-07-04", "2025-07-04"),
        ("take_down", "2020-03-12", "2020-04-03", "2020-04-03"),
        ("take_down", "2025-12-10", "2026-01-01", "2026-01-03"),
        ("motion", "2025-05-06", "2026-05-06", "2026-05-06"),
        ("motion", "2024-02-29", "2025-02-28", "2025-02-28"),
        ("citizen_proposal", "2024-06-07", "2025-06-07", "2025-06-09"),
        ("administrative_appeal", "2025-05-16", "2025-06-06", "2025-06-09"),
        ("slow_case", "2025-08-31", "2026-02-28", "2026-03-02"),
        ("slow_case_answer", "2025-11-26", "2025-12-24", "2025-12-29"),
    ],
)
def test_worked_examples(rule: str, start: str, raw: str, limit: str) -> None:
    """The dates that a committee secretary has counted by hand."""
    assert iso(rule, start) == (raw, limit)


@pytest.mark.parametrize(
    ("rule", "start", "count", "raw", "limit"),
    [
        ("days", "2025-06-01", 10, "2025-06-11", "2025-06-11"),
        ("weeks", "2025-05-16", 3, "2025-06-06", "2025-06-09"),
        ("months", "2025-01-31", 1, "2025-02-28", "2025-02-28"),
        ("months", "2024-01-31", 1, "2024-02-29", "2024-02-29"),
        ("months", "2025-08-31", 6, "2026-02-28", "2026-03-02"),
        ("months", "2025-11-15", 2, "2026-01-15", "2026-01-15"),
        ("years", "2024-02-29", 1, "2025-02-28", "2025-02-28"),
        ("years", "2025-06-06", 1, "2026-06-06", "2026-06-08"),
        ("working_days", "2025-06-18", 1, "2025-06-19", "2025-06-19"),
        ("working_days", "2025-06-19", 1, "2025-06-23", "2025-06-23"),
        ("days_before", "2025-06-17", 7, "2025-06-10", "2025-06-10"),
        ("days_before", "2025-06-13", 7, "2025-06-06", "2025-06-05"),
        ("days_before", "2025-12-27", 1, "2025-12-26", "2025-12-23"),
    ],
)
def test_counted_rules(rule: str, start: str, count: int, raw: str, limit: str) -> None:
    """Forward periods by lag (1930:173) 1-2 §§; a summons is moved earlier instead."""
    assert iso(rule, start, count) == (raw, limit)


@pytest.mark.parametrize(
    ("rule", "before_2018", "since_2018"),
    [
        ("attest", "KL (1991:900) 5:61", "KL 5:69"),
        ("announce", "KL (1991:900) 5:62", "KL 8:12"),
        ("appeal", "KL (1991:900) 10:6", "KL 13:5"),
        ("take_down", "KL (1991:900) 5:62", "KL 8:12"),
        ("motion", "KL (1991:900) 5:33", "KL 5:35"),
        ("citizen_proposal", "KL (1991:900) 5:33", "KL 5:35"),
    ],
)
def test_the_statute_is_the_one_in_force_on_the_day(
    rule: str, before_2018: str, since_2018: str
) -> None:
    """Kommunallagen (2017:725) holds from 1 January 2018."""
    assert due(rule, date(2017, 12, 31)).statute == before_2018
    assert due(rule, date(2018, 1, 1)).statute == since_2018


def test_the_administrative_act_of_2017_holds_from_july_2018() -> None:
    """Förvaltningslagen (2017:900) 12 § is new in it; the appeal had an older one."""
    assert due("administrative_appeal", date(2018, 6, 30)).statute == "FL (1986:223) 23 §"
    assert due("administrative_appeal", date(2018, 7, 1)).statute == "FL 43–44 §§"
    assert due("slow_case", date(2018, 7, 1)).statute == "FL 12 §"


# --- Properties -------------------------------------------------------------------------------


def test_last_appeal_day_against_the_oracle_on_every_day() -> None:
    """KL 13:5: three weeks, same weekday, and never ending on a day off."""
    wrong = [
        day
        for day in EVERY_START
        if due("appeal", day).due != oracle_shift(day + timedelta(days=21))
    ]
    assert wrong == []


def test_attestation_and_announcement_against_the_oracle_on_every_day() -> None:
    """KL 5:69 and 8:12: the goal is unshifted, the limit the next working day."""
    for rule, days in (("attest", 14), ("announce", 2)):
        for day in EVERY_START:
            answer, goal = due(rule, day), day + timedelta(days=days)
            assert (answer.raw, answer.due) == (goal, oracle_shift(goal)), (rule, day)


def test_a_year_half_a_year_and_weeks_against_the_oracle_on_every_day() -> None:
    """KL 5:35 and FL 12 and 43 §§: the same date or weekday, never ending on a day off."""

    def in_months(day: date, count: int) -> date:
        year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

    for day in (day for day in EVERY_START if date(2018, 7, 1) <= day < date(2099, 12, 1)):
        ends = {
            "motion": in_months(day, 12),
            "citizen_proposal": in_months(day, 12),
            "administrative_appeal": day + timedelta(days=21),
            "slow_case": in_months(day, 6),
            "slow_case_answer": day + timedelta(days=28),
        }
        for rule, raw in ends.items():
            answer = due(rule, day)
            assert (answer.raw, answer.due) == (raw, oracle_shift(raw)), (rule, day)


@given(DAYS)
def test_the_last_appeal_day_is_a_working_day_no_sooner_than_three_weeks(day: date) -> None:
    """And the notice comes down the day after it, not before."""
    appeal, take_down = due("appeal", day), due("take_down", day)
    assert oracle_works(appeal.due)
    assert appeal.due >= day + timedelta(days=21)
    assert appeal.raw.isoweekday() == day.isoweekday()
    assert take_down.due == appeal.due + timedelta(days=1)


@given(DAYS, DAYS)
def test_a_later_start_is_never_due_sooner(one: date, other: date) -> None:
    """Waiting with the announcement cannot shorten anybody's time."""
    earlier, later = sorted([one, other])
    in_force = {law.name for law in calendar.RULES if law.since <= earlier}
    for rule in in_force:
        assert due(rule, earlier).due <= due(rule, later).due


@given(DAYS, st.integers(1, 60))
def test_months_keep_the_date_number_or_end_on_the_last_of_the_month(day: date, n: int) -> None:
    """Lag (1930:173) 1 §."""
    end = calendar.add_period(day, "months", n)
    assume(end <= EVERY_START[-1])
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == n
    assert end.day == min(day.day, monthrange(end.year, end.month)[1])
    assert due("months", day, n).due == oracle_shift(end)


@given(DAYS, st.integers(1, 40))
def test_years_are_twelve_months(day: date, n: int) -> None:
    """A year ends as twelve months do, leap day included."""
    assert calendar.add_period(day, "years", n) == calendar.add_period(day, "months", 12 * n)


@given(DAYS, st.integers(1, 60))
def test_working_days_are_counted_one_by_one(day: date, n: int) -> None:
    """The end is a working day with exactly `n` of them since the start, itself not counted."""
    end = calendar.working_days_after(day, n)
    assume(end <= LAST)
    passed = [day + timedelta(days=i) for i in range(1, (end - day).days + 1)]
    assert oracle_works(end)
    assert sum(map(oracle_works, passed)) == n


@given(DAYS.filter(lambda day: day.year > 2005), st.integers(1, 60))
def test_a_summons_is_never_later_than_asked(day: date, n: int) -> None:
    """Backward counting: a working day, in time, and the nearest such one."""
    end = calendar.before(day, n)
    asked = day - timedelta(days=n)
    assert oracle_works(end)
    assert end <= asked
    between = [end + timedelta(days=i) for i in range(1, (asked - end).days + 1)]
    assert not any(map(oracle_works, between))


# --- What is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "start", "count", "code"),
    [
        ("apeal", date(2025, 6, 10), None, "deadline_rule_unknown"),
        ("appeal", date(2025, 6, 10), 3, "deadline_count_superfluous"),
        ("weeks", date(2025, 6, 10), None, "deadline_count_wrong"),
        ("weeks", date(2025, 6, 10), 0, "deadline_count_wrong"),
        ("years", date(2025, 6, 10), 1001, "deadline_count_wrong"),
        ("appeal", date(1991, 12, 31), None, "deadline_day_out_of_range"),
        ("slow_case", date(2018, 6, 30), None, "deadline_law_younger"),
        ("appeal", date(3000, 1, 1), None, "deadline_day_out_of_range"),
    ],
)
def test_wrong_questions_get_one_sentence(
    rule: str, start: date, count: int | None, code: str
) -> None:
    """Unknown rule, wrong count, day out of range: refused, with a sentence in both languages."""
    with pytest.raises(Invalid) as refused:
        due(rule, start, count)
    assert refused.value.code == code
    for language in ("sv", "en"):
        assert "{" not in sentence(code, refused.value.params, language)


@pytest.mark.parametrize("text", ["", "tisdag", "2025-02-29", "20250610", "2025-W24-2", "2025-6-1"])
def test_what_is_no_date_is_refused(text: str) -> None:
    """Only yyyy-mm-dd is read as a date, so that no other order is taken for it."""
    with pytest.raises(Invalid) as refused:
        calendar.parse_day(text)
    assert sentence(refused.value.code, refused.value.params, "sv").startswith(text)


@pytest.mark.parametrize("rule", calendar.COUNTED_RULES)
def test_the_ends_of_the_range_can_be_counted_from(rule: str) -> None:
    """The longest period from the last day still has an end."""
    for day in (calendar.FIRST_DAY, calendar.LAST_DAY):
        answer = due(rule, day, calendar.LONGEST_PERIOD)
        assert calendar.is_working_day(answer.due)


def test_json_answer_has_the_contract_keys() -> None:
    """`casework deadline appeal 2025-05-16 --json`."""
    assert calendar.to_json(due("appeal", date(2025, 5, 16))) == {
        "rule": "appeal",
        "from": "2025-05-16",
        "raw": "2025-06-06",
        "due": "2025-06-09",
        "statute": "KL 13:5",
    }
