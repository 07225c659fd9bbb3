"""What stands before the text: title, body, date and registration number."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import zip_longest

from casework.documents.incoming import vocabulary as words
from casework.documents.incoming.headings import HEAD_LABELS, bare_heading, heading_kind
from casework.documents.incoming.introductions import introduced
from casework.documents.incoming.layout import Block, Layout, blocks, columns
from casework.documents.incoming.model import Found, FoundDate, Line, Place
from casework.documents.incoming.people import is_person_name, is_title, named_and_titled

FRONT_LINES = 40
TITLE_LENGTH = 200
GREETING = ("hej", "god dag", "till den det berör", "bästa ")
MINUTES_LINE = re.compile(r"(?:[A-ZÅÄÖ][A-Za-zÅÄÖåäö]{0,7}\s+)?§\s*\d+(?:[/:]\d+)?\s*[.:–-]?\s*")
ADDRESSED = re.compile(r"till\s+(?P<name>\S.*)", re.IGNORECASE)
KIND_AND_MORE = re.compile(rf"(?:{words.DOCUMENT_KINDS.pattern})\b(?P<rest>.*)", re.IGNORECASE)
PAGE_MARK = re.compile(r"\s+\d{1,3} ?\(\d{1,3}\)$")
OTHER_DATE = re.compile(r"utskri|ert |er |justera|anslag|giltig|gäller|senast", re.IGNORECASE)
LABEL_ROOM = 2
NOWHERE = Place("line", 0)
NUMBER_LENGTH = 40
PAPER_LENGTH = 100


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
    title, left = _title(head, rest, layout)
    facts = [line for line in headers + head if line.text]
    date = _date(facts, title) or _date_in_title(title)
    front = Front(title, date, _registration_number(facts, lines), _body(facts))
    return front, left + rest


def _divided(story: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines before the first known heading, at most FRONT_LINES with text, and the others."""
    items = [i for i, line in enumerate(story) if MINUTES_LINE.match(line.text)]
    if len(items) == 1 and _names(story[items[0]].text):  # an excerpt: all before is letterhead
        end = items[0] + 1
        while end < len(story) and (not story[end].text or _is_label(story[end].text)):
            end += 1
        return story[:end], story[end:]
    filled = 0
    for index, line in enumerate(story):
        filled += bool(line.text)
        ends = _ends_head(line, story[index + 1 :])
        ends = ends or introduced(line.text) is not None
        if filled > FRONT_LINES or ends or (line.level or 0) > 1:
            return story[:index], story[index:]
    return story, []


def _ends_head(line: Line, following: list[Line]) -> bool:
    """Whether a known heading stands here; one that is also a label only if text follows alone."""
    kind = heading_kind(line.text)
    if kind is None:
        heading, colon, rest = line.text.partition(":")
        kind = heading_kind(heading) if colon else None
        if kind in {None, "section"} or not rest:
            return False
        return kind in {"decision", "proposal"}
    if not HEAD_LABELS.fullmatch(bare_heading(line.text)):
        return True
    others = (heading_kind(each.text) for each in following if each.text)
    return not any(other in {"decision", "proposal", "section"} for other in others)


def _names(minutes_line: str) -> str:
    """What a line with a § names beside its number."""
    cells = columns(MINUTES_LINE.sub("", minutes_line, count=1))
    named = [cell for cell in cells if not words.NUMBER_LABEL.search(cell)]
    return named[0] if named and any(map(str.isalpha, named[0])) else ""


def _title(head: list[Line], rest: list[Line], layout: Layout) -> tuple[Found | None, list[Line]]:
    """The title, and the lines of `head` that are text and no letterhead."""
    known_end = bool(rest) and heading_kind(rest[0].text) != "signatures"
    named = [line for line in head if MINUTES_LINE.match(line.text) and _names(line.text)]
    if len(named) == 1:
        return Found(_names(named[0].text), named[0].place), []
    labelled = _labelled_title(head)
    if labelled:
        return labelled
    candidates = [b for b in blocks(head, layout) if _is_stated(b) or not _is_paper(b)]
    below = next((line.level for line in rest if line.text), None)
    block = _chosen(candidates, _last_labelled(head), below)
    if block is None:
        is_paper = any(_is_label(line.text) for line in head)
        first = _index(head, candidates[0].place) if candidates else len(head) * is_paper
        return None, head[first:]
    stated = _is_stated(block)
    text = words.TITLE_LABEL.sub("", block.text, count=1)
    end = _index(head, block.lines[-1].place) + 1
    others = [b for b in candidates if b is not block and _can_be_title(b)]
    uncertain = not stated and (not known_end or bool(others) or block is not candidates[0])
    passed = [line for each in candidates[: candidates.index(block)] for line in each.lines]
    gap = [passed[-1].saying("")] * 2 if passed else []
    return Found(text, block.place, uncertain), passed + gap + head[end:]


