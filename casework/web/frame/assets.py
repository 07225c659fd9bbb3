"""Static files: served from here, named by their content so that a browser may keep them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, send_file

from casework.web.frame.stylesheet import STATIC, stylesheet

if TYPE_CHECKING:
    from flask import Flask, Response

blueprint = Blueprint("web", __name__, static_folder=STATIC, static_url_path="/web")


def init(app: Flask) -> None:
    """Serve our static files and mark every static address with its content."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = timedelta(days=365)
    app.extensions["stylesheet"] = cache(lambda: stylesheet(app))
    app.register_blueprint(blueprint)
    app.url_defaults(_mark_with_content)


@blueprint.get("/web/scripts/<version>/<filename>")
def script(version: str, filename: str) -> Response:
    """A script; its folder is named by all of them, so that what it imports is of its version."""
    return blueprint.send_static_file(filename)


@blueprint.get("/web/casework.css")
def sheet() -> Response:
    """The stylesheet that every page has."""
    content = _sheet()
    return send_file(BytesIO(content), "text/css", etag=_fingerprint(content))


def _mark_with_content(endpoint: str, values: dict[str, Any]) -> None:
    """Add `v`: a new version of a file gets a new address, so that an old copy is never used."""
    if endpoint == "web.script":
        values["version"] = _version_of_scripts()
    folder = {"web.static": blueprint.static_folder, "bootstrap.static": _bootstrap_folder()}.get(
        endpoint
    )
    if folder and "filename" in values:
        values["v"] = _fingerprint_of(Path(folder) / values["filename"])
    if endpoint == "web.sheet":
        values["v"] = _fingerprint(_sheet())


def _sheet() -> bytes:
    content: bytes = current_app.extensions["stylesheet"]()
    return content


def _bootstrap_folder() -> str | None:
    return current_app.blueprints["bootstrap"].static_folder


@cache
def _version_of_scripts() -> str:
    scripts = sorted(Path(blueprint.static_folder or "").glob("*.js"))
    return _fingerprint(b"".join(file.read_bytes() for file in scripts))


@cache
def _fingerprint_of(file: Path) -> str:
    return _fingerprint(file.read_bytes())


def _fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
