"""Which language a reader gets: the one chosen, else the browser's, else Swedish."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, g, redirect, request
from flask_babel import Babel

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response

    from casework.phrases import Language

LANGUAGES: dict[Language, str] = {"sv": "Svenska", "en": "English"}
TRANSLATIONS = Path(__file__).parents[1] / "translations"
COOKIE = "language"

blueprint = Blueprint("language", __name__)


def init(app: Flask) -> None:
    """Teach the app its languages and the address that chooses between them."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    Babel(app, default_locale="sv", locale_selector=reader_language)
    app.extensions["csrf"].exempt(blueprint)  # it changes nothing but the reader's own language
    app.register_blueprint(blueprint)


def reader_language() -> Language:
    """The language of this request; asked for once, so that a page never mixes two."""
    if "language" not in g:
        g.language = _chosen() or _browsers() or "sv"
    return cast("Language", g.language)


def _chosen() -> Language | None:
    cookie = request.cookies.get(COOKIE)
    return next((code for code in LANGUAGES if code == cookie), None)


def _browsers() -> Language | None:
    return cast("Language | None", request.accept_languages.best_match(list(LANGUAGES)))


@blueprint.route("/language/<code>", methods=["GET", "POST"])
def choose(code: str) -> Response:
    """Keep the choice for a year and go back to the page it was made on.

    A page whose address is a secret posts it: what a link holds stands in the logs of proxies.
    """
    if code not in LANGUAGES:
        abort(404)
    response = redirect(own_page(request.values.get("back", "")), 303)
    response.set_cookie(
        COOKIE,
        code,
        max_age=365 * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def own_page(address: str) -> str:
    """`address` if it is a page of this site, else the front page: no redirect leads away."""
    parts = urlsplit(address.replace("\\", "/"))
    inside = not parts.scheme and not parts.netloc and address.startswith("/")
    return address if inside and not address.startswith("//") else "/"
