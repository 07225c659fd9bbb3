"""Each form on each page with the demonstration's data behind it, sent and refused."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from casework.app import create_app
from casework.audit.models import AuditEntry

from .test_every_role import entered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from casework.config import Settings

# Between them they come to every kind of form that the demonstration shows.
LEAST = {"namndsekreterare": 18, "ordforande": 8, "regiondirektor": 1, "registrator": 12}
EACH = 2  # pages of a kind that are looked at
PRESSED = {"checkbox", "radio", "file", "password", "submit"}
WRITTEN = {"text", "search", "email", "url", "tel", ""}


@dataclass
class Form:
    """Where a form posts to, what it sends untouched, and what one can write in it."""

    path: str
    hidden: list[tuple[str, str]] = field(default_factory=list)
    written: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page that post."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.found: list[Form] = []
        self._within = False
        self._chosen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._within = given.get("method") == "post"
            if self._within:
                self.found.append(Form(urlsplit(given.get("action") or self.page).path))
        elif self._within and "name" in given:
            if tag == "textarea" or (tag == "input" and given.get("type", "") in WRITTEN):
                self.found[-1].written.append(given["name"])
            elif tag == "select":
                self._chosen = len(self.found[-1].hidden)
                self.found[-1].hidden.append((given["name"], ""))
            elif tag == "input" and given.get("type") not in PRESSED:
                self.found[-1].hidden.append((given["name"], given.get("value", "")))
        elif self._within and tag == "option" and "selected" in given:
            name, _none = self.found[-1].hidden[self._chosen]
            self.found[-1].hidden[self._chosen] = (name, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self._within = self._within and tag != "form"


class Written(HTMLParser):
    """What stands in the controls that can be written in, by the address they are sent to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.found: Counter[tuple[str, str, str]] = Counter()
        self._action, self._area, self._text = "", "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._action = urlsplit(given.get("action") or self.page).path
        elif tag == "textarea":
            self._area, self._text = given.get("name", ""), ""
        elif tag == "input" and given.get("type", "") in WRITTEN:
            self.found[self._action, given.get("name", ""), given.get("value", "")] += 1

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._action = ""
        elif tag == "textarea":
            self.found[
                self._action, self._area, self._text.replace("\r\n", "\n").removeprefix("\n")
            ] += 1
            self._area = ""


@pytest.fixture(scope="module")
def site(travelled: Settings) -> Iterator[Flask]:
    """The whole program with the demonstration's road behind it."""
    app = create_app(travelled)
    yield app
    app.extensions["casework"].database.close()


def _done(site: Flask) -> int | None:
    with site.extensions["casework"].database.read() as session:
        return session.scalar(select(func.count()).select_from(AuditEntry))


def _written_forms(site: Flask, client: FlaskClient) -> Iterator[Form]:
    """One form of each kind in which the person can write something."""
    kinds = set()
    for page, html in _pages(site, client):
        read = Forms(page)
        read.feed(html)
        for form in read.found:
            kind = re.sub(r"\d+", "1", form.path)
            if form.written and kind not in kinds:
                kinds.add(kind)
                yield form


def _pages(site: Flask, client: FlaskClient) -> Iterator[tuple[str, str]]:
    """Some pages of each kind that the person can go to from the first."""
    places = site.url_map.bind("localhost")
    waiting, seen = ["/"], Counter[str]()
    known = set(waiting)
    while waiting:
        answer = client.get(waiting.pop(0), follow_redirects=True)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            answer.close()
            continue
        yield answer.request.path, answer.text
        for path in re.findall(r'<a [^>]*href="(/[^"#?]*)', answer.text):
            kind = str(places.match(path)[0])
            if path not in known and seen[kind] < EACH and not kind.startswith("language"):
                seen[kind] += 1
                known.add(path)
                waiting.append(path)


@pytest.mark.parametrize(("who", "least"), LEAST.items())
def test_each_form_stands_again_with_every_word_in_its_place(
    site: Flask, who: str, least: int
) -> None:
    """Refused for its token, a form shows each word in a control of its own name, to be sent to
    the same address with fresh keys, and nothing was done."""
    client = entered(site, who)
    before = _done(site)
    forms = list(_written_forms(site, client))
    assert len(forms) >= least
    for form in forms:
        words = [(name, f"{name} {number} <i>&") for number, name in enumerate(form.written)]
        data = MultiDict([*form.hidden, *words])
        data["csrf_token"] = "of yesterday"
        answer = client.post(form.path, data=data)
        assert 400 <= answer.status_code < 500, form.path
        stands = Written(form.path)
        stands.feed(answer.text)
        assert [each for each in words if not stands.found[form.path, *each]] == [], form.path
        keys = dict(re.findall(r'name="(csrf_token|given)" value="([^"]+)"', answer.text))
        assert keys.keys() == {"csrf_token", "given"}, form.path
        assert keys["csrf_token"] != "of yesterday"
    assert _done(site) == before
