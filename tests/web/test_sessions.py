"""A sign-in in the browser lives in the database, and the door tells nobody who has an account."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.accounts.limits import account_key, clear_accounts
from casework.accounts.models import AccountSession, SignInFailure
from casework.app import create_app, now
from casework.meetings.planning.plan import plan_meeting
from casework.phrases import sentence
from tests.demo.conftest import PASSWORD, furnished, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.support.databases import SqliteMaker

    Later = Callable[[timedelta], None]

CHAIR, NOBODY = "ordforande@example.org", "ingen@example.org"
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, sqlite_maker: SqliteMaker) -> Iterator[Flask]:
    """The program with its people, and one meeting."""
    folder = tmp_path_factory.mktemp("sessions")
    with sqlite_maker.copied("furnished", folder, furnished) as (url, made):
        app = create_app(settings_of(url, folder))
        with app.extensions["casework"].acting(made.organisation_id) as context:
            body = context.session.merge(made.committee)
            starts = context.moment + timedelta(days=30)
            plan_meeting(context, body, starts_at=starts, place="Sessionssalen")
        yield app
        app.extensions["casework"].database.close()


@pytest.fixture
def site(shared: Flask) -> Flask:
    """Where nobody has tried anything yet, nor is known from anywhere."""
    with shared.extensions["casework"].database.unit_of_work() as session:
        for model in (SignInFailure, AccountSession):
            for row in session.scalars(select(model)):
                session.delete(row)
    return shared


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Move the program's clock."""
    begun = now()

    def move(span: timedelta) -> None:
        monkeypatch.setattr("casework.app.now", lambda: begun + span)

    move(timedelta())
    return move


def sent(client: FlaskClient, email: str, password: str, source: str = "") -> TestResponse:
    """The form at the door."""
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/sign-in").text)[0]
    given = {"email": email, "password": password, "csrf_token": token}
    more: dict[str, Any] = {"REMOTE_ADDR": source} if source else {}
    return client.post("/sign-in", data=given, environ_overrides=more)


def entered(site: Flask, email: str = CHAIR) -> FlaskClient:
    client = site.test_client()
    assert sent(client, email, PASSWORD).status_code == 303
    return client


def is_in(client: FlaskClient) -> bool:
    """Whether a page for those who are signed in opens."""
    status = client.get("/calendar").status_code
    assert status in (200, 303)
    return status == 200


