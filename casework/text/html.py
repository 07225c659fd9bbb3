"""The tree as HTML that is safe in any page: every word is escaped, every link leads somewhere
safe, and no picture is fetched from elsewhere."""

from __future__ import annotations

from html import escape as escaped
from typing import TYPE_CHECKING
from zlib import crc32

from casework.text.door import NO_BREAK
from casework.text.parse import is_safe, parse
from casework.text.tree import (
    Code,
    Heading,
    Image,
    List,
    NoteMark,
    Paragraph,
    Quote,
    Rule,
    Run,
    Table,
    Text,
    typeset,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casework.text.tree import Block, Inline

_ALIGNED = {"left": "", "center": ' class="center"', "right": ' class="end"'}


def to_html(text: Text, top: int = 3) -> str:
    """The text as HTML; its headings start at h3, or at that of `top`, below the page's own.

    Notes follow it; their names are its own, so that several texts may stand in one page.
    """
    name = f"not-{crc32(repr(text).encode(errors='replace')):x}"
    return "".join((*_blocks(text.blocks, name, top), *_notes(text, name, top)))


def html_of(markdown: str, top: int = 3) -> str:
    """`to_html` of the text that the Markdown says."""
    return to_html(parse(markdown), top)


def _blocks(blocks: Sequence[Block], name: str, top: int) -> Iterator[str]:
    for block in blocks:
        yield _block(block, name, top) + "\n"


def _block(block: Block, name: str, top: int) -> str:
    match block:
        case Paragraph():
            return f"<p>{_line(block.inlines, name)}</p>"
        case Heading():
            level = min(block.level + top - 1, 6)
            return f"<h{level}>{_line(block.inlines, name)}</h{level}>"
        case List():
            return _list(block, name, top)
        case Quote():
            return f"<blockquote>\n{''.join(_blocks(block.blocks, name, top))}</blockquote>"
        case Code():
            return f"<pre><code>{escaped(block.text)}\n</code></pre>"
        case Table():
            return _table(block, name)
        case Rule():
            return "<hr>"


def _list(block: List, name: str, top: int) -> str:
    tag = "ul" if block.start is None else "ol"
    start = f' start="{block.start}"' if block.start not in (None, 1) else ""
    items = "".join(f"<li>{_item(item.blocks, name, top)}</li>\n" for item in block.items)
    return f"<{tag}{start}>\n{items}</{tag}>"


def _item(blocks: Sequence[Block], name: str, top: int) -> str:
    """An item's only paragraph is its text, with what lists there are under it."""
    match blocks:
        case [Paragraph() as first, *rest] if not any(isinstance(e, Paragraph) for e in rest):
            below = "".join(_blocks(rest, name, top))
            return _line(first.inlines, name) + (f"\n{below}" if below else "")
    return "\n" + "".join(_blocks(blocks, name, top)) if blocks else ""


def _table(block: Table, name: str) -> str:
    looks = [_ALIGNED[each] for each in block.alignments]
    head = "".join(
        f'<th scope="col"{look}>{_line(cell, name)}</th>'
        for look, cell in zip(looks, block.header, strict=False)
    )
    rows = "".join(f"<tr>{_cells(row, looks, name)}</tr>\n" for row in block.rows)
    top = f"<thead>\n<tr>{head}</tr>\n</thead>\n" if head else ""
    body = f"<tbody>\n{rows}</tbody>\n" if rows else ""
    table = f"<table>\n{top}{body}</table>"
    return f'<div class="prose-table" role="group" aria-label="Tabell" tabindex="0">{table}</div>'


def _cells(row: Sequence[Sequence[Inline]], looks: Sequence[str], name: str) -> str:
    return "".join(
        f"<td{look}>{_line(cell, name)}</td>" for look, cell in zip(looks, row, strict=True)
    )


def _line(inlines: Sequence[Inline], name: str) -> str:
    return "".join(
        f"{_opening(before, inline)}{_inline(inline, name)}{_closing(inline, after)}"
        for before, inline, after in zip(
            (None, *inlines[:-1]), inlines, (*inlines[1:], None), strict=False
        )
    )


def _opening(before: Inline | None, inline: Inline) -> str:
    link = _link(inline)
    return f'<a href="{escaped(link)}">' if link and link != _link(before) else ""


def _closing(inline: Inline, after: Inline | None) -> str:
    return "</a>" if _link(inline) and _link(inline) != _link(after) else ""


def _link(inline: Inline | None) -> str:
    link = getattr(inline, "link", "")
    return link if is_safe(link) else ""


def _inline(inline: Inline, name: str) -> str:
    match inline:
        case NoteMark(number):
            return f'<sup><a href="#{name}-{number}" id="{name}-{number}-till">{number}</a></sup>'
        case Image():
            return _image(inline)
        case Run():
            return _run(inline)


def _image(image: Image) -> str:
    """What stands for a picture, leading to it: no page fetches one from where a text says."""
    words = escaped(image.alternative or image.address)
    if image.link or not is_safe(image.address):
        return words
    return f'<a href="{escaped(image.address)}">{words}</a>'


def _run(run: Run) -> str:
    if run.code:
        html = f"<code>{escaped(run.text)}</code>"
    else:
        html = escaped(typeset(run)).replace("\n", "<br>\n").replace(NO_BREAK, "&nbsp;")
    html = f"<em>{html}</em>" if run.emphasis else html
    return f"<strong>{html}</strong>" if run.strong else html


def _notes(text: Text, name: str, top: int) -> Iterator[str]:
    if not text.notes:
        return
    yield '<ol class="notes">\n'
    for number, blocks in enumerate(text.notes, 1):
        back = f' <a href="#{name}-{number}-till" aria-label="Tillbaka till texten">↩</a>'
        yield f'<li id="{name}-{number}">{_item(blocks, name, top)}{back}</li>\n'
    yield "</ol>\n"
