"""Files as people send them: PDFs with these words, locked ones, Word files, pictures."""

from __future__ import annotations

import io
import zipfile

import pypdf
import typst


def pdf(*pages: str, set_page: str = "", standards: tuple[str, ...] = ()) -> bytes:
    """A PDF with these words on its pages; `set_page` as in `flipped: true`."""
    sheets = "\n#pagebreak()\n".join(pages)
    source = f'#set document(title: "En bilaga", date: none)\n#set page({set_page})\n{sheets}'
    made: bytes = typst.compile(source.encode(), pdf_standards=list(standards))  # type: ignore[arg-type]
    return made


def locked(content: bytes) -> bytes:
    """The PDF behind a password."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt("hemligt", algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def zipped(*names: str, **texts: str) -> bytes:
    """A zip with members of these names, each holding what `texts` says of its last part."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            said = texts.get(name.rpartition("/")[2].partition(".")[0].strip("[]"), "<x/>")
            archive.writestr(zipfile.ZipInfo(name), said)  # the same time for all
    return written.getvalue()


def word(*also: str) -> bytes:
    """The zip of a Word file, with empty members of these names beside its own."""
    return zipped("[Content_Types].xml", "word/document.xml", *also)


def excel(*also: str, **texts: str) -> bytes:
    """As `word`, of a workbook."""
    return zipped("[Content_Types].xml", "xl/workbook.xml", *also, **texts)


def slides(*also: str, **texts: str) -> bytes:
    """As `word`, of a presentation."""
    return zipped("[Content_Types].xml", "ppt/presentation.xml", *also, **texts)


def png(words: str = "Karta") -> bytes:
    """A picture of a page with these words."""
    made: bytes = typst.compile(
        f"#set page(width: 90pt, height: 60pt)\n{words}".encode(), format="png"
    )
    return made
