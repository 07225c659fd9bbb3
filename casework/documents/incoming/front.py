"""What stands before the text: title, body, date and registration number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from casework.documents.incoming import vocabulary as words
from casework.documents.incoming.layout import Block, Layout, blocks, columns
from casework.documents.incoming.model import Found, FoundDate, Line

if TYPE_CHECKING:
    import re

    from casework.documents.incoming.model import Place

FRONT_LINES = 40
TITLE_LENGTH = 200
GREETING = ("hej", "god dag", "till den det berör", "bästa ")


@dataclass(frozen=True, slots=True)
class Front:
    """The facts of a document's head."""

    title: Found | None = None
    date: FoundDate | None = None
    registration_number: Found | None = None
    body: Found | None = None


def read_front(lines: list[Line], layout: Layout) -> tuple[Front, list[Line]]:
    """The facts, and the lines that are left to be read as text."""
    headers = [line for line in lines if line.place.unit == "header"]
    story = [line for line in lines if line.place.unit != "header"]
    head, rest = _divided(story)
    known_end = bool(rest) and words.heading_kind(rest[0].text) != "signatures"
    title, used = _title(head, layout, known_end=known_end)
    facts = [line for line in headers + head if line.text]
    date = _date(facts) or _date_in_title(title)
    front = Front(title, date, _registration_number(facts, lines), _body(facts))
    return front, head[used:] + rest


