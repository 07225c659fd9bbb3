"""Whatever process of a server or a worker dies or hangs is replaced, and none is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from casework.cli import answering, supervising, ticking
from casework.cli.supervising import Kept
from casework.context import SYSTEM
from casework.mail.addresses import Mailbox
from casework.mail.compose import Composed
from casework.mail.outbox import enqueue
from tests.demo.conftest import furnished, opened, settings_of
from tests.support.serving import ROOT, is_alive, running, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.config import Settings
    from tests.support.databases import PostgresMaker, SqliteMaker
    from tests.support.serving import Running

pytestmark = pytest.mark.crash


@pytest.fixture
def settings(tmp_path: Path, sqlite_maker: SqliteMaker) -> Iterator[Settings]:
    with sqlite_maker.copied("furnished", tmp_path, furnished) as (url, _):
        yield settings_of(url, tmp_path)


def _replaced(run: Running, verb: str, victims: set[int], count: int) -> None:
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    until(
        lambda: len(run.children(verb) - victims) == count,
        f"{count} new to {verb} in place of {victims}",
    )


def test_who_is_killed_is_replaced_and_none_outlives_the_server(settings: Settings) -> None:
    """Letters leave again, pages are answered again, and the end of the server ends all."""
    with running(settings) as run:
        _replaced(run, "tick", run.children("tick"), 1)
        _post_a_letter(settings)
        until(lambda: _delivered(settings), "the letter to leave")
        _replaced(run, "answer", run.children("answer"), 2)
        until(lambda: run.status() == 200, "an answer")
        kept = run.children()
        run.process.terminate()
        assert run.process.wait(timeout=60) == 0
        assert not any(is_alive(pid) for pid in kept)


def test_none_outlives_a_server_that_was_killed(settings: Settings) -> None:
    """kill -9 leaves no time to end the others: they see it themselves."""
    with running(settings) as run:
        kept = run.children()
        assert len(kept) == 3
        run.process.kill()
        until(lambda: not any(is_alive(pid) for pid in kept), "all to end")


def test_a_worker_on_postgresql_is_kept_too(postgres_maker: PostgresMaker, tmp_path: Path) -> None:
    """What ticks is replaced there as well, and ends with the worker."""
    with (
        postgres_maker.copied("furnished", tmp_path, furnished) as (url, _),
        running(settings_of(url, tmp_path), "worker") as run,
    ):
        _replaced(run, "tick", run.children("tick"), 1)
        kept = run.children()
        run.process.terminate()
        assert run.process.wait(timeout=60) == 0
        assert not any(is_alive(pid) for pid in kept)


def _post_a_letter(settings: Settings) -> None:
    casework = opened(settings.database_url, settings.data_dir)
    with casework.acting(1, SYSTEM) as context:
        enqueue(
            context.session,
            organisation_id=1,
            key="trial:1",
            to_name="Någon",
            to_address="nagon@example.org",
            composed=Composed("Ett prov", "Prov.", "<p>Prov.</p>"),
            moment=context.moment,
            sender=Mailbox("Ärenden", "arenden@example.org"),
            domain="example.org",
        )
    casework.database.close()


def _delivered(settings: Settings) -> list[Path]:
    return list((settings.data_dir / "mail").glob("*.eml"))


SLOW = """
import os, sys
from casework.cli import answering
from tests.support.serving import until
def slow(environ, start_response):
    open("begun", "w").close()
    until(lambda: os.path.exists("go"), "the word to go on")
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
answering.create_app = lambda settings: slow
answering.answer(int(sys.argv[1]), int(sys.argv[2]))
"""


def test_what_was_begun_is_finished_at_the_end(settings: Settings, tmp_path: Path) -> None:
    """SIGTERM ends a process that answers only when it owes nobody an answer."""
    ours, pulse = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as own:
        fds = (own.fileno(), pulse)
        process = subprocess.Popen(
            [sys.executable, "-c", SLOW, *map(str, fds)],
            cwd=tmp_path,
            env={**os.environ, **settings.as_environ(), "PYTHONPATH": str(ROOT)},
            pass_fds=fds,
        )
        with socket.create_connection(own.getsockname()) as caller:
            caller.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            until((tmp_path / "begun").exists, "the request to begin")
            process.terminate()
            (tmp_path / "go").touch()
            answered = b""
            while part := caller.recv(4096):
                answered += part
        assert answered.endswith(b"ok")
        assert process.wait(timeout=60) == 0
    os.close(ours)
    os.close(pulse)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "SILENT_SECONDS", 0.3)


def _child(call: str) -> Kept:
    return Kept("trial", call)


def _pid(kept: Kept) -> int | None:
    return kept._process.pid if kept._process else None


@pytest.mark.parametrize("told", ["", "os.write({pulse}, b'-'); "], ids=["silent", "unwell"])
@pytest.mark.usefixtures("quick")
def test_who_hangs_is_replaced(told: str) -> None:
    """Saying nothing, or saying that it gets nowhere, is as bad as being dead."""
    kept = _child(f"import os, threading; {told}threading.Event().wait()")
    kept.tend(os.environ)
    first = _pid(kept)

    def is_new() -> bool:
        kept.tend(os.environ)
        return _pid(kept) not in {first, None}

    until(is_new, "a new one")
    kept.terminate()
    kept.wait(0.0)
    assert first is not None
    assert not is_alive(first)


def test_who_cannot_live_is_begun_ever_more_seldom() -> None:
    """Otherwise a faulty installation would do nothing but begin."""
    kept = _child("raise SystemExit(3)")
    pauses: list[float] = []

    def has_died_thrice() -> bool:
        kept.tend(os.environ)
        if kept._pause not in {0.0, *pauses}:
            pauses.append(kept._pause)
        return len(pauses) == 3

    until(has_died_thrice, "three ends")
    assert pauses == [0.5, 1.5, 3.5]


def test_the_jobs_say_when_they_get_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """None begun for a minute, or one that never ends."""
    clock: list[float] = [0.0]
    monkeypatch.setattr(ticking, "monotonic", lambda: clock[0])
    scheduler: Any = _Scheduler()
    jobs = ticking.Jobs(scheduler)
    deliver: Any = _Event("deliver")
    watch: Any = _Event("watch")
    jobs._note_begun(deliver)
    assert jobs.are_well()
    clock[0] = ticking.QUIET_SECONDS
    assert not jobs.are_well()
    jobs._note_begun(watch)
    assert jobs.are_well()
    jobs._note_ended(watch)
    clock[0] = ticking.LONGEST_JOB_SECONDS
    jobs._note_begun(watch)
    assert not jobs.are_well()  # deliver has not come back
    jobs._note_ended(deliver)
    assert jobs.are_well()


class _Event:
    def __init__(self, job_id: str) -> None:
        self.job_id = job_id


class _Scheduler:
    def add_listener(self, *_: object) -> None: ...


def test_a_server_says_when_nobody_is_left_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """All threads at one request each for a minute; not while one still comes free."""
    clock, thread = [0.0], [0]
    monkeypatch.setattr(answering, "monotonic", lambda: clock[0])
    monkeypatch.setattr(answering, "get_ident", lambda: thread[0])
    start: Any = None

    def app(_environ: Any, _start: Any) -> list[bytes]:
        return next_request()

    def next_request() -> list[bytes]:
        """Each request begins the next one meanwhile, as threads would."""
        if thread[0] < answering.THREADS - 1:
            thread[0] += 1
            answer = busy({}, start)
            thread[0] -= 1
            return list(answer)
        stuck.append(busy.is_stuck())
        clock[0] += answering.STUCK_SECONDS + 1
        stuck.append(busy.is_stuck())
        return [b""]

    stuck: list[bool] = []
    busy = answering.Busy(app)
    busy({}, start)
    assert stuck == [False, True]
    assert not busy.is_stuck()
