"""The coverage check: all that a Word file holds is put out, left out knowingly, or told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casework.documents.incoming.word.names import M, W

if TYPE_CHECKING:
    from lxml import etree

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
V = "{urn:schemas-microsoft-com:vml}"
# Whatever carries words or stands for something that a reader sees.
BEARERS = (
    *(W + "t", W + "sym", M + "t", A + "t", V + "textpath"),
    *(W + "footnoteReference", W + "endnoteReference"),
    *(W + "drawing", W + "pict", W + "object", W + "altChunk", W + "subDoc"),
)
PLACE = "place"


@dataclass
class Ledger:
    """Every bearer of a part, those that are accounted for, and what is told of the others.

    `told` holds (kind, paragraph); a kind is one of `incoming_not_read_*` in the sentences.
    """

    told: list[tuple[str, int | None]] = field(default_factory=list)
    _bearers: list[etree._Element] = field(default_factory=list)
    _accounted: set[etree._Element] = field(default_factory=set)

    def open(self, root: etree._Element) -> None:
        """Enter every bearer under `root`."""
        self._bearers += root.iter(*BEARERS)

    def put_out(self, element: etree._Element) -> None:
        """The walk has written what `element` says."""
        self._accounted.add(element)

    def leave_out(self, element: etree._Element) -> None:
        """All under `element` is knowingly left out: deleted, hidden, or there twice."""
        self._accounted.update(element.iter(*BEARERS))

    def tell(self, kind: str, element: etree._Element) -> None:
        """All under `element` is told as not read."""
        self.told.append((kind, place_of(element)))
        self.leave_out(element)

    def close(self) -> list[tuple[str, int | None]]:
        """What is told, with whatever nobody accounted for."""
        missed = (
            each
            for each in self._bearers
            if each not in self._accounted and (each.tag != W + "t" or (each.text or "").strip())
        )
        self.told += dict.fromkeys(("text", place_of(each)) for each in missed)
        return self.told


def place_of(element: etree._Element) -> int | None:
    """The number of the paragraph in which an element lies, or of the one before it."""
    inside: etree._Element | None = element
    while inside is not None:
        if inside.get(PLACE):
            return int(inside.get(PLACE, "0"))
        inside = inside.getparent()
    return None


def drop(element: etree._Element) -> None:
    """Take an element out of its tree."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def unwrap(element: etree._Element) -> None:
    """Put the children of an element in its place."""
    parent = element.getparent()
    if parent is not None:
        at = parent.index(element)
        parent[at : at + 1] = list(element)
