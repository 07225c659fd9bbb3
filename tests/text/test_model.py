"""One model of text: nothing written is lost on any road through it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.text.door import cleaned
from casework.text.escape import escape
from casework.text.html import to_html
from casework.text.markdown import to_markdown
from casework.text.parse import MOST_OPEN, parse
from casework.text.plain import to_plain
from casework.text.tree import List, Quote, Table, words

PIECES = st.sampled_from(
    [
        *("*", "**", "_", "`", "``", "[", "]", "(", ")", "<", ">", "#", "+", "-", "=", "|", "~"),
        *("\\", "\n", "\n\n", "\t", " ", "  ", "    ", "1.", "2)", "2026.", "&amp;", "&#42;"),
        *("ord", "å", "6 300", "(b)", "!", "[^1]", "[^1]: ", "[x]: ", "http://a.se", "<br>"),
        *("| a | b |\n|---|--:|\n| 1 | 2 |\n", "- ", "- a\n  - b\n", "1. a\n", "> ", "```\n"),
        *("a\tb\nc\t1\n", "€", "\N{NO-BREAK SPACE}", "_a_", "**b**", "[l](http://c.se/x_(y))"),
    ]
)
WRITTEN = st.one_of(
    st.lists(PIECES, max_size=14).map("".join).map(cleaned), st.text(max_size=60).map(cleaned)
)


def lines(text: str) -> list[str]:
    """What a reader sees of plain text: its lines and cells, without spaces around them."""
    cells = ("\t".join(map(str.strip, line.split("\t"))) for line in text.split("\n"))
    return [line.strip() for line in cells if line.strip()]


@settings(max_examples=200, deadline=None)
@given(WRITTEN)
def test_plain_text_comes_out_as_it_went_in(plain: str) -> None:
    """What is meant as text stays text: plain, escaped, parsed, plain is the same."""
    assert lines(to_plain(parse(escape(plain)))) == lines(plain)


@settings(max_examples=300, deadline=None)
@given(WRITTEN)
def test_markdown_of_a_tree_is_read_as_the_same_tree(markdown: str) -> None:
    """A person edits what was written back, and changes nothing by opening it."""
    tree = parse(markdown)
    assert parse(to_markdown(tree)) == tree


@settings(max_examples=100, deadline=None)
@given(WRITTEN)
def test_html_holds_no_element_that_the_tree_has_not(markdown: str) -> None:
    """Whatever is written, only what this room writes comes out as an element."""
    html = to_html(parse(markdown + "<script>x</script><img src=x onerror=y>"))
    allowed = "p|h[3-6]|[uo]l|li|blockquote|pre|code|div|table|t[hrd]|thead|tbody|hr|br|a|sup|em"
    tags = re.findall(r"</?([A-Za-z][^\s/>]*)", html)
    assert all(re.fullmatch(f"{allowed}|strong", tag) for tag in tags)
    assert "script" not in tags
    assert not re.search(r"<[^>]* on\w+=", html)


@pytest.mark.parametrize(
    "plain",
    [
        *("+ 3 procent", "2*3*4 kronor", "> 20 personer", "# är tecknet", "1. Vägen byggs"),
        *("2026. Året då", "- minus", "_ett_ två", "[a](b)", "<b>fet</b>", "a | b", "---", "***"),
        *("\\", "`kod`", "&amp;", "~~~", "    indraget", "![a](b)", "[^1]: not", "[x]: http://a"),
        *("= lika", "1) först", "Rubrik\n=====", "a\n- b", "a|b\n-|-", "\tmed tabb"),
    ],
)
def test_a_sign_of_plain_text_is_a_sign(plain: str) -> None:
    """Each in itself, as a page shows it and as a letter does."""
    assert lines(to_plain(parse(escape(plain)))) == lines(plain)
    assert not re.search("<(?!p|/p|br)", to_html(parse(escape(plain))))


@pytest.mark.parametrize(
    ("markdown", "kept"),
    [
        ("+ 3 procent av 400 000", "+ 3 procent av 400 000"),
        ("> 20 personer", "> 20 personer"),
        ("Text\n+ 5 %", "Text + 5 %"),
        ("2*3*4 kronor och 5*6", "2*3*4 kronor och 5*6"),
        ("2026. Året då allt hände", "2026. Året då allt hände"),
        ("[^2]: Ingen pekar hit", "[1] Ingen pekar hit"),
        ("[väg]: https://exempel.se/vag", "https://exempel.se/vag"),
        ("Se <b>detta</b><br>här", "Se <b>detta</b>\nhär"),
    ],
)
def test_nothing_written_in_markdown_is_lost(markdown: str, kept: str) -> None:
    """Where CommonMark would take a sign, a number or a line away, it stays."""
    assert to_plain(parse(markdown)) == kept


@pytest.mark.parametrize("read", [parse, lambda text: parse(escape(text))])
def test_rows_from_a_spreadsheet_are_a_table(read: object) -> None:
    """Cells stay apart, numbers stand to the right, and a row of names heads the table."""
    [table] = read("Avgift\t2026\nMedlem\t140\nService\t6 300\nGrund\t2 106 810").blocks  # type: ignore[operator]
    assert isinstance(table, Table)
    assert table.alignments == ("left", "right")
    assert table.header == ()  # 2026 may be a sum: it heads nothing alone
    assert [words(row[1]) for row in table.rows] == ["2026", "140", "6 300", "2 106 810"]
    [table] = read("Post\tBelopp (kr)\nMedlem\t140,50\nSumma\t–12").blocks  # type: ignore[operator]
    assert [words(cell) for cell in table.header] == ["Post", "Belopp (kr)"]
    [table] = read("Post\t2026\t2027\nMedlem\t140\t145").blocks  # type: ignore[operator]
    assert [words(cell) for cell in table.header] == ["Post", "2026", "2027"]
    assert to_html(parse(to_markdown(parse("a\tb\nc\td")))).count("<td>") == 4


def test_a_list_with_tabs_stays_a_list() -> None:
    """What is marked as something else is no row of a spreadsheet."""
    [found] = parse("1.\tett\n2.\ttvå").blocks
    assert isinstance(found, List)
    [found, _] = parse("- a\tb\n- c\td\n\n\t- e\tf").blocks[:1] * 2
    assert isinstance(found, List)
    assert to_plain(parse("```\na\tb\nc\td\n```")) == "a\tb\nc\td"


def test_deep_and_hostile_nesting_loses_no_word() -> None:
    """Thirty levels are read; what is deeper than anyone writes is text."""
    deep = "\n".join("  " * level + f"- nivå{level}" for level in range(30))
    assert all(f"nivå{level}" in to_plain(parse(deep)) for level in range(30))
    hostile = "> " * 5000 + "botten"
    assert to_plain(parse(hostile)).endswith("botten")
    assert isinstance(parse("> " * 50 + "a").blocks[0], Quote)


@pytest.mark.parametrize("sign", ["[", "![", "[^", "[a\n"])
def test_a_heap_of_open_brackets_is_text_and_loses_no_word(sign: str) -> None:
    """So many are nobody's links: each sign and word of the text is kept, and none is sought."""
    few, heap = (parse(f"**fet** {sign * count}sist") for count in (MOST_OPEN, MOST_OPEN + 1))
    assert "**" not in to_plain(few)
    assert lines(to_plain(heap)) == lines(f"**fet** {sign * (MOST_OPEN + 1)}sist")
    assert parse(to_markdown(heap)) == heap
    assert to_plain(parse(sign * 30_000 + "sist")).endswith("sist")


