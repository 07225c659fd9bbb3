"""Fresh databases with every table, cloned from one template so that a test costs milliseconds.

A world that takes long to make is made once and then copied in the same way: its database, its
folder, and what its maker returned.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, text

from casework.schema import upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import URL, Engine


def do_not_wait_for_the_disk(engine: Engine) -> None:
    """A test's SQLite file need not outlive a power cut."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _relax(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    engine.dispose()


class SqliteMaker:
    """Clones of one SQLite file; made worlds are kept in `shelf`, for several processes."""

    def __init__(self, folder: Path, shelf: Path) -> None:
        self._folder = folder
        self._shelf = shelf / "sqlite"
        self._numbers = count()

    @contextmanager
    def fresh(self, *, empty: bool = False) -> Iterator[str]:
        """The address of a new database: with every table, or `empty`."""
        with self._clone(None if empty else self._filled()) as url:
            yield url

    @contextmanager
    def copied(
        self, name: str, folder: Path, make: Callable[[str, Path], Any]
    ) -> Iterator[tuple[str, Any]]:
        """A copy of the world `name`, its files in `folder`: its address, and what `make` gave.

        `make(address, folder)` is called for the first copy alone; it closes what it opens.
        """
        kept = self._shelf / name

        def first(files: Path) -> Any:
            shutil.copyfile(self._filled(), kept / "database")
            return make(f"sqlite:///{kept / 'database'}", files)

        made = _made_once(kept, folder, first)
        with self._clone(kept / "database") as url:
            yield url, made

    @contextmanager
    def _clone(self, template: Path | None) -> Iterator[str]:
        file = self._folder / f"casework-{next(self._numbers)}.db"
        if template:
            shutil.copyfile(template, file)
        yield f"sqlite:///{file}"
        for leftover in self._folder.glob(f"{file.name}*"):
            leftover.unlink()

    def _filled(self) -> Path:
        kept = self._shelf / "template"
        template = kept / "database"
        with _alone_with(kept):
            if not template.exists():
                upgrade(f"sqlite:///{kept / 'unfinished'}")
                (kept / "unfinished").rename(template)
        return template


class PostgresMaker:
    """Clones of one PostgreSQL database; made worlds are kept in `shelf` and on the server."""

    def __init__(self, server: URL, shelf: Path) -> None:
        self._server = server
        self._shelf = shelf / f"postgres-{os.getpid()}"
        self._admin = create_engine(server, isolation_level="AUTOCOMMIT")
        self._names = (f"casework_test_{os.getpid()}_{number}" for number in count())
        self._template = ""
        self._kept: list[str] = []

    @contextmanager
    def fresh(self, *, empty: bool = False) -> Iterator[str]:
        """The address of a new database: with every table, or `empty`."""
        with self._clone("template0" if empty else self._filled()) as url:
            yield url

    @contextmanager
    def copied(
        self, name: str, folder: Path, make: Callable[[str, Path], Any]
    ) -> Iterator[tuple[str, Any]]:
        """As SqliteMaker's."""
        kept = f"casework_test_{os.getpid()}_{name}"

        def first(files: Path) -> Any:
            self._kept.append(self._create(self._filled(), kept))
            return make(self._address(kept), files)

        made = _made_once(self._shelf / name, folder, first)
        with self._clone(kept) as url:
            yield url, made

    def close(self) -> None:
        """Drop the templates and let go of the server."""
        for name in filter(None, (*self._kept, self._template)):
            self._drop(name)
        self._admin.dispose()

    def _filled(self) -> str:
        if not self._template:
            name = self._create("template0", next(self._names))
            upgrade(self._address(name))
            self._template = name
        return self._template

    @contextmanager
    def _clone(self, template: str) -> Iterator[str]:
        name = self._create(template, next(self._names))
        yield self._address(name)
        self._drop(name)

    def _create(self, template: str, name: str) -> str:
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' {self._quickly()}")
        return name

    def _quickly(self) -> str:
        """Copied as files, a small database takes 20 ms instead of 240; older ones always are."""
        with self._admin.connect() as connection:
            version = connection.dialect.server_version_info or (0,)
        return "STRATEGY FILE_COPY" if version >= (15,) else ""

    def _drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def _address(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)


def _made_once(kept: Path, folder: Path, first: Callable[[Path], Any]) -> Any:
    """What `first` gave, and its files in `folder`; another process that wants it waits."""
    files, made = kept / "files", kept / "made"
    with _alone_with(kept):
        if not made.exists():
            files.mkdir()
            made.write_bytes(pickle.dumps(first(files)))
    shutil.copytree(files, folder, dirs_exist_ok=True)
    return pickle.loads(made.read_bytes())  # noqa: S301 (written above)


@contextmanager
def _alone_with(kept: Path) -> Iterator[None]:
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


DatabaseMaker = SqliteMaker | PostgresMaker
