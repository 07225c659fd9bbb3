"""Error pages: every refusal is one clear sentence in the reader's language, and a way on.

A script that replaces a part of a page (it says so in the header `PART`) is told the sentence as
JSON instead, with what is stored if the refusal says so, and puts it into the page that is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from flask import current_app, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from casework.errors import (
    BadRequest,
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    Stale,
    TooLarge,
)
from casework.phrases import sentence
from casework.web.language import reader_language
from casework.web.shapes import Reason
from casework.workflow.blockers import Blocked

if TYPE_CHECKING:
    from flask import Flask

    from casework.phrases import Language

    Page = tuple[str | dict[str, str], int]

PART = "X-Part"

log = structlog.get_logger()

PLAIN: dict[int, Refusal] = {
    400: BadRequest("request_unreadable"),
    401: Forbidden("sign_in_first"),
    403: Forbidden("forbidden"),
    404: NotFound("not_found"),
    405: BadRequest("method_not_allowed"),
    409: Conflict("in_the_way"),
    412: Stale("stale"),
    422: Invalid("content_wrong"),
    429: BadRequest("too_many_requests"),
}


def init(app: Flask) -> None:
    """Answer refusals, HTTP errors and faults of the program with a page."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(IntegrityError, _collision)
    app.register_error_handler(DataError, _unfit)
    app.register_error_handler(StaleDataError, lambda _: page(Stale("stale")))
    app.register_error_handler(500, _fault)


def page(refusal: Refusal, status: int | None = None) -> Page:
    """The page that tells `refusal`, or its sentence for a script, and its HTTP status."""
    status = status or refusal.status
    language = reader_language()
    told = sentence(refusal.code, refusal.params, language)
    if PART in request.headers:
        kept = {name: refusal.params[name] for name in ("stored",) if name in refusal.params}
        return {"sentence": told, **kept}, status
    reasons = _reasons(refusal, language)
    return render_template("refusal.html", status=status, sentence=told, reasons=reasons), status


def _reasons(refusal: Refusal, language: Language) -> list[Reason]:
    """Every blocker of a refused step; the links stand on the subject's own page."""
    blockers = refusal.blockers if isinstance(refusal, Blocked) else []
    return [Reason(blocker.sentence(language), blocker.statute) for blocker in blockers]


def _refused(refusal: Refusal) -> Page | tuple[str | dict[str, str], int, dict[str, str]]:
    if isinstance(refusal, Busy):
        return *page(refusal), {"Retry-After": "1"}
    return page(refusal)


def _form_expired(_: CSRFError) -> Page:
    """The token is checked before the door: whoever is signed out has no valid token either."""
    if PART not in request.headers:
        return page(BadRequest("form_expired"))
    if not current_user.is_authenticated:
        return page(Forbidden("signed_out_meanwhile"))
    return page(BadRequest("signed_in_anew"))


def _too_large(_: RequestEntityTooLarge) -> Page:
    limit = current_app.config["MAX_CONTENT_LENGTH"] // (1024 * 1024)
    return page(TooLarge("too_large", limit_mb=limit))


def _http_error(error: HTTPException) -> Page | HTTPException:
    status = error.code or 500
    if status < 400:  # a redirect that werkzeug raises, as for a missing last slash
        return error
    unknown = Refusal("unexpected") if status >= 500 else PLAIN[400]
    return page(PLAIN.get(status, unknown), status)


def _collision(error: IntegrityError) -> Page:
    """Two did the same at once: the database keeps one, the other is told."""
    log.warning("collision", path=request.path, error=str(error.orig))
    return page(Conflict("collided"))


def _unfit(error: DataError) -> Page:
    """A value that no column holds, as a number of thirty digits."""
    log.warning("unfit", path=request.path, error=str(error.orig))
    return page(Invalid("content_wrong"))


def _fault(_: Exception) -> Page:
    return page(Refusal("unexpected"), 500)
