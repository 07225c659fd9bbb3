"""The first pages of a house with sixty thousand matters, beside those of a small one."""

from __future__ import annotations

import logging
import re
import tempfile
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.figure import Figure
from casework.app import create_app
from casework.config import load_settings
from casework.context import SYSTEM
from casework.demo.world import found_organisation, furnish
from casework.schema import upgrade
from tests.support.crowd import crowd, every_kind

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

MATTERS, SMALL, OWN = 60_000, 300, 5_000
ROUNDS = 5
MORE_BYTES, SLOWER = 1.25, 25.0
PASSWORD = "ett-hemligt-losenord"
PAGES = (
    ("the officer's front page", "handlaggare", "/"),
    ("the secretary's front page", "namndsekreterare", "/"),
    ("a member's front page", "ledamot", "/"),
    ("the rest of what waits", "registrator", "/my-work/waiting"),
    ("the register", "registrator", "/matters"),
    ("a search", "registrator", "/matters?q=cykelv%C3%A4g+59"),
    ("the choices of an agenda", "namndsekreterare", "/meetings/2/agenda"),
    ("a matter", "registrator", "/matters/1"),
)


def lists() -> list[Figure]:
    """Bytes and milliseconds of each page, with many rows and with few."""
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
        small, large = _house(Path(few), SMALL, SMALL), _house(Path(many), MATTERS, OWN)
        figures = [each for page in PAGES for each in _page(small, large, *page)]
        for app in (small, large):
            app.extensions["casework"].database.close()
    return figures


def _page(small: Flask, large: Flask, name: str, who: str, address: str) -> list[Figure]:
    few_bytes, few_ms = _measured(_entered(small, who), address)
    many_bytes, many_ms = _measured(_entered(large, who), address)
    return [
        Figure(
            f"{name} (bytes)",
            many_bytes,
            few_bytes,
            many_bytes / few_bytes,
            f"at most {MORE_BYTES:g} times that of a small house",
            many_bytes <= MORE_BYTES * few_bytes,
        ),
        Figure(
            f"{name} (ms)",
            many_ms,
            few_ms,
            many_ms / few_ms,
            f"at most {SLOWER:g} times that of a small house",
            many_ms <= SLOWER * few_ms,
        ),
    ]


def _house(folder: Path, matters: int, own: int) -> Flask:
    """An installation with so many matters; the officer has `own` of them in preparation."""
    url = f"sqlite:///{folder / 'casework.db'}"
    upgrade(url)
    settings = {
        "CASEWORK_DATA_DIR": str(folder),
        "CASEWORK_DATABASE_URL": url,
        "CASEWORK_SECRET_KEY": "k" * 40,
    }
    app = create_app(load_settings(settings))
    logging.disable(logging.WARNING)
    casework = app.extensions["casework"]
    with casework.acting(0, SYSTEM) as context:
        organisation_id = found_organisation(context)
    with casework.acting(organisation_id, SYSTEM) as context:
        world = furnish(context, PASSWORD)
        officer = world.cast.officer.id
        crowd(context, matters=SMALL // 2, meetings=20, state="ready")
        every_kind(context, SMALL)
        crowd(context, matters=own, officer=officer, state="in_preparation")
        crowd(context, matters=matters - own)
    return app


def _entered(app: Flask, who: str) -> FlaskClient:
    client = app.test_client()
    form = client.get("/sign-in").text
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', form)[0]
    given = {"email": f"{who}@example.org", "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=given).status_code == 303
    return client


def _measured(client: FlaskClient, address: str) -> tuple[int, float]:
    """Bytes, and the median of some rounds in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        with closing(client.get(address)) as answer:
            size = len(answer.data)
            assert answer.status_code == 200, address
        times.append((perf_counter() - start) * 1000)
    return size, median(times)
