"""What may be attached is told by its content, and whatever cannot be shown is refused."""

from __future__ import annotations

import pytest

from casework.documents import received
from casework.documents.received import check_file
from casework.errors import Invalid, TooLarge
from casework.phrases import sentence
from tests.support.files import excel, locked, pdf, png, slides, word, zipped

MEGABYTE = 1024 * 1024
_MACRO_TYPE = "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"
MACRO = f'<Types><Override PartName="/ppt/presentation.xml" ContentType="{_MACRO_TYPE}"/></Types>'
HIDDEN_MACRO = (
    '<Types><Default Extension="q" ContentType="application/vnd.ms-office.vba&#80;roject"/></Types>'
)


def compound(stream: str) -> bytes:
    """The beginning of a file of Office's older container, with this stream in its directory."""
    return b"\xd0\xcf\x11\xe0" + bytes(508) + stream.encode("utf-16-le") + bytes(64)


def encrypted_member(content: bytes) -> bytes:
    """The zip with every member said to be encrypted (APPNOTE 4.4.4, bit 0)."""
    said = bytearray(content)
    at = said.find(b"PK\x01\x02")
    while at >= 0:
        said[at + 8] |= 1
        at = said.find(b"PK\x01\x02", at + 4)
    return bytes(said)


@pytest.mark.parametrize(
    ("content", "filename", "pages"),
    [
        (pdf("Ett", "Två"), "Rapport.PDF", 2),
        (word(), "pm.docx", None),
        (zipped("[Content_Types].xml", "word/document2.xml"), "delad.docx", None),
        (excel("xl/worksheets/sheet1.xml"), "budget.XLSX", None),
        (slides("ppt/slides/slide1.xml"), "bilder.pptx", None),
        (png(), "karta.png", 1),
    ],
)
def test_what_may_be_attached(content: bytes, filename: str, pages: int | None) -> None:
    """PDF with its pages counted, Word, Excel, PowerPoint, and pictures."""
    checked = check_file(content, filename, MEGABYTE)
    assert (checked.content, checked.filename, checked.pages) == (content, filename, pages)


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"", "tom.pdf", "attachment_empty"),
        (b"<script>alert(1)</script>", "sida.pdf", "attachment_kind_unknown"),
        (b"MZ" + bytes(90), "program.docx", "attachment_kind_unknown"),
        (pdf("Hej"), "sida.html", "attachment_misnamed"),
        (png(), "karta.pdf", "attachment_misnamed"),
        (locked(pdf("Avtal")), "avtal.pdf", "attachment_locked"),
        (b"\xd0\xcf\x11\xe0" + bytes(512), "gammal.docx", "incoming_encrypted"),
        (pdf("Hej")[:300], "halv.pdf", "attachment_broken"),
        (png()[:60], "halv.png", "attachment_broken"),
        (word()[:-30], "halv.docx", "attachment_broken"),
        (b"PK\x03\x04" + bytes(90), "tom.docx", "attachment_broken"),
        (word("word/vbaProject.bin"), "makro.docx", "attachment_has_macros"),
        (excel("xl/vbaProject.bin"), "makro.xlsm", "attachment_has_macros"),
        (excel("xl/macrosheets/sheet1.xml"), "fyra.xlsx", "attachment_has_macros"),
        (slides(Content_Types=MACRO), "makro.pptx", "attachment_has_macros"),
        (excel(Content_Types=HIDDEN_MACRO), "dold.xlsx", "attachment_has_macros"),
        (excel(), "budget.pptx", "attachment_misnamed"),
        (slides(), "budget.docx", "attachment_misnamed"),
        (word(), "a.odt", "attachment_misnamed"),
        (excel()[:-30], "halv.xlsx", "attachment_broken"),
        (slides(Content_Types="inte xml"), "halv.pptx", "attachment_broken"),
        (zipped("ppt/presentation.xml"), "utan.pptx", "attachment_broken"),
        (encrypted_member(excel()), "last.xlsx", "attachment_locked"),
        (compound("EncryptedPackage"), "last.pptx", "attachment_locked"),
        (compound("Workbook"), "gammal.xls", "attachment_older"),
        (compound("PowerPoint Document"), "gammal.pptx", "attachment_older"),
        (compound("__nameid_version1.0"), "brev.msg", "attachment_kind_unknown"),
        (zipped("mimetype", "content.xml"), "a.odt", "attachment_kind_unknown"),
        (zipped("mimetype", "content.xml"), "a.docx", "attachment_kind_unknown"),
        (zipped("mimetype", "content.xml")[:-30], "a.odp", "attachment_kind_unknown"),
        (zipped("mimetype", "META-INF/container.xml"), "bok.epub", "attachment_kind_unknown"),
        (zipped("[Content_Types].xml", "xl/workbook.bin"), "a.xlsb", "attachment_kind_unknown"),
        (zipped("[Content_Types].xml", "visio/document.xml"), "a.vsdx", "attachment_kind_unknown"),
        (zipped("rapport.pdf", "karta.png"), "allt.zip", "attachment_is_archive"),
        (zipped("rapport.pdf"), "allt.docx", "attachment_is_archive"),
    ],
)
def test_what_may_not_says_why(content: bytes, filename: str, code: str) -> None:
    """Each with its own sentence, so that the one who sent it knows what to do."""
    with pytest.raises(Invalid) as refused:
        check_file(content, filename, MEGABYTE)
    assert refused.value.code == code


@pytest.mark.parametrize("name", ["a.odt", "a.docx"])
def test_another_kind_is_told_what_an_attachment_can_be(name: str) -> None:
    """An .odt is not called a .docx: the sentence says what would do, in both languages."""
    with pytest.raises(Invalid) as refused:
        check_file(zipped("mimetype", "content.xml"), name, MEGABYTE)
    told = {lang: sentence(refused.value.code, refused.value.params, lang) for lang in ("sv", "en")}
    assert told["sv"].startswith("En bilaga kan vara PDF, Word (.docx), Excel (.xlsx), PowerPoint")
    assert told["en"].startswith(
        "An attachment can be PDF, Word (.docx), Excel (.xlsx), PowerPoint"
    )
    assert "hör till" not in told["sv"]


def test_what_is_too_large() -> None:
    """The installation's limit, before anything looks inside."""
    with pytest.raises(TooLarge) as refused:
        check_file(b"x" * 101, "a.pdf", 100)
    assert refused.value.code == "too_large"


def test_a_zip_that_swells_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """What its directory declares is read before anything is unpacked."""
    monkeypatch.setattr(received, "UNPACKED", 3)
    assert received._office(word()) == {"refused": "attachment_broken"}
