"""What a monitor asks: is the server alive, and does everything behind it run."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from casework.jobs.health import readiness
from casework.web.frame.session import PUBLIC, installation, permits

blueprint = Blueprint("probes", __name__)


@blueprint.get("/healthz")
@permits(PUBLIC)
def alive() -> Response:
    """This process answers; it asks nobody, so that a database in trouble ends no server."""
    return _fresh(jsonify(ok=True))


@blueprint.get("/readyz")
@permits(PUBLIC)
def ready() -> Response:
    """Every part of the installation; 503 if one of them is not well. Numbers and codes only."""
    casework = installation()
    moment = casework.now()
    faults = casework.services.engine.definitions.faults
    parts = readiness(casework.settings, casework.database, moment, faults)
    ok = all(part.ok for part in parts)
    answer = _fresh(jsonify(ok=ok, at=moment.isoformat(timespec="seconds"), parts=parts))
    answer.status_code = 200 if ok else 503
    return answer


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
