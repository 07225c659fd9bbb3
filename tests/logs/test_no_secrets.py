"""A fault in any layer is one short line with a reference, and holds no secret of anybody."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

import casework.cli
from casework import background, logs
from casework.cli import dates
from casework.documents.incoming.pdf import pdf_pages
from casework.documents.pack_pictures import page_pictures
from casework.documents.pack_setting import set_pack
from casework.documents.received import check_file
from casework.errors import Conflict, Invalid
from casework.meetings.reading.making import Making
from casework.people.models import Organisation
from casework.web.frame import session
from tests.api.conftest import api
from tests.logs.conftest import MARKER, explode

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import Api

    Logged = Callable[[], list[dict[str, Any]]]

__all__ = ["api"]

ROOT = Path(casework.__file__).parents[1]
LINK = f"WzEsMSwxXQ.{MARKER}"


@pytest.fixture(autouse=True)
def _no_tries_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_tries", {})


@pytest.mark.parametrize(
    ("broken", "method", "path"),
    [
        ("casework.web.frame.session.sign_in", "POST", "/sign-in"),
        ("casework.web.public.pages.asks_to_sign_in", "GET", f"/r/{LINK}?key={MARKER}"),
        ("casework.web.meetings.calendars.user_of", "GET", f"/calendar/persons/{LINK}.ics"),
        ("casework.web.frame.headers.HEADERS", "GET", f"/board?key={MARKER}"),
    ],
)
def test_a_page_that_breaks(
    api: Api, logged: Logged, monkeypatch: pytest.MonkeyPatch, broken: str, method: str, path: str
) -> None:
    """Neither the password of a form, a cookie, a personal link nor a question is told."""
    client = api.app.test_client()
    form = client.get("/sign-in").text
    token = form.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    monkeypatch.setattr(broken, explode)
    client.set_cookie("other", MARKER)
    given = {"csrf_token": token, "email": f"{MARKER}@example.org", "password": MARKER}
    answer = client.open(path, method=method, data=given if method == "POST" else None)
    assert answer.status_code == 500
    lines = [line for line in logged() if line["event"] == "fault"]
    assert "  casework/web/" in lines[0]["trace"]
    assert lines[0]["reference"] in answer.text


@pytest.mark.parametrize(
    ("broken", "who", "method", "path"),
    [
        ("casework.people.queries.bodies", "officer", "GET", "/bodies"),
        ("casework.api.callers.token_of", "officer", "GET", "/bodies"),
        ("casework.matters.service.draw", "registrar", "POST", "/matters"),
    ],
)
def test_a_call_that_breaks(
    api: Api,
    logged: Logged,
    monkeypatch: pytest.MonkeyPatch,
    *,
    broken: str,
    who: str,
    method: str,
    path: str,
) -> None:
    """The bearer token and what was sent stay out; query, door and verb alike."""
    monkeypatch.setattr(broken, explode)
    body = {"kind": "decision", "title": MARKER, "body_id": api.world.committee.id}
    headers = {"Authorization": f"Bearer {api.tokens[who]}", "X-Other": MARKER}
    call = {"json": body} if method == "POST" else {}
    answer = api.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **call)
    assert answer.status_code == 500
    [line] = logged()
    assert line["event"] == "api_fault"
    assert line["reference"] in answer.json["detail"]
    assert api.tokens[who] not in json.dumps(line)


def test_an_effect_that_breaks(api: Api, logged: Logged, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of a workflow, far below the face that was pressed."""
    matter = api.assigned(MARKER)
    engine = api.casework.services.engine
    monkeypatch.setattr(engine, "_effects", dict.fromkeys(engine._effects, explode))
    monkeypatch.setattr(engine, "_guards", dict.fromkeys(engine._guards, lambda *_: None))
    logged()
    answer = api.post("officer", f"/matters/{matter['id']}/actions/submit", {})
    assert answer.status_code == 500, answer.text
    [line] = logged()
    assert "casework/workflow/engine.py" in line["trace"]


