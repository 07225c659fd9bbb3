"""A document keeps the template it was made with, and is made again with that one."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from casework import app
from casework.app import Casework, installation
from casework.audit.models import AuditEntry
from casework.backup import backup, restore
from casework.cli.main import casework as command
from casework.config import Settings, load_settings, shipped
from casework.demo.world import found_organisation, furnish
from casework.documents import compile as compiling
from casework.documents.contexts import from_json
from casework.documents.docx import WordRenderer
from casework.documents.models import Document
from casework.documents.proof import prove
from casework.documents.store import DOCX, FORMER, PDF, FileStore
from casework.documents.template import Template, kept_template
from casework.documents.typeset import Typesetter
from casework.errors import Conflict, Invalid
from casework.matters.models import Matter
from casework.matters.service import register
from casework.phrases import sentence
from casework.schema import upgrade
from tests.documents.test_contexts import samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NOON = datetime(2025, 6, 10, 10, tzinfo=UTC)
ARMS = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`own/`, templates whose excerpt has a picture from another folder and a line from another
    kind, and `data/` with an excerpt as PDF, and a proposal as PDF and in Word."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copytree(shipped("templates"), folder / "own")
    documents = folder / "own" / "documents"
    (documents / "arms").mkdir()
    (documents / "arms" / "arms.svg").write_text(ARMS)
    (documents / "minutes" / "motto.typ").write_text(
        '#let motto = [Vapnet #image("/arms/arms.svg", alt: "Vapen")]'
    )
    excerpt = documents / "excerpt" / "template.typ"
    excerpt.write_text(f'#import "../minutes/motto.typ": motto\n{excerpt.read_text()}\n#motto\n')
    settings = settings_of(folder)
    upgrade(settings.database_url)
    casework = installation(settings)
    with casework.acting(0, moment=NOON) as context:
        organisation_id = found_organisation(context)
    with casework.acting(organisation_id, moment=NOON) as context:
        body = furnish(context, "").committee
        matter = register(context, kind="decision", title="Ett ärende", body=body)
        for kind, media_type in (("excerpt", PDF), ("proposal", PDF), ("proposal", DOCX)):
            content = from_json(kind, samples(kind)[0])
            press = context.services.press
            press.draw_up(context, matter, content, title=kind, name=kind, media_type=media_type)
    casework.database.close()
    return folder


REDESIGNED = """
#let letterhead(..any) = [Ett annat brevhuvud]
#let reached(office) = ()
#let office-of(d) = none
"""


def settings_of(folder: Path) -> Settings:
    return load_settings(
        {
            "CASEWORK_DATA_DIR": str(folder / "data"),
            "CASEWORK_TEMPLATES": str(folder / "own"),
        }
    )


@pytest.fixture
def casework(made: Path, tmp_path: Path) -> Iterator[Casework]:
    """A copy of it."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    casework = installation(settings_of(tmp_path))
    yield casework
    casework.database.close()


def redesign(settings: Settings) -> None:
    """Other templates for all that comes: other words, no picture, and one kind fewer."""
    documents = settings.templates_dir / "documents"
    (documents / "arms" / "arms.svg").unlink()
    (documents / "minutes" / "motto.typ").write_text("#let motto = [Ett annat motto]")
    letterhead = documents / "_shared" / "letterhead.typ"
    letterhead.write_text(REDESIGNED)
    shutil.copyfile(documents / "minutes" / "template.docx", documents / "proposal/template.docx")
    shutil.rmtree(documents / "summons")


def codes(casework: Casework) -> list[str | None]:
    with casework.database.read() as session:
        press = casework.services.press
        return [each.code for each in prove(session, press.makers, press.files)]


def test_every_document_is_made_again_after_a_redesign(casework: Casework) -> None:
    """With the pictures, imports and Word file of then, byte for byte."""
    redesign(casework.settings)
    assert codes(casework) == [None] * 3
    with casework.database.read() as session:
        for document in session.scalars(select(Document)):
            assert casework.services.press.again(document)[1]
            today = casework.services.press.makers[document.media_type]
            assert today.template(document.kind).hash != document.template_hash
    with casework.acting(1, moment=NOON) as context:
        before = context.session.get_one(Document, 1)
        content = from_json("excerpt", before.snapshot or {})
        matter = context.session.scalars(select(Matter)).one()
        after = context.services.press.draw_up(context, matter, content, title="Ny", name="ny")
        assert after.sha256 != before.sha256
    assert codes(casework) == [None] * 4


