"""Markdown becomes blocks whatever it holds, and HTML that cannot harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.documents.contexts import Block, Inline
from casework.documents.markdown import from_blocks, to_blocks, to_sections
from casework.text.html import html_of


def words(markdown: str) -> list[str]:
    return ["".join(run.text for run in block.inlines) for block in to_blocks(markdown)]


def test_headings_inside_become_sections_below_the_given_one() -> None:
    """The matter's own headings never climb above the section that they stand in."""
    found = to_sections("Ingress.\n\n# Bakgrund\n\nText.\n\n###### Djupt\n\n- a", "Ärende")
    assert [(section.heading, section.level) for section in found] == [
        ("Ärende", 2),
        ("Bakgrund", 3),
        ("Djupt", 3),
    ]


def test_an_empty_text_has_no_section() -> None:
    """No heading is printed over nothing."""
    assert to_sections("  \n", "Sammanfattning") == ()


def test_emphasis_is_kept_and_neighbours_are_joined() -> None:
    """Bold within italic is both, and a soft line break is a space."""
    assert to_blocks("en\n**två *tre***") == (
        Block("paragraph", (Inline("en "), Inline("två ", bold=True), Inline("tre", True, True))),
    )


def test_lists_know_number_restart_and_depth() -> None:
    """A second list starts over with its own number, and a nested one lies deeper."""
    found = to_blocks("1. a\n2. b\n   - c\n\nx\n\n3. d")
    assert [(b.kind, b.number, b.restart, b.depth) for b in found] == [
        ("numbered", 1, True, 0),
        ("numbered", 2, False, 0),
        ("bullet", 0, False, 1),
        ("paragraph", 0, False, 0),
        ("numbered", 3, True, 0),
    ]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("<script>alert(1)</script>", ["<script>alert(1)</script>"]),
        ("> citat", ["citat"]),
        ("```\nkod <b>\n```", ["kod <b>"]),
        ("```", []),
        ("| a | b |\n|---|---|", ["a\tb"]),
        ("![bild](x.png)", ["bild"]),
        ("# Rubrik", ["Rubrik"]),
        ("Ord[^1].\n\n[^1]: En *not*.", ["Ord (not: En not.)."]),
        ("---", ["–––"]),
        ("a\x00b\x07c", ["abc"]),
        ("[ord](https://example.org/a)", ["ord (https://example.org/a)"]),
        ("[ord](javascript:alert)", ["[ord](javascript:alert)"]),
    ],
)
def test_odd_markdown_becomes_paragraphs_with_its_words(markdown: str, text: list[str]) -> None:
    """What a document has no form for loses its form, never its words."""
    assert words(markdown) == text


@given(st.text(alphabet=st.sampled_from("#*_->1. \n`[]()<!|ab&\\\t"), max_size=80))
def test_no_markdown_fails(markdown: str) -> None:
    """Any text a person can type gives blocks, without control characters, and safe HTML."""
    assert all(run.text for block in to_blocks(markdown) for run in block.inlines)
    assert "<script" not in html_of(markdown + "<script>")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<a href='x' onclick='y'>z</a>",
    ],
)
def test_html_carries_nothing_that_runs(hostile: str) -> None:
    """Text from a stranger is shown in the page and never run there."""
    html = html_of(hostile)
    assert "<script" not in html
    assert "<img" not in html
    assert "<a " not in html


def test_html_headings_stand_below_those_of_the_page() -> None:
    """A matter's `#` does not compete with the page's own h1 and h2."""
    assert html_of("# A\n\n###### B") == "<h3>A</h3>\n<h6>B</h6>\n"


def test_a_page_shows_the_typography_of_the_document() -> None:
    """A sum of money is not broken over two lines on a screen either; code stays as it is."""
    assert html_of("20 000 kr `20 000`") == "<p>20&nbsp;000&nbsp;kr <code>20 000</code></p>\n"


@pytest.mark.parametrize(
    "markdown",
    [
        "Ett stycke.\n\nEtt till, 1. inte en lista.",
        "- a\n- b\n    - djupare\n\nSlut.",
        "3. tre\n4. fyra\n\n1. ett",
        "**fet** och *kursiv*\\\nny rad",
        "| Post | Kr |\n|:--|---|\n| a\\|b | 6 300 |\n| **c** | [d](https://e.se) |",
        "1. a\n\n   två stycken\n2. b\n\n   > citat\n\n## Rubrik\n\n```\nkod\n```",
        "> c\n>\n> d\n\n___",
        "Not[^1] och ![bild](x.png)\n\n[^1]: *En* [not](https://f.se).\n\n- a\n\n* b",
        "\\- inte en punkt\n\n1990\\. inte heller & <tagg> # eller *så*",
    ],
)
def test_blocks_can_be_edited_as_text_and_come_back_the_same(markdown: str) -> None:
    """The secretary edits a § as text; what is not touched must not change."""
    blocks = to_blocks(markdown)
    assert to_blocks(from_blocks(blocks)) == blocks


@given(st.text(alphabet="ab 1.-*_#<>&[]()!\\`+=~|é", max_size=40))
def test_any_words_survive_being_edited(text: str) -> None:
    """Whatever a paragraph says, its Markdown says the same again."""
    blocks = to_blocks(text)
    plain = tuple(Block("paragraph", (Inline(run.text),)) for b in blocks for run in b.inlines)
    stripped = tuple(b for b in plain if b.inlines[0].text.strip() == b.inlines[0].text)
    assert to_blocks(from_blocks(stripped)) == stripped
