"""The walk over a cleaned part: each paragraph and each row of a table becomes a line."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from casework.documents.incoming.word.ledger import PLACE, Ledger
from casework.documents.incoming.word.names import W, switched, value
from casework.documents.incoming.word.styles import Style, Styles, level_of
from casework.errors import TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree

    from casework.documents.incoming.word.numbering import Mark, Numbering

CHARACTERS = 1_500_000
COLUMNS = 60
BREAKS = {W + "br": "\n", W + "cr": "\n"}
SPACES = {W + "tab": "\t", W + "ptab": "\t", W + "noBreakHyphen": "-"}
WRITTEN = (W + "t", *BREAKS, *SPACES)
# A table with so few rows, and cells of several paragraphs, sets names or a letterhead.
SIGNED_ROWS = 2
# A paragraph is bold when this much of it is.
BOLD = 0.95

Written = dict[str, Any]


@dataclass
class Walk:
    """Writes lines as plain data (see `casework.documents.incoming.word.reading`).

    `is_heading` tells whether a text is a heading that documents use: a table whose cells hold
    such is no table of values but a way to set the page, and so is one that holds lists.
    """

    styles: Styles
    numbering: Numbering
    ledger: Ledger
    is_heading: Callable[[str], bool]
    unit: str = "paragraph"
    lines: list[Written] = field(default_factory=list)
    tables: int = 0
    size: int = 0

    def over(self, root: etree._Element) -> None:
        """Write everything under `root`: paragraphs, tables and what holds them."""
        for child in root:
            if child.tag == W + "p":
                self._paragraph(child)
            elif child.tag == W + "tbl":
                self._table(child)
            elif child.tag != W + "sectPr":
                self.over(child)

    def _paragraph(self, paragraph: etree._Element, level: int | None = None) -> None:
        properties = paragraph.find(W + "pPr")
        style = self.styles.of_paragraph(properties)
        text, bold = self._said(paragraph, style)
        if style.contents or not text.strip():
            self.lines.append(self._line("", paragraph))
            return
        mark = self.numbering.mark(properties, style, value(properties, "pStyle"))
        own = level_of(properties, style) if level is None else level
        if mark and mark.text[-1:].isalpha() and len(mark.text) > 1:  # "att" as a bullet
            text, mark = f"{mark.text} {text}", None
        for index, part in enumerate(text.split("\n")):
            line = self._line(part, paragraph, level=own, bold=bold, soft=index > 0)
            if mark and index == 0:
                line |= _marked(mark)
            self.lines.append(line)
        self.lines.append(self._line("", paragraph))

    def _said(self, paragraph: etree._Element, style: Style) -> tuple[str, bool]:
        """The text of a paragraph, and whether all of it is bold."""
        pieces: list[str] = []
        heavy = 0
        for child in paragraph:
            if child.tag == W + "pPr":
                continue
            for element in child.iter(*WRITTEN):
                piece = self._piece(element)
                pieces.append(piece)
                heavy += len(piece) if _is_bold(element, style, self.styles) else 0
        text = unicodedata.normalize("NFC", "".join(pieces)).replace("\u00ad", "")
        self.size += len(text)
        if self.size > CHARACTERS:
            raise TooLarge("incoming_too_much_text")
        return text, bool(text) and heavy >= BOLD * len(text)

    def _piece(self, element: etree._Element) -> str:
        if element.tag == W + "t":
            self.ledger.put_out(element)
            return (element.text or "").replace("\n", " ")
        return BREAKS.get(element.tag) or SPACES[element.tag]

    def _table(self, table: etree._Element) -> None:
        rows = [row for row in _rows(table) if any(True for _ in _cells(row))]
        if self._sets_page(table, rows):
            for row in rows:
                self._page_row(row)
            return
        self.tables += 1
        for row in rows:
            cells = self._values(row)
            if any(cells):
                text = "\t".join(filter(None, cells))
                self.lines.append(self._line(text, _first(row), cells=cells, table=self.tables))
        self.lines.append(self._line("", table))

    def _sets_page(self, table: etree._Element, rows: list[etree._Element]) -> bool:
        """Whether the table is a way to set the page: one column or row, a letterhead, or cells
        that hold parts of a text."""
        if len(rows) == 1 or all(len(list(_cells(row))) == 1 for row in rows):
            return True
        crowded = any(len(_filled(cell)) > 1 for row in rows for cell in _cells(row))
        if crowded and (self.unit == "header" or len(rows) <= SIGNED_ROWS):
            return True
        for paragraph in table.iter(W + "p"):
            properties = paragraph.find(W + "pPr")
            if level_of(properties, self.styles.of_paragraph(properties)) is not None:
                return True
        return any(self.is_heading(_plain(cell)) for row in rows for cell in _cells(row))

    def _page_row(self, row: etree._Element) -> None:
        """The cells one after the other; a label of the head keeps its value beside it."""
        cells = list(_cells(row))
        headed = len(cells) > 1 and self.is_heading(_plain(cells[0]))
        plain = all(len(_filled(cell)) <= 1 and not self._has_level(cell) for cell in cells)
        if len(cells) > 1 and not headed and plain:
            values = self._values(row)
            if any(values):
                text = "\t".join(filter(None, values))
                self.lines.append(self._line(text, _first(row)))
            return
        for index, cell in enumerate(cells):
            if headed and index == 0:
                for paragraph in _filled(cell):
                    self._paragraph(paragraph, level=2)
            else:
                self.over(cell)

    def _has_level(self, cell: etree._Element) -> bool:
        found = (paragraph.find(W + "pPr") for paragraph in cell.iter(W + "p"))
        return any(level_of(each, self.styles.of_paragraph(each)) is not None for each in found)

    def _values(self, row: etree._Element) -> list[str]:
        """The text of each cell at its column; what lies under a merged one is empty."""
        values = [""] * _skipped(row, "gridBefore")
        for cell in _cells(row):
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            under = merge is not None and merge.get(W + "val", "continue") == "continue"
            values.append("" if under and not _plain(cell) else self._cell(cell))
            span = value(cell, "tcPr/gridSpan") or "1"
            values += [""] * (min(int(span), COLUMNS) - 1 if span.isdigit() else 0)
        return values

    def _cell(self, cell: etree._Element) -> str:
        """What a cell says on one line; a table in it row by row."""
        parts: list[str] = []
        for child in cell:
            if child.tag == W + "p":
                properties = child.find(W + "pPr")
                style = self.styles.of_paragraph(properties)
                text = " ".join(self._said(child, style)[0].split())
                mark = self.numbering.mark(properties, style, None) if text else None
                parts.append(f"{mark.text} {text}" if mark else text)
            elif child.tag == W + "tbl":
                rows = (self._values(row) for row in _rows(child))
                parts.append("; ".join(" ".join(filter(None, each)) for each in rows))
        return " ".join(filter(None, parts))

    def _line(self, text: str, element: etree._Element, **more: Any) -> Written:
        place = element.get(PLACE)
        number = int(place) if place else (self.lines[-1]["place"] if self.lines else 1)
        said = {name: each for name, each in more.items() if each is not None and each is not False}
        return {"text": text, "unit": self.unit, "place": number, **said}


def _marked(mark: Mark) -> Written:
    return {"marker": mark.text, "depth": mark.depth, "number": mark.number}


def _is_bold(element: etree._Element, style: Style, styles: Styles) -> bool:
    run = element.getparent()
    properties = None if run is None else run.find(W + "rPr")
    own = switched(properties, "b")
    return own if own is not None else styles.of_run(properties).bold or style.bold


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == W + "tr":
            yield child
        elif child.tag not in {W + "tblPr", W + "tblGrid"}:
            yield from _rows(child)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        if child.tag == W + "tc":
            yield child
        elif child.tag not in {W + "trPr", W + "tblPrEx"}:
            yield from _cells(child)


def _filled(cell: etree._Element) -> list[etree._Element]:
    return [each for each in cell.iter(W + "p") if _plain(each)]


def _plain(element: etree._Element) -> str:
    return " ".join("".join(each.text or "" for each in element.iter(W + "t")).split())


def _first(row: etree._Element) -> etree._Element:
    return next(row.iter(W + "p"), row)


def _skipped(row: etree._Element, name: str) -> int:
    count = value(row, f"trPr/{name}") or "0"
    return min(int(count), COLUMNS) if count.isdigit() else 0
