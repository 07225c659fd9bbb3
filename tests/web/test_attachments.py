"""Attachments on a matter's page: added, retitled, moved and removed by whoever writes the text."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.app import create_app
from casework.matters.models import Matter
from tests.demo.conftest import PASSWORD, demonstrated, settings_of
from tests.support.files import excel, locked, pdf, png, slides, zipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from werkzeug.test import Client, TestResponse

    from tests.support.databases import SqliteMaker

WRITTEN_ON = "/matters/14"


@dataclass
class Desk:
    """A signed-in person at a matter's page."""

    client: Client
    token: str

    def post(self, path: str, **given: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token, **given})

    def upload(self, content: bytes, filename: str, title: str = "") -> TestResponse:
        file = (io.BytesIO(content), filename)
        return self.post(f"{WRITTEN_ON}/attachments", file=file, title=title)


@pytest.fixture
def app(sqlite_maker: SqliteMaker, tmp_path: Path) -> Iterator[Flask]:
    """The demonstration's road, a copy for each test."""
    with sqlite_maker.copied("demonstrated", tmp_path, demonstrated) as (url, _):
        app = create_app(settings_of(url, tmp_path))
        yield app
        app.extensions["casework"].database.close()


def enter(app: Flask, who: str) -> Desk:
    client = app.test_client()
    form = client.get("/sign-in").text
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', form)[0]
    given = {"email": f"{who}@example.org", "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=given).status_code == 303
    page = client.get("/matters").text
    return Desk(client, re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', page)[0])


def listed(app: Flask) -> list[tuple[int, str]]:
    """Document and title of each attachment, in order."""
    with app.extensions["casework"].database.read() as session:
        matter = session.scalars(select(Matter).where(Matter.id == 14)).one()
        return [(each.document_id, each.title) for each in matter.attachments]


def test_the_officer_attaches_and_puts_in_order(app: Flask) -> None:
    """Each act leads back to the list; the file comes as something to keep."""
    desk = enter(app, "handlaggare")
    for content, filename, title in (
        (pdf("Ett", "Två"), "Rapport.pdf", "Rapport om planen"),
        (png(), "../karta<1>.png", ""),
    ):
        answer = desk.upload(content, filename, title)
        assert answer.status_code == 303, answer.text
        assert answer.location.endswith("#attachments")
    (report, _), (drawing, name) = listed(app)[-2:]
    assert name == "karta<1>"
    page = desk.client.get(WRITTEN_ON).text
    assert "Rapport om planen" in page
    assert "2 sidor" in page
    assert "karta&lt;1&gt;" in page
    file = desk.client.get(f"/documents/{drawing}")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "/" not in file.headers["Content-Disposition"].partition("filename=")[2]
    at = f"{WRITTEN_ON}/attachments"
    assert desk.post(f"{at}/{drawing}/move", to="up").status_code == 303
    assert desk.post(f"{at}/{drawing}/title", title="Karta").status_code == 303
    assert listed(app)[-2:] == [(drawing, "Karta"), (report, "Rapport om planen")]
    asked = desk.client.get(f"{at}/{report}/remove").text
    assert listed(app)[-1] == (report, "Rapport om planen")
    version = re.findall(r'name="version" value="(\d+)"', asked)[0]
    assert f'action="{at}/{report}/remove"' in asked
    assert desk.post(f"{at}/{report}/remove", version=version).status_code == 303
    assert listed(app)[-1] == (drawing, "Karta")
    assert desk.client.get(f"/documents/{report}").status_code == 200
    assert desk.post(f"{at}/{report}/remove").status_code == 404


def test_a_file_that_cannot_be_shown_is_refused_on_the_page(app: Flask) -> None:
    """The matter is shown again with the reason, and nothing is kept."""
    desk = enter(app, "handlaggare")
    before = listed(app)
    for content, filename, told in (
        (locked(pdf("Avtal")), "avtal.pdf", "låst med lösenord"),
        (b"<script>", "sida.pdf", "En bilaga kan vara PDF, Word (.docx)"),
        (zipped("mimetype", "content.xml"), "a.odt", "En bilaga kan vara PDF, Word (.docx)"),
        (b"", "", "Välj en fil"),
    ):
        answer = desk.upload(content, filename)
        assert answer.status_code == 422
        assert told in answer.text
        assert 'id="attachments"' in answer.text
    assert listed(app) == before


def test_slides_and_workbooks_are_kept_as_what_they_are(app: Flask) -> None:
    """PowerPoint and Excel come as attachments, and go out under their own media types."""
    desk = enter(app, "handlaggare")
    for content, filename, kind in (
        (slides(), "Bilder.pptx", "presentationml.presentation"),
        (excel(), "budget.xlsx", "spreadsheetml.sheet"),
    ):
        assert desk.upload(content, filename).status_code == 303
        document_id, name = listed(app)[-1]
        assert name == filename.partition(".")[0]
        file = desk.client.get(f"/documents/{document_id}")
        assert file.data == content
        assert file.content_type == f"application/vnd.openxmlformats-officedocument.{kind}"


@pytest.mark.parametrize(
    ("who", "path", "limit"),
    [
        ("handlaggare", WRITTEN_ON, 73),
        ("registrator", "/matters/new", 50),  # what is read for its text has a limit of its own
        ("registrator", "/check", 73),
    ],
)
def test_the_limit_is_told_before_the_upload(
    sqlite_maker: SqliteMaker, tmp_path: Path, who: str, path: str, limit: int
) -> None:
    """Each place for a file says how large it may be, where whoever listens hears it too."""
    with sqlite_maker.copied("demonstrated", tmp_path, demonstrated) as (url, _):
        settings = replace(settings_of(url, tmp_path), max_upload=73 * 1024 * 1024)
        app = create_app(settings)
        page = enter(app, who).client.get(path).text
        app.extensions["casework"].database.close()
    inputs = re.findall(r'<input[^>]*type="file"[^>]*>', page)
    assert inputs
    for each in inputs:
        hint = re.findall(r'aria-describedby="([^"]+)"', each)[0]
        told = re.findall(rf'id="{hint}">([^<]+)<', page)[0]
        assert f"Högst {limit} MB." in told


def test_a_stale_page_changes_nothing(app: Flask) -> None:
    """Somebody else was there meanwhile."""
    desk = enter(app, "handlaggare")
    desk.upload(pdf("Ett"), "a.pdf", "A")
    document_id, _ = listed(app)[-1]
    answer = desk.post(f"{WRITTEN_ON}/attachments/{document_id}/remove", version="1")
    assert answer.status_code == 412
    assert listed(app)[-1] == (document_id, "A")


@pytest.mark.parametrize(("who", "status"), [("registrator", 403), ("ledamot", 404)])
def test_others_are_kept_out(app: Flask, who: str, status: int) -> None:
    """Whoever reads the matter does not write on it; from whom it is hidden, all of it is."""
    enter(app, "handlaggare").upload(pdf("Ett"), "a.pdf", "A")
    document_id, _ = listed(app)[-1]
    desk = enter(app, who)
    assert desk.upload(pdf("Två"), "b.pdf").status_code == status
    for act in ("title", "move", "remove"):
        answer = desk.post(f"{WRITTEN_ON}/attachments/{document_id}/{act}", title="B", to="up")
        assert answer.status_code == status
    if status == 404:
        assert desk.client.get(f"/documents/{document_id}").status_code == 404
    assert listed(app)[-1] == (document_id, "A")
