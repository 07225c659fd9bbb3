"""Word files for tests: made in memory, and read as Word would show them."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx import Document

from casework.documents.contexts import KINDS, DocumentContext, from_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TEMPLATES = Path(__file__).parents[2] / "templates"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def word_file(
    *paragraphs: str, style: str | None = None, header: str = "", title: str = ""
) -> bytes:
    """A .docx with these paragraphs, this text in its header and this title property."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text, style=style)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    document.core_properties.title = title
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    saved = BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return saved.getvalue()


def texts(data: bytes) -> list[str]:
    """The text of every paragraph outside tables."""
    return [paragraph.text for paragraph in Document(BytesIO(data)).paragraphs]


def template(kind: str) -> bytes:
    return (TEMPLATES / "documents" / kind / "template.docx").read_bytes()


def samples() -> Iterator[tuple[str, str, DocumentContext]]:
    """(kind, name, context) of every sample that is shipped."""
    for kind in KINDS:
        file = TEMPLATES / "documents" / kind / "sample.json"
        for sample in json.loads(file.read_text(encoding="utf-8"))["samples"]:
            yield kind, sample["name"], from_json(kind, sample["data"])


def numbered(data: bytes) -> list[tuple[int, str]]:
    """The (number, text) of each decimally numbered paragraph, counted as Word counts."""
    document = Document(BytesIO(data))
    numbering = document.part.numbering_part.element
    nums = {num.numId: num for num in numbering.num_lst}
    counters: dict[int, int] = {}
    started: set[int] = set()
    shown = []
    for paragraph in document.element.body.iter(_W + "p"):
        identity = _num_id(document, paragraph)
        if identity is None or not _is_decimal(numbering, nums[identity]):
            continue
        num = nums[identity]
        abstract = num.abstractNumId.val
        override = num.find(f"{_W}lvlOverride/{_W}startOverride")
        if override is not None and identity not in started:
            counters[abstract] = int(override.get(_W + "val")) - 1
        started.add(identity)
        counters[abstract] = counters.get(abstract, 0) + 1
        shown.append((counters[abstract], "".join(t.text or "" for t in paragraph.iter(_W + "t"))))
    return shown


def _num_id(document: Any, paragraph: Any) -> int | None:
    style = paragraph.style and document.styles.element.get_by_id(paragraph.style)
    for properties in (paragraph.pPr, style is not None and style.pPr):
        if properties is not None and properties is not False and properties.numPr is not None:
            identity: int = properties.numPr.numId.val
            return identity
    return None


def _is_decimal(numbering: Any, num: Any) -> bool:
    wanted = str(num.abstractNumId.val)
    for abstract in numbering.findall(_W + "abstractNum"):
        if abstract.get(_W + "abstractNumId") == wanted:
            return bool(abstract.find(f"{_W}lvl/{_W}numFmt").get(_W + "val") == "decimal")
    return False
