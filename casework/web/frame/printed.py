"""Whoever saves a text is told at once which of its characters a printed document cannot show."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from flask import current_app, flash, request
from flask_babel import gettext as _

from casework.text.door import is_secret
from casework.web.frame.given import whose_now

if TYPE_CHECKING:
    from flask import Flask, Response

    from casework.app import Casework

SAVED = 303
MOST = 10


def init(app: Flask) -> None:
    """Warn on the page after a form that was saved."""
    app.after_request(_warn)


def _warn(response: Response) -> Response:
    is_saved = request.method == "POST" and response.status_code == SAVED
    if is_saved and request.blueprint != "api" and whose_now():
        lacking = sorted(_lacking("".join(_written())))
        if lacking:
            named = ", ".join(map(_named, lacking[:MOST])) + (" …" if lacking[MOST:] else "")
            flash(
                _(
                    "Dokumentens typsnitt saknar tecknet: %(characters)s."
                    " I en PDF står � på dess plats; skriv det gärna på ett annat sätt.",
                    characters=named,
                ),
                "warning",
            )
    return response


def _written() -> list[str]:
    return [text for name, text in request.form.items(multi=True) if not is_secret(name)]


def _lacking(text: str) -> set[str]:
    casework: Casework = current_app.extensions["casework"]
    return set() if text.isascii() else casework.services.press.unprintable(text)


def _named(character: str) -> str:
    """The character itself; its number too where no screen is sure to show it."""
    is_seen = unicodedata.category(character)[0] not in "CMZ"
    return character if is_seen else f"U+{ord(character):04X}"
