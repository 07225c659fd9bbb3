"""No text is ever lost: a form that is refused comes back, and only to the one who wrote it."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from casework.app import create_app
from casework.web.frame.session import OPEN_BLUEPRINTS, PUBLIC
from tests.demo.conftest import PASSWORD, furnished, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.routing import Rule

    from tests.support.databases import SqliteMaker

MARKER = 'Tre timmars arbete <b>& "citat"</b>'
LONG = f"{MARKER}\r\n\r\nEtt stycke till."


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, sqlite_maker: SqliteMaker) -> Iterator[Flask]:
    """The whole web application, with the token beside every form."""
    folder = tmp_path_factory.mktemp("returned")
    with sqlite_maker.copied("furnished", folder, furnished) as (url, world):
        app = create_app(settings_of(url, folder))
        people = vars(world.cast).items()
        app.extensions["people"] = {name: person.email for name, person in people}
        yield app
        app.extensions["casework"].database.close()


def _value(name: str, html: str) -> str:
    return unescape(re.findall(rf'name="{name}"[^>]* value="([^"]*)"', html)[0])


def entered(app: Flask, who: str) -> FlaskClient:
    client = app.test_client()
    token = _value("csrf_token", client.get("/sign-in").text)
    email = app.extensions["people"][who]
    given = {"email": email, "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=given).status_code == 303
    return client


def _posting(app: Flask) -> list[tuple[str, bool]]:
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.endpoint.partition(".")[0] not in OPEN_BLUEPRINTS
    ]
    return sorted((_address(rule), _is_public(app, rule)) for rule in rules)


def _address(rule: Rule) -> str:
    _domain, url = rule.build(dict.fromkeys(rule.arguments, "1"), append_unknown=False) or ("", "")
    return url


def _is_public(app: Flask, rule: Rule) -> bool:
    return PUBLIC in getattr(app.view_functions[rule.endpoint], "permits", ())


def _shows(html: str) -> bool:
    return MARKER in unescape(html) and MARKER not in html


def test_every_form_comes_back_when_its_sign_in_has_ended(app: Flask) -> None:
    """At each address that takes a form, what was typed is carried to the door, and escaped; what
    was written by nobody known comes back at once."""
    stamp = _value("given", entered(app, "secretary").get("/matters").text)
    open_stamp = _value("given", app.test_client().get("/sign-in").text)
    addresses = _posting(app)
    assert len(addresses) > 40
    for address, is_public in addresses:
        client = app.test_client()
        sent = {"title": MARKER, "text": LONG, "given": open_stamp if is_public else stamp}
        answer = client.post(address, data=sent)
        assert answer.status_code == (400 if is_public else 403), address
        assert _shows(answer.text), address
        assert ('name="again-password"' in answer.text) is not is_public, address


def test_every_form_comes_back_when_its_token_is_of_an_earlier_sign_in(app: Flask) -> None:
    """Whoever has signed in anew is shown the text at once, and nothing is done with it."""
    client = entered(app, "secretary")
    stamp = _value("given", client.get("/matters").text)
    for address, is_public in _posting(app):
        if is_public:
            continue
        sent = {"title": MARKER, "text": LONG, "given": stamp, "csrf_token": "another"}
        answer = client.post(address, data=sent)
        assert 400 <= answer.status_code < 500, address
        assert _shows(answer.text), address


def test_the_text_beside_a_file_that_is_too_large_comes_back(app: Flask) -> None:
    """413: the file is named and thrown away, the words beside it are kept, signed out too."""
    client = entered(app, "secretary")
    page = client.get("/matters/new").text
    keys = {name: _value(name, page) for name in ("csrf_token", "given")}
    app.config["MAX_CONTENT_LENGTH"], usual = 30_000, app.config["MAX_CONTENT_LENGTH"]
    try:
        for status, told in ((413, "Filen är för stor"), (413, 'name="again-password"')):
            file = (BytesIO(b"x" * 100_000), "stor fil.pdf")
            answer = client.post("/matters/new", data={**keys, "title": MARKER, "file": file})
            assert answer.status_code == status
            assert told in answer.text
            assert _shows(answer.text)
            assert "stor fil.pdf" in answer.text
            client.delete_cookie("casework")
        huge = (BytesIO(b"x" * 400_000), "stor fil.pdf")  # read by nobody
        answer = client.post("/matters/new", data={**keys, "title": MARKER, "file": huge})
        assert (answer.status_code, "Filen är för stor" in answer.text) == (413, True)
    finally:
        app.config["MAX_CONTENT_LENGTH"] = usual


def test_nothing_is_cut_off_in_silence(app: Flask) -> None:
    """A text that is longer than what fits is refused whole, and comes back whole."""
    client = entered(app, "secretary")
    page = client.get("/recipients").text
    keys = {name: _value(name, page) for name in ("csrf_token", "given")}
    name = "Å" * 200 + MARKER
    answer = client.post("/recipients", data={**keys, "name": name, "email": "a@example.org"})
    assert answer.status_code == 422
    assert "högst 200 plats" in answer.text
    assert name in unescape(answer.text)


def test_a_forged_form_is_never_continued(app: Flask) -> None:
    """Without a stamp of ours for this very person, nothing of what was sent is said again."""
    client = entered(app, "secretary")
    others = _value("given", entered(app, "officer").get("/matters").text)
    own = _value("given", client.get("/matters").text)
    anybodys = _value("given", app.test_client().get("/sign-in").text)
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    forgeries = [("", {}), ("no stamp", {}), (own[:-1], {}), (own, elsewhere), (others, {})]
    for address, is_public in _posting(app):
        for stamp, headers in [*forgeries, *([(anybodys, elsewhere)] if is_public else [])]:
            for visitor in (client, app.test_client()):
                if stamp == others and visitor is not client:
                    continue  # theirs, and nobody is signed in: carried to the door
                sent = {"title": MARKER, "text": LONG, "given": stamp, "csrf_token": "another"}
                answer = visitor.post(address, data=sent, headers=headers)
                assert answer.status_code in (400, 403), address
                assert "Tre timmars" not in answer.text, (address, stamp)
                assert "again-password" not in answer.text, address
