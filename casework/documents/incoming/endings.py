"""Who signs and who is to have the decision."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from casework.documents.incoming import vocabulary as words
from casework.documents.incoming.layout import BULLET, NUMBER, Zone, columns, joined
from casework.documents.incoming.model import Found, Line, Signatory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

RECIPIENT_LENGTH = 120
SEVERAL = re.compile(r"\s*[;,]\s+")
CONTACT = re.compile(r"@|\bwww\.|\b(?:tfn|tel|telefon|mobil)\b|\d{3}", re.IGNORECASE)


def read_recipients(found: Iterable[Zone]) -> list[Found]:
    """One recipient a line; several on one line are divided, and then uncertain."""
    recipients: list[Found] = []
    for zone in found:
        previous: Line | None = None
        for line in zone.lines:
            text = _unmarked(line.text)
            if not text:
                previous = None
            elif previous and text[0].islower() and not line.whole and text == line.text:
                last = recipients.pop()
                recipients.append(replace(last, text=joined([last.text, text])))
            else:
                named = _recipients_of(line.saying(text))
                recipients += named
                previous = line if named else None
    return recipients


def _unmarked(text: str) -> str:
    bullet = BULLET.match(text) or NUMBER.match(text)
    return text[bullet.end() :] if bullet else text


def _recipients_of(line: Line) -> list[Found]:
    parts = [part for cell in columns(line.text) for part in SEVERAL.split(cell) if part]
    uncertain = len(parts) > 1 or len(line.text) > RECIPIENT_LENGTH
    return [Found(part.rstrip(".;,"), line.place, uncertain) for part in parts if part.strip(".;,")]


def read_signatories(found: Iterable[Zone]) -> list[Signatory]:
    """Names with titles, one under the other or side by side, in the order they are written."""
    signatories: list[Signatory] = []
    for zone in found:
        signatories += _signatories(zone.lines)
    return signatories


def _signatories(lines: list[Line]) -> list[Signatory]:
    complete: list[Signatory] = []
    row: list[Signatory] = []
    for line in lines:
        cells = columns(line.text)
        if any(_named(cell) for cell in cells):
            complete += row
            row = _row_of(cells, line)
        elif row and cells and not CONTACT.search(line.text) and row[0].title is None:
            row = _titled(row, cells)
    return complete + row


def _row_of(cells: list[str], line: Line) -> list[Signatory]:
    """The people of one line: names side by side, a title before its name, or "name, title"."""
    row: list[Signatory] = []
    title = None
    for cell in cells:
        name, comma, after = cell.partition(",")
        if _named(cell):
            written = after.split(",")[0].strip() if comma else title
            row.append(_with_title(Signatory(name.strip(), line.place), written))
            title = None
        elif words.is_title(cell):
            title = cell
    return row


def _named(cell: str) -> bool:
    return words.is_person_name(cell.partition(",")[0].strip())


def _titled(row: list[Signatory], cells: list[str]) -> list[Signatory]:
    """The titles under the names; when they do not pair off, whose they are is uncertain."""
    if len(cells) == len(row):
        return [_with_title(who, title) for who, title in zip(row, cells, strict=True)]
    if len(row) > 1:
        return [replace(who, uncertain=True) for who in row]
    return [_with_title(row[0], " ".join(cells))]


def _with_title(who: Signatory, title: str | None) -> Signatory:
    if not title:
        return who
    acting = words.ACTING.match(title)
    plain = title[acting.end() :] if acting else title
    return replace(who, title=plain.strip(), acting=bool(acting))


def read_unannounced(zone: Zone) -> tuple[list[Signatory], int]:
    """Names with titles that end a text without "I tjänsten", uncertain; and their first line."""
    filled = [index for index, line in enumerate(zone.lines) if line.text]
    start = len(zone.lines)
    while len(filled) >= 2:
        name, title = zone.lines[filled[-2]], zone.lines[filled[-1]]
        if not (_all(_named, name) and _all(words.is_title, title)):
            break
        start = filled[-2]
        filled = filled[:-2]
    who = _signatories(zone.lines[start:])
    return [replace(signatory, uncertain=True) for signatory in who], start


def _all(test: Callable[[str], bool], line: Line) -> bool:
    cells = columns(line.text)
    return bool(cells) and all(test(cell) for cell in cells)
