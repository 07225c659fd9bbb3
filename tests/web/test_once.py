"""A form is carried out once: pressed twice, it leads where it first led and does nothing more."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text

from casework.app import create_app
from casework.audit.models import AuditEntry
from casework.matters.models import Matter
from casework.once import UsedKey
from casework.schema import tables
from tests.demo.conftest import PASSWORD, demonstrated, furnished, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.support.databases import DatabaseMaker

TOLD = "Formuläret var redan skickat."
# Where each role presses every form it finds; the steps that a page links to are walked as well.
PAGES = {
    "registrator": ("/matters/new", "/bodies/new", "/recipients", "/persons/9", "/matters/3"),
    "namndsekreterare": (
        *("/meetings/new", "/meetings/7", "/meetings/7/plan", "/meetings/7/agenda"),
        *("/bodies/1", "/notices/1", "/delegation/items/new?body=1"),
    ),
    "handlaggare": ("/matters/14", "/matters/14/text"),
    "omradeschef": ("/matters/14", "/delegation/decisions/new"),
    "regiondirektor": ("/assignments/2",),
    "ledamot": ("/meetings/7",),
}
ROLES = tuple(PAGES)
ELSEWHERE = {"/sign-out", "/calendar/withdrawal"}  # the walk would end there
STEP = re.compile(r"/[a-z]+/\d+(/minutes/\d+)?/steps/\w+|/[a-z]+/\d+/[a-z]+/\d+/remove")
WRITTEN = {
    "/bodies": {"short_name": "NN", "name": "Ny nämnd", "kind": "committee", "series_code": "NN"},
    "/matters/new": {"title": "Ny bro", "secrecy_provision": "", "secrecy_reason": ""},
    "/delegation/decisions/new": {"registration_number": ""},
    "/notices/1/steps/note_appeal": {"appealed_on": "2025-03-20"},
    "/delegation/items/new?body=1": {"may_subdelegate": [], "valid_from": "2025-03-01"},
}
# What must at least have been pressed twice by the walk.
NAMED = {
    *("matters.new", "matters.take", "matters.review", "matters.settle", "matter_text.save"),
    *("planning.plan", "planning.revise", "meetings.take"),
    *("agenda.add", "agenda.order", "absences.report", "bodies.establish", "bodies.seat"),
    *("assignments.report", "notices.take", "address_book.add", "delegation.new_item"),
    *("persons.revise", "decisions.new"),
}


@dataclass
class Form:
    """A form as the browser would send it by a button without a name, its blanks filled in."""

    action: str
    given: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """Every form of a page that posts, and every link."""

    def __init__(self, page: str, path: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._path, self._form = path, None
        self._select = ""
        self.feed(page)

    _form: Form | None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        name, value = has.get("name", ""), has.get("value", "")
        if tag == "a":
            self.links.append(has.get("href", ""))
        if tag == "form" and has.get("method") == "post":
            self._form = Form(has.get("action") or self._path)
            self.forms.append(self._form)
        if self._form is None:
            return
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and value not in ("", "0"):
            self._form.given.append((self._select, value))
            self._select = ""
        elif tag == "textarea" and name:
            self._form.given.append((name, "Ord som skrevs"))
        elif tag == "input" and name:
            self._input(name, value, has)

    def _input(self, name: str, value: str, has: dict[str, str]) -> None:
        assert self._form is not None
        kind = has.get("type", "text")
        known = {taken for taken, _ in self._form.given}
        if kind in ("radio", "checkbox") and (name in known and kind == "radio"):
            return
        blank = {
            "date": "2031-02-03",
            "datetime-local": "2031-02-03T09:00",
            "email": "ny@example.org",
            "file": "",
            "number": "1",
            "password": PASSWORD,
            "text": "Skrivet ord",
        }
        if kind != "file":
            self._form.given.append((name, value or blank.get(kind, value)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = ""


@dataclass
class Site:
    """The whole web application on the demonstration, and who is signed in to it."""

    app: Flask

    def client(self, who: str) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"127.0.2.{ROLES.index(who) + 1}"
        given = {"email": f"{who}@example.org", "password": PASSWORD}
        given["csrf_token"] = _value(client.get("/sign-in").text, "csrf_token")
        assert client.post("/sign-in", data=given).status_code == 303
        return client

    def contents(self) -> str:
        """A sum over every row of every table."""
        digest = hashlib.sha256()
        with self.app.extensions["casework"].database.read() as session:
            for table in sorted(tables().tables):
                rows = session.execute(text(f'SELECT * FROM "{table}"')).all()  # noqa: S608 (ours)
                digest.update(repr((table, sorted(map(repr, rows)))).encode())
        return digest.hexdigest()

    def count(self, model: Any) -> int:
        with self.app.extensions["casework"].database.read() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def endpoint(self, path: str) -> str:
        matched = self.app.url_map.bind("localhost").match(path.partition("?")[0], method="POST")
        return str(matched[0])


def _value(page: str, name: str) -> str:
    return re.findall(rf'name="{name}"[^>]* value="([^"]+)"', page)[0]


@pytest.fixture
def site(tmp_path: Any, database_maker: DatabaseMaker) -> Iterator[Site]:
    """The demonstration's region without a matter, on each engine in turn."""
    with database_maker.copied("furnished", tmp_path, furnished) as (url, _):
        app = create_app(settings_of(url, tmp_path))
        yield Site(app)
        app.extensions["casework"].database.close()


