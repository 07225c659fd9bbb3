"""A database that goes away and comes back: 503 and one line meanwhile, and no restart after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from casework.app import create_app
from casework.background import run_job
from casework.db import Database
from casework.errors import Unavailable
from casework.logs import configure
from casework.people.models import Organisation
from casework.schema import upgrade
from casework.web.frame import session
from tests.api.conftest import PASSWORD, Api, furnished, settings
from tests.api.test_reading import entered
from tests.support import postgres, tools

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from werkzeug.test import TestResponse

    from tests.support.postgres import Cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    try:
        with postgres.cluster() as made:
            yield made
    except postgres.Missing as missing:
        tools.lacking(str(missing))


@pytest.fixture(scope="module")
def url(cluster: Cluster) -> str:
    address = cluster.address.render_as_string(hide_password=False)
    upgrade(address)
    return address


def told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The lines of the log since it was last asked."""
    lines = [json.loads(record.getMessage()) for record in caplog.records]
    caplog.clear()
    return lines


def test_the_same_program_before_during_and_after(
    cluster: Cluster,
    url: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pages, forms, scripts, the API and the jobs: each refused call is one line without a trace.

    Signed in or not, reading or writing; the page that says so asks the database for nothing.
    """
    monkeypatch.setattr(session, "_tries", {})
    world, tokens = furnished(url, tmp_path)
    app = create_app(settings(tmp_path, url))
    api = Api(app, world, tokens)
    browser, stranger = entered(api, "registrar"), app.test_client()
    matter = {"kind": "decision", "title": "X", "body_id": world.committee.id}
    form = browser.get("/matters/new").text
    recipient = {"csrf_token": _token(form), "name": "", "email": ""}

    def signing_in() -> TestResponse:
        newcomer = app.test_client()
        door = {"csrf_token": _token(newcomer.get("/sign-in").text)}
        person = {"email": world.cast.chair.email, "password": PASSWORD}
        return newcomer.post("/sign-in", data=door | person)

    def asked() -> list[TestResponse]:
        return [
            browser.get("/"),
            browser.post("/matters/new", data={"csrf_token": _token(form), "title": "X"}),
            browser.get("/", headers={"X-Part": "1"}),
            stranger.get("/board"),
            signing_in(),
            browser.post("/recipients", data=recipient),
            api.get("officer", "/bodies"),
            api.post("registrar", "/matters", matter),
        ]

    assert all(answer.status_code < 500 for answer in asked())
    caplog.clear()
    cluster.stop()
    try:
        refused = asked()
        assert [answer.status_code for answer in refused] == [503] * len(refused)
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
        lines = told(caplog)
        assert [line["event"] for line in lines] == ["unavailable"] * len(refused)
        assert not any("trace" in line for line in lines)
        assert all("svarar inte" in answer.get_data(as_text=True) for answer in refused)
        old = {"csrf_token": "old"}
        assert browser.post("/sign-out", data=old).status_code == 503
        asked_of_a_script = browser.post("/sign-out", data=old, headers={"X-Part": "1"})
        assert asked_of_a_script.status_code == 503, "who it is cannot be known"
        assert browser.get("/healthz").status_code == 200
        told(caplog)
        run_job(api.casework, "deliver", api.casework.now)
        [line] = told(caplog)
        assert (line["event"], line["job"], line["trouble"]) == (
            *("job_failed", "deliver"),
            "database_away",
        )
        ready = stranger.get("/readyz")
        assert ready.status_code == 503
        parts = {part["name"]: part for part in ready.json["parts"]}
        assert parts["database"]["detail"] == {"trouble": "database_away"}
        assert parts["files"]["ok"]
    finally:
        cluster.start()
    answers = asked()
    assert all(answer.status_code < 500 for answer in answers), [each.text for each in answers]
    assert answers[0].status_code == 200, "still signed in"
    api.casework.database.close()


def _token(page: str) -> str:
    return page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]


def test_a_commit_without_an_answer_may_have_been_made(
    cluster: Cluster, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is told that nothing was saved when nobody knows; the log is left to whoever tells."""
    configure()
    database = Database(url)
    try:
        with pytest.raises(Unavailable) as unknown, database.unit_of_work() as session:
            session.add(Organisation(name="Ovissheten", short_name="O"))
            session.flush()
            cluster.stop()
    finally:
        cluster.start()
        database.close()
    assert unknown.value.code == "commit_unknown"
    assert told(caplog) == []


def test_a_connection_that_only_reads_is_an_outage(url: str) -> None:
    """25006: after a failover the old primary answers as a standby for a while."""
    database = Database(url)
    with pytest.raises(Unavailable) as away, database.unit_of_work() as session:
        session.execute(text("SET TRANSACTION READ ONLY"))
        session.add(Organisation(name="Läsaren", short_name="L"))
        session.flush()
    database.close()
    assert away.value.code == "database_away"


def test_a_mistake_of_ours_is_no_outage(url: str) -> None:
    """A statement that is wrong is a fault, whoever asks again."""
    database = Database(url)
    with pytest.raises(Exception, match="nowhere") as fault, database.read() as session:
        session.execute(text("SELECT 1 FROM nowhere"))
    database.close()
    assert not isinstance(fault.value, Unavailable)
