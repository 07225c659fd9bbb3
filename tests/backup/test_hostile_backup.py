"""A backup made to harm, sums and all, is one refusal and leaves nothing behind."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from casework.app import installation
from casework.backup import MALFORMED, _row, _unpack, backup, restore
from casework.config import Settings, load_settings
from casework.db import Database
from casework.errors import Conflict, Invalid, Refusal
from casework.schema import tables, upgrade
from tests.backup.test_backup import MOMENT, SECRET, counts, filled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Parts = dict[str, bytes]

PERSONS, AUDIT = "tables/person.jsonl", "tables/audit_entry.jsonl"


def settings_of(folder: Path, **more: str) -> Settings:
    return load_settings({"CASEWORK_DATA_DIR": str(folder), **more})


@pytest.fixture
def whole(sqlite_maker: Any, tmp_path: Path) -> Iterator[Path]:
    """A good backup."""
    with sqlite_maker.fresh() as url:
        first = settings_of(tmp_path / "first", CASEWORK_DATABASE_URL=url)
        filled(first)
        backup(first, tmp_path / "b.tar", MOMENT)
        yield tmp_path / "b.tar"


def forge(file: Path, change: Callable[[Parts, dict[str, Any]], None]) -> None:
    """Change parts and manifest, and make every sum right again."""
    with tarfile.open(file) as tar:
        parts = {each.name: tar.extractfile(each).read() for each in tar}  # type: ignore[union-attr]
    manifest = json.loads(parts.pop("manifest.json"))
    change(parts, manifest)
    manifest["parts"] = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    with tarfile.open(file, "w") as tar:
        for name, data in {"manifest.json": json.dumps(manifest).encode(), **parts}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def without_files(parts: Parts, _manifest: dict[str, Any]) -> None:
    for name in [name for name in parts if name.startswith("files/")]:
        del parts[name]


def other_content(parts: Parts, _manifest: dict[str, Any]) -> None:
    parts.update({name: b"other" for name in parts if name.startswith("files/")})


def row(**columns: bytes) -> Callable[[Parts, dict[str, Any]], None]:
    """The first person's row with other JSON in these columns."""

    def change(parts: Parts, _manifest: dict[str, Any]) -> None:
        first, *others = parts[PERSONS].splitlines(keepends=True)
        names = [column.name for column in tables().tables["person"].columns]
        values = [json.dumps(value).encode() for value in json.loads(first)]
        for name, value in columns.items():
            values[names.index(name)] = value
        parts[PERSONS] = b"".join([b"[" + b",".join(values) + b"]\n", *others])

    return change


def detail(value: bytes) -> Callable[[Parts, dict[str, Any]], None]:
    """Other JSON as what the first entry of the record tells."""

    def change(parts: Parts, _manifest: dict[str, Any]) -> None:
        first, *others = parts[AUDIT].splitlines(keepends=True)
        names = [column.name for column in tables().tables["audit_entry"].columns]
        values = [json.dumps(value).encode() for value in json.loads(first)]
        values[names.index("detail")] = value
        parts[AUDIT] = b"".join([b"[" + b",".join(values) + b"]\n", *others])

    return change


DEEP = b"[" * 100_000 + b"]" * 100_000
HOSTILE = {
    "a deep row": row(title=DEEP),
    "a deep line": lambda parts, _: parts.update({PERSONS: DEEP + b"\n"}),
    "a line without an end": lambda parts, _: parts.update({PERSONS: b"[" * 1_000_000}),
    "a number of 5,000 digits": row(version=b"9" * 5000),
    "a number of 65 bits": row(version=b"18446744073709551616"),
    "a number of 64 bits": row(version=b"9223372036854775808"),
    "NaN": row(version=b"NaN"),
    "infinity": row(version=b"-Infinity"),
    "a number beyond the largest": row(version=b"1e999"),
    "a fraction": row(version=b"1.5"),
    "a text as number": row(version=b'"many"'),
    "a truth as number": row(version=b"true"),
    "a number as text": row(title=b"5"),
    "an object as text": row(title=b'{"a": 1}'),
    "a NUL": row(title=b'"a\\u0000b"'),
    "half a character": row(title=b'"\\ud800"'),
    "no name": row(name=b"null"),
    "a deep detail": detail(b'{"a": ' * 50_000 + b"1" + b"}" * 50_000),
    "a detail of NaN": detail(b'{"a": NaN}'),
    "a detail of a huge number": detail(b'{"a": ' + b"9" * 5000 + b"}"),
    "a detail with a name twice": detail(b'{"a": 1, "a": 2}'),
    "no detail": detail(b"5"),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_part_is_one_sentence(
    whole: Path, tmp_path: Path, change: Callable[[Parts, dict[str, Any]], None]
) -> None:
    """Too deep, too large, or of another type: refused by name, and nothing is restored."""
    forge(whole, change)
    refused(tmp_path / "second", whole)


def refused(folder: Path, file: Path) -> None:
    second = settings_of(folder)
    with pytest.raises(Refusal, match=r"backup_(damaged|unreadable)|audit_changed"):
        restore(second, file)
    database = Database(second.database_url)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(tables().tables["person"])) == 0
    database.close()
    assert not second.files_dir.exists()