@pytest.mark.parametrize("start", ["- [", "\n[", "[a] ", r"\[", "> - ["])
def test_open_brackets_apart_are_no_heap(start: str) -> None:
    """An item or a paragraph with its own bracket keeps its form among many of them."""
    many = "\n".join(f"{start}**a**" for _ in range(3 * MOST_OPEN))
    assert "**" not in to_plain(parse(many))


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"]
)
def test_no_unsafe_link_and_no_picture_from_elsewhere(address: str) -> None:
    """A page leads to the web, to mail or to a place of its own, and fetches from nowhere."""
    html = to_html(parse(f"[a]({address}) <{address}> ![b]({address})"))
    assert "href" not in html
    assert "<img" not in html
    picture = to_html(parse("![Karta](https://x.se/y.png)"))
    assert picture == '<p><a href="https://x.se/y.png">Karta</a></p>\n'


def test_notes_are_numbered_as_they_come_and_can_be_gone_back_from() -> None:
    """Two texts in one page have names of their own for their notes."""
    html = to_html(parse("Först[^b] sedan[^a].\n\n[^a]: A\n[^b]: B **fet**"))
    assert re.search(r'<sup><a href="#(not-\w+-1)".*<li id="\1">B <strong>fet</strong>', html, re.S)
    other = to_html(parse("Annan[^1].\n\n[^1]: C"))
    assert not set(re.findall(r'id="(.*?)"', html)) & set(re.findall(r'id="(.*?)"', other))
