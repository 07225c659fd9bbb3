"""The file store loses and believes nothing; a record is made again and never changed."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from casework.config import shipped
from casework.documents.models import Document
from casework.documents.store import PDF, FileStore, verify_document
from casework.documents.typeset import Typesetter
from casework.errors import Conflict, NotFound
from casework.people.models import Organisation
from tests.documents.test_contexts import samples

if TYPE_CHECKING:
    from pathlib import Path

    from casework.db import Database

NOON = datetime(2025, 6, 18, 12, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    documents = shipped("templates") / "documents"
    shutil.copytree(documents, tmp_path / "templates" / "documents")
    return tmp_path / "templates"


def excerpt(files: FileStore, typesetter: Typesetter) -> Document:
    """An excerpt as the press would keep it."""
    data = samples("excerpt")[0]
    made = typesetter.make("excerpt", data)
    return Document(
        organisation_id=1,
        subject_type="matter",
        subject_id=1,
        kind="excerpt",
        title="Protokollsutdrag § 46",
        filename="RUN_2025-06-10_p46.pdf",
        media_type=PDF,
        sha256=files.put(made),
        size=len(made),
        template_hash=typesetter.template("excerpt").keep(files),
        snapshot=data,
        drawn_up_at=NOON,
        is_record=True,
    )


def test_what_is_put_is_read_under_its_sha256(files: FileStore) -> None:
    """A file's name is its content's, so the same file is kept once."""
    sha256 = files.put(b"handling")
    assert sha256 == hashlib.sha256(b"handling").hexdigest()
    assert files.put(b"handling") == sha256
    assert files.read(sha256) == b"handling"
    assert [file for file in files.folder.rglob("*") if file.is_file()] == [files.path(sha256)]


def test_a_file_is_whole_or_not_there(files: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails half-way leaves neither half a file nor a temporary one."""

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.put(b"handling")
    assert not [file for file in files.folder.rglob("*") if file.is_file()]


def test_a_damaged_file_is_refused_and_healed_by_putting_it_again(files: FileStore) -> None:
    """What comes out is what went in, or nothing."""
    sha256 = files.put(b"handling")
    files.path(sha256).write_bytes(b"annan")
    with pytest.raises(Conflict) as refused:
        files.read(sha256)
    assert refused.value.code == "file_damaged"
    files.put(b"handling")
    assert files.read(sha256) == b"handling"


@pytest.mark.parametrize("name", ["", "../secret", "a" * 63, "A" * 64, "0" * 64 + "\n", "0" * 64])
def test_an_odd_or_unknown_name_is_not_found(files: FileStore, name: str) -> None:
    """No name leads out of the folder."""
    with pytest.raises(NotFound):
        files.read(name)


def test_a_symbolic_link_is_not_followed(files: FileStore, tmp_path: Path) -> None:
    """A link planted in the store leads nowhere, even to a file with the right content."""
    (tmp_path / "secret").write_bytes(b"hemligt")
    path = files.path(hashlib.sha256(b"hemligt").hexdigest())
    path.parent.mkdir(parents=True)
    path.symlink_to(tmp_path / "secret")
    with pytest.raises(NotFound):
        files.read(path.name)


def test_a_document_verifies_until_something_changes(files: FileStore, templates: Path) -> None:
    """Each way in which a document can stop being what it was has its own answer."""
    makers = {PDF: Typesetter(templates)}
    document = excerpt(files, makers[PDF])
    content = files.read(document.sha256)
    assert verify_document(document, makers, files) is None

    assert document.snapshot is not None
    document.snapshot = document.snapshot | {"certified_by": "Någon Annan"}
    assert verify_document(document, makers, files) == "document_differs"

    document.snapshot = document.snapshot | {"certified_by": "😀"}
    assert verify_document(document, makers, files) == "character_missing"

    (templates / "documents" / "_shared" / "extra.typ").write_text("")
    assert verify_document(document, makers, files) == "character_missing"

    document.template_hash = "0" * 64
    assert verify_document(document, makers, files) == "template_changed"

    files.path(document.sha256).write_bytes(content + b"\n")
    assert verify_document(document, makers, files) == "file_damaged"

    files.path(document.sha256).unlink()
    assert verify_document(document, makers, files) == "file_missing"


def test_of_a_received_document_the_file_is_checked(files: FileStore) -> None:
    """Nobody can make again what somebody else wrote."""
    document = Document(sha256=files.put(b"brev"), kind="received", media_type="text/plain")
    assert verify_document(document, {}, files) is None


@pytest.fixture
def kept(database: Database, files: FileStore) -> Document:
    """A record in the database."""
    document = excerpt(files, Typesetter(shipped("templates")))
    with database.unit_of_work() as session:
        session.execute(insert(Organisation), [_organisation()])
        session.add(document)
    return document


def _organisation() -> dict[str, object]:
    """Values for every column of the organisation that has to have one."""
    needed = {
        column.name: "x"
        for column in Organisation.__table__.columns
        if not column.nullable and column.default is None and column.name != "id"
    }
    return needed | {"id": 1}


def test_a_record_is_never_changed_or_deleted(database: Database, kept: Document) -> None:
    """What has left the house stays as it was; a correction is a document of its own."""
    with pytest.raises(Conflict, match="record_immutable"), database.unit_of_work() as session:
        session.get_one(Document, kept.id).title = "Ändrad"
    with pytest.raises(Conflict, match="record_immutable"), database.unit_of_work() as session:
        session.get_one(Document, kept.id).is_record = False
    with pytest.raises(Conflict, match="record_immutable"), database.unit_of_work() as session:
        session.delete(session.get_one(Document, kept.id))
    with database.read() as session:
        assert session.get_one(Document, kept.id).title == "Protokollsutdrag § 46"


def test_a_draft_becomes_a_record_once(database: Database, kept: Document) -> None:
    """A working document can be changed, and can be made a record."""
    with database.unit_of_work() as session:
        draft = Document(**_columns(kept) | {"is_record": False, "supersedes_id": kept.id})
        session.add(draft)
        session.flush()
        draft.title = "Ny rubrik"
        session.flush()
        draft.is_record = True
    with database.read() as session:
        assert session.get_one(Document, draft.id).is_record


def test_a_snapshot_comes_with_its_template_hash(database: Database, kept: Document) -> None:
    """The database itself refuses a document that could never be verified."""
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        session.add(Document(**_columns(kept) | {"template_hash": None}))


def _columns(document: Document) -> dict[str, object]:
    names = [column.name for column in Document.__table__.columns if column.name != "id"]
    return {name: getattr(document, name) for name in names}
