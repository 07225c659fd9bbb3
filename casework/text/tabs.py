"""Rows as a spreadsheet gives them to the clipboard, a tab between cells, as a table of GFM."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from casework.text.tree import are_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_MOST_COLUMNS = 100
_FENCE = re.compile(r"[\s>]*(?P<mark>```+|~~~+)")
_YEAR = re.compile(r"(?:19|20)\d\d")
# What makes something else of a line: an item, a quotation, a heading, a table, a note.
_MARKED = re.compile(r"\s*(?:[-+*>|]|#{1,6}\s|\d{1,9}[.)]\s|\[\^[^]\s]+\]:)(?!\d)")


def with_tables(markdown: str) -> str:
    """The Markdown with each run of two or more lines that have tabs in them as a table."""
    if "\t" not in markdown:
        return markdown
    lines = markdown.split("\n")
    arranged: list[str] = []
    at, fence = 0, ""
    while at < len(lines):
        end = at if fence else rows_end(lines, at)
        if end > at:
            arranged += _set_off(table(lines[at:end], cell=_cell), arranged, lines[end:])
            at = end
            continue
        fence = _fence_after(lines[at], fence)
        arranged.append(lines[at])
        at += 1
    return "\n".join(arranged)


def rows_end(lines: Sequence[str], at: int) -> int:
    """Where the rows that begin at line `at` end; `at` itself where none do."""
    end = at
    while end < len(lines) and _is_row(lines[end]):
        end += 1
    rows = lines[at:end]
    is_table = len(rows) > 1 and not all(row.startswith(("\t", "    ")) for row in rows)
    return end if is_table else at


def table(rows: Sequence[str], cell: Callable[[str], str]) -> list[str]:
    """The rows as lines of a GFM table, each cell written by `cell`.

    The first row heads it if a column of numbers begins with a word, or with nothing, or if the
    numbers in it are years that follow upon each other.
    """
    split = [row.split("\t") for row in rows]
    width = max(map(len, split))
    filled = [[*map(str.strip, row), *[""] * (width - len(row))] for row in split]
    numeric = [are_numbers(row[at] for row in filled[1:]) for at in range(width)]
    if not _heads([one for one, each in zip(filled[0], numeric, strict=True) if each]):
        filled.insert(0, [""] * width)
        numeric = [are_numbers(row[at] for row in filled[1:]) for at in range(width)]
    rule = ["--:" if each else "---" for each in numeric]
    written = [[cell(each) for each in row] for row in filled]
    return [f"| {' | '.join(row)} |" for row in (written[0], rule, *written[1:])]


def _heads(over_numbers: Sequence[str]) -> bool:
    """Whether these cells, which stand over numbers, are names of what they count."""
    if any(not are_numbers([one]) and one not in ("-", "–") for one in over_numbers):
        return True
    years = [int(one) for one in over_numbers if _YEAR.fullmatch(one)]
    steps = {after - year for year, after in pairwise(years)}
    return len(years) > 1 and len(years) == len(over_numbers) and steps in ({1}, {-1})


def _is_row(line: str) -> bool:
    tabs = line.rstrip().count("\t") if line.strip() else 0
    return 0 < tabs < _MOST_COLUMNS and not _MARKED.match(line)


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", text.removesuffix("\\"))


def _set_off(lines: list[str], before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """The lines with an empty one before and after them, where there is none."""
    if before and before[-1].strip():
        yield ""
    yield from lines
    if after and after[0].strip():
        yield ""


def _fence_after(line: str, fence: str) -> str:
    """The fence of the code that the next line stands in, "" for none."""
    found = _FENCE.match(line)
    if not found:
        return fence
    if not fence:
        return found["mark"]
    is_end = found["mark"].startswith(fence) and not line[found.end() :].strip()
    return "" if is_end else fence
