"""A meeting's pack is one accessible document, and no file from outside can spoil it."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
import struct
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pypdf
import pytest
import typst

from casework.config import shipped
from casework.documents.contexts import (
    AgendaEntry,
    Officer,
    Point,
    ProposalContext,
    SummonsContext,
)
from casework.documents.pack import Attachment, PackContext, PackItem, PackMaker, PackPaper
from casework.documents.pack_pictures import page_pictures
from casework.errors import Conflict, Invalid, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUMMONS = SummonsContext(
    organisation="Region Exempel",
    body="Regionala utvecklingsnämnden",
    sent_date="2025-06-03",
    meeting_date="2025-06-10",
    time="tisdag 10 juni 2025 kl. 9.00–11.45",
    place="Regionens hus",
    document_date="2025-06-03",
)
PROPOSAL = ProposalContext(
    organisation="Region Exempel",
    unit="Utvecklingsavdelningen",
    officer=Officer("Kim Handläggare"),
    date="2025-05-20",
    registration_number="RUN/78/2022",
    body="Regionala utvecklingsnämnden",
    title="Bredband i glesbygd",
    document_date="2025-05-20",
    points=(Point(0, "Nämnden godkänner planen."),),
)

# A tree of pages that is its own branch.
ENDLESS = b"""%PDF-1.7
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[2 0 R]/Count 1>> endobj
trailer <</Root 1 0 R/Size 3>>
%%EOF"""


def pdf(*pages: str, fill: str = "none") -> bytes:
    """A PDF from elsewhere with these words on its pages, one each."""
    sheets = "".join(f"#page(fill: {fill})[{words}]" for words in pages)
    made = typst.compile(f"#set document(date: none)\n{sheets}".encode())
    assert isinstance(made, bytes)
    return made


def attachment(filename: str, content: bytes) -> PackPaper:
    """A paper that is a file, titled by the file's name."""
    return PackPaper(f"Bilaga {filename}", Attachment(filename, lambda: content))


def pack_of(*papers: PackPaper) -> PackContext:
    """A meeting with an opening, and one matter with these papers."""
    opening = PackItem(AgendaEntry(1, "Upprop", "Formalia"))
    matter = AgendaEntry(2, "Bredband", "Beslut", registration_number="RUN/78/2022")
    return PackContext(SUMMONS, (opening, PackItem(matter, papers)))


def make(*papers: PackPaper, **limits: int) -> bytes:
    """The pack of these papers."""
    return PackMaker(shipped("templates"), **limits).make(pack_of(*papers), lambda _done, _of: None)


def texts(made: bytes) -> list[str]:
    """What stands on each page, in one line each."""
    reader = pypdf.PdfReader(io.BytesIO(made))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def spoken(made: bytes) -> list[str]:
    """The alternative texts of the figures, in the order of the structure tree."""

    def walk(node: Any) -> Iterator[str]:
        node = node.get_object()
        if isinstance(node, list):
            for kid in node:
                yield from walk(kid)
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                yield str(node["/Alt"])
            yield from walk(node["/K"]) if "/K" in node else ()

    root: Any = pypdf.PdfReader(io.BytesIO(made)).trailer["/Root"]
    return list(walk(root["/StructTreeRoot"]))


def bookmarks(reader: pypdf.PdfReader, entries: list[Any], depth: int = 0) -> list[Any]:
    """(depth, title, page number) of each bookmark."""
    found: list[Any] = []
    for entry in entries:
        if isinstance(entry, list):
            found += bookmarks(reader, entry, depth + 1)
        else:
            page = reader.get_destination_page_number(entry)
            found.append((depth, entry.title, None if page is None else page + 1))
    return found


@pytest.fixture(scope="module")
def whole() -> bytes:
    """A pack with a paper of every sort."""
    return make(
        PackPaper("Tjänsteskrivelse", PROPOSAL),
        attachment("rapport.pdf", pdf("Rapportens början", "Rapportens slut")),
        attachment("yttrande.md", b"# Svar\n\nVi *tillstyrker*."),
        attachment("brev.txt", "Hej!\nVi avstår.".encode("cp1252")),
        attachment("budget.xlsx", b"PK"),
    )


