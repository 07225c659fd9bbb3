"""Error pages: every refusal is one clear sentence in the reader's language, and a way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from flask import current_app, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from casework.errors import (
    BadRequest,
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
    app.register_error_handler(500, _fault)


def page(refusal: Refusal, status: int | None = None) -> tuple[str, int]:
    """The page that tells `refusal`, and its HTTP status."""
    status = status or refusal.status
    language = reader_language()
    return (
        render_template(
            "refusal.html",
            status=status,
            sentence=sentence(refusal.code, refusal.params, language),
            reasons=_reasons(refusal, language),
        ),
        status,
    )


def _reasons(refusal: Refusal, language: Language) -> list[Reason]:
    """Every blocker of a refused step; the links stand on the subject's own page."""
    blockers = refusal.blockers if isinstance(refusal, Blocked) else []
    return [Reason(blocker.sentence(language), blocker.statute) for blocker in blockers]


def _refused(refusal: Refusal) -> tuple[str, int]:
    return page(refusal)


def _form_expired(_: CSRFError) -> tuple[str, int]:
    return page(BadRequest("form_expired"))


def _too_large(_: RequestEntityTooLarge) -> tuple[str, int]:
    limit = current_app.config["MAX_CONTENT_LENGTH"] // (1024 * 1024)
    return page(TooLarge("too_large", limit_mb=limit))


def _http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
    status = error.code or 500
    if status < 400:  # a redirect that werkzeug raises, as for a missing last slash
        return error
    unknown = Refusal("unexpected") if status >= 500 else PLAIN[400]
    return page(PLAIN.get(status, unknown), status)


def _collision(error: IntegrityError) -> tuple[str, int]:
    """Two did the same at once: the database keeps one, the other is told."""
    log.warning("collision", path=request.path, error=str(error.orig))
    return page(Conflict("collided"))


def _fault(_: Exception) -> tuple[str, int]:
    return page(Refusal("unexpected"), 500)
