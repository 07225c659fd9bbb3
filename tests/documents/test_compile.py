"""The compiled Word template: the same document as docxtpl's, without its traps."""

from __future__ import annotations

import random
import struct
import zlib
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from docxtpl import DocxTemplate, InlineImage
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.documents.compile import CompiledTemplate, Embedded, compile_template
from casework.documents.docx_package import MAX_MEMBERS, MAX_UNPACKED
from casework.documents.docx_sandbox import Sandbox
from casework.errors import Invalid, Refusal, TooLarge
from tests.documents.word_files import members, numbered, texts, word_file, zipped

LOOP = ("{%p for line in lines %}", "{{ loop.index }}. {{ line }}", "{%p endfor %}")
TEMPLATE = word_file(
    "Dnr {{ number }}",
    "{%p if title %}",
    "{{ title }}",
    "{%p endif %}",
    *LOOP,
    header="{{ title }}",
)
# All that a person can type or paste; what XML cannot hold has a test of its own.
TYPED = st.text(
    st.one_of(
        st.sampled_from("&<>\"'{}_%#\n\t§–\u00a0"),
        st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn")),
    )
)


def by_docxtpl(template: bytes, context: dict[str, Any]) -> dict[str, bytes]:
    document = DocxTemplate(BytesIO(template))
    document.render(context, jinja_env=Sandbox())
    saved = BytesIO()
    document.save(saved)
    return members(saved.getvalue())


@settings(deadline=None, max_examples=40, database=None, derandomize=True)
@given(title=TYPED, lines=st.lists(TYPED, max_size=3))
def test_parts_are_those_of_docxtpl_byte_for_byte(title: str, lines: list[str]) -> None:
    """Whatever is typed, document and header are exactly what docxtpl itself would have made."""
    context = {"number": "RUN/78/2022", "title": title, "lines": lines}
    ours = members(compile_template(TEMPLATE).render(context))
    theirs = by_docxtpl(TEMPLATE, context)
    assert ours.keys() == theirs.keys()
    for name in compile_template(TEMPLATE).parts:
        assert ours[name] == theirs[name], name


@pytest.mark.parametrize(
    "paragraphs",
    [
        ("{% if a %}{{ a }}", "{% endif %}{{ a }}"),
        ("{% set b = a %}{{ b }}",),
        ("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(a) }}",),
    ],
    ids=["a condition across paragraphs", "an assignment", "a macro"],
)
def test_what_cannot_be_proven_goes_the_long_way_to_the_same_bytes(
    paragraphs: tuple[str, ...],
) -> None:
    """A template that the short way does not understand still gives docxtpl's own bytes."""
    template = word_file(*paragraphs)
    context = {"a": "Berg & <Åre> \"'"}
    ours = members(compile_template(template).render(context))
    assert ours["word/document.xml"] == by_docxtpl(template, context)["word/document.xml"]


def test_the_same_context_gives_the_same_bytes() -> None:
    """Reproducible: no time and no order of a set finds its way into the file."""
    context = {"number": "1", "title": "Rubrik", "lines": ["a", "b"]}
    assert CompiledTemplate(TEMPLATE).render(context) == CompiledTemplate(TEMPLATE).render(context)


def test_ampersand_and_less_than_survive() -> None:
    """Trap: docxtpl without autoescape silently drops the text around & and <."""
    text = "Berg & Åre: <5 km, \"nära\" och 'långt' > bort"
    assert texts(compile_template(word_file("Före {{ a }} efter")).render({"a": text})) == [
        f"Före {text} efter"
    ]


def test_what_xml_cannot_hold_is_left_out_and_the_rest_kept() -> None:
    """A control character pasted from an old program does not break the document."""
    for strange in ("\x0b", "\x00", "\ufffe", "\ud800", "\x00\ud800"):
        rendered = compile_template(word_file("{{ a }}")).render({"a": f"Ut{strange}fall"})
        assert texts(rendered) == ["Utfall"]


