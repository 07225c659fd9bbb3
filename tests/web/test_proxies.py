"""Behind a proxy: whose word on address and scheme counts, and forms under https."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from flask import request

from casework.app import create_app
from casework.config import Settings, load_settings
from casework.errors import Invalid
from casework.phrases import sentence
from casework.web.frame import session
from casework.web.frame.session import PUBLIC, TRIES, permits
from tests.demo.conftest import PASSWORD, furnished, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.support.databases import SqliteMaker

HTTPS = "https://arenden.example"
PROXY = "10.0.0.1"
FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "Forwarded": "for=203.0.113.9;proto=https",
}


@pytest.fixture(scope="module")
def behind(
    tmp_path_factory: pytest.TempPathFactory, sqlite_maker: SqliteMaker
) -> Iterator[Callable[..., Flask]]:
    """`behind(1)`: the application behind one trusted proxy, at an https address."""
    folder = tmp_path_factory.mktemp("behind")
    made: dict[tuple[int, str], Flask] = {}
    with sqlite_maker.copied("furnished", folder, furnished) as (url, _):

        def app(proxies: int, base_url: str = HTTPS) -> Flask:
            key = (proxies, base_url)
            if key not in made:
                settings = settings_of(url, folder)
                made[key] = create_app(
                    replace(settings, base_url=base_url, trusted_proxies=proxies)
                )
                made[key].add_url_rule("/seen", view_func=_seen)
            return made[key]

        yield app
        for each in made.values():
            each.extensions["casework"].database.close()


@permits(PUBLIC)
def _seen() -> dict[str, Any]:
    """What the program sees of whoever calls."""
    return {
        "address": request.remote_addr,
        "scheme": request.scheme,
        "host": request.host,
        "headers": sorted(set(request.headers.keys()) & set(FORGED)),
    }


def _called(app: Flask, headers: dict[str, str]) -> dict[str, Any]:
    client = app.test_client()
    answer = client.get("/seen", headers=headers, environ_base={"REMOTE_ADDR": PROXY})
    seen: dict[str, Any] = answer.get_json()
    return seen


@pytest.mark.parametrize(
    ("proxies", "headers", "address", "scheme"),
    [
        (0, FORGED, PROXY, "http"),
        (1, FORGED, "203.0.113.9", "https"),
        (1, {"X-Forwarded-For": "6.6.6.6, 203.0.113.9"}, "203.0.113.9", "http"),
        (2, {"X-Forwarded-For": "6.6.6.6, 203.0.113.9, 10.0.0.2"}, "203.0.113.9", "http"),
        (2, {"X-Forwarded-For": "203.0.113.9"}, PROXY, "http"),
        (2, {"X-Forwarded-Proto": "https"}, PROXY, "https"),
        (2, {"X-Forwarded-Proto": "https, http"}, PROXY, "https"),
    ],
)
def test_only_trusted_proxies_are_believed(
    behind: Callable[..., Flask], proxies: int, headers: dict[str, str], address: str, scheme: str
) -> None:
    """So many entries from the end; what a caller wrote before them, or a host, never counts."""
    seen = _called(behind(proxies), headers)
    assert (seen["address"], seen["scheme"], seen["host"]) == (address, scheme, "localhost")
    assert seen["headers"] == []  # nothing is left for a library to believe


@pytest.mark.parametrize("given", ["-1", "ja", "1.5", "10", "²"])
def test_a_wrong_number_of_proxies_stops_the_start(tmp_path: Path, given: str) -> None:
    """One sentence that names the setting."""
    environ = {"CASEWORK_DATA_DIR": str(tmp_path), "CASEWORK_TRUSTED_PROXIES": given}
    with pytest.raises(Invalid) as refused:
        load_settings(environ)
    assert "CASEWORK_TRUSTED_PROXIES" in sentence(refused.value.code, refused.value.params, "sv")


def test_an_https_address_without_a_trusted_proxy_is_told(tmp_path: Path) -> None:
    """Also to the processes that the server begins; nothing is told when all is well."""

    def settings(**given: str) -> Settings:
        read = load_settings({"CASEWORK_DATA_DIR": str(tmp_path), **given})
        assert load_settings(read.as_environ()) == read
        return read

    assert settings(CASEWORK_BASE_URL=HTTPS).warnings() == ["proxy_not_trusted"]
    assert settings(CASEWORK_BASE_URL=HTTPS, CASEWORK_TRUSTED_PROXIES="1").warnings() == []
    assert settings().warnings() == []
    assert "CASEWORK_TRUSTED_PROXIES" in sentence("proxy_not_trusted", {}, "sv")


@pytest.fixture
def client(behind: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A caller from 203.0.113.9 over TLS, through the proxy."""
    monkeypatch.setattr(session, "_tries", {})
    client = behind(1).test_client()
    client.environ_base.update(
        {
            "REMOTE_ADDR": PROXY,
            "HTTP_X_FORWARDED_FOR": "203.0.113.9",
            "HTTP_X_FORWARDED_PROTO": "https",
            "HTTP_HOST": "arenden.example",
        }
    )
    return client


def _enter(client: FlaskClient, email: str = "handlaggare@example.org", **more: Any) -> int:
    """The status of signing in, with a token from the page."""
    page = client.get("/sign-in", **more)
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', page.text)[0]
    given = {"email": email, "password": PASSWORD, "csrf_token": token}
    return client.post("/sign-in", data=given, **more).status_code


