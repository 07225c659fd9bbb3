"""A long agenda is put in another order by a handful of statements, however long it is."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select

from casework.context import Actor
from casework.meetings.agenda.items import add_item
from casework.meetings.models import Meeting, Recusal
from casework.meetings.planning.plan import plan_meeting
from tests.api.conftest import PASSWORD, api

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from werkzeug.test import TestResponse

    from tests.api.conftest import Api

__all__ = ["api"]

ITEMS, MOST = 60, 10


@pytest.fixture
def long_agenda(api: Api) -> Api:
    """A planned meeting of sixty items, with nothing decided."""
    secretary = Actor(api.world.cast.secretary.id, api.world.cast.secretary.name)
    with api.casework.acting(api.world.organisation_id, secretary) as context:
        body = context.session.merge(api.world.committee)
        meeting = plan_meeting(context, body, context.moment + timedelta(days=30))
        for number in range(ITEMS - len(meeting.agenda)):
            add_item(context, meeting, item_type="information", title=f"Ärende {number}")
    return api


@contextmanager
def counted(api: Api) -> Iterator[list[str]]:
    """What is sent to the database meanwhile, beside the beginning and end of transactions."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    engine = api.casework.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def standing(api: Api) -> list[int]:
    """The agenda as it is."""
    with api.casework.database.read() as session:
        meeting = session.scalars(select(Meeting)).one()
        return [item.id for item in meeting.agenda]


def order(api: Api, wanted: list[int], seen: list[int]) -> TestResponse:
    body = {"item_ids": wanted, "seen_ids": seen}
    return api.call("PUT", "secretary", "/meetings/1/agenda/order", body)


def spoken(ids: list[int]) -> str:
    return " ".join(map(str, ids))


def test_the_program_reorders_sixty_items_in_under_ten_statements(long_agenda: Api) -> None:
    """The whole request, its answer included; the answer tells the new order."""
    before = standing(long_agenda)
    wanted = before[::-1]
    with counted(long_agenda) as statements:
        answer = order(long_agenda, wanted, before)
    assert answer.status_code == 200, answer.text
    assert [item["id"] for item in answer.json["items"]] == wanted  # type: ignore[index]
    assert [item["position"] for item in answer.json["items"]] == [*range(1, ITEMS + 1)]  # type: ignore[index]
    assert standing(long_agenda) == wanted
    assert 0 < len(statements) < MOST, "\n".join(statements)
    with counted(long_agenda) as statements:
        assert long_agenda.get("secretary", "/meetings/1/agenda").status_code == 200
    assert len(statements) < MOST


def test_the_second_of_two_who_reorder_is_told(long_agenda: Api) -> None:
    """Nothing of the first one's order is lost, through the program and through the page."""
    before = standing(long_agenda)
    assert order(long_agenda, before[1:] + before[:1], before).status_code == 200
    assert order(long_agenda, before[::-1], before).status_code == 412
    with page(long_agenda) as client:
        answer = client.post("/meetings/1/agenda/order", data={"seen": spoken(before)})
        assert answer.status_code == 412
        assert "Någon annan har ändrat" in answer.text
    assert standing(long_agenda) == before[1:] + before[:1]


def test_what_else_happens_to_the_meeting_stops_no_order(long_agenda: Api) -> None:
    """An attester named meanwhile changes nothing of the agenda; an item added does."""
    before = standing(long_agenda)
    attesters = {"person_ids": [long_agenda.world.cast.attester.id]}
    assert long_agenda.put("secretary", "/meetings/1/attesters", attesters).status_code == 200
    assert order(long_agenda, before[::-1], before).status_code == 200
    added = {"item_type": "information", "title": "Till"}
    assert long_agenda.post("secretary", "/meetings/1/agenda", added).status_code == 201
    refused = order(long_agenda, before, before[::-1])
    assert (refused.status_code, refused.json["code"]) == (412, "agenda_changed")  # type: ignore[index]


def test_an_item_is_changed_by_whoever_read_it_last(long_agenda: Api) -> None:
    """What can be written can be read, and a change says which version it is of."""
    item = long_agenda.get("secretary", "/meetings/1/agenda").json["items"][0]  # type: ignore[index]
    at = f"/meetings/1/agenda/{item['id']}"
    given = {"is_closed": True, "is_election": True, "minutes_planned": 10}
    assert long_agenda.patch("secretary", at, given).status_code == 428
    changed = long_agenda.patch("secretary", at, given, item["version"]).json
    assert changed == item | given | {"version": item["version"] + 1}
    assert long_agenda.patch("secretary", at, given, item["version"]).status_code == 412


def test_the_page_reorders_in_under_ten_statements(long_agenda: Api) -> None:
    """Who it is included; what is no place is refused, and nothing moves."""
    before = standing(long_agenda)
    with page(long_agenda) as client:
        form = {"seen": spoken(before), f"place-{before[0]}": "nan"}
        assert client.post("/meetings/1/agenda/order", data=form).status_code == 422
        form[f"place-{before[0]}"] = "2.5"
        with counted(long_agenda) as statements:
            assert client.post("/meetings/1/agenda/order", data=form).status_code == 303
    assert standing(long_agenda) == [before[1], before[0], *before[2:]]
    assert 0 < len(statements) < MOST, "\n".join(statements)


def test_an_item_that_one_does_not_see_keeps_its_place(long_agenda: Api) -> None:
    """KL 6:28-30: the recused orders the rest, by program and by page, and is shown no more."""
    before = standing(long_agenda)
    hidden = before[2]
    with long_agenda.casework.acting(long_agenda.world.organisation_id) as context:
        context.session.add(
            Recusal(
                organisation_id=long_agenda.world.organisation_id,
                agenda_item_id=hidden,
                person_id=long_agenda.world.cast.secretary.id,
                declared_at=context.moment,
            )
        )
    seen = [each for each in before if each != hidden]
    answer = order(long_agenda, seen[::-1], seen)
    assert answer.status_code == 200, answer.text
    assert [item["id"] for item in answer.json["items"]] == seen[::-1]  # type: ignore[index]
    assert standing(long_agenda) == [*seen[:-3:-1], hidden, *seen[-3::-1]]
    assert order(long_agenda, before, before).status_code == 412
    with page(long_agenda) as client:
        shown = re.findall(r'name="seen" value="([^"]+)"', client.get("/meetings/1/agenda").text)
        assert shown == [spoken(seen[::-1])]
        form = {"seen": shown[0], f"place-{seen[0]}": "0"}
        assert client.post("/meetings/1/agenda/order", data=form).status_code == 303
    assert standing(long_agenda) == [seen[0], seen[-1], hidden, *seen[-2:0:-1]]


@contextmanager
def page(api: Api) -> Iterator[Any]:
    """The secretary's browser."""
    api.app.config["WTF_CSRF_ENABLED"] = False
    with api.app.test_client() as client:
        form = {"email": api.world.cast.secretary.email, "password": PASSWORD}
        assert client.post("/sign-in", data=form).status_code == 303
        yield client