@pytest.fixture
def one_engine(tmp_path: Any, sqlite_maker: Any) -> Iterator[Site]:
    """A fresh copy of the whole demonstration, for what does not depend on the engine."""
    with sqlite_maker.copied("demonstrated", tmp_path, demonstrated) as (url, _):
        app = create_app(settings_of(url, tmp_path))
        yield Site(app)
        app.extensions["casework"].database.close()


def new_matter(client: FlaskClient, title: str = "Ny cykelväg") -> dict[str, str]:
    """The form for a new matter, filled in and not sent."""
    page = client.get("/matters/new").text
    kept = {name: _value(page, name) for name in ("csrf_token", "_once")}
    body = re.findall(r'<option value="(\d+)"', page)[0]
    return {**kept, "body": body, "kind": "decision", "title": title, "sender": ""}


def press(client: FlaskClient, form: dict[str, str], path: str = "/matters/new") -> TestResponse:
    return client.post(path, data=form)


@pytest.mark.filterwarnings("ignore:Passing SelectField choices:DeprecationWarning")
def test_every_form_that_a_walk_finds_is_carried_out_once(one_engine: Site) -> None:
    """Each role presses every form it meets twice, and the second press does nothing."""
    pressed: set[str] = set()
    for who, pages in PAGES.items():
        client = one_engine.client(who)
        for form in found(client, pages):
            endpoint = one_engine.endpoint(form.action)
            if endpoint not in pressed and twice(one_engine, client, form):
                pressed.add(endpoint)
    assert pressed >= NAMED, sorted(NAMED - pressed)


def found(client: FlaskClient, pages: tuple[str, ...]) -> Iterator[Form]:
    """The forms of the pages and of the steps that they link to, as they stand when they come."""
    for path in pages:
        page = Forms(client.get(path).text, path)
        steps = [link for link in page.links if STEP.fullmatch(link)]
        for link in (path, *steps):
            seen = set(ELSEWHERE)
            while form := next((f for f in _forms(client, link) if f.action not in seen), None):
                seen.add(form.action)
                yield form


def _forms(client: FlaskClient, path: str) -> list[Form]:
    shown = client.get(path)
    assert shown.status_code in (200, 403, 404), path
    return Forms(shown.text, path).forms


def twice(site: Site, client: FlaskClient, form: Form) -> bool:
    """Press twice; whether the first press did something, which the second did not."""
    data: dict[str, Any] = {}
    for name, value in form.given:
        data.setdefault(name, []).append(value)
    data |= WRITTEN.get(form.action, {})
    before = site.count(UsedKey), site.count(AuditEntry)
    first = client.post(form.action, data=data)
    assert first.status_code < 500, form.action
    if first.status_code != 303:
        assert (site.count(UsedKey), site.count(AuditEntry)) == before, form.action
        return False
    assert site.count(UsedKey) == before[0] + 1, f"{form.action} keeps no key"
    with site.app.extensions["casework"].database.engine.connect() as watching:
        done = watching.scalar(text("PRAGMA data_version"))
        again = client.post(form.action, data=data)
        assert (again.status_code, again.location) == (303, first.location), form.action
        assert watching.scalar(text("PRAGMA data_version")) == done, f"{form.action} did it twice"
    return True


