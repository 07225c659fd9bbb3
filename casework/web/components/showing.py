"""How dates, moments, sizes, prose and long words are shown to a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import format_decimal
from markupsafe import Markup

from casework.context import STOCKHOLM
from casework.documents.markdown import to_text
from casework.text.html import html_of, to_html
from casework.text.typography import swedish
from casework.web.components.differences import compare
from casework.web.frame.language import reader_language

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from flask import Flask

    from casework.documents.contexts import Block

NO_BREAK = "\N{NO-BREAK SPACE}"


def init(app: Flask) -> None:
    """Hand the filters to every template."""
    app.jinja_env.filters.update(
        moment=moment,
        legal_day=legal_day,
        filesize=filesize,
        swedish=swedish,
        prose=prose,
        printed=printed,
    )
    app.jinja_env.globals["compare"] = compare


def prose(markdown: str, top: int = 3) -> Markup:
    """Text that somebody wrote, as it is meant; its headings start at that of `top`."""
    return Markup(html_of(markdown, top))  # noqa: S704 (html_of has escaped it)


def printed(blocks: Sequence[Block], top: int = 3) -> Markup:
    """The blocks of a document, as its page shows them."""
    return Markup(to_html(to_text(blocks), top))  # noqa: S704 (to_html has escaped it)


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
