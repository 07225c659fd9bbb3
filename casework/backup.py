"""The whole installation in one file, and back: every row, every stored file, checked both ways.

A backup is a tar with `manifest.json` (what is in it, with the sha256 of each part), one file of
JSON lines per table, the stored files by their sha256 (those of documents, and the templates that
these were made with) and, for an embedded installation, its secret key: it is as secret as the
installation itself. Rows are plain JSON, so that a backup from SQLite can be restored into
PostgreSQL and the other way round; one of an earlier version is brought up to this one. Letters
that were queued keep their Message-ID: end the first installation before the second starts, or
both send them, recognisable as the same letters.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Date, bindparam, func, insert, select, text, update
from sqlalchemy.exc import StatementError

from casework.audit.chain import derive_key
from casework.audit.verify import verify
from casework.db import Database, Moment
from casework.documents.store import FileStore
from casework.documents.template import kept_files
from casework.errors import Conflict, Invalid, NotFound
from casework.older_backup import replayed
from casework.schema import current, head, tables, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from casework.config import Settings

FORMAT = 1
BATCH = 500
CHUNK = 1024 * 1024
MANIFEST = "manifest.json"
KEY = "secret-key"
LARGEST_MANIFEST = 64 * 1024 * 1024
LONGEST_ROW = 64 * 1024 * 1024  # characters
WIDEST = 2**63
SHORTEST_KEY = 32
# What reading can come upon in content that somebody has made: wrong, too deep, or too large.
MALFORMED = (ValueError, TypeError, AttributeError, RecursionError, OverflowError, MemoryError)
_PART = re.compile(r"tables/[a-z_]+\.jsonl|files/[0-9a-f]{64}|secret-key|manifest\.json")


@dataclass(frozen=True)
class Report:
    """How much was kept or brought back."""

    rows: int
    files: int


def backup(settings: Settings, file: Path, moment: datetime) -> Report:
    """Write everything to `file` (mode 0600), whole or not at all.

    Raises NotFound or Conflict if a stored file is missing or damaged, Conflict if `file` cannot
    be written.
    """
    database = Database(settings.database_url)
    try:
        with TemporaryDirectory(dir=_folder_of(file)) as work, database.read() as session:
            if not settings.embedded:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            return _write(settings, session, file, Path(work), moment)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Conflict("backup_unwritable", file=str(file), reason=reason) from error
    finally:
        database.close()


def restore(settings: Settings, file: Path) -> Report:
    """Bring a backup into an empty installation, after all of it has been checked.

    Raises NotFound for no file, Invalid for one that is no whole backup, Conflict for an
    installation that is not empty, a version unknown here, or a record that does not hold.
    """
    upgrade(settings.database_url)
    database = Database(settings.database_url)
    try:
        with TemporaryDirectory(dir=settings.data_dir) as work:
            manifest = _unpack(file, Path(work))
            return _bring_back(settings, database, manifest, Path(work))
    except OSError as error:
        reason = error.strerror or str(error)
        raise Conflict("restore_unwritable", reason=reason) from error
    finally:
        database.close()


def _write(
    settings: Settings, session: Session, file: Path, work: Path, moment: datetime
) -> Report:
    counts = {table.name: _dump(session, table, _file(work, table)) for table in _ordered()}
    store = FileStore(settings.files_dir)
    wanted = _stored_files(session, store.read)
    parts = {f"tables/{each.name}.jsonl": _sum(_file(work, each)) for each in _ordered()}
    parts |= {f"files/{sha256}": sha256 for sha256 in wanted}
    key = settings.data_dir / KEY
    if _keeps_key(settings):
        parts[KEY] = _sum(key)
    manifest = {
        "format": FORMAT,
        "revision": current(settings.database_url),
        "made": moment.isoformat(),
        "columns": _columns(),
        "rows": counts,
        "parts": parts,
    }
    (work / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    packed = work / "packed"
    with tarfile.open(packed, "w") as tar:
        tar.add(work / MANIFEST, MANIFEST)
        for name in counts:
            tar.add(work / f"tables_{name}.jsonl", f"tables/{name}.jsonl")
        for sha256 in wanted:
            store.read(sha256)  # proves it whole
            tar.add(store.path(sha256), f"files/{sha256}")
        if KEY in parts:
            tar.add(key, KEY)
    packed.chmod(0o600)
    with packed.open("rb") as whole:
        os.fsync(whole.fileno())
    packed.replace(file)
    return Report(sum(counts.values()), len(wanted))


def _dump(session: Session, table: Table, file: Path) -> int:
    order = list(table.primary_key.columns)
    rows = session.execute(select(table).order_by(*order).execution_options(yield_per=BATCH))
    count = 0
    with file.open("w", encoding="utf-8") as lines:
        for row in rows:
            values = [_to_plain(value) for value in row]
            lines.write(json.dumps(values, ensure_ascii=False) + "\n")
            count += 1
    return count


def _unpack(file: Path, work: Path) -> dict[str, Any]:
    """Every part in `work`, checked against the manifest; nothing else is ever written."""
    try:
        with tarfile.open(file, "r:") as tar:
            manifest = _manifest(tar)
            parts: dict[str, str] = manifest["parts"]
            left = dict(parts)
            for member in tar:
                if member.name == MANIFEST:
                    continue
                expected = left.pop(member.name, None)
                # A sparse member may claim more than any disk holds.
                plain = member.isreg() and not member.issparse()
                source = tar.extractfile(member) if plain else None
                if expected is None or source is None or not _PART.fullmatch(member.name):
                    raise Invalid("backup_damaged", part=member.name[:100])
                if _copy(source, work / member.name.replace("/", "_")) != expected:
                    raise Invalid("backup_damaged", part=member.name)
    except FileNotFoundError as error:
        raise NotFound("backup_missing", file=str(file)) from error
    except (tarfile.TarError, OSError, KeyError, *MALFORMED) as error:
        raise Invalid("backup_unreadable", file=str(file)) from error
    if left:
        raise Invalid("backup_damaged", part=sorted(left)[0])
    return manifest


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    member = tar.next()
    if member is None or member.name != MANIFEST or not 0 < member.size < LARGEST_MANIFEST:
        raise ValueError("no manifest")
    source = tar.extractfile(member)
    manifest: dict[str, Any] = _parsed(source.read()) if source else {}
    shaped = [manifest["parts"], manifest["rows"], manifest.get("columns", {})]
    if manifest["format"] != FORMAT or not all(isinstance(each, dict) for each in shaped):
        raise ValueError("another format")
    return manifest


def _bring_back(
    settings: Settings, database: Database, manifest: dict[str, Any], work: Path
) -> Report:
    if manifest["revision"] != head():
        manifest = _brought_up(manifest, work)
    parts: dict[str, str] = manifest["parts"]
    columns = manifest.get("columns", _columns())
    rows = 0
    with database.unit_of_work() as session:
        _require_empty(session)
        for table in _ordered():
            if f"tables/{table.name}.jsonl" not in parts:
                raise Invalid("backup_damaged", part=table.name)
            count = _load(session, table, columns.get(table.name, []), work)
            if count != manifest["rows"].get(table.name):
                raise Invalid("backup_damaged", part=table.name)
            rows += count
        if not settings.embedded:
            _reset_sequences(session)
        wanted = _stored_files(session, partial(_unpacked, work))
        _require_files(wanted, parts)
        _verify(session, _secret(settings, work))
        store = FileStore(settings.files_dir)
        for sha256 in wanted:
            store.put((work / f"files_{sha256}").read_bytes())
        _keep_key(settings, work)
    return Report(rows, len(wanted))


def _verify(session: Session, secret: str) -> None:
    """Raise Conflict unless the record holds, Invalid if it is none."""
    try:
        found = verify(session, derive_key(secret, "audit"))
    except MALFORMED as error:
        raise Invalid("backup_damaged", part="audit_entry") from error
    if found.breaks:
        raise Conflict(found.breaks[0].code, place=found.breaks[0].place)


def _brought_up(manifest: dict[str, Any], work: Path) -> dict[str, Any]:
    """The manifest with this program's tables, whose rows take the place of the older ones."""
    database = Database(replayed(manifest, work))
    try:
        with database.read() as session:
            rows = {table.name: _dump(session, table, _file(work, table)) for table in _ordered()}
    finally:
        database.close()
    added = {f"tables/{name}.jsonl": "" for name in rows}
    parts = manifest["parts"] | added
    return manifest | {"rows": rows, "columns": _columns(), "parts": parts}


