"""A backup of an earlier version is brought up to this one, on either engine."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from casework import schema
from casework.app import Casework, installation
from casework.audit.verify import verify
from casework.backup import restore
from casework.config import Settings, shipped
from casework.documents.models import Document
from casework.documents.proof import prove
from casework.errors import Conflict, Invalid
from casework.matters.models import Matter
from casework.people.models import Organisation
from tests.upgrade.test_upgrade import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.databases import DatabaseMaker, SqliteMaker

NEXT = """
revision = "next"
down_revision = "{head}"
branch_labels = depends_on = None

def upgrade():
    motto = sa.Column("motto", sa.String(), server_default="", nullable=False)
    op.add_column("organisation", motto)
    op.execute("UPDATE organisation SET motto = name, name = 'Region Exempel'")

def downgrade():
    op.drop_column("organisation", "motto")
"""


@pytest.fixture
def settings(
    database_maker: DatabaseMaker, first_version: Path, tmp_path: Path
) -> Iterator[Settings]:
    """An installation without a table, with the key of the first version."""
    with database_maker.fresh(empty=True) as url:
        key = (first_version / "data" / "secret-key").read_text()
        yield settings_of(tmp_path / "restored", CASEWORK_DATABASE_URL=url, CASEWORK_SECRET_KEY=key)


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program with one more migration, which changes rows as well."""
    folder = tmp_path / "migrations"
    shutil.copytree(shipped("migrations"), folder)
    source = "import sqlalchemy as sa\nfrom alembic import op\n" + NEXT.format(head=schema.head())
    (folder / "versions" / "next.py").write_text(source)
    monkeypatch.setattr(schema, "shipped", lambda name: folder if name == "migrations" else None)


def faults(casework: Casework) -> list[str]:
    """What does not hold of the record and of the documents."""
    press = casework.services.press
    with casework.database.read() as session:
        breaks = [each.code for each in verify(session, casework.services.audit.key).breaks]
        proofs = prove(session, press.makers, press.files)
        return breaks + [f"{each.document.filename} {each.code}" for each in proofs if each.code]


def counted(casework: Casework) -> tuple[int | None, int | None]:
    """How many documents and matters there are."""
    with casework.database.read() as session:
        documents = session.scalar(select(func.count()).select_from(Document))
        return documents, session.scalar(select(func.count()).select_from(Matter))


def test_the_first_versions_backup_is_restored(settings: Settings, first_version: Path) -> None:
    """Then the database goes back to the first tables and up again, with every row in it."""
    restore(settings, first_version / "backup.tar")
    schema.downgrade(settings.database_url, "0001")
    schema.upgrade(settings.database_url)
    casework = installation(settings)
    assert counted(casework) == (90, 13)
    assert faults(casework) == []
    casework.database.close()


@pytest.mark.usefixtures("next_version")
def test_an_older_backup_takes_the_migrations(
    sqlite_maker: SqliteMaker, first_version: Path, tmp_path: Path
) -> None:
    """Its rows come to the tables of today by the same road as those of an upgraded database."""
    with sqlite_maker.fresh(empty=True) as url:
        settings = settings_of(tmp_path / "restored", CASEWORK_DATABASE_URL=url)
        restore(settings, first_version / "backup.tar")
        casework = installation(settings)
        assert counted(casework) == (90, 13)
        with casework.database.read() as session:
            assert session.scalar(select(Organisation.name)) == "Region Exempel"
        casework.database.close()


def test_a_newer_backup_is_named(settings: Settings, first_version: Path, tmp_path: Path) -> None:
    """An older program does not guess at what a newer one wrote."""
    newer = forged(first_version / "backup.tar", tmp_path, revision="9999")
    with pytest.raises(Conflict, match="backup_other_version"):
        restore(settings, newer)


@pytest.mark.usefixtures("next_version")
@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("person", b"[1]\n"),
        ("document", b"{}\n"),
        ("matter", b"\xff\n"),
        ("audit_entry", b"[" * 100_000 + b"\n"),
        ("organisation", b""),
    ],
    ids=["short row", "no row", "no text", "too deep", "wrong count"],
)
def test_a_damaged_older_backup_changes_nothing(
    sqlite_maker: SqliteMaker, first_version: Path, tmp_path: Path, table: str, row: bytes
) -> None:
    """Rows that never stood in the tables of then are refused, and the installation is empty."""
    damaged = forged(first_version / "backup.tar", tmp_path, parts={f"tables/{table}.jsonl": row})
    with sqlite_maker.fresh(empty=True) as url:
        settings = settings_of(tmp_path / "restored", CASEWORK_DATABASE_URL=url)
        with pytest.raises(Invalid, match="backup_damaged"):
            restore(settings, damaged)
        casework = installation(settings)
        assert counted(casework) == (0, 0)
        casework.database.close()


def opened(file: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest of a backup, and its parts."""
    with tarfile.open(file) as tar:
        parts = {each.name: tar.extractfile(each).read() for each in tar}  # type: ignore[union-attr]
    return json.loads(parts.pop("manifest.json")), parts


def forged(
    file: Path, folder: Path, parts: dict[str, bytes] | None = None, **manifest: Any
) -> Path:
    """The backup with other parts or another manifest, and every sum right again."""
    told, held = opened(file)
    held |= parts or {}
    told["parts"] = {name: hashlib.sha256(content).hexdigest() for name, content in held.items()}
    with tarfile.open(folder / "forged.tar", "w") as tar:
        for name, content in {
            "manifest.json": json.dumps(told | manifest).encode(),
            **held,
        }.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return folder / "forged.tar"