def test_the_pack_is_tagged_and_archival(whole: bytes) -> None:
    """PDF/A-2a and PDF/UA-1 are claimed, attachments and all."""
    root: Any = pypdf.PdfReader(io.BytesIO(whole)).trailer["/Root"]
    assert root["/Lang"] == "sv-SE"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "/StructTreeRoot" in root
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_every_item_and_paper_has_its_bookmark(whole: bytes) -> None:
    """In the order of the agenda, each leading to its own page; a paper's inside is not there."""
    reader = pypdf.PdfReader(io.BytesIO(whole))
    assert bookmarks(reader, reader.outline) == [
        (0, "Sammanträde med Regionala utvecklingsnämnden", 1),
        (1, "Föredragningslista", 1),
        (0, "1. Upprop", 2),
        (0, "2. Bredband", 3),
        (1, "Tjänsteskrivelse", 4),
        (1, "Bilaga rapport.pdf", 5),
        (1, "Bilaga yttrande.md", 7),
        (1, "Bilaga brev.txt", 8),
        (1, "Bilaga budget.xlsx", 9),
    ]


def test_pages_are_numbered_through_the_whole(whole: bytes) -> None:
    """Whoever says "page 6" at the meeting is understood by all."""
    pages = texts(whole)
    for number, text in enumerate(pages, start=1):
        assert f"{number}({len(pages)})" in text


def test_the_contents_lead_to_their_pages(whole: bytes) -> None:
    """Each line of the agenda has its page number, and can be followed."""
    reader = pypdf.PdfReader(io.BytesIO(whole))
    first = texts(whole)[0]
    for title, page in (("Upprop", 2), ("Bredband", 3), ("Tjänsteskrivelse", 4), ("brev.txt", 8)):
        assert re.search(rf"{re.escape(title)}[ .\u2060]*{page}\b", first), title
    links: Any = reader.pages[0]["/Annots"]
    places = [link.get_object()["/Dest"] for link in links]
    names: Any = reader.named_destinations
    opened = [names[at]["/Page"] if isinstance(at, str) else at[0] for at in places]
    known = [page["/StructParents"] for page in reader.pages]
    numbers = [known.index(page.get_object()["/StructParents"]) + 1 for page in opened]
    assert numbers == [2, 3, 4, 5, 7, 8, 9]


def test_our_own_paper_is_text_with_headings(whole: bytes) -> None:
    """A proposal stands in the pack as itself, not as a picture."""
    page = texts(whole)[3]
    assert "TJÄNSTESKRIVELSE" in page
    assert "Nämnden godkänner planen." in page


def test_a_picture_of_a_page_says_what_stands_on_it(whole: bytes) -> None:
    """One who cannot see the picture is told its words."""
    assert spoken(whole) == [
        "Sida 1 av 2 i Bilaga rapport.pdf. Rapportens början",
        "Sida 2 av 2 i Bilaga rapport.pdf. Rapportens slut",
    ]


def test_text_files_are_text(whole: bytes) -> None:
    """Markdown with its headings, plain text line by line, in the old encoding too."""
    pages = texts(whole)
    assert "Svar Vi tillstyrker." in pages[6]
    assert "Hej! Vi avstår." in pages[7]


def test_other_files_are_named(whole: bytes) -> None:
    """The reader learns that there is one more file to ask for."""
    assert "budget.xlsx" in texts(whole)[8]
    assert "Den lämnas separat." in texts(whole)[8]
    assert hashlib.sha256(b"PK").hexdigest() in texts(whole)[8]


def test_the_same_pack_gives_the_same_bytes() -> None:
    """Made again, on any day, it is the same file."""
    papers = [attachment("rapport.pdf", pdf("Ett", "Två")), attachment("a.txt", b"Hej")]
    assert make(*papers) == make(*papers)


