"""Who meets another at the same rows begins anew, in peace; who never gets through is told so."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import OperationalError

from casework.counters import draw
from casework.db import TRIES, Database, lock, persistently
from casework.errors import Unavailable
from casework.outage import told_as_unavailable
from casework.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.databases import PostgresMaker


@pytest.fixture
def database(postgres_maker: PostgresMaker) -> Iterator[Database]:
    """A database in which two organisations can be taken in either order."""
    with postgres_maker.fresh() as url:
        opened = Database(url)
        with opened.unit_of_work() as session:
            session.add_all(Organisation(name=name, short_name=name) for name in "AB")
        yield opened
        opened.close()


def test_two_that_wait_for_each_other_both_come_through(database: Database) -> None:
    """PostgreSQL ends one of them; that one is begun anew, and nothing is lost."""
    both_hold, undone = Barrier(2), []

    def cross(order: tuple[int, int]) -> None:
        tries = 0

        def work() -> None:
            nonlocal tries
            tries += 1
            with database.unit_of_work() as session:
                first, second = (session.get_one(Organisation, each) for each in order)
                lock(session, first)
                if tries == 1:
                    both_hold.wait()
                lock(session, second)
                for each in (first, second):
                    each.phone += "1"

        persistently(work, lambda: undone.append(order))

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(cross, [(1, 2), (2, 1)]))
    assert 0 < len(undone) < TRIES
    with database.read() as session:
        assert [session.get_one(Organisation, each).phone for each in (1, 2)] == ["11", "11"]


def test_rows_that_refer_to_a_held_row_are_added(database: Database) -> None:
    """Who holds a row is not in the way of one that only refers to it."""
    with database.unit_of_work() as holding:
        lock(holding, holding.get_one(Organisation, 1))
        with database.unit_of_work() as adding:
            adding.connection().exec_driver_sql("SET lock_timeout = '5s'")
            assert draw(adding, 1, "matter RUN 2026") == 1


class Deadlocked(Exception):
    sqlstate = "40P01"


def failing(error: Exception) -> tuple[list[int], Callable[[], None]]:
    tried: list[int] = []

    def work() -> None:
        tried.append(1)
        raise OperationalError("UPDATE", {}, error)

    return tried, work


def test_who_never_comes_through_is_told() -> None:
    """After some tries it is said in a sentence, as 503."""
    tried, work = failing(Deadlocked())
    with pytest.raises(Unavailable, match="busy"):
        persistently(work)
    assert len(tried) == TRIES


def test_a_writer_that_does_not_let_go_is_waited_for_once() -> None:
    """SQLite has waited half a minute already; the reader has waited long enough too."""
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
    tried, work = failing(locked)

    def within_an_outage() -> None:
        with told_as_unavailable():
            work()

    with pytest.raises(Unavailable, match="busy"):
        persistently(within_an_outage)
    assert len(tried) == 1


def test_another_fault_is_not_tried_again() -> None:
    """What is wrong will be wrong again."""
    tried, work = failing(sqlite3.OperationalError("no such table"))
    with pytest.raises(OperationalError):
        persistently(work)
    assert len(tried) == 1