def test_an_undefined_variable_is_refused_with_its_paragraph() -> None:
    """Trap: docxtpl prints nothing for a misspelt variable."""
    with pytest.raises(Invalid) as refused:
        compile_template(word_file("Först", "Sedan {{ titel }}")).render({"title": "x"})
    assert refused.value.code == "template_variable"
    assert refused.value.params["paragraph"] == 2
    assert refused.value.params["text"] == "Sedan {{ titel }}"
    assert refused.value.params["variable"] == "titel"


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__ }}",
        "{{ a.__init__.__globals__ }}",
        "{{ a|attr('__class__') }}",
        "{{ a.upper() }}",
        "{{ [].append(1) }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%1000000000d'|format(1) }}",
        "{{ a|center(1000000000) }}",
        "{% for i in range(1000000000) %}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{% autoescape false %}{{ a }}{% endautoescape %}",
    ],
)
@pytest.mark.parametrize("place", ["document", "header", "property", "footnote"])
def test_a_template_cannot_do_anything_but_read(attack: str, place: str) -> None:
    """Trap: an uploaded template can run code; docxtpl renders properties and footnotes bare."""
    template = word_file("Text")
    if place == "footnote":
        parts = members(template)
        parts["word/footnotes.xml"] = _footnotes(attack)
        template = zipped(parts)
    else:
        where = {"document": {}, "header": {"header": attack}, "property": {"title": attack}}[place]
        template = word_file(attack if place == "document" else "Text", **where)
    with pytest.raises(Invalid, match="template_"):
        compile_template(template).render({"a": "x"})


def _footnotes(text: str) -> bytes:
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return (
        f'<w:footnotes xmlns:w="{namespace}"><w:footnote w:id="1"><w:p><w:r><w:t>{text}</w:t></w:r>'
        "</w:p></w:footnote></w:footnotes>"
    ).encode()


def test_properties_and_footnotes_are_filled_in_and_escaped() -> None:
    """The title that a screen reader announces is the document's own, with its & whole."""
    parts = members(word_file("Text", title="{{ a }}"))
    parts["word/footnotes.xml"] = _footnotes("Not: {{ a }}")
    rendered = members(compile_template(zipped(parts)).render({"a": "Berg & Åre"}))
    assert "<dc:title>Berg &amp; Åre</dc:title>" in rendered["docProps/core.xml"].decode()
    assert "Not: Berg &amp; Åre" in rendered["word/footnotes.xml"].decode()


def test_text_with_braces_is_not_a_template() -> None:
    """A context's text is never run as Jinja, not even in a part that is rendered once more."""
    rendered = compile_template(word_file("{{ a }}", header="{{ a }}")).render({"a": "{{ 7 * 7 }}"})
    assert texts(rendered) == ["{{ 7 * 7 }}"]


def test_a_dict_has_entries_but_no_methods() -> None:
    """An entry named as a method of dict is printed; the method itself is out of reach."""
    compiled = compile_template(word_file("{{ item.items }}"))
    assert texts(compiled.render({"item": {"items": "Ärenden"}})) == ["Ärenden"]
    with pytest.raises(Invalid, match="template_variable"):
        compiled.render({"item": {}})


LISTS = word_file(
    "{%p for points in lists %}",
    "{%p for point in points %}",
    "{{ point.number|list_number }}{{ point.text }}",
    "{%p endfor %}",
    "{%p endfor %}",
    style="List Number",
)


@settings(deadline=None, max_examples=40, database=None, derandomize=True)
@given(st.lists(st.lists(st.integers(1, 12), max_size=5), max_size=5))
def test_every_list_shows_the_numbers_of_its_context(lists: list[list[int]]) -> None:
    """Trap: Word counts on from one list to the next unless each has a numbering of its own."""
    points = [[SimpleNamespace(number=n, text=f"Punkt {n}") for n in one] for one in lists]
    shown = numbered(compile_template(LISTS).render({"lists": points}))
    assert shown == [(n, f"Punkt {n}") for one in lists for n in one]


