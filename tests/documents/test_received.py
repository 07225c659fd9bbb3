"""What may be attached is told by its content, and whatever cannot be shown is refused."""

from __future__ import annotations

import pytest

from casework.documents import received
from casework.documents.received import check_file
from casework.errors import Invalid, TooLarge
from tests.support.files import locked, pdf, png, word

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("content", "filename", "pages"),
    [
        (pdf("Ett", "Två"), "Rapport.PDF", 2),
        (word(), "pm.docx", None),
        (png(), "karta.png", 1),
    ],
)
def test_what_may_be_attached(content: bytes, filename: str, pages: int | None) -> None:
    """PDF with its pages counted, Word, and pictures."""
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
    ],
)
def test_what_may_not_says_why(content: bytes, filename: str, code: str) -> None:
    """Each with its own sentence, so that the one who sent it knows what to do."""
    with pytest.raises(Invalid) as refused:
        check_file(content, filename, MEGABYTE)
    assert refused.value.code == code


def test_what_is_too_large() -> None:
    """The installation's limit, before anything looks inside."""
    with pytest.raises(TooLarge) as refused:
        check_file(b"x" * 101, "a.pdf", 100)
    assert refused.value.code == "too_large"


def test_a_zip_that_swells_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """What its directory declares is read before anything is unpacked."""
    monkeypatch.setattr(received, "UNPACKED", 3)
    assert received._word(word()) == {"refused": "attachment_broken"}
