"""Engine, session, base class and column types, alike on SQLite and PostgreSQL."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from datetime import UTC, datetime
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
    make_url,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from casework.outage import told_as_unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import URL, Connection, Dialect
    from sqlalchemy.orm import ORMExecuteState

Json = JSON().with_variant(JSONB(), "postgresql")
Id = BigInteger().with_variant(Integer(), "sqlite")


# Seconds until a request hears that every connection is taken.
POOL_SECONDS = 10
# In seconds, the last in milliseconds: a server that is silent for so long is gone.
PATIENCE = {
    "connect_timeout": "5",
    "keepalives_idle": "20",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}


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
    """An engine for `url`; SQLite in WAL mode with foreign keys on.

    No error names the values of a statement: they are people's words, and end up in logs.
    """
    if url.startswith("sqlite"):
        waiting = {"timeout": 30, "isolation_level": None}
        engine = create_engine(url, connect_args=waiting, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_timeout=POOL_SECONDS,
        hide_parameters=True,
        connect_args=_impatient(make_url(url)),
    )


def _impatient(url: URL) -> dict[str, str]:
    """How libpq finds out that a server is gone; what the address itself says goes before.

    Of several servers the one that may be written to is sought: after a failover the old primary
    may still answer, as a standby.
    """
    wanted = dict(PATIENCE)
    if isinstance(url.query.get("host"), tuple):
        wanted["target_session_attrs"] = "read-write"
    return {name: value for name, value in wanted.items() if name not in url.query}


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=30000", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Writers lock at once: a reader that turns writer midway would fail under load."""
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _line_of(engine: Engine) -> str:
    """The file at which writers wait for each other; "" where the database keeps order itself."""
    file = engine.url.database
    return f"{file}-writers" if engine.dialect.name == "sqlite" and file else ""


@contextmanager
def _in_turn(line: str) -> Iterator[None]:
    """Stand in line among all threads and processes that write to one SQLite file.

    SQLite itself has writers try again at random: of eight at once, some would wait for seconds
    (decision 0016). A process that is killed leaves the line with its file.
    """
    if not line:
        yield
        return
    descriptor = os.open(line, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _only_visible(state: ORMExecuteState) -> None:
    """Put what the reader may see (`session.info["visible"]`) on every query of the session."""
    visible = state.session.info.get("visible")
    if visible and state.is_select:
        state.statement = state.statement.options(*visible)


def lock(session: Session, row: Any) -> None:
    """Hold the row until the transaction ends, with what it says now.

    What is pending is sent first: a refresh would throw it away. On SQLite the transaction has
    the only write lock already, and the row is just read anew.
    """
    session.flush()
    columns = [attribute.key for attribute in inspect(type(row)).column_attrs]
    session.refresh(row, attribute_names=columns, with_for_update=True)


class Database:
    """One engine and its two ways in: `read()` and `unit_of_work()`."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self._writing = self.engine.execution_options(writing=True)
        self._line = _line_of(self.engine)

    def session(self, *, writing: bool = False) -> Session:
        session = Session(self._writing if writing else self.engine, expire_on_commit=False)
        event.listen(session, "do_orm_execute", _only_visible)
        return session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session whose changes, if any, are thrown away; raises Unavailable in an outage."""
        with told_as_unavailable(), self.session() as session:
            yield session

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """One transaction: committed once when the block ends, rolled back if it raises.

        Raises Unavailable in an outage: `database_away` where nothing was saved, `commit_unknown`
        where the server went away before it said whether it had.
        """
        with told_as_unavailable(), _in_turn(self._line), self.session(writing=True) as session:
            yield session
            session.flush()
            with told_as_unavailable(self._when_lost):
                session.commit()

    @property
    def _when_lost(self) -> str:
        """SQLite always knows whether it has committed."""
        return "database_away" if self.engine.dialect.name == "sqlite" else "commit_unknown"

    def close(self) -> None:
        self.engine.dispose()
