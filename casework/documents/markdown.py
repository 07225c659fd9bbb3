"""Markdown, as matters keep their text, into the blocks of a document or into safe HTML.

Odd Markdown never fails: what a document has no form for (quotations, code, tables, raw HTML)
becomes paragraphs with the same words.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

import nh3
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from casework.documents.contexts import Block, Inline, Section
from casework.text.typography import printable, swedish

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_PARSER = MarkdownIt("commonmark", {"html": False})
_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "h3", "h4", "h5", "h6"}
_TAGS |= {"blockquote", "code", "pre", "a", "hr"}
_ESCAPED = re.compile(r"([\\`*_\[\]<>#&!])")
_LIST_START = re.compile(r"(?m)^(\d*)([-+.)=~|])")
_SHOWN_LINKS = ("http://", "https://", "mailto:")


def to_sections(markdown: str, heading: str, level: int = 2) -> tuple[Section, ...]:
    """A section under `heading`, and one more for each heading inside the text.

    An inner heading lies `#`, `##` ... steps below `level`, at most at 3, the lowest printed.
    """
    found: list[tuple[str, int, list[Block]]] = [(heading, level, [])]
    for node in _parse(markdown).children:
        if node.type == "heading":
            found.append((_plain(node), min(level + int(node.tag[1]), 3), []))
        else:
            found[-1][2].extend(_blocks(node, 0))
    return tuple(
        Section(title, depth, tuple(blocks))
        for title, depth, blocks in found
        if blocks or (title and len(found) > 1)
    )


def to_blocks(markdown: str) -> tuple[Block, ...]:
    """The text as blocks alone; a heading in it becomes a bold paragraph."""
    return tuple(_children(_parse(markdown), 0))


def to_html(markdown: str) -> str:
    """The text as HTML that is safe in a page; its headings start at h3, below the page's own."""
    tokens = _PARSER.parse(printable(markdown))
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
        for inline in token.children or ():
            if inline.type == "text":
                inline.content = swedish(inline.content)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
    )


def _parse(markdown: str) -> SyntaxTreeNode:
    return SyntaxTreeNode(_PARSER.parse(printable(markdown)))


def _children(node: SyntaxTreeNode, depth: int) -> Iterator[Block]:
    for child in node.children:
        yield from _blocks(child, depth)


def _blocks(node: SyntaxTreeNode, depth: int) -> Iterator[Block]:
    if node.type in {"bullet_list", "ordered_list"}:
        yield from _list(node, depth)
    elif node.type == "blockquote":
        yield from _children(node, depth)
    elif inlines := _paragraph(node):
        yield Block("paragraph", inlines)


def _paragraph(node: SyntaxTreeNode) -> tuple[Inline, ...]:
    if node.type in {"fence", "code_block"}:
        return _joined([Inline(node.content.rstrip("\n"))])
    if node.type in {"paragraph", "heading"}:
        return _inlines(node, bold=node.type == "heading")
    return ()


def _list(node: SyntaxTreeNode, depth: int) -> Iterator[Block]:
    first = int(node.attrs.get("start", 1))
    for position, item in enumerate(node.children):
        inlines, rest = _item_text(item)
        if node.type == "bullet_list":
            yield Block("bullet", inlines, depth=depth)
        else:
            yield Block("numbered", inlines, first + position, position == 0, depth)
        for child in rest:
            yield from _blocks(child, depth + 1)


def _item_text(item: SyntaxTreeNode) -> tuple[tuple[Inline, ...], list[SyntaxTreeNode]]:
    """An item's own text, its paragraphs one line each, and what comes from its first list on."""
    children = list(item.children)
    own = next((n for n, child in enumerate(children) if child.type != "paragraph"), len(children))
    inlines: list[Inline] = []
    for paragraph in children[:own]:
        inlines += [Inline("\n")] if inlines else []
        inlines += _inlines(paragraph)
    return _joined(inlines), children[own:]


def _plain(node: SyntaxTreeNode) -> str:
    return "".join(inline.text for inline in _inlines(node)).replace("\n", " ")


def _inlines(node: SyntaxTreeNode, *, bold: bool = False) -> tuple[Inline, ...]:
    runs = [run for inline in node.children for run in _runs(inline, bold, False)]
    return _joined(runs)


def _runs(node: SyntaxTreeNode, bold: bool, italic: bool) -> Iterator[Inline]:
    if node.type in {"text", "code_inline", "image"}:
        yield Inline(swedish(node.content), bold, italic)
    elif node.type == "softbreak":
        yield Inline(" ", bold, italic)
    elif node.type == "hardbreak":
        yield Inline("\n", bold, italic)
    else:
        for child in node.children:
            yield from _runs(child, bold or node.type == "strong", italic or node.type == "em")
    if node.type == "link":
        yield from _address(node, bold, italic)


def _address(link: SyntaxTreeNode, bold: bool, italic: bool) -> Iterator[Inline]:
    """A printed document cannot be clicked: the address stands after the words."""
    address = str(link.attrs.get("href", ""))
    shown = address.removeprefix("mailto:")
    words = "".join(run.text for child in link.children for run in _runs(child, False, False))
    if address.startswith(_SHOWN_LINKS) and shown != words:
        yield Inline(f" ({shown})", bold, italic)


def _joined(runs: Iterable[Inline]) -> tuple[Inline, ...]:
    """Neighbours of the same look as one."""
    looks = groupby(runs, key=lambda run: (run.bold, run.italic))
    joined = (Inline("".join(run.text for run in same), *look) for look, same in looks)
    return tuple(inline for inline in joined if inline.text)


def from_blocks(blocks: Sequence[Block]) -> str:
    """Markdown that `to_blocks` reads back to the same blocks, for a person to edit."""
    lines: list[str] = []
    for before, block in zip((None, *blocks), blocks, strict=False):
        is_list = block.kind != "paragraph"
        if before is not None and not (is_list and before.kind == block.kind and not block.restart):
            lines.append("")
        mark = {"paragraph": "", "bullet": "- ", "numbered": f"{block.number}. "}[block.kind]
        indent = "    " * block.depth
        text = "".join(_marked(inline) for inline in block.inlines)
        inner = " " * len(indent + mark)
        lines.append(indent + mark + text.replace("\n", f"\\\n{inner}"))
    return "\n".join(lines)


def _marked(inline: Inline) -> str:
    text = _ESCAPED.sub(r"\\\1", inline.text)
    text = _LIST_START.sub(r"\1\\\2", text)
    around = "*" * (2 * inline.bold + inline.italic)
    return f"{around}{text}{around}"
