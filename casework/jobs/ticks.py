"""Writing down that a job begins and how it ended, for every process of every machine to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from casework.jobs.models import Tick

if TYPE_CHECKING:
    from datetime import datetime

    from casework.db import Database


def begin(database: Database, job: str, moment: datetime) -> None:
    """The job starts a run."""
    with database.unit_of_work() as session:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        session.execute(
            dialect.insert(Tick)
            .values(job=job, started_at=moment, failures=0, trouble="")
            .on_conflict_do_update(index_elements=["job"], set_={"started_at": moment})
        )


def end(database: Database, job: str, moment: datetime, trouble: str) -> None:
    """The run is over; `trouble` is the code of what it met, "" for nothing."""
    with database.unit_of_work() as session:
        went: dict[str, Any] = (
            {"failures": Tick.failures + 1} if trouble else {"failures": 0, "succeeded_at": moment}
        )
        ended = update(Tick).where(Tick.job == job)
        session.execute(ended.values(ended_at=moment, trouble=trouble, **went))
