"""What is new stands first on the right person's page, with its reason; the same over the API."""

from __future__ import annotations

import re
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select

from casework.accounts.service import find_user
from casework.accounts.tokens import create_token
from casework.app import create_app
from casework.context import STOCKHOLM, Actor
from casework.demo.road import begin, prepare, summon, texts, write
from casework.inbox.kinds import KINDS
from casework.inbox.service import tell
from casework.mail.models import Message
from casework.matters.models import Matter
from casework.meetings.models import Meeting
from casework.meetings.table.recusal import recuse
from casework.people.models import Person, StandIn
from casework.web.work.inbox import kind_labels
from tests.demo.conftest import PASSWORD, furnished, road_of, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from casework.context import Context
    from casework.demo.road import Road
    from tests.support.databases import DatabaseMaker

DAY = date(2026, 11, 2)
REASON = "Kostnaden saknas."
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
SEEN = re.compile(r'action="(/inbox/\d+/seen)"')


@pytest.fixture
def site(database_maker: DatabaseMaker, tmp_path: Path) -> Iterator[tuple[Flask, Road]]:
    """The whole program on a region without a matter, and the road that makes some."""
    with database_maker.copied("furnished", tmp_path, furnished) as (url, world):
        app = create_app(settings_of(url, tmp_path))
        casework = app.extensions["casework"]
        yield app, road_of((casework, world), tmp_path)
        casework.database.close()


