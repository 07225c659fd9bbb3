"""Error pages: every refusal is one clear sentence in the reader's language, and a way on.

A script that replaces a part of a page (it says so in the header `PART`) is told the sentence as
JSON instead, with what is stored if the refusal says so, and puts it into the page that is shown.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import current_app, g, render_template, request
from flask_login import AnonymousUserMixin
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from casework.errors import (
    BadRequest,
    Conflict,
    Declined,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    Stale,
    TooLarge,
    Unavailable,
)
from casework.logs import get_logger, told
from casework.phrases import sentence
from casework.web.frame import returned
from casework.web.frame.language import reader_language
from casework.web.shapes import Reason
from casework.workflow.blockers import Blocked

if TYPE_CHECKING:
    from flask import Flask

    from casework.phrases import Language

    Page = tuple[str | dict[str, str], int, dict[str, str]]

PART = "X-Part"

log = get_logger(__name__)

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
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(IntegrityError, _collision)
    app.register_error_handler(DataError, _unfit)
    app.register_error_handler(StaleDataError, lambda _: page(Stale("stale")))
    app.register_error_handler(Exception, _fault)
    app.register_error_handler(500, _fault)  # what breaks outside a view, as in a header
    app.logger.disabled = True  # Flask's own line for it: `_fault` writes one, with the reference
    app.after_request(returned.complete)


def page(refusal: Declined, status: int | None = None) -> Page:
    """The page that tells `refusal`, or its sentence for a script; its HTTP status and headers.

    What was typed in a form of ours stands on it, to be sent again.
    """
    status, headers = status or refusal.status, dict(refusal.headers)
    if returned.database_is_away(status) and "_login_user" not in g:
        g._login_user = AnonymousUserMixin()  # else the page's frame asks who reads it
    language = reader_language()
    said = sentence(refusal.code, refusal.params, language)
    if PART in request.headers:
        kept = {name: refusal.params[name] for name in ("stored",) if name in refusal.params}
        return {"sentence": said, **kept}, status, headers
    with_text = returned.with_text(said, _reasons(refusal, language), status)
    return (with_text, status, headers) if with_text else plain_page(refusal, status)


def plain_page(refusal: Declined, status: int | None = None) -> Page:
    """The page that tells `refusal` and gives nothing back, as to one who sent a forged form."""
    status, headers, language = status or refusal.status, dict(refusal.headers), reader_language()
    said = sentence(refusal.code, refusal.params, language)
    reasons = _reasons(refusal, language)
    shown = render_template("refusal.html", status=status, sentence=said, reasons=reasons)
    return shown, status, headers


def _reasons(refusal: Declined, language: Language) -> list[Reason]:
    """Every blocker of a refused step; the links stand on the subject's own page."""
    blockers = refusal.blockers if isinstance(refusal, Blocked) else []
    return [Reason(blocker.sentence(language), blocker.statute) for blocker in blockers]


def _refused(refusal: Refusal) -> Page:
    return page(refusal)


def _unavailable(refusal: Unavailable) -> Page:
    """One line in the log, and a page that asks the database for nothing."""
    log.warning("unavailable", code=refusal.code, route=_route(), cause=_cause(refusal))
    return page(refusal)


def _too_large(_: RequestEntityTooLarge) -> Page:
    returned.read_past_limit()
    limit = current_app.config["MAX_CONTENT_LENGTH"] // (1024 * 1024)
    return page(TooLarge("too_large", limit_mb=limit))


def _http_error(error: HTTPException) -> Page | HTTPException:
    status = error.code or 500
    if status < 400:  # a redirect that werkzeug raises, as for a missing last slash
        return error
    if status >= 500:
        return _fault(error)
    return page(PLAIN.get(status, PLAIN[400]), status)


def _collision(error: IntegrityError) -> Page:
    """Two did the same at once: the database keeps one, the other is told."""
    log.warning("collision", route=_route(), cause=told(error))
    return page(Conflict("collided"))


def _unfit(error: DataError) -> Page:
    """A value that no column holds, as a number of thirty digits."""
    log.warning("unfit", route=_route(), cause=told(error))
    return page(Invalid("content_wrong"))


def _fault(error: Exception) -> Page:
    """A fault of the program: the reader gets a reference, the log the rest."""
    broken = getattr(error, "original_exception", None) or error
    if isinstance(broken, Unavailable):  # while another refusal was told
        return _unavailable(broken)
    reference = secrets.token_hex(4)
    log.error("fault", reference=reference, route=_route(), exc_info=broken)
    fault = Refusal("unexpected", reference=reference)
    try:
        return page(fault, 500)
    except Exception as error:  # the organisation's own frame may be what is broken
        log.error("fault_page_broken", reference=reference, exc_info=error)  # noqa: TRY400
        plain = {"Content-Type": "text/plain; charset=utf-8"}
        return sentence(fault.code, fault.params, reader_language()), 500, plain


def _route() -> str:
    """The address as the program knows it: what stands in its place may be a personal link."""
    return f"{request.method} {request.url_rule or ''}".rstrip()


def _cause(refusal: Unavailable) -> str:
    return told(refusal.__cause__) if refusal.__cause__ else ""