MANIFESTS = {
    "deep": DEEP,
    "deep parts": b'{"format": 1, "rows": {}, "revision": "", "parts": ' + DEEP + b"}",
    "huge": b'{"format": ' + b"9" * 5000 + b"}",
    "NaN": b'{"format": NaN}',
    "a list": b"[]",
    "a number": b"5",
    "null": b"null",
    "no text": b"\xff\xfe",
    "twice": b'{"format": 1, "format": 1, "parts": {}, "rows": {}, "revision": "0"}',
}


@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS)
def test_a_hostile_manifest_is_one_sentence(tmp_path: Path, manifest: bytes) -> None:
    """It is the first thing that is read, before anything is checked by its sum."""
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(manifest)
        tar.addfile(entry, io.BytesIO(manifest))
    refused(tmp_path / "second", tmp_path / "b.tar")


def test_counts_of_tables_that_do_not_exist_are_not_believed(whole: Path, tmp_path: Path) -> None:
    """What is told of the restored rows is what was counted, not what the file says."""
    forge(whole, lambda _, manifest: manifest["rows"].update(nowhere="many"))
    assert restore(settings_of(tmp_path / "second"), whole).rows > 0


def test_a_key_that_is_none_is_not_taken(whole: Path, tmp_path: Path) -> None:
    """An empty key would sign nothing."""
    forge(
        whole,
        lambda parts, _: (
            parts.update({"secret-key": b"\n"}) if "secret-key" in parts else parts.pop(PERSONS)
        ),
    )
    refused(tmp_path / "second", whole)


JSONS = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(column=st.integers(0, 50), value=JSONS)
def test_any_other_value_is_taken_whole_or_refused(column: int, value: Any) -> None:
    """A row is what its columns can hold, or a refusal that names no more than its table."""
    table = tables().tables["matter"]
    columns = list(table.columns)
    plain = [None] * len(columns)
    plain[column % len(columns)] = value
    try:
        found = _row(table, json.dumps(plain))
    except MALFORMED:
        return
    kept = found[columns[column % len(columns)].name]
    assert kept == value or isinstance(kept, datetime | date)


