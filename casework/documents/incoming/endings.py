"""Who signs, who is to have the decision, and what is attached."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from casework.documents.incoming.headings import heading_kind
from casework.documents.incoming.layout import BULLET, NUMBER, columns, joined
from casework.documents.incoming.model import Found, Line, Signatory
from casework.documents.incoming.people import (
    ACTING,
    DATED,
    NAME_LENGTH,
    PARTY,
    is_person_name,
    is_title,
    named_and_titled,
    shaped_as_name,
)
from casework.documents.incoming.vocabulary import ORGANISATION, PHONE, is_body_name
from casework.documents.incoming.zones import ATTACHMENT, CONTACT, Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

RECIPIENT_LENGTH = 120
SEVERAL = re.compile(r"\s*[;,]\s+")
# "Åre, Berg och Härjedalens kommuner": one word at the end speaks for all before it.
SHARED_END = re.compile(
    r".*\b(?:och|samt)\b.*\w(?:er|ar|or|erna|arna|orna)"
    r"|\w+(?:erna|arna|orna)\s[^,]*,.*\b(?:och|samt)\b.*",
    re.IGNORECASE,
)
# In a list of attachments a number needs no full stop.
COUNTED = re.compile(r"^\d{1,2}\s+(?=[^\W\da-zåäö])")
LAST_TWO = re.compile(r"\s+(?:och|samt)\s+")
RULE = re.compile(r"[_.…\s-]{4,}")


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
                recipients += [
                    replace(each, uncertain=each.uncertain or zone.uncertain) for each in named
                ]
                previous = line if named else None
    return recipients


def _unmarked(text: str) -> str:
    bullet = BULLET.match(text) or NUMBER.match(text)
    return text[bullet.end() :] if bullet else text


def _recipients_of(line: Line) -> list[Found]:
    if SHARED_END.fullmatch(line.text):
        return [Found(line.text.rstrip(".;,"), line.place, uncertain=True)]
    cells = columns(line.text)
    parts = [part for cell in cells for part in _apart(cell)]
    doubtful = len(line.text) > RECIPIENT_LENGTH or _two_in_one(line.text)
    uncertain = len(parts) > 1 or doubtful or _has_title(line.text)
    return [Found(part.rstrip(".;,"), line.place, uncertain) for part in parts if part.strip(".;,")]


def _apart(cell: str) -> list[str]:
    """The recipients of one cell; what follows a comma in small letters is a unit of the first."""
    parts: list[str] = []
    for part in filter(None, SEVERAL.split(cell)):
        if parts and (part[0].islower() or "@" in part):
            parts[-1] = f"{parts[-1]}, {part}"
        else:
            parts.append(part)
    people = len(parts) == 2 and is_person_name(parts[0]) and is_title(parts[1])
    if people:
        return [", ".join(parts)]
    return [*parts[:-1], *LAST_TWO.split(parts[-1])] if len(parts) > 1 else parts


def _two_in_one(text: str) -> bool:
    """Whether "och" may stand between two recipients rather than within one name."""
    first, both, second = text.partition(" och ")
    named = (ORGANISATION.search(part) or is_body_name(part) for part in (first, second))
    return bool(both) and all(named)


def read_attachments(found: Iterable[Zone]) -> list[Found]:
    """One attachment a line, without the word and number that count it."""
    attachments: list[Found] = []
    for zone in found:
        for line in zone.lines:
            text = _unmarked(line.text)
            if not text:
                continue
            named = ATTACHMENT.match(text)
            title = named["title"].strip() if named else COUNTED.sub("", text)
            if not zone.heading and not named:
                zone.left.append(line)
                continue
            doubt = not title or (not named and len(text) > RECIPIENT_LENGTH)
            attachments.append(Found((title or text).rstrip(";,."), line.place, uncertain=doubt))
    return attachments


def read_signatories(found: Iterable[Zone]) -> list[Signatory]:
    """Names with titles, one under the other or side by side, in the order they are written."""
    signatories: list[Signatory] = []
    for zone in found:
        signatories += (
            replace(who, uncertain=who.uncertain or zone.uncertain)
            for who in _signatories(zone.lines, zone.left)
        )
    return signatories


def _signatories(lines: list[Line], left: list[Line]) -> list[Signatory]:
    """The people of some lines; what is neither a name nor a title is `left`."""
    complete: list[Signatory] = []
    row: list[Signatory] = []
    filled = [line for line in lines if line.text and not RULE.fullmatch(line.text)]
    for line, below in zip_longest(filled, filled[1:]):
        cells = [cell for cell in columns(line.text) if not RULE.fullmatch(cell)]
        after = columns(below.text) if below else []
        people = _row_of(cells, after, line)
        if people:
            complete += row
            row = people
        elif row and cells and not CONTACT.search(line.text) and row[0].title is None:
            row = _titled(row, cells)
        else:
            left.append(line)
    return complete + row


def _named(cell: str, below: list[str], *, beside: bool) -> tuple[str, str | None] | None:
    """The name of a cell, and its title; a name that is also a word ("Eva Råd") needs a title
    under it, or one `beside` it."""
    found = named_and_titled(cell)
    if found is None:
        first, _, rest = cell.partition(",")
        if rest and is_person_name(first.strip()):
            return first.strip(), rest.split(",")[0].strip()
    cell = PARTY.sub("", cell)
    if found or not shaped_as_name(cell) or ACTING.match(cell) or heading_kind(cell):
        return found
    inner = " ".join(cell.split()[:-1])
    plain = not is_title(inner) and not ORGANISATION.search(inner)
    under = bool(below) and all(is_title(each) and not shaped_as_name(each) for each in below)
    likely = under or (beside and not is_body_name(cell))
    return (cell, None) if plain and likely else None


def _row_of(cells: list[str], below: list[str], line: Line) -> list[Signatory]:
    """The people of one line: names side by side, a title before its name, or "name, title"."""
    row: list[Signatory] = []
    title = None
    for cell in cells:
        named = _named(cell, below, beside=title is not None)
        if named:
            name, written = named
            who = Signatory(PARTY.sub("", name).strip(), line.place)
            row.append(_with_title(who, written or title))
            title = None
        elif is_title(cell):
            title = cell
    return row


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
    acting = ACTING.match(title)
    plain = DATED.sub("", title[acting.end() :] if acting else title)
    return replace(who, title=plain.strip(" ,"), acting=bool(acting))


def read_unannounced(zone: Zone) -> list[Signatory]:
    """Names with titles that end a text without "I tjänsten", uncertain; they leave the zone."""
    filled = [index for index, line in enumerate(zone.lines) if line.text]
    start = len(zone.lines)
    while filled and _is_contact(zone.lines[filled[-1]]):
        filled = filled[:-1]
    end = filled[-1] + 1 if filled else 0
    while filled:
        last = zone.lines[filled[-1]]
        above = zone.lines[filled[-2]] if len(filled) > 1 else None
        if _all(_has_title, last):
            start, filled = filled[-1], filled[:-1]
        elif above and _all(_is_name, above) and _all(is_title, last):
            start, filled = filled[-2], filled[:-2]
        else:
            break
    who = _signatories(zone.lines[start:end], [])
    del zone.lines[start:end]
    return [replace(signatory, uncertain=True) for signatory in who]


def _is_contact(line: Line) -> bool:
    """A telephone or an address, which may stand under a name."""
    return (
        bool(CONTACT.search(line.text) or PHONE.search(line.text)) and len(line.text) < NAME_LENGTH
    )


def _has_title(cell: str) -> bool:
    named = named_and_titled(cell)
    return named is not None and named[1] is not None


def _is_name(cell: str) -> bool:
    return named_and_titled(cell) is not None


def _all(test: Callable[[str], bool], line: Line) -> bool:
    cells = columns(line.text)
    return bool(cells) and not line.table and all(test(cell) for cell in cells)
