"""From lines to blocks (paragraphs, bullets, numbered items) and zones (what a heading opens)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casework.documents.incoming.vocabulary import ZoneKind, heading_kind, is_person_name

if TYPE_CHECKING:
    from casework.documents.incoming.model import Line, Place

BULLET = re.compile(r"(?:[•·▪◦‣●○■*\uf0b7\uf0a7–—-]|o(?=\s+[A-ZÅÄÖ]))\s+(?=\S)")
NUMBER = re.compile(r"(\d{1,2})[.)]\s*(?=[^\W\d_]|[”\"(])")
ATT_CLAUSE = re.compile(r"att\s+\S", re.IGNORECASE)
COLUMNS = re.compile(r"\t+|\s{2,}")
ENDED = re.compile(r"[.:;!?][”\")]?$")
EXPECTS_MORE = re.compile(
    r"\b(?:i|och|för|av|till|på|med|om|samt|inom|kring|från|eller|den|det|ett|en|–|-)$"
)
LEADS_IN = re.compile(
    r"\b(?:att|besluta[rs]?|beslutat|föreslår|föreslås|ställa sig bakom):?$", re.I
)
JOINS_CLAUSES = re.compile(r"\b(?:och|samt)$")
KEEPS_HYPHEN = re.compile(r"(?:[A-ZÅÄÖ\d]{1,}|^)-$")
JOINING_WORDS = {"och", "eller", "samt", "respektive"}
HEADING_LENGTH = 70
# Of the usual line width: a line left shorter than this was broken on purpose.
FULL = 0.75
# A text of short lines only was not wrapped at all.
NARROWEST = 40
SIGNING_LINES = 12
# Where every line stands for itself.
LISTS: set[ZoneKind] = {"recipients", "signatures"}


@dataclass(slots=True)
class Block:
    """A paragraph (no marker), a bullet ("•") or a numbered item ("1.") made of whole lines."""

    lines: list[Line]
    marker: str | None = None

    @property
    def text(self) -> str:
        return joined([line.text for line in self.lines])

    @property
    def place(self) -> Place:
        return self.lines[0].place

    @property
    def number(self) -> int | None:
        return int(self.marker[:-1]) if self.marker and self.marker[0].isdigit() else None

    def markdown(self) -> str:
        if self.marker is None:
            return self.text
        return f"{self.marker if self.number else '-'} {self.text}"


@dataclass(slots=True)
class Zone:
    """A heading and the lines under it; the zone before any heading has none."""

    kind: ZoneKind
    heading: str | None
    place: Place
    lines: list[Line] = field(default_factory=list)
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How a text is set: its usual width in characters, and whether every line has a gap after."""

    width: int
    double_spaced: bool

    @classmethod
    def of(cls, lines: list[Line]) -> Layout:
        lengths = sorted(len(line.text) for line in lines if line.text)
        width = max(NARROWEST, lengths[len(lengths) * 9 // 10] if lengths else 0)
        close, apart = _continuations(lines)
        return cls(width, apart >= 3 and apart > close)

    def full(self, line: Line, following: Line) -> bool:
        """Whether the first word of `following` would not have had room on `line`."""
        first_word = following.text.split(maxsplit=1)[0]
        return len(line.text) + 1 + len(first_word) > FULL * self.width

    def breaks(self, line: Line, following: Line, gap: int) -> bool:
        """Whether `following`, after `gap` empty lines, starts something new."""
        if line.whole or following.whole:
            return True
        runs_on = following.text[0].islower()
        if gap >= (2 if self.double_spaced else 1):
            return ENDED.search(line.text) is not None or not (
                runs_on and self.full(line, following)
            )
        if EXPECTS_MORE.search(line.text) or line.text.endswith("-"):
            return False
        return not runs_on and not self.full(line, following)

    def opens(self, line: Line | None, following: Line, gap: int) -> bool:
        """Whether a marker or heading at the start of `following` can be meant as one."""
        return (
            line is None
            or gap >= (2 if self.double_spaced else 1)
            or ENDED.search(line.text) is not None
            or line.text.endswith(",")
            or LEADS_IN.search(line.text) is not None
            or self.breaks(line, following, gap)
        )


def _continuations(lines: list[Line]) -> tuple[int, int]:
    """How often a sentence runs on at the next line, and how often after one empty line."""
    close = apart = 0
    previous, gap = None, 0
    for line in lines:
        if not line.text:
            gap += 1
            continue
        if previous and not ENDED.search(previous.text) and line.text[0].islower():
            close += gap == 0
            apart += gap == 1
        previous, gap = line, 0
    return close, apart


def joined(texts: list[str]) -> str:
    """The texts of wrapped lines as one line, words that were divided made whole again."""
    words: list[str] = []
    for text in texts:
        first, *others = text.split() or [""]
        if words and len(words[-1]) > 1 and words[-1].endswith("-") and _divided(first):
            kept = words[-1] if _keeps_hyphen(words[-1], first) else words[-1][:-1]
            words[-1] = kept + first
        else:
            words.append(first)
        words += others
    return " ".join(filter(None, words))


def _divided(following: str) -> bool:
    return following[:1].isalnum() and following.strip(",.") not in JOINING_WORDS


def _keeps_hyphen(word: str, following: str) -> bool:
    return bool(KEEPS_HYPHEN.search(word)) or not following[0].islower()


def columns(text: str) -> list[str]:
    """The texts that stand side by side on one line."""
    return [part.strip() for part in COLUMNS.split(text) if part.strip()]


def blocks(lines: list[Line], layout: Layout, *, att_clauses: bool = False) -> list[Block]:
    """Paragraphs, bullets and numbered items; with `att_clauses` each such clause is one too."""
    found: list[Block] = []
    previous: Line | None = None
    gap = last_number = 0
    bullet = ""
    for line in lines:
        if not line.text:
            gap += 1
            continue
        opens = layout.opens(previous, line, gap)
        listed = opens or line.whole or line.text[0] == bullet
        marker, rest = _marker(line, last_number) if listed else (None, line)
        if marker and marker[0].isdigit():
            last_number = int(marker[:-1])
        elif marker:
            bullet = line.text[0]
        clause = att_clauses and not last_number and ATT_CLAUSE.match(line.text)
        starts = clause and (opens or _ends_clause(previous, line, layout))
        if previous is None or marker or starts or layout.breaks(previous, line, gap):
            found.append(Block([rest], marker))
        else:
            found[-1].lines.append(rest)
        previous, gap = line, 0
    return found


def _ends_clause(line: Line | None, following: Line, layout: Layout) -> bool:
    """Whether the att-clause on `line` is over, so that another may follow."""
    return line is None or bool(JOINS_CLAUSES.search(line.text) or not layout.full(line, following))


def _marker(line: Line, last_number: int) -> tuple[str | None, Line]:
    """The bullet or number before the line, and the line without it."""
    if line.marker:
        return line.marker, line
    number = NUMBER.match(line.text)
    # Only the next number counts: a line that happens to start with "18." is no item.
    if number and int(number[1]) in {1, last_number + 1}:
        return f"{int(number[1])}.", line.saying(line.text[number.end() :])
    bullet = BULLET.match(line.text)
    if bullet:
        return "•", line.saying(line.text[bullet.end() :])
    return None, line


def zones(lines: list[Line], layout: Layout) -> list[Zone]:
    """The text cut at its headings; a heading known only by its looks makes its zone uncertain."""
    filled = [index for index, line in enumerate(lines) if line.text]
    if not filled:
        return []
    found = [Zone("section", None, lines[filled[0]].place)]
    for order, index in enumerate(filled):
        line = lines[index]
        before = lines[filled[order - 1]] if order else None
        after = lines[filled[order + 1]] if order + 1 < len(filled) else None
        gap = index - filled[order - 1] - 1 if order else 0
        rest = ""
        zone = None
        if found[-1].kind in LISTS or layout.opens(before, line, gap):
            zone, rest = _known_zone(line)
            near_end = len(filled) - order <= SIGNING_LINES
            if zone is None and not (before and is_person_name(before.text)):
                zone = _looked_zone(line, after, found[-1], layout, near_end=near_end)
        if gap:
            found[-1].lines += [line.saying("")] * gap
        if zone:
            found.append(zone)
        if zone is None or rest:
            found[-1].lines.append(line.saying(rest) if rest else line)
    return found


def _known_zone(line: Line) -> tuple[Zone | None, str]:
    """The zone that a known or styled heading opens, and what follows it on the same line."""
    heading, colon, rest = line.text.partition(":")
    if not line.text[0].isupper() and line.level is None:
        return None, ""
    kind = heading_kind(line.text)
    if kind:
        return Zone(kind, line.text.removesuffix(":").strip(), line.place), ""
    kind = heading_kind(heading) if colon else None
    if kind:
        return Zone(kind, heading.strip(), line.place), rest.strip()
    if line.level is not None:
        return Zone("section", line.text, line.place), ""
    return None, ""


def _looked_zone(
    line: Line, after: Line | None, current: Zone, layout: Layout, *, near_end: bool
) -> Zone | None:
    """A zone whose heading shows only by its looks."""
    if current.kind in LISTS or after is None:
        return None
    if near_end and line.text.isupper() and all(map(is_person_name, columns(after.text))):
        return Zone("signatures", None, line.place)
    if _looks_like_heading(line, after, layout):
        return Zone("section", line.text, line.place, uncertain=True)
    return None


def _looks_like_heading(line: Line, after: Line, layout: Layout) -> bool:
    text = line.text
    short = len(text) <= min(HEADING_LENGTH, FULL * layout.width)
    plain = not re.search(r"[.,:;!?@–-]$", text) and len(columns(text)) == 1
    leads = LEADS_IN.search(text) or EXPECTS_MORE.search(text)
    followed = after.text[0].isupper() and len(after.text) > len(text)
    return (
        short
        and plain
        and not leads
        and followed
        and text[0].isupper()
        and line.marker is None
        and not is_person_name(text)
    )
