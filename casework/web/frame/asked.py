"""What a reader wrote in a form or an address: fit to be stored, read as a number or a moment."""

from __future__ import annotations

from datetime import date, datetime

from casework.context import STOCKHOLM
from casework.deadlines.calendar import parse_day
from casework.errors import Invalid

DIGITS = 18  # what fits in a column, as in the addresses of rows
YEARS = range(1900, 2200)


def plain_breaks(text: str | None) -> str | None:
    """The text with line breaks of one character, as the browser counts them."""
    return text.replace("\r\n", "\n") if text else text


def fitting(text: str, most: int) -> str:
    """The text with plain line breaks; raises Invalid if it has more than `most` characters.

    Nothing that somebody wrote is cut off in silence.
    """
    plain = plain_breaks(text) or ""
    if len(plain) > most:
        raise Invalid("text_too_long", beginning=plain[:40], length=len(plain), most=most)
    return plain


def whole_number(text: str) -> int:
    """A whole number that fits in a column; raises ValueError, as werkzeug's `type` expects."""
    if len(text) > DIGITS:
        raise ValueError(text)
    return int(text)


def row_number(text: str) -> int:
    """The number of a row; 0, which no row has, for anything else."""
    try:
        return whole_number(text)
    except ValueError:
        return 0


def local_moment(text: str) -> datetime:
    """A day and an hour in Stockholm, YYYY-MM-DDTHH:MM; raises Invalid for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("meeting_time_wrong") from error
    if moment.year not in YEARS:
        raise Invalid("meeting_time_wrong")
    return moment.replace(tzinfo=STOCKHOLM)


def day_or_none(text: str) -> date | None:
    """The day YYYY-MM-DD, None where nothing is written; raises Invalid for anything else."""
    return parse_day(text.strip()[:20]) if text.strip() else None


def number_or_none(text: str, code: str, most: int) -> int | None:
    """A small whole number, None where nothing is written; raises Invalid(code) for the rest."""
    digits = text.strip()
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 4):
        raise Invalid(code, most=most)
    return int(digits)


def report_back_day(text: str) -> date | None:
    """The day an assignment is reported back, None for none; raises Invalid for anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid("input_wrong", field={"sv": "Återrapport", "en": "Report back"}) from error
