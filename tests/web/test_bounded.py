"""No list grows without bound: every page and every answer, with many rows and with more.

The addresses are taken from the application itself, so that a new list is tried as well.
"""

from __future__ import annotations

import re
from contextlib import closing
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select

from casework.accounts import sessions
from casework.accounts.service import find_user
from casework.accounts.tokens import create_token
from casework.app import create_app
from casework.meetings.models import Meeting
from casework.schema import tables
from casework.web.components import chronicle
from casework.web.matters import parts as matter_parts
from tests.demo.conftest import demonstrated, settings_of
from tests.support.crowd import crowd, every_kind
from tests.web.markup import entered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.routing import Rule

    from tests.support.databases import SqliteMaker

# So many that each list is longer than its page already, also that of one person or state.
FEW, MANY = 600, 680
# The rows between take more than this many bytes, however short each is.
LEEWAY = 10 * (MANY - FEW)
WHO = ("namndsekreterare", "handlaggare")
# What stands behind the number in an address, by the argument's name or the noun before it.
SUBJECTS = {
    "matter_id": "matter",
    "meeting_id": "meeting",
    "assignment_id": "assignment",
    "decision_id": "delegated_decision",
    "notice_id": "board_notice",
    "person_id": "person",
    "body_id": "body",
    "matters": "matter",
    "meetings": "meeting",
    "assignments": "assignment",
    "delegated-decisions": "delegated_decision",
    "notices": "board_notice",
    "persons": "person",
    "bodies": "body",
}
# Addresses without a list, or of a file; and lists that are whole by nature, with the reason.
LEFT_OUT = {
    "agenda.build": "tried at a meeting whose agenda is open",
    "api.openapi": "describes the program",
    "web.sheet": "a file",
    "web.static": "a file",
    "bootstrap.static": "a file",
    "reading.packed": "a file, and how far the making of it has come",
    "public.board": "all that is up is on one page: the watch reads the proof of each (KL 8:12)",
    "calendars.body": "a feed has no second page; it holds at most a thousand meetings",
    "matter_file.show": "the file as it was is read whole, as a printed one",
    "api.matter_file": "the file as it was is read whole, as a printed one",
    "api.read_matter": "a matter is read whole, with all that is printed of it",
    "api.matter_attachments": "the attachments in their order are a part of the matter",
    "decisions.new": "one's own lines of the scheme, to choose from",
}


