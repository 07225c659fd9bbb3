"""The paragraphs of a .docx in one bounded, streaming pass."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from casework.documents.incoming.model import Line, Place, Unit
from casework.errors import Invalid, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

PART_BYTES = 24 * 1024 * 1024
TOTAL_BYTES = 200 * 1024 * 1024
MEMBERS = 4000
DEPTH = 200
CHARACTERS = 1_500_000

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
TEXT_OF = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
HEADER = re.compile(r"word/header\d*\.xml")
HEADING_STYLE = re.compile(r"(?:heading|rubrik)\s*([1-6])", re.IGNORECASE)
TITLE_STYLES = {"title", "rubrik", "titel"}


def docx_lines(data: bytes) -> list[Line]:
    """Page headers first, then the body; raises Invalid or TooLarge for what cannot be read."""
    try:
        with _opened(data) as archive:
            styles = _styles(archive)
            formats = _number_formats(archive)
            headers = sorted(filter(HEADER.fullmatch, archive.namelist()))
            lines: list[Line] = []
            for name in headers:
                lines += _Story(styles, formats, "header").read(_part(archive, name))
            return lines + _Story(styles, formats).read(_part(archive, "word/document.xml"))
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        EOFError,
        ValueError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ParseError,
        LookupError,
        DefusedXmlException,
    ) as error:
        raise Invalid("incoming_broken", kind="Word") from error


def _opened(data: bytes) -> zipfile.ZipFile:
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # an OLE container: Word's encryption, or old .doc
        raise Invalid("incoming_encrypted", kind="Word")
    if data.count(b"PK\x01\x02") > MEMBERS:
        raise TooLarge("incoming_bomb")
    archive = zipfile.ZipFile(io.BytesIO(data))
    if sum(member.file_size for member in archive.infolist()) > TOTAL_BYTES:
        raise TooLarge("incoming_bomb")
    return archive


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    member = archive.getinfo(name)
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Invalid("incoming_broken", kind="Word")  # other methods cannot be unpacked in bounds
    with archive.open(member) as stream:
        content = stream.read(PART_BYTES + 1)
    if len(content) > PART_BYTES:
        raise TooLarge("incoming_bomb")
    return content


@dataclass(frozen=True, slots=True)
class _Style:
    name: str = ""
    level: int | None = None
    number_id: str | None = None


def _elements(content: bytes) -> Iterator[tuple[str, Element]]:
    """Start and end events, never deeper than DEPTH."""
    depth = 0
    for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
        depth += 1 if event == "start" else -1
        if depth > DEPTH:
            raise Invalid("incoming_broken", kind="Word")
        yield event, element


def _styles(archive: zipfile.ZipFile) -> dict[str, _Style]:
    if "word/styles.xml" not in archive.namelist():
        return {}
    found = {}
    for event, element in _elements(_part(archive, "word/styles.xml")):
        if event == "end" and element.tag == f"{W}style":
            name = _value(element.find(f"{W}name")) or ""
            number_id = _value(element.find(f"{W}pPr/{W}numPr/{W}numId"))
            found[element.get(f"{W}styleId", "")] = _Style(name, _level(name), number_id)
            element.clear()
    return found


def _level(style_name: str) -> int | None:
    heading = HEADING_STYLE.fullmatch(style_name)
    if heading:
        return int(heading.group(1))
    return 0 if style_name.lower() in TITLE_STYLES else None


def _number_formats(archive: zipfile.ZipFile) -> dict[tuple[str, str], str]:
    """(numId, ilvl) -> decimal, bullet, ..."""
    if "word/numbering.xml" not in archive.namelist():
        return {}
    abstract: dict[str, dict[str, str]] = {}
    formats: dict[tuple[str, str], str] = {}
    for event, element in _elements(_part(archive, "word/numbering.xml")):
        if event == "end" and element.tag == f"{W}abstractNum":
            abstract[element.get(f"{W}abstractNumId", "")] = {
                level.get(f"{W}ilvl", "0"): _value(level.find(f"{W}numFmt")) or "bullet"
                for level in element.findall(f"{W}lvl")
            }
        elif event == "end" and element.tag == f"{W}num":
            levels = abstract.get(_value(element.find(f"{W}abstractNumId")) or "", {})
            for level, number_format in levels.items():
                formats[element.get(f"{W}numId", ""), level] = number_format
    return formats


def _value(element: Element | None) -> str | None:
    return None if element is None else element.get(f"{W}val")


@dataclass
class _Story:
    """One part read paragraph by paragraph; a table row is one line with tabs between cells."""

    styles: dict[str, _Style]
    formats: dict[tuple[str, str], str]
    unit: Unit = "paragraph"
    lines: list[Line] = field(default_factory=list)
    counters: dict[tuple[str, str], int] = field(default_factory=dict)
    count: int = 0
    size: int = 0
    runs: list[str] = field(default_factory=list)
    row: list[list[str]] | None = None
    hidden: int = 0
    properties: int = 0

    def read(self, content: bytes) -> list[Line]:
        for event, element in _elements(content):
            if element.tag == FALLBACK:
                self.hidden += 1 if event == "start" else -1
            elif not self.hidden:
                (self._start if event == "start" else self._end)(element)
        return self.lines

    def _start(self, element: Element) -> None:
        tag = element.tag
        if tag == f"{W}p":
            self.runs = []
        elif tag == f"{W}pPr":
            self.properties += 1
        elif tag == f"{W}tr":
            self.row = []
        elif tag == f"{W}tc" and self.row is not None:
            self.row.append([])

    def _end(self, element: Element) -> None:
        tag = element.tag
        if tag == f"{W}pPr":
            self.properties -= 1
        elif tag == f"{W}t":
            self._add(element.text or "")
        elif tag in TEXT_OF and not self.properties:
            self._add(TEXT_OF[tag])
        elif tag == f"{W}p":
            self._paragraph(element)
            element.clear()
        elif tag == f"{W}tr":
            self._table_row()
            element.clear()

    def _add(self, text: str) -> None:
        self.size += len(text)
        if self.size > CHARACTERS:
            raise TooLarge("incoming_too_much_text", kind="Word")
        self.runs.append(text)

    def _paragraph(self, element: Element) -> None:
        self.count += 1
        text, self.runs = "".join(self.runs), []
        if self.row:
            self.row[-1].append(text)
            return
        place = Place(self.unit, self.count)
        style = self.styles.get(_value(element.find(f"{W}pPr/{W}pStyle")) or "", _Style())
        marker = self._marker(element, style) if text.strip() else None
        for index, part in enumerate(text.split("\n")):
            head = marker if index == 0 else None
            self.lines.append(Line(part, place, style.level, head, whole=True))
        self.lines.append(Line("", place))

    def _table_row(self) -> None:
        cells = [" ".join(" ".join(cell).split()) for cell in self.row or []]
        self.row = None
        if any(cells):
            self.lines.append(Line("\t".join(cells), Place(self.unit, self.count), whole=True))

    def _marker(self, element: Element, style: _Style) -> str | None:
        number_id = _value(element.find(f"{W}pPr/{W}numPr/{W}numId")) or style.number_id
        level = _value(element.find(f"{W}pPr/{W}numPr/{W}ilvl")) or "0"
        number_format = self.formats.get((number_id or "", level))
        if number_id is None or number_format is None or number_format == "none":
            return None
        if number_format == "bullet":
            return "•"
        self.counters[number_id, level] = self.counters.get((number_id, level), 0) + 1
        return f"{self.counters[number_id, level]}."
