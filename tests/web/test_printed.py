"""A character that no font has stops nobody: it is told when saved, and shown as a sign."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.documents.models import Document
from casework.documents.store import PDF
from tests.api.conftest import PASSWORD, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.api.conftest import Api
    from tests.support.databases import SqliteMaker


@pytest.fixture
def region(tmp_path: Path, sqlite_maker: SqliteMaker) -> Iterator[Api]:
    with served(sqlite_maker, tmp_path) as made:
        yield made


def registrar_of(region: Api) -> FlaskClient:
    """The registrar's browser, signed in."""
    client = region.app.test_client()
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/sign-in").text)[0]
    email = region.world.cast.registrar.email
    given = {"email": email, "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=given).status_code == 303
    return client


def registered(region: Api, client: FlaskClient, title: str) -> TestResponse:
    """The answer to the form in which a matter of the committee is registered."""
    page = client.get("/matters/new").text
    keys = dict(re.findall(r'name="(csrf_token|given|once)" value="([^"]+)"', page))
    body = str(region.world.committee.id)
    given = {**keys, "kind": "decision", "title": title, "body": body}
    answer = client.post("/matters/new", data=given)
    assert answer.status_code == 303, answer.text
    return answer


def test_it_is_told_at_once_and_printed_as_a_sign(region: Api) -> None:
    """The registrar is warned as the matter is registered; its proposal is drawn up all the same,
    and the Swedish beside it stays to the letter."""
    title = "Fest 😀 i Åre \uf0b7"
    client = registrar_of(region)
    answer = registered(region, client, title)
    told = client.get(answer.location).text
    assert "Dokumentens typsnitt saknar tecknet: U+F0B7, 😀." in told
    assert "typsnitt saknar" not in client.get(answer.location).text

    at = f"/matters/{answer.location.rpartition('/')[2]}"
    officer = {"input": {"case_officer": region.world.cast.officer.id}}
    assert region.post("registrar", f"{at}/actions/assign", officer).status_code == 200
    text = {
        "sections": [{"heading": "Sammanfattning", "body": "En fest föreslås."}],
        "points": [{"text": "Nämnden godkänner festen."}],
        "signatories": [{"name": "Regiondirektören"}],
        "recipients": ["Länsstyrelsen Jämtlands län"],
    }
    version = region.get("officer", at).json["version"]  # type: ignore[index]
    assert region.patch("officer", at, text, version).status_code == 200
    region.post("officer", f"{at}/recipients/settle", {})
    step = region.post("officer", f"{at}/actions/submit", {})
    assert step.status_code == 200, step.text
    with region.casework.database.read() as session:
        kept = session.scalars(select(Document).filter_by(media_type=PDF)).all()
    assert [each.snapshot["title"] for each in kept if each.snapshot][:1] == ["Fest � i Åre �"]


def test_nobody_is_warned_of_swedish(region: Api) -> None:
    """Every letter of the national languages and of the Sami ones can be printed."""
    letters = "ÅÄÖåäöÉéÜüÆæØøŊŋŠšŽžČčĐđŦŧÁáÍíÓóÚúÝýÞþÐðẞßŁłĞğÇçÑñ§½²€–”…№✓"
    assert region.casework.services.press.unprintable(letters) <= {"✓"}
