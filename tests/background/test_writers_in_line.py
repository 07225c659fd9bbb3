"""Who writes to one SQLite file comes in the order in which they asked."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from casework.db import Database
from tests.support.serving import until

if TYPE_CHECKING:
    from tests.support.databases import SqliteMaker

WRITERS = 6


def test_writers_come_in_the_order_they_asked(sqlite_maker: SqliteMaker) -> None:
    """SQLite's own waiting is a lottery: of eight writers some would wait for seconds."""
    came: list[int] = []

    def write(number: int) -> None:
        with database.unit_of_work():
            came.append(number)

    with sqlite_maker.fresh() as url:
        database = Database(url)
        line = _line(url)
        writers = [Thread(target=write, args=(number,)) for number in range(WRITERS)]
        with database.unit_of_work():
            for number, writer in enumerate(writers, start=1):
                writer.start()
                until(lambda stand=number: _waiting(line) >= stand, "a writer to stand in line")
            assert came == []
        for writer in writers:
            writer.join()
        database.close()
    assert came == list(range(WRITERS))


def test_the_line_is_left_when_a_unit_fails(sqlite_maker: SqliteMaker) -> None:
    """Nobody waits for one who has gone, and nobody else may read the file of the line."""
    with sqlite_maker.fresh() as url:
        database = Database(url)
        with pytest.raises(ZeroDivisionError), database.unit_of_work():
            raise ZeroDivisionError
        with database.unit_of_work():
            assert _line(url).stat().st_mode & 0o777 == 0o600
        database.close()


def _line(url: str) -> Path:
    return Path(f"{url.removeprefix('sqlite:///')}-writers")


def _waiting(line: Path) -> int:
    """How many wait for the lock on this file, as the kernel tells."""
    inode = f":{line.stat().st_ino}"
    told = Path("/proc/locks").read_text().splitlines()
    return sum("->" in each and each.split()[-3].endswith(inode) for each in told)
