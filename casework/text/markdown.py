"""The tree back into Markdown that `parse` reads as the same tree, for a person to edit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.common.utils import isPunctChar, isWhiteSpace

from casework.text.escape import escape_line, escape_start
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
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casework.text.tree import Alignment, Block, Inline

_RULES: dict[Alignment | None, str] = {
    None: "---",
    "left": ":--",
    "center": ":-:",
    "right": "--:",
}
_NOTE_AT_START = re.compile(r"^(\[\^\d+\]):")
_MARKS = ("link", "strong", "emphasis")


class _Piece(NamedTuple):
    """Text as it is written; `opens` or `closes` for a mark of emphasis."""

    text: str
    opens: bool = False
    closes: bool = False
    is_words: bool = False


def to_markdown(text: Text) -> str:
    """The Markdown; `parse` of it gives the same text again."""
    notes = (_note(number, blocks) for number, blocks in enumerate(text.notes, 1))
    return "\n\n".join(part for part in (_written(text.blocks), *notes) if part)


def line_to_markdown(inlines: Sequence[Inline], *, in_cell: bool = False) -> str:
    """What stands in one line, such as a cell of a table."""
    written = "".join(piece.text for piece in _flanked(list(_pieces(inlines, not in_cell))))
    if not in_cell:
        return written
    return re.sub(r"\|", r"\\|", written.replace("\\\n", "<br>"))


def _note(number: int, blocks: Sequence[Block]) -> str:
    gap = " " if blocks and isinstance(blocks[0], Paragraph) else "\n"
    return f"[^{number}]:" + _indented(gap + _written(blocks), 4)


def _written(blocks: Sequence[Block]) -> str:
    """The blocks with an empty line between them."""
    parts: list[str] = []
    was_alternate = False
    for before, block in zip((None, *blocks), blocks, strict=False):
        is_alternate = _is_same_list(before, block) and not was_alternate
        parts.append(_block(block, is_alternate=is_alternate))
        was_alternate = is_alternate
    return "\n\n".join(parts)


def _is_same_list(before: Block | None, block: Block) -> bool:
    """Whether two lists would run into one if they had the same marks."""
    both = isinstance(before, List) and isinstance(block, List)
    return both and (before.start is None) == (block.start is None)  # type: ignore[union-attr]


def _block(block: Block, *, is_alternate: bool) -> str:
    match block:
        case Paragraph():
            return _paragraph(block)
        case Heading():
            line = line_to_markdown(block.inlines)
            return f"{'#' * block.level} {_without_closing(line)}"
        case List():
            return _list(block, is_alternate)
        case Quote():
            lines = _written(block.blocks).split("\n")
            first = [">"] if lines[0][:1].isdigit() else []
            return "\n".join([*first, *(f"> {line}" if line else ">" for line in lines)])
        case Code():
            fence = _fence(block.text)
            return f"{fence}\n{block.text}\n{fence}"
        case Table():
            return _table(block)
        case Rule():
            return "___"


def _paragraph(block: Paragraph) -> str:
    lines = line_to_markdown(block.inlines).split("\n")
    started = [_NOTE_AT_START.sub(r"\1\\:", escape_start(line)) for line in lines]
    written = "\n".join(started)
    return written.replace("\t", "&#9;") if len(lines) > 1 else written


def _without_closing(line: str) -> str:
    """A heading whose last signs are `#` would lose them."""
    return re.sub(r"(?<!\S)(#+)$", r"\\\1", line)


def _list(block: List, is_alternate: bool) -> str:
    parts: list[str] = []
    is_tight = all(_is_tight(item.blocks) for item in block.items)
    for number, item in enumerate(block.items, block.start or 0):
        sign = ")" if is_alternate else "."
        mark = ("*" if is_alternate else "-") if block.start is None else f"{number}{sign}"
        inner = "\n".join(map(_tight, item.blocks)) if is_tight else _written(item.blocks)
        parts.append(f"{mark} {_indented(inner, len(mark) + 1)}" if inner else mark)
    return ("\n" if is_tight else "\n\n").join(parts)


def _is_tight(blocks: Sequence[Block]) -> bool:
    """Whether an item is one paragraph, and at most a list that may follow without a gap."""
    match blocks:
        case [] | [Paragraph()]:
            return True
        case [Paragraph(), List(start=None | 1, items=[first, *_])]:
            return bool(first.blocks)
    return False


def _tight(block: Block) -> str:
    return _block(block, is_alternate=False)


def _indented(text: str, by: int) -> str:
    return re.sub(r"\n(?=[^\n])", "\n" + " " * by, text)


def _fence(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(3, longest + 1)


def _table(block: Table) -> str:
    header = block.header or ((),) * len(block.columns)
    rows = [[line_to_markdown(cell, in_cell=True) for cell in row] for row in (header, *block.rows)]
    rows.insert(1, [_RULES[each] for each in block.columns])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _pieces(
    inlines: Sequence[Inline], pipes: bool, open_marks: tuple[str, ...] = ()
) -> Iterator[_Piece]:
    """The inlines written out, the mark that goes on longest outside the others."""
    at = 0
    while at < len(inlines):
        left = [mark for mark in _MARKS if mark not in open_marks and _value(inlines[at], mark)]
        if not left:
            yield from _written_inline(inlines[at], pipes)
            at += 1
            continue
        ends = {mark: _end(inlines, at, mark) for mark in left}
        mark = max(left, key=ends.__getitem__)
        inner = list(_pieces(inlines[at : ends[mark]], pipes, (*open_marks, mark)))
        opening, closing = _around(mark, _value(inlines[at], mark), inner)
        is_emphasis = mark != "link"
        yield _Piece(opening, opens=is_emphasis)
        yield from inner
        yield _Piece(closing, closes=is_emphasis)
        at = ends[mark]


def _value(inline: Inline, mark: str) -> str:
    """What marks the inline: an address, or "yes"."""
    value = getattr(inline, mark, "")
    return value if isinstance(value, str) else "yes" if value else ""


def _end(inlines: Sequence[Inline], at: int, mark: str) -> int:
    value, end = _value(inlines[at], mark), at
    while end < len(inlines) and _value(inlines[end], mark) == value:
        end += 1
    return end


def _around(mark: str, value: str, inner: Sequence[_Piece]) -> tuple[str, str]:
    if mark == "link":
        return "[", f"]({_address(value)})"
    if mark == "strong":
        return "**", "**"
    return "_", "_"


def _address(address: str) -> str:
    escaped = re.sub(r"([\\()&*_\[\]`<>|])", r"\\\1", address)
    return f"<{escaped}>" if " " in address else escaped


def _written_inline(inline: Inline, pipes: bool) -> Iterator[_Piece]:
    match inline:
        case Image():
            words = escape_line(inline.alternative.replace("\n", " "), pipes=pipes)
            yield _Piece(f"![{words}]({_address(inline.address)})")
        case NoteMark():
            yield _Piece(f"[^{inline.number}]")
        case Run(code=True):
            yield _Piece(_code(inline.text))
        case Run():
            text = escape_line(inline.text, pipes=pipes).replace("\n", "\\\n")
            yield _Piece(text, is_words=True)


def _code(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    is_padded = text.startswith("`") or text.endswith("`")
    is_padded |= text.startswith(" ") and text.endswith(" ") and bool(text.strip(" "))
    return f"{fence} {text} {fence}" if is_padded else f"{fence}{text}{fence}"


def _flanked(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces, with a letter beside a mark written as its number where the mark would else be
    read as a mere sign (CommonMark 0.31, 6.2: flanking)."""
    for at, piece in enumerate(pieces):
        if piece.opens:
            _let_open(pieces, at)
        elif piece.closes:
            _let_close(pieces, at)
    return pieces


