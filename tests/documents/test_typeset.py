"""PDFs are tagged, archivable and reproducible, and a faulty template is named."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from casework.config import shipped
from casework.documents.contexts import KINDS, Block, Inline
from casework.documents.markdown import to_sections
from casework.documents.typeset import Typesetter
from casework.errors import Invalid, NotFound
from casework.text.door import cleaned, cleaned_line
from tests.documents.test_contexts import samples
from tests.support import tools
from tests.support.hostile import hostile_texts, seeded

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = 80

ALL_SAMPLES = [(kind, number) for kind in KINDS for number in range(len(samples(kind)))]


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(shipped("templates"))


@pytest.fixture
def own_templates(tmp_path: Path) -> Path:
    """A copy of the shipped templates that a test may spoil."""
    documents = shipped("templates") / "documents"
    shutil.copytree(documents, tmp_path / "documents", ignore=shutil.ignore_patterns("*.docx"))
    return tmp_path


def pages(pdf: bytes) -> list[str]:
    """The text of each page, with no-break spaces as spaces."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return [page.extract_text().replace("\u00a0", " ") for page in reader.pages]


def tags(node: Any) -> list[str]:
    """Every structure type in the tag tree, top down."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [tag for part in node for tag in tags(part)]
    if not isinstance(node, dict):
        return []
    own = [str(node["/S"])] if "/S" in node else []
    return own + (tags(node["/K"]) if "/K" in node else [])


@pytest.mark.parametrize(("kind", "number"), ALL_SAMPLES)
def test_a_document_is_tagged_and_archivable(
    typesetter: Typesetter, kind: str, number: int
) -> None:
    """PDF/A-2a and PDF/UA-1 are claimed, and what a reader's aids need is there."""
    data = samples(kind)[number]
    reader = pypdf.PdfReader(io.BytesIO(typesetter.make(kind, data)))
    catalogue: Any = reader.trailer["/Root"]
    assert catalogue["/Lang"] == "sv-SE"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert catalogue["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    metadata = catalogue["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert reader.metadata is not None
    assert reader.metadata.title
    assert str(reader.metadata.creation_date)[:10] == data["document_date"]
    assert "/H1" in tags(catalogue["/StructTreeRoot"])


@pytest.mark.parametrize(("kind", "row"), [("summons", "/TH"), ("minutes", "/TH")])
def test_tables_have_header_cells(typesetter: Typesetter, kind: str, row: str) -> None:
    """The agenda and the index are tables to a screen reader, with their headings."""
    reader = pypdf.PdfReader(io.BytesIO(typesetter.make(kind, samples(kind)[0])))
    root: Any = reader.trailer["/Root"]
    assert row in tags(root["/StructTreeRoot"])


@pytest.mark.parametrize("kind", KINDS)
def test_qpdf_finds_no_fault(typesetter: Typesetter, kind: str, tmp_path: Path) -> None:
    """Another program than the one that wrote the file finds it sound."""
    qpdf = tools.needed("qpdf")
    file = tmp_path / "document.pdf"
    file.write_bytes(typesetter.make(kind, samples(kind)[0]))
    subprocess.run([qpdf, "--check", file], check=True, capture_output=True)


def test_every_page_has_its_number_and_registration_number(typesetter: Typesetter) -> None:
    """A loose page can be put back where it belongs."""
    data = samples("proposal")[0]
    data["sections"] = data["sections"] * 6
    texts = pages(typesetter.make("proposal", data))
    assert len(texts) > 3
    for number, text in enumerate(texts, start=1):
        assert f"{number}({len(texts)})" in text
        assert "RUN/78/2022" in text


def test_an_acting_signatory_is_marked(typesetter: Typesetter) -> None:
    """Whoever acts for another signs with "Tf." before the title, and nobody else does."""
    text = "\n".join(pages(typesetter.make("proposal", samples("proposal")[0])))
    assert "Tf. områdeschef" in text
    assert text.count("Tf.") == 1


def test_no_signature_stands_alone_on_a_page(typesetter: Typesetter) -> None:
    """However long the text is, its last lines stay on the page of those who sign it."""
    data = samples("proposal")[0]
    line = asdict(Block("paragraph", (Inline("En rad av ärendet."),)))
    signed = set()
    for length in range(10, 40):
        section = {"heading": "Ärendet", "level": 2, "blocks": [line] * length}
        short = {"sections": [section], "decision_basis": [], "attachments": [], "recipients": []}
        printed = pages(typesetter.make("proposal", data | short))
        signed.add(len(printed))
        assert "En rad av ärendet." in next(text for text in printed if "Tf. områdeschef" in text)
    assert len(signed) > 1  # the signature did meet the end of a page


def test_no_signature_of_a_summons_stands_alone(typesetter: Typesetter) -> None:
    """Also where the last item has a proposal and no papers."""
    data = samples("summons")[0]
    entry = next(each for each in data["agenda"] if each["points"])
    bare = entry | {"documents": [], "secrecy": "", "title": "Ett ärende"}
    signer = data["signatories"][0]["title"]
    signed = set()
    for length in range(4, 24):
        agenda = [bare | {"number": number} for number in range(1, length + 1)]
        printed = pages(typesetter.make("summons", data | {"agenda": agenda}))
        signed.add(len(printed))
        assert f"{length}. Ett ärende" in next(text for text in printed[::-1] if signer in text)
    assert len(signed) > 1  # the signature did meet the end of a page


def item_lines(pdf: bytes, first: str, after: str) -> list[str]:
    """The printed lines of a § from its heading until what follows it, running headers gone."""
    lines = [
        line.strip()
        for text in pages(pdf)
        for line in text.splitlines()
        if "·" not in line and line.strip()
    ]
    start = max(n for n, line in enumerate(lines) if line.startswith(first))
    end = next((n for n in range(start, len(lines)) if lines[n].startswith(after)), len(lines))
    return lines[start:end]


def test_minutes_and_excerpt_print_a_section_alike(typesetter: Typesetter) -> None:
    """The excerpt says what the minutes say, line for line."""
    minutes = typesetter.make("minutes", samples("minutes")[0])
    excerpt = typesetter.make("excerpt", samples("excerpt")[0])
    printed = item_lines(minutes, "§ 46", "§ 47")
    assert len(printed) > 10
    assert item_lines(excerpt, "§ 46", "Rätt utdraget intygas") == printed


def test_notes_have_no_notice(typesetter: Typesetter) -> None:
    """An advisory body's notes are not announced and cannot be appealed."""
    notes = "\n".join(pages(typesetter.make("minutes", samples("minutes")[1])))
    assert "MINNESANTECKNINGAR" in notes
    assert "Rekommendation" in notes
    assert "Anslag" not in notes
    assert "överklaga" not in notes


def test_the_same_data_gives_the_same_bytes_everywhere(typesetter: Typesetter) -> None:
    """A document can be made again years later, in another process, byte for byte."""
    data = samples("excerpt")[0]
    here = typesetter.make("excerpt", data)
    program = (
        "import hashlib, json, sys\n"
        "from casework.config import shipped\n"
        "from casework.documents.typeset import Typesetter\n"
        "made = Typesetter(shipped('templates')).make('excerpt', json.load(sys.stdin))\n"
        "print(hashlib.sha256(made).hexdigest())\n"
    )
    there = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == hashlib.sha256(here).hexdigest()


def test_many_threads_share_one_typesetter(typesetter: Typesetter) -> None:
    """A server's threads get each their own document, whole."""
    every = samples("excerpt") * 3
    alone = [typesetter.make("excerpt", data) for data in every]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda data: typesetter.make("excerpt", data), every)) == alone


