"""Word, PDF and text files of the documents in `benchmarks/documents`, made of their few signs."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import typst
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "documents"
KINDS = ("txt", "docx", "pdf")
LINE = 88

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_ITEM = re.compile(r"(\s*)(?:(\d+)\.|([a-z])\)|-) +(.*)")
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml"'
        f' ContentType="application/xml"/><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/><Override'
        f' PartName="/word/document.xml" ContentType="{_TYPES}.document.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1"'
        f' Type="{_R}/officeDocument" Target="word/document.xml"/></Relationships>'
    ),
    "word/_rels/document.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1"'
        f' Type="{_R}/styles" Target="styles.xml"/><Relationship Id="r2"'
        f' Type="{_R}/numbering" Target="numbering.xml"/></Relationships>'
    ),
    "word/styles.xml": (
        f'<w:styles xmlns:w="{_W}"><w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
        '<w:name w:val="Normal"/></w:style><w:style w:type="paragraph" w:styleId="T">'
        '<w:name w:val="Title"/></w:style><w:style w:type="paragraph" w:styleId="H">'
        '<w:name w:val="heading 1"/></w:style></w:styles>'
    ),
}


def documents() -> Iterator[dict[str, Any]]:
    """Each document of the folder: name, text, what it says, and in which kinds it is written."""
    for file in sorted(FOLDER.glob("*.yaml")):
        yield from yaml.safe_load(file.read_text(encoding="utf-8"))


def written(text: str, kind: str) -> bytes:
    """The document as a file of that kind."""
    return {"txt": _plain, "docx": word, "pdf": _pdf}[kind](text)


def _plain(text: str) -> bytes:
    """As a text file: signs of headings gone, long lines broken at a usual width."""
    lines: list[str] = []
    for line in text.splitlines():
        bare = re.sub(r"^#+ ", "", line).removesuffix("\\")
        if bare.startswith("|"):
            lines.append("\t".join(_cells(bare)))
            continue
        lines += _wrapped(bare)
    return "\n".join(lines).encode()


def _wrapped(line: str) -> list[str]:
    if len(line) <= LINE or re.search(r"\S\s{3,}\S|\t", line):
        return [line]
    at = line.rfind(" ", 0, LINE)
    return [line[:at], *_wrapped(line[at + 1 :])]


def _pdf(text: str) -> bytes:
    """As a PDF whose lines stand as those of the text file."""
    plain = _plain(text).decode().expandtabs(16)
    quoted = plain.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    source = f'#set page(margin: 2cm)\n#set text(size: 9pt)\n#raw("{quoted}")'
    return typst.compile(source.encode())


def word(text: str) -> bytes:
    """As a Word file with styles, real numbering and real tables."""
    body, lists = _body(text)
    parts = dict(_PARTS)
    parts["word/document.xml"] = (
        f'<w:document xmlns:w="{_W}"><w:body>{body}<w:sectPr/></w:body></w:document>'
    )
    parts["word/numbering.xml"] = _numbering(lists)
    saved = BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return saved.getvalue()


def _body(text: str) -> tuple[str, int]:
    """The paragraphs and tables, and how many lists they count on."""
    xml: list[str] = []
    lists, rows, soft = 1, "", ""
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            cells = "".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in _cells(line))
            rows += f"<w:tr>{cells}</w:tr>"
            continue
        if rows:
            xml.append(f"<w:tbl>{rows}</w:tbl>")
            rows = ""
        if line.endswith("\\"):
            soft += f"{line[:-1]}\n"
            continue
        item = _ITEM.match(soft + line)
        lists += bool(item and item[2] == "1")
        if line.strip():
            xml.append(_styled(soft + line, lists))
        soft = ""
    return "".join(xml), lists


def _styled(line: str, number: int) -> str:
    item = _ITEM.fullmatch(line) or _ITEM.match(line)
    if line.startswith("# "):
        return _paragraph(line[2:], '<w:pStyle w:val="T"/>')
    if line.startswith("## "):
        return _paragraph(line[3:], '<w:pStyle w:val="H"/>')
    if item is None:
        return _paragraph(line.strip())
    level = 1 if item[3] or (not item[2] and item[1]) else 0
    identity = number if item[2] or item[3] else 1
    counted = f'<w:ilvl w:val="{level}"/><w:numId w:val="{identity}"/>'
    return _paragraph(line[item.start(4) :], f"<w:numPr>{counted}</w:numPr>")


def _paragraph(text: str, properties: str = "") -> str:
    runs = escape(re.sub(r" {3,}", "\t", text)).replace("\t", "</w:t><w:tab/><w:t>")
    runs = runs.replace("\n", "</w:t><w:br/><w:t>")
    runs = runs.replace("<w:t>", '<w:t xml:space="preserve">')
    said = f'<w:r><w:t xml:space="preserve">{runs}</w:t></w:r>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{said}</w:p>"


def _numbering(lists: int) -> str:
    bullets = '<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="-"/></w:lvl>'
    levels = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText'
        ' w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt'
        ' w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl>'
    )
    numbers = "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(1, lists + 1)
    )
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{n}">{bullets if n == 1 else levels}</w:abstractNum>'
        for n in range(1, lists + 1)
    )
    return f'<w:numbering xmlns:w="{_W}">{abstract}{numbers}</w:numbering>'


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
