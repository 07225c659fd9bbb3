"""The REST face under /api/v1: every noun's endpoints, and the document that describes them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from casework.api import (
    accounts,
    attachments,
    board,
    delegation,
    dispatches,
    distribution,
    followup,
    inbox,
    matters,
    meetings,
    minutes,
    openapi,
    pack,
    people,
    personal_data,
    problems,
    publishing,
    reading,
    secrecy,
    stand_ins,
    table,
    waiting,
    ways,
)
from casework.api.callers import Window
from casework.api.serving import PREFIX, serving

if TYPE_CHECKING:
    from flask import Flask, Response

ROOMS = (
    matters.room,
    secrecy.room,
    attachments.room,
    meetings.room,
    pack.room,
    table.room,
    reading.room,
    minutes.room,
    publishing.room,
    board.room,
    delegation.room,
    distribution.room,
    dispatches.room,
    ways.room,
    followup.room,
    inbox.room,
    waiting.room,
    people.room,
    accounts.room,
    personal_data.room,
    stand_ins.room,
)


class RowConverter(IntegerConverter):
    """A row's number in an address: more digits than a number has are an unknown address."""

    regex = r"[1-9]\d{0,17}"


def init_api(app: Flask, window: Window | None = None) -> None:
    """Give `app` its API; `app.extensions["casework"]` is the installation it serves.

    Bearer tokens only: cookies are not read, so that form tokens are not needed.
    """
    casework = app.extensions["casework"]
    app.url_map.converters["row"] = RowConverter
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    window = window or Window()
    for room in ROOMS:
        for endpoint in room.endpoints:
            view = serving(endpoint, casework, window)
            blueprint.add_url_rule(endpoint.rule, endpoint.name, view, methods=[endpoint.method])
    description = cache(lambda: openapi.document(ROOMS, PREFIX))
    blueprint.add_url_rule("/openapi.json", "openapi", lambda: jsonify(description()))
    blueprint.after_request(_private)
    problems.init(blueprint)
    app.register_blueprint(blueprint)
    app.extensions["csrf"].exempt(blueprint)
    app.before_request(_unknown_address)


def _unknown_address() -> Response | None:
    """An address that leads nowhere has no blueprint to answer for it."""
    error = request.routing_exception
    if isinstance(error, HTTPException) and request.path.startswith(f"{PREFIX}/"):
        return problems.http_problem(error)
    return None


def _private(response: Response) -> Response:
    """Kept by the caller alone, and asked for anew before it is used; a file is kept by nobody."""
    is_file = "Content-Disposition" in response.headers
    response.headers["Cache-Control"] = "private, no-store" if is_file else "private, no-cache"
    response.vary.update(["Accept-Language", "Authorization"])
    return response
