"""Whatever a stranger sends in an address, a header or a cookie is no fault, on both engines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from casework.accounts import limits
from casework.app import create_app
from casework.web.frame import session
from tests.api.conftest import furnished, settings
from tests.support.hostile import hostile_texts, how_many, seeded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from tests.support.databases import DatabaseMaker

USUAL = 20
WORDS = ("\x00", "a\x00b", "\ud800", "%", "\u202e", "9" * 400, "../../etc/passwd", "\r\nX: y", "😀")
PLACES = (
    *("/sign-in?next=", "/check?checksum=", "/board?year=", "/r/", "/calendar/", "/board/", "/"),
    *("/public/meetings?year=", "/language/", "/language/en?back=", "/matters?q=", "/static/"),
    *("/api/v1/", "/api/v1/matters?q=", "/matters/", "/r/x/", "/check/", "/files/", "/calendar/a/"),
)
HEADERS = (
    *("Accept-Language", "If-None-Match", "If-Match", "Authorization", "Idempotency-Key", "Accept"),
    *("X-Part", "Referer", "Origin", "User-Agent", "If-Modified-Since", "Range", "Content-Type"),
    *("X-Forwarded-For", "X-Forwarded-Proto", "Accept-Encoding", "Cookie", "Host"),
)
COOKIES = ("casework", "language", "remember_token")
VISITED = ("/sign-in", "/board", "/check", "/", "/api/v1/matters", "/api/v1/openapi.json", "/r/x")


@pytest.fixture
def app(database_maker: DatabaseMaker, tmp_path: Path) -> Iterator[Flask]:
    with database_maker.copied("api", tmp_path, furnished) as (url, _):
        made = create_app(settings(tmp_path, url))
        yield made
        made.extensions["casework"].database.close()


@pytest.fixture(autouse=True)
def _as_often_as_one_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is slowed down is refused before anything is read."""
    monkeypatch.setattr(session, "_tries", Forgetful())
    monkeypatch.setattr(limits, "require_room", lambda *_: None)


class Forgetful(dict[str, Any]):
    """Remembers no try."""

    def setdefault(self, _key: str, default: Any = None, /) -> Any:
        return default


def texts(seed: int, usual: int) -> Iterator[str]:
    """The worst ones, and then as many as are asked for."""
    yield from WORDS
    drawn = hostile_texts(seeded(seed))
    for _ in range(how_many(usual)):
        yield next(drawn)


def test_no_hostile_address_is_a_fault(app: Flask) -> None:
    """A NUL and half a character too, escaped as a browser would and as it would not."""
    client = app.test_client()
    for text in texts(21, USUAL):
        for place in PLACES:
            for said in (
                quote(text, safe="", errors="surrogatepass"),
                "%ff%00" + quote(text[:9], errors="replace"),
            ):
                answer = client.get(place + said)
                assert answer.status_code < 500, f"{place} {text!a}"
                answer.close()


def test_no_hostile_header_is_a_fault(app: Flask) -> None:
    """As a server hands it on: any bytes but line ends, read as Latin-1."""
    for text in texts(22, USUAL):
        value = re.sub("[\r\n]", "", text.encode("utf-8", "surrogatepass").decode("latin-1"))
        for place in VISITED:
            environ = {"HTTP_" + name.upper().replace("-", "_"): value for name in HEADERS}
            environ["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name in COOKIES)
            environ["HTTP_AUTHORIZATION"] = f"Bearer {value}"
            one = HEADERS[len(value) % len(HEADERS)].upper().replace("-", "_")
            for sent in (environ | {"HTTP_HOST": "localhost"}, {f"HTTP_{one}": value}):
                answer = app.test_client(use_cookies=False).get(place, environ_overrides=sent)
                assert answer.status_code < 500, f"{place} {text!a} {one}"
                answer.close()


def test_no_hostile_sign_in_is_a_fault(app: Flask) -> None:
    """Wrong address, wrong password, wrong token: told, never a fault."""
    client = app.test_client()
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/sign-in").text)[0]
    for text in texts(23, USUAL // 4):
        plain = text.encode("utf-8", "replace").decode()
        for given in (
            {"email": plain, "password": plain, "csrf_token": token, "next": plain},
            {"email": "registrator@example.org", "password": plain, "csrf_token": token},
            {"email": plain, "password": plain, "csrf_token": plain, "given": plain, plain: plain},
        ):
            for place in ("/sign-in", "/sign-out", "/r/x", "/check", "/matters/new"):
                answer = client.post(place, data=given)
                assert answer.status_code < 500, f"{place} {text!a}"