def copied(site: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser with the same cookie."""
    cookie = client.get_cookie("casework")
    assert cookie is not None
    copy = site.test_client()
    copy.set_cookie("casework", cookie.value)
    return copy


def signed_out(client: FlaskClient) -> None:
    page = client.get("/calendar").text
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', page)[0]
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 303


def test_a_copied_cookie_is_dead_after_signing_out(site: Flask) -> None:
    """In whose hands it ever came; another browser of the same person stays signed in."""
    client, other = entered(site), entered(site)
    copy = copied(site, client)
    assert is_in(copy)
    signed_out(client)
    assert not is_in(copy)
    assert is_in(other)


def test_signing_in_anew_ends_what_the_cookie_held(site: Flask) -> None:
    """One browser is one sign-in; the old cookie opens nothing."""
    client = entered(site)
    copy = copied(site, client)
    assert sent(client, CHAIR, PASSWORD).status_code == 303
    assert is_in(client)
    assert not is_in(copy)


def test_a_session_ends_unused(site: Flask, later: Later) -> None:
    """Each page counts from anew; eight hours without any end it."""
    client = entered(site)
    for hours in (7, 14, 21):
        later(timedelta(hours=hours))
        assert is_in(client)
    later(timedelta(hours=29) + MINUTE)
    assert not is_in(client)


def test_a_session_ends_in_the_end(site: Flask, later: Later) -> None:
    """After seven days, whatever one does."""
    client = entered(site)
    for hours in range(0, 7 * 24, 7):
        later(timedelta(hours=hours))
        assert is_in(client), hours
    later(timedelta(days=7) - MINUTE)
    assert is_in(client)
    later(timedelta(days=7))
    assert not is_in(client)


def test_a_reader_waits_for_no_writer(site: Flask, later: Later) -> None:
    """Somebody else holds the database: the page opens, and the use is written down next time."""
    client = entered(site)
    database = site.extensions["casework"].database
    later(2 * MINUTE)
    with sqlite3.connect(database.engine.url.database) as other:
        other.execute("BEGIN IMMEDIATE")
        assert is_in(client)
        other.rollback()
    other.close()
    with database.read() as session:
        [row] = session.scalars(select(AccountSession))
        assert row.seen_at == row.begun_at
    assert is_in(client)
    with database.read() as session:
        [row] = session.scalars(select(AccountSession))
        assert row.seen_at == row.begun_at + 2 * MINUTE


def test_where_one_is_signed_in(site: Flask) -> None:
    """Address and browser, as far as they say; nothing that breaks a line."""
    client = site.test_client()
    client.environ_base["HTTP_USER_AGENT"] = "Firefox\x00 \x1b[31m" + "x" * 500
    client.environ_base["REMOTE_ADDR"] = "2001:db8:1:2:3:4:5:6"
    assert sent(client, CHAIR, PASSWORD).status_code == 303
    with site.extensions["casework"].database.read() as session:
        [row] = session.scalars(select(AccountSession))
        assert row.source == "2001:db8:1:2::/64"
        assert row.device.startswith("Firefox [31mxx")
        assert len(row.device) == 200


@pytest.mark.parametrize("cookie", ["1:1:0", "1:1", "1:1:", "x:1:y", ":::", "-1:1:s", ""])
def test_a_cookie_of_an_earlier_version_is_no_fault(site: Flask, cookie: str) -> None:
    """Whoever was signed in before an upgrade signs in again."""
    client = site.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = cookie
    assert not is_in(client)
    assert sent(client, CHAIR, PASSWORD).status_code == 303
    assert is_in(client)


def test_the_door_tells_nobody_who_has_an_account(site: Flask) -> None:
    """The same page, status and words at every try, the wait too."""

    def heard(email: str, source: str) -> list[tuple[int, str]]:
        client = site.test_client()
        answers = [sent(client, email, "fel lösenord", source) for _ in range(8)]
        return [(each.status_code, _plain(each.text, email)) for each in answers]

    known, unknown = heard(CHAIR, "203.0.113.1"), heard(NOBODY, "203.0.113.2")
    assert known == unknown
    wait = sentence("too_many_tries", {"minutes": 1}, "sv")
    assert [wait in text for _, text in known] == [False] * 5 + [True] * 3


def _plain(text: str, email: str) -> str:
    """A page without what differs from one to the next anyway."""
    return re.sub(r'value="[^"]*"', "", text).replace(email, "")


def test_a_stranger_stops_neither_door_nor_signature(site: Flask) -> None:
    """Fifty failures from elsewhere: the chair, signed in, signs, and comes in from where they
    lately did."""
    client = entered(site)
    stranger = site.test_client()
    for _ in range(50):
        sent(stranger, CHAIR, "fel lösenord", "203.0.113.9")
    page = client.get("/calendar").text
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', page)[0]
    wrong = {"csrf_token": token, "password": "fel lösenord"}
    assert client.post("/meetings/1/signature", data=wrong).status_code == 403
    right = {"csrf_token": token, "password": PASSWORD}
    assert client.post("/meetings/1/signature", data=right).status_code == 404  # past the password
    assert is_in(entered(site))


def test_signing_says_how_long_to_wait(site: Flask) -> None:
    """In its own words; one is still signed in."""
    client = entered(site)
    page = client.get("/calendar").text
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', page)[0]
    for _ in range(5):
        client.post("/meetings/1/signature", data={"csrf_token": token, "password": "fel"})
    right = {"csrf_token": token, "password": PASSWORD}
    answer = client.post("/meetings/1/signature", data=right)
    assert answer.status_code == 403
    assert sentence("confirmed_too_often", {"minutes": 15}, "sv") in answer.text
    assert is_in(client)
    assert is_in(entered(site))


def test_unlocking_reaches_those_who_wait(site: Flask) -> None:
    """What is forgotten of one account is not forgotten of another."""
    client = site.test_client()
    for email in (CHAIR, NOBODY):
        for _ in range(6):
            told = sent(client, email, "fel lösenord").text
        assert "för många försök" in told
    with site.extensions["casework"].database.unit_of_work() as session:
        clear_accounts(session, [account_key(CHAIR)])
    assert sent(client, CHAIR, PASSWORD).status_code == 303
    assert "för många försök" in sent(site.test_client(), NOBODY, "fel lösenord").text
