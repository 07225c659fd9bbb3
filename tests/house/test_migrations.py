"""The migrations make exactly the tables that the models describe, on both engines."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect, text

from casework.db import open_engine
from casework.schema import current, downgrade, head, tables, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sqlalchemy import Connection

    from tests.support.databases import DatabaseMaker


@pytest.fixture
def empty_url(database_maker: DatabaseMaker) -> Iterator[str]:
    """A database without a single table."""
    with database_maker.fresh(empty=True) as url:
        yield url


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A transaction on the database at `url`."""
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def differences(connection: Connection, models: MetaData) -> list[Any]:
    """What Alembic would have to write for the tables to be as the models say."""
    found: list[Any] = compare_metadata(MigrationContext.configure(connection), models)
    return found


def test_migrated_tables_are_the_models(empty_url: str) -> None:
    """A model changed without a migration is found here: `sh .ci/migration "Say what changes"`."""
    upgrade(empty_url)
    with connected(empty_url) as connection:
        assert differences(connection, tables()) == []


def test_a_forgotten_migration_would_be_found(empty_url: str) -> None:
    """The comparison is not blind: a column that the models lack shows."""
    upgrade(empty_url)
    with connected(empty_url) as connection:
        connection.execute(text("ALTER TABLE organisation ADD COLUMN forgotten INTEGER"))
        [found] = differences(connection, tables())
        assert found[0] == "remove_column"


def test_every_migration_goes_up_and_down(empty_url: str) -> None:
    """An installation can go back, and forward again, and ends where it would have been."""
    upgrade(empty_url)
    assert current(empty_url) == head()
    downgrade(empty_url, "base")
    assert current(empty_url) is None
    with connected(empty_url) as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    upgrade(empty_url)
    assert current(empty_url) == head()


def test_a_second_upgrade_does_nothing(empty_url: str) -> None:
    """`casework serve` upgrades at every start."""
    upgrade(empty_url)
    upgrade(empty_url)
    assert current(empty_url) == head()
