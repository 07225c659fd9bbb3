"""The tables of the whole house, and the migrations that make them."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import casework
from casework.config import shipped
from casework.db import Base, open_engine

if TYPE_CHECKING:
    from sqlalchemy import MetaData


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
    command.upgrade(_config(url), to)


def downgrade(url: str, to: str) -> None:
    """Take the database at `url` back to the revision `to` (`base`: no tables at all)."""
    command.downgrade(_config(url), to)


def current(url: str) -> str | None:
    """The revision that the database at `url` stands on; None before the first."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def head() -> str | None:
    """The newest revision that came with the program."""
    return ScriptDirectory(str(shipped("migrations"))).get_current_head()


def revisions() -> set[str]:
    """Every revision from which this program leads on to its own."""
    scripts = ScriptDirectory(str(shipped("migrations")))
    return {script.revision for script in scripts.walk_revisions()}


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    config.attributes["url"] = url
    return config