def test_pressed_twice_is_told_calmly(site: Site) -> None:
    """One matter with one number, and the reader stands at it, with a sentence."""
    client, before = site.client("registrator"), site.count(Matter)
    form = new_matter(client)
    first, second = press(client, form), press(client, form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert site.count(Matter) == before + 1
    page = client.get(second.location).text
    assert TOLD in page
    assert TOLD not in client.get(second.location).text


def test_pressed_at_the_same_moment_is_pressed_once(site: Site) -> None:
    """The second waits for the first, also when neither is answered yet."""
    before = site.count(Matter)
    client = site.client("registrator")
    form, cookie = new_matter(client), client.get_cookie("casework")
    assert cookie is not None

    def send(_: int) -> TestResponse:
        sender = site.app.test_client()
        sender.set_cookie("casework", cookie.value)
        sender.environ_base["REMOTE_ADDR"] = "127.0.2.1"
        return press(sender, form)

    with ThreadPoolExecutor(6) as senders:
        answers = list(senders.map(send, range(6)))
    assert {each.status_code for each in answers} == {303}
    assert len({each.location for each in answers}) == 1
    assert site.count(Matter) == before + 1


def test_a_refused_form_may_be_mended_and_sent(one_engine: Site) -> None:
    """What is refused uses no key: the very same form is sent once it is right."""
    client, before = one_engine.client("registrator"), one_engine.count(Matter)
    form = new_matter(client, title="")
    assert press(client, form).status_code == 422
    assert one_engine.count(UsedKey) == 0
    assert press(client, form | {"title": "Ny bro"}).status_code == 303
    assert one_engine.count(Matter) == before + 1


def test_other_words_in_the_same_form_are_another_request(one_engine: Site) -> None:
    """Back brings the form with its old key: what is written in it then is not thrown away."""
    client, before = one_engine.client("registrator"), one_engine.count(Matter)
    form = new_matter(client)
    assert press(client, form).location != press(client, form | {"title": "Ny bro"}).location
    assert one_engine.count(Matter) == before + 2


def test_a_key_is_its_persons_own(one_engine: Site) -> None:
    """Whoever learns another's key is led nowhere by it."""
    client, other = one_engine.client("registrator"), one_engine.client("namndsekreterare")
    before, form = one_engine.count(Matter), new_matter(client)
    own = form | {"csrf_token": new_matter(other)["csrf_token"]}
    assert press(client, form).location != press(other, own).location
    assert one_engine.count(Matter) == before + 2


def test_every_form_gets_a_key_of_its_own(one_engine: Site) -> None:
    """Two forms, and the same form shown again, are different forms."""
    client = one_engine.client("namndsekreterare")
    pages = [client.get(path).text for path in ("/recipients", "/recipients")]
    keys = [key for page in pages for key in re.findall(r'name="_once" value="([^"]+)"', page)]
    assert len(keys) > 4
    assert len(set(keys)) == len(keys)


def test_every_post_of_a_view_is_one_transaction(one_engine: Site) -> None:
    """No view has to remember it: each that takes a post is wrapped as it is registered."""
    for rule in one_engine.app.url_map.iter_rules():
        view = one_engine.app.view_functions[rule.endpoint]
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/"):
            assert view.__code__.co_name == "carry_out", rule.rule


def test_a_part_of_the_meeting_screen_is_sent_once(one_engine: Site) -> None:
    """A motion whose answer was lost on the way is not moved twice; the panel is shown as it is."""
    client = one_engine.client("namndsekreterare")
    listed = client.get("/meetings").text
    for meeting in dict.fromkeys(re.findall(r"/meetings/(\d+)", listed)):
        page = client.get(f"/meetings/{meeting}/live", follow_redirects=True)
        forms = [each for each in Forms(page.text, "").forms if each.action.endswith("/notes")]
        if page.status_code != 200 or not forms:
            continue
        kept = dict(forms[0].given)
        given = {
            "field": "summary",
            "text": "Nya ord",
            "base": "",
            **{name: kept[name] for name in ("csrf_token", "_once")},
        }
        first = client.post(forms[0].action, data=given, headers={"X-Part": "1"})
        if first.status_code != 200:
            continue
        done = one_engine.contents()
        again = client.post(forms[0].action, data=given, headers={"X-Part": "1"})
        assert again.status_code == 303
        shown = client.get(again.location, headers={"X-Part": "1"})
        assert "<html" not in shown.text
        assert one_engine.contents() == done
        return
    pytest.fail("no meeting takes notes")
