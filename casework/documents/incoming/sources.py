"""From the bytes of a .docx, .txt or .pdf to lines with their places; hostile files are refused."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from casework.documents.incoming.model import Line, NotRead, Place
from casework.documents.incoming.pdf import pdf_pages
from casework.documents.incoming.tables import with_tables, without_contents
from casework.documents.incoming.word import read_word
from casework.errors import Invalid, TooLarge
from casework.text.door import NO_BREAK, cleaned

if TYPE_CHECKING:
    from collections.abc import Callable

MEGABYTE = 1024 * 1024
MAX_BYTES = 50 * MEGABYTE
MAX_TEXT_BYTES = 2 * MEGABYTE
LINE_LENGTH = 20_000

BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# cp1252 is latin-1 as Windows writes it; its five empty places betray what is not text.
ENCODINGS = ("utf-8", "cp1252")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\u200b\ufeff]")
PAGE_NUMBER = re.compile(
    r"(?:sida|sid\.?)?\s*\d{1,3}\s*(?:\(\s*\d{1,3}\s*\)|(?:av|/)\s*\d{1,3})|sida\s+\d{1,4}",
    re.IGNORECASE,
)
RUNNING_PAGE_NUMBER = re.compile(r"[ \t]{2,8}(?:sida )?(\d{1,3}) ?\(\d{1,3}\)$", re.IGNORECASE)
# What needs no looking at, letter by letter: most lines of most documents.
PLAIN = re.compile(
    "[\t -~\u00a1-\u00ac\u00ae-\u017e\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u2022]*"
)
# Letters that a typesetter has drawn as one.
LIGATURES = re.compile("[\ufb00-\ufb06]")
# A no-break space is a space to whoever reads; within a number it stays.
HELD_TOGETHER = re.compile(f"(?<![0-9]){NO_BREAK}|{NO_BREAK}(?![0-9])")
# Running headers and footers stand within so many lines of a page's edge.
EDGE = 4


def read_lines(data: bytes, filename: str) -> tuple[list[Line], list[NotRead]]:
    """All lines, empty ones too, and what was not read.

    Raises Invalid or TooLarge, each with its own sentence.
    """
    reader = READERS.get(PurePath(filename).suffix.lower())
    if reader is None:
        raise Invalid("incoming_kind_unknown")
    if len(data) > MAX_BYTES:
        raise TooLarge("too_large", limit_mb=MAX_BYTES // MEGABYTE)
    if not data:
        raise Invalid("incoming_empty")
    read, not_read = reader(data)
    lines = with_tables(without_contents([_clean(line) for line in read]))
    if not any(character.isalpha() for line in lines for character in line.text):
        raise Invalid("incoming_no_text")
    return lines, not_read


def _clean(line: Line) -> Line:
    """The line as the rest of the program keeps text, without the page number that ends it."""
    text = line.text if PLAIN.fullmatch(line.text) else _unified(line.text)
    indented = text[:2].isspace() and len(text[:2]) == 2
    text = text.strip()
    if len(text) > LINE_LENGTH:
        raise TooLarge("incoming_too_much_text")
    page = RUNNING_PAGE_NUMBER.search(text)
    if PAGE_NUMBER.fullmatch(text) or (page and int(page[1]) > 1):
        return line.saying("")
    cells = tuple(
        cell if PLAIN.fullmatch(cell) else " ".join(_unified(cell).split()) for cell in line.cells
    )
    return replace(line, text=RUNNING_PAGE_NUMBER.sub("", text), indented=indented, cells=cells)


def _unified(text: str) -> str:
    text = LIGATURES.sub(_apart, cleaned(CONTROL.sub("", text)))
    return HELD_TOGETHER.sub(" ", text).replace("\n", " ")


def _apart(ligature: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", ligature[0])


def _text(data: bytes) -> tuple[list[Line], list[NotRead]]:
    if len(data) > MAX_TEXT_BYTES:
        raise TooLarge("too_large", limit_mb=MAX_TEXT_BYTES // MEGABYTE)
    pages = re.sub(r"\r\n?", "\n", _decoded(data)).split("\f")
    lines: list[Line] = []
    number = 1
    for page in _without_running_lines([page.split("\n") for page in pages]):
        lines += [Line(text, Place("line", at)) for at, text in enumerate(page, start=number)]
        number += len(page) - 1  # a form feed ends a page, not a line
    return lines, []


def _decoded(data: bytes) -> str:
    marked = [name for mark, name in BYTE_ORDER_MARKS.items() if data.startswith(mark)]
    for encoding in marked or [*_unmarked_utf16(data), *ENCODINGS]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and len(CONTROL.findall(text)) <= len(text) // 100:
            return text
    raise Invalid("incoming_not_text")


def _unmarked_utf16(data: bytes) -> list[str]:
    """Latin letters in UTF-16 have every other byte empty."""
    head = data[:2000]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) <= len(head) // 4:
        return []
    return ["utf-16-be" if even > odd else "utf-16-le"]


def _pdf(data: bytes) -> tuple[list[Line], list[NotRead]]:
    pages = [page.split("\n") for page in pdf_pages(data)]
    lines = [
        Line(text, Place("line", number, page))
        for page, lines in enumerate(_without_running_lines(pages), start=1)
        for number, text in enumerate(lines, start=1)
    ]
    return lines, []


def _without_running_lines(pages: list[list[str]]) -> list[list[str]]:
    """Lines that return at the edges of several pages are emptied; a header stays once."""
    edges = [_edges(lines) for lines in pages]
    pages_with = Counter(
        text
        for lines, (top, bottom) in zip(pages, edges, strict=True)
        for text in {_alike(lines[index]) for index in top | bottom}
    )
    seen: set[str] = set()
    result = []
    for lines, (top, bottom) in zip(pages, edges, strict=True):
        running = {index for index in top | bottom if pages_with[_alike(lines[index])] > 1}
        dropped = {i for i in running if i in bottom or _alike(lines[i]) in seen}
        seen |= {_alike(lines[index]) for index in top}
        result.append(["" if i in dropped else text for i, text in enumerate(lines)])
    return result


def _edges(lines: list[str]) -> tuple[set[int], set[int]]:
    filled = [index for index, text in enumerate(lines) if text.strip()]
    top = set(filled[:EDGE])
    return top, set(filled[-EDGE:]) - top


def _alike(text: str) -> str:
    """The line without what changes from page to page."""
    return " ".join(RUNNING_PAGE_NUMBER.sub("", text.rstrip()).split())


READERS: dict[str, Callable[[bytes], tuple[list[Line], list[NotRead]]]] = {
    ".txt": _text,
    ".docx": read_word,
    ".pdf": _pdf,
}
