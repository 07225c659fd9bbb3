"""A backup made to harm, sums and all, is one refusal and leaves nothing behind."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from casework.app import installation
from casework.backup import backup, restore
from casework.config import Settings, load_settings
from casework.errors import Conflict, Invalid
from casework.schema import upgrade
from tests.backup.test_backup import MOMENT, SECRET, counts, filled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Parts = dict[str, bytes]

PERSONS = "tables/person.jsonl"


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