def test_a_row_that_is_there_already(
    api: Api, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database's own sentence quotes the row; the log names the constraint alone."""

    def twice(session: Any, *_: Any) -> None:
        row = {"name": MARKER, "short_name": MARKER}
        session.execute(insert(Organisation).values(row))
        session.execute(insert(Organisation).values(row))

    monkeypatch.setattr("casework.web.frame.session.sign_in", twice)
    client = api.app.test_client()
    token = client.get("/sign-in").text.split('name="csrf_token"')[1].split('value="')[1]
    given = {"csrf_token": token.split('"')[0], "email": "a@example.org", "password": "x"}
    assert client.post("/sign-in", data=given).status_code == 409
    [line] = logged()
    assert line["event"] == "collision"
    assert "UNIQUE" in line["cause"] or "uq_organisation_name" in line["cause"]


def test_no_error_of_the_database_names_values(api: Api) -> None:
    """Whoever prints such an error, by mistake or at a terminal, prints no parameter."""
    with (
        pytest.raises(IntegrityError) as fault,
        api.casework.acting(api.world.organisation_id) as context,
    ):
        row = {"name": MARKER, "short_name": None}
        context.session.execute(insert(Organisation).values(row))
    assert f"'{MARKER}'" not in str(fault.value).split("DETAIL")[0]
    assert MARKER not in logs.told(fault.value)


@pytest.mark.parametrize("url", [f"smtp://anna:{MARKER}@127.0.0.1:1", f"file:/proc/{MARKER}"])
def test_a_job_and_its_transport(
    api: Api, logged: Logged, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """Neither the password to the mail server nor a letter's words."""
    object.__setattr__(api.casework.settings, "mail_url", url)
    monkeypatch.setattr("casework.background.deliver_mail", explode)
    background.run_job(api.casework, "deliver", api.casework.now)
    [line] = logged()
    assert (line["event"], line["job"]) == ("job_failed", "deliver")


def test_a_pack_in_the_making(
    tmp_path: Path, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread of its own."""
    monkeypatch.setattr("casework.documents.pack.PackMaker.make", explode)
    making = Making(tmp_path, "key")
    lock = making._locked(2)
    assert lock is not None
    making._make(lock, explode, explode)  # type: ignore[arg-type]
    [line] = logged()
    assert line["event"] == "pack_failed"


def test_a_command(
    logged: Logged,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """One line for the person with the reference, one for the log, and exit code 1."""
    command = sys.modules["casework.cli.main"]
    monkeypatch.setattr(dates, "due", explode)
    monkeypatch.setattr(sys, "argv", ["casework", "deadline", "appeal", "2025-06-10"])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 1
    log, told = capfd.readouterr().err.splitlines()
    assert MARKER not in log + told
    assert json.loads(log)["reference"] in told


@pytest.mark.parametrize(
    "program",
    [
        "from casework.cli import ticking; ticking.installation = boom; ticking.tick(0)",
        "from casework import app; app.load_settings = boom; import wsgi",
        "from casework.logs import *; configure(); threading.Thread(target=boom).start()",
    ],
)
def test_a_process_of_our_own(tmp_path: Path, program: str) -> None:
    """The one that ticks, a server that starts, a thread of a server."""
    run = subprocess.run(
        [
            *(sys.executable, "-c"),
            f"from tests.logs.conftest import explode as boom; {program}",
            str(tmp_path),
        ],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "CASEWORK_DATA_DIR": str(tmp_path),
            "CASEWORK_MAIL_URL": f"smtp://anna:{MARKER}@mail.example.org",
        },
        input="{}",
        capture_output=True,
        text=True,
        check=False,
    )
    assert MARKER not in run.stdout + run.stderr
    line = json.loads(run.stderr.splitlines()[-1])
    assert line["fault"] == "RuntimeError"
    assert len(run.stderr) < 5000


def test_a_child_that_looks_at_a_file(
    tmp_path: Path, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a child says when it breaks is read by nobody: it may quote the file."""
    child = tmp_path / "child"
    child.write_text(f"#!/bin/sh\necho {MARKER} >&2\necho {MARKER}\nexit 1\n")
    child.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(child))
    pdf = b"%PDF-1.7 x"
    with pytest.raises(Invalid):
        check_file(pdf, "a.pdf", 1000)
    with pytest.raises(Invalid):
        pdf_pages(pdf)
    with pytest.raises(Invalid):
        page_pictures(pdf, tmp_path, 1, 1000)
    with pytest.raises(Conflict):
        set_pack(tmp_path, {})
    assert logged() == []


def test_what_a_web_server_writes(logged: Logged) -> None:
    """One sets up its own log first (gunicorn), and names the address it could not answer."""
    server = logging.getLogger("server.of.its.own")
    server.propagate = False
    server.addHandler(logging.StreamHandler())
    logs.configure()
    try:
        explode()
    except RuntimeError:
        server.exception("Error handling request %s", f"/r/{LINK}?next={MARKER}")
    server.error("anna@example.org smtp://anna:%s@mail.example.org", MARKER)
    server.warning("Authorization: Bearer %s", MARKER)
    first, second, third = logged()
    assert first["event"].startswith("Error handling request /r/")
    assert first["fault"] == "RuntimeError"
    assert "example.org" in second["event"]
    assert "anna" not in second["event"]
    assert "Bearer" in third["event"]


def test_a_deep_fault_is_short(logged: Logged) -> None:
    """A hundred frames and a chain of causes are told by the ends that matter."""

    def deep(left: int) -> None:
        if left:
            try:
                deep(left - 1)
            except Exception as error:
                raise LookupError(MARKER) from error
        explode()

    try:
        deep(100)
    except LookupError:
        logs.get_logger().exception("fault")
    [line] = logged()
    assert line["trace"].count("LookupError\n") == logs.CHAIN


def test_a_fault_says_where_and_what_of_the_program(logged: Logged) -> None:
    """Short is not silent: the place, the line and a missing name are there to mend it by."""
    try:
        object().nowhere  # type: ignore[attr-defined]  # noqa: B018
    except AttributeError:
        logs.get_logger().exception("fault")
    [line] = logged()
    assert line["fault"] == "AttributeError 'object' object has no attribute 'nowhere'"
    assert "tests/logs/test_no_secrets.py" in line["trace"]
    assert "object().nowhere" in line["trace"]