def _divided(story: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines before the first known heading, at most FRONT_LINES with text, and the others."""
    items = [i for i, line in enumerate(story) if words.MINUTES_ITEM.match(line.text)]
    if len(items) == 1:  # an excerpt: all before its § is letterhead
        return story[: items[0] + 1], story[items[0] + 1 :]
    filled = 0
    for index, line in enumerate(story):
        filled += bool(line.text)
        if filled > FRONT_LINES or words.heading_kind(line.text) or (line.level or 0) > 1:
            return story[:index], story[index:]
    return story, []


def _title(head: list[Line], layout: Layout, *, known_end: bool) -> tuple[Found | None, int]:
    """The title and how many lines of `head` stand before the text proper."""
    if head and words.MINUTES_ITEM.match(head[-1].text):
        cells = columns(words.MINUTES_ITEM.sub("", head[-1].text, count=1))
        named = [cell for cell in cells if not words.NUMBER_LABEL.search(cell)]
        return (Found(named[0], head[-1].place) if named else None), len(head)
    candidates = [b for b in blocks(head, layout) if _is_stated(b) or not _is_paper(b)]
    block = _chosen(candidates, _last_labelled(head))
    if block is None:
        return None, _index(head, candidates[0].place) if candidates else len(head)
    stated = _is_stated(block)
    text = words.TITLE_LABEL.sub("", block.text, count=1)
    end = _index(head, block.lines[-1].place) + 1
    uncertain = not stated and (not known_end or block is not candidates[0])
    return Found(text, block.place, uncertain), end


def _index(head: list[Line], place: Place) -> int:
    return next(index for index, line in enumerate(head) if line.place == place)


def _chosen(candidates: list[Block], labelled: set[Place]) -> Block | None:
    """A title that is stated; else the first after the labelled lines; else the very first."""
    stated = next(filter(_is_stated, candidates), None)
    if stated:
        return stated
    after = [block for block in candidates if block.place not in labelled]
    return next((block for block in after[:1] + candidates[:1] if _can_be_title(block)), None)


def _last_labelled(head: list[Line]) -> set[Place]:
    """The places down to the last line with a label, date or number."""
    last = max((i for i, line in enumerate(head) if _is_label(line.text)), default=-1)
    return {line.place for line in head[: last + 1]}


def _is_stated(block: Block) -> bool:
    """Whether the file itself says that this is the title."""
    return block.lines[0].level is not None or bool(words.TITLE_LABEL.match(block.text))


def _is_paper(block: Block) -> bool:
    return all(_is_letterhead(line.text) for line in block.lines)


def _can_be_title(block: Block) -> bool:
    text = block.text
    sentence = text.endswith((".", ",", "!")) or text.lower().startswith(GREETING)
    return block.marker is None and not sentence and len(text) <= TITLE_LENGTH


def _is_letterhead(text: str) -> bool:
    """Whether a line above the title belongs to the paper rather than to the matter."""
    cells = columns(text)
    if len(cells) > 1:
        return True
    return bool(
        words.DOCUMENT_KINDS.fullmatch(text)
        or words.is_body_name(text)
        or _is_organisation(text)
        or "@" in text
        or _is_label(text)
    )


def _is_label(text: str) -> bool:
    """Whether a line is a date, a number, or a label with what belongs to it."""
    label = words.LETTERHEAD_LABEL.match(text)
    rest = text[label.end() :].strip() if label else ""
    return bool(
        (label and (not rest or rest[0] == ":" or _is_entry(rest)))
        or _lone_date(text)
        or words.REGISTRATION_NUMBER.fullmatch(text)
    )


def _is_entry(text: str) -> bool:
    """Whether `text` can be what stands after a label of a letterhead."""
    named = words.is_person_name(text.split(",")[0]) or words.is_body_name(text)
    numbered = text[0].isdigit() or words.REGISTRATION_NUMBER.match(text)
    return bool(named or numbered or _is_organisation(text) or words.is_title(text))


def _is_organisation(text: str) -> bool:
    parts = text.split()
    return (
        len(parts) <= 4
        and all(p[0].isupper() for p in parts)
        and bool(words.ORGANISATION.search(text))
    )


def _lone_date(text: str) -> bool:
    """Whether the line is a date, or a place and a date."""
    found = words.FULL_DATE.search(text)
    if found is None or found.end() < len(text):
        return False
    before = text[: found.start()].lower().removesuffix("den ").strip(" ,:")
    return len(before.split()) <= 1


def _date(facts: list[Line]) -> FoundDate | None:
    labelled = _beside_label(facts, words.DATE_LABEL, words.FULL_DATE)
    if labelled:
        return replace(labelled, day=words.calendar_day(labelled.text))
    lone = [
        FoundDate(found[0], line.place, day=words.calendar_day(found[0]))
        for line in facts
        for cell in columns(line.text)
        if _lone_date(cell) and (found := words.FULL_DATE.search(cell))
    ]
    several = len({found.day for found in lone}) > 1
    return replace(lone[0], uncertain=several) if lone else None


def _date_in_title(title: Found | None) -> FoundDate | None:
    """Notes of a meeting are often dated in their title alone."""
    found = words.FULL_DATE.search(title.text) if title else None
    if title is None or found is None or not words.MEETING_NOTES.search(title.text):
        return None
    return FoundDate(found[0], title.place, uncertain=True, day=words.calendar_day(found[0]))


def _registration_number(facts: list[Line], lines: list[Line]) -> Found | None:
    labelled = _beside_label(facts, words.NUMBER_LABEL, words.REGISTRATION_NUMBER)
    if labelled:
        return labelled
    for line in facts:
        for cell in columns(line.text):
            if words.REGISTRATION_NUMBER.fullmatch(cell) and not words.FULL_DATE.search(cell):
                return Found(cell, line.place, uncertain=True)
    elsewhere = _beside_label(lines, words.NUMBER_LABEL, words.REGISTRATION_NUMBER)
    return replace(elsewhere, uncertain=True) if elsewhere else None


def _beside_label(
    lines: list[Line], label: re.Pattern[str], value: re.Pattern[str]
) -> FoundDate | None:
    """The value after its label on the same line, or under it in the same column."""
    filled = [line for line in lines if line.text]
    for line, below in zip_longest(filled, filled[1:]):
        named = label.search(line.text)
        if named is None:
            continue
        found = value.search(line.text, named.end())
        if found and len(line.text[named.end() : found.start()].split()) <= 2:
            return FoundDate(found[0], line.place)
        cell = _under(line.text, below.text if below else "", label)
        found = value.search(cell)
        if below and found:
            return FoundDate(found[0], below.place)
    return None


def _under(labels: str, values: str, label: re.Pattern[str]) -> str:
    """The cell of `values` that stands under the cell of `labels` holding `label`."""
    heads, cells = columns(labels), columns(values)
    position = next((i for i, head in enumerate(heads) if label.search(head)), -1)
    if not 0 <= position < len(heads):
        return ""
    from_end = position - len(heads)  # the left columns are those that are sometimes empty
    return cells[from_end] if len(cells) >= -from_end else ""


def _body(facts: list[Line]) -> Found | None:
    for line in facts:
        for cell in columns(line.text):
            name = cell.removeprefix("Till ").strip()
            if words.is_body_name(name):
                return Found(name, line.place)
    return None
