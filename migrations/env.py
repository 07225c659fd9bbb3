"""How Alembic reaches the database: the address it is given, else the installation's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from alembic import context
from sqlalchemy import JSON

from casework.config import load_settings
from casework.db import Moment, open_engine
from casework.schema import tables

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def render(kind: str, item: Any, revision: AutogenContext) -> str | Literal[False]:
    """A revision must outlive our column types: it names what the database stores."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        revision.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def migrate() -> None:
    url = context.config.attributes.get("url") or load_settings().database_url
    engine = open_engine(url)
    try:
        with engine.execution_options(writing=True).begin() as connection:
            context.configure(
                connection=connection,
                target_metadata=tables(),
                render_as_batch=connection.dialect.name == "sqlite",
                render_item=render,
                transaction_per_migration=False,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        engine.dispose()


migrate()
