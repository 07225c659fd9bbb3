"""Fresh databases with every table, cloned from one template so that a test costs milliseconds."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, text

from casework.schema import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    """Clones of one SQLite file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        self._template: Path | None = None

    @contextmanager
    def fresh(self, *, empty: bool = False) -> Iterator[str]:
        """The address of a new database: with every table, or `empty`."""
        file = self._folder / f"casework-{next(self._numbers)}.db"
        if not empty:
            shutil.copyfile(self._filled(), file)
        yield f"sqlite:///{file}"
        for leftover in self._folder.glob(f"{file.name}*"):
            leftover.unlink()

    def _filled(self) -> Path:
        if self._template is None:
            template = self._folder / "template.db"
            upgrade(f"sqlite:///{template}")
            self._template = template
        return self._template


class PostgresMaker:
    """Clones of one PostgreSQL database."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._admin = create_engine(server, isolation_level="AUTOCOMMIT")
        self._names = (f"casework_test_{os.getpid()}_{number}" for number in count())
        self._template = ""

    @contextmanager
    def fresh(self, *, empty: bool = False) -> Iterator[str]:
        """The address of a new database: with every table, or `empty`."""
        name = self._create("template0" if empty else self._filled())
        yield self._address(name)
        self._drop(name)

    def close(self) -> None:
        """Drop the template and let go of the server."""
        if self._template:
            self._drop(self._template)
        self._admin.dispose()

    def _filled(self) -> str:
        if not self._template:
            name = self._create("template0")
            upgrade(self._address(name))
            self._template = name
        return self._template

    def _create(self, template: str) -> str:
        name = next(self._names)
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


DatabaseMaker = SqliteMaker | PostgresMaker
