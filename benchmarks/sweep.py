"""A sweep with 100 reminders due: does its time grow with the number of deadlines that exist?"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from sqlalchemy import Date, Integer, Select, case, func, insert, literal, select, text
from sqlalchemy.engine import make_url

from benchmarks.figure import Figure
from casework.db import Base, Database, Moment
from casework.deadlines.models import Deadline, Reminder
from casework.deadlines.sweep import sweep
from casework.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

FEW, MANY = 1_000, 1_000_000
DUE = 100
ROUNDS = FEW // DUE  # the first one only warms up
LIMIT = 1.5

FIRST_SWEEP = datetime(2026, 1, 1, 7, tzinfo=UTC)
LONG_AGO = datetime(2025, 1, 1, 7, tzinfo=UTC)
FAR_OFF = datetime(2031, 1, 1, 7, tzinfo=UTC)


def measure() -> Figure:
    """Milliseconds a sweep takes with a million deadlines, beside the same with a thousand.

    On SQLite, or on the PostgreSQL server whose URL CASEWORK_BENCH_POSTGRES gives.
    """
    with _database("few") as few, _database("many") as many:
        _fill(few, FEW)
        _fill(many, MANY)
        times: dict[Database, list[float]] = {few: [], many: []}
        for number in range(ROUNDS):
            order = (few, many) if number % 2 else (many, few)
            for database in order:
                times[database].append(_timed_sweep(database, number))
        floor, figure = (median(times[database][1:]) for database in (few, many))
    ratio = figure / floor
    return Figure(
        name="sweep with 100 reminders due among 1,000,000 deadlines (ms)",
        figure=figure,
        floor=floor,
        ratio=ratio,
        goal=f"at most {LIMIT} times the same among 1,000",
        ok=ratio <= LIMIT,
    )


def _timed_sweep(database: Database, number: int) -> float:
    """One round: nothing is announced, so that nothing but the sweep itself is measured."""
    start = perf_counter()
    result = sweep(database, FIRST_SWEEP + timedelta(days=number), lambda *_: None)
    elapsed = perf_counter() - start
    assert result.sent == DUE, result
    return elapsed * 1000


@contextmanager
def _database(name: str) -> Iterator[Database]:
    server = os.environ.get("CASEWORK_BENCH_POSTGRES")
    with tempfile.TemporaryDirectory() as folder:
        if server is None:
            database = Database(f"sqlite:///{Path(folder) / name}.db")
        else:
            database = _schema(server, f"casework_bench_{name}")
        try:
            Base.metadata.create_all(database.engine)
            yield database
        finally:
            Base.metadata.drop_all(database.engine)
            database.close()


def _schema(server: str, name: str) -> Database:
    owner = Database(server)
    with owner.unit_of_work() as session:
        session.execute(text(f"DROP SCHEMA IF EXISTS {name} CASCADE"))
        session.execute(text(f"CREATE SCHEMA {name}"))
    owner.close()
    url = make_url(server).update_query_dict({"options": f"-csearch_path={name}"})
    return Database(url.render_as_string(hide_password=False))


def _fill(database: Database, count: int) -> None:
    """`count` running deadlines, each with a reminder long sent and one to come: of the first
    thousand, a hundred come due in each round, of all others only years from now."""
    with database.unit_of_work() as session:
        organisation = Organisation(name="Region Provlandet", short_name="RP")
        session.add(organisation)
        session.flush()
        _insert(session, organisation.id, count)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":  # as autovacuum does, but not meanwhile
            connection.execute(text("VACUUM ANALYZE"))
        else:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _insert(session: Session, organisation_id: int, count: int) -> None:
    numbers = select(literal(1, Integer).label("n")).cte(recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < count))
    number = numbers.c.n
    deadline = {
        "id": number,
        "organisation_id": literal(organisation_id),
        "version": literal(1),
        "subject_type": literal("assignment"),
        "subject_id": number,
        "name": literal("report_back"),
        "rule": literal("stated"),
        "started_on": literal(date(2025, 1, 1), Date),
        "raw_on": literal(date(2032, 1, 1), Date),
        "due_on": literal(date(2032, 1, 1), Date),
        "statute": literal(""),
        "state": literal("running"),
    }
    days = [(number <= DUE * (n + 1), FIRST_SWEEP + timedelta(days=n)) for n in range(ROUNDS)]
    coming = case(
        *((reached, literal(moment, Moment)) for reached, moment in days),
        else_=literal(FAR_OFF, Moment),
    )
    reminder = {
        "organisation_id": literal(organisation_id),
        "deadline_id": number,
        "kind": literal("before"),
        "copy_to_manager": literal(False),
    }
    sent = {
        **reminder,
        "offset_days": literal(-14),
        "remind_at": literal(LONG_AGO, Moment),
        "state": literal("sent"),
        "sent_at": literal(LONG_AGO, Moment),
    }
    planned = {
        **reminder,
        "offset_days": literal(-3),
        "remind_at": coming,
        "state": literal("planned"),
    }
    for table, columns in ((Deadline, deadline), (Reminder, sent), (Reminder, planned)):
        rows: Select[tuple[object, ...]] = select(*columns.values()).select_from(numbers)
        session.execute(insert(table).from_select(list(columns), rows))
    assert session.scalar(select(func.count()).select_from(Reminder)) == 2 * count
