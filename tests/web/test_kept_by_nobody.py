"""What is not for everybody is kept by no cache: each address of both faces, and the letters."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.accounts.service import find_user
from casework.accounts.tokens import create_token
from casework.app import create_app
from casework.context import STOCKHOLM
from casework.distribution.links import token_for
from casework.distribution.models import Dispatch
from casework.web.frame.session import PUBLIC
from tests.demo.conftest import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from casework.config import Settings

SECRETARY = "namndsekreterare@example.org"
NOBODY = "private, no-store"


@pytest.fixture(scope="module")
def app(travelled: Settings) -> Iterator[Flask]:
    made = create_app(travelled)
    yield made
    made.extensions["casework"].database.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The secretary, signed in."""
    client = app.test_client()
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/sign-in").text)[0]
    given = {"email": SECRETARY, "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=given).status_code == 303
    return client


def told(answer: TestResponse) -> str:
    answer.close()
    return answer.headers["Cache-Control"]


def test_every_address_that_is_not_for_everybody(app: Flask, client: FlaskClient) -> None:
    """Page, file, redirect or refusal: whatever a view answers that names whom it is for."""
    asked = 0
    for rule in app.url_map.iter_rules():
        whom = getattr(app.view_functions[rule.endpoint], "permits", ())
        if not whom or PUBLIC in whom or "GET" not in (rule.methods or ()):
            continue
        if rule.endpoint.startswith("reading.pack"):
            continue  # asking for one begins to make it
        _, url = rule.build(dict.fromkeys(rule.arguments, "1"), append_unknown=False) or ("", "")
        assert told(client.get(url)) == NOBODY, rule.rule
        assert told(app.test_client().get(url)) == NOBODY, rule.rule
        asked += 1
    assert asked > 30


def test_files(client: FlaskClient) -> None:
    """A proposal, a summons, minutes and an excerpt, as their pages link to them."""
    kinds = set()
    for page in ("/matters/1", "/meetings/1", "/meetings/5", "/matters/4"):
        for address in set(re.findall(r'href="(/documents/\d+)"', client.get(page).text)):
            answer = client.get(address)
            if answer.status_code == 200:
                kinds.add(answer.mimetype)
            assert told(answer) == NOBODY, address
    assert "application/pdf" in kinds


def test_the_letter_of_a_recipient(app: Flask) -> None:
    """The page behind a personal link, its PDF, and what a wrong link tells."""
    casework = app.extensions["casework"]
    with casework.database.unit_of_work() as session:
        dispatch = session.scalars(select(Dispatch).where(Dispatch.state == "sent")).all()[-1]
        dispatch.link_expires_at = datetime(2099, 1, 1, tzinfo=STOCKHOLM)
        letter = f"/r/{token_for(casework.settings.secret_key, dispatch)}"
    stranger = app.test_client()
    for address in (letter, f"{letter}/pdf"):
        answer = stranger.get(address)
        assert answer.status_code == 200, address
        assert told(answer) == NOBODY, address
    assert "no-store" in told(stranger.get(f"{letter}x"))


def test_files_of_the_api(app: Flask) -> None:
    """A file through the API as through the pages; a list may be asked for anew."""
    casework = app.extensions["casework"]
    with casework.acting(1) as context:
        secret = create_token(context, find_user(context, SECRETARY), ["read"])
    who = {"Authorization": f"Bearer {secret}"}
    stranger = app.test_client()
    listed = stranger.get("/api/v1/matters/1/documents", headers=who)
    assert told(listed) == "private, no-cache"
    assert listed.json is not None
    assert listed.json["items"]
    for each in listed.json["items"]:
        file = stranger.get(f"/api/v1/matters/1/documents/{each['id']}/content", headers=who)
        assert file.status_code == 200
        assert told(file) == NOBODY


def test_what_is_for_everybody_may_be_kept(app: Flask) -> None:
    """Style sheets and pictures are the same for all."""
    client = app.test_client()
    sheet = re.findall(r'href="(/[^"]+casework\.css[^"]*)"', client.get("/board").text)[0]
    assert "no-store" not in told(client.get(sheet))
