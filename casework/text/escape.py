"""Plain text into Markdown that says the same: what is meant as text stays text."""

from __future__ import annotations

import re

from casework.text.tabs import rows_end, table

_SIGNS = re.compile(
    r"[\\`*\[\]|]"
    r"|_(?![^\W_])|(?<![^\W_])_"
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#|\w+;)"
    r"|!(?=\[|\Z)"
)
# What would begin something else than a paragraph: #, >, =, a list, a number of one, a rule, code.
_START = re.compile(r"#{1,6}(?!\S)|>|=+\s*$|[-+](?!\S)|[-=]{2,}\s*$|:(?=-)|~{3,}|-(?=[-\s]*$)")
_NUMBER = re.compile(r"(\d{1,9})([.)])(?!\S)")


def escape(plain: str) -> str:
    """Markdown that reads as the plain text does.

    Its lines stay lines, an empty one parts two paragraphs, and lines with tabs between words, as
    a spreadsheet gives them, are rows of a table.
    """
    lines = [line if "\t" in line.strip() else line.strip() for line in plain.split("\n")]
    pieces: list[list[str]] = [[]]
    at = 0
    while at < len(lines):
        end = rows_end(lines, at)
        if end > at:
            pieces += [table(lines[at:end], cell=escape_line), []]
            at = end
        elif lines[at]:
            pieces[-1].append(escape_line(lines[at].strip(), starts=True))
            at += 1
        else:
            pieces.append([])
            at += 1
    return "\n\n".join(_paragraph(piece) for piece in pieces if piece)


def escape_line(text: str, *, starts: bool = False, pipes: bool = True) -> str:
    r"""Text within a line of Markdown, or at its start; without `pipes` `|` stays as it is."""
    escaped = _SIGNS.sub(lambda sign: _escaped(sign[0], pipes), text)
    return escape_start(escaped) if starts else escaped


def escape_start(line: str) -> str:
    """A line whose signs are escaped, with what would begin something else than text made text."""
    if number := _NUMBER.match(line):
        return f"{number[1]}\\{line[number.end(1) :]}"
    return f"\\{line}" if _START.match(line) else line


def _escaped(sign: str, pipes: bool) -> str:
    return sign if sign == "|" and not pipes else f"\\{sign}"


def _paragraph(lines: list[str]) -> str:
    if lines[0].startswith("| ") or len(lines) == 1:
        return "\n".join(lines)
    # Two lines with tabs in them would be read as rows.
    return "\\\n".join(lines).replace("\t", "&#9;")