def _addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Each endpoint with its address for the oldest subject of its kind."""
    with app.extensions["casework"].database.read() as session:
        oldest = {
            name: session.scalar(select(func.min(tables().tables[name].c.id)))
            for name in set(SUBJECTS.values())
        }
        planned = select(func.min(Meeting.id)).where(Meeting.state == "planned")
        coming = session.scalar(planned)
    yield "agenda.build", f"/meetings/{coming}/agenda"
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in LEFT_OUT:
            continue
        given = {name: oldest.get(_subject(rule, name)) for name in rule.arguments}
        if rule.arguments == {"name"}:
            given = {"name": "waiting"}
        if all(value is not None for value in given.values()):
            _domain, address = rule.build(given, append_unknown=False) or ("", "")
            yield rule.endpoint, address


def _subject(rule: Rule, argument: str) -> str:
    noun = rule.rule.removeprefix("/api/v1/").split("/")[0]
    return SUBJECTS.get(noun if argument == "row_id" else argument, "")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, sqlite_maker: SqliteMaker) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("bounded")
    with sqlite_maker.copied("demonstrated", folder, demonstrated) as (url, world):
        app = create_app(settings_of(url, folder))
        app.extensions["organisation_id"] = world.organisation_id
        yield app
        app.extensions["casework"].database.close()


def _more(app: Flask, count: int) -> None:
    with app.extensions["casework"].acting(app.extensions["organisation_id"]) as context:
        every_kind(context, count)


def _signed_in(app: Flask) -> dict[str, tuple[FlaskClient, dict[str, str]]]:
    """Each of them in a browser, and the header of a token: made once, for they stand in lists."""
    casework, own = app.extensions["casework"], app.extensions["organisation_id"]
    found = {}
    for who in WHO:
        with casework.acting(own) as context:
            token = create_token(context, find_user(context, f"{who}@example.org"), ["read"])
        found[who] = entered(app, who), {"Authorization": f"Bearer {token}"}
    return found


def _measured(
    app: Flask, people: dict[str, tuple[FlaskClient, dict[str, str]]]
) -> dict[tuple[str, str], tuple[int, int]]:
    """Bytes and statements of each address for each who may see it."""
    casework = app.extensions["casework"]
    statements: list[str] = []

    def counts(*said: Any) -> None:
        statements.append(said[2])

    event.listen(casework.database.engine, "before_cursor_execute", counts)
    found = {}
    for who, (client, headers) in people.items():
        for endpoint, address in _addresses(app):
            statements.clear()
            of_api = address.startswith("/api/")
            with closing(client.get(address, headers=headers if of_api else {})) as answer:
                assert answer.status_code != 500, address
                if answer.status_code == 200:
                    found[who, endpoint] = len(answer.data), len(statements)
    event.remove(casework.database.engine, "before_cursor_execute", counts)
    return found


def test_every_list_leads_to_its_end(app: Flask) -> None:
    """Page by page, without gap or double, to as many rows as the list says that it has."""
    _more(app, 70)
    client = entered(app, "namndsekreterare")
    roads = {
        "/persons": r'class="person-name" href="([^"]+)"',
        "/assignments": r'class="matter-title" href="([^"]+)"',
        "/delegation": r'href="(/delegation/items/\d+)"',
        "/records/matter/1/documents": r'href="(/documents/\d+)"',
        "/my-work/elsewhere": r'class="matter-title" href="([^"]+)"',
    }
    for path, row in roads.items():
        told: list[str] = []
        address, first = path, client.get(path).text
        while address:
            page = client.get(address).text
            told += re.findall(row, page)
            on = "lines=" if path == "/delegation" else ""  # it has two lists
            further = re.findall(rf'rel="next" href="([^"]*{on}[^"]*)"', page)
            address = unescape(further[-1]) if further else ""
        count = re.findall(r"(\d+) i listan|Delegationsordning <span[^>]*>(\d+)<", first)
        assert len(told) == len(set(told)) == int("".join(count[-1])), path


def test_an_agenda_is_built_of_what_is_searched_for(app: Flask) -> None:
    """The choices are the oldest some, or those with a word; each page leads to the next."""
    _more(app, 30)
    with app.extensions["casework"].acting(app.extensions["organisation_id"]) as context:
        crowd(context, matters=60, state="ready")
        meeting = context.session.scalar(
            select(func.min(Meeting.id)).where(Meeting.state == "planned")
        )
    client, path = entered(app, "namndsekreterare"), f"/meetings/{meeting}/agenda"
    page = client.get(path).text
    offered = re.findall(r'id="ready-(\d+)"', page)
    assert len(offered) == 25
    following = unescape(re.findall(r'href="([^"]+ready_after=\d+[^"]*)"', page)[0])
    after = re.findall(r'id="ready-(\d+)"', client.get(following).text)
    assert after
    assert not set(offered) & set(after)
    found = client.get(f"{path}?q=budget+nummer").text
    titles = re.findall(r'for="ready-\d+"><span[^>]*>[^<]*</span> ([^<]+)</label>', found)
    assert titles
    assert all(title.startswith("Budget") for title in titles)


def test_a_long_part_of_a_page_leads_to_its_end(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of it, all of it, and page by page where even that is long."""
    _more(app, 70)
    client = entered(app, "registrator")
    parts = {
        ("/persons/1", "history", chronicle): "<time ",
        ("/matters/1", "attachments", matter_parts): r'href="/documents/\d+',
        ("/matters/1", "assignments", matter_parts): r'href="/assignments/\d+',
    }
    for (page, part, module), row in parts.items():
        monkeypatch.setattr(module, "ALL", 30)
        begun = client.get(page).text
        [(way, count)] = re.findall(rf'href="([^"]*all={part}[^"]*)">Visa alla (\d+)', begun)
        first, told = _told(begun, part, row), 0
        while way:
            text = client.get(unescape(way)).text
            told += _told(text, part, row)
            way = next(iter(re.findall(rf'href="([^"]*all={part}[^"]*)">Fler', text)), "")
        assert 0 < first < told == int(count), (page, part)


def _told(page: str, part: str, row: str) -> int:
    return len(re.findall(row, page.partition(f'id="{part}"')[2].partition("</section>")[0]))


def test_no_list_grows_without_bound(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """With more rows of everything no page has more bytes or asks more often."""
    # On a slow machine a minute passes, and a page notes that its sign-in is in use.
    monkeypatch.setattr(sessions, "SEEN_EVERY", timedelta(days=1))
    people = _signed_in(app)
    _more(app, FEW)
    before = _measured(app, people)
    _more(app, MANY - FEW)
    after = _measured(app, people)
    grown = {
        f"{endpoint} ({who})": (before[who, endpoint], after[who, endpoint])
        for who, endpoint in before
        if after[who, endpoint][0] - before[who, endpoint][0] > LEEWAY
        or after[who, endpoint][1] > before[who, endpoint][1] + 2
    }
    assert grown == {}
    assert len(before) > 90
