"""Gives each numbered list of a rendered document its own numbering, so that it starts anew.

Word counts on for as long as paragraphs share a numbering, across everything between them. A
template therefore writes `{{ point.number|list_number }}` first in a numbered paragraph; the
paragraph then shows that number, by a `w:num` of its own where Word's own count would differ.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from casework.documents.docx_sandbox import NUMBER_CLOSES, NUMBER_OPENS
from casework.documents.docx_xml import PARSER

if TYPE_CHECKING:
    from collections.abc import Mapping

PART = "word/numbering.xml"

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MARK = re.compile(f"{NUMBER_OPENS}([0-9]{{1,6}}){NUMBER_CLOSES}")
_STYLE = re.compile(r'<w:pStyle w:val="([^"]*)"/>')
_OWN = re.compile(r"<w:numPr>.*?</w:numPr>")
_OWN_LEVEL = re.compile(r'<w:ilvl w:val="([0-9]+)"/>')
_OWN_NUMBERING = re.compile(r'<w:numId w:val="([0-9]+)"/>')
# The schema wants w:numPr after these properties and before all others.
_BEFORE = re.compile(
    r"<w:pPr[^>]*>(?:<w:(?:pStyle|keepNext|keepLines|pageBreakBefore|framePr|widowControl)\b[^>]*>)*"
)
_NUMBERED = '<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{id}"/></w:numPr>'
_RESTART = (
    '<w:num w:numId="{id}"><w:abstractNumId w:val="{abstract}"/>'
    '<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
)

# A place in a numbering: (w:numId, level).
Place = tuple[str, int]


class Numbering:
    """What a template says about numbering, read once from its numbering and styles parts."""

    def __init__(self, members: Mapping[str, bytes]) -> None:
        self._xml = members.get(PART, b"")
        root = etree.fromstring(self._xml or b"<none/>", PARSER)
        self._abstract = {
            num.get(_W + "numId", ""): _abstract(num) for num in root.iter(_W + "num")
        }
        self._uncounted = {
            (definition.get(_W + "abstractNumId"), int(level.get(_W + "ilvl", 0)))
            for definition in root.iter(_W + "abstractNum")
            for level in definition.iter(_W + "lvl")
            if (form := level.find(_W + "numFmt")) is not None
            and form.get(_W + "val") in ("bullet", "none")
        }
        self._highest = max(map(int, self._abstract), default=0)
        styles = etree.fromstring(members.get("word/styles.xml", b"<none/>"), PARSER)
        self._by_style = {
            style.get(_W + "styleId", ""): place
            for style in styles.iter(_W + "style")
            if (place := _place(etree.tostring(style, encoding="unicode")))
            and style.find(f"{_W}pPr/{_W}outlineLvl") is None  # numbered headings do count on
        }

    def applied(self, xml: str) -> tuple[str, bytes]:
        """The rendered `xml` with its marked paragraphs numbered, and its numbering part."""
        pieces: list[str] = []
        added: list[str] = []
        counts: dict[Place, tuple[str, int]] = {}
        done = 0
        for mark in _MARK.finditer(xml):
            start = max(
                xml.rfind("<w:p>", done, mark.start()), xml.rfind("<w:p ", done, mark.start())
            )
            end = xml.find("</w:pPr>", max(start, done), mark.start())
            properties = xml[start:end] if 0 <= start < end else ""
            if place := self._of(properties):
                current, last = counts.get(place, (place[0], 0))
                number = int(mark[1])
                if number != last + 1:
                    current = str(self._highest + len(added) + 1)
                    added.append(self._restart(current, place, number))
                if current != place[0]:
                    pieces += [xml[done:start], _numbered(properties, current, place[1])]
                    done = end
                counts[place] = (current, number)
            pieces.append(xml[done : mark.start()])
            done = mark.end()
        pieces.append(xml[done:])
        return "".join(pieces), self._part(added)

    def counts(self, paragraph: str) -> bool:
        """Whether a paragraph's XML puts it into a numbered list, where bullets are none."""
        place = self._of(paragraph.partition("</w:pPr>")[0])
        return place is not None and (self._abstract[place[0]], place[1]) not in self._uncounted

    def _of(self, properties: str) -> Place | None:
        style = _STYLE.search(properties)
        place = _place(properties) or (self._by_style.get(style[1]) if style else None)
        return place if place and place[0] in self._abstract else None

    def _restart(self, identity: str, place: Place, start: int) -> str:
        base, level = place
        return _RESTART.format(id=identity, abstract=self._abstract[base], level=level, start=start)

    def _part(self, added: list[str]) -> bytes:
        if not added:
            return self._xml
        before, last, after = self._xml.rpartition(b"</w:num>")
        return before + last + "".join(added).encode() + after


def _abstract(num: etree._Element) -> str:
    reference = num.find(_W + "abstractNumId")
    return "" if reference is None else reference.get(_W + "val", "")


def _place(properties: str) -> Place | None:
    own = _OWN.search(properties)
    identity = own and _OWN_NUMBERING.search(own[0])
    if not own or not identity:
        return None
    level = _OWN_LEVEL.search(own[0])
    return identity[1], int(level[1]) if level else 0


def _numbered(properties: str, identity: str, level: int) -> str:
    """The paragraph's start up to the end of its properties, with this numbering of its own."""
    bare = _OWN.sub("", properties)
    place = _BEFORE.search(bare)
    at = place.end() if place else len(bare)
    return bare[:at] + _NUMBERED.format(id=identity, level=level) + bare[at:]
