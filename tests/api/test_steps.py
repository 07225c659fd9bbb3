"""What is done at the table and after it: conclusions, signatures, dispatches that failed."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.demo.road import prepare, texts
from casework.distribution.models import Dispatch
from tests.api.conftest import PASSWORD
from tests.api.test_walk import walked
from tests.demo.conftest import road_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Api


@pytest.fixture
def sitting(api: Api) -> str:
    """A meeting in session, with one formal item."""
    at = api.planned_now(api.world.committee.id)
    item = {"item_type": "formality", "title": "Val av justerare"}
    assert api.post("secretary", f"{at}/agenda", item).status_code == 201
    api.opened(at)
    return at


def test_a_dispatch_that_failed_is_sent_again(api: Api) -> None:
    """The secretary sees why it failed, and one call queues it anew."""
    walked(api)
    with api.casework.acting(api.world.organisation_id) as context:
        dispatch = context.session.scalars(select(Dispatch).limit(1)).one()
        dispatch.failure = "mail_failed"
        engine = context.services.engine
        engine.fire(context.caused_by(dispatch, "letter"), dispatch, "fail")
        at = f"/dispatches/{dispatch.id}"
    [failed] = api.get("secretary", "/dispatches?state=failed").json["items"]  # type: ignore[index]
    assert failed["failure"] == "mail_failed"
    listed = api.get("secretary", f"{at}/actions").json
    assert listed is not None
    open_ones = {each["trigger"] for each in listed["actions"] if each["open"]}
    assert open_ones == {"retry", "send_otherwise", "give_up"}
    without_reason = api.post("secretary", f"{at}/actions/give_up", {})
    assert without_reason.status_code == 422
    stale = api.post("secretary", f"{at}/actions/retry", {}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    current = {"If-Match": f'"{failed["version"]}"'}
    again = api.post("secretary", f"{at}/actions/retry", {}, headers=current)
    assert again.json is not None
    assert (again.json["state"], again.json["failure"]) == ("queued", "")


def four_come(api: Api, sitting: str) -> None:
    """More than half of the committee, so that items can be handled."""
    cast = api.world.cast
    present = [
        {"person_id": person.id, "capacity": capacity}
        for person, capacity in (
            (cast.chair, "chair"),
            (cast.vice_chair, "vice_chair"),
            (cast.attester, "member"),
            (cast.member, "member"),
        )
    ]
    answer = api.put("secretary", f"{sitting}/attendance", {"present": present})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"outcome": "eaten"}, 422, "fields_wrong"),
        ({"outcome": "referred_back"}, 422, "input_missing"),
        ({"outcome": "noted"}, 200, None),
    ],
)
def test_an_outcome_is_judged(
    api: Api, sitting: str, given: Any, status: int, code: str | None
) -> None:
    """An unknown outcome and one without its reason change nothing."""
    *_formal, item = api.get("secretary", f"{sitting}/agenda").json["items"]  # type: ignore[index]
    four_come(api, sitting)
    address = f"{sitting}/agenda/{item['id']}/conclusion"
    answer = api.post("secretary", address, given)
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json.get("code") == code
    assert api.post("officer", address, {"outcome": "noted"}).status_code == 404
    again = api.post("secretary", address, {"outcome": "noted"})
    assert again.status_code == (409 if status == 200 else 200)


def test_a_conclusion_is_taken_back(api: Api, sitting: str) -> None:
    """With its reason, while the meeting is in session; by nobody but the secretary and chair."""
    *_formal, item = api.get("secretary", f"{sitting}/agenda").json["items"]  # type: ignore[index]
    four_come(api, sitting)
    address = f"{sitting}/agenda/{item['id']}"
    assert api.post("secretary", f"{address}/conclusion", {"outcome": "noted"}).status_code == 200
    assert api.post("secretary", f"{address}/reopen", {"reason": " "}).status_code == 422
    assert api.post("officer", f"{address}/reopen", {"reason": "Fel."}).status_code == 404
    again = api.post("secretary", f"{address}/reopen", {"reason": "Fel."})
    assert again.json is not None
    assert (again.status_code, again.json["outcome"]) == (200, "pending")
    [newest] = api.get("secretary", f"{sitting}/history?limit=1").json["items"]  # type: ignore[index]
    assert (newest["action"], newest["detail"]["reason"]) == ("item_reopened", "Fel.")


def test_the_history_hides_what_the_recused_may_not_see(api: Api, sitting: str) -> None:
    """KL 6:28-30: the record of the item is as hidden from them as the item."""
    *_formal, item = api.get("secretary", f"{sitting}/agenda").json["items"]  # type: ignore[index]
    recused = {"person_id": api.world.cast.vice_chair.id}
    answer = api.post("secretary", f"{sitting}/agenda/{item['id']}/recusals", recused)
    assert answer.status_code == 200

    def titles(who: str) -> set[str]:
        entries = api.get(who, f"{sitting}/history").json["items"]  # type: ignore[index]
        return {each["detail"].get("title", "") for each in entries}

    assert titles("chair") - titles("vice_chair") == {item["title"]}


def test_a_meeting_is_adjourned_for_a_while(api: Api, sitting: str) -> None:
    """Nothing is concluded until it goes on; once is enough in both directions."""
    *_formal, item = api.get("secretary", f"{sitting}/agenda").json["items"]  # type: ignore[index]
    four_come(api, sitting)
    pause = f"{sitting}/adjournment"
    assert api.post("chair", f"{pause}/end").status_code == 409
    begun = api.post("chair", pause)
    assert begun.json is not None
    assert (begun.status_code, begun.json["breaks"][0]["ended_at"]) == (200, None)
    assert api.post("chair", pause).status_code == 409
    address = f"{sitting}/agenda/{item['id']}/conclusion"
    concluded = api.post("secretary", address, {"outcome": "noted"})
    assert concluded.json is not None
    assert (concluded.status_code, concluded.json["code"]) == (409, "meeting_adjourned")
    assert api.post("officer", f"{pause}/end").status_code in (403, 404)
    assert api.post("secretary", f"{pause}/end").status_code == 200


def test_a_person_is_present_once(api: Api, sitting: str) -> None:
    """Named twice is a conflict, and what was recorded before stands."""
    chair = {"person_id": api.world.cast.chair.id, "capacity": "chair"}
    assert api.put("secretary", f"{sitting}/attendance", {"present": [chair]}).status_code == 200
    twice = api.put("secretary", f"{sitting}/attendance", {"present": [chair, chair]})
    assert twice.status_code == 409
    meeting = api.get("secretary", sitting).json
    assert meeting is not None
    assert [each["person"]["id"] for each in meeting["attendance"]] == [chair["person_id"]]


def test_only_those_who_attest_sign(api: Api, sitting: str) -> None:
    """Nothing can be signed before there are minutes, and never by another."""
    given = {"password": "fel lösenord", "document_sha256": "0" * 64}
    assert api.post("chair", f"{sitting}/signature", given).status_code == 403
    given["password"] = PASSWORD
    assert api.post("chair", f"{sitting}/signature", given).status_code == 409
    cast = api.world.cast
    named = api.put("secretary", f"{sitting}/attesters", {"person_ids": [cast.attester.id]})
    assert named.json is not None
    assert [each["person"]["name"] for each in named.json["attesters"]] == [cast.attester.name]


def test_a_body_in_pieces_is_counted_as_it_comes(shared: Api) -> None:
    """One that does not announce its length is cut off at the limit all the same."""
    body = io.BytesIO(b" " * 6_000_000)
    answer = shared.post(
        "registrar",
        "/matters",
        input_stream=body,
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 413
    assert body.tell() < 6_000_000


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "sv"), ("en-GB", "en"), ("en;q=0.5, sv;q=0.9", "sv"), ("de", "sv"), ("*", "sv")],
)
def test_the_reader_chooses_the_language(shared: Api, header: str, language: str) -> None:
    """Swedish unless English is wanted more."""
    answer = shared.get("officer", "/matters/999999", headers={"Accept-Language": header})
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_preparing_body_proposes(api: Api, tmp_path: Path) -> None:
    """It does not decide the matter, and what it proposed is no decision in the matter."""
    world, road = api.world, road_of((api.casework, api.world), tmp_path)
    matter = prepare(road, "decision", world.committee, texts()["plan"], date(2025, 4, 7))
    sitting = api.planned_now(world.presidium.id)
    given = {"item_type": "decision", "matter_id": matter.id}
    item = api.post("secretary", f"{sitting}/agenda", given).json
    assert item is not None
    api.opened(sitting)
    address = f"{sitting}/agenda/{item['id']}/conclusion"
    four_come(api, sitting)
    refused = api.post("secretary", address, {"outcome": "recommended"})
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (409, "another_body_decides")
    answer = api.post("secretary", address, {"outcome": "proposed"})
    assert answer.json is not None
    assert (answer.status_code, answer.json["outcome"]) == (200, "proposed")
    assert api.get("secretary", f"/matters/{matter.id}/decisions").json["items"] == []  # type: ignore[index]
