"""Signing in again where one stands: the text waits, and only its writer gets it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from casework.accounts.models import User
from casework.app import create_app
from casework.audit.models import AuditEntry
from casework.errors import Refusal
from casework.followup.models import Assignment
from casework.meetings.models import AgendaItem
from casework.people.models import Person
from tests.demo.conftest import PASSWORD

from .test_every_role import entered
from .test_returned_pages import Forms, Written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

    from casework.config import Settings

# What such a form must hold besides, to be taken.
MORE = {
    "minutes": {"note": "En anteckning saknades."},
    "delegation": {
        "ground": "urgent-1",
        "title": "Inköp",
        "urgency": "Bråttom.",
        "reporting": "report",
        "appeal": "no",
    },
}
WORDS = "Tre timmars arbete med <åäö>.\n\nOch ett stycke till."


@pytest.fixture(scope="module")
def site(travelled: Settings) -> Iterator[Flask]:
    """The whole program with the demonstration's road behind it."""
    app = create_app(travelled)
    yield app
    app.extensions["casework"].database.close()


def _session(site: Flask) -> Any:
    return site.extensions["casework"].database.read()


def _item_page(session: Session) -> str:
    item = session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == 7)).first()
    assert item is not None
    return f"/meetings/7/agenda/{item.id}"


def _assignment(session: Session) -> tuple[str, str]:
    """An assignment that is open, and the address of whoever has it."""
    row = session.execute(
        select(Assignment.id, User.email)
        .join(Person, Person.id == Assignment.assignee_id)
        .join(User, User.person_id == Person.id)
        .where(Assignment.state == "open")
    ).first()
    assert row is not None
    return f"/assignments/{row.id}", row.email


def _form(client: FlaskClient, page: str, name: str) -> tuple[str, MultiDict[str, str]]:
    """The form on the page in which `name` is written, with the words in it."""
    path, data = _form_in(client.get(page), name)
    data.setlist(name, [WORDS, *data.getlist(name)[1:]])
    return path, data


def _form_in(answer: TestResponse, name: str) -> tuple[str, MultiDict[str, str]]:
    """The form that came back, as it would be sent."""
    page = answer.request.path
    read, stands = Forms(page), Written(page)
    read.feed(answer.text)
    stands.feed(answer.text)
    form = next(each for each in read.found if name in each.written)
    values = [(n, v) for path, n, v in stands.found.elements() if path == form.path]
    return form.path, MultiDict([*form.hidden, *values])


def _carried(answer: TestResponse) -> MultiDict[str, str]:
    read = Forms(answer.request.path)
    read.feed(answer.text)
    return MultiDict(next(form.hidden for form in read.found if form.path == answer.request.path))


def _done(site: Flask) -> int | None:
    with _session(site) as session:
        return session.scalar(select(func.count()).select_from(AuditEntry))


def _signing_in(answer: TestResponse, email: str, password: str = PASSWORD) -> MultiDict[str, str]:
    data = _carried(answer)
    data.update({"again-email": email, "again-password": password})
    return data


@pytest.mark.parametrize("kind", ["matter", "agenda item", "minutes", "delegation", "report"])
def test_the_text_waits_at_the_door_and_is_saved_when_its_writer_says_so(
    site: Flask, kind: str
) -> None:
    """The sign-in ends; the form is sent; one signs in on that very page; the text stands in its
    form and nothing is saved; then it is."""
    with _session(site) as session:
        report, reporter = _assignment(session)
        who, page, name = {
            "matter": ("handlaggare@example.org", "/matters/14/text", "section_body"),
            "agenda item": ("namndsekreterare@example.org", _item_page(session), "summary"),
            "minutes": ("namndsekreterare@example.org", "/meetings/5/minutes/17", "notes"),
            "delegation": ("ordforande@example.org", "/delegation/decisions/new", "text"),
            "report": (reporter, report, "text"),
        }[kind]
    client = entered(site, who.partition("@")[0])
    path, data = _form(client, page, name)
    before = _done(site)
    client.delete_cookie("casework")
    door = client.post(path, data=data)
    assert door.status_code == 403
    wrong = client.post(path, data=_signing_in(door, who, "fel lösenord"))
    assert wrong.status_code == 422
    assert "E-postadressen eller lösenordet" in wrong.text
    assert _carried(wrong).getlist(name) == _carried(door).getlist(name)
    shown = client.post(path, data=_signing_in(wrong, who))
    assert "Inget är sparat än" in shown.text
    assert _done(site) == before
    again_path, again = _form_in(shown, name)
    assert (again_path, again[name].replace("\r\n", "\n")) == (path, data[name])
    for field, value in MORE.get(kind, {}).items():
        again[field] = value
    answer = client.post(path, data=again)
    if kind == "minutes":  # a correction is read, and what it touches confirmed, before it is sent
        assert answer.status_code == 200
        _path, again = _form_in(answer, name)
        answer = client.post(
            path, data=MultiDict([*again.items(multi=True), ("confirm", "amount")])
        )
    assert answer.status_code == 303
    assert _done(site) != before
    assert client.get("/matters").status_code == 200


