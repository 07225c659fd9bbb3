"""The XML names of a Word file (ECMA-376, transitional), and how to ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# What "Save as, Strict Open XML" (ECMA-376 part 1) writes instead.
STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": W[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/math": M[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": R[1:-1].encode(),
}
OFF = {"0", "false", "off"}


def value(parent: etree._Element | None, path: str) -> str | None:
    """The w:val of the element at `path` ("pPr/pStyle"), None where there is none."""
    found = None if parent is None else parent.find("/".join(W + name for name in path.split("/")))
    return None if found is None else found.get(W + "val")


def switched(parent: etree._Element | None, name: str) -> bool | None:
    """Whether a property such as w:vanish is on or off; None where it is not said."""
    found = None if parent is None else parent.find(W + name)
    return None if found is None else found.get(W + "val", "1") not in OFF
