"""Registration numbers by the series' own pattern: pure text, no session."""

from __future__ import annotations

from string import Formatter

from casework.errors import Invalid

_FIELDS = {"series", "number", "year"}


def check_pattern(pattern: str) -> str:
    """The pattern itself; raises Invalid unless it holds a number and a year and nothing odd."""
    try:
        names = {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}
    except ValueError as error:
        raise Invalid("pattern_wrong", pattern=pattern) from error
    if not {"number", "year"} <= names <= _FIELDS:
        raise Invalid("pattern_wrong", pattern=pattern)
    return pattern


def registration_number(pattern: str, series: str, number: int, year: int) -> str:
    """`{series}/{number}/{year}` with RUN, 78 and 2022 gives `RUN/78/2022`."""
    return pattern.format(series=series, number=number, year=year)