def test_somebody_else_is_told_and_shown_nothing(site: Flask) -> None:
    """The right password of another account opens neither the text nor the door."""
    client = entered(site, "handlaggare")
    path, data = _form(client, "/matters/14/text", "section_body")
    client.delete_cookie("casework")
    door = client.post(path, data=data)
    answer = client.post(path, data=_signing_in(door, "registrator@example.org"))
    assert answer.status_code == 403
    assert "Formuläret fylldes i av någon annan" in answer.text
    assert "Tre timmars" not in answer.text
    assert client.get("/matters").status_code == 303


def test_whoever_was_signed_out_by_another_account_is_told(site: Flask) -> None:
    """Somebody else has signed in in the same browser since: the text is not theirs to see."""
    writer, other = entered(site, "handlaggare"), entered(site, "registrator")
    path, data = _form(writer, "/matters/14/text", "section_body")
    answer = other.post(path, data=data)
    assert answer.status_code == 403
    assert "Tre timmars" not in answer.text


def test_a_changed_right_is_told_with_the_text(site: Flask) -> None:
    """Signed in again, but no longer allowed: the text is given back all the same."""
    client = entered(site, "handlaggare")
    _path, data = _form(client, "/matters/14/text", "section_body")
    path = "/delegation/items/new"  # whatever the form was: this person may not send it here
    answer = client.post(path, data=data)
    assert answer.status_code == 403
    stands = Written(path)
    stands.feed(answer.text)
    assert any(WORDS in value.replace("\r\n", "\n") for _path, _name, value in stands.found)


def test_the_door_is_as_narrow_here_as_at_sign_in(site: Flask) -> None:
    """Tries are counted together: five wrong ones here, and /sign-in says wait."""
    client = entered(site, "handlaggare")
    path, data = _form(client, "/matters/14/text", "section_body")
    client.delete_cookie("casework")
    door = client.post(path, data=data)
    for _try in range(11):
        door = client.post(path, data=_signing_in(door, "finns.inte@example.org", "fel"))
    assert "för många försök" in door.text
    token = _carried(door)["csrf_token"]
    sent = {"email": "finns.inte@example.org", "password": "fel", "csrf_token": token}
    assert "för många försök" in client.post("/sign-in", data=sent).text


def test_a_password_is_never_returned(site: Flask) -> None:
    """Neither at the door nor in the form that comes back."""
    client = entered(site, "namndsekreterare")
    stamp = _form(client, "/meetings/new", "place")[1]["given"]
    sent = {"given": stamp, "password": "hemligt-ord", "dissent": WORDS, "csrf_token": "another"}
    for _ in range(2):
        answer = client.post("/meetings/1/signature", data=sent)
        assert "hemligt-ord" not in answer.text
        assert "Tre timmars" in answer.text
        client.delete_cookie("casework")


def test_a_sign_in_travels(site: Flask) -> None:
    """A phone that changes its address, and a browser that is updated, stay signed in."""
    client = entered(site, "handlaggare")
    moved = {"REMOTE_ADDR": "198.51.100.7", "HTTP_USER_AGENT": "Another/2"}
    assert client.get("/matters", environ_overrides=moved).status_code == 200


class Away(Refusal):
    status = 503


def test_the_text_comes_back_while_the_database_is_away(
    site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503: the page asks the database nothing, and holds what was written."""
    client = entered(site, "handlaggare")
    path, data = _form(client, "/matters/14/text", "section_body")

    def fail(*_: object) -> None:
        raise Away("in_the_way")

    database = site.extensions["casework"].database
    monkeypatch.setattr(type(database), "read", fail)
    monkeypatch.setattr(type(database), "unit_of_work", fail)
    answer = client.post(path, data=data)
    assert answer.status_code == 503
    again_path, again = _form_in(answer, "section_body")
    monkeypatch.undo()
    assert again_path == path
    assert client.post(path, data=again).status_code == 303
