"""Serving an endpoint: token, limits, content, one session, one unit of work, the answer."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response, request, send_file
from marshmallow import Schema, ValidationError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import RequestEntityTooLarge

from casework.api.callers import caller_of, confirm
from casework.api.endpoint import Call, Created, File, Page
from casework.api.once import key_of, remember, repeated, rewind
from casework.api.problems import FieldsWrong, Unconditional, WrongType, problem, reader_language
from casework.api.schemas.common import UPLOADED, Password
from casework.db import persistently
from casework.errors import BadRequest, Stale
from casework.secrecy.readings import shown
from casework.sight import note_read, restrict_to
from casework.text.door import cleaned_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from casework.api.callers import Caller, Window
    from casework.api.endpoint import Endpoint
    from casework.app import Casework
    from casework.context import Context
    from casework.once import Key

PREFIX = "/api/v1"
JSON_BYTES = 4 * 1024 * 1024


def serving(endpoint: Endpoint, casework: Casework, window: Window) -> Callable[..., Response]:
    """The Flask view of an endpoint."""

    def serve(**path: int) -> Response:
        caller = caller_of(casework, window)
        caller.require(endpoint.scope)
        versions = _versions(endpoint)
        body, query = _body(endpoint), _loaded(endpoint.query, request.args.to_dict())
        key = key_of(endpoint, caller, casework.settings.secret_key)
        if endpoint.confirms is not None:
            field, wrong = endpoint.confirms
            confirm(casework, caller, body[field], wrong)

        def served() -> Response:
            with _working(casework, caller, writing=endpoint.writes) as context:
                call = Call(context, caller, reader_language(), body, query, versions)
                return _served(endpoint, call, key, path)

        try:
            return persistently(served, rewind)
        except (Stale, StaleDataError) as error:
            refusal = error if isinstance(error, Stale) else Stale("stale")
            return problem(refusal, _current(endpoint, casework, caller, path))

    serve.__name__ = endpoint.name
    return serve


def _served(endpoint: Endpoint, call: Call, key: Key | None, path: Mapping[str, int]) -> Response:
    before = repeated(call, endpoint, key, path) if key else None
    if before is not None:
        return before
    answer = endpoint.view(call, **path)
    call.session.flush()
    response = _response(endpoint, answer)
    if key is not None:
        remember(call, key, response)
    return response


@contextmanager
def _working(casework: Casework, caller: Caller, *, writing: bool) -> Iterator[Context]:
    """The request's one session, in which only what the caller may read is loaded."""
    if writing:
        with casework.acting(caller.organisation_id, caller.actor) as context:
            _hide(context, caller)
            yield context
        return
    with casework.database.read() as session:
        context = casework.context(session, caller.organisation_id, caller.actor)
        _hide(context, caller)
        yield context
    _note_read(casework, caller, shown(session))


def _note_read(casework: Casework, caller: Caller, matter_ids: set[int]) -> None:
    """Log what was shown of marked matters, before it is sent; a list is no reading."""
    if not matter_ids or request.method != "GET" or not request.view_args:
        return
    with casework.database.unit_of_work() as session:
        context = casework.context(session, caller.organisation_id, caller.actor)
        note_read(context, matter_ids, face="api", address=request.path)


def _hide(context: Context, caller: Caller) -> None:
    restrict_to(context, caller.person_id)


def _current(
    endpoint: Endpoint, casework: Casework, caller: Caller, path: Mapping[str, int]
) -> Any:
    """How the row stands now, so that nothing that either wrote is lost."""
    if endpoint.current is None or endpoint.answer is None:
        return None
    with _working(casework, caller, writing=False) as context:
        call = Call(context, caller, reader_language(), {}, {})
        return endpoint.answer().dump(endpoint.current(call, **path))


