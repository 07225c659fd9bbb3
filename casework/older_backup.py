"""A backup of an earlier version: its rows take the road of the migrations in a database beside.

They are put into the tables of their own revision, which are then brought up to this program's.
Only what comes out of it is restored, checked like any other backup.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Date, DateTime, MetaData, insert, null
from sqlalchemy.exc import SQLAlchemyError

from casework.db import open_engine
from casework.errors import Conflict, Invalid
from casework.schema import revisions, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Column, Connection, Table

BATCH = 500


def replayed(manifest: Mapping[str, Any], work: Path) -> str:
    """The address of a database in `work` with the rows of the backup in this program's tables.

    The backup lies unpacked in `work`. Raises Conflict (backup_other_version) for a revision that
    leads nowhere here, Invalid (backup_damaged) for rows that do not fit their own tables.
    """
    revision = str(manifest["revision"])
    if revision not in revisions():
        raise Conflict("backup_other_version", revision=revision)
    url = f"sqlite:///{work / 'older.db'}"
    upgrade(url, revision)
    _fill(url, manifest, work)
    try:
        upgrade(url)
    except SQLAlchemyError as error:
        raise Invalid("backup_damaged", part=revision) from error
    return url


def _fill(url: str, manifest: Mapping[str, Any], work: Path) -> None:
    engine, found = open_engine(url), MetaData()
    try:
        found.reflect(engine)
        with engine.begin() as connection:
            # A row may name one that comes after it; all are there in the end.
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            for table in found.tables.values():
                if table.name != "alembic_version":
                    _fill_table(connection, table, manifest, work)
    except SQLAlchemyError as error:
        raise Invalid("backup_damaged", part="tables") from error
    finally:
        engine.dispose()


def _fill_table(
    connection: Connection, table: Table, manifest: Mapping[str, Any], work: Path
) -> None:
    # Before columns were named in the manifest, they had the order of the tables themselves.
    names = manifest.get("columns", {}).get(table.name, table.columns.keys())
    count, batch = 0, []
    try:
        for row in _rows(table, names, work / f"tables_{table.name}.jsonl"):
            batch.append(row)
            if len(batch) == BATCH:
                connection.execute(insert(table), batch)
                batch.clear()
            count += 1
        if batch:
            connection.execute(insert(table), batch)
    except (OSError, TypeError, ValueError, KeyError, RecursionError, SQLAlchemyError) as error:
        raise Invalid("backup_damaged", part=table.name) from error
    if count != manifest["rows"].get(table.name):
        raise Invalid("backup_damaged", part=table.name)


def _rows(table: Table, names: list[str], file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            pairs = zip(names, json.loads(line), strict=True)
            yield {name: _value(table.columns[name], value) for name, value in pairs}


def _value(column: Column[Any], value: Any) -> Any:
    """As SQLite keeps it: a moment is UTC without saying so, and no JSON is NULL."""
    if value is None:
        return null() if isinstance(column.type, JSON) and column.nullable else None
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value
