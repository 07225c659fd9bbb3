"""Hostile texts through every field of every form, on both engines: no fault, then or later."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import count as count_up
from typing import TYPE_CHECKING

import pytest
from flask import request
from werkzeug.datastructures import MultiDict

from casework.app import create_app
from tests.demo.conftest import demonstrated, settings_of
from tests.support.hostile import hostile_texts, how_many, seeded
from tests.support.later import nothing_fails_later

from .test_every_role import entered
from .test_returned_pages import LEAST, Form, Forms, _pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask, Response
    from flask.testing import FlaskClient

    from tests.support.databases import DatabaseMaker

USUAL = 2  # texts for each field of each form
MANY = 20  # of so many, every other time several are put into one field, and few pages are opened
AREA = 4000  # characters in a field that says no limit


class Whole(Forms):
    """The forms of a page with what a browser sends of them untouched: the first choice of a list,
    the first button of a row, every box ticked."""

    def __init__(self, page: str) -> None:
        super().__init__(page)
        self.most: dict[tuple[str, str], int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        given = {name: value or "" for name, value in attrs}
        if self._within and given.get("maxlength"):
            self.most[self.found[-1].path, given["name"]] = int(given["maxlength"])
        if not self._within or not self.found:
            return
        hidden = self.found[-1].hidden
        names = {name for name, _value in hidden}
        if tag == "option" and hidden and hidden[self._chosen][1] == "":
            hidden[self._chosen] = (hidden[self._chosen][0], given.get("value", ""))
        elif given.get("type") == "radio" and given["name"] not in names:
            hidden.append((given["name"], given.get("value", "")))
        elif given.get("type") == "checkbox" and given.get("name"):
            hidden.append((given["name"], given.get("value", "on")))
        elif given.get("type") in ("date", "datetime-local"):
            hidden[:] = [each for each in hidden if each != (given["name"], "")]
            day = "2040-03-01" + ("T09:00" if given["type"] != "date" else "")
            hidden.append((given["name"], given.get("value") or day))


@dataclass
class Hand:
    """One person's client that writes hostile texts, and what came of them."""

    site: Flask
    client: FlaskClient
    texts: Iterator[str]
    answers: Counter[int] = field(default_factory=Counter)
    most: dict[tuple[str, str], int] = field(default_factory=dict)

    def forms(self) -> dict[str, Form]:
        """One form of each kind in which the person can write something."""
        kinds: dict[str, Form] = {}
        for page, html in _pages(self.site, self.client):
            read = Whole(page)
            read.feed(html)
            self.most |= read.most
            for form in read.found:
                if form.written and not form.path.startswith("/sign"):
                    names = " ".join(sorted(set(form.written)))
                    kinds.setdefault(re.sub(r"\d+", "1", form.path) + names, form)
        return kinds

    def write_all(self, form: Form, count: int) -> None:
        """The form again and again, until each of its fields was sent so many texts."""
        sent: Counter[str] = Counter()
        for turn in count_up():
            several = count > MANY and turn % 2 == 1
            words = [(name, self.texts_for(form, name, several, sent)) for name in form.written]
            self.write(form, words, look=count <= MANY or turn % MANY == 0)
            if min(sent.values()) >= count:
                return

    def texts_for(self, form: Form, name: str, several: bool, sent: Counter[str]) -> str:
        """One text; or as many as the field holds."""
        text = next(self.texts)
        sent[name] += 1
        room = self.most.get((form.path, name), AREA)
        while several and len(text) < room:
            more = f"{text} {next(self.texts)}"
            if len(more) > room:
                break
            text = more
            sent[name] += 1
        return text

    def write(self, form: Form, words: list[tuple[str, str]], *, look: bool) -> None:
        """The form with these words; where an accepted one leads is looked at."""
        keys = ("csrf_token", "given", "once")
        hidden = [(name, value) for name, value in form.hidden if name not in keys]
        answer = self.client.post(form.path, data=MultiDict([*hidden, *words]))
        self.answers[answer.status_code] += 1
        if answer.status_code == 303 and look:
            self.client.get(answer.location, follow_redirects=True).close()


@pytest.fixture
def site(database_maker: DatabaseMaker, tmp_path: Path) -> Iterator[Flask]:
    """The whole program with the demonstration's road behind it, on each engine in turn."""
    with database_maker.copied("demonstrated", tmp_path, demonstrated) as (url, _):
        app = create_app(settings_of(url, tmp_path))
        faults = app.config["FAULTS"] = []

        @app.after_request
        def noted(response: Response) -> Response:
            if response.status_code >= 500:
                faults.append(f"{request.method} {request.full_path} {[*request.form.lists()]!a}")
            return response

        yield app
        app.extensions["casework"].database.close()


def test_no_hostile_text_in_a_form_is_a_fault(site: Flask) -> None:
    """Each kind of form that four people come to; then each of their pages opens."""
    texts = hostile_texts(seeded(14))
    hands = {who: Hand(site, entered(site, who), texts) for who in LEAST}
    whose: dict[str, tuple[Hand, Form]] = {}
    for who, hand in hands.items():
        forms = hand.forms()
        assert len(forms) >= LEAST[who]
        for kind, form in forms.items():
            whose.setdefault(kind, (hand, form))
    site.config["WTF_CSRF_ENABLED"] = False  # what is sent is tried, not whose it is
    for hand, form in whose.values():
        hand.write_all(form, how_many(USUAL))
    assert site.config["FAULTS"] == []
    assert sum(hand.answers[303] for hand in hands.values()) > 15
    for who in ("namndsekreterare", "registrator"):
        assert len(list(_pages(site, hands[who].client))) > LEAST[who]
    assert site.config["FAULTS"] == []
    nothing_fails_later(site.extensions["casework"])


def test_no_hostile_question_is_a_fault(site: Flask) -> None:
    """Each word that a page asks with, in the address."""
    client, texts = entered(site, "registrator"), hostile_texts(seeded(15))
    for _ in range(how_many(USUAL) * 5):
        for address in ("/matters", "/meetings", "/recipients", "/delegation", "/check", "/board"):
            names = ("q", "state", "before", "body", "year", "checksum", "back", "at")
            client.get(address, query_string={name: next(texts) for name in names}).close()
    assert site.config["FAULTS"] == []
