"""Sections as a reader sees them, and as Markdown in which every sign of the text stays a sign."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casework.documents.incoming.model import Section

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.documents.incoming.layout import Block
    from casework.documents.incoming.zones import Zone

_SIGNS = re.compile(r"([\\`*_\[\]<>#&!|~])")
_LIST_START = re.compile(r"(?m)^(\d*)([-+.)=])")
_INDENT = "   "


def section_of(zone: Zone, parts: list[Block]) -> Section:
    """The section of a zone, made of what is left in it as text."""
    return Section(zone.heading, shown(parts), zone.place, zone.uncertain, markdown(parts))


def shown(parts: list[Block]) -> str:
    """Paragraphs with an empty line between them, the items of one list close together."""
    return _together(parts, [_plain(block) for block in parts])


def markdown(parts: list[Block]) -> str:
    """The same as Markdown: `escaped` text between the signs that are meant as structure."""
    return _together(parts, [_structured(block) for block in parts])


def escaped(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return _LIST_START.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", text))


def _together(parts: list[Block], written: list[str]) -> str:
    text = ""
    for index, block in enumerate(parts):
        listed = index > 0 and parts[index - 1].marker and block.marker
        text += ("\n" if listed else "\n\n") + written[index]
    return text.strip()


def _plain(block: Block) -> str:
    if block.rows:
        return _table(block.rows, str)
    indent = _INDENT * block.depth
    return f"{indent}{block.sign} {block.shown}" if block.marker else block.shown


def _structured(block: Block) -> str:
    if block.rows:
        return _table(block.rows, escaped)
    text = escaped(block.shown)
    indent = _INDENT * block.depth
    if block.marker is None:
        return text.replace("\n", "\\\n")
    is_counted = block.sign.rstrip(".)").isdigit()
    sign = block.sign if block.sign == "-" or is_counted else f"- {escaped(block.sign)}"
    inner = indent + " " * (len(sign) + 1)
    return f"{indent}{sign} {text}".replace("\n", f"\\\n{inner}")


def _table(rows: list[tuple[str, ...]], written: Callable[[str], str]) -> str:
    lines = [
        "| " + " | ".join(written(" ".join(cell.split())) for cell in row) + " |" for row in rows
    ]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return "\n".join(lines)
