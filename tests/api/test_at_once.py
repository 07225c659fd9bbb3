"""Many at once: what can be done is done, the numbers are right, and nothing is a 500."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.meetings.models import AgendaItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from tests.api.conftest import Api

MATTERS = 8


def ready(api: Api, title: str) -> int:
    """A matter that may be put on an agenda."""
    matter = api.assigned(title)
    at = f"/matters/{matter['id']}"
    content = {
        "sections": [{"heading": "Sammanfattning", "body": "Text."}],
        "points": [{"text": "Nämnden godkänner förslaget."}],
        "signatories": [{"name": "Regiondirektören", "title": "Regiondirektör"}],
        "recipients": ["Länsstyrelsen Jämtlands län"],
    }
    assert api.patch("officer", at, content, matter["version"]).status_code == 200
    for who, step in (
        ("officer", "recipients/settle"),
        ("officer", "actions/submit"),
        ("manager", "actions/approve"),
    ):
        answer = api.post(who, f"{at}/{step}", {})
        assert answer.status_code == 200, answer.text
    return int(matter["id"])


def planned(api: Api, days: int = 20) -> int:
    moment = api.casework.context(None, 0).moment + timedelta(days=days)  # type: ignore[arg-type]
    body = {
        "body_id": api.world.committee.id,
        "starts_at": moment.isoformat(),
        "chair_id": api.world.cast.chair.id,
        "secretary_id": api.world.cast.secretary.id,
    }
    answer = api.post("secretary", "/meetings", body)
    assert answer.status_code == 201, answer.text
    return int(answer.json["id"])  # type: ignore[index]


def at_once(asks: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    """All begun at the same moment, each in a thread of its own."""
    ready = Barrier(len(asks))

    def begin(ask: Callable[[], TestResponse]) -> TestResponse:
        ready.wait()
        return ask()

    with ThreadPoolExecutor(len(asks)) as threads:
        return list(threads.map(begin, asks))


def add(api: Api, meeting: int, matter: int) -> Callable[[], TestResponse]:
    body = {"item_type": "decision", "matter_id": matter}
    return lambda: api.post("secretary", f"/meetings/{meeting}/agenda", body)


def positions(api: Api, meeting: int) -> list[int]:
    with api.casework.database.read() as session:
        items = select(AgendaItem.position).where(AgendaItem.meeting_id == meeting)
        return sorted(session.scalars(items))


def test_many_matters_are_put_on_one_agenda_at_once(api: Api) -> None:
    """All are on it, each in a place of its own, and each is in the record."""
    meeting = planned(api)
    before = len(positions(api, meeting))
    matters = [ready(api, f"Ärende {number}") for number in range(MATTERS)]
    answers = at_once([add(api, meeting, matter) for matter in matters])
    assert [each.status_code for each in answers] == [201] * MATTERS, [e.text for e in answers]
    assert positions(api, meeting) == list(range(1, before + MATTERS + 1))
    history = api.get("secretary", f"/meetings/{meeting}/history?limit=100").json
    assert history is not None
    added = [each for each in history["items"] if each["action"] == "item_added"]
    assert len(added) == MATTERS


def test_one_matter_is_put_on_an_agenda_by_one_of_many(api: Api) -> None:
    """The first has it; the others are told that it stands on an agenda already."""
    meetings, matter = [planned(api), planned(api, 40)], ready(api, "Ärende")
    answers = at_once([add(api, meetings[number % 2], matter) for number in range(6)])
    told = sorted(each.status_code for each in answers)
    assert told == [201] + [409] * 5, [each.text for each in answers]


def test_items_are_written_on_and_added_at_once(api: Api) -> None:
    """Notes on each item while others come in: nobody is in anybody's way."""
    meeting = planned(api)
    listed = api.get("secretary", f"/meetings/{meeting}/agenda").json
    assert listed is not None
    first = [each["id"] for each in listed["items"]]
    assert len(first) > 1
    matters = [ready(api, f"Ärende {number}") for number in range(3)]

    def note(item: int) -> Callable[[], TestResponse]:
        body = {"field": "summary", "text": f"Ord om {item}", "base": ""}
        return lambda: api.put("secretary", f"/meetings/{meeting}/agenda/{item}/notes", body)

    answers = at_once([*map(note, first), *(add(api, meeting, each) for each in matters)])
    assert {each.status_code for each in answers} <= {200, 201}, [each.text for each in answers]


def test_seats_are_taken_at_once(api: Api) -> None:
    """Each absence is in the record of the meeting, whoever reported first."""
    meeting, cast = planned(api), api.world.cast
    for each in (cast.attester, cast.chair):
        body = {"person_ids": [each.id]}
        assert api.put("secretary", f"/meetings/{meeting}/attesters", body).status_code == 200
    away = (cast.vice_chair, cast.member, cast.attester)

    def report(person: int) -> Callable[[], TestResponse]:
        body = {"person_id": person}
        return lambda: api.post("secretary", f"/meetings/{meeting}/absences", body)

    answers = at_once([report(each.id) for each in away])
    assert {each.status_code for each in answers} == {200}, [each.text for each in answers]
    told = api.get("secretary", f"/meetings/{meeting}").json
    assert told is not None
    assert len(told["absences"]) == len(away)
