"""The OpenAPI 3.1 document, grown from the endpoints' declarations and their schemas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from casework import __version__
from casework.api import once
from casework.api.problems import MEDIA_TYPE
from casework.api.schemas.common import Problem
from casework.db import COUNTED
from casework.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casework.api.endpoint import Endpoint, Room

_PATH_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
COUNT = "How many the caller may see under the filter, on all pages together."
EXACT = f"False where there are more than {COUNTED}, which are not counted."
ALWAYS = (400, 401, 403, 422, 429, 500, 503)


def document(rooms: Iterable[Room], prefix: str) -> dict[str, Any]:
    """Every endpoint: what it takes, what it answers, who may, and what can go wrong."""
    plugin = MarshmallowPlugin()
    spec = APISpec(
        title="Casework",
        version=__version__,
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}},
        servers=[{"url": prefix}],
        security=[{"token": []}],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", schema=Problem)
    for room in rooms:
        spec.tag({"name": room.tag})
        for endpoint in room.endpoints:
            spec.path(
                path=_PATH_PARAMETER.sub(r"{\2}", endpoint.rule),
                operations={endpoint.method.lower(): _operation(endpoint, room.tag)},
            )
    return spec.to_dict()


def _operation(endpoint: Endpoint, tag: str) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "tags": [tag],
        "summary": endpoint.summary,
        "description": f"Scope: {endpoint.scope}. Who: {endpoint.who}",
        "parameters": _parameters(endpoint),
        "responses": _responses(endpoint),
    }
    if endpoint.body is not None:
        media_type = "multipart/form-data" if endpoint.upload else "application/json"
        operation["requestBody"] = {
            "required": True,
            "content": {media_type: {"schema": endpoint.body}},
        }
    return operation


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"in": "path", "name": name, "required": True, "schema": _path_schema(kind)}
        for kind, name in _PATH_PARAMETER.findall(endpoint.rule)
    ]
    if endpoint.query is not None:
        found.append({"in": "query", "schema": endpoint.query})
    if endpoint.tagged and not endpoint.writes:
        found.append(_header("If-None-Match", "The version that the caller has, in quotes."))
    if endpoint.current is not None:
        text = "The version that the caller has changed, in quotes."
        found.append(_header("If-Match", text) | {"required": endpoint.conditional})
    if endpoint.writes and endpoint.is_kept:
        found.append(once.described())
    return found


def _path_schema(kind: str) -> dict[str, Any]:
    if kind == "row":
        return {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}
    return {"type": "string", "pattern": "^[a-z_]+$"}


def _header(name: str, description: str) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "description": description,
        "schema": {"type": "string", "examples": ['"3"']},
    }


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    codes = {*ALWAYS, *endpoint.errors}
    if "<" in endpoint.rule:
        codes.add(404)
    if endpoint.body is not None:
        codes |= {413, 415}
    if endpoint.writes:
        codes.add(Unavailable.status)
    problem = {"content": {MEDIA_TYPE: {"schema": "Problem"}}}
    answers: dict[str, Any] = {
        str(code): {"description": "A problem.", **problem} for code in sorted(codes)
    }
    answers[str(endpoint.status)] = _answer(endpoint)
    if endpoint.tagged and not endpoint.writes:
        answers["304"] = {"description": "The caller has this version already."}
    return answers


def _answer(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.answer is None:
        file = {"schema": {"type": "string", "format": "binary"}}
        return {"description": "The file.", "content": {"*/*": file}}
    shape: Any = endpoint.answer
    if endpoint.paged:
        shape = {
            "type": "object",
            "required": ["items", "count", "count_is_exact", "next"],
            "properties": {
                "items": {"type": "array", "items": endpoint.answer},
                "count": {"type": "integer", "maximum": COUNTED, "description": COUNT},
                "count_is_exact": {"type": "boolean", "description": EXACT},
                "next": {"type": ["integer", "null"], "description": "Cursor of the next page."},
            },
        }
    answer: dict[str, Any] = {
        "description": endpoint.summary,
        "content": {"application/json": {"schema": shape}},
    }
    headers = {}
    if endpoint.writes and endpoint.is_kept:
        told = "The request was carried out before; this is the answer it got then."
        headers[once.REPLAYED] = {
            "schema": {"type": "string", "const": "true"},
            "description": told,
        }
    if endpoint.tagged:
        headers["ETag"] = {"schema": {"type": "string"}, "description": "The version, in quotes."}
    if endpoint.paged and endpoint.query is not None and not endpoint.writes:
        headers["Link"] = {"schema": {"type": "string"}, "description": "The next page, if any."}
    return answer | ({"headers": headers} if headers else {})
