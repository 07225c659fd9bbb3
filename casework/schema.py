"""The tables of the whole house, and the migrations that make them.

Alembic is imported where it works: a process that answers never migrates, and is smaller without.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

import casework
from casework.config import shipped
from casework.db import Base, open_engine

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, MetaData


_SAYS = re.compile(r'^(?P<what>revision|down_revision) = (?:"(?P<name>\w+)"|None)$', re.MULTILINE)


def tables() -> MetaData:
    """Every table: the `models` of each room, and what lies on the ground floor for all rooms."""
    package = Path(casework.__file__).parent
    for models in sorted((*package.glob("*/models.py"), *package.glob("*/models/__init__.py"))):
        room = models.relative_to(package).parts[0]
        importlib.import_module(f"casework.{room}.models")
    importlib.import_module("casework.counters")
    importlib.import_module("casework.once")
    return Base.metadata


def upgrade(url: str, to: str = "head") -> None:
    """Bring the database at `url` to the revision `to`."""
    from alembic import command

    command.upgrade(_config(url), to)


def downgrade(url: str, to: str) -> None:
    """Take the database at `url` back to the revision `to` (`base`: no tables at all)."""
    from alembic import command

    command.downgrade(_config(url), to)


def current(url: str) -> str | None:
    """The revision that the database at `url` stands on; None before the first."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return stands_on(connection)
    finally:
        engine.dispose()


def stands_on(connection: Connection) -> str | None:
    """The revision that a database says it stands on; None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def head() -> str | None:
    """The newest revision that came with the program."""
    chain = _chain()
    return next((each for each in chain if each not in chain.values()), None)


def revisions() -> set[str]:
    """Every revision from which this program leads on to its own."""
    return set(_chain())


def _chain() -> dict[str, str | None]:
    """Each revision and the one before it, as the migrations say themselves."""
    chain: dict[str, str | None] = {}
    for file in (shipped("migrations") / "versions").glob("*.py"):
        said = {found["what"]: found["name"] for found in _SAYS.finditer(file.read_text("utf-8"))}
        chain[said["revision"] or ""] = said["down_revision"]
    return chain


def _config(url: str) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    config.attributes["url"] = url
    return config
