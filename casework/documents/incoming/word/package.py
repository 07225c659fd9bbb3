"""The zip of a Word file, opened within bounds: its parts by what they are, never trusted."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from lxml import etree

from casework.documents.incoming.word.decency import (
    DOCUMENT_TYPE,
    PART_BYTES,
    USUAL,
    is_packed_usually,
)
from casework.documents.incoming.word.names import STRICT, R
from casework.errors import Invalid, TooLarge

if TYPE_CHECKING:
    import zipfile

# Part 2 of the standard; a relationship's type ends alike in the strict form.
RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Package:
    """The parts that matter, each found by its relationship to the main one."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        names = set(archive.namelist())
        main = self._related("_rels/.rels", "").get("officeDocument", [("", "")])[0][1]
        self.main = main if main in names else USUAL
        folder, name = posixpath.split(self.main)
        self._parts = self._related(f"{folder}/_rels/{name}.rels", folder)
        self._folder, self._names = folder, names

    def document(self) -> etree._Element:
        """The main text."""
        return self._parsed(self.main)

    def part(self, kind: str) -> etree._Element | None:
        """The only part of its kind: styles, numbering, footnotes, endnotes."""
        found = [name for _, name in self._parts.get(kind, []) if name in self._names]
        usual = f"{self._folder}/{kind}.xml"
        name = found[0] if found else usual
        return self._parsed(name) if name in self._names else None

    def parts(self, kind: str) -> dict[str, etree._Element]:
        """Parts by the identity of their relationship: header, footer."""
        found = self._parts.get(kind, [])
        return {key: self._parsed(name) for key, name in found if name in self._names}

    def count(self, kind: str) -> int:
        """How many parts of a kind there are."""
        return len(self._parts.get(kind, []))

    def _related(self, name: str, folder: str) -> dict[str, list[tuple[str, str]]]:
        """Kind of relationship -> (identity, name of the part)."""
        found: dict[str, list[tuple[str, str]]] = {}
        if name not in self._archive.namelist():
            return found
        for each in self._parsed(name).iter(RELATIONSHIPS):
            kind = each.get("Type", "").rpartition("/")[2]
            target = each.get("Target", "")
            path = target[1:] if target.startswith("/") else posixpath.join(folder, target)
            found.setdefault(kind, []).append((each.get("Id", ""), posixpath.normpath(path)))
        return found

    def _parsed(self, name: str) -> etree._Element:
        return parsed(self._content(name))

    def _content(self, name: str) -> bytes:
        member = self._archive.getinfo(name)
        if not is_packed_usually(member):
            raise Invalid("incoming_broken", kind="Word")
        if member.file_size > PART_BYTES:
            raise TooLarge("incoming_bomb")
        with self._archive.open(member) as stream:
            content = stream.read(PART_BYTES + 1)
        if len(content) > PART_BYTES:
            raise TooLarge("incoming_bomb")
        return content


def parsed(content: bytes) -> etree._Element:
    """The root of a part; raises Invalid for entities, and as lxml does for what is no XML.

    Elements deeper than 256 are no XML to libxml2, which bounds every recursion after it.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = re.sub(r"^<\?xml.*?\?>", "", content.decode("utf-16")).encode()
    if DOCUMENT_TYPE in content:
        raise Invalid("incoming_broken", kind="Word")
    for strict, usual in STRICT.items():
        content = content.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(content, parser)


def relationship(element: etree._Element) -> str:
    """The identity of the part that an element refers to."""
    return element.get(R + "id", "")
