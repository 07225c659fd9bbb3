"""The tree as plain text: the words, with what little an ordinary letter can show of their form."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

    from casework.text.tree import Block, Inline

_SHOWN = ("http://", "https://", "mailto:")


def to_plain(text: Text) -> str:
    """The text for a letter, a search or a list: no marks of Markdown, cells parted by tabs."""
    notes = (f"[{number}] {_written(blocks)}" for number, blocks in enumerate(text.notes, 1))
    return "\n\n".join(part for part in (_written(text.blocks), *notes) if part)


def line_to_plain(inlines: Sequence[Inline]) -> str:
    """The words of a line; the address of a link stands after its words."""
    return "".join(_inlines(inlines))


def shown_address(address: str, said: str) -> str:
    """What stands after the words of a link that cannot be followed on paper, "" for nothing."""
    shown = address.removeprefix("mailto:")
    is_shown = address.startswith(_SHOWN) and shown.rstrip("/") != said.strip().rstrip("/")
    return f" ({shown})" if is_shown else ""


def _inlines(inlines: Sequence[Inline]) -> Iterator[str]:
    said = ""
    for inline, following in zip(inlines, (*inlines[1:], None), strict=False):
        match inline:
            case NoteMark():
                yield f"[{inline.number}]"
                continue
            case Image():
                words = inline.alternative
            case Run():
                words = inline.text
        yield words
        said += words
        if inline.link and inline.link != getattr(following, "link", ""):
            yield shown_address(inline.link, said)
        if inline.link != getattr(following, "link", ""):
            said = ""


def _written(blocks: Sequence[Block]) -> str:
    return "\n\n".join(map(_block, blocks))


def _block(block: Block) -> str:
    match block:
        case Paragraph() | Heading():
            return line_to_plain(block.inlines)
        case List():
            return _list(block)
        case Quote():
            return "\n".join(f"> {line}".rstrip() for line in _written(block.blocks).split("\n"))
        case Code():
            return block.text
        case Table():
            rows = (*([block.header] if block.header else ()), *block.rows)
            return "\n".join("\t".join(map(_cell, row)) for row in rows)
        case Rule():
            return "–––"


def _cell(inlines: Sequence[Inline]) -> str:
    return line_to_plain(inlines).replace("\n", " ").replace("\t", " ")


def _list(block: List) -> str:
    lines = []
    for number, item in enumerate(block.items, block.start or 0):
        mark = "– " if block.start is None else f"{number}. "
        inner = "\n".join(map(_block, item.blocks))
        lines.append((mark + inner.replace("\n", "\n" + " " * len(mark))).rstrip())
    return "\n".join(lines)
