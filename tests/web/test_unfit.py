"""What no database keeps is refused in a sentence before a view meets it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from casework.app import create_app
from tests.demo.conftest import PASSWORD, furnished, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from tests.support.databases import DatabaseMaker


@pytest.fixture
def registrar(tmp_path: Any, database_maker: DatabaseMaker) -> Iterator[FlaskClient]:
    """The registrar, signed in, on each engine in turn."""
    with database_maker.copied("furnished", tmp_path, furnished) as (url, _):
        app = create_app(settings_of(url, tmp_path))
        client = app.test_client()
        page = client.get("/sign-in").text
        token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', page)[0]
        given = {"email": "registrator@example.org", "password": PASSWORD, "csrf_token": token}
        assert client.post("/sign-in", data=given).status_code == 303
        app.config["WTF_CSRF_ENABLED"] = False  # what is sent is tried, not whose it is
        yield client
        app.extensions["casework"].database.close()


def test_a_nul_is_taken_away(registrar: FlaskClient) -> None:
    """In a form and in an address, on both engines alike: the rest is read as it was meant."""
    answer = registrar.post("/recipients", data={"name": "a\x00b", "email": "a\x00@example.org"})
    assert answer.status_code == 303, answer.text
    assert "ab" in registrar.get("/recipients").text
    assert registrar.post("/matters/new", data={"title\x00": "x"}).status_code == 422
    for address in ("/matters?state=%00", "/check?checksum=%00", "/board?year=%00"):
        assert registrar.get(address).status_code < 500, address


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 18, str(2**63), "-1", "NaN", "٣", "1e9"])
def test_a_number_that_no_column_holds_is_no_fault(registrar: FlaskClient, number: str) -> None:
    """Wherever an address or a form takes a number."""
    for address in (
        *("/matters?before=", "/matters?body=", "/meetings?year=", "/public/meetings?year="),
        *("/matters/1/file?at=", "/delegation?body=", "/delegation/items/new?body=", "/matters/"),
    ):
        assert registrar.get(f"{address}{number}").status_code < 500, address
    form = {"title": "Ny bro", "body": number, "kind": "decision"}
    assert registrar.post("/matters/new", data=form).status_code in (303, 422)  # ٣ is a 3
    members = {"member": [number]}
    assert registrar.post("/recipients/groups/1", data=members).status_code < 500


def test_a_form_without_all_its_fields_is_no_fault(registrar: FlaskClient) -> None:
    """A script that sends less than the page does gets a page."""
    for address in ("/matters/new", "/meetings/new", "/recipients", "/bodies"):
        assert registrar.post(address, data={}).status_code in (403, 422), address
    form = {"title": "Ny bro", "body": "1", "kind": "decision"}
    answer = registrar.post("/matters/new", data=form)
    assert answer.status_code == 303, answer.text
