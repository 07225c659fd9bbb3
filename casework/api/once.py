"""The header Idempotency-Key: the same request sent again gets the same answer, and does nothing.

As in the IETF draft "The Idempotency-Key HTTP Header Field". A key belongs to the token's person;
a refused request leaves it unused. The answer is repeated for whoever may still see it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, request

from casework.errors import BadRequest, Forbidden
from casework.once import Answer, Key, content_sum, fingerprint, keep, take
from casework.sight import sight_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casework.api.callers import Caller
    from casework.api.endpoint import Call, Endpoint

HEADER, REPLAYED = "Idempotency-Key", "Idempotent-Replayed"
KEY_LIVES = timedelta(hours=24)
LONGEST = 255
REPEATED = ("Location", "ETag", "Link")
_VISIBLE = re.compile(f"[!-~]{{1,{LONGEST}}}")
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')


def key_of(endpoint: Endpoint, caller: Caller, secret: str) -> Key | None:
    """The key of a request that writes, None without one; raises BadRequest for a malformed one."""
    if not (endpoint.writes and endpoint.is_kept) or HEADER not in request.headers:
        return None
    asked = fingerprint(secret, _asked(endpoint))
    return Key(caller.organisation_id, caller.person_id, _given(), asked, KEY_LIVES)


def _given() -> str:
    """The key as a string of structured fields (RFC 9651), or the bare word that many send."""
    given = request.headers[HEADER].strip()
    quoted = _QUOTED.fullmatch(given)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else given
    if not _VISIBLE.fullmatch(key) or (not quoted and '"' in key):
        raise BadRequest("once_key_wrong")
    return key


def _asked(endpoint: Endpoint) -> Iterator[str | bytes]:
    """What tells the request from another: a file by its content, whatever divides the parts."""
    yield request.method
    yield request.full_path
    if not endpoint.upload:
        yield request.get_data() if endpoint.body is not None else b""
        return
    for name, value in request.form.items(multi=True):
        yield from (name, value)
    for name, file in request.files.items(multi=True):
        yield from (name, file.filename or "")
        yield content_sum(file.stream)


def rewind() -> None:
    """Files are read from their beginning again."""
    for file in request.files.values():
        file.stream.seek(0)


def repeated(call: Call, endpoint: Endpoint, key: Key, path: Mapping[str, int]) -> Response | None:
    """The answer that the key's request was given, None if it is for this one to find out.

    Raises Invalid if that was another request, Forbidden or NotFound if the caller has lost sight
    of what it tells.
    """
    done = take(call.session.connection(), key, call.context.moment)
    if done is None:
        return None
    if done.rights != sight_of(call.context, call.caller.person_id):
        raise Forbidden("once_rights_changed")
    if endpoint.current is not None:
        endpoint.current(call, **path)
    response = Response(done.body, done.status, mimetype="application/json")
    response.headers.update(done.headers)
    response.headers[REPLAYED] = "true"
    return response


def remember(call: Call, key: Key, response: Response) -> None:
    """Save the answer in the transaction of what it tells."""
    headers = {name: response.headers[name] for name in REPEATED if name in response.headers}
    rights = sight_of(call.context, call.caller.person_id)
    answer = Answer(response.status_code, headers, response.get_data(as_text=True), rights)
    keep(call.session.connection(), key, answer)


def described() -> dict[str, Any]:
    """The header as a parameter of the OpenAPI document."""
    return {
        "in": "header",
        "name": HEADER,
        "description": (
            "A key of the caller's own, such as a UUID. The same request with the same key within"
            f" {KEY_LIVES.days * 24} hours is carried out once and gets the first answer again,"
            f" with {REPLAYED}: true; another request with it is refused (422)."
        ),
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST + 2},
    }
