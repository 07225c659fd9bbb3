"""Lines of a plain text that stand in columns: tables of values, and lists of contents."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from casework.documents.incoming.headings import HEADING_NUMBER
from casework.documents.incoming.layout import columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.documents.incoming.model import Line

CONTENTS_ENTRY = re.compile(
    r"(?P<title>\S.{1,118}?)(?:\s*\.{3,}\s*|\t+\s*|\s{3,}|[ .…]{4,})\d{1,3}"
)
CONTENTS_HEADING = re.compile(r"innehåll|innehållsförteckning", re.IGNORECASE)
AMOUNT = re.compile(
    r"[-–−+]?\s?\d[\d\s.,\u00a0]*(?:\s?(?:kr|kronor|mnkr|tkr|%|procent|st|mkr))?\.?"
)


def without_contents(lines: list[Line]) -> list[Line]:
    """The lines without a list of contents, whose entries all return further down."""
    later: set[str] = set()
    kept: list[Line] = []
    for line in reversed(lines):
        entry = CONTENTS_ENTRY.fullmatch(line.text)
        listed = bool(entry and _bare(entry["title"]) in later)
        if listed or CONTENTS_HEADING.fullmatch(line.text):
            kept.append(replace(line, text="", level=None, marker=None))
        else:
            kept.append(line)
            later.add(_bare(line.text))
    return kept[::-1]


def _bare(text: str) -> str:
    return " ".join(HEADING_NUMBER.sub("", text).split()).casefold()


def with_tables(lines: list[Line]) -> list[Line]:
    """The lines with the rows of each table marked as such, where the file did not say it."""
    result = list(lines)
    number = max((line.table for line in lines), default=0)
    for start, end in _runs(lines):
        number += 1
        for index in range(start, end):
            line = lines[index]
            cells = tuple(line.text.split("\t")) if "\t" in line.text else tuple(_cells(line))
            stripped = tuple(cell.strip() for cell in cells)
            result[index] = replace(line, cells=stripped, table=number)
    return result


def _runs(lines: list[Line]) -> Iterator[tuple[int, int]]:
    """(first, after the last) of neighbouring lines that make a table of values."""
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _is_row(lines[end], len(_cells(lines[start]))):
            end += 1
        if end - start >= 2 and _has_values(lines[start:end]):
            yield start, end
        start = max(end, start + 1)


def _cells(line: Line) -> list[str]:
    return columns(line.text)


def _is_row(line: Line, width: int) -> bool:
    return not line.table and not line.whole and width >= 2 and len(_cells(line)) == width


def _has_values(rows: list[Line]) -> bool:
    """Whether the last cell is an amount in every row, but for a row of headings."""
    amounts = [bool(AMOUNT.fullmatch(_cells(row)[-1])) for row in rows]
    return all(amounts[1:]) and (amounts[0] or len(rows) > 2)