def _versions(endpoint: Endpoint) -> frozenset[str] | None:
    """The versions that If-Match names; None where any will do.

    Weak ones too: a proxy that compresses an answer makes its ETag weak.
    """
    if "If-Match" not in request.headers:
        if endpoint.conditional:
            raise Unconditional("if_match_missing")
        return None
    return (
        None if request.if_match.star_tag else frozenset(request.if_match.as_set(include_weak=True))
    )


def _body(endpoint: Endpoint) -> Mapping[str, Any]:
    if endpoint.body is None:
        return {}
    if endpoint.upload:
        return _form(endpoint.body)
    request.max_content_length = JSON_BYTES + 1
    if request.mimetype != "application/json":
        raise WrongType("json_wanted", wanted="application/json")
    data = request.get_data()
    if len(data) > JSON_BYTES:  # one that does not announce its length is cut off there
        raise RequestEntityTooLarge
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadRequest("json_unreadable") from error
    return _loaded(endpoint.body, _cleaned(endpoint.body, content))


def _cleaned(schema: type[Schema], content: Any) -> Any:
    """What was sent with every text in it cleaned, but for passwords."""
    clean = cleaned_data(content)
    if isinstance(content, dict):
        fields = schema().fields
        clean |= {name: content[name] for name in content if isinstance(fields.get(name), Password)}
    return clean


def _form(schema: type[Schema]) -> Mapping[str, Any]:
    """The fields of a form with its one file; the file waits on the disk, not in memory.

    A text in the place of the file is no file.
    """
    if request.mimetype != "multipart/form-data":
        raise WrongType("json_wanted", wanted="multipart/form-data")
    file = request.files.get(UPLOADED)
    given: dict[str, Any] = {**request.form}
    given.pop(UPLOADED, None)
    return _loaded(schema, given | ({UPLOADED: file} if file else {}))


def _loaded(schema: type[Schema] | None, content: Any) -> Mapping[str, Any]:
    try:
        loaded: Mapping[str, Any] = (schema or Schema)().load(content)
    except ValidationError as error:
        raise FieldsWrong(_by_field(error)) from error
    return loaded


def _by_field(error: ValidationError) -> dict[str, Any]:
    messages = error.messages
    return messages if isinstance(messages, dict) else {"_schema": messages}


def _response(endpoint: Endpoint, answer: Any) -> Response:
    if isinstance(answer, File):
        return _file(answer)
    row = answer.row if isinstance(answer, Created) else answer
    if endpoint.tagged and _is_known(row):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = Response(_text(endpoint, row), endpoint.status, mimetype="application/json")
    if endpoint.tagged:
        response.set_etag(str(row.version))
    if isinstance(answer, Created):
        response.headers["Location"] = PREFIX + answer.address
    if isinstance(answer, Page) and answer.next is not None and not endpoint.writes:
        response.headers["Link"] = f'<{_next(endpoint, answer.next)}>; rel="next"'
    return response


def _is_known(row: Any) -> bool:
    return request.method == "GET" and request.if_none_match.contains_weak(str(row.version))


def _text(endpoint: Endpoint, row: Any) -> str:
    assert endpoint.answer is not None  # noqa: S101 (an endpoint without answer gives a File)
    schema = endpoint.answer()
    if isinstance(row, Page):
        content: Any = {
            "items": schema.dump(row.items, many=True),
            "count": row.count,
            "count_is_exact": row.is_exact,
            "next": row.next,
        }
    else:
        content = schema.dump(row)
    return json.dumps(content, ensure_ascii=False)


def _next(endpoint: Endpoint, cursor: int) -> str:
    name = "after" if endpoint.query and "after" in endpoint.query().fields else "before"
    asked = request.args.to_dict() | {name: str(cursor)}
    return f"{request.path}?{urlencode(asked)}"


def _file(file: File) -> Response:
    """Always saved, never shown: what others sent must not run in this site's name."""
    response = send_file(
        BytesIO(file.content),
        mimetype=file.media_type,
        as_attachment=True,
        download_name=file.filename,
        etag=file.sha256,
    )
    response.headers.update(file.headers)
    return response
