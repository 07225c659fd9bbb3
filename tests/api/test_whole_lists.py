"""Every list of the API says how many it has, and leads to the last of them.

The lists are taken from the OpenAPI document, so that a new one is tried as well.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, insert, select

from casework import db
from casework.accounts import sessions
from casework.accounts.service import find_user
from casework.accounts.tokens import create_token
from casework.api import endpoint
from casework.app import create_app
from casework.audit.models import AuditEntry
from casework.deadlines.models import Deadline
from casework.followup.models import Assignment, AssignmentRequest, RequestItem
from casework.inbox.service import tell
from casework.mail.models import Message
from casework.matters.models import Matter
from casework.meetings.models import AgendaItem
from casework.people.models import Person, StandIn
from casework.schema import tables
from casework.secrecy.models import SecretReading
from casework.waiting import LISTS
from tests.demo.conftest import demonstrated, settings_of
from tests.support.crowd import entries_of, every_kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from werkzeug.test import TestResponse

    from casework.context import Context
    from tests.support.databases import SqliteMaker

PREFIX = "/api/v1"
WHO = ("namndsekreterare", "registrator", "handlaggare")
KEYS = {"items", "count", "count_is_exact", "next"}
# What stands in an address where the name of its table is another.
NOUNS = {
    "accounts": "user_account",
    "bodies": "body",
    "dispatches": "dispatch",
    "delegated-decisions": "delegated_decision",
    "notices": "board_notice",
    "minutes": "minutes",
    "recipient-groups": "recipient_group",
}
# So many subjects are asked before it is said that none has two.
ASKED = 25


@dataclass
class House:
    """The application with many rows, its description, and who reads."""

    app: Flask
    tokens: dict[str, str]
    statements: list[str]

    def get(self, who: str, address: str) -> TestResponse:
        self.statements.clear()
        with self.app.test_client() as client:
            return client.get(address, headers={"Authorization": f"Bearer {self.tokens[who]}"})

    def lists(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """The path and the parameters of each list that the description has."""
        paths = self.app.test_client().get(f"{PREFIX}/openapi.json").json["paths"]
        for path, operations in paths.items():
            asked = operations.get("get")
            if asked and "items" in _shape(asked).get("properties", {}):
                yield path, asked.get("parameters", [])

    def subjects(self, path: str) -> list[int]:
        """The oldest rows that a path with a number in it may name."""
        if "{" not in path:
            return [0]
        if "{name}" in path:
            return list(range(len(LISTS)))
        noun = path.split("/")[1]
        table = tables().tables[NOUNS.get(noun, noun.removesuffix("s"))]
        with self.app.extensions["casework"].database.read() as session:
            return list(session.scalars(select(table.c.id).order_by(table.c.id).limit(ASKED)))


def _shape(operation: dict[str, Any]) -> dict[str, Any]:
    content = operation["responses"]["200"].get("content", {})
    found: dict[str, Any] = content.get("application/json", {}).get("schema", {})
    return found


@contextmanager
def _counting(app: Flask) -> Iterator[list[str]]:
    statements: list[str] = []

    def counts(*said: Any) -> None:
        statements.append(said[2])

    engine = app.extensions["casework"].database.engine
    event.listen(engine, "before_cursor_execute", counts)
    yield statements
    event.remove(engine, "before_cursor_execute", counts)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sqlite_maker: SqliteMaker) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("lists")
    with sqlite_maker.copied("demonstrated", folder, demonstrated) as (url, world):
        app = create_app(settings_of(url, folder))
        with app.extensions["casework"].acting(world.organisation_id) as context:
            every_kind(context, 6)
            tokens = _more(context)
        with _counting(app) as statements:
            yield House(app, tokens, statements)
        app.extensions["casework"].database.close()


def _more(context: Context) -> dict[str, str]:
    """What a crowd has none of, each at least twice; a token for each who reads."""
    tokens = {}
    for who in (*WHO, "ledamot"):
        user = find_user(context, f"{who}@example.org")
        for name in ("ett", "två", "tre"):
            tokens[who] = create_token(context, user, ["read"], name)
            sessions.begin(context.session, user, context.moment, "127.0.0.1", name)
        for days in (1, 2, 3):
            context.session.add(
                StandIn(
                    organisation_id=context.organisation_id,
                    recorded_at=context.moment,
                    person_id=user.person_id,
                    stand_in_id=_other(context, user.person_id),
                    valid_from=context.today + timedelta(days=10 * days),
                    valid_to=context.today + timedelta(days=10 * days + 1),
                    reason="",
                )
            )
        person = context.session.get_one(Person, user.person_id)
        for matter in context.session.scalars(select(Matter).order_by(Matter.id).limit(3)):
            tell(context, person, matter, "referred_back", reason="Så är det.", occasion="prov")
    _letters(context)
    _readings(context)
    for table in ("recipient", "recipient_group"):
        _told(context, table)
    _deadlines(context)
    _requests(context)
    return tokens


def _other(context: Context, person_id: int) -> int:
    others = select(Person.id).where(Person.id != person_id).order_by(Person.id)
    return context.session.scalars(others).first() or 0


def _letters(context: Context) -> None:
    """Three that did not arrive."""
    sent = select(Message).where(Message.body_id.is_not(None), Message.subject_type == "meeting")
    for letter in context.session.scalars(sent.order_by(Message.id).limit(3)):
        letter.state, letter.sent_at, letter.next_attempt_at = "failed", None, None
        letter.error_code = "mail_refused"


def _readings(context: Context) -> None:
    """Three of the oldest matter, as if it had been marked."""
    [matter_id] = context.session.scalars(select(Matter.id).order_by(Matter.id).limit(1))
    for minutes in (1, 2, 3):
        context.session.add(
            SecretReading(
                organisation_id=context.organisation_id,
                matter_id=matter_id,
                person_id=_other(context, 0),
                at=context.moment - timedelta(minutes=minutes),
                what="matter",
                face="web",
                address=f"/matters/{matter_id}",
            )
        )


def _requests(context: Context) -> None:
    """What the body is asked about each assignment, laid before it."""
    items = context.session.scalars(select(AgendaItem.id).order_by(AgendaItem.id.desc())).all()
    own = {"organisation_id": context.organisation_id}
    for assignment, item in zip(context.session.scalars(select(Assignment)), items, strict=False):
        asked = AssignmentRequest(kind="report", asked_at=context.moment, **own)
        asked.laid.append(RequestItem(agenda_item_id=item, **own))
        assignment.requests.append(asked)


def _told(context: Context, table: str) -> None:
    """Three entries about each row."""
    for row_id in context.session.scalars(select(tables().tables[table].c.id)).all():
        entries = entries_of(context, table, row_id, 100, 3)
        given = [{"organisation_id": context.organisation_id, **each} for each in entries]
        context.session.execute(insert(AuditEntry), given)


def _deadlines(context: Context) -> None:
    """Three of the oldest matter."""
    matter = context.session.scalar(select(Matter.id).order_by(Matter.id).limit(1))
    for name in ("review", "second", "third"):
        context.session.add(
            Deadline(
                organisation_id=context.organisation_id,
                subject_type="matter",
                subject_id=matter,
                name=name,
                rule="working_days",
                started_on=context.today,
                raw_on=context.today,
                due_on=context.today,
                statute="",
            )
        )


def _address(path: str, number: int, parameters: list[dict[str, Any]]) -> str:
    """The list of that subject; its first § where it is of one, and the first body where asked."""
    place = path.replace("{row_id}", str(number)).replace("{section_id}", "1")
    place = place.replace("{name}", tuple(LISTS)[min(number, len(LISTS) - 1)])
    wanted = [each["name"] for each in parameters if each["in"] == "query" and each["required"]]
    assert wanted in ([], ["body_id"]), path
    return f"{PREFIX}{place}?{'body_id=1&' if wanted else ''}"


def _longest(house: House, path: str, parameters: list[dict[str, Any]]) -> tuple[int, str, str]:
    """The first list of the path that has more than one row, with who reads it; else the best."""
    best = (-1, "", "")
    for number in house.subjects(path):
        for who in WHO:
            address = _address(path, number, parameters)
            answer = house.get(who, address)
            if answer.status_code == 200:
                assert set(answer.json) == KEYS, path  # type: ignore[arg-type]
                best = max(best, (answer.json["count"], who, address))  # type: ignore[index]
        if best[0] > 1:
            break
    return best


def _walked(house: House, who: str, address: str) -> list[str]:
    """Every row, page by page, by the header that leads on; the count is the same on each page."""
    told: list[str] = []
    counts = set()
    while address:
        answer = house.get(who, address)
        assert answer.json is not None
        told += [json.dumps(row, sort_keys=True) for row in answer.json["items"]]
        counts.add((answer.json["count"], answer.json["count_is_exact"]))
        link = answer.headers.get("Link", "")
        assert bool(link) == (answer.json["next"] is not None)
        address = link[1:].partition(">")[0]
    assert counts == {(len(told), True)}, address
    return told


def test_every_list_has_a_count_and_leads_to_its_end(house: House) -> None:
    """Page by page without gap or double, to as many as the list says that the reader may see; and
    a longer page asks the database no more often. A list without pages is whole."""
    short, grown, paged = [], {}, 0
    for path, parameters in house.lists():
        count, who, address = _longest(house, path, parameters)
        if "limit" not in {each["name"] for each in parameters}:
            whole = house.get(who, address).json if who else {"items": [], "count": 0, "next": None}
            assert whole is not None
            assert (len(whole["items"]), None) == (whole["count"], whole["next"]), path
            continue
        if count < 2:
            short.append(path)
            continue
        paged += 1
        rows = _walked(house, who, f"{address}limit={-(-count // 3)}")
        assert len(rows) == len(set(rows)) == count, path
        house.get(who, f"{address}limit=1")
        few = len(house.statements)
        assert house.get(who, f"{address}limit=200").json["next"] is None  # type: ignore[index]
        if len(house.statements) > few + 2:
            grown[path] = (few, len(house.statements))
    assert grown == {}
    assert short == []
    assert paged > 30


def test_a_count_is_of_what_the_reader_may_see(house: House) -> None:
    """Each reader's own: what is filtered by right is not counted either (OSL 5:5)."""
    for path in ("/matters", "/meetings", "/assignments?matter_id=1", "/dispatches", "/excerpts"):
        counts = set()
        for who in (*WHO, "ledamot"):
            joined = "&" if "?" in path else "?"
            counts.add(len(_walked(house, who, f"{PREFIX}{path}{joined}limit=20")))
        assert len(counts) > 1, path


def test_what_waits_is_told_list_by_list(house: House) -> None:
    """Each list with its count, the same as its pages have."""
    for who in WHO:
        told = house.get(who, f"{PREFIX}/waiting").json
        assert told is not None
        assert [each["name"] for each in told["items"]] == list(LISTS)
        for each in told["items"]:
            rows = _walked(house, who, f"{each['href']}?limit=3")
            assert len(set(rows)) == len(rows) == each["count"], each["name"]
    assert house.get(WHO[0], f"{PREFIX}/waiting/nothing").status_code == 404


def test_a_long_list_is_counted_to_a_limit_and_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A house of many years has a register that is not counted to its end at each page."""
    monkeypatch.setattr(db, "COUNTED", 3)
    monkeypatch.setattr(endpoint, "COUNTED", 3)
    answer = house.get("namndsekreterare", f"{PREFIX}/matters?limit=2").json
    assert answer is not None
    assert (answer["count"], answer["count_is_exact"], len(answer["items"])) == (3, False, 2)
    assert answer["next"] is not None
