"""The legal calendar: working days, periods, and the dates that the law sets, as pure functions.

Counting follows lag (1930:173): §1 says where a period ends, §2 moves an end that falls on a day
off to the next working day. A legal day is a date in Stockholm, never a timestamp.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from casework.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_DAY = date(1992, 1, 1)  # the oldest law in RULES
LAST_DAY = date(2999, 12, 31)
LONGEST_PERIOD = 1000

SATURDAY, SUNDAY = 5, 6
_DAY = timedelta(days=1)


# --- Which days are off -----------------------------------------------------------------------


@dataclass(frozen=True)
class DayOff:
    """A yearly day off: its date in a year, and the first and last day on which that law holds."""

    name: str
    in_year: Callable[[int], date]
    since: date = date.min
    until: date = date.max


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _easter(offset: int) -> Callable[[int], date]:
    return lambda year: easter_day(year) + timedelta(days=offset)


def _first(weekday: int, month: int, day: int) -> Callable[[int], date]:
    """The first such weekday from that date on."""

    def in_year(year: int) -> date:
        earliest = date(year, month, day)
        return earliest + timedelta(days=(weekday - earliest.weekday()) % 7)

    return in_year


# SFS 2004:1320 put the national day in the place of Whit Monday from 1 April 2005.
_NATIONAL_DAY_LAW = date(2005, 4, 1)

# Lag (1989:253) om allmänna helgdagar 1–2 §§; Sundays are public holidays besides.
PUBLIC_HOLIDAYS = (
    DayOff("nyårsdagen", _fixed(1, 1)),
    DayOff("trettondedag jul", _fixed(1, 6)),
    DayOff("långfredagen", _easter(-2)),
    DayOff("påskdagen", _easter(0)),
    DayOff("annandag påsk", _easter(1)),
    DayOff("första maj", _fixed(5, 1)),
    DayOff("Kristi himmelsfärdsdag", _easter(39)),
    DayOff("pingstdagen", _easter(49)),
    DayOff("annandag pingst", _easter(50), until=_NATIONAL_DAY_LAW - _DAY),
    DayOff("nationaldagen", _fixed(6, 6), since=_NATIONAL_DAY_LAW),
    DayOff("midsommardagen", _first(SATURDAY, 6, 20)),
    DayOff("alla helgons dag", _first(SATURDAY, 10, 31)),
    DayOff("juldagen", _fixed(12, 25)),
    DayOff("annandag jul", _fixed(12, 26)),
)

# Lag (1930:173) 2 § treats these, and every Saturday, as public holidays.
EVES = (
    DayOff("midsommarafton", lambda year: _first(SATURDAY, 6, 20)(year) - _DAY),
    DayOff("julafton", _fixed(12, 24)),
    DayOff("nyårsafton", _fixed(12, 31)),
)


def easter_day(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the algorithm of Butcher and Meeus)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    epact = (
        19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15
    ) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def _days_off(kinds: tuple[DayOff, ...], year: int) -> frozenset[date]:
    days = ((kind, kind.in_year(year)) for kind in kinds)
    return frozenset(day for kind, day in days if kind.since <= day <= kind.until)


def is_public_holiday(day: date) -> bool:
    """Whether the day is an allmän helgdag: a Sunday or one of PUBLIC_HOLIDAYS."""
    return day.weekday() == SUNDAY or day in _days_off(PUBLIC_HOLIDAYS, day.year)


def is_working_day(day: date) -> bool:
    """Whether a legal period may end on the day, lag (1930:173) 2 §."""
    return not (
        day.weekday() == SATURDAY or is_public_holiday(day) or day in _days_off(EVES, day.year)
    )


def next_working_day(day: date) -> date:
    """The day itself if it is a working day, else the first one after it."""
    while not is_working_day(day):
        day += _DAY
    return day


# --- Counting ---------------------------------------------------------------------------------


def add_period(start: date, unit: str, count: int) -> date:
    """Where a period of `count` days, weeks, months or years ends, lag (1930:173) 1 §: on the
    same weekday or date number; if the month has no such date, on its last day. Not shifted."""
    if unit == "days":
        return start + timedelta(days=count)
    if unit == "weeks":
        return start + timedelta(weeks=count)
    months = start.month - 1 + count * {"months": 1, "years": 12}[unit]
    year, month = start.year + months // 12, months % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def working_days_after(start: date, count: int) -> date:
    """The `count`-th working day after `start`, which itself is not counted."""
    day = start
    for _ in range(count):
        day = next_working_day(day + _DAY)
    return day


def before(start: date, days: int) -> date:
    """The last working day that is at least `days` days before `start`: a summons that must go
    out in time is moved earlier, never later. 1 gives the last working day before."""
    day = start - timedelta(days=days)
    while not is_working_day(day):
        day -= _DAY
    return day


# --- Rules ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """A period that a statute sets from its start day, in force from `since`.

    `then_days` is what comes after the period's (shifted) end, such as the day after it.
    """

    name: str
    unit: str
    count: int
    statute: str
    since: date
    then_days: int = 0


_ACT_OF_1991 = date(1992, 1, 1)
_ACT_OF_2017 = date(2018, 1, 1)
_FL_OF_2017 = date(2018, 7, 1)

# KL is kommunallagen (2017:725); before 2018 the same periods stood in kommunallagen (1991:900).
# For a committee, KL 6:35 refers to 5:69 and 6:34 to 5:35. FL is förvaltningslagen (2017:900),
# before July 2018 förvaltningslagen (1986:223). The newest law of a name stands first.
RULES = (
    # Attestation: fourteen days from the meeting day.
    Rule("attest", "days", 14, "KL 5:69", _ACT_OF_2017),
    Rule("attest", "days", 14, "KL (1991:900) 5:61", _ACT_OF_1991),
    # The attestation is announced on the second day after the last signature.
    Rule("announce", "days", 2, "KL 8:12", _ACT_OF_2017),
    Rule("announce", "days", 2, "KL (1991:900) 5:62", _ACT_OF_1991),
    # An appeal has arrived within three weeks from the announcement.
    Rule("appeal", "weeks", 3, "KL 13:5", _ACT_OF_2017),
    Rule("appeal", "weeks", 3, "KL (1991:900) 10:6", _ACT_OF_1991),
    # The notice stays up through the appeal period, counted from the announcement.
    Rule("take_down", "weeks", 3, "KL 8:12", _ACT_OF_2017, then_days=1),
    Rule("take_down", "weeks", 3, "KL (1991:900) 5:62", _ACT_OF_1991, then_days=1),
    # The assembly decides within a year from when it was raised, or is told why not.
    Rule("motion", "years", 1, "KL 5:35", _ACT_OF_2017),
    Rule("motion", "years", 1, "KL (1991:900) 5:33", _ACT_OF_1991),
    Rule("citizen_proposal", "years", 1, "KL 5:35", _ACT_OF_2017),
    Rule("citizen_proposal", "years", 1, "KL (1991:900) 5:33", _ACT_OF_1991),
    # An appeal has arrived three weeks from when the party got the decision; for a party that
    # represents the public, from the day of the decision.
    Rule("administrative_appeal", "weeks", 3, "FL 43–44 §§", _FL_OF_2017),
    Rule("administrative_appeal", "weeks", 3, "FL (1986:223) 23 §", _ACT_OF_1991),
    # What a party began is slow after six months from then; asked to decide, the authority does
    # so or refuses within four weeks from the day the request arrived.
    Rule("slow_case", "months", 6, "FL 12 §", _FL_OF_2017),
    Rule("slow_case_answer", "weeks", 4, "FL 12 §", _FL_OF_2017),
)

PERIODS = ("days", "weeks", "months", "years")
COUNTED_RULES = (*PERIODS, "working_days", "days_before")
LEGAL_RULES = tuple(dict.fromkeys(rule.name for rule in RULES))


@dataclass(frozen=True)
class Due:
    """What a rule gives: the unshifted day (`raw`, the goal) and the legal limit (`due`)."""

    rule: str
    start: date
    raw: date
    due: date
    statute: str


def due(rule: str, start: date, count: int | None = None) -> Due:
    """When something is due that starts on `start`.

    `rule` is one of LEGAL_RULES, which know their own length, or of COUNTED_RULES, which take a
    `count`: days, weeks, months, years (forward, shifted), working_days (forward) or days_before
    (backward from `start`, moved earlier). For take_down the day is the earliest, not the latest.

    Raises Invalid for an unknown rule, a missing or superfluous count, or a day out of range.
    """
    if not FIRST_DAY <= start <= LAST_DAY:
        raise Invalid("deadline_day_out_of_range", first=FIRST_DAY, last=LAST_DAY, date=start)
    if rule in COUNTED_RULES:
        return _counted(rule, start, count)
    if rule not in LEGAL_RULES:
        raise Invalid("deadline_rule_unknown", rule=rule, known=[*LEGAL_RULES, *COUNTED_RULES])
    if count is not None:
        raise Invalid("deadline_count_superfluous", rule=rule)
    laws = [law for law in RULES if law.name == rule]
    law = next((law for law in laws if law.since <= start), None)
    if law is None:
        raise Invalid("deadline_law_younger", rule=rule, since=laws[-1].since, date=start)
    raw = add_period(start, law.unit, law.count)
    after = timedelta(days=law.then_days)
    return Due(rule, start, raw + after, next_working_day(raw) + after, law.statute)


def _counted(rule: str, start: date, count: int | None) -> Due:
    if count is None or not 1 <= count <= LONGEST_PERIOD:
        raise Invalid("deadline_count_wrong", rule=rule, longest=LONGEST_PERIOD)
    if rule == "working_days":
        day = working_days_after(start, count)
        return Due(rule, start, day, day, "")
    if rule == "days_before":
        return Due(rule, start, start - timedelta(days=count), before(start, count), "")
    raw = add_period(start, rule, count)
    return Due(rule, start, raw, next_working_day(raw), "lag (1930:173) 1–2 §§")


def parse_day(text: str) -> date:
    """The date written YYYY-MM-DD; raises Invalid for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("deadline_day_unreadable", text=text) from None
    if day.isoformat() != text:
        raise Invalid("deadline_day_unreadable", text=text)
    return day


def to_json(answer: Due) -> dict[str, str]:
    """The answer of `casework deadline --json`: rule, from, raw, due, statute; days as ISO."""
    return {
        "rule": answer.rule,
        "from": answer.start.isoformat(),
        "raw": answer.raw.isoformat(),
        "due": answer.due.isoformat(),
        "statute": answer.statute,
    }