def test_an_upgraded_program_keeps_what_stands_there(casework: Casework) -> None:
    """Documents of the first version kept no template: those here are kept before they change."""
    for file in casework.settings.files_dir.rglob("*"):
        if file.is_file() and b"typst" in file.read_bytes()[:5]:
            file.unlink()
    casework.services.press.keep_templates()
    redesign(casework.settings)
    assert codes(casework) == [None] * 3


class Newer(Typesetter):
    """As the next version of the typesetter: other bytes for the same document."""

    name = "typst 99.1"

    def make(self, kind: str, data: Mapping[str, Any], template: Template | None = None) -> bytes:
        return super().make(kind, data, template) + b"% newer\n"


class Stricter(Newer):
    """As one that has taken something out of its language."""

    def make(self, kind: str, data: Mapping[str, Any], template: Template | None = None) -> bytes:
        raise Invalid("template_fault", template=kind, line=1, fault="gone")


@pytest.mark.parametrize("maker", [Newer, Stricter])
def test_a_changed_typesetter_is_no_fault(casework: Casework, maker: type[Typesetter]) -> None:
    """It is told with both names, and the file and its data are proved all the same."""
    press = casework.services.press
    press.makers[PDF] = maker(casework.settings.templates_dir)
    with casework.database.read() as session:
        proofs = list(prove(session, press.makers, press.files))
    assert [each.code for each in proofs] == ["typesetter_changed", "typesetter_changed", None]
    assert proofs[0].params == {"then": Typesetter.name, "now": "typst 99.1"}
    assert proofs[0].is_data_proven
    assert not any(each.is_fault for each in proofs)


