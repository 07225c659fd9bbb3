"""What the styles of a Word file say, through all that they are based on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from casework.documents.incoming.word.names import W, switched, value

if TYPE_CHECKING:
    from lxml import etree

T = TypeVar("T")
HEADING = re.compile(r"(?:heading|rubrik|överskrift|überschrift)\s*([1-9])", re.IGNORECASE)
CONTENTS = re.compile(
    r"(?:toc|innehåll|contents)\s*(?:\d|heading)|innehållsförteckning.*", re.IGNORECASE
)
PAGES_HEADING = "heading"  # as Apple's Pages calls its first level
TITLES = {
    *("title", "rubrik", "titel", "ärenderubrik", "ärendemening", "dokumentrubrik"),
    *("dokumenttitel", "huvudrubrik"),
}
LONGEST_CHAIN = 20
BODY_TEXT = 9  # the outline level of what is no heading


@dataclass(frozen=True, slots=True)
class Style:
    """One style with what it inherits: heading level (0 a title), numbering, hidden, contents."""

    level: int | None = None
    number: tuple[str, int] | None = None
    hidden: bool = False
    bold: bool = False
    contents: bool = False


@dataclass(slots=True)
class Styles:
    """All styles by their identity; `default` is that of a paragraph which names none."""

    known: dict[str, Style] = field(default_factory=dict)
    default: Style = field(default_factory=Style)

    @classmethod
    def of(cls, part: etree._Element | None) -> Styles:
        raw = {each.get(W + "styleId", ""): each for each in _each(part, "style")}
        styles = cls({name: _resolved(name, raw) for name in raw})
        for name, each in raw.items():
            if each.get(W + "type") == "paragraph" and each.get(W + "default") in {"1", "true"}:
                styles.default = styles.known[name]
        return styles

    def of_paragraph(self, properties: etree._Element | None) -> Style:
        """The style that a paragraph's properties name."""
        return self.known.get(value(properties, "pStyle") or "", self.default)

    def of_run(self, properties: etree._Element | None) -> Style:
        """The style that a run's properties name; one that says nothing where they name none."""
        return self.known.get(value(properties, "rStyle") or "", Style())


def level_of(properties: etree._Element | None, style: Style) -> int | None:
    """The heading level of a paragraph, its own outline level before that of its style."""
    own = value(properties, "outlineLvl")
    if own is None:
        return style.level
    return int(own) + 1 if own.isdigit() and int(own) < BODY_TEXT else None


def _each(part: etree._Element | None, name: str) -> list[etree._Element]:
    return [] if part is None else part.findall(W + name)


def _resolved(name: str, raw: dict[str, etree._Element]) -> Style:
    chain: list[etree._Element] = []
    following: str | None = name
    while following in raw and len(chain) < LONGEST_CHAIN and raw[following] not in chain:
        chain.append(raw[following])
        following = value(chain[-1], "basedOn")
    return Style(
        level=_first([*map(_level, chain), _plainly_named(chain[0])]),
        number=_number(chain),
        hidden=bool(_first([switched(each.find(W + "rPr"), "vanish") for each in chain])),
        bold=bool(_first([switched(each.find(W + "rPr"), "b") for each in chain])),
        contents=any(CONTENTS.fullmatch(value(each, "name") or "") for each in chain),
    )


def _first(found: list[T | None]) -> T | None:
    return next((each for each in found if each is not None), None)


def _plainly_named(style: etree._Element) -> int | None:
    return 1 if (value(style, "name") or "").strip().lower() == PAGES_HEADING else None


def _level(style: etree._Element) -> int | None:
    name = (value(style, "name") or "").strip()
    heading = HEADING.fullmatch(name)
    if heading:
        return int(heading[1])
    if name.lower() in TITLES:
        return 0
    outline = value(style, "pPr/outlineLvl")
    return int(outline) + 1 if outline and outline.isdigit() and int(outline) < BODY_TEXT else None


def _number(chain: list[etree._Element]) -> tuple[str, int] | None:
    identity = _first([value(each, "pPr/numPr/numId") for each in chain])
    level = _first([value(each, "pPr/numPr/ilvl") for each in chain])
    if identity is None:
        return None
    return identity, int(level) if level and level.isdigit() else 0
