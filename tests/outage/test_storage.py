"""A full disk, a locked file, a folder that is gone: the storage is away, and the program is not
at fault."""

from __future__ import annotations

import errno
import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text

from casework.db import Database
from casework.errors import Unavailable
from casework.outage import is_outage

if TYPE_CHECKING:
    from pathlib import Path


def test_another_writer_that_never_ends(tmp_path: Path) -> None:
    """SQLite waits its time for the write lock; then it is an outage, and nothing was saved."""
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.unit_of_work() as session:
        session.execute(text("CREATE TABLE t (x)"))
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    @event.listens_for(database.engine, "connect")
    def _wait_shortly(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=1")

    database.engine.dispose()
    with pytest.raises(Unavailable) as away, database.unit_of_work() as session:
        session.execute(text("INSERT INTO t VALUES (1)"))
    assert away.value.code == "busy"
    other.close()
    database.close()


def test_a_full_database_file(tmp_path: Path) -> None:
    """SQLITE_FULL, as when the disk is full."""
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(Unavailable), database.unit_of_work() as session:
        session.execute(text("PRAGMA max_page_count=2"))
        session.execute(text("CREATE TABLE t (x)"))
        session.execute(text("INSERT INTO t VALUES (zeroblob(100000))"))
    database.close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A volume that was not mounted."""
    database = Database(f"sqlite:///{tmp_path / 'gone' / 'a.db'}")
    with pytest.raises(Unavailable), database.read() as session:
        session.execute(text("SELECT 1"))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_no_room_for_a_file(tmp_path: Path, number: int) -> None:
    """A stored file that finds no room is told as such, and the transaction is undone."""
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(Unavailable) as away, database.unit_of_work():
        raise OSError(number, "no")
    assert away.value.code == "storage_away"
    with pytest.raises(FileNotFoundError), database.unit_of_work():
        raise FileNotFoundError(errno.ENOENT, "no such file")
    database.close()


def test_other_errors_are_none() -> None:
    assert not is_outage(ValueError("x"))
