"""Every refusal as problem+json (RFC 9457): one clear sentence in the reader's language."""

from __future__ import annotations

import json
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, request
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    RequestEntityTooLarge,
    default_exceptions,
)

from casework.errors import (
    BadRequest,
    Conflict,
    Declined,
    Invalid,
    NotFound,
    Refusal,
    Stale,
    TooLarge,
    Unavailable,
    Unseen,
)
from casework.logs import get_logger, told
from casework.phrases import sentence
from casework.workflow.blockers import Blocked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Blueprint

    from casework.phrases import Language
    from casework.workflow.blockers import Blocker

log = get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
MEGABYTE = 1024 * 1024


class Unauthorised(Refusal):
    """No living token."""

    status = 401


class NotAllowed(Refusal):
    """The address does not take the method."""

    status = 405


class WrongType(Refusal):
    """The body is not of the type that the endpoint reads."""

    status = 415


class Unconditional(Unseen):
    """A change that does not say which version it changes."""


class TooMany(Refusal):
    """Somebody calls too often; its parameter `seconds` is until there is room again."""

    status = 429


class Fault(Refusal):
    """Our own mistake, known to the reader by its reference."""

    status = 500


class FieldsWrong(Invalid):
    """What a schema found; `fields` is marshmallow's own account of each field."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__("fields_wrong", fields=[str(name) for name in fields])
        self.fields = fields


def init(blueprint: Blueprint) -> None:
    """Answer whatever goes wrong inside the API with a problem."""
    blueprint.register_error_handler(Refusal, problem)
    blueprint.register_error_handler(Unavailable, _unavailable)
    for code in default_exceptions:  # one by one: a code of the whole app would go before a class
        blueprint.register_error_handler(code, http_problem)
    blueprint.register_error_handler(StaleDataError, lambda _: problem(Stale("stale")))
    blueprint.register_error_handler(IntegrityError, _collision)
    blueprint.register_error_handler(DataError, _unfit)
    blueprint.register_error_handler(Exception, _fault)


def problem(refusal: Declined, current: Any = None) -> Response:
    """The refusal as an answer; `current` is how the row stands now, for a stale change."""
    language = reader_language()
    code = "api_stale" if refusal.code == "stale" else refusal.code
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": sentence(code, refusal.params, language),
        "code": refusal.code,
    }
    if isinstance(refusal, Blocked):
        body["blockers"] = [blocker_json(each, language) for each in refusal.blockers]
    if isinstance(refusal, FieldsWrong):
        body["errors"] = refusal.fields
    if current is not None:
        body["current"] = current
    response = Response(json.dumps(body, ensure_ascii=False), refusal.status, mimetype=MEDIA_TYPE)
    response.content_language.add(language)
    response.headers.update(refusal.headers)
    if isinstance(refusal, Unauthorised):
        response.www_authenticate.type = "bearer"
        response.www_authenticate.parameters["realm"] = "casework"
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.params["seconds"])
    return response


def blocker_json(blocker: Blocker, language: Language) -> dict[str, str]:
    """A reason why a step is blocked, and the part of the subject where it is mended."""
    return {
        "code": blocker.code,
        "sentence": blocker.sentence(language),
        "statute": blocker.statute,
        "place": blocker.place,
    }


def http_problem(error: HTTPException) -> Response:
    """What Flask itself refuses: an unknown address, a wrong method, a body that is too large."""
    if isinstance(error, MethodNotAllowed):
        response = problem(NotAllowed("api_method", method=request.method))
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return response
    if isinstance(error, RequestEntityTooLarge):
        limit = request.max_content_length or current_app.config["MAX_CONTENT_LENGTH"]
        return problem(TooLarge("too_large", limit_mb=limit // MEGABYTE))
    if error.code == NotFound.status:
        return problem(NotFound("api_address"))
    if error.code is not None and error.code >= 500:
        return _fault(error)
    return problem(BadRequest("api_refused"))


def reader_language() -> Language:
    """The language of Accept-Language, Swedish unless English is wanted more."""
    return "en" if request.accept_languages.best_match(["sv", "en"]) == "en" else "sv"


def _collision(error: IntegrityError) -> Response:
    """Two did the same at once, or a row is named twice: the database keeps one."""
    log.warning("api_conflict", route=_route(), cause=told(error))
    return problem(Conflict("api_conflict"))


def _unfit(error: DataError) -> Response:
    """A value that no column holds, as a number of thirty digits."""
    log.warning("api_unfit", path=request.path, error=str(error.orig))
    return problem(Invalid("content_wrong"))


def _fault(error: Exception) -> Response:
    """A fault of the program: the reader gets a reference, the log the rest."""
    reference = secrets.token_hex(4)
    log.error("api_fault", reference=reference, route=_route(), exc_info=error)
    return problem(Fault("api_fault", reference=reference))


def _unavailable(refusal: Unavailable) -> Response:
    """One line in the log, however long the outage is."""
    cause = told(refusal.__cause__) if refusal.__cause__ else ""
    log.warning("unavailable", code=refusal.code, route=_route(), cause=cause)
    return problem(refusal)


def _route() -> str:
    return f"{request.method} {request.url_rule or ''}".rstrip()