def test_text_is_never_read_as_markup(typesetter: Typesetter) -> None:
    """What a stranger writes is printed as it stands, and runs nothing."""
    data = samples("proposal")[0] | {"title": '#panic("x") *a* $x$ <b> @c /* \\ // =\x00\ud800'}
    assert '#panic("x") *a* $x$ <b> @c /* \\ // =' in pages(typesetter.make("proposal", data))[0]


def test_a_word_without_end_stays_on_the_page(typesetter: Typesetter) -> None:
    """A long address in a title is broken, not cut off at the edge."""
    data = samples("proposal")[0] | {"title": "å" * 300}
    first = pages(typesetter.make("proposal", data))[0]
    assert max(len(line) for line in first.splitlines()) < 120


def test_what_breaks_the_typesetter_is_refused(typesetter: Typesetter) -> None:
    """A text on which the typesetter's own program panics; the next document is set as ever."""
    data = samples("proposal")[0]
    inlines = [{"text": "a\u200d" * 30_000, "bold": False, "italic": False}]
    paragraph = {"kind": "paragraph", "depth": 0, "restart": False, "inlines": inlines}
    section = {"heading": "", "level": 2, "blocks": [paragraph]}
    with pytest.raises(Invalid, match="text_not_set"):
        typesetter.make("proposal", data | {"sections": [section]})
    assert typesetter.make("proposal", data).startswith(b"%PDF")


def test_a_character_that_no_font_has_is_named(typesetter: Typesetter) -> None:
    """An archival PDF cannot hold it, and whoever wrote it is told which it is."""
    with pytest.raises(Invalid) as refused:
        typesetter.make("proposal", samples("proposal")[0] | {"title": "Fest 😀"})
    assert refused.value.code == "character_missing"
    assert refused.value.params == {"character": "😀"}