def test_a_changed_word_package_is_no_fault(
    casework: Casework, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The packages that fill in a Word file are its typesetter."""
    render = compiling.compile_template
    monkeypatch.setattr(WordRenderer, "name", "docxtpl 99.1")
    monkeypatch.setattr(compiling, "compile_template", lambda content: Padded(render(content)))
    assert codes(casework) == [None, None, "typesetter_changed"]


class Padded:
    """A compiled template that packs otherwise."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def render(self, data: Mapping[str, Any]) -> bytes:
        written = io.BytesIO(self.inner.render(data))
        with zipfile.ZipFile(written, "a") as archive:
            archive.comment = b"newer"
        return written.getvalue()


@pytest.mark.parametrize("maker", [Typesetter, Newer])
def test_changed_data_is_a_fault_with_any_typesetter(
    casework: Casework, maker: type[Typesetter]
) -> None:
    """The record knows the data's hash, so that another typesetter hides nothing."""
    casework.services.press.makers[PDF] = maker(casework.settings.templates_dir)
    with casework.database.unit_of_work() as session:
        snapshot = session.get_one(Document, 1).snapshot or {}
        changed = snapshot | {"certified_by": "Någon Annan"}
        session.execute(update(Document).filter_by(id=1).values(snapshot=changed))
    found = codes(casework)[0]
    assert found == ("document_differs" if maker is Typesetter else "document_unrecorded")


def test_another_file_under_the_same_row_is_a_fault(casework: Casework) -> None:
    """Whoever changes file, hash and data together still has the record against him."""
    press = casework.services.press
    with casework.database.unit_of_work() as session:
        row = session.get_one(Document, 1)
        changed = (row.snapshot or {}) | {"certified_by": "Någon Annan"}
        template = kept_template(row.template_hash or "", "excerpt", "", press.files)
        made = press.makers[PDF].make("excerpt", changed, template)
        values = {"snapshot": changed, "sha256": press.files.put(made)}
        session.execute(update(Document).filter_by(id=1).values(**values))
    assert codes(casework) == ["document_unrecorded", None, None]


def test_a_template_that_was_never_kept_is_no_fault(casework: Casework) -> None:
    """So it is with an own template of the first version that was changed before the upgrade."""
    _forget_the_seals(casework)
    with casework.database.unit_of_work() as session:
        session.execute(update(Document).filter_by(id=1).values(template_hash="0" * 64))
    assert codes(casework) == ["template_changed", None, None]


def _forget_the_seals(casework: Casework) -> None:
    """Entries as the first version wrote them."""
    with casework.database.unit_of_work() as session:
        for entry in session.scalars(select(AuditEntry).filter_by(action="document_kept")):
            known = {"document", "kind", "filename", "sha256"}
            entry.detail = {name: entry.detail[name] for name in known}


@pytest.mark.parametrize("change", [b"", None], ids=["damaged", "gone"])
def test_a_lost_template_is_a_fault(casework: Casework, change: bytes | None) -> None:
    """Whether it is the list of its files or one of them: a backup has it."""
    redesign(casework.settings)
    press = casework.services.press
    with casework.database.read() as session:
        excerpt, *_, word = session.scalars(select(Document).order_by(Document.id)).all()
    picture = press.files.path(hashlib.sha256(ARMS.encode()).hexdigest())
    for path in (picture, press.files.path(word.template_hash or "")):
        path.unlink()
        if change is not None:
            path.write_bytes(change)
    assert codes(casework) == ["template_damaged", None, "template_damaged"]
    with pytest.raises(Conflict, match="template_damaged"):
        press.again(excerpt)


@pytest.mark.parametrize(
    "manifest",
    [
        *("", "typst 1\none\n", "typst 1\nkind/gone.typ " + "0" * 64),
        *("typst 1\n../out.typ {held}", "typst 1\n/etc/out {held}", "typst 1\na/../../b {held}"),
    ],
)
def test_no_template_is_written_outside_its_folder(tmp_path: Path, manifest: str) -> None:
    """A backup made to harm may hold any list of files."""
    files = FileStore(tmp_path)
    name = files.put(manifest.format(held=files.put(b"#panic()")).encode())
    with pytest.raises(Conflict, match="template_damaged"):
        kept_template(name, "excerpt", "", files)


def test_a_backup_holds_the_templates(casework: Casework, tmp_path: Path) -> None:
    """What is restored elsewhere is made again there as well, with its pictures."""
    backup(casework.settings, tmp_path / "b.tar", NOON)
    second = load_settings({"CASEWORK_DATA_DIR": str(tmp_path / "second")})
    restore(second, tmp_path / "b.tar")
    restored = installation(second)
    assert codes(restored) == [None] * 3
    restored.database.close()


def test_the_command_tells_three_outcomes_apart(
    casework: Casework, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes, another typesetter, a fault; only the fault ends with 1."""
    environ = {
        "CASEWORK_DATA_DIR": str(casework.settings.data_dir),
        "CASEWORK_TEMPLATES": str(casework.settings.templates_dir),
        "LC_ALL": "C",
    }

    def said() -> tuple[int, list[str]]:
        answer = CliRunner().invoke(command, ["document", "verify"], env=environ)
        return answer.exit_code, answer.output.splitlines()

    assert said() == (0, ["3 dokument kontrollerade, 0 avviker."])

    monkeypatch.setattr(app, "Typesetter", Newer)
    code, (first, second, *summary) = said()
    assert code == 0
    assert first.startswith("excerpt.pdf: Dokumentet gjordes med typst ")
    assert "med typst 99.1. Filen är oförändrad. Uppgifterna som den gjordes av är" in first
    assert second.startswith("proposal.pdf: ")
    assert summary == [
        "3 dokument kontrollerade, 0 avviker.",
        "2 kunde inte jämföras byte för byte; deras filer är oförändrade.",
    ]

    _forget_the_seals(casework)
    assert "Loggen från den tiden säger inget om uppgifterna" in said()[1][0]

    with casework.database.read() as session:
        kept = session.get_one(Document, 1).sha256
    casework.services.press.files.path(kept).write_bytes(b"annan")
    code, lines = said()
    assert code == 1
    assert lines[0] == f"excerpt.pdf: {sentence('file_damaged', {'sha256': kept}, 'sv')}"
    assert lines[2:] == [
        "3 dokument kontrollerade, 1 avviker.",
        "1 kunde inte jämföras byte för byte; deras filer är oförändrade.",
    ]


def test_the_first_versions_word_templates_are_known_by_their_file() -> None:
    """Their hash was that of the .docx itself, and their maker what the lock of then held."""
    files = [path for path in FORMER.folder.rglob("*") if path.is_file()]
    content = next(path.read_bytes() for path in files if path.read_bytes().startswith(b"PK"))
    name = hashlib.sha256(content).hexdigest()
    kept = kept_template(name, "proposal", WordRenderer.first, FORMER)
    assert kept == Template(WordRenderer.first, {"proposal/template.docx": content})