def _let_open(pieces: list[_Piece], at: int) -> None:
    """Make the mark at `at` left-flanking; an underscore wants no letter before it."""
    inner = next((each.text[0] for each in pieces[at + 1 :] if each.text), "")
    before = next((n for n in range(at - 1, -1, -1) if pieces[n].text), -1)
    if before < 0 or not pieces[before].is_words or not _is_letter(pieces[before].text[-1]):
        return
    if pieces[at].text == "_" or isPunctChar(inner):
        words = pieces[before]
        pieces[before] = words._replace(text=words.text[:-1] + _coded(words.text[-1]))


def _let_close(pieces: list[_Piece], at: int) -> None:
    inner = next((each.text[-1] for each in reversed(pieces[:at]) if each.text), "")
    after = next((n for n in range(at + 1, len(pieces)) if pieces[n].text), -1)
    if after < 0 or not pieces[after].is_words or not _is_letter(pieces[after].text[0]):
        return
    if pieces[at].text == "_" or isPunctChar(inner):
        words = pieces[after]
        pieces[after] = words._replace(text=_coded(words.text[0]) + words.text[1:])


def _is_letter(one: str) -> bool:
    return not isPunctChar(one) and not isWhiteSpace(ord(one))


def _coded(one: str) -> str:
    return f"&#{ord(one)};"