@pytest.mark.parametrize(
    ("addition", "fault"),
    [
        ("\n#d.nonsense", "nonsense"),
        ("\n#let x = (", "unclosed delimiter"),
        ("\n===== För djupt", "skipped from heading level"),
        ('\n#read("../../../../secret.txt")', "escape the project root"),
    ],
)
def test_a_faulty_template_is_named_with_its_line(
    own_templates: Path, addition: str, fault: str
) -> None:
    """The one who edits a template is told which file, which line and what is wrong."""
    (own_templates.parent / "secret.txt").write_text("hemligt")
    template = own_templates / "documents" / "proposal" / "template.typ"
    lines = template.read_text(encoding="utf-8").rstrip("\n")
    template.write_text(lines + addition, encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        Typesetter(own_templates).make("proposal", samples("proposal")[0])
    assert refused.value.code == "template_fault"
    assert refused.value.params["template"] == "proposal/template.typ"
    assert refused.value.params["line"] == lines.count("\n") + 2
    assert fault in refused.value.params["fault"]


@pytest.mark.parametrize("kind", ["poster", "../proposal", "_shared", ""])
def test_a_kind_without_a_template_is_refused(typesetter: Typesetter, kind: str) -> None:
    """A kind is a name, never a path."""
    with pytest.raises(NotFound):
        typesetter.make(kind, samples("proposal")[0])
    with pytest.raises(NotFound):
        typesetter.template_hash(kind)


@pytest.mark.parametrize("date", [None, "", "10 juni", "2025-13-01"])
def test_a_document_needs_its_date(typesetter: Typesetter, date: str | None) -> None:
    """Without a date of its own a document would take the clock's, and never be the same again."""
    with pytest.raises(Invalid) as refused:
        typesetter.make("proposal", samples("proposal")[0] | {"document_date": date})
    assert refused.value.params["field"] == "document_date"


def test_the_template_hash_covers_all_that_is_read(own_templates: Path) -> None:
    """A change in the template or in what it shares is seen; one beside it is not."""
    typesetter, documents = Typesetter(own_templates), own_templates / "documents"
    before = typesetter.template_hash("excerpt")
    (documents / "excerpt" / "sample.json").write_text("{}")
    (documents / "minutes" / "template.typ").write_text("")
    assert typesetter.template_hash("excerpt") == before
    for file in ("excerpt/template.typ", "_shared/style.typ"):
        known = typesetter.template_hash("excerpt")
        (documents / file).write_text("// ny")
        assert typesetter.template_hash("excerpt") != known


def test_what_no_font_has_is_shown_as_a_sign(typesetter: Typesetter) -> None:
    """Whatever passed the door can be set once it is fitted, and Swedish stays to the letter."""
    for text in islice(hostile_texts(seeded(12)), HOSTILE):
        title = cleaned_line(text) or "Titel"
        fitted = typesetter.fitted(samples("proposal")[0] | {"title": title, "reference": [title]})
        assert typesetter.make("proposal", fitted).startswith(b"%PDF"), ascii(title)
    title = "Å é ß Łukasz Sápmi № ½ – ”fest” 😀\uf0b7 會"
    fitted = typesetter.fitted({"title": title, "rows": ({"text": title},)})
    assert fitted["title"] == "Å é ß Łukasz Sápmi № ½ – ”fest” �� �"
    assert fitted["rows"][0]["text"] == fitted["title"]


@pytest.mark.parametrize(
    "word", ["a\u0338\u030a", "a\ufe0f", "א\u05b0", "ᄀ", "å", "क\u094d\u200d", "a\u0301"]
)
def test_an_endless_hostile_word_can_be_set(typesetter: Typesetter, word: str) -> None:
    """The typesetter's own program breaks on such a word unless it may break."""
    inlines = [{"text": cleaned(word * 20_000), "bold": False, "italic": False}]
    paragraph = {"kind": "paragraph", "depth": 0, "restart": False, "inlines": inlines}
    section = {"heading": "", "level": 2, "blocks": [paragraph]}
    fitted = typesetter.fitted(samples("proposal")[0] | {"sections": [section]})
    assert typesetter.make("proposal", fitted).startswith(b"%PDF")


@pytest.mark.parametrize("begin", ["", "- "])
def test_a_text_has_as_many_parts_as_it_has(typesetter: Typesetter, begin: str) -> None:
    """Ten thousand and more paragraphs, or points of a list: what is accepted is printed."""
    data = samples("proposal")[0]
    written = "\n\n".join(f"{begin}Del {number}" for number in range(10_100))
    data["sections"] = [asdict(section) for section in to_sections(written, "Underlag")]
    assert typesetter.make("proposal", data).startswith(b"%PDF")
