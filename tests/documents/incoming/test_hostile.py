"""Files that are not what they say, or mean harm: one refusal each, or a truthful reading."""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile
import zlib

import pypdf
import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.documents.incoming import IncomingDocument, read_document, to_json
from casework.errors import Refusal
from casework.phrases import sentence

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def word(body: str, before: str = "", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A .docx of one part, whose body is raw XML."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr(
            "word/document.xml",
            f"{before}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        )
    return stream.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def pdf(text: str) -> bytes:
    return typst.compile(f'#set document(title: "x")\n{text}'.encode())


# As qpdf writes one with a key of 256 bits; the passwords are zeros.
AES_PDF = b"""%%PDF-1.7
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj
3 0 obj <</Filter/Standard/V 5/R 6/Length 256/P -4/StmF/StdCF/StrF/StdCF
/CF<</StdCF<</AuthEvent/DocOpen/CFM/AESV3/Length 32>>>>
/O<%(a)s>/U<%(a)s>/OE<%(b)s>/UE<%(b)s>/Perms<%(c)s>>> endobj
trailer <</Root 1 0 R/Size 4/Encrypt 3 0 R/ID[<00><00>]>>
startxref
0
%%%%EOF""" % {b"a": b"00" * 48, b"b": b"00" * 32, b"c": b"00" * 16}


def encrypted_pdf() -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(pdf("Hemligt")))
    writer.encrypt("lösen", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def understated(data: bytes) -> bytes:
    """The same zip, its central directory claiming ten bytes for each member."""
    start = data.index(b"PK\x01\x02")
    return data[: start + 24] + struct.pack("<I", 10) + data[start + 28 :]


def bomb() -> bytes:
    return word(paragraph("a" * 30_000_000))


def pdf_bomb() -> bytes:
    """A page whose content unpacks to far more than it weighs."""
    content = zlib.compress(b"(a) Tj " * 60_000_000, 9)
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>" % (len(content), content)
    )


