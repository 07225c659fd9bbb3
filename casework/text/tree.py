"""The typed tree of a text: blocks with inlines in them, and the notes that they refer to.

What Markdown (CommonMark with GFM tables and footnotes) can say and the organisation's documents
have a form for; how it is written out is the business of the modules beside this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from casework.text.typography import swedish

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Alignment = Literal["left", "center", "right"]

# 6 300, 1 234,50 kr, -12 %, (40), 2.106.810: what stands in a column of numbers.
_NUMBER = re.compile(
    r"\(?[-–−+±]?\s?\d[\d\s.,:]*\)?(?:\s?(?:%|‰|procent|kr|kronor|tkr|mnkr|mkr|mdkr|€|:-))?"
)
# What a column of numbers holds where it has none.
_NONE = re.compile(r"[-–—−]?")
_AROUND_BREAK = re.compile(r"[^\S\n]*\n[^\S\n]*")
_LINE_START, _LINE_END = re.compile(r"\A[^\S\n]+"), re.compile(r"[^\S\n]+\Z")
_LINE_STARTS, _LINE_ENDS = re.compile(r"[^\S\n]*\n"), re.compile(r"\n[^\S\n]*\Z")


@dataclass(frozen=True)
class Run:
    """Text of one look; a line feed in it is a line break. `link` is the address or ""."""

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    link: str = ""


@dataclass(frozen=True)
class Image:
    """A picture at an address, and the words that stand for it."""

    address: str
    alternative: str
    link: str = ""


@dataclass(frozen=True)
class NoteMark:
    """A reference to the note of that number."""

    number: int


Inline = Run | Image | NoteMark
Inlines = tuple[Inline, ...]


@dataclass(frozen=True)
class Paragraph:
    inlines: Inlines


@dataclass(frozen=True)
class Heading:
    """`level` is 1 for `#`."""

    level: int
    inlines: Inlines


@dataclass(frozen=True)
class Item:
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class List:
    """A list of bullets (`start` is None), or numbered from `start` on."""

    items: tuple[Item, ...]
    start: int | None = None


@dataclass(frozen=True)
class Quote:
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Code:
    """Lines kept letter by letter."""

    text: str


@dataclass(frozen=True)
class Rule:
    """A line across."""


@dataclass(frozen=True)
class Table:
    """Rows of as many cells as there are columns.

    `header` is () where the table has none. An alignment of None was not said: `alignments` says
    what it is then.
    """

    columns: tuple[Alignment | None, ...]
    header: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]

    @property
    def alignments(self) -> tuple[Alignment, ...]:
        """How each column stands: as was said, or to the right if it holds numbers alone."""
        return tuple(
            said or ("right" if are_numbers(words(row[at]) for row in self.rows) else "left")
            for at, said in enumerate(self.columns)
        )


Block = Paragraph | Heading | List | Quote | Code | Rule | Table


@dataclass(frozen=True)
class Text:
    """A whole text; `notes[0]` is note 1."""

    blocks: tuple[Block, ...] = ()
    notes: tuple[tuple[Block, ...], ...] = ()


def words(inlines: Iterable[Inline]) -> str:
    """The words alone, a picture's as well; a line break is a line feed."""
    return "".join(map(_words, inlines))


def typeset(run: Run) -> str:
    """The run's words with Swedish typography; code and addresses stay to the letter."""
    is_address = bool(run.link) and run.text == run.link.removeprefix("mailto:")
    return run.text if run.code or is_address else swedish(run.text)


def are_numbers(cells: Iterable[str]) -> bool:
    """Whether these are numbers, with or without a unit, but for some where there is none."""
    filled = [cell.strip() for cell in cells if not _NONE.fullmatch(cell.strip())]
    return bool(filled) and all(map(_NUMBER.fullmatch, filled))


def tidy(inlines: Iterable[Inline]) -> Inlines:
    """The same to a reader, in one way: neighbours of the same look are one run, no space stands
    at the edge of a line, nor at the edge of what is emphasised."""
    runs = _joined(inlines)
    for mark in ("strong", "emphasis"):
        runs = _joined(_bared(runs, mark))
    return _joined(_trimmed(runs))


def _words(inline: Inline) -> str:
    match inline:
        case Run():
            return inline.text
        case Image():
            return inline.alternative
    return ""


def _joined(inlines: Iterable[Inline]) -> Inlines:
    joined: list[Inline] = []
    for inline in inlines:
        last = joined[-1] if joined else None
        if not isinstance(inline, Run):
            joined.append(inline)
        elif isinstance(last, Run) and replace(last, text=inline.text) == inline:
            joined[-1] = replace(last, text=last.text + inline.text)
        elif inline.text:
            joined.append(inline)
    return tuple(joined)


def _bared(runs: Sequence[Inline], mark: str) -> Iterator[Inline]:
    """The runs, with the mark taken from the spaces at the ends of what has it."""
    for at, run in enumerate(runs):
        if not isinstance(run, Run) or not getattr(run, mark) or run.code:
            yield run
            continue
        text, before, after = run.text, "", ""
        if not _has(runs, at + 1, mark):
            text, after = _split_end(text)
        if not _has(runs, at - 1, mark):
            kept = text.lstrip()
            text, before = kept, text[: len(text) - len(kept)]
        bare = replace(run, strong=False) if mark == "strong" else replace(run, emphasis=False)
        yield from (replace(bare, text=before), replace(run, text=text), replace(bare, text=after))


def _has(runs: Sequence[Inline], at: int, mark: str) -> bool:
    run = runs[at] if 0 <= at < len(runs) else None
    return isinstance(run, Run) and getattr(run, mark) and bool(run.text.strip() or run.code)


def _split_end(text: str) -> tuple[str, str]:
    kept = text.rstrip()
    return kept, text[len(kept) :]


def _trimmed(runs: Sequence[Inline]) -> Iterator[Inline]:
    """The runs without spaces at the edges of their lines."""
    for at, run in enumerate(runs):
        if not isinstance(run, Run) or run.code:
            yield run
            continue
        text = _AROUND_BREAK.sub("\n", run.text)
        is_first, is_last = at == 0, at + 1 == len(runs)
        if is_first or _LINE_ENDS.search(_text(runs[at - 1])):
            text = text.lstrip() if is_first else _LINE_START.sub("", text)
        if is_last or _LINE_STARTS.match(_text(runs[at + 1])):
            text = text.rstrip() if is_last else _LINE_END.sub("", text)
        yield replace(run, text=text)


def _text(inline: Inline) -> str:
    return inline.text if isinstance(inline, Run) and not inline.code else ""