def _labelled_title(head: list[Line]) -> tuple[Found, list[Line]] | None:
    """A title beside or under its label in a table or in columns."""
    for index, line in enumerate(head):
        cells = columns(line.text)
        if len(cells) == 2 and words.TITLE_LABEL.fullmatch(f"{cells[0].removesuffix(':')}:"):
            return Found(cells[1], line.place), head[index + 1 :]
    return None


def _index(head: list[Line], place: Place) -> int:
    return max(index for index, line in enumerate(head) if line.place == place and line.text)


def _chosen(candidates: list[Block], labelled: set[Place], below: int | None) -> Block | None:
    """A title that is stated; else the first after the labelled lines; else the very first.

    A heading of the same level as the one `below` it is a part, if something stands before it.
    """
    stated = sorted(filter(_is_stated, candidates), key=lambda block: block.lines[0].level or 0)
    if stated:
        level = stated[0].lines[0].level
        before = filter(_can_be_title, candidates[: candidates.index(stated[0])])
        return (next(before, stated[0]) if level and level == below else None) or stated[0]
    after = [block for block in candidates if block.place not in labelled]
    for found in (after, candidates):
        if found and _can_be_title(found[0]):
            strong = (each for each in found if not words.WEAK_TITLE.fullmatch(each.text))
            return next(filter(_can_be_title, strong), found[0])
    return None


def _last_labelled(head: list[Line]) -> set[Place]:
    """The places down to the last line with a label, date or number."""
    last = max((i for i, line in enumerate(head) if _is_label(line.text)), default=-1)
    return {line.place for line in head[: last + 1]}


def _is_stated(block: Block) -> bool:
    """Whether the file itself says that this is the title."""
    first = block.lines[0]
    if first.level == 0 and not first.table:
        return not _is_kind(first.text)
    stated = first.level is not None or words.TITLE_LABEL.match(block.text)
    return bool(stated) and not _is_letterhead(first.text)


def _is_paper(block: Block) -> bool:
    return all(line.table or _is_letterhead(line.text) for line in block.lines)


def _can_be_title(block: Block) -> bool:
    text = block.text
    sentence = text.endswith((".", ",", "!")) or text.lower().startswith(GREETING)
    return block.marker is None and not sentence and len(text) <= TITLE_LENGTH


def _is_letterhead(text: str) -> bool:
    """Whether a line above the title belongs to the paper rather than to the matter."""
    if not text or len(columns(text)) > 1:
        return True
    return bool(
        words.is_body_name(text)
        or _is_kind(text)
        or _is_organisation(text)
        or "@" in text
        or words.PAPER.fullmatch(text)
        or named_and_titled(words.PHONE.sub("", text).strip(" ,"))
        or (is_title(text) and len(text.split()) == 1)
        or _is_addressed(text)
        or _is_label(text)
        or _holds_facts(text)
    )


def _is_kind(text: str) -> bool:
    """Whether the line says what kind of document it is, and at most its number or date."""
    named = KIND_AND_MORE.fullmatch(text)
    if named is None:
        return False
    rest = named["rest"].strip(" ,:–-")
    return not rest or rest[0].isdigit() or _is_entry(rest)


def _is_addressed(text: str) -> bool:
    named = ADDRESSED.fullmatch(text)
    if named is None:
        return False
    name = _capital(named["name"])
    return words.is_body_name(name) or words.ORGANISATION.search(name) is not None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _holds_facts(text: str) -> bool:
    """Whether a short line holds a date or a number and otherwise only what a letterhead names."""
    if len(text) > PAPER_LENGTH or text.endswith("."):
        return False
    bare = words.FULL_DATE.sub("", text)
    rest = words.REGISTRATION_NUMBER.sub("", bare)
    if rest == text:
        return False
    rest = words.NUMBER_LABEL.sub("", words.DATE_LABEL.sub("", rest)).strip(" ,:;/–-")
    return not rest or len(rest.split()) <= 1 or _is_entry(rest) or _is_kind(rest)


def _is_label(text: str) -> bool:
    """Whether a line is a date, a number, or a label with what belongs to it."""
    label = words.LETTERHEAD_LABEL.match(text)
    rest = text[label.end() :].strip() if label else ""
    return bool(
        (label and (not rest or rest[0] == ":" or _is_entry(rest)))
        or (label and len(rest) < NUMBER_LENGTH and _number(rest, NOWHERE))
        or _lone_date(text)
        or words.REGISTRATION_NUMBER.fullmatch(text)
    )