LAUGHS = (
    '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/hostname">]>'

REFUSED = {
    "another kind": (b"text", "a.odt", "incoming_kind_unknown"),
    "no ending": (b"text", "brev", "incoming_kind_unknown"),
    "empty": (b"", "a.txt", "incoming_empty"),
    "only blanks": (b" \n\n \t", "a.txt", "incoming_no_text"),
    "NUL bytes": (b"Beslut\0", "a.txt", "incoming_not_text"),
    "a picture as text": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a.txt", "incoming_not_text"),
    "odd UTF-16": (b"\xff\xfea\x00b", "a.txt", "incoming_not_text"),
    "text as Word": (b"Beslut", "a.docx", "incoming_broken"),
    "a zip of something else": (understated(b"PK\x01\x02" * 20), "a.docx", "incoming_broken"),
    "half a Word file": (word(paragraph("Beslut"))[:-60], "a.docx", "incoming_broken"),
    "broken XML": (word("<w:p>"), "a.docx", "incoming_broken"),
    "deep XML": (word("<w:p>" * 5000 + "</w:p>" * 5000), "a.docx", "incoming_broken"),
    "another packing": (
        word(paragraph("Beslut"), method=zipfile.ZIP_BZIP2),
        "a.docx",
        "incoming_broken",
    ),
    "entities": (word(paragraph("&c;"), LAUGHS), "a.docx", "incoming_broken"),
    "outside entity": (word(paragraph("&a;"), OUTSIDE), "a.docx", "incoming_broken"),
    "old Word": (b"\xd0\xcf\x11\xe0" + bytes(600), "a.docx", "incoming_encrypted"),
    "Word without text": (word("<w:p/>"), "a.docx", "incoming_no_text"),
    "text as PDF": (b"Beslut", "a.pdf", "incoming_broken"),
    "half a PDF": (pdf("Beslut")[:300], "a.pdf", "incoming_broken"),
    "encrypted PDF": (encrypted_pdf(), "a.pdf", "incoming_encrypted"),
    "PDF encrypted with AES": (AES_PDF, "a.pdf", "incoming_encrypted"),
    "scanned PDF": (pdf("#rect(width: 5cm, height: 5cm)"), "a.pdf", "incoming_no_text"),
    "many pages": (pdf("#for n in range(301) [ord #pagebreak()]"), "a.pdf",
                   "incoming_too_many_pages"),
    "very long line": (b"a" * 30_000, "a.txt", "incoming_too_much_text"),
    "huge text": (b"ab " * 2_000_000, "a.txt", "too_large"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_one_sentence(name: str) -> None:
    """The code has a sentence in both languages that fits on a line."""
    data, filename, code = REFUSED[name]
    with pytest.raises(Refusal) as refused:
        read_document(data, filename)
    assert refused.value.code == code
    for language in ("sv", "en"):
        text = sentence(code, refused.value.params, language)
        assert text.endswith(".")
        assert "\n" not in text


def test_a_file_over_the_limit_is_refused_before_it_is_looked_at() -> None:
    """50 MB is the most that is taken, whatever it holds."""
    with pytest.raises(Refusal) as refused:
        read_document(bytes(50 * 1024 * 1024 + 1), "a.docx")
    assert (refused.value.status, refused.value.params) == (413, {"limit_mb": 50})


@pytest.mark.parametrize("make", [bomb, lambda: understated(bomb())], ids=["declared", "hidden"])
def test_a_zip_bomb_costs_little(make: object) -> None:
    """Neither the stated nor the hidden size is unpacked whole."""
    assert callable(make)
    data = make()
    start = time.monotonic()
    with pytest.raises(Refusal):
        read_document(data, "a.docx")
    assert time.monotonic() - start < 5


def test_members_that_are_not_read_are_not_unpacked_but_their_size_counts() -> None:
    """A picture that claims gigabytes is a bomb even though no picture is read."""
    data = bytearray(word(paragraph("Beslut")))
    start = data.index(b"PK\x01\x02")
    data[start + 24 : start + 28] = struct.pack("<I", 3_000_000_000)
    with pytest.raises(Refusal) as refused:
        read_document(bytes(data), "a.docx")
    assert refused.value.code == "incoming_bomb"


def test_text_that_word_keeps_for_older_programs_is_not_read_twice() -> None:
    """A text box stands in a file two times; the fallback is passed over."""
    fallback = f"<mc:Fallback>{paragraph('Två gånger')}</mc:Fallback>"
    document = read_document(word(paragraph("Rubrik") + fallback), "a.docx")
    assert "gånger" not in str(to_json(document))


def test_a_pdf_that_unpacks_without_end_only_kills_its_own_process() -> None:
    """Time and memory are limited outside this process."""
    with pytest.raises(Refusal) as refused:
        read_document(pdf_bomb(), "a.pdf")
    assert refused.value.code in {"incoming_broken", "incoming_no_text"}


def test_a_long_line_without_spaces_takes_no_long_time() -> None:
    """No pattern backtracks without bound over what a stranger wrote."""
    evil = ["A" * 19_000, "a-" * 9_000, "att " * 4_000, "§ " * 9_000, "Ab " * 6_000, "1 " * 9_000]
    text = "\n\n".join([*evil, "Beslut", *evil, "I tjänsten", *evil, "Utdrag till", *evil])
    start = time.monotonic()
    read_document(text.encode(), "a.txt")
    assert time.monotonic() - start < 5


def check(document: IncomingDocument) -> None:
    assert set(to_json(document)) == {
        *("title", "date", "registration_number", "body", "sections", "decision_points"),
        *("assignments", "mandates", "recipients", "signatories", "attachments", "tables"),
        *("uncertain", "places", "not_read"),
    }


@settings(max_examples=150, deadline=None)
@given(
    data=st.binary(max_size=400)
    | st.binary(max_size=400).map(lambda b: b"PK\x03\x04" + b)
    | st.text(max_size=200).map(lambda t: word(t))
    | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")),
    ending=st.sampled_from([".txt", ".docx", ".TXT", ".pdf"]),
)
def test_any_bytes_give_a_document_or_a_refusal(data: bytes, ending: str) -> None:
    """No other exception ever reaches a caller."""
    try:
        document = read_document(data, f"a{ending}")
    except Refusal:
        return
    check(document)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_pdf_gives_a_document_or_a_refusal(data: st.DataObject) -> None:
    """Whatever byte is lost on the way, the answer is one of the two."""
    whole = bytearray(pdf("= Rubrik\nNågot om en bro."))
    for _ in range(5):
        whole[data.draw(st.integers(10, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        document = read_document(bytes(whole), "a.pdf")
    except Refusal:
        return
    check(document)


PHRASES = st.sampled_from([
    *("Förslag till beslut", "Beslut", "Regiondirektörens förslag", "Sammanfattning", "Bakgrund"),
    *("1. Nämnden antar planen.", "2. Nämnden ger direktören i uppdrag att återkomma", "att ta"),
    *("I tjänsten", "Eva Lund", "Eva Lund    Bo Ek", "Tf. Enhetschef", "Utdrag till", "Uppdrag"),
    *("Kommunerna, länsstyrelsen", "• en punkt", "- boka lokal", "samhälls-", "planering i EU-"),
    *("Dnr RUN/7/2026", "Datum 2026-03-02", "senast den 15 maj 2026.", "§ 4  Ny bro", "", "", ""),
    *("Nämnden föreslås besluta att", "Anna kollar priset", "Region Sjöland   PM   2(3)", "\f"),
    *("Kommunstyrelsen", "Regiondirektören – bygga – återrapporteras i maj", "REGIONKONTORET"),
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PHRASES | st.text("abcåäö ABC.-–:•1", max_size=30), max_size=25))
def test_nothing_is_invented(lines: list[str]) -> None:
    """Every word of the answer stands in the document, divided words made whole."""
    source = "\n".join(lines)
    try:
        document = read_document(source.encode(), "a.txt")
    except Refusal:
        return
    undivided = re.sub(r"-\s*", "", source)
    for text in _texts(document):
        for word_read in re.findall(r"\w+", text.replace("-", "")):
            assert word_read in undivided


def _texts(document: IncomingDocument) -> list[str]:
    facts = [document.title, document.date, document.registration_number, document.body]
    texts = [found.text for found in [*facts, document.lead_in] if found]
    texts += [found.text for found in document.decision_points + document.recipients]
    for section in document.sections:
        texts += [section.heading or "", section.text]
    for assignment in document.assignments:
        texts += [assignment.text, assignment.assignee or ""]
        texts += [assignment.due.text] if assignment.due else []
    for signatory in document.signatories:
        texts += [signatory.name, signatory.title or ""]
    texts += [found.text for found in document.attachments + document.mandates]
    texts += [cell for table in document.tables for row in table.rows for cell in row]
    texts += [point.proposed_to or "" for point in document.decision_points]
    return texts