def _require_files(wanted: list[str], parts: dict[str, str]) -> None:
    """The files are those that the rows speak of, each under its own sum; no more, no fewer."""
    expected = {(f"files/{sha256}", sha256) for sha256 in wanted}
    found = {(name, digest) for name, digest in parts.items() if name.startswith("files/")}
    if expected != found:
        raise Invalid("backup_damaged", part=min(expected ^ found)[0])


def _load(session: Session, table: Table, columns: list[str], work: Path) -> int:
    """Put the rows of one table in, their values in the order of `columns`; gives their number."""
    session.execute(table.delete())  # the versions of workflow files that starting wrote
    links = _links_within(table)
    linked: list[dict[str, Any]] = []
    count = 0
    try:
        for lines in _batches(_file(work, table)):
            rows = [_row(table, columns, line) for line in lines]
            linked += [
                {"row": row["id"], **{f"to_{name}": row[name] for name in links}}
                for row in rows
                if any(row[name] is not None for name in links)
            ]
            session.execute(insert(table), [row | dict.fromkeys(links) for row in rows])
            count += len(rows)
        if linked:
            values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in links}
            change = update(table).where(table.c.id == bindparam("row")).values(values)
            session.connection().execute(change, linked)
    except (StatementError, *MALFORMED) as error:
        raise Invalid("backup_damaged", part=table.name) from error
    return count


