"""Static files: served from here, named by their content so that a browser may keep them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app

if TYPE_CHECKING:
    from flask import Flask, Response

blueprint = Blueprint("web", __name__, static_folder="static", static_url_path="/web")


def init(app: Flask) -> None:
    """Serve our static files and mark every static address with its content."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = timedelta(days=365)
    app.register_blueprint(blueprint)
    app.url_defaults(_mark_with_content)


@blueprint.get("/web/scripts/<version>/<filename>")
def script(version: str, filename: str) -> Response:
    """A script; its folder is named by all of them, so that what it imports is of its version."""
    return blueprint.send_static_file(filename)


def _mark_with_content(endpoint: str, values: dict[str, Any]) -> None:
    """Add `v`: a new version of a file gets a new address, so that an old copy is never used."""
    if endpoint == "web.script":
        values["version"] = _version_of_scripts()
    folder = {"web.static": blueprint.static_folder, "bootstrap.static": _bootstrap_folder()}.get(
        endpoint
    )
    if folder and "filename" in values:
        values["v"] = _fingerprint(Path(folder) / values["filename"])


def _bootstrap_folder() -> str | None:
    return current_app.blueprints["bootstrap"].static_folder


@cache
def _version_of_scripts() -> str:
    return _fingerprint(*sorted(Path(blueprint.static_folder or "").glob("*.js")))


@cache
def _fingerprint(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
