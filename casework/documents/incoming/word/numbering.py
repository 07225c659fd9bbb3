"""Word's own numbering: what stands before each paragraph of a list, counted as Word counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.documents.incoming.word.names import W, value

if TYPE_CHECKING:
    from lxml import etree

    from casework.documents.incoming.word.styles import Style

LEVELS = 9
ROMAN = [
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
]  # fmt: skip
WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands before a paragraph: its text ("4.", "a)", "•"), its depth, and its number."""

    text: str
    depth: int
    number: int | None = None


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    text: str
    start: int
    style: str | None
    restarts: bool
    legal: bool


class Numbering:
    """The lists of a file and how far each has come."""

    def __init__(self, part: etree._Element | None) -> None:
        self._lists: dict[str, dict[int, _Level]] = {}
        self._abstract: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._overrides: dict[tuple[str, int], _Level] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self._begun: set[tuple[str, int]] = set()
        if part is None:
            return
        links = {
            value(each, "styleLink"): each.get(W + "abstractNumId", "")
            for each in part.findall(W + "abstractNum")
        }
        for each in part.findall(W + "abstractNum"):
            self._lists[each.get(W + "abstractNumId", "")] = _levels(each)
        for each in part.findall(W + "abstractNum"):
            linked = links.get(value(each, "numStyleLink") or "none")
            if linked:
                self._lists[each.get(W + "abstractNumId", "")] = self._lists[linked]
        for each in part.findall(W + "num"):
            self._number(each)

    def mark(
        self, properties: etree._Element | None, style: Style, style_name: str | None
    ) -> Mark | None:
        """What Word puts before this paragraph; it counts on."""
        identity, depth = self._place(properties, style, style_name)
        abstract = self._abstract.get(identity or "")
        level = abstract and self._level(identity or "", abstract, depth)
        if not identity or not abstract or not level:
            return None
        if level.form in {"bullet", "none"}:
            said = level.text.strip() if WORD.search(level.text) else ""
            bullet = "•" if level.form == "bullet" else ""
            return Mark(said or bullet, depth) if said or bullet else None
        self._count(identity, abstract, depth, level)
        text = self._shown(identity, abstract, depth, level).strip()
        return Mark(text, depth, self._counts[abstract, depth]) if text else None

    def _number(self, num: etree._Element) -> None:
        identity = num.get(W + "numId", "")
        self._abstract[identity] = value(num, "abstractNumId") or ""
        for override in num.findall(W + "lvlOverride"):
            depth = _whole(override.get(W + "ilvl"), 0)
            start = value(override, "startOverride")
            if start is not None:
                self._starts[identity, depth] = _whole(start, 1)
            own = override.find(W + "lvl")
            if own is not None:
                self._overrides[identity, depth] = _level(own)

    def _level(self, identity: str, abstract: str, depth: int) -> _Level | None:
        own = self._overrides.get((identity, depth))
        return own or self._lists.get(abstract, {}).get(depth)

    def _place(
        self, properties: etree._Element | None, style: Style, style_name: str | None
    ) -> tuple[str | None, int]:
        own, level = value(properties, "numPr/numId"), value(properties, "numPr/ilvl")
        if own == "0":
            return None, 0
        identity, depth = (own, 0) if own else style.number or (None, 0)
        if level is not None:
            depth = _whole(level, 0)
        elif identity and style_name:
            levels = self._lists.get(self._abstract.get(identity, ""), {})
            depth = next((d for d, each in levels.items() if each.style == style_name), depth)
        return identity, min(depth, LEVELS - 1)

    def _count(self, identity: str, abstract: str, depth: int, level: _Level) -> None:
        place = (abstract, depth)
        if (identity, depth) not in self._begun and (identity, depth) in self._starts:
            self._counts[place] = self._starts[identity, depth] - 1
        elif place not in self._counts:
            self._counts[place] = level.start - 1
        self._begun.add((identity, depth))
        self._counts[place] += 1
        for deeper in range(depth + 1, LEVELS):
            below = self._level(identity, abstract, deeper)
            if below and below.restarts:
                self._counts.pop((abstract, deeper), None)

    def _shown(self, identity: str, abstract: str, depth: int, level: _Level) -> str:
        def number(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            own = self._level(identity, abstract, at)
            count = self._counts.get((abstract, at), own.start if own else 1)
            return written(count, "decimal" if level.legal or own is None else own.form)

        return re.sub(r"%([1-9])", number, level.text)


def written(number: int, form: str) -> str:
    """A number in one of Word's forms (ST_NumberFormat); those not known are decimal."""
    if form in {"lowerLetter", "upperLetter"} and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in {"lowerRoman", "upperRoman"} and 0 < number < 4000:
        roman = ""
        for size, sign in ROMAN:
            roman += sign * (number // size)
            number %= size
        return roman if form == "lowerRoman" else roman.upper()
    return f"{number:02}" if form == "decimalZero" else str(number)


def _levels(abstract: etree._Element) -> dict[int, _Level]:
    return {_whole(each.get(W + "ilvl"), 0): _level(each) for each in abstract.findall(W + "lvl")}


def _level(lvl: etree._Element) -> _Level:
    return _Level(
        form=value(lvl, "numFmt") or "decimal",
        text=value(lvl, "lvlText") or "",
        start=_whole(value(lvl, "start"), 0),
        style=value(lvl, "pStyle"),
        restarts=value(lvl, "lvlRestart") != "0",
        legal=lvl.find(W + "isLgl") is not None,
    )


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() and len(text) < 6 else default
