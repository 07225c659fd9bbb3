"""Gives each numbered list of a rendered document its own numbering, so that it starts anew.

Word counts on for as long as paragraphs share a numbering, across everything between them. A
template therefore writes `{{ point.number|list_number }}` first in a numbered paragraph; the
paragraph then shows that number, by a `w:num` of its own where Word's own count would differ.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from lxml import etree

from casework.documents.docx_sandbox import NUMBER_CLOSES, NUMBER_OPENS

if TYPE_CHECKING:
    from collections.abc import Mapping

PART = "word/numbering.xml"

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MARK = re.compile(f"{NUMBER_OPENS}(-?[0-9]+){NUMBER_CLOSES}")
_MARKED = etree.XPath(f"//w:t[contains(., '{NUMBER_OPENS}')]", namespaces={"w": _W.strip("{}")})
_BEFORE_NUMPR = {
    _W + name
    for name in ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl")
}
_RESTART = (
    '<w:num xmlns:w="{namespace}" w:numId="{id}"><w:abstractNumId w:val="{abstract}"/>'
    '<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
)

# A place in a numbering: (w:numId, level).
Place = tuple[str, int]


class Numbering:
    """What a template says about numbering, read once from its numbering and styles parts."""

    def __init__(self, members: Mapping[str, bytes]) -> None:
        parser = etree.XMLParser(resolve_entities=False)
        self._root = etree.fromstring(members.get(PART, f'<w:n xmlns:w="{_W[1:-1]}"/>'), parser)
        self._abstract = {
            num.get(_W + "numId", ""): _value(num.find(_W + "abstractNumId"))
            for num in self._root.iter(_W + "num")
        }
        styles = etree.fromstring(members.get("word/styles.xml", b"<none/>"), parser)
        self._by_style = {
            style.get(_W + "styleId", ""): place
            for style in styles.iter(_W + "style")
            if (place := _place(style.find(_W + "pPr")))
        }

    def applied(self, body: etree._Element) -> bytes | None:
        """Number the marked paragraphs of `body`; the numbering part, None when unchanged."""
        counts: dict[Place, tuple[str, int]] = {}
        added: list[etree._Element] = []
        for text in cast("list[etree._Element]", _MARKED(body)):
            number = _taken(text)
            paragraph = next(text.iterancestors(_W + "p"))
            place = self._of(paragraph)
            if place is None:
                continue
            current, last = counts.get(place, (place[0], 0))
            if number != last + 1:
                current = self._restart(place, number, added)
            if current != place[0]:
                _number(paragraph, current, place[1])
            counts[place] = (current, number)
        return self._part(added) if added else None

    def _of(self, paragraph: etree._Element) -> Place | None:
        properties = paragraph.find(_W + "pPr")
        place = _place(properties)
        if place is None and properties is not None:
            place = self._by_style.get(_value(properties.find(_W + "pStyle")))
        return place if place and place[0] in self._abstract else None

    def _restart(self, place: Place, start: int, added: list[etree._Element]) -> str:
        identity = str(max(int(known) for known in self._abstract) + len(added) + 1)
        xml = _RESTART.format(
            namespace=_W[1:-1],
            id=identity,
            abstract=self._abstract[place[0]],
            level=place[1],
            start=start,
        )
        added.append(etree.fromstring(xml))
        return identity

    def _part(self, added: list[etree._Element]) -> bytes:
        root = etree.fromstring(etree.tostring(self._root))
        last = root.findall(_W + "num")[-1]
        for num in reversed(added):
            last.addnext(num)
        return etree.tostring(root, encoding="UTF-8", standalone=True)


def _taken(text: etree._Element) -> int:
    """The number that the marked text carries, taken out of it."""
    content = text.text or ""
    mark = _MARK.search(content)
    text.text = _MARK.sub("", content).replace(NUMBER_OPENS, "")
    return int(mark[1]) if mark else 0


def _place(properties: etree._Element | None) -> Place | None:
    numbering = None if properties is None else properties.find(_W + "numPr")
    if numbering is None:
        return None
    identity = _value(numbering.find(_W + "numId"))
    return (identity, int(_value(numbering.find(_W + "ilvl")) or 0)) if identity else None


def _value(element: etree._Element | None) -> str:
    return "" if element is None else element.get(_W + "val", "")


def _number(paragraph: etree._Element, identity: str, level: int) -> None:
    """Set the paragraph's own numbering, at the place where the schema wants it."""
    properties = paragraph.find(_W + "pPr")
    if properties is None:  # pragma: no cover - a numbered paragraph has properties
        return
    old = properties.find(_W + "numPr")
    if old is not None:
        properties.remove(old)
    numbering = etree.Element(_W + "numPr")
    etree.SubElement(numbering, _W + "ilvl").set(_W + "val", str(level))
    etree.SubElement(numbering, _W + "numId").set(_W + "val", identity)
    place = sum(child.tag in _BEFORE_NUMPR for child in properties)
    properties.insert(place, numbering)