def locked(content: bytes) -> bytes:
    """The PDF behind a password."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt("hemligt", algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def test_a_locked_file_is_named_and_said_to_be_locked() -> None:
    """Nobody wonders where it went."""
    page = texts(make(attachment("avtal.pdf", locked(pdf("Avtal")))))[3]
    assert "avtal.pdf" in page
    assert "Filen är låst med lösenord" in page


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7\n", bytes(range(256)) * 40, b"%PDF-1.7" + bytes(range(256)), ENDLESS],
)
def test_a_broken_file_is_named_and_said_to_be_broken(content: bytes) -> None:
    """Rubbish with the name of a PDF fills a page of its own, and the pack is made."""
    page = texts(make(attachment("skräp.pdf", content)))[3]
    assert "skräp.pdf" in page
    assert "Filen är skadad" in page


def test_half_a_file_is_broken_or_shown() -> None:
    """Wherever a PDF is cut off, the pack is made."""
    content = pdf("Ett", "Två")
    parts = [content[: len(content) * part // 5] for part in range(1, 5)]
    pages = texts(make(*(attachment(f"{n}.pdf", part) for n, part in enumerate(parts))))
    for number in range(len(parts)):
        assert f"Bilaga {number}.pdf" in " ".join(pages[3:])


@pytest.mark.parametrize(
    ("filename", "content", "printed"),
    [
        ("a.txt", "Fest 😀 i 漢字".encode(), "Fest � i ��"),
        ("a.txt", b'#read("/etc/passwd") #panic() $x$ *a*', '#read("/etc/passwd") #panic()'),
        ("a.md", b"![bild](/etc/passwd)\n\n<b>x</b>", "bild <b>x</b>"),
        ("a.txt", "a\u202eb\u200bc".encode(), "abc"),
        ("a.txt", "e\u0301 \ue000 \U000e0041".encode(), "é � �"),
        ("a.txt", b"\xff\xfe\x41\x00", "Den lämnas separat."),
        ("a.txt", b"", "Bilaga a.txt"),
        ("a.md", b">" * 5000, "Bilaga a.md"),
        ("a.txt", b"x" * 200_001, "Den lämnas separat."),
        ("a.docx", b"", "Den lämnas separat."),
        ("", b"", "Den lämnas separat."),
    ],
)
def test_text_is_printed_whatever_it_is(filename: str, content: bytes, printed: str) -> None:
    """What cannot be set is replaced, what looks like markup is text, and nothing is read."""
    assert printed in texts(make(attachment(filename, content)))[3]


def test_every_character_can_stand_in_a_text() -> None:
    """Letter by letter and all in a row, nothing stops the pack."""
    every = "".join(map(chr, range(0x20, 0x11000))).encode("utf-8", errors="ignore")
    spaced = "a ".join(map(chr, range(0x20, 0x11000))).encode("utf-8", errors="ignore")
    made = make(attachment("rad.txt", every[:190_000]), attachment("isär.txt", spaced[:190_000]))
    assert "Bilaga rad.txt" in texts(made)[3]


@pytest.mark.parametrize(
    ("title", "printed"),
    [
        ("Fest 😀\x00\u202e", "Fest �"),
        ("Lång " * 5000, "Lång Lång"),
        ("å" * 5000, "åååå"),
        (" \u202e ", "Handling"),
        ("*a* #panic()", "*a* #panic()"),
    ],
)
def test_a_title_from_outside_is_printed_whatever_it_is(title: str, printed: str) -> None:
    """A paper's title is written by whoever sent it."""
    shown = Attachment("a.pdf", partial(pdf, "𝒳" * 9000))
    pages = texts(make(PackPaper(title, Attachment("😀.zip", bytes)), PackPaper(title, shown)))
    assert len(pages) == 5
    assert printed in pages[3]
    assert printed in pages[4]


def test_too_many_pages_are_refused_for_a_file_and_for_all() -> None:
    """Nobody reads them, and they would fill the server."""
    one, two = attachment("a.pdf", pdf("1")), attachment("b.pdf", pdf("1", "2"))
    assert make(two, most_pages=2)
    for papers in ((two,), (one, one)):
        with pytest.raises(TooLarge) as refused:
            make(*papers, most_pages=1)
        assert refused.value.code == "pack_too_many_pages"
        assert refused.value.params == {"limit": 1}


def test_too_large_pictures_are_refused_for_a_file_and_for_all() -> None:
    """The sum counts, not only each file."""
    one = attachment("a.pdf", pdf("1"))
    size = 30_000
    assert make(one, most_bytes=size)
    for papers, limit in (((one,), 100), ((one,) * 4, size)):
        with pytest.raises(TooLarge) as refused:
            make(*papers, most_bytes=limit)
        assert refused.value.code == "pack_too_large"


