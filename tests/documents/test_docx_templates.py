"""The four Word templates that are shipped, filled in with every sample."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields, replace
from html import unescape
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from docx import Document
from docxtpl import DocxTemplate
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.documents.compile import CompiledTemplate, compile_template
from casework.documents.contexts import (
    KINDS,
    Block,
    DocumentContext,
    ExcerptContext,
    Inline,
    MinutesContext,
    MinutesItem,
    ProposalContext,
    Section,
    to_json,
)
from casework.documents.docx_check import check_template
from casework.documents.docx_sandbox import Sandbox
from tests.documents.word_files import members, numbered, samples, template, texts

SAMPLES = [pytest.param(kind, context, id=f"{kind}-{name}") for kind, name, context in samples()]
each_sample = pytest.mark.parametrize(("kind", "context"), SAMPLES)
each_kind = pytest.mark.parametrize("kind", KINDS)


def rendered(kind: str, context: DocumentContext) -> bytes:
    return compile_template(template(kind)).render(to_json(context))


def words(data: bytes) -> str:
    """All text of the document, in tables and headers too."""
    parts = members(data).items()
    xml = "".join(part.decode() for name, part in parts if name.startswith("word/"))
    return unescape("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml)))


@each_sample
def test_document_and_headers_are_those_of_docxtpl(kind: str, context: DocumentContext) -> None:
    """The shipped templates take the short way, and it gives docxtpl's own bytes."""
    environment = Sandbox()
    environment.filters["list_number"] = lambda number: ""
    slow = DocxTemplate(BytesIO(template(kind)))
    slow.render(to_json(context), jinja_env=environment)
    saved = BytesIO()
    slow.save(saved)
    theirs, ours = members(saved.getvalue()), members(rendered(kind, context))
    own_numbering = rb"<w:numPr><w:ilvl[^>]*/><w:numId[^>]*/></w:numPr>"
    for name in ("word/document.xml", "word/header1.xml", "word/header2.xml"):
        assert re.sub(own_numbering, b"", ours[name]) == theirs[name]


@each_sample
def test_a_context_kept_as_json_gives_the_same_document(
    kind: str, context: DocumentContext
) -> None:
    """A document can be made again from the snapshot of its data."""
    live = {one.name: getattr(context, one.name) for one in fields(context)}
    assert compile_template(template(kind)).render(live) == rendered(kind, context)


@settings(deadline=None, max_examples=25, database=None, derandomize=True)
@given(data=st.data(), kind=st.sampled_from([*KINDS]))
def test_the_short_way_gives_the_bytes_of_the_long_one(data: st.DataObject, kind: str) -> None:
    """Parsing and writing out every part anew changes nothing in the shipped templates."""
    text = st.text(st.sampled_from("a&<>\"'§\n\t\r\x0b{}"), max_size=8)
    context = next(context for one, _, context in samples() if one == kind)
    typed = {
        name: data.draw(text) if isinstance(value, str) else value
        for name, value in to_json(context).items()
    }
    short, long = CompiledTemplate(template(kind)), CompiledTemplate(template(kind))
    long._proven = set()
    parts, expected = members(short.render(typed)), members(long.render(typed))
    assert short._proven == short.parts.keys()
    for name in short.parts.keys() - {"docProps/core.xml"}:
        assert parts[name] == expected[name]


@each_sample
def test_every_text_of_the_context_is_printed(kind: str, context: DocumentContext) -> None:
    """Nothing that was written for the committee is lost on the way to the page."""
    shown = words(rendered(kind, context))
    missing = [text for text in _printed(to_json(context)) if text not in shown]
    assert missing == []


def _printed(value: Any) -> list[str]:
    """Every text in a context, but for what is not printed or not printed whole."""
    if isinstance(value, dict):
        hidden = {"document_date", "checksum", "kind"}
        if not (value.get("points") or value.get("decision_lead_in")):
            hidden.add("decision_heading")
        return [text for key, part in value.items() if key not in hidden for text in _printed(part)]
    if isinstance(value, list):
        return [text for part in value for text in _printed(part)]
    return [value] if isinstance(value, str) else []


@each_sample
def test_empty_blocks_leave_no_empty_paragraph(kind: str, context: DocumentContext) -> None:
    """No gap shows where something is missing; only the closing line of one point is empty."""
    document = Document(BytesIO(rendered(kind, context)))
    empty = [one for one in document.paragraphs if not one.text and one.style.name != "Slutrad"]
    assert empty == []


