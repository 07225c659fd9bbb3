"""Every table belongs to one organisation, so that one installation can hold many, kept apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, UniqueConstraint

from casework.schema import tables
from tests.house.exceptions import TABLES, UNIQUE_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

ALL = sorted(tables().tables.values(), key=lambda table: table.name)
OWNED = [table for table in ALL if table.name not in TABLES]


def first_column(table: Table) -> str:
    return next(iter(table.columns)).name


def unique_keys(table: Table) -> Iterator[tuple[str, str]]:
    """Each unique key of a table beside its primary key: its name and its first column."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield str(constraint.name), next(iter(constraint.columns)).name
    for index in table.indexes:
        if index.unique:
            yield str(index.name), next(iter(index.columns)).name


def crossing(table: Table) -> Iterator[str]:
    """Foreign keys to an owned table that could reach another organisation's row."""
    for key in table.foreign_key_constraints:
        names = [column.name for column in key.columns]
        if key.referred_table.name not in TABLES and names[:1] != ["organisation_id"]:
            yield f"{table.name}.{', '.join(names)}"


@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.name)
def test_the_organisation_leads_the_table_and_its_unique_keys(table: Table) -> None:
    """Derive the model from `casework.db.Owned`; begin its unique keys with the organisation."""
    assert first_column(table) == "organisation_id"
    wrong = [
        name
        for name, first in unique_keys(table)
        if first != "organisation_id" and name not in UNIQUE_KEYS
    ]
    assert wrong == []


@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.name)
def test_no_foreign_key_crosses_organisations(table: Table) -> None:
    """Use `casework.db.refers`: the database itself refuses a row of somebody else's."""
    assert list(crossing(table)) == []


def test_no_exception_is_left_over() -> None:
    """An exception that no table needs any more hides the next mistake."""
    keys = {name for table in OWNED for name, first in unique_keys(table)}
    assert set(TABLES) <= {table.name for table in ALL}
    assert set(UNIQUE_KEYS) <= keys


def test_a_table_of_nobody_would_be_found() -> None:
    """The look-out sees a missing owner, a global unique key and a foreign key that crosses."""
    metadata = MetaData()
    Table("matter", metadata, Column("organisation_id", Integer), Column("id", Integer))
    table = Table(
        "stray",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("matter_id", Integer, ForeignKey("matter.id")),
        UniqueConstraint("matter_id", name="global"),
    )
    Index("also_global", table.c.matter_id, unique=True)
    assert first_column(table) == "id"
    assert sorted(unique_keys(table)) == [("also_global", "matter_id"), ("global", "matter_id")]
    assert list(crossing(table)) == ["stray.matter_id"]