def _links_within(table: Table) -> list[str]:
    """Columns that name a row of the same table, perhaps a later one: they are set last."""
    inner = [key for key in table.foreign_key_constraints if key.referred_table is table]
    return [name for key in inner for name in key.column_keys if name != "organisation_id"]


def _row(table: Table, columns: list[str], line: str) -> dict[str, Any]:
    """The columns of one line of JSON; raises ValueError for what is no row of `table`."""
    values = _parsed(line)
    if not isinstance(values, list):
        raise ValueError("not a row")  # noqa: TRY004 (wrong content, not wrong use)
    named = dict(zip(columns, values, strict=True))
    if named.keys() != set(table.columns.keys()):
        raise ValueError("other columns")
    return {each.name: _from_plain(each.type, named[each.name]) for each in table.columns}


def _batches(part: Path) -> Iterator[list[str]]:
    with part.open(encoding="utf-8") as lines:
        batch: list[str] = []
        held = 0
        while line := lines.readline(LONGEST_ROW + 1):
            if len(line) > LONGEST_ROW:
                raise ValueError("a row too long to be one")
            batch.append(line)
            held += len(line)
            if len(batch) == BATCH or held > LONGEST_ROW:
                yield batch
                batch, held = [], 0
        if batch:
            yield batch


def _require_empty(session: Session) -> None:
    for table in _ordered():
        if table.name != "workflow_version" and session.scalar(
            select(func.count()).select_from(table)
        ):
            raise Conflict("restore_not_empty", table=table.name)


def _reset_sequences(session: Session) -> None:
    for table in _ordered():
        if "id" in table.columns:
            last = session.scalar(select(func.max(table.c.id)))
            if last is not None:
                session.execute(
                    text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
                    {"name": table.name, "last": last},
                )


def _stored_files(session: Session, read: Callable[[str], bytes]) -> list[str]:
    """The sha256 of every file of a document, and of the templates that were kept with them."""
    document = tables().tables["document"]
    files = set(session.scalars(select(document.c.sha256).distinct()))
    for name in session.scalars(select(document.c.template_hash).distinct()):
        files.update(kept_files(name, read) if name else ())
    return sorted(files)


def _unpacked(work: Path, sha256: str) -> bytes:
    part = work / f"files_{sha256}"
    if not _PART.fullmatch(f"files/{sha256}") or not part.is_file():
        raise NotFound("file_missing", sha256=sha256[:64])
    return part.read_bytes()


def _columns() -> dict[str, list[str]]:
    """The order in which the values of a row stand, for each table."""
    return {table.name: table.columns.keys() for table in _ordered()}


def _file(work: Path, table: Table) -> Path:
    return work / f"tables_{table.name}.jsonl"


def _ordered() -> list[Table]:
    """All that is kept; when a job last ran is said of this machine, not of what it holds."""
    return [table for table in tables().sorted_tables if table.name != "tick"]


def _keeps_key(settings: Settings) -> bool:
    """The key in force lies in the data folder; one that is given from outside stays outside."""
    kept = settings.data_dir / KEY
    return (
        settings.embedded
        and kept.is_file()
        and kept.read_text(errors="replace").strip() == settings.secret_key
    )


def _secret(settings: Settings, work: Path) -> str:
    """The key that the restored installation will run with."""
    kept = work / KEY
    if not (_keeps_key(settings) and kept.is_file()):
        return settings.secret_key
    secret = kept.read_text(errors="replace").strip()
    if len(secret) < SHORTEST_KEY:
        raise Invalid("backup_damaged", part=KEY)
    return secret


def _keep_key(settings: Settings, work: Path) -> None:
    kept = work / KEY
    if _keeps_key(settings) and kept.is_file():
        kept.chmod(0o600)
        kept.replace(settings.data_dir / KEY)


def _to_plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _from_plain(kind: Any, value: Any) -> Any:
    """The value as its column takes it; raises ValueError or TypeError for what that cannot hold.

    SQLite would keep a text where a number belongs, and break on it later.
    """
    if value is None or isinstance(kind, JSON):
        return value
    if isinstance(kind, Moment):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return moment
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if type(value) is not kind.python_type:
        raise TypeError(f"{type(value).__name__} is no {kind}")
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("NUL")
    if type(value) is int and not -WIDEST <= value < WIDEST:
        raise ValueError("a number that no column holds")
    return value


def _parsed(content: str | bytes) -> Any:
    """The JSON as we write it: raises ValueError for NaN, and for a name given twice."""
    return json.loads(content, parse_constant=_no_number, object_pairs_hook=_named_once)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name given twice")
    return found


def _copy(source: Any, target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("wb") as file:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folder_of(file: Path) -> Path:
    folder = file.resolve().parent
    if not folder.is_dir():
        raise NotFound("backup_missing", file=str(folder))
    return folder
