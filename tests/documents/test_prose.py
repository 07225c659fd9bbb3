"""Tables and notes as the documents set them: tagged, within the page, and copied as they read."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import docx
import pytest
from docx.oxml.ns import qn
from pypdf import PdfReader

from casework.config import shipped
from casework.documents.compile import CompiledTemplate, plain_text
from casework.documents.contexts import ProposalContext, from_json, to_json
from casework.documents.docx import WordRenderer
from casework.documents.docx_package import Package, read_members
from casework.documents.markdown import to_sections
from casework.documents.typeset import Typesetter
from tests.documents.test_contexts import samples

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = "| Post | Kr |\n|---|---|\n| Grund | 2 106 810 |\n| Summa | –1,5 |"
TEXT_ENDS = 595 - 79  # points from the left: A4 less the right margin


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(shipped("templates"))


def data(markdown: str) -> dict[str, Any]:
    content = from_json("proposal", samples("proposal")[0])
    assert isinstance(content, ProposalContext)
    return to_json(replace(content, sections=to_sections(markdown, "Kostnad")))


def pdf(typesetter: Typesetter, markdown: str) -> PdfReader:
    return PdfReader(io.BytesIO(typesetter.make("proposal", data(markdown))))


def tags(reader: PdfReader) -> list[str]:
    """Every tag of the structure tree, from its top."""

    def walk(node: Any) -> Iterator[str]:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for each in node:
                yield from walk(each)
        elif isinstance(node, dict):
            if "/S" in node:
                yield str(node["/S"])
            yield from walk(node.get("/K", []))

    root: Any = reader.trailer["/Root"]
    return list(walk(root["/StructTreeRoot"]))


def test_a_table_is_tagged_with_its_head(typesetter: Typesetter) -> None:
    """A screen reader says which column a sum stands in; a table without names has no head."""
    found = tags(pdf(typesetter, TABLE))
    assert [found.count(tag) for tag in ("/Table", "/THead", "/TH", "/TD")] == [1, 1, 2, 4]
    bare = tags(pdf(typesetter, "Grund\t140\nService\t6 300"))
    assert [bare.count(tag) for tag in ("/Table", "/TH", "/TD")] == [1, 0, 4]
    assert tags(pdf(typesetter, "Ord[^1].\n\n[^1]: Not.")).count("/Note") == 1


def test_a_wide_table_stays_within_the_page(typesetter: Typesetter) -> None:
    """Fourteen columns of millions: each sum whole, on one line, left of the margin."""
    sums = [f"{n} 106 810,50" for n in range(10, 23)]
    head = " | ".join(f"K{n}" for n in range(13))
    reader = pdf(
        typesetter, f"| Post | {head} |\n{'|---' * 14}|\n| Grundavgift | {' | '.join(sums)} |"
    )
    page = reader.pages[0]
    places: list[tuple[float, str]] = []

    def visit(text: str, _cm: Any, matrix: list[float], _font: Any, size: float) -> None:
        places.append((matrix[4], text))

    words = page.extract_text(visitor_text=visit).replace("\N{NO-BREAK SPACE}", " ")
    assert all(one in words for one in sums)
    assert all(place < TEXT_ENDS for place, text in places if text.strip())


def test_a_long_table_goes_on_with_its_head_over_the_pages(typesetter: Typesetter) -> None:
    """Two hundred rows, none lost, the head on each page."""
    rows = "\n".join(f"| Post {n} | {n} 000 |" for n in range(200))
    reader = pdf(typesetter, f"| Rubriken | Kr |\n|---|--:|\n{rows}")
    pages = [page.extract_text() for page in reader.pages]
    words = " ".join(" ".join(pages).replace("\N{NO-BREAK SPACE}", " ").split())
    assert all(f"Post {n} {n} 000" in words for n in range(200))
    assert sum("Rubriken" in page for page in pages) > 3


def test_spaced_capitals_are_one_word(typesetter: Typesetter) -> None:
    """A gap of a tenth of the type is read as a space: "SAMMAN T RÄDESP ROTOKOLL"."""
    made = typesetter.make("minutes", samples("minutes")[0])
    page = PdfReader(io.BytesIO(made)).pages[0]
    contents = page.get_contents()
    assert contents is not None
    shown = [
        (operands[0], operands) for operands, operator in contents.operations if operator == b"TJ"
    ]
    gaps = [
        -float(part) for parts, _ in shown[:6] for part in parts if isinstance(part, int | float)
    ]
    assert max(gaps) < 100
    assert "SAMMANTRÄDESPROTOKOLL" in page.extract_text()


def test_what_is_copied_is_what_was_written(typesetter: Typesetter) -> None:
    """A checksum is one word, and nothing invisible is put into a long address."""
    checksum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    address = "https://www.regionexempel.se/protokoll/2026/regionala-utvecklingsnamnden/november"
    page = pdf(typesetter, f"Kontrollsumma\n{checksum}\n\n{address}").pages[0]
    words = page.extract_text()
    assert checksum in words
    assert address in words.replace("\n", "")


def test_a_sum_or_a_day_is_not_broken(typesetter: Typesetter) -> None:
    """Wherever the line ends: not within "400 000 kronor", nor within "30 november 2026"."""
    for length in range(40, 80, 3):
        text = "x" * (length % 7 + 1) + " ord" * (length // 4)
        words = pdf(typesetter, f"{text} 400 000 kronor den 30 november 2026.").pages[0]
        lines = words.extract_text().replace("\N{NO-BREAK SPACE}", " ").split("\n")
        assert any("400 000 kronor" in line for line in lines)
        assert any("30 november 2026" in line for line in lines)


def test_word_has_a_head_that_repeats_and_numbers_to_the_right() -> None:
    """As a person would have made the table in Word, with links that can be clicked."""
    written = f"{TABLE}\n\nSe [sidan](https://exempel.se/a?b=1&c=2), `kod`.\n\n> Citat"
    made = WordRenderer(shipped("templates")).make("proposal", data(written))
    document = docx.Document(io.BytesIO(made))
    table = next(each for each in document.tables if each.cell(0, 0).text == "Post")
    head, first, _ = table.rows
    assert head._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    assert first._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is None
    sides = [[str(cell.paragraphs[0].alignment) for cell in row.cells] for row in table.rows]
    assert sides == [["LEFT (0)", "RIGHT (2)"]] * 3
    assert all(run.bold for cell in head.cells for run in cell.paragraphs[0].runs)
    assert ' HYPERLINK "https://exempel.se/a?b=1&amp;c=2" ' in document.element.xml
    assert "Citat" in [each.text for each in document.paragraphs if each.style.name == "Quote"]


def test_word_has_the_notes_at_the_foot_of_the_page() -> None:
    """Numbered by Word, with their look; in brackets where a template has no place for notes."""
    renderer = WordRenderer(shipped("templates"))
    context = data("Ett[^1] och två[^b].\n\n[^1]: Not *ett* & <b>.\n[^b]: Not två.")
    made = renderer.make("proposal", context)
    members = read_members(made)
    document, notes = (members[f"word/{name}.xml"].decode() for name in ("document", "footnotes"))
    assert [*re.findall(r'<w:footnoteReference w:id="(\d+)"/>', document)] == ["1", "2"]
    assert "not: Not" not in document
    assert "Not två." in plain_text(notes)
    assert re.search(r"<w:i/></w:rPr><w:t[^>]*>ett</w:t>.*&amp; &lt;b&gt;", notes)
    docx.Document(io.BytesIO(made))

    [template] = renderer.template("proposal").files.values()
    bare = read_members(template)
    del bare["word/footnotes.xml"]
    for name in ("[Content_Types].xml", "word/_rels/document.xml.rels"):
        bare[name] = re.sub(rb"<[^<>]*footnotes\.xml[^<>]*/>", b"", bare[name])
    old = CompiledTemplate(Package(bare).with_parts({}))
    said = plain_text(read_members(old.render(context))["word/document.xml"].decode())
    assert "Ett (not: Not ett & <b>.) och två (not: Not två.)." in said
