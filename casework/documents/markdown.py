"""The tree of a text as the flat blocks that a document's templates read, and back again."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from casework.documents.contexts import Block, Inline, Section, paragraphs
from casework.text import tree
from casework.text.markdown import to_markdown
from casework.text.parse import parse
from casework.text.plain import line_to_plain, shown_address, to_plain
from casework.text.typography import printable, swedish

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casework.text.tree import Inlines, Text

_LOWEST = 3  # of the headings that a section may have


def to_sections(markdown: str, heading: str, level: int = 2) -> tuple[Section, ...]:
    """A section under `heading`, and one more for each heading inside the text.

    An inner heading lies `#`, `##` ... steps below `level`, at most at 3, the lowest printed.
    """
    text = parse(printable(markdown))
    found: list[tuple[str, int, list[Block]]] = [(heading, level, [])]
    flat = _Flat(text)
    for before, block in zip((None, *text.blocks), text.blocks, strict=False):
        if isinstance(block, tree.Heading):
            title = swedish(line_to_plain(_unnoted(block.inlines)))
            found.append((title, min(level + block.level, _LOWEST), []))
        else:
            found[-1][2].extend(flat.block(block, 0, before))
    return tuple(
        Section(title, depth, tuple(blocks))
        for title, depth, blocks in found
        if blocks or (title and len(found) > 1)
    )


def to_blocks(markdown: str) -> tuple[Block, ...]:
    """The text as blocks alone, headings among them."""
    text = parse(printable(markdown))
    return tuple(_Flat(text).blocks(text.blocks, 0))


def introduced(start: str, markdown: str) -> tuple[Block, ...]:
    """The text after `start` and a colon, on its line where it begins with one; else `start.`"""
    blocks = to_blocks(markdown)
    if not blocks:
        return paragraphs(f"{start}.")
    first = blocks[0]
    if first.kind != "paragraph":
        return (*paragraphs(f"{start}:"), *blocks)
    head, *rest = first.inlines
    opening = f"{start}: "
    if replace(head, text="") == Inline(""):
        return (replace(first, inlines=(Inline(opening + head.text), *rest)), *blocks[1:])
    return (replace(first, inlines=(Inline(opening), *first.inlines)), *blocks[1:])


def from_blocks(blocks: Sequence[Block]) -> str:
    """Markdown that `to_blocks` reads back to the same blocks, for a person to edit."""
    return to_markdown(to_text(blocks))


def to_text(blocks: Sequence[Block]) -> Text:
    """The tree of the text that the blocks were made from."""
    nested = _Nested()
    made = tuple(nested.blocks(blocks, 0))
    return tree.Text(made, tuple(nested.notes))


class _Flat:
    """Makes blocks of a text, with each note where it is referred to."""

    def __init__(self, text: Text) -> None:
        self._notes = [self._note(blocks) for blocks in text.notes]

    def blocks(self, blocks: Sequence[tree.Block], depth: int) -> Iterator[Block]:
        for before, block in zip((None, *blocks), blocks, strict=False):
            yield from self.block(block, depth, before)

    def block(
        self, block: tree.Block, depth: int, before: tree.Block | None = None
    ) -> Iterator[Block]:
        match block:
            case tree.Paragraph():
                yield Block("paragraph", self.inlines(block.inlines), depth=depth)
            case tree.Heading():
                inlines = self.inlines(_unemphasised(block.inlines), bold=True)
                yield Block("heading", inlines, depth=depth, level=block.level)
            case tree.List():
                yield from self._list(block, depth, isinstance(before, tree.List))
            case tree.Quote():
                yield from self._quote(block, depth)
            case tree.Code():
                yield Block("code", (Inline(block.text, code=True),), depth=depth)
            case tree.Rule():
                yield Block("rule", (Inline("–––"),), depth=depth)
            case tree.Table():
                yield self._table(block, depth)

    def inlines(self, inlines: Inlines, *, bold: bool = False) -> tuple[Inline, ...]:
        made: list[Inline] = []
        for _, group in groupby(inlines, key=lambda inline: getattr(inline, "link", "")):
            linked = [each for inline in group for each in self._inline(inline, bold)]
            if linked and linked[-1].link:
                said = "".join(inline.text for inline in linked)
                linked[-1] = _addressed(linked[-1], said)
            made += linked
        return tuple(made)

    def _inline(self, inline: tree.Inline, bold: bool) -> Iterator[Inline]:
        match inline:
            case tree.Run():
                text = printable(tree.typeset(inline))
                yield Inline(text, bold or inline.strong, inline.emphasis, inline.code, inline.link)
            case tree.Image():
                text = swedish(inline.alternative or inline.address)
                yield Inline(text, bold, link=inline.link, image=inline.address)
            case tree.NoteMark():
                note = self._notes[inline.number - 1]
                said = "".join(each.text for each in note)
                yield Inline(f" (not: {said})", bold, note=note)

    def _note(self, blocks: Sequence[tree.Block]) -> tuple[Inline, ...]:
        """A note as one run of text, its paragraphs one line each."""
        made: list[Inline] = []
        for block in blocks:
            made += [Inline("\n")] if made else []
            if isinstance(block, tree.Paragraph | tree.Heading):
                made += self.inlines(block.inlines)
            else:
                made.append(Inline(swedish(to_plain(tree.Text((block,))))))
        return tuple(made)

    def _list(self, block: tree.List, depth: int, follows: bool) -> Iterator[Block]:
        first = block.start or 0
        for position, item in enumerate(block.items):
            own, rest = _own(item)
            inlines = self.inlines(own)
            if block.start is None:
                yield Block("bullet", inlines, restart=follows and position == 0, depth=depth)
            else:
                yield Block("numbered", inlines, first + position, position == 0, depth)
            yield from self.blocks(rest, depth + 1)

    def _quote(self, block: tree.Quote, depth: int) -> Iterator[Block]:
        for inner in block.blocks:
            if isinstance(inner, tree.Paragraph):
                yield Block("quote", self.inlines(inner.inlines), depth=depth)
            else:
                yield from self.block(inner, depth)

    def _table(self, block: tree.Table, depth: int) -> Block:
        cells = (*([block.header] if block.header else ()), *block.rows)
        rows = tuple(tuple(self.inlines(cell) for cell in row) for row in cells)
        return Block(
            "table",
            (Inline("\n".join("\t".join(map(_cell_text, row)) for row in rows)),),
            depth=depth,
            columns=block.alignments,
            headed=bool(block.header),
            rows=rows,
        )


def _cell_text(cell: Sequence[Inline]) -> str:
    return " ".join("".join(inline.text for inline in cell).split("\n"))


def _own(item: tree.Item) -> tuple[Inlines, Sequence[tree.Block]]:
    """An item's own words, and what lies under them."""
    first, rest = item.blocks[:1], item.blocks[1:]
    if first and isinstance(first[0], tree.Paragraph):
        return first[0].inlines, rest
    return (), item.blocks


