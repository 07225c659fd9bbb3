"""Engine, session, base class and column types, alike on SQLite and PostgreSQL."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import uniform
from threading import local
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
    func,
    inspect,
    make_url,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.compiler import InsertmanyvaluesSentinelOpts
from sqlalchemy.types import TypeDecorator

from casework.errors import Unavailable
from casework.outage import told_as_unavailable
from casework.private import FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import URL, Connection, Dialect
    from sqlalchemy.orm import ORMExecuteState

Json = JSON().with_variant(JSONB(), "postgresql")
Id = BigInteger().with_variant(Integer(), "sqlite")


# SQLite numbers the rows of one INSERT in their order, so many can be sent as one, and each object
# finds its own number again; else each would be a statement of its own.
ROWS_IN_ORDER = InsertmanyvaluesSentinelOpts.ANY_AUTOINCREMENT

# Seconds until a request hears that every connection is taken.
POOL_SECONDS = 10
BUSY = "busy_timeout=30000"  # milliseconds
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
    model: type[Row], organisation_id: int, *, before: int | None, limit: int | None, **equal: Any
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


COUNTED = 10_000


def counted(session: Session, statement: Select[Any], key: Any) -> int:
    """How many rows a list has, by the ids in `key`: COUNTED + 1 stands for more than COUNTED.

    What hides rows from the session hides them in the inner query as well.
    """
    ids = statement.with_only_columns(key).order_by(None).limit(COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0


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
        engine.dialect.insertmanyvalues_implicit_sentinel = ROWS_IN_ORDER
        event.listen(engine, "do_connect", _make_sqlite)
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


def _make_sqlite(_dialect: Any, _record: Any, arguments: list[str], _options: Any) -> None:
    """A new database is closed to others; what SQLite puts beside it follows that."""
    file = Path(arguments[0])
    if file.parent.is_dir() and not file.exists() and arguments[0] != ":memory:":
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, FILE))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", BUSY, "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Writers lock at once: a reader that turns writer midway would fail under load."""
    options = connection.get_execution_options()
    if options.get("waits", True):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writing") else "BEGIN")
        return
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA {BUSY}")


def _line_of(engine: Engine) -> str:
    """The file at which writers wait for each other; "" where the database keeps order itself."""
    file = engine.url.database
    return f"{file}-writers" if engine.dialect.name == "sqlite" and file else ""


_held_by = local()  # the lines in which this thread stands first


@contextmanager
def _in_turn(line: str, *, waits: bool = True) -> Iterator[bool]:
    """Stand in line among all threads and processes that write to one SQLite file.

    SQLite itself has writers try again at random: of eight at once, some would wait for seconds
    (decision 0016). A process that is killed leaves the line with its file. Gives whether one
    stands first, which whoever `waits` always does in the end.
    """
    if not line:
        yield True
        return
    if line in _held_by.__dict__:
        if waits:
            raise RuntimeError("A unit of work within another would wait for itself.")
        yield False
        return
    descriptor = os.open(line, os.O_RDWR | os.O_CREAT, 0o600)
    is_first = False
    try:
        is_first = _stands_first(descriptor, waits=waits)
        if is_first:
            _held_by.__dict__[line] = True
        yield is_first
    finally:
        if is_first:
            _held_by.__dict__.pop(line, None)
        os.close(descriptor)


def _stands_first(descriptor: int, *, waits: bool) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _only_visible(state: ORMExecuteState) -> None:
    """Put what the reader may see (`session.info["visible"]`) on every query of the session."""
    visible = state.session.info.get("visible")
    if visible and state.is_select:
        state.statement = state.statement.options(*visible)


def lock(session: Session, row: Any) -> None:
    """Hold the row until the transaction ends, with what it says now.

    What is pending is sent first: a refresh would throw it away. On PostgreSQL the lock lets rows
    that refer to this one be added (FOR NO KEY UPDATE): two who have added one each, and then want
    this one, would else wait for each other. On SQLite the transaction has the only write lock from
    its beginning, so what it has read of the row is what it says.
    """
    session.flush()
    if _is_alone(session) and not inspect(row).expired_attributes:
        return
    columns = [attribute.key for attribute in inspect(type(row)).column_attrs]
    session.refresh(row, attribute_names=columns, with_for_update={"key_share": True})


