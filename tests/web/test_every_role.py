"""What each role meets on a matter's pages: no crash, and no link to what is hidden from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from casework.app import create_app
from casework.matters.models import Matter
from casework.meetings.models import Meeting
from tests.demo.conftest import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from casework.config import Settings

ROLES = (
    *("registrator", "handlaggare", "omradeschef", "regiondirektor", "namndsekreterare"),
    *("ordforande", "vice-ordforande", "justerare", "ledamot", "ersattare"),
)
LINKS = re.compile(r'href="(/(?:matters|meetings|assignments|decisions)/\d+(?:/file)?)"')


@pytest.fixture(scope="module")
def site(travelled: Settings) -> Iterator[Flask]:
    """The whole program with the demonstration's road behind it."""
    app = create_app(travelled)
    yield app
    app.extensions["casework"].database.close()


def entered(site: Flask, who: str) -> FlaskClient:
    """A client whom the door has let in."""
    client = site.test_client()
    form = client.get("/sign-in").text
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', form)[0]
    given = {"email": f"{who}@example.org", "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=given).status_code == 303
    return client


def test_a_reader_is_shown_no_steps(site: Flask) -> None:
    """Whoever takes no step anywhere reads; who does sees what is open and what blocks the rest."""
    with site.extensions["casework"].database.read() as session:
        rows = [("meetings", id) for id in session.scalars(select(Meeting.id))]
        rows += [("matters", id) for id in session.scalars(select(Matter.id))]
    pages = {
        who: "".join(client.get(f"/{room}/{row_id}").text for room, row_id in rows)
        for who in ("ledamot", "namndsekreterare")
        for client in [entered(site, who)]
    }
    assert "Läs handlingarna" in pages["ledamot"]
    for word in ('class="step', "Steg som någon annan tar", "Just nu"):
        assert word not in pages["ledamot"]
    assert 'class="step step-blocked"' in pages["namndsekreterare"]
    assert "Steg som någon annan tar" in pages["namndsekreterare"]


@pytest.mark.parametrize("who", ROLES)
def test_a_matter_opens_or_is_hidden(site: Flask, who: str) -> None:
    """Each matter and its file is shown, not found or told to be secret; links can be opened."""
    client = entered(site, who)
    with site.extensions["casework"].database.read() as session:
        last = session.scalar(select(func.max(Matter.id))) or 0
    linked: set[str] = set()
    for matter_id in range(1, last + 1):
        for path in (f"/matters/{matter_id}", f"/matters/{matter_id}/file"):
            answer = client.get(path)
            assert answer.status_code in (200, 403, 404), path
            if answer.status_code == 200:
                linked.update(LINKS.findall(answer.text))
    assert [path for path in sorted(linked) if client.get(path).status_code != 200] == []


def test_the_front_page_leads_to_the_meeting(site: Flask) -> None:
    """Whoever keeps the minutes gets to the agenda or the screen, whoever sits to the papers."""
    front = {who: entered(site, who).get("/").text for who in ("namndsekreterare", "ledamot")}
    assert re.search(r'href="/meetings/\d+/(?:live|agenda)"', front["namndsekreterare"])
    assert re.search(r'href="/meetings/\d+/read"', front["ledamot"])
    assert "Inga ärenden att visa" in entered(site, "ledamot").get("/matters").text
