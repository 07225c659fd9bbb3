"""How dates, moments, sizes and long words are shown to a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import format_decimal

from casework.context import STOCKHOLM
from casework.text.typography import swedish
from casework.web.differences import compare
from casework.web.language import reader_language

if TYPE_CHECKING:
    from datetime import date, datetime

    from flask import Flask

NO_BREAK = "\N{NO-BREAK SPACE}"


def init(app: Flask) -> None:
    """Hand the filters to every template."""
    app.jinja_env.filters.update(
        moment=moment, legal_day=legal_day, filesize=filesize, swedish=swedish
    )
    app.jinja_env.globals["compare"] = compare


def moment(value: datetime) -> str:
    """An aware moment as the clock in Stockholm shows it: `2025-06-10 kl. 09.30`."""
    local = value.astimezone(STOCKHOLM)
    clock = "kl.{}%H.%M" if reader_language() == "sv" else "at{}%H:%M"
    return local.strftime(f"%Y-%m-%d {clock.format(NO_BREAK)}")


def legal_day(value: datetime) -> date:
    """The day of an aware moment in Stockholm: a legal day is a date there, not in UTC."""
    return value.astimezone(STOCKHOLM).date()


def filesize(size: int) -> str:
    """A size in bytes as a person reads it: `184 kB`, `2,4 MB`."""
    if size < 1000:
        return f"{size}{NO_BREAK}B"
    if size < 1_000_000:
        return f"{round(size / 1000)}{NO_BREAK}kB"
    return f"{format_decimal(round(size / 1_000_000, 1))}{NO_BREAK}MB"