def test_a_damaged_store_is_not_papered_over() -> None:
    """A file that is gone is no broken attachment: whoever asked for the pack is told."""

    def gone() -> bytes:
        raise Conflict("file_damaged", sha256="0" * 64)

    with pytest.raises(Conflict):
        make(PackPaper("Bilaga", Attachment("a.pdf", gone)))


def test_one_of_our_own_papers_that_cannot_be_set_is_told() -> None:
    """As when it is set by itself: the character is named."""
    with pytest.raises(Invalid) as refused:
        make(PackPaper("Tjänsteskrivelse", replace(PROPOSAL, title="Fest 😀")))
    assert refused.value.code == "character_missing"
    assert refused.value.params == {"character": "😀"}


def test_a_faulty_template_is_named(tmp_path: Path) -> None:
    """The one who edits the pack's template is told where it is wrong."""
    documents = tmp_path / "documents"
    shutil.copytree(shipped("templates") / "documents", documents)
    with (documents / "_pack" / "template.typ").open("a", encoding="utf-8") as template:
        template.write("#d.nonsense")
    with pytest.raises(Invalid) as refused:
        PackMaker(tmp_path).make(pack_of(), lambda _done, _of: None)
    assert refused.value.code == "template_fault"
    assert refused.value.params["template"] == "pack/template.typ"


def test_progress_is_told_from_nothing_to_all() -> None:
    """One step a paper, and one for the setting."""
    told: list[tuple[int, int]] = []
    papers = pack_of(attachment("a.txt", b"Hej"), attachment("b.pdf", pdf("1")))
    PackMaker(shipped("templates")).make(papers, lambda done, of: told.append((done, of)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_page_lies_as_it_lay() -> None:
    """A wide page gets a wide sheet, so that it is large enough to read."""
    content = typst.compile(b"#set page(flipped: true)\nKarta")
    sheet = pypdf.PdfReader(io.BytesIO(make(attachment("karta.pdf", content)))).pages[3]
    assert sheet.mediabox.width > sheet.mediabox.height


def test_a_picture_is_a_page() -> None:
    """A drawing comes with the papers, as large as the sheet, and is said to be a picture."""
    drawing = typst.compile(b"#set page(width: 300pt, height: 90pt)\nKarta", format="png")
    made = make(attachment("karta.png", drawing), attachment("trasig.jpg", drawing[:50]))
    assert spoken(made) == ["Sida 1 av 1 i Bilaga karta.png. Sidan är en bild utan text."]
    assert pypdf.PdfReader(io.BytesIO(made)).pages[3].mediabox.width > 700
    assert "Filen är skadad" in texts(made)[4]


def picture(folder: Path, number: int = 1) -> bytes:
    """The PNG of a page in a folder of pictures."""
    svg = (folder / f"{number}.svg").read_text()
    return base64.b64decode(svg.split("base64,")[1].split('"')[0])


def test_a_page_without_colour_is_kept_in_grey(tmp_path: Path) -> None:
    """It takes half the room, and every dot of it is as it was."""
    content = typst.compile(b"#set page(width: 200pt, height: 100pt)\nSvart\n#text(gray)[och vitt]")
    page_pictures(content, tmp_path, 1, 1_000_000)
    kept = tmp_path / "kept.png"
    kept.write_bytes(picture(tmp_path))
    assert kept.read_bytes()[25] == 0  # what PNG calls grey

    def drawn(file: str) -> object:
        source = f'#set page(width: 200pt, height: 100pt, margin: 0pt)\n#image("{file}")'
        return typst.Compiler(root=tmp_path).compile(source.encode(), format="png", ppi=144)

    assert drawn("kept.png") == drawn("file.pdf")


def test_colour_is_kept(tmp_path: Path) -> None:
    """A red word stays red."""
    page_pictures(pdf("#text(red)[Rött]"), tmp_path, 1, 1_000_000)
    assert picture(tmp_path)[25] == 6  # what PNG calls colour


def test_a_huge_page_is_drawn_smaller(tmp_path: Path) -> None:
    """A page of ten metres would take all memory there is."""
    content = typst.compile(b"#set page(width: 1000cm, height: 500cm)\nStor")
    page_pictures(content, tmp_path, 1, 1_000_000)
    assert max(struct.unpack(">II", picture(tmp_path)[16:24])) < 2400
