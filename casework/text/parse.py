"""Markdown into the tree: CommonMark, tables of GFM, footnotes; nothing that was written is lost.

In four places we read otherwise than CommonMark, since a sum or a number would be lost: "+ 3
procent" and "> 20 personer" begin no list and no quotation, a number of four digits numbers no
list ("2026. Året då"), and `*` between two digits is a sign of multiplication. `<br>` breaks the
line, as in tables of GFM; all other HTML is text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.footnote import footnote_plugin

from casework.text.escape import escape
from casework.text.tabs import with_tables
from casework.text.tree import (
    Code,
    Heading,
    Image,
    Item,
    List,
    NoteMark,
    Paragraph,
    Quote,
    Rule,
    Run,
    Table,
    Text,
    tidy,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.rules_inline import StateInline

    from casework.text.tree import Alignment, Block, Inline, Inlines

# Deeper than this nobody writes; what lies deeper is taken as plain text, and not lost.
MOST_NESTED = 200
# More brackets than this, open at once, are no links; to seek the end of each would take seconds.
MOST_OPEN = 30
_BRACKETS = re.compile(r"\\.|[\[\]]|\n[ \t>]*(?=\n|[-*+] )")
_NO_LIST = re.compile(r"\+[ \t]+\d|\d{4,}[.)](?!\S)")
_NO_QUOTE = re.compile(r">[ \t]*\d")
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SAFE = ("http:", "https:", "mailto:")
_STYLE: dict[str, Alignment] = {
    "text-align:left": "left",
    "text-align:center": "center",
    "text-align:right": "right",
}


def parse(markdown: str) -> Text:
    """The text that Markdown says; of what is no Markdown, each word."""
    environment: dict[str, Any] = {}
    source = escape(markdown) if _has_heap(markdown) else with_tables(markdown)
    tokens = _PARSER.parse(source, environment)
    if any(token.level >= MOST_NESTED - 2 for token in tokens):
        environment = {}
        tokens = _PARSER.parse(escape(markdown), environment)
    return _Builder(environment).text(SyntaxTreeNode(tokens))


def _has_heap(markdown: str) -> bool:
    """Whether some paragraph or item has more than MOST_OPEN brackets that are open at once."""
    still_open = 0
    for sign in _BRACKETS.findall(markdown):
        match sign:
            case "[":
                still_open += 1
            case "]":
                still_open = max(still_open - 1, 0)
            case _ if sign.startswith("\n"):
                still_open = 0
        if still_open > MOST_OPEN:
            return True
    return False


def is_safe(address: str) -> bool:
    """Whether a page may lead there: the web, mail, or a place of its own."""
    scheme = _SCHEME.match(address)
    return scheme is None or scheme[0].lower() in _SAFE


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return not _NO_LIST.match(_line(state, start)) and list_block(state, start, end, silent)


def _quotation(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return not _NO_QUOTE.match(_line(state, start)) and blockquote(state, start, end, silent)


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _product(state: StateInline, silent: bool) -> bool:
    """The asterisk of "2*3", which emphasises nothing."""
    at = state.pos
    around = state.src[max(at - 1, 0) : at + 2]
    if state.src[at] != "*" or at == 0 or not re.fullmatch(r"\d\*\d", around):
        return False
    if not silent:
        state.pending += "*"
    state.pos += 1
    return True


def _break(state: StateInline, silent: bool) -> bool:
    found = _BREAK.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = found.end()
    return True


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MOST_NESTED}).enable("table")
    footnote_plugin(parser, inline=False, move_to_end=False)
    interrupts = ["paragraph", "reference", "blockquote"]
    parser.block.ruler.at("list", _list, {"alt": interrupts})
    parser.block.ruler.at("blockquote", _quotation, {"alt": [*interrupts, "list"]})
    parser.inline.ruler.before("emphasis", "product", _product)
    parser.inline.ruler.before("autolink", "line_break", _break)
    return parser


_PARSER = _parser()


@dataclass
class _Builder:
    """Makes the tree of one parse; `environment` is the parser's, with all definitions."""

    environment: dict[str, Any]
    numbers: dict[str, int] = field(default_factory=dict)
    addresses: set[str] = field(default_factory=set)
    in_note: bool = False

    def text(self, root: SyntaxTreeNode) -> Text:
        definitions = [each for each in root.walk() if each.type == "footnote_reference"]
        self.numbers = _numbered(root, [each.meta["label"] for each in definitions])
        blocks = [*self.blocks(root.children)]
        self.in_note = True
        notes = {self.numbers[each.meta["label"]]: each.children for each in definitions}
        empty = (Paragraph((Run("–"),)),)
        written = [tuple(self.blocks(notes[number])) or empty for number in sorted(notes)]
        return Text((*blocks, *self.unused()), tuple(written))

    def unused(self) -> Iterator[Block]:
        """An address that was given a name, and never referred to: it was meant to be read."""
        for reference in self.environment.get("references", {}).values():
            address = reference["href"]
            if address and address not in self.addresses:
                title = f" {reference['title']}" if reference.get("title") else ""
                yield Paragraph(tidy([Run(address, link=address), Run(title)]))

    def blocks(self, nodes: Sequence[SyntaxTreeNode]) -> Iterator[Block]:
        for node in nodes:
            block = self.block(node)
            if block is not None:
                yield block

    def block(self, node: SyntaxTreeNode) -> Block | None:
        match node.type:
            case "paragraph":
                inlines = self.inlines(node)
                return Paragraph(inlines) if inlines else None
            case "heading":
                inlines = tidy(_on_one_line(self.inlines(node)))
                return Heading(int(node.tag[1]), inlines) if inlines else None
            case "bullet_list" | "ordered_list":
                return self.list(node)
            case "blockquote":
                blocks = tuple(self.blocks(node.children))
                return Quote(blocks) if blocks else None
            case "fence" | "code_block":
                said = node.info.strip() if node.type == "fence" else ""
                lines = f"{said}\n{node.content}" if " " in said else node.content
                return Code(lines.rstrip("\n")) if lines.strip() else None
            case "hr":
                return Rule()
            case "table":
                return self.table(node)
        return None

    def list(self, node: SyntaxTreeNode) -> List | None:
        """The list; a bullet with nothing behind it is none, but a number stays."""
        is_numbered = node.type == "ordered_list"
        items = [Item(tuple(self.blocks(each.children))) for each in node.children]
        kept = tuple(each for each in items if each.blocks or is_numbered)
        start = int(node.attrs.get("start", 1)) if is_numbered else None
        return List(kept, start) if kept else None

    def table(self, node: SyntaxTreeNode) -> Table:
        head, *body = node.children
        [names] = head.children
        header = tuple(self.inlines(cell) for cell in names.children)
        rows = tuple(
            tuple(self.inlines(cell) for cell in row.children)
            for part in body
            for row in part.children
        )
        columns = tuple(_STYLE.get(str(cell.attrs.get("style", ""))) for cell in names.children)
        return Table(columns, header if any(header) else (), rows)

    def inlines(self, node: SyntaxTreeNode) -> Inlines:
        found = [each for inline in node.children for each in self.runs(inline, Run(""))]
        return tidy(found)

    def runs(self, node: SyntaxTreeNode, look: Run) -> Iterator[Inline]:
        match node.type:
            case "text":
                yield replace(look, text=node.content)
            case "code_inline":
                yield replace(look, text=node.content.replace("\t", " "), code=True)
            case "softbreak":
                yield replace(look, text=" ")
            case "hardbreak":
                yield replace(look, text="\n")
            case "image":
                address = str(node.attrs.get("src", ""))
                self.addresses.add(address)
                yield Image(address, node.content, look.link)
            case "footnote_ref":
                yield self.mark(node.meta["label"], look)
            case "link":
                yield from self.link(node, look)
            case _:
                look = replace(
                    look,
                    strong=look.strong or node.type == "strong",
                    emphasis=look.emphasis or node.type == "em",
                )
                for child in node.children:
                    yield from self.runs(child, look)

    def link(self, node: SyntaxTreeNode, look: Run) -> Iterator[Inline]:
        address = str(node.attrs.get("href", ""))
        self.addresses.add(address)
        look = replace(look, link=address if is_safe(address) else "")
        within = [each for child in node.children for each in self.runs(child, look)]
        yield from within if words(within).strip() else (replace(look, text=address),)

    def mark(self, label: str, look: Run) -> Inline:
        """A note has no notes of its own: a mark in one is text."""
        if self.in_note:
            return replace(look, text=f"[{self.numbers[label]}]")
        return NoteMark(self.numbers[label])


def _numbered(root: SyntaxTreeNode, defined: Sequence[str]) -> dict[str, int]:
    """The number of each note: in the order in which they are referred to, then the others."""
    referred = [
        each.meta["label"]
        for each in root.walk()
        if each.type == "footnote_ref" and not _is_in_note(each)
    ]
    return {label: number for number, label in enumerate(dict.fromkeys([*referred, *defined]), 1)}


def _is_in_note(node: SyntaxTreeNode) -> bool:
    parent = node.parent
    while parent is not None and parent.type != "footnote_reference":
        parent = parent.parent
    return parent is not None


def _on_one_line(inlines: Inlines) -> Iterator[Inline]:
    for inline in inlines:
        if isinstance(inline, Run):
            yield replace(inline, text=inline.text.replace("\n", " "))
        else:
            yield inline
