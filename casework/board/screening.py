"""Personal identity numbers in what goes on the public board, found and masked.

Folkbokföringslag (1991:481) 18 § gives the form ÅÅMMDD-NNNN ("+" from the year of the hundredth
birthday), often with the century before it. A coordination number (18 a §) has 60 added to the
day (lag (2022:1697) om samordningsnummer), and 00 for a month or day that is not known. The
reserve numbers of health care have a letter or two among the last four. A number of an
organisation has 20 or more in the place of the month, and is none of these.

A number is somebody's also when it is miswritten: neither the control digit nor a day of the
calendar is asked for where the form alone leaves no doubt.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MASK = "[personnummer]"
COORDINATION = 60
LAST_MONTH, LAST_DAY = 12, 31

_DASH = "[-+\u00ad\u02d7\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0b\uff0d]"
_BLANK = "[\\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
_NUMBER = re.compile(
    rf"""
    (?<!\d) (?P<century>19|20)? \d\d
    (?P<apart>{_DASH}|{_BLANK})? (?P<month>\d\d) (?(apart)(?:{_DASH}|{_BLANK})) (?P<day>\d\d)
    (?P<between>{_BLANK}{{0,2}} {_DASH}{{0,2}} {_BLANK}{{0,2}})
    (?P<last>\d{{4}}|[A-ZÅÄÖ]\d{{3}}|[A-ZÅÄÖ]{{2}}\d\d)
    (?!\d|{_DASH}\d)  # not the day before another day
    """,
    re.VERBOSE,
)
_DASHED = re.compile(_DASH)
_CLOCK = re.compile(r"([01]\d|2[0-4])[0-5]\d")
# A letter behind a blank alone may be the name of a room; these are the reserve numbers' own.
_RESERVE = re.compile(r"[RSTUX]|TF")


def has_personal_number(text: str) -> bool:
    """Whether somebody's personal identity, coordination or reserve number stands in the text."""
    return any(True for _found in numbers(text))


def masked(text: str) -> str:
    """The text with `[personnummer]` in the place of each number."""
    for found in reversed(list(numbers(text))):
        text = text[: found.start()] + MASK + text[found.end() :]
    return text


def numbers(text: str) -> Iterator[re.Match[str]]:
    """Where somebody's number stands in the text, in order."""
    for found in _NUMBER.finditer(text):
        if _is_birth(int(found["month"]), int(found["day"])) and _is_somebodys(found):
            yield found


def _is_birth(month: int, day: int) -> bool:
    since = day - COORDINATION if day >= COORDINATION else day
    return month <= LAST_MONTH and since <= LAST_DAY


def _is_somebodys(found: re.Match[str]) -> bool:
    """A sign tells; bare digits may be a telephone's, or with a blank a day's and a clock's."""
    if _DASHED.search(found["between"]):
        return True
    if not found["last"].isdecimal():
        return not found["between"] or bool(_RESERVE.match(found["last"]))
    if checks(found.group()):
        return True
    if found["between"]:
        return not _CLOCK.fullmatch(found["last"])
    return bool(found["century"])


def checks(number: str) -> bool:
    """The last digit is the control digit of the nine before it (folkbokföringslagen 18 §)."""
    digits = [int(each) for each in number if each.isdecimal()][-10:]
    doubled = [digit * (2 - place % 2) for place, digit in enumerate(digits)]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
