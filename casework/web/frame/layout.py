"""The frame around every page: who reads it, in which organisation, and where one can go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app, g, request
from flask_babel import gettext as _

from casework import __version__
from casework.config import MEGABYTE
from casework.web.frame.language import LANGUAGES, reader_language
from casework.web.shapes import Link

if TYPE_CHECKING:
    from flask import Flask

# What an address is called in, that opens its page to whoever has it.
SECRETS = {"secret", "token"}


@dataclass(frozen=True)
class Viewer:
    """The signed-in person, as the top bar names them."""

    name: str
    role: str
    organisation: str


def init(app: Flask) -> None:
    """Hand the frame to every template; `g.viewer` is set by the one who signs people in."""
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    return {
        "viewer": g.get("viewer"),
        "navigation": _navigation(),
        "language": reader_language(),
        "languages": LANGUAGES,
        "address_is_secret": not SECRETS.isdisjoint(request.view_args or ()),
        "program_version": __version__,
        "largest_body": current_app.config["MAX_CONTENT_LENGTH"],
        "largest_mb": current_app.config["MAX_CONTENT_LENGTH"] // MEGABYTE,
    }


def _navigation() -> list[tuple[Link, bool]]:
    """Each main page, and whether this page belongs to it."""
    pages = [
        Link(_("Mitt arbete"), "/"),
        Link(_("Ärenden"), "/matters"),
        Link(_("Sammanträden"), "/meetings"),
        Link(_("Organ"), "/bodies"),
        Link(_("Anslag"), "/notices"),
        Link(_("Delegation"), "/delegation"),
        Link(_("Uppdrag"), "/assignments"),
        Link(_("Utskick"), "/dispatches"),
        Link(_("Adressbok"), "/recipients"),
    ]
    return [(Link(page.label, request.script_root + page.url), _within(page.url)) for page in pages]


def _within(address: str) -> bool:
    return request.path == address or (address != "/" and request.path.startswith(f"{address}/"))