def _sent(client: FlaskClient, headers: dict[str, str]) -> TestResponse:
    page = client.get("/sign-in").text
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', page)[0]
    return client.post("/sign-out", data={"csrf_token": token}, headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},  # a firewall or a careful browser takes Referer away
        {"Origin": HTTPS},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Referer": f"{HTTPS}/sign-in"},
    ],
)
def test_forms_are_taken_under_https(client: FlaskClient, headers: dict[str, str]) -> None:
    """No form depends on Referer."""
    assert _sent(client, headers).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://annat.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://arenden.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_from_elsewhere_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    """Even with a token that is right: 403, and why."""
    answer = _sent(client, headers)
    assert answer.status_code == 403
    assert sentence("form_from_elsewhere", {}, "sv") in answer.text


def test_a_form_without_a_token_is_refused(client: FlaskClient) -> None:
    """The token stays the lock."""
    assert client.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 400


def test_cookies_and_transport_are_secure(client: FlaskClient) -> None:
    """Secure, HttpOnly, HSTS; a redirect never names a scheme that the caller cannot use."""
    answer = client.get("/sign-in")
    assert "Strict-Transport-Security" in answer.headers
    for cookie in (answer, client.get("/language/en")):
        assert "; Secure" in cookie.headers["Set-Cookie"]
        assert "; HttpOnly" in cookie.headers["Set-Cookie"]
    assert client.get("/matters").location.startswith("/sign-in?next=")


def test_tries_are_counted_by_address_and_account(client: FlaskClient) -> None:
    """A forged address does not help: only what the trusted proxy added is counted."""
    for number in range(TRIES):
        forged = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"}
        assert _enter(client, "ingen@example.org", headers=forged) == 422
    assert "för många försök" in _wrong(client, "ingen@example.org")
    other = {"X-Forwarded-For": "203.0.113.10"}
    assert "för många försök" not in _wrong(client, "ingen@example.org", headers=other)


def _wrong(client: FlaskClient, email: str, **more: Any) -> str:
    page = client.get("/sign-in").text
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', page)[0]
    given = {"email": email, "password": "fel", "csrf_token": token}
    return client.post("/sign-in", data=given, **more).text


def test_forging_without_a_trusted_proxy_gains_nothing(
    behind: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither more tries, nor another's sign-in, nor a lost one of one's own."""
    monkeypatch.setattr(session, "_tries", {})
    client = behind(0, "http://127.0.0.1:8000").test_client()
    for number in range(TRIES):
        _wrong(client, "ingen@example.org", headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert "för många försök" in _wrong(client, "ingen@example.org")
    assert _enter(client) == 303
    assert client.get("/", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 200


def test_limits_by_address_lock_nobody_where_all_look_alike(
    behind: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """https and no trusted proxy: one account's tries, or checks of files, shut nobody out."""
    monkeypatch.setattr(session, "_tries", {})
    client = behind(0).test_client()
    client.environ_base["REMOTE_ADDR"] = PROXY
    for _ in range(TRIES + 1):
        told = _wrong(client, "ingen@example.org")
        page = client.get("/sign-in").text
        token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', page)[0]
        checked = client.post("/check", data={"csrf_token": token})
        assert checked.status_code == 422
    assert "för många försök" in told
    assert _enter(client, base_url=HTTPS) == 303


@pytest.mark.parametrize("algorithm", ["gzip", "br"])
def test_text_is_compressed(client: FlaskClient, algorithm: str) -> None:
    """Pages and style sheets; each variant is told apart by caches."""
    for path in ("/sign-in", "/bootstrap/static/css/bootstrap.min.css"):
        with client.get(path, headers={"Accept-Encoding": algorithm}) as answer:
            assert answer.headers["Content-Encoding"] == algorithm
            assert "Accept-Encoding" in answer.headers["Vary"]
            compressed = len(answer.get_data())
        with client.get(path) as plain:
            assert "Content-Encoding" not in plain.headers
            assert compressed < len(plain.get_data()) / 2


def test_what_is_known_is_not_sent_again(client: FlaskClient) -> None:
    """A compressed style sheet has its own ETag, and is told as unchanged."""
    path, packed = "/bootstrap/static/css/bootstrap.min.css", {"Accept-Encoding": "br"}
    with client.get(path, headers=packed) as answer:
        known = answer.headers["ETag"]
    with client.get(path, headers=packed | {"If-None-Match": known}) as again:
        assert again.status_code == 304
    with client.get(path, headers=packed | {"Range": "bytes=0-99"}) as part:
        assert (part.status_code, len(part.get_data())) == (206, 100)
        assert "Content-Encoding" not in part.headers


def test_another_site_learns_nothing_from_sizes(client: FlaskClient) -> None:
    """What its page has a signed-in browser fetch goes out as long as it is (BREACH)."""
    assert _enter(client) == 303
    packed = {"Accept-Encoding": "br"}
    assert "Content-Encoding" in client.get("/matters?q=a", headers=packed).headers
    foreign = packed | {"Sec-Fetch-Site": "cross-site"}
    assert "Content-Encoding" not in client.get("/matters?q=a", headers=foreign).headers
