"""What was plain text before it could be Markdown reads letter by letter as it did."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, text

from casework.config import shipped
from casework.text.parse import parse
from casework.text.plain import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

FILE = "0017_prose_as_markdown.py"
PLACES = (("agenda_item", "summary"), ("statement", "text"), ("report_back", "text"))
TEXTS = [
    *("Hej", "", "+ 3 procent", "2*3*4 kronor", "**viktigt**", "# 1 är först", "> 20 personer"),
    *("1. Först\n2. Sedan", "Post\t140\nAnnan\t6 300", "[a](b) <b> _c_", "Rad ett\nRad två\n\nNy"),
]


@pytest.fixture
def connection() -> Iterator[Connection]:
    """The tables as they were, with every text in each."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE body (id INTEGER)"))
        for table, column in PLACES:
            connection.execute(text(f"CREATE TABLE {table} (id INTEGER, {column} TEXT)"))
            rows = [{"id": n, "text": each} for n, each in enumerate(TEXTS, 1)]
            connection.execute(text(f"INSERT INTO {table} VALUES (:id, :text)"), rows)  # noqa: S608 (names of ours)
        yield connection


def kept(connection: Connection, table: str, column: str) -> list[str]:
    statement = text(f"SELECT {column} FROM {table} ORDER BY id")  # noqa: S608 (names of ours)
    return list(connection.scalars(statement))


def test_every_text_reads_as_it_did(connection: Connection) -> None:
    """Escaped on the way up, and the same again on the way down."""
    spec = importlib.util.spec_from_file_location(
        "prose_as_markdown", shipped("migrations") / "versions" / FILE
    )
    assert spec is not None
    assert spec.loader is not None
    migration: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    with Operations.context(MigrationContext.configure(connection)):
        migration.upgrade()
        for place in PLACES:
            now = kept(connection, *place)
            assert now[4] == "\\*\\*viktigt\\*\\*"
            assert [to_plain(parse(each)).split() for each in now] == [t.split() for t in TEXTS]
        migration.downgrade()
        assert kept(connection, *PLACES[1])[:7] == TEXTS[:7]
