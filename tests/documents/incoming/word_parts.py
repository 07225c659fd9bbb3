"""Word files of a few parts, whose XML a test writes itself."""

from __future__ import annotations

import zipfile
from io import BytesIO

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "v": "urn:schemas-microsoft-com:vml",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
}
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Egen"/><w:basedOn w:val="H"/></w:style>
<w:style w:type="character" w:styleId="Gone"><w:name w:val="Dold"/>
<w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Toc"><w:name w:val="toc 1"/></w:style>
"""
NUMBERING = """
<w:abstractNum w:abstractNumId="1">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>
<w:lvlText w:val="%2)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="2">
<w:lvl w:ilvl="0"><w:start w:val="7"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">
<w:startOverride w:val="1"/></w:lvlOverride></w:num>
"""


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content: str, properties: str = "") -> str:
    """A paragraph of raw content; a text without tags becomes a run."""
    inner = content if content.startswith("<") else run(content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def heading(text: str, style: str = "H") -> str:
    return paragraph(text, f'<w:pStyle w:val="{style}"/>')


def item(text: str, identity: int = 1, level: int = 0, mark: str = "") -> str:
    """A paragraph of a numbered list; `mark` is what its paragraph mark says."""
    place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{identity}"/></w:numPr>'
    return paragraph(text, f"{place}<w:rPr>{mark}</w:rPr>")


def table(*rows: tuple[str, ...]) -> str:
    """A table whose cells are raw content, or texts."""
    xml = ""
    for row in rows:
        cells = (cell if cell.startswith("<w:") else paragraph(cell) for cell in row)
        xml += "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"
    return f"<w:tbl>{xml}</w:tbl>"


def word(body: str, strict: bool = False, **parts: str) -> bytes:
    """A Word file with this body; `parts` are further ones by name (footnotes)."""
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    files = {
        "word/document.xml": f"<w:document {declared}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {declared}>{STYLES}</w:styles>",
        "word/numbering.xml": f"<w:numbering {declared}>{NUMBERING}</w:numbering>",
        **{
            f"word/{name}.xml": f"<w:{name} {declared}>{xml}</w:{name}>"
            for name, xml in parts.items()
        },
    }
    saved = BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in files.items():
            if strict:
                xml = xml.replace(
                    NAMESPACES["w"], "http://purl.oclc.org/ooxml/wordprocessingml/main"
                )
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{xml}')
    return saved.getvalue()