@settings(max_examples=60)
@given(st.binary(max_size=600))
def test_any_bytes_are_refused_in_one_sentence(content: bytes) -> None:
    """Whatever the file is, reading it ends in a refusal."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "b.tar")
        file.write_bytes(content)
        with pytest.raises(Invalid, match="backup_unreadable"):
            _unpack(file, Path(folder))


@pytest.mark.parametrize(
    "change",
    [
        lambda parts, _: parts.pop(PERSONS),
        lambda parts, _: parts.update({PERSONS: b"{not json\n"}),
        lambda parts, _: parts.update({PERSONS: b"\xff\xfe\n"}),
        lambda parts, _: parts.update({PERSONS: b"[1, 2]\n"}),
        lambda parts, _: parts.update({PERSONS: parts[PERSONS].splitlines(True)[0] * 2}),
        lambda _, manifest: manifest["rows"].update(person=3),
        lambda _, manifest: manifest.update(rows=[]),
        without_files,
        other_content,
    ],
    ids=[
        "no table",
        "no JSON",
        "no text",
        "short row",
        "row twice",
        "wrong count",
        "no counts",
        "no files",
        "other file",
    ],
)
def test_a_forged_backup_changes_nothing(
    whole: Path, tmp_path: Path, change: Callable[[Parts, dict[str, Any]], None]
) -> None:
    """Right sums do not make a right backup: rows and files must agree with each other."""
    forge(whole, change)
    second = settings_of(tmp_path / "second")
    key = (second.data_dir / "secret-key").read_text()
    with pytest.raises(Invalid, match=r"backup_(damaged|unreadable)"):
        restore(second, whole)
    casework = installation(second)
    assert counts(casework) == (0, 0)
    casework.database.close()
    assert not second.files_dir.exists()
    assert (second.data_dir / "secret-key").read_text() == key


@pytest.mark.parametrize(
    "columns", [{"person": ["id"]}, {"person": 1}, {"person": [[]]}, {"person": None}, []]
)
def test_columns_that_do_not_fit_are_refused(whole: Path, tmp_path: Path, columns: Any) -> None:
    """A backup says in which order its values stand; what says it wrongly is no backup."""
    forge(
        whole,
        lambda _, manifest: manifest.update(
            columns=manifest["columns"] | columns if columns else columns
        ),
    )
    with pytest.raises(Invalid, match=r"backup_(damaged|unreadable)"):
        restore(settings_of(tmp_path / "second"), whole)


def test_columns_may_stand_in_another_order(whole: Path, tmp_path: Path) -> None:
    """A backup names its columns, so that one added in the middle of a table harms none."""

    def turned(parts: Parts, manifest: dict[str, Any]) -> None:
        rows = [json.loads(line)[::-1] for line in parts[PERSONS].splitlines()]
        parts[PERSONS] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        manifest["columns"]["person"].reverse()

    forge(whole, turned)
    second = settings_of(tmp_path / "second")
    restore(second, whole)
    casework = installation(second)
    assert counts(casework) == (10, 1)
    casework.database.close()


def test_another_version_is_named(whole: Path, tmp_path: Path) -> None:
    """Rows of other tables are not guessed at."""
    forge(whole, lambda _, manifest: manifest.update(revision="0000"))
    with pytest.raises(Conflict, match="backup_other_version"):
        restore(settings_of(tmp_path / "second"), whole)


def test_a_changed_record_is_not_restored(whole: Path, tmp_path: Path) -> None:
    """Whoever changes what happened, and every sum with it, still lacks the key's seal."""

    def retell(parts: Parts, _manifest: dict[str, Any]) -> None:
        told = parts["tables/audit_entry.jsonl"]
        assert b"register" in told
        parts["tables/audit_entry.jsonl"] = told.replace(b"register", b"dispatch")

    forge(whole, retell)
    second = settings_of(tmp_path / "second")
    with pytest.raises(Conflict, match="audit_changed"):
        restore(second, whole)
    assert not second.files_dir.exists()


def test_a_hole_is_not_filled(whole: Path, tmp_path: Path) -> None:
    """A sparse member of a terabyte takes no room in the tar, and none on the disk."""
    with tarfile.open(whole) as tar:
        manifest = tar.extractfile("manifest.json").read()  # type: ignore[union-attr]
    with tarfile.open(whole, "w", format=tarfile.PAX_FORMAT) as tar:
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(manifest)
        tar.addfile(entry, io.BytesIO(manifest))
        bomb = tarfile.TarInfo(PERSONS)
        bomb.pax_headers = {"GNU.sparse.size": str(1 << 40), "GNU.sparse.map": f"{1 << 40},0"}
        tar.addfile(bomb)
    with tarfile.open(whole) as tar:
        assert tar.getmember(PERSONS).size == 1 << 40
    with pytest.raises(Invalid, match="backup_damaged"):
        restore(settings_of(tmp_path / "second"), whole)


def test_a_key_given_from_outside_stays_outside(tmp_path: Path) -> None:
    """An old key in the data folder is not the one that the record was sealed with."""
    folder = tmp_path / "first"
    settings_of(folder)
    first = settings_of(folder, CASEWORK_SECRET_KEY=SECRET)
    upgrade(first.database_url)
    filled(first)
    backup(first, tmp_path / "b.tar", MOMENT)
    with tarfile.open(tmp_path / "b.tar") as tar:
        assert "secret-key" not in tar.getnames()
    assert restore(settings_of(tmp_path / "second", CASEWORK_SECRET_KEY=SECRET), tmp_path / "b.tar")


def test_a_place_that_cannot_be_written_is_named(database_url: str, tmp_path: Path) -> None:
    """A folder in the way is one sentence."""
    settings = settings_of(
        tmp_path / "first", CASEWORK_DATABASE_URL=database_url, CASEWORK_SECRET_KEY=SECRET
    )
    (tmp_path / "folder").mkdir()
    with pytest.raises(Conflict, match="backup_unwritable"):
        backup(settings, tmp_path / "folder", MOMENT)