def _is_entry(text: str) -> bool:
    """Whether `text` can be what stands after a label of a letterhead."""
    named = is_person_name(text.split(",")[0]) or words.is_body_name(text)
    numbered = text[0].isdigit() or words.REGISTRATION_NUMBER.match(text)
    return bool(named or numbered or _is_organisation(text) or is_title(text))


def _is_organisation(text: str) -> bool:
    parts = text.split()
    if words.MUNICIPALITY.fullmatch(text) or words.UNIT.fullmatch(text):
        return True
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


def _date(facts: list[Line], title: Found | None) -> FoundDate | None:
    own = _beside_label(facts, words.OWN_DATE, words.FULL_DATE)
    labelled = own or _beside_label(facts, words.DATE_LABEL, words.FULL_DATE)
    if labelled:
        return replace(labelled, day=words.calendar_day(labelled.text))
    loose = [
        FoundDate(found[0], line.place, day=words.calendar_day(found[0]))
        for line in facts
        if title is None or line.place != title.place
        for cell in columns(line.text)
        if (_lone_date(cell) or _holds_facts(cell)) and not _is_other_date(cell)
        and (found := words.FULL_DATE.search(cell))
    ]  # fmt: skip
    several = len({found.day for found in loose}) > 1
    return replace(loose[0], uncertain=several) if loose else None


def _is_other_date(text: str) -> bool:
    """Whether the line says that its date is of something else than the document."""
    return bool(OTHER_DATE.match(text))


def _date_in_title(title: Found | None) -> FoundDate | None:
    """Notes of a meeting are often dated in their title alone."""
    found = words.FULL_DATE.search(title.text) if title else None
    if title is None or found is None or not words.MEETING_NOTES.search(title.text):
        return None
    return FoundDate(found[0], title.place, uncertain=True, day=words.calendar_day(found[0]))


def _registration_number(facts: list[Line], lines: list[Line]) -> Found | None:
    labelled = _labelled_number(facts)
    if labelled:
        return labelled
    unlabelled = [
        Found(found[0], line.place, uncertain=not words.CERTAIN_NUMBER.fullmatch(found[0]))
        for line in facts
        for cell in columns(line.text)
        if _holds_facts(cell) or words.REGISTRATION_NUMBER.fullmatch(cell)
        for found in words.REGISTRATION_NUMBER.finditer(_without_other_numbers(cell))
    ]
    if unlabelled:
        several = len({found.text for found in unlabelled}) > 1
        return replace(unlabelled[0], uncertain=several or unlabelled[0].uncertain)
    elsewhere = _labelled_number([line for line in lines if line.text])
    return replace(elsewhere, uncertain=True) if elsewhere else None


def _without_other_numbers(text: str) -> str:
    return words.PHONE.sub(" ", words.FULL_DATE.sub(" ", text))


def _labelled_number(lines: list[Line]) -> Found | None:
    for line, below in zip_longest(lines, lines[1:]):
        named = words.NUMBER_LABEL.search(line.text)
        if named is None:
            continue
        beside = columns(line.text[named.end() :].lstrip(" :\t") or " ")
        found = _number(beside[0], line.place) if beside else None
        if found is None and below:
            cell = _under(line.text, below.text, words.NUMBER_LABEL)
            found = _number(cell, below.place) if cell else None
        if found:
            return found
    return None


def _number(cell: str, place: Place) -> Found | None:
    """The number that a cell begins with, word for word; uncertain where it may go on."""
    taken: list[str] = []
    left = PAGE_MARK.sub("", cell).split()
    for word in left:
        is_day = words.FULL_DATE.fullmatch(word.rstrip(",;."))
        if taken and words.LETTERHEAD_LABEL.fullmatch(word.rstrip(":")):
            break
        if is_day or not words.NUMBER_WORD.fullmatch(word.rstrip(",;")):
            break
        taken.append(word)
        if word[-1] in ",;":
            break
    text = " ".join(taken).rstrip(",;.")
    if not any(map(str.isdigit, text)) or len(text) > NUMBER_LENGTH:
        return None
    following = left[len(taken) :]
    known_stop = not following or bool(
        words.FULL_DATE.match(following[0])
        or words.LETTERHEAD_LABEL.match(following[0])
        or taken[-1][-1] in ",;"
    )
    return Found(text, place, uncertain=not known_stop or _runs_long(taken))


def _runs_long(taken: list[str]) -> bool:
    """Whether more stands here than letters and a number, or two numbers, make up."""
    return len(taken) > 3 or "§" in taken


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
        if found and len(line.text[named.end() : found.start()].split()) <= LABEL_ROOM:
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
            addressed = ADDRESSED.fullmatch(cell)
            name = addressed["name"].strip() if addressed else cell
            if words.is_body_name(_capital(name) if addressed else name):
                return Found(name, line.place)
    return None