def test_one_list_leaves_the_numbering_of_the_template_alone() -> None:
    """A document with a single list is exactly what Word itself would count."""
    points = [[SimpleNamespace(number=n, text="Punkt") for n in (1, 2, 3)]]
    rendered = members(compile_template(LISTS).render({"lists": points}))
    assert rendered["word/numbering.xml"] == members(LISTS)["word/numbering.xml"]
    assert b"<w:numPr>" not in rendered["word/document.xml"]


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixel = zlib.compress(b"\0\0")
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def test_a_picture_is_placed_by_docxtpl_in_the_same_sandbox() -> None:
    """A template with a picture is slower but no less safe, and as reproducible."""
    picture = Embedded(lambda template: InlineImage(template, BytesIO(_png())))
    compiled = compile_template(word_file("{{ logo }}", "{{ a }}"))
    rendered = compiled.render({"logo": picture, "a": "Berg & Åre"})
    assert rendered == compiled.render({"logo": picture, "a": "Berg & Åre"})
    assert any(name.startswith("word/media/") for name in members(rendered))
    assert texts(rendered)[1] == "Berg & Åre"
    with pytest.raises(Invalid, match="template_forbidden"):
        compile_template(word_file("{{ logo }}{{ ''.__class__ }}")).render({"logo": picture})


def test_a_syntax_error_names_its_paragraph() -> None:
    """Whoever edits the template in Word is told where to look."""
    with pytest.raises(Invalid) as refused:
        compile_template(word_file("Först", "{%p if a %}", "{{ a }}", "Sist {% endfor %}"))
    assert refused.value.code == "template_syntax"
    assert refused.value.params["paragraph"] == 4
    assert refused.value.params["text"] == "Sist {% endfor %}"


def test_a_template_that_would_break_the_document_is_refused() -> None:
    """Nobody is sent a .docx that Word cannot open."""
    crossing = compile_template(word_file("{% if a %}Början", "{%p endif %}", "Slut"))
    assert texts(crossing.render({"a": "x"})) == ["Början", "Slut"]
    with pytest.raises(Invalid, match="template_breaks"):
        crossing.render({"a": ""})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7 is no Word file",
        TEMPLATE[: len(TEMPLATE) // 2],
        zipped({"a.txt": b"a"}),
        zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"}),
        zipped({**members(TEMPLATE), "word/document.xml": b"<w:document"}),
        zipped({**members(TEMPLATE), "word/document.xml": b"<document/>"}),
        zipped({**members(TEMPLATE), "word/numbering.xml": b"\0\0"}),
    ],
    ids=["empty", "pdf", "cut off", "other zip", "no types", "broken xml", "no body", "numbering"],
)
def test_what_is_no_word_file_is_refused(data: bytes) -> None:
    """An upload that only calls itself .docx gets one clear sentence."""
    with pytest.raises(Invalid, match="template_not_docx"):
        compile_template(data)


@pytest.mark.parametrize(
    "extra",
    [{"bomb": bytes(MAX_UNPACKED)}, {str(n): b"" for n in range(MAX_MEMBERS)}],
    ids=["bytes", "members"],
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(extra: dict[str, bytes]) -> None:
    """A small file that unpacks to a huge one takes neither memory nor time."""
    with pytest.raises(TooLarge, match="template_too_large"):
        compile_template(zipped(members(TEMPLATE) | extra))


def test_a_damaged_template_is_used_or_refused_but_never_crashes() -> None:
    """Whatever bytes are changed in whatever part, the answer is a document or a refusal."""
    dice = random.Random(78)  # noqa: S311 - the same damage in every run
    parts = members(TEMPLATE)
    for _ in range(60):
        name = dice.choice([*parts])
        damaged = bytearray(parts[name])
        for _ in range(dice.randint(1, 4)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        try:
            rendered = CompiledTemplate(zipped({**parts, name: bytes(damaged)})).render(
                {"number": "1", "title": "Rubrik", "lines": ["a"]}
            )
        except Refusal:
            continue
        assert rendered.startswith(b"PK")
