"""Deny by default: each address of the web face, tried by nobody and by each role."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from casework.app import create_app
from casework.people.policy import ROLES
from casework.web.frame.session import OPEN_BLUEPRINTS, PUBLIC, SIGNED_IN, signed_in
from tests.demo.conftest import PASSWORD, furnished, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.routing import Rule

    from tests.support.databases import SqliteMaker


# After these the walk would be at the door: the administrator is the first person, here first.
SIGNING_OUT = {"session.leave", "accounts.end_all", "accounts.end_session", "account.end_session"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, sqlite_maker: SqliteMaker) -> Iterator[Flask]:
    """The whole web application on the demonstration's region, with nothing in it yet."""
    folder = tmp_path_factory.mktemp("routes")
    with sqlite_maker.copied("furnished", folder, furnished) as (url, world):
        app = create_app(settings_of(url, folder))
        app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the door is tried, not the token beside it
        casework = app.extensions["casework"]
        people = vars(world.cast).items()
        app.extensions["people"] = {name: person.email for name, person in people}
        yield app
        casework.database.close()


def _guarded(app: Flask) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] not in OPEN_BLUEPRINTS
    ]


def _whom(app: Flask, rule: Rule) -> tuple[str, ...]:
    whom: tuple[str, ...] = getattr(app.view_functions[rule.endpoint], "permits", ())
    return whom


def _address(rule: Rule) -> str:
    _domain, url = rule.build(dict.fromkeys(rule.arguments, "1"), append_unknown=False) or ("", "")
    return url


def _methods(rule: Rule) -> set[str]:
    return (rule.methods or set()) & {"GET", "POST"}


def _signed_in(app: Flask, email: str, address: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/sign-in").text)[0]
    given = {"email": email, "password": PASSWORD, "csrf_token": token}
    answer = client.post("/sign-in", data=given)
    assert answer.status_code == 303, answer.text
    return client


def test_every_view_says_whom_it_is_for(app: Flask) -> None:
    """A view without `permits` is a defect; so is one that names a role that nobody can have."""
    known = {PUBLIC, SIGNED_IN, *ROLES}
    for rule in _guarded(app):
        whom = _whom(app, rule)
        module = app.view_functions[rule.endpoint].__module__
        assert whom, f"{rule.rule}: put @permits(...) on {rule.endpoint} in {module}"
        assert set(whom) <= known, f"{rule.rule}: unknown role in @permits in {module}"


def test_stranger_is_sent_to_the_door(app: Flask) -> None:
    """Without signing in a page leads to the door, and a form is refused; nothing is looked up."""
    client = app.test_client()
    for rule in _guarded(app):
        if PUBLIC in _whom(app, rule):
            continue
        for method in _methods(rule):
            answer = client.open(_address(rule), method=method)
            if method == "GET":
                assert (answer.status_code, answer.location[:8]) == (303, "/sign-in"), rule
            else:
                assert answer.status_code == 403, rule


@pytest.mark.parametrize(
    "who", ["registrar", "officer", "manager", "secretary", "chair", "member", "substitute"]
)
def test_each_role_enters_where_it_may(app: Flask, who: str) -> None:
    """A role meets 403 exactly where the view names others, and never a fault of the program."""
    people: dict[str, Any] = app.extensions["people"]
    client = _signed_in(app, people[who], f"127.0.1.{len(who)}")
    with client:
        client.get("/")
        roles = set(signed_in().roles)
    for rule in _guarded(app):
        whom = set(_whom(app, rule))
        if whom & {PUBLIC} or rule.endpoint in SIGNING_OUT:
            continue
        for method in sorted(_methods(rule)):
            answer = client.open(_address(rule), method=method)
            assert answer.status_code < 500, f"{method} {rule.rule}"
            if SIGNED_IN not in whom and not roles & whom:
                assert answer.status_code == 403, f"{method} {rule.rule}"
            elif method == "GET":
                assert answer.status_code in {200, 303, 403, 404}, f"{method} {rule.rule}"
