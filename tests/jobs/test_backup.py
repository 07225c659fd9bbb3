"""When a job last ran is said of one machine, and goes with no backup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from casework import background
from casework.backup import backup, restore
from casework.db import Database
from casework.jobs.models import Tick
from casework.schema import upgrade
from tests.demo.conftest import NOW, settings_of, world
from tests.jobs.conftest import Clock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.databases import SqliteMaker

__all__ = ["world"]


def test_a_new_machine_whose_jobs_tick_already(
    world: Any, sqlite_maker: SqliteMaker, tmp_path: Path
) -> None:
    """The backup is brought in beside its ticks; the old machine's do not make it look alive."""
    background.run_job(world[0], "tidy", Clock())
    kept = tmp_path / "kept"
    backup(world[0].settings, kept, NOW)
    with sqlite_maker.fresh(empty=True) as url:
        upgrade(url)
        settings, database = settings_of(url, tmp_path / "new"), Database(url)
        background.ticks.begin(database, "deliver", NOW)
        restore(settings, kept)
        with database.read() as session:
            assert session.scalars(select(Tick.job)).all() == ["deliver"]
            assert session.scalar(select(func.count()).select_from(Tick)) == 1
        database.close()
