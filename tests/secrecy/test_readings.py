"""Each reading of a marked matter is a row, written before the answer leaves; and the faces."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.accounts.service import close, find_user
from casework.accounts.tokens import create_token
from casework.app import create_app
from casework.context import Actor
from casework.documents.models import Document
from casework.matters.models import Matter
from casework.meetings.models import AgendaItem
from casework.secrecy.models import NeedToKnow, SecretReading
from casework.secrecy.readings import what_is_read
from casework.secrecy.service import mark
from tests.demo.conftest import demonstrated, settings_of
from tests.web.markup import entered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.support.databases import SqliteMaker

NUMBER = "RUN/10/2025"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, sqlite_maker: SqliteMaker) -> Iterator[Flask]:
    """The demonstration with one of its matters, decided and sent, marked by its officer."""
    folder = tmp_path_factory.mktemp("readings")
    with sqlite_maker.copied("demonstrated", folder, demonstrated) as (url, world):
        app = create_app(settings_of(url, folder))
        own, officer = world.organisation_id, world.cast.officer
        app.extensions["organisation_id"] = own
        with app.extensions["casework"].acting(own, Actor(officer.id, officer.name)) as context:
            numbered = select(Matter).where(Matter.registration_number == NUMBER)
            mark(
                context,
                context.session.scalars(numbered).one(),
                "OSL 26 kap. 1 §",
                "Enskilds förhållanden",
            )
        yield app
        app.extensions["casework"].database.close()


def _matter(app: Flask) -> Matter:
    with app.extensions["casework"].database.read() as session:
        return session.scalars(select(Matter).where(Matter.registration_number == NUMBER)).one()


def rows(app: Flask) -> list[tuple[str, str, str]]:
    """Who has read what, by which face, in order."""
    with app.extensions["casework"].database.read() as session:
        found = session.scalars(select(SecretReading).order_by(SecretReading.id))
        return [(each.person.name, each.what, each.face) for each in found]


def post(client: FlaskClient, page: str, path: str, **given: str) -> TestResponse:
    """A form of that page, sent."""
    shown = client.get(page).text
    keys = {
        name: re.findall(rf'name="{name}"[^>]*? value="([^"]+)"', shown)[-1]
        for name in ("csrf_token", "_once", "given")
    }
    return client.post(path, data={**keys, **given})


def test_a_reading_is_noted_once(app: Flask) -> None:
    """Page, paper, meeting and API: by person and kind; again within a minute is the same one."""
    matter = _matter(app)
    with app.extensions["casework"].database.read() as session:
        of_matter = (Document.subject_type == "matter") & (Document.subject_id == matter.id)
        paper = session.scalars(select(Document.id).where(of_matter)).first()
        item = session.scalars(select(AgendaItem).where(AgendaItem.matter_id == matter.id)).one()
        of_meeting = Document.subject_type == "meeting", Document.subject_id == item.meeting_id
        minutes = session.scalars(select(Document.id).where(*of_meeting)).first()
    with app.extensions["casework"].acting(app.extensions["organisation_id"]) as context:
        token = create_token(context, find_user(context, "handlaggare@example.org"), ["read"])
    officer, secretary = entered(app, "handlaggare"), entered(app, "namndsekreterare")
    page = f"/matters/{matter.id}"
    officer.get("/matters")  # a list of many is none
    assert rows(app) == []
    assert officer.get(page).status_code == officer.get(page).status_code == 200
    assert officer.get(f"/documents/{paper}").status_code == 200
    assert secretary.get(f"/documents/{minutes}").status_code == 200
    with app.test_client() as client:
        headers = {"Authorization": f"Bearer {token}"}
        assert client.get(f"/api/v1{page}", headers=headers).status_code == 200
    expected = [
        ("Handläggaren", "matter", "web"),
        ("Handläggaren", "document", "web"),
        ("Nämndsekreteraren", "document", "web"),
        ("Handläggaren", "matter", "api"),
    ]
    assert rows(app) == expected
    with app.extensions["casework"].database.unit_of_work() as session:
        for row in session.scalars(select(SecretReading)):
            row.at -= timedelta(minutes=2)
    officer.get(page)
    assert rows(app) == [*expected, expected[0]]


def test_who_need_not_know_is_told_how_to_ask(app: Flask) -> None:
    """403 with number and day by page and API alike; no reading, for nothing was read."""
    matter, before = _matter(app), rows(app)
    registrar = entered(app, "registrator")
    shown = registrar.get(f"/matters/{matter.id}")
    assert shown.status_code == 403
    assert NUMBER in shown.text
    assert str(matter.registered_on) in shown.text
    assert "Omfattas av sekretess" in shown.text
    assert matter.title not in shown.text
    listed = registrar.get(f"/matters?q={NUMBER}").text
    assert "Omfattas av sekretess" in listed
    assert registrar.get(f"/matters/{matter.id}/secrecy").status_code == 403
    with app.extensions["casework"].acting(app.extensions["organisation_id"]) as context:
        token = create_token(context, find_user(context, "registrator@example.org"), ["read"])
    with app.test_client() as client:
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.get(f"/api/v1/matters/{matter.id}", headers=headers)
        assert (answer.status_code, answer.json["code"]) == (403, "secrecy_not_for_you")
        [line] = client.get(f"/api/v1/matters?q={NUMBER}", headers=headers).json["items"]
    told = {name: value for name, value in line.items() if value is not None}
    assert told == {
        "id": matter.id,
        "registration_number": NUMBER,
        "registered_on": str(matter.registered_on),
        "body_id": matter.body_id,
        "is_secret": True,
    }
    assert rows(app) == before


def test_who_walks_the_numbers_counts_no_paper(app: Flask) -> None:
    """OSL 5:2: a paper of the marked matter answers as a number that there is none of."""
    with app.extensions["casework"].database.read() as session:
        of_matter = Document.subject_type == "matter", Document.subject_id == _matter(app).id
        paper = session.scalars(select(Document.id).where(*of_matter)).first()
    manager = entered(app, "omradeschef")
    for answer in (manager.get(f"/documents/{paper}"), manager.get("/documents/99999")):
        assert answer.status_code == 404
        assert NUMBER not in answer.text


def test_the_papers_of_a_meeting_are_listed_for_no_stranger(app: Flask) -> None:
    """Its minutes tell of every item: page, list and API name no paper, nor count one."""
    with app.extensions["casework"].database.read() as session:
        of_matter = AgendaItem.matter_id == _matter(app).id
        meeting = session.scalars(select(AgendaItem.meeting_id).where(of_matter)).one()
        of_meeting = Document.subject_type == "meeting", Document.subject_id == meeting
        papers = session.scalars(select(Document.id).where(*of_meeting)).all()
    assert papers
    pages = f"/meetings/{meeting}", f"/records/meeting/{meeting}/documents"
    for who, count in (("registrator", 0), ("omradeschef", 0), ("namndsekreterare", len(papers))):
        with app.extensions["casework"].acting(app.extensions["organisation_id"]) as context:
            token = create_token(context, find_user(context, f"{who}@example.org"), ["read"])
        client = entered(app, who)
        for page in pages:
            shown = client.get(page)
            assert shown.status_code == 200, (who, page)
            links = set(re.findall(r'href="/documents/(\d+)"', shown.text))
            assert bool(links & set(map(str, papers))) == bool(count), (who, page)
        address = f"/api/v1/meetings/{meeting}/documents?limit=200"
        answer = client.get(address, headers={"Authorization": f"Bearer {token}"})
        assert [each["id"] for each in answer.json["items"]] == sorted(papers, reverse=True)[:count]


def test_the_manager_lets_somebody_in_and_the_log_is_searched(app: Flask) -> None:
    """A refused form keeps what was typed; the log is for those on the list and the manager."""
    matter = _matter(app)
    page = f"/matters/{matter.id}/secrecy"
    manager, registrar = entered(app, "omradeschef"), entered(app, "registrator")
    assert "Släpp in någon" in manager.get(f"/matters/{matter.id}").text
    assert matter.title not in manager.get(page).text
    refused = post(manager, page, f"{page}/persons", person="", reason="Ersätter")
    assert refused.status_code == 422
    assert "Ersätter" in refused.text
    done = post(manager, page, f"{page}/persons", person="1", reason="Ersätter handläggaren")
    assert done.status_code == 303
    assert registrar.get(f"/matters/{matter.id}").status_code == 200
    log = manager.get(f"{page}/readings?person=1&what=matter").text
    assert log.count("<tr>") == 2  # the head, and the registrar's one reading
    assert "1 i listan" in log
    assert "Inga läsningar" in manager.get(f"{page}/readings?last=2020-01-01").text
    assert entered(app, "ledamot").get(f"{page}/readings").status_code in (403, 404)


def test_a_mark_is_changed_and_lifted_by_its_page(app: Flask) -> None:
    """Without the tick nothing changes, and the words stand in the form."""
    matter = _matter(app)
    page, officer = f"/matters/{matter.id}/secrecy", entered(app, "handlaggare")
    words = {"provision": "OSL 21 kap. 1 §", "reason": "Fel kapitel från början"}
    refused = post(officer, page, f"{page}/mark", **words)
    assert refused.status_code == 409
    assert words["reason"] in refused.text
    assert post(officer, page, f"{page}/mark", **words, confirmed="1").status_code == 303
    assert words["provision"] in officer.get(page).text
    given = {"reason": "Gäller inte längre", "confirmed": "1"}
    assert post(officer, page, f"{page}/lifting", **given).status_code == 303
    assert entered(app, "regiondirektor").get(f"/matters/{matter.id}").status_code == 200


def test_a_matter_is_secret_from_its_registration(app: Flask) -> None:
    """Marked in the form where it is registered: there is no moment at which all read it."""
    registrar = entered(app, "registrator")
    given = {
        "body": "1",
        "kind": "decision",
        "title": "Anmälan",
        "sender": "",
        "initiative": "",
        "secrecy_provision": "OSL 26 kap. 1 §",
    }
    refused = post(registrar, "/matters/new", "/matters/new", **given, secrecy_reason="")
    assert refused.status_code == 422
    assert "OSL 26 kap. 1 §" in refused.text
    done = post(registrar, "/matters/new", "/matters/new", **given, secrecy_reason="Enskild")
    assert done.status_code == 303
    address = done.headers["Location"]
    assert registrar.get(address).status_code == 200
    assert entered(app, "namndsekreterare").get(address).status_code == 403


def test_what_cannot_be_logged_is_not_shown(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is held back where its reading cannot be written down."""
    with app.extensions["casework"].database.unit_of_work() as session:
        matter = session.scalars(select(Matter).where(Matter.secrecy_provision != "")).first()
        assert matter is not None
        address, title = f"/matters/{matter.id}", matter.title
    registrar = entered(app, "registrator")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no room for it")

    monkeypatch.setattr("casework.web.frame.session.note_read", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = registrar.get(address)
    assert answer.status_code == 500
    assert title not in answer.text


def test_a_closed_account_reads_nothing_though_its_person_is_listed(app: Flask) -> None:
    """The page that was open, a new visit and the token all end with it."""
    casework, own = app.extensions["casework"], app.extensions["organisation_id"]
    with casework.acting(own) as context:
        marked = select(Matter).where(Matter.secrecy_provision != "")
        matter = context.session.scalars(marked.order_by(Matter.id.desc())).first()
        assert matter is not None
        user = find_user(context, "omradeschef@example.org")
        context.session.add(
            NeedToKnow(
                organisation_id=own,
                matter_id=matter.id,
                person_id=user.person_id,
                reason="Godkänner",
                since=context.moment,
            )
        )
        token = create_token(context, user, ["read"])
        address, title = f"/matters/{matter.id}", matter.title
    client, headers = entered(app, "omradeschef"), {"Authorization": f"Bearer {token}"}

    def answers() -> list[TestResponse]:
        api = app.test_client().get(f"/api/v1{address}", headers=headers)
        return [client.get(address), api]

    assert [each.status_code for each in answers()] == [200, 200]
    with casework.acting(own) as context:
        close(context, find_user(context, "omradeschef@example.org"))
    assert [each.status_code for each in answers()] == [303, 401]
    assert not [each for each in answers() if title in each.text]


def test_an_address_tells_what_was_read() -> None:
    """In the words of the log, by web and API alike."""
    told = {
        "/matters/1": "matter",
        "/api/v1/matters/1/documents/2/content": "document",
        "/documents/7": "document",
        "/meetings/3/papers/4": "document",
        "/api/v1/meetings/3/reading": "meeting",
        "/assignments/1": "assignment",
        "/api/v1/delegated-decisions/1": "decision",
        "/persons/1": "other",
    }
    assert {address: what_is_read(address) for address in told} == told
