"""Personal identity numbers in what goes on the public board, found and masked.

Folkbokföringslag (1991:481) 18 § gives the form ÅÅMMDD-NNNN ("+" from the year of the hundredth
birthday), often with the century before it; a coordination number (18 a §) has 60 added to the
day. A number of an organisation has no month in it, and is none of these.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MASK = "[personnummer]"
COORDINATION = 60
LEAP_YEAR = 2000

_NUMBER = re.compile(
    r"(?<!\d)(?:19|20)?\d{2}(?P<month>\d{2})(?P<day>\d{2})\s?(?P<sign>[-+–‑])?\s?\d{4}(?!\d)"
)


def has_personal_number(text: str) -> bool:
    """Whether somebody's personal identity or coordination number stands in the text."""
    return any(True for _found in _numbers(text))


def masked(text: str) -> str:
    """The text with `[personnummer]` in the place of each number."""
    for found in reversed(list(_numbers(text))):
        text = text[: found.start()] + MASK + text[found.end() :]
    return text


def _numbers(text: str) -> Iterator[re.Match[str]]:
    """Written with its sign a number counts even if miswritten; bare digits must check."""
    for found in _NUMBER.finditer(text):
        if _is_day(int(found["month"]), int(found["day"])) and (
            found["sign"] or _checks(found.group())
        ):
            yield found


def _is_day(month: int, day: int) -> bool:
    try:
        date(LEAP_YEAR, month, day - COORDINATION if day > COORDINATION else day)
    except ValueError:
        return False
    return True


def _checks(number: str) -> bool:
    """The last digit is the control digit of the nine before it (folkbokföringslagen 18 §)."""
    digits = [int(each) for each in number if each.isdecimal()][-10:]
    doubled = [digit * (2 - place % 2) for place, digit in enumerate(digits)]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