def _is_alone(session: Session) -> bool:
    """Whether nobody else can write while the session's own transaction lasts.

    One that shares the transaction of others, who may have written in it, is not.
    """
    bind = session.get_bind()
    return isinstance(bind, Engine) and bind.dialect.name == "sqlite" and is_writing(session)


def is_writing(session: Session) -> bool:
    """Whether the session is a unit of work, and not one whose changes are thrown away."""
    return bool(session.get_bind().get_execution_options().get("writing"))


DEADLOCK, UNSERIALISABLE = "40P01", "40001"  # SQLSTATE
CHAIN = "uq_audit_entry_organisation_id_subject_type_subject_id_sequence"
TRIES = 5
PAUSE = 0.01, 0.1  # seconds

Result = TypeVar("Result")


def persistently(work: Callable[[], Result], undo: Callable[[], object] = lambda: None) -> Result:
    """What `work` gives: a unit of work; what it does outside its transaction, `undo` undoes.

    It is begun anew when it met another who was at the same rows: the database has rolled it back
    whole, the other has gone on, and what it says is judged again by what that one did. Raises
    Unavailable after TRIES, or StaleDataError or IntegrityError if it is always somebody else who
    was first.
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
        if _is_deadlock(error):
            raise Unavailable("busy") from error
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


class Database:
    """One engine and its ways in: `read()`, `unit_of_work()`, and `transaction()` for several."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self._writing = self.engine.execution_options(writing=True)
        self._passing = self.engine.execution_options(writing=True, waits=False)
        self._line = _line_of(self.engine)

    def session(self, *, writing: bool = False) -> Session:
        return _listened(Session(self._writing if writing else self.engine, expire_on_commit=False))

    @contextmanager
    def read(self, within: Connection | None = None) -> Iterator[Session]:
        """A session whose changes, if any, are thrown away; `within` a transaction it sees that.

        Raises Unavailable in an outage.
        """
        opened = self.session() if within is None else _inner(within)
        with told_as_unavailable(), opened as session:
            yield session

    @contextmanager
    def unit_of_work(self, within: Connection | None = None) -> Iterator[Session]:
        """One transaction: committed once when the block ends, rolled back if it raises.

        `within` a larger transaction its changes are sent, and stay if that does. Raises
        Unavailable in an outage: `database_away` where nothing was saved, `commit_unknown` where
        the server went away before it said whether it had.
        """
        if within is not None:
            with told_as_unavailable(), _inner(within) as session:
                yield session
                session.commit()
            return
        with told_as_unavailable(), _in_turn(self._line), self.session(writing=True) as session:
            yield session
            session.flush()
            with told_as_unavailable(self._when_lost):
                session.commit()

    def in_passing(self, work: Callable[[Session], object]) -> None:
        """Do what may as well be left undone: not while others write to SQLite, nor in an outage.

        So nobody who only reads waits for it. On PostgreSQL `work` itself passes by locked rows.
        """
        with (
            suppress(Unavailable),
            told_as_unavailable(),
            _in_turn(self._line, waits=False) as is_first,
        ):
            if is_first:
                with _listened(Session(self._passing, expire_on_commit=False)) as session:
                    work(session)
                    session.commit()

    @property
    def _when_lost(self) -> str:
        """SQLite always knows whether it has committed."""
        return "database_away" if self.engine.dialect.name == "sqlite" else "commit_unknown"

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction for several units of work: committed when the block ends, as they."""
        with (
            told_as_unavailable(),
            _in_turn(self._line),
            self._writing.connect() as connection,
            connection.begin() as whole,
        ):
            yield connection
            with told_as_unavailable(self._when_lost):
                whole.commit()

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