@each_kind
def test_the_barest_context_is_printed_too(kind: str) -> None:
    """Everything optional can be left out, and no heading then stands alone at the end."""
    context = next(context for one, _, context in samples() if one == kind)
    required = {
        one.name: getattr(context, one.name) for one in fields(context) if one.default is MISSING
    }
    if "item" in required:
        required["item"] = MinutesItem(1, "Rubrik")
    printed = [one for one in texts(rendered(kind, type(context)(**required))) if one]
    assert printed
    assert not set(printed) & {
        *("Beslut", "Förslag till beslut", "Beslutsunderlag", "Bilagor", "Utdrag till"),
        *("I tjänsten", "Underskrifter", "Ärendelista", "Förslag och handlingar"),
    }


@each_sample
def test_it_is_swedish_with_a_title_and_real_headings(kind: str, context: DocumentContext) -> None:
    """A screen reader announces the title, speaks Swedish and can jump between headings."""
    data = rendered(kind, context)
    document = Document(BytesIO(data))
    assert b'w:lang w:val="sv-SE"' in members(data)["word/styles.xml"]
    assert document.core_properties.language == "sv-SE"
    assert document.core_properties.title
    assert "{" not in document.core_properties.title
    levels = [_level(paragraph.style) for paragraph in document.paragraphs]
    headings = [level for level in levels if level]
    assert headings[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))


def _level(style: Any) -> int:
    """The heading level of a style, also of one that is based on a heading; 0 for text."""
    while style is not None:
        if style.name.startswith("Heading "):
            return int(style.name[-1])
        style = style.base_style
    return 0


@each_sample
def test_every_page_says_which_it_is_of_how_many(kind: str, context: DocumentContext) -> None:
    """1(4): the letterhead and the running header both number the page."""
    parts = members(rendered(kind, context))
    headers = [xml for name, xml in parts.items() if name.startswith("word/header")]
    assert len(headers) == 2
    for header in headers:
        assert b" PAGE " in header
        assert b" NUMPAGES " in header


def test_decision_points_are_numbered_as_decided() -> None:
    """The number in Word is the number in the decision, in every § of the minutes."""
    for kind, _, context in samples():
        if isinstance(context, MinutesContext):
            shown = numbered(rendered(kind, context))
            for item in context.items:
                for point in item.points:
                    assert not point.number or (point.number, point.text) in shown
        if isinstance(context, ProposalContext):
            points = [(point.number, point.text) for point in context.points if point.number]
            assert numbered(rendered(kind, context))[: len(points)] == points


def test_an_excerpt_prints_the_paragraph_exactly_as_the_minutes_do() -> None:
    """What is sent is what was attested: the § reads alike, line by line, in both."""
    minutes = next(context for _, _, context in samples() if isinstance(context, MinutesContext))
    for kind, _, context in samples():
        if isinstance(context, ExcerptContext):
            printed = texts(rendered("minutes", replace(minutes, items=(context.item,))))
            start = printed.index(f"§\u00a0{context.item.number}  {context.item.title}")
            item = printed[start:]
            assert texts(rendered(kind, context))[: len(item)] == item


def test_bold_and_italic_are_real_runs() -> None:
    """Emphasis survives from the editor to Word."""
    sample = next(context for _, _, context in samples() if isinstance(context, ProposalContext))
    inlines = (Inline("fet", bold=True), Inline(" och "), Inline("kursiv", italic=True))
    section = Section("Rubrik", 2, (Block("paragraph", inlines),))
    data = rendered("proposal", replace(sample, sections=(section,)))
    runs = next(p for p in Document(BytesIO(data)).paragraphs if p.text == "fet och kursiv").runs
    shown = [(run.text, bool(run.bold), bool(run.italic)) for run in runs if run.text]
    assert shown == [("fet", True, False), (" och ", False, False), ("kursiv", False, True)]


@each_kind
def test_the_shipped_templates_have_no_fault(kind: str) -> None:
    """What we hand out passes the check that we ask of others."""
    contexts = [context for one, _, context in samples() if one == kind]
    assert contexts
    assert check_template(template(kind), kind, contexts) == []
