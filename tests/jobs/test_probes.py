"""The two addresses a monitor asks, and the sentence for those who never look there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from casework import background
from casework.jobs.models import Tick
from casework.web.frame import session
from tests.api.conftest import api
from tests.api.test_reading import entered

if TYPE_CHECKING:
    from tests.api.conftest import Api

__all__ = ["api"]


@pytest.fixture(autouse=True)
def _no_tries_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_tries", {})


def ticked(api: Api) -> None:
    for name in background.JOBS:
        background.run_job(api.casework, name, api.casework.now)


def stopped(api: Api, job: str, ago: timedelta) -> None:
    """As if the job had not run for so long."""
    then = api.casework.now() - ago
    went = {"started_at": then, "ended_at": then, "succeeded_at": then}
    with api.casework.database.unit_of_work() as opened:
        opened.execute(update(Tick).where(Tick.job == job).values(went))


def test_ready_is_200_or_503(api: Api) -> None:
    """Open to all, and never kept by anybody on the way."""
    stranger = api.app.test_client()
    assert stranger.get("/readyz").status_code == 503
    ticked(api)
    answer = stranger.get("/readyz")
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert answer.json["ok"] is True
    assert {"name", "ok", "detail"} == set(answer.json["parts"][0])
    assert answer.headers["Cache-Control"] == "no-store"
    stopped(api, "deliver", timedelta(minutes=2))
    answer = stranger.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    [bad] = [part for part in answer.json["parts"] if not part["ok"]]
    assert (bad["name"], bad["detail"]["trouble"]) == ("job_deliver", "not_run")


def test_alive_asks_no_database(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even for a signed-in person: a database in trouble is to end no server."""
    client = entered(api, "registrar")
    monkeypatch.setattr(api.casework.database, "session", None)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"ok": True})


def test_the_secretary_hears_of_it(api: Api) -> None:
    """Who looks after the work reads it on the first page; a member, who can do nothing, not."""
    secretary, member = entered(api, "secretary"), entered(api, "member")
    swedish = {"Accept-Language": "sv"}
    assert "har aldrig kommit igång" in secretary.get("/", headers=swedish).text
    background.run_job(api.casework, "deliver", api.casework.now)
    assert "kontakta den som sköter systemet" not in secretary.get("/", headers=swedish).text
    ticked(api)
    assert "kontakta den som sköter systemet" not in secretary.get("/", headers=swedish).text
    for job in ("deliver", "remind"):
        stopped(api, job, timedelta(hours=1))
    page = secretary.get("/", headers=swedish).text
    assert "Utskick och påminnelser står stilla sedan" in page
    assert "standing still since" in secretary.get("/", headers={"Accept-Language": "en"}).text
    assert "står stilla" not in member.get("/", headers=swedish).text