def _unnoted(inlines: Inlines) -> Inlines:
    return tuple(each for each in inlines if not isinstance(each, tree.NoteMark))


def _unemphasised(inlines: Inlines) -> Inlines:
    """Without bold, where all is bold by itself."""
    bare = (replace(each, strong=False) if isinstance(each, tree.Run) else each for each in inlines)
    return tree.tidy(bare)


def _addressed(last: Inline, said: str) -> Inline:
    """A printed document cannot be clicked: the address stands after the words."""
    shown = shown_address(last.link, said)
    return replace(last, text=last.text + shown)


class _Nested:
    """Makes the tree of flat blocks; gathers their notes."""

    def __init__(self) -> None:
        self.notes: list[tuple[tree.Block, ...]] = []

    def blocks(self, blocks: Sequence[Block], depth: int) -> Iterator[tree.Block]:
        at = 0
        while at < len(blocks):
            end = _end(blocks, at)
            if blocks[at].kind in ("bullet", "numbered"):
                yield self._list(blocks[at:end])
            elif blocks[at].kind == "quote":
                paragraphs = (tree.Paragraph(self.inlines(each.inlines)) for each in blocks[at:end])
                yield tree.Quote(tuple(paragraphs))
            else:
                yield self._block(blocks[at])
            at = end

    def inlines(self, inlines: Sequence[Inline], *, bold: bool = False) -> Inlines:
        """The inlines; where `bold` all of them are so by themselves."""
        made: list[tree.Inline] = []
        for link, group in groupby(inlines, key=lambda inline: inline.link):
            linked = list(group)
            shown = f" ({link.removeprefix('mailto:')})"
            for at, inline in enumerate(linked, 1):
                is_last = bool(link) and at == len(linked)
                text = inline.text.removesuffix(shown) if is_last else inline.text
                made.append(self._inline(inline, text, bold))
        return tree.tidy(made)

    def _inline(self, inline: Inline, text: str, bold: bool) -> tree.Inline:
        if inline.note:
            note: tuple[tree.Block, ...] = (tree.Paragraph(self.inlines(inline.note)),)
            if note not in self.notes:
                self.notes.append(note)
            return tree.NoteMark(self.notes.index(note) + 1)
        if inline.image:
            return tree.Image(inline.image, text, inline.link)
        return tree.Run(text, inline.bold and not bold, inline.italic, inline.code, inline.link)

    def _block(self, block: Block) -> tree.Block:
        match block.kind:
            case "heading":
                return tree.Heading(block.level or 1, self.inlines(block.inlines, bold=True))
            case "code":
                return tree.Code("".join(inline.text for inline in block.inlines))
            case "rule":
                return tree.Rule()
            case "table":
                return self._table(block)
        return tree.Paragraph(self.inlines(block.inlines))

    def _list(self, blocks: Sequence[Block]) -> tree.List:
        depth, items, at = blocks[0].depth, [], 0
        while at < len(blocks):
            below = at + 1
            while below < len(blocks) and blocks[below].depth > depth:
                below += 1
            own = self.inlines(blocks[at].inlines)
            inner = self.blocks(blocks[at + 1 : below], depth + 1)
            items.append(tree.Item((*((tree.Paragraph(own),) if own else ()), *inner)))
            at = below
        return tree.List(tuple(items), blocks[0].number if blocks[0].kind == "numbered" else None)

    def _table(self, block: Block) -> tree.Table:
        rows = tuple(tuple(self.inlines(cell) for cell in row) for row in block.rows)
        header, body = (rows[0], rows[1:]) if block.headed else ((), rows)
        unsaid = tree.Table((None,) * len(block.columns), header, body)
        said = zip(block.columns, unsaid.alignments, strict=True)
        columns = tuple(None if each == default else each for each, default in said)
        return replace(unsaid, columns=columns)


def _end(blocks: Sequence[Block], at: int) -> int:
    """Where the list or quotation that begins at `at` ends; anything else is alone."""
    opening, end = blocks[at], at + 1
    if opening.kind not in ("bullet", "numbered", "quote"):
        return end
    while end < len(blocks) and _goes_on(opening, blocks[end]):
        end += 1
    return end


def _goes_on(opening: Block, block: Block) -> bool:
    is_same = block.kind == opening.kind and block.depth == opening.depth and not block.restart
    return is_same or (opening.kind != "quote" and block.depth > opening.depth)