def entered(app: Flask, person: Person) -> FlaskClient:
    client = app.test_client()
    token = TOKEN.findall(client.get("/sign-in").text)[0]
    given = {"email": person.email, "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=given).status_code == 303
    return client


def new(client: FlaskClient) -> str:
    """The first section of the person's page, "" where it is not what is new."""
    page = client.get("/").text
    first = page.partition("<section")[2].partition("</section>")[0]
    return first if 'id="new"' in first else ""


def referred_back(road: Road) -> Matter:
    matter = begin(road, "decision", road.world.committee, texts()["plan"], DAY)
    write(road, matter, texts()["plan"], DAY)
    road.fire(DAY, road.cast.officer, "", matter, "submit")
    road.fire(DAY, road.cast.manager, "", matter, "refer_back", reason=REASON)
    return matter


def act(road: Road, who: Person, what: Any) -> Any:
    moment = datetime(2026, 11, 9, 9, tzinfo=STOCKHOLM)
    own = road.world.organisation_id
    with road.casework.acting(own, Actor(who.id, who.name), moment) as context:
        return what(context)


def news(road: Road, matter: Matter, person: Person, occasions: range) -> None:
    """So many documents that have come in."""

    def act_on(context: Context) -> None:
        row = context.session.get_one(Matter, matter.id)
        reader = context.session.get_one(Person, person.id)
        for each in occasions:
            content = {"document": "Svar", "sender": None}
            tell(context, reader, row, "received", content=content, occasion=str(each))

    act(road, road.cast.registrar, act_on)


def test_what_is_referred_back_stands_first_with_its_reason(site: tuple[Flask, Road]) -> None:
    """On the officer's page, above everything else; at the top of the matter while it stands; on
    nobody else's page, and gone when it has been handed in again."""
    app, road = site
    matter = referred_back(road)
    officer = entered(app, road.cast.officer)
    first = new(officer)
    for words in ("Återförvisat till dig", REASON, road.cast.manager.name, f"/matters/{matter.id}"):
        assert words in first
    assert "(1)" in first
    assert SEEN.findall(first) == []  # it waits for something to be done
    page = officer.get(f"/matters/{matter.id}").text
    assert page.index('id="why"') < page.index('id="next-steps"')
    assert REASON in page.partition('id="why"')[2].partition("</blockquote>")[0]
    assert new(entered(app, road.cast.manager)) == ""
    road.fire(DAY, road.cast.officer, "", matter, "submit")
    assert new(officer) == ""
    assert 'id="why"' not in officer.get(f"/matters/{matter.id}").text
    assert "Att granska" in new(entered(app, road.cast.manager))


def test_what_is_seen_is_put_aside_and_kept(site: tuple[Flask, Road]) -> None:
    """A press takes it from the first page; it is found again under what one has seen."""
    app, road = site
    begin(road, "decision", road.world.committee, texts()["plan"], DAY)
    officer = entered(app, road.cast.officer)
    [address] = SEEN.findall(new(officer))
    token = {"csrf_token": TOKEN.findall(officer.get("/").text)[0], "back": "/inbox"}
    manager = entered(app, road.cast.manager)
    theirs = {"csrf_token": TOKEN.findall(manager.get("/").text)[0]}
    assert manager.post(address, data=theirs).status_code == 404
    answer = officer.post(address, data=token)
    assert (answer.status_code, answer.location) == (303, "/inbox")
    assert new(officer) == ""
    assert "Du har fått ett ärende" not in officer.get("/inbox").text
    assert "Du har fått ett ärende" in officer.get("/inbox?show=settled").text
    assert "Du har fått ett ärende" not in manager.get("/inbox?show=settled").text


def test_the_first_page_is_bounded_and_counts_the_rest(site: tuple[Flask, Road]) -> None:
    """Ten at most, with how many there are and a way to them, what is to be done first; as many
    statements for sixty as for three."""
    app, road = site
    matter = referred_back(road)
    officer = entered(app, road.cast.officer)
    news(road, matter, road.cast.officer, range(2))
    few = statements(road, officer)
    news(road, matter, road.cast.officer, range(2, 60))
    first = new(officer)
    assert first.count("<li>") == 10
    assert "(61)" in first
    assert "Visa alla 61" in first
    assert first.index("Återförvisat till dig") < first.index("En handling har kommit in")
    assert statements(road, officer) - few <= 1  # the count itself
    page = officer.get("/inbox").text
    older = re.findall(r'rel="next" href="([^"]+)"', page)[0].replace("&amp;", "&")
    assert (
        page.count('class="news-what"') + officer.get(older).text.count('class="news-what"') == 61
    )


def statements(road: Road, client: FlaskClient) -> int:
    """How many statements the person's page takes."""
    asked: list[str] = []

    def note(*call: Any) -> None:
        asked.append(call[2])

    engine = road.casework.database.engine
    event.listen(engine, "before_cursor_execute", note)
    client.get("/")
    event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def test_what_may_not_be_seen_is_neither_shown_nor_counted(site: tuple[Flask, Road]) -> None:
    """KL 6:28-30: with a conflict of interest in the matter, its news is gone from page and API."""
    app, road = site
    matter = prepare(road, "decision", road.world.committee, texts()["plan"], date(2026, 9, 1))
    vice = road.cast.vice_chair
    summon(road, road.world.committee, DAY, [(matter, "decision", "")])
    news(road, matter, vice, range(2))
    client, api = entered(app, vice), caller(app, road, vice)
    assert "(2)" in new(client)
    assert len(api("GET", "")["items"]) == 2

    def conflicted(context: Context) -> None:
        meeting = context.session.query(Meeting).one()
        recuse(context, meeting.agenda[-1], context.session.get_one(Person, vice.id))

    act(road, road.cast.secretary, conflicted)
    assert new(client) == ""
    assert 'class="news-what"' not in client.get("/inbox").text
    assert api("GET", "")["items"] == []


def caller(app: Flask, road: Road, person: Person) -> Any:
    """Calls below /inbox in the person's name; each gives the answer as JSON."""

    def made(context: Context) -> Any:
        return create_token(context, find_user(context, person.email), ["write"])

    secret = act(road, person, made)

    def call(method: str, path: str) -> Any:
        head = {"Authorization": f"Bearer {secret}"}
        return app.test_client().open(f"/api/v1/inbox{path}", method=method, headers=head).json

    return call


def test_the_api_tells_and_puts_aside_the_same(site: tuple[Flask, Road]) -> None:
    """What stands, in pages; putting aside what asks for nothing, refused for what does."""
    app, road = site
    matter = referred_back(road)
    news(road, matter, road.cast.officer, range(2))
    call = caller(app, road, road.cast.officer)
    shown = call("GET", "?limit=2")
    assert [each["kind"] for each in shown["items"]] == ["received", "received"]
    [back] = call("GET", f"?limit=2&before={shown['next']}")["items"]
    assert (back["kind"], back["reason"], back["caused_by"]) == (
        "referred_back",
        REASON,
        road.cast.manager.name,
    )
    assert (back["subject_type"], back["subject_id"]) == ("matter", matter.id)
    assert call("POST", f"/{back['id']}/seen")["code"] == "inbox_entry_asks"
    first = shown["items"][0]
    assert call("POST", f"/{first['id']}/seen")["settled_how"] == "seen"
    assert first["id"] not in [each["id"] for each in call("GET", "")["items"]]
    assert first["id"] in [each["id"] for each in call("GET", "?settled=true")["items"]]
    theirs = caller(app, road, road.cast.manager)
    assert theirs("POST", f"/{back['id']}/seen")["code"] == "inbox_entry_unknown"


def test_a_document_is_put_in_on_the_matters_page(site: tuple[Flask, Road]) -> None:
    """The registrar puts in a reply that came by letter: the officer reads of it first."""
    app, road = site
    matter = begin(road, "decision", road.world.committee, texts()["plan"], DAY)
    registrar = entered(app, road.cast.registrar)
    page = registrar.get(f"/matters/{matter.id}").text
    given = {
        "csrf_token": TOKEN.findall(page)[0],
        "title": "Yttrande",
        "sender": "Bräcke kommun",
        "file": (BytesIO(b"Svar"), "svar.txt"),
    }
    answer = registrar.post(f"/matters/{matter.id}/documents", data=given)
    assert answer.status_code == 303
    first = new(entered(app, road.cast.officer))
    assert "En handling har kommit in" in first
    assert "Yttrande, Bräcke kommun" in first


def test_whoever_stands_in_reads_it_too(site: tuple[Flask, Road]) -> None:
    """While the officer is away the stand-in sees it, for whom it is, and gets the letter; it is
    the officer's to put aside."""
    app, road = site
    stand_in = road.cast.registrar

    def away(context: Context) -> None:
        officer = context.session.get_one(Person, road.cast.officer.id)
        other = context.session.get_one(Person, stand_in.id)
        context.session.add(
            StandIn(
                organisation_id=context.organisation_id,
                person_id=officer.id,
                stand_in_id=other.id,
                valid_from=date(2026, 1, 1),
                valid_to=date(2036, 1, 1),
                recorded_at=context.moment,
            )
        )

    act(road, road.cast.manager, away)
    referred_back(road)
    first = new(entered(app, stand_in))
    assert "Återförvisat till dig" in first
    assert f"Till {road.cast.officer.name}" in first
    assert SEEN.findall(first) == []
    [entry] = caller(app, road, stand_in)("GET", "")["items"]
    assert entry["person_id"] == road.cast.officer.id
    with road.casework.database.read() as session:
        keys = session.scalars(
            select(Message.to_address).where(Message.key.startswith("referred_back"))
        ).all()
    assert set(keys) == {road.cast.officer.email, stand_in.email}


def test_every_kind_has_its_word(site: tuple[Flask, Road]) -> None:
    """No kind stands on the page as something else, in Swedish or English."""
    app, _road = site
    for language in ("sv", "en"):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert set(kind_labels()) == set(KINDS)
            assert all(kind_labels().values())
