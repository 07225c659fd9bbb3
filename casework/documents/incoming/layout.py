"""From lines to blocks: paragraphs, items of lists, and tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casework.documents.incoming.model import Line, Place

# A dash before a number is a minus sign or a span, and a star before one a product.
BULLET = re.compile(r"(?:[•·▪◦‣●○■\uf0b7\uf0a7➢✓]|[*–—-](?=\s+[^\d\s])|o(?=\s+[A-ZÅÄÖ]))\s+(?=\S)")
NUMBER = re.compile(r"(\d{1,2})(?:[.)]\s*(?=[^\W\d_]|[”\"(])|[.)]\s+(?=\S))")
LETTER = re.compile(r"([a-zåäö])(?:\)|\.(?=\s))\s*(?=\S)")
SUB_NUMBER = re.compile(r"\d{1,2}\.\d{1,2}\.?\s+(?=\S)")
ATT_CLAUSE = re.compile(r"att\s+\S", re.IGNORECASE)
COLUMNS = re.compile(r"\t+|\s{2,}")
ENDED = re.compile(r"[.:;!?][”\")]?$")
EXPECTS_MORE = re.compile(
    r"\b(?:i|och|för|av|till|på|med|om|samt|inom|kring|från|eller|den|det|ett|en|–|-)$"
)
LEADS_IN = re.compile(
    r"\b(?:att|besluta[rs]?|beslutat|föreslår|föreslås|ställ(?:a|er) sig bakom):?$", re.I
)
JOINS_CLAUSES = re.compile(r"\b(?:och|samt)$")
KEEPS_HYPHEN = re.compile(r"(?:[A-ZÅÄÖ\d]{1,}|^)-$")
JOINING_WORDS = {"och", "eller", "samt", "respektive"}
# Of the usual line width: a line left shorter than this was broken on purpose.
FULL = 0.75
# A text of short lines only was not wrapped at all.
NARROWEST = 40


@dataclass(slots=True)
class Block:
    """A paragraph (no marker), an item of a list ("•", "1.", "a)") or a table, of whole lines.

    `depth` is how deep an item lies; an item with a `number` is counted by its document.
    """

    lines: list[Line]
    marker: str | None = None
    number: int | None = None
    depth: int = 0

    @property
    def text(self) -> str:
        return joined([line.text for line in self.lines])

    @property
    def place(self) -> Place:
        return self.lines[0].place

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The rows of a table, each as wide as the widest; none for a text."""
        if not self.lines[0].table:
            return []
        width = max(len(line.cells) for line in self.lines)
        return [line.cells + ("",) * (width - len(line.cells)) for line in self.lines]

    @property
    def shown(self) -> str:
        """The text with the line breaks that its writer put in a paragraph."""
        parts: list[list[str]] = []
        for line in self.lines:
            if line.soft or not parts:
                parts.append([])
            parts[-1].append(line.text)
        return "\n".join(joined(part) for part in parts)

    @property
    def sign(self) -> str:
        """The marker as it is read on paper, none for a paragraph."""
        return {None: "", "•": "-"}.get(self.marker, self.marker or "")


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
        if following.soft:
            return False
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
    """Paragraphs, items and tables; with `att_clauses` each such clause is one block too."""
    found: list[Block] = []
    previous: Line | None = None
    gap = 0
    count = _Count()
    for line in lines:
        if not line.text:
            gap += 1
            continue
        opens = layout.opens(previous, line, gap)
        block = count.item(line, previous, opens=opens)
        clause = att_clauses and not count.number and ATT_CLAUSE.match(line.text)
        starts = clause and (opens or line.soft or _ends_clause(previous, line, layout))
        if line.table:
            if found and found[-1].lines[-1].table == line.table:
                found[-1].lines.append(line)
            else:
                found.append(Block([line]))
        elif block:
            found.append(block)
        elif previous is None or previous.table or starts or layout.breaks(previous, line, gap):
            found.append(Block([line]))
        else:
            found[-1].lines.append(line)
        previous, gap = line, 0
    return found


def _ends_clause(line: Line | None, following: Line, layout: Layout) -> bool:
    """Whether the att-clause on `line` is over, so that another may follow."""
    return line is None or bool(JOINS_CLAUSES.search(line.text) or not layout.full(line, following))


@dataclass(slots=True)
class _Count:
    """How far the lists of a text have come, so that "18." inside a sentence is no item."""

    number: int = 0
    letter: str = ""
    bullet: str = ""

    def item(self, line: Line, previous: Line | None, *, opens: bool) -> Block | None:
        """The item that `line` begins, None when it begins none."""
        if line.marker:
            if line.number and not line.depth:
                self.number = line.number
            return Block([line], line.marker, line.number, line.depth)
        if line.table:
            return None
        goes_on = previous is not None and bool(JOINS_CLAUSES.search(previous.text))
        return (
            self._numbered(line, may=opens or line.soft or line.whole or goes_on)
            or self._lettered(line, may=opens or line.soft or line.whole or goes_on)
            or self._bulleted(line, may=opens or line.soft or line.whole)
        )

    def _numbered(self, line: Line, *, may: bool) -> Block | None:
        deeper = SUB_NUMBER.match(line.text)
        if deeper and may and self.number:
            rest = line.saying(line.text[deeper.end() :])
            return Block([rest], deeper[0].strip(), depth=1)
        found = NUMBER.match(line.text)
        if not found or not may or int(found[1]) not in {1, self.number + 1}:
            return None
        self.number, self.letter = int(found[1]), ""
        rest = line.saying(line.text[found.end() :])
        return Block([rest], f"{self.number}.", self.number)

    def _lettered(self, line: Line, *, may: bool) -> Block | None:
        found = LETTER.match(line.text)
        follows = {"a", chr(ord(self.letter) + 1)} if self.letter else {"a"}
        if not found or not may or found[1] not in follows:
            return None
        self.letter = found[1]
        rest = line.saying(line.text[found.end() :])
        number = None if self.number else ord(self.letter) - ord("a") + 1
        return Block([rest], found[0].strip(), number, 1 if self.number else 0)

    def _bulleted(self, line: Line, *, may: bool) -> Block | None:
        found = BULLET.match(line.text)
        if not found or not (may or line.text[0] == self.bullet):
            return None
        self.bullet = line.text[0]
        depth = 1 if self.number and line.indented else 0
        return Block([line.saying(line.text[found.end() :])], "•", depth=depth)
