"""Engine, session, base class and column types, alike on SQLite and PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import uniform
from time import sleep
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Select,
    UniqueConstraint,
    create_engine,
    event,
    inspect,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from casework.errors import Busy
from casework.private import FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection, Dialect
    from sqlalchemy.orm import ORMExecuteState

Json = JSON().with_variant(JSONB(), "postgresql")
Id = BigInteger().with_variant(Integer(), "sqlite")


class Moment(TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment(), dict[str, Any]: Json, list[Any]: Json}  # noqa: RUF012 (SQLAlchemy reads it from the class)


class Owned:
    """A row that belongs to one organisation, which leads every key of its table.

    `(organisation_id, id)` is unique so that `owned_by` can tie a row to another of the same
    organisation only: the database itself keeps the organisations apart.
    """

    id: Mapped[int] = mapped_column(Id, primary_key=True, sort_order=-2)

    @declared_attr
    @classmethod
    def organisation_id(cls) -> Mapped[int]:
        return mapped_column(Id, ForeignKey("organisation.id"), sort_order=-3)


def owned(*constraints: Any) -> tuple[Any, ...]:
    """`__table_args__` of an `Owned` table: its own constraints and the tenant key."""
    return (UniqueConstraint("organisation_id", "id"), *constraints)


Row = TypeVar("Row", bound=Owned)


def newest(
    model: type[Row], organisation_id: int, *, before: int | None, limit: int, **equal: Any
) -> Select[Row]:
    """One page of an organisation's rows, newest first: those older than the id `before`.

    Each of `equal` is a column and the value that it must have; None and "" ask for nothing.
    """
    statement = (
        select(model)
        .where(model.organisation_id == organisation_id)
        .order_by(model.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(model.id < before)
    wanted = {name: value for name, value in equal.items() if value not in (None, "")}
    return statement.filter_by(**wanted)


def among(column: str, codes: tuple[str, ...]) -> str:
    """The condition that a column holds one of these codes; codes are our own constants."""
    return "{} IN ({})".format(column, ", ".join(f"'{code}'" for code in codes))


def refers(column: str, table: str, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key that cannot cross organisations."""
    return ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{table}.organisation_id", f"{table}.id"],
        ondelete=ondelete,
    )


def open_engine(url: str) -> Engine:
    """An engine for `url`; SQLite in WAL mode with foreign keys on."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 30, "isolation_level": None})
        event.listen(engine, "do_connect", _make_sqlite)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, pool_pre_ping=True)


def _make_sqlite(_dialect: Any, _record: Any, arguments: list[str], _options: Any) -> None:
    """A new database is closed to others; what SQLite puts beside it follows that."""
    file = Path(arguments[0])
    if file.parent.is_dir() and not file.exists() and arguments[0] != ":memory:":
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, FILE))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=30000", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Writers lock at once: a reader that turns writer midway would fail under load."""
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _only_visible(state: ORMExecuteState) -> None:
    """Put what the reader may see (`session.info["visible"]`) on every query of the session."""
    visible = state.session.info.get("visible")
    if visible and state.is_select:
        state.statement = state.statement.options(*visible)


def lock(session: Session, row: Any) -> None:
    """Hold the row until the transaction ends, with what it says now.

    What is pending is sent first: a refresh would throw it away. On PostgreSQL the lock lets rows
    that refer to this one be added (FOR NO KEY UPDATE): two who have added one each, and then want
    this one, would else wait for each other. On SQLite the transaction has the only write lock
    already, and the row is just read anew.
    """
    session.flush()
    columns = [attribute.key for attribute in inspect(type(row)).column_attrs]
    session.refresh(row, attribute_names=columns, with_for_update={"key_share": True})


DEADLOCK, UNSERIALISABLE = "40P01", "40001"  # SQLSTATE
CHAIN = "uq_audit_entry_organisation_id_subject_type_subject_id_sequence"
TRIES = 5
PAUSE = 0.01, 0.1  # seconds

Result = TypeVar("Result")


def persistently(work: Callable[[], Result], undo: Callable[[], object] = lambda: None) -> Result:
    """What `work` gives: a unit of work; what it does outside its transaction, `undo` undoes.

    It is begun anew when it met another who was at the same rows: the database has rolled it back
    whole, the other has gone on, and what it says is judged again by what that one did. Raises
    Busy after TRIES and when SQLite's one writer has not let go in time, or StaleDataError or
    IntegrityError if it is always somebody else who was first.
    """
    try:
        for _ in range(TRIES - 1):
            try:
                return work()
            except (DBAPIError, StaleDataError) as error:
                if not _met_another(error):
                    raise
            undo()
            # The other is let through: else the two may meet again.
            sleep(uniform(*PAUSE))  # noqa: S311 (no secret)
        return work()
    except DBAPIError as error:
        if _is_deadlock(error) or _is_locked(error):
            raise Busy("busy") from error
        raise


def _met_another(error: DBAPIError | StaleDataError) -> bool:
    """Two waited for each other, or had both read a row that one of them then changed."""
    if isinstance(error, StaleDataError) or _is_deadlock(error):
        return True
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", "") == CHAIN


def _is_deadlock(error: DBAPIError) -> bool:
    """PostgreSQL has undone one of two who waited for each other."""
    return getattr(error.orig, "sqlstate", None) in (DEADLOCK, UNSERIALISABLE)


def _is_locked(error: DBAPIError) -> bool:
    """SQLite has waited for as long as it was told to already."""
    code: int = getattr(error.orig, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY  # the rest of the number says why


class Database:
    """One engine and its ways in: `read()`, `unit_of_work()`, and `transaction()` for several."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self._writing = self.engine.execution_options(writing=True)

    def session(self, *, writing: bool = False) -> Session:
        return _listened(Session(self._writing if writing else self.engine, expire_on_commit=False))

    @contextmanager
    def read(self, within: Connection | None = None) -> Iterator[Session]:
        """A session whose changes, if any, are thrown away; `within` a transaction it sees that."""
        with self.session() if within is None else _inner(within) as session:
            yield session

    @contextmanager
    def unit_of_work(self, within: Connection | None = None) -> Iterator[Session]:
        """One transaction: committed once when the block ends, rolled back if it raises.

        `within` a larger transaction its changes are sent, and stay if that does.
        """
        with self.session(writing=True) if within is None else _inner(within) as session:
            yield session
            session.commit()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction for several units of work: committed when the block ends, as they."""
        with self._writing.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def _inner(connection: Connection) -> Session:
    """A session within a transaction that others share: neither commit nor close ends that."""
    return _listened(
        Session(connection, expire_on_commit=False, join_transaction_mode="rollback_only")
    )


def _listened(session: Session) -> Session:
    event.listen(session, "do_orm_execute", _only_visible)
    return session
