"""What every test is given: a fresh database on both engines, no network, SMTP where asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from casework.accounts import passwords
from casework.db import Database
from tests.support import network, postgres, smtp, tools, worked_out_once
from tests.support.databases import PostgresMaker, SqliteMaker, do_not_wait_for_the_disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.databases import DatabaseMaker


pytest_plugins = ["tests.support.engines", "tests.support.spent"]

# A slow machine is no fault of an example: no test asserts a time.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    marked = {marker.name for marker in request.node.iter_markers()}
    allowed = bool(marked & network.MAY_REACH_LOOPBACK) or "smtp_server" in request.fixturenames
    network.forbid(monkeypatch, loopback=allowed)


@pytest.fixture(autouse=True, scope="session")
def _passwords_cost_little() -> Iterator[None]:
    """The real cost is proved in tests/accounts; a world of ten users would pay it tenfold."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        )
        yield


@pytest.fixture(autouse=True, scope="session")
def _the_same_is_worked_out_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        worked_out_once.workflows(patch)
        worked_out_once.statements(patch)
        worked_out_once.routes(patch)
        worked_out_once.pages(patch)
        worked_out_once.typesetters(patch)
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_file_waits_for_the_disk() -> Iterator[None]:
    """A test's files need not outlive a power cut; a killed process leaves them to the system."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _file: None)
        yield


@pytest.fixture
def smtp_server() -> Iterator[smtp.SmtpServer]:
    """An SMTP server of this test's own on loopback; `url`, `messages`, `refusals`."""
    with smtp.listening() as server:
        yield server


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where made worlds are kept, for all processes of this run."""
    root = tmp_path_factory.getbasetemp()
    return (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "shelf"


@pytest.fixture(scope="session")
def sqlite_maker(tmp_path_factory: pytest.TempPathFactory, shelf: Path) -> SqliteMaker:
    return SqliteMaker(tmp_path_factory.mktemp("sqlite"), shelf)


@pytest.fixture(scope="session")
def postgres_maker(shelf: Path) -> Iterator[PostgresMaker]:
    try:
        with postgres.server() as address:
            maker = PostgresMaker(address, shelf)
            yield maker
            maker.close()
    except postgres.Missing as missing:
        tools.lacking(str(missing))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_maker(request: pytest.FixtureRequest) -> DatabaseMaker:
    """Makes databases, on each engine in turn: `with database_maker.fresh() as url`."""
    maker: DatabaseMaker = request.getfixturevalue(
        {"sqlite": "sqlite_maker", "postgresql": "postgres_maker"}[request.param]
    )
    return maker


@pytest.fixture
def database_url(database_maker: DatabaseMaker) -> Iterator[str]:
    """The address of a fresh database with every table and no row, on each engine in turn."""
    with database_maker.fresh() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh `casework.db.Database` with every table and no row, on each engine in turn."""
    opened = Database(database_url)
    do_not_wait_for_the_disk(opened.engine)
    yield opened
    opened.close()
