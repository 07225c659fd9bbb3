"""What an official wrote reads alike on every page and in every document that says it."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from html import unescape
from typing import TYPE_CHECKING, Any

import docx
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from casework.app import create_app
from casework.context import STOCKHOLM
from casework.demo.road import attest, dispatch, hold, prepare, summon, texts
from casework.distribution.links import token_for
from casework.distribution.models import Dispatch
from casework.documents.compile import plain_text
from casework.documents.docx_package import read_members
from casework.documents.models import Document
from casework.documents.store import DOCX, PDF
from tests.demo.conftest import PASSWORD, furnished, opened, road_of, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.databases import SqliteMaker

DAY = date(2025, 6, 3)
ROWS = [
    ["Post", "2026", "2027", "Anmärkning"],
    ["Medlemsavgift", "140", "145", "Per medlem"],
    ["Serviceavgift", "6 300", "6 500,50", "Räknas upp"],
    ["Basfinansiering", "2 106 810", "2 150 000", "Enligt avtal"],
    ["Summa", "2 113 250", "2 156 645,50", "–"],
]
WRITTEN = (
    """Bidraget är **400 000 kronor**, se
[riktlinjerna](https://exempel.se/riktlinjer/2024-2025)[^1].

"""
    + "\n".join(["\t".join(row) for row in ROWS])
    + """

## Kostnad

1. Först
   - underpunkt
     - djupast
2. Sedan + 3 procent och 2*3*4 kronor

![Karta över bygden](/karta.png)

[^1]: Beräknat på *index* för 2026.
"""
)


@pytest.fixture(scope="module")
def shown(
    sqlite_maker: SqliteMaker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[str, list[list[list[str]]]]]]:
    """For each page, PDF and Word document: its words, and the rows of its tables."""
    folder = tmp_path_factory.mktemp("shown")
    with sqlite_maker.fresh() as url:
        world = furnished(url, folder)
        casework = opened(url, folder)
        road = road_of((casework, world), folder)
        text = {**texts()["plan"], "recipients": ["Bräcke kommun"]}
        text["sections"] = [{"heading": "Sammanfattning", "body": WRITTEN}]
        matter = prepare(road, "decision", world.committee, text, date(2025, 4, 7))
        meeting = summon(road, world.committee, DAY, [(matter, "decision", "")])
        hold(road, meeting, DAY, {"decision": "decided"})
        attest(road, meeting, date(2025, 6, 10))
        dispatch(road, matter, date(2025, 6, 11))
        found = dict(_documents(casework))
        with casework.database.unit_of_work() as session:
            sent = session.scalars(select(Dispatch)).one()
            sent.link_expires_at = datetime(2100, 1, 1, tzinfo=STOCKHOLM)
            link = token_for(casework.settings.secret_key, sent)
        casework.database.close()
        client = create_app(settings_of(url, folder)).test_client()
        _sign_in(client, road.cast.secretary.email)
        for name, path in {
            "matter page": f"/matters/{matter.id}",
            "file page": f"/matters/{matter.id}/file",
            "minutes page": f"/meetings/{meeting.id}/minutes",
            "excerpt page": f"/r/{link}",
        }.items():
            html = client.get(path).get_data(as_text=True)
            found[name] = _page(html)
        yield found


def _documents(casework: Any) -> Iterator[tuple[str, Any]]:
    """The newest of each kind, as it was kept, and in Word made of the same data."""
    press = casework.services.press
    with casework.database.read() as session:
        rows = session.scalars(select(Document).order_by(Document.id)).all()
        for kind in ("proposal", "minutes", "excerpt"):
            row = [each for each in rows if each.kind == kind and each.media_type == PDF][-1]
            reader = PdfReader(io.BytesIO(press.files.read(row.sha256)))
            lines = "\n".join(page.extract_text() for page in reader.pages)
            yield f"{kind} pdf", (lines, [_rows_in(lines)])
            made = press.makers[DOCX].make(kind, row.snapshot)
            word = docx.Document(io.BytesIO(made))
            words = "\n".join(each.text for each in word.paragraphs)
            words += plain_text(read_members(made)["word/footnotes.xml"].decode())
            tables = [[[c.text for c in r.cells] for r in each.rows] for each in word.tables]
            yield f"{kind} word", (words, tables)


def _rows_in(lines: str) -> list[list[str]]:
    """The rows of the table, which extracted text has a line for each of, in order."""
    found = []
    for row in ROWS:
        line = " ".join(row)
        found.append(row if line in _spaced(lines) else [f"no line {line}"])
    return found


def _page(html: str) -> tuple[str, list[list[list[str]]]]:
    tables = [
        [
            [_text(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
            for row in re.findall(r"<tr>(.*?)</tr>", table, re.S)
        ]
        for table in re.findall(r"<table>(.*?)</table>", html, re.S)
    ]
    return _text(html), tables


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def _spaced(text: str) -> str:
    return re.sub(r"[^\S\n]+", " ", text)


def _sign_in(client: Any, email: str) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    form = {"email": email, "password": PASSWORD, "csrf_token": token[1] if token else ""}
    assert client.post("/sign-in", data=form).status_code in (302, 303)


def test_every_place_shows_the_same_table(shown: dict[str, Any]) -> None:
    """Equal to the last digit: page, PDF and Word of proposal, minutes and excerpt."""
    assert len(shown) == 10
    for name, (_words, tables) in shown.items():
        spaced = [[[_spaced(cell) for cell in row] for row in table] for table in tables]
        assert ROWS in spaced, name


def test_every_place_shows_the_same_words(shown: dict[str, Any]) -> None:
    """No mark of Markdown is left, and no sign that was meant is lost."""
    for name, (words, _tables) in shown.items():
        said = " ".join(_spaced(words).split())
        for wanted in (
            "400 000 kronor",
            "Kostnad",
            "underpunkt",
            "djupast",
            "Sedan + 3 procent och 2*3*4 kronor",
            "Beräknat på index för 2026.",
            "Karta över bygden",
        ):
            assert wanted in said, (name, wanted)
        assert not re.search(r"\*\*|##|\[\^1\]|\]\(|\| ?Post", said), name
