"""Absence and handing over by the API: the same verbs as the pages, refused with the same words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.api.conftest import api
from tests.api.test_routes import code

if TYPE_CHECKING:
    from tests.api.conftest import Api

__all__ = ["api"]


def test_a_stand_in_is_named_moved_and_ended(api: Api) -> None:
    """During it the officer keeps the secretary's meetings; a moment after it, no more."""
    cast, today = api.world.cast, api.casework.context(None, 0).today  # type: ignore[arg-type]
    at = f"/persons/{cast.secretary.id}/stand-ins"
    wanted = {
        "stand_in_id": cast.officer.id,
        "valid_to": (today + timedelta(days=7)).isoformat(),
        "reason": "Semester",
    }
    refused = api.post("officer", at, wanted)
    assert (refused.status_code, code(refused)) == (403, "stand_in_not_yours")
    planning = {"body_id": api.world.committee.id, "starts_at": "2031-03-04T09:00:00+01:00"}
    assert api.post("officer", "/meetings", planning).status_code == 403
    made = api.post("secretary", at, wanted)
    assert made.status_code == 201
    own = made.headers["Location"].removeprefix("/api/v1")
    row = api.get("member", own).json
    assert row is not None
    assert (row["stand_in"]["id"], "reason" in row) == (cast.officer.id, False)
    planned = api.post("officer", "/meetings", planning)
    assert planned.status_code == 201
    meeting = planned.headers["Location"].removeprefix("/api/v1")
    history = api.get("secretary", f"{meeting}/history").json
    assert history is not None
    assert history["items"][0]["detail"]["in_place_of"] == cast.secretary.name
    later = {"valid_to": (today + timedelta(days=9)).isoformat()}
    moved = api.patch("secretary", own, later, row["version"])
    assert moved.status_code == 200
    version = {"If-Match": moved.headers["ETag"]}
    assert api.post("officer", f"{own}/ending", headers=version).status_code == 200
    again = {"body_id": api.world.committee.id, "starts_at": "2031-04-04T09:00:00+02:00"}
    assert api.post("officer", "/meetings", again).status_code == 403


def test_all_of_it_is_handed_over(api: Api) -> None:
    """What is named, or all that the caller sees; refused whole."""
    cast = api.world.cast
    api.assigned("Ett")
    api.assigned("Två")
    at = f"/persons/{cast.officer.id}/handover"
    wanted = {"person_id": cast.registrar.id, "reason": "Slutar."}
    unseen = api.post("manager", at, wanted | {"matter_ids": [999]})
    assert (unseen.status_code, code(unseen)) == (404, "handed_over_meanwhile")
    elected = api.post("manager", at, wanted | {"person_id": cast.member.id})
    assert (elected.status_code, code(elected)) == (409, "not_handed_over")
    given = api.post("manager", at, wanted)
    assert given.json == {"matters": 2, "assignments": 0}
    assert code(api.post("manager", at, wanted)) == "nothing_to_hand_over"
