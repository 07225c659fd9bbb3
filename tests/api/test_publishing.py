"""Publishing through the API: what is seen is published, held and taken back, as in the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.context import Actor
from casework.meetings.models import Meeting
from tests.api.test_delegation import ok
from tests.web.test_board_page import FAR, found_assembly

if TYPE_CHECKING:
    from tests.api.conftest import Api


@pytest.fixture
def sitting(api: Api) -> str:
    """The address of a summoned meeting with its formal items and one with a telephone number."""
    at = api.planned_now(api.world.committee.id, place="Regionens hus")
    item = {"item_type": "information", "title": "Ring 070-123 45 67 om bussarna"}
    ok(api.post("secretary", f"{at}/agenda", item))
    given = {"input": {"reason": "Brådskar"}}
    ok(api.post("secretary", f"{at}/actions/summon_late", given))
    return at


def listed(api: Api, at: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(api.get("secretary", f"{at}/publishing"))["items"]
    return found


def public(api: Api, at: str) -> str:
    with api.app.test_client() as client:
        return client.get(f"/public{at}").text


def seen(each: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": each["kind"], "seen": each["checksum"]} | more


def test_tried_published_and_taken_back(api: Api, sitting: str) -> None:
    """One press for the clean ones, a reason for the rest; each verb as the service has it."""
    *clean, found = listed(api, sitting)
    assert all(each["is_clean"] and each["standing"] == "waiting" for each in clean)
    assert (found["found"], found["is_clean"]) == (["telephone"], False)
    assert {"text": "070-123 45 67", "what": "telephone"} in found["lines"][0]
    everything = [{"item_id": each["item_id"], **seen(each)} for each in (*clean, found)]
    refused = api.post("secretary", f"{sitting}/publishing", {"items": everything})
    assert (refused.status_code, refused.json["code"]) == (422, "publishing_found")
    assert "Upprop" not in public(api, sitting)
    press = {"items": everything[:-1], "shows_until": "2149-01-01"}
    assert len(ok(api.post("registrar", f"{sitting}/publishing", press))["items"]) == len(clean)
    assert "Upprop" in public(api, sitting)
    assert "bussarna" not in public(api, sitting)
    at = f"{sitting}/agenda/{found['item_id']}/publishing"
    assert api.post("secretary", at, seen(found)).status_code == 422
    shown = ok(api.post("secretary", at, seen(found, reason="Regionens växel")))
    assert (shown["state"], shown["findings"]) == ("published", ["telephone"])
    assert "bussarna" in public(api, sitting)
    assert ok(api.post("secretary", f"{at}/take-back", seen(found, reason="Fel nummer")))
    assert "bussarna" not in public(api, sitting)
    assert listed(api, sitting)[-1]["reason"] == "Fel nummer"
    held = api.post("secretary", f"{at}/hold", seen(found, reason="Ska inte visas"))
    assert ok(held)["state"] == "held"


def test_what_is_refused(api: Api, sitting: str) -> None:
    """Others than the secretary and the registrar, other words than were seen, unknown items."""
    first = listed(api, sitting)[0]
    at = f"{sitting}/agenda/{first['item_id']}/publishing"
    for who in ("chair", "vice_chair", "manager"):
        assert api.post(who, at, seen(first)).status_code == 403
        assert api.post(who, f"{at}/hold", seen(first, reason="x")).status_code == 403
        assert api.get(who, f"{sitting}/publishing").status_code == 403
        one = {"items": [{"item_id": first["item_id"], **seen(first)}]}
        assert api.post(who, f"{sitting}/publishing", one).status_code == 403
    assert api.post("secretary", at, {"kind": "title", "seen": "0" * 64}).status_code == 412
    assert api.post("secretary", at, seen(first) | {"kind": "section"}).status_code == 409
    assert api.post("secretary", f"{sitting}/publishing", {"items": []}).status_code == 422
    unknown = {"items": [{"item_id": 999999, **seen(first)}]}
    assert api.post("secretary", f"{sitting}/publishing", unknown).status_code == 404
    late = seen(first, shows_until="2020-01-01")
    assert api.post("secretary", at, late).json["code"] == "publishing_days_wrong"
    assert ok(api.get("secretary", f"{sitting}/publishing/announcement")) == {
        "lines": [],
        "seen": "",
    }


@pytest.fixture
def assembly(api: Api) -> str:
    """The address of an assembly's meeting that is to be summoned."""
    cast, own = api.world.cast, api.world.organisation_id
    registrar = Actor(cast.registrar.id, cast.registrar.name)
    with api.casework.acting(own, registrar) as context:
        found_assembly(context)
        meeting = context.session.scalars(select(Meeting).where(Meeting.starts_at == FAR)).one()
        return f"/meetings/{meeting.id}"


def test_an_announcement_is_seen_before_it_goes_up(api: Api, assembly: str) -> None:
    """KL 5:13-15: the step asks for the checksum of what was looked at, as the page of it does;
    what has been changed meanwhile is looked at again, and nothing has gone up."""
    step, preview = f"{assembly}/actions/summon", f"{assembly}/publishing/announcement"
    unseen = api.post("secretary", step, {})
    assert (unseen.status_code, unseen.json["code"]) == (428, "announcement_unseen")
    assert "KL 5:13" in unseen.json["detail"]
    seen = ok(api.get("chair", preview))
    assert "Budgetläget" in [run["text"] for line in seen["lines"] for run in line["title"]]
    assert api.get("manager", preview).status_code in (403, 404)
    item = {"item_type": "information", "title": "Avsägelse från 850709-9805"}
    ok(api.post("secretary", f"{assembly}/agenda", item))
    stale = api.post("secretary", step, {"seen": seen["seen"]})
    assert (stale.status_code, stale.json["code"]) == (412, "announcement_changed")
    assert "Budgetläget" not in public(api, assembly)
    again = ok(api.get("secretary", preview))
    runs = [run for line in again["lines"] for run in line["title"]]
    assert {"text": "[personnummer]", "what": "personal_number"} in runs
    assert ok(api.post("secretary", step, {"seen": again["seen"]}))["state"] == "summoned"
    up = public(api, assembly)
    assert "Budgetläget" in up
    assert "850709" not in up
    late = item | {"title": "Val av revisor", "late_reason": "Brådskar"}
    ok(api.post("secretary", f"{assembly}/agenda", late))
    refused = api.post("secretary", f"{assembly}/actions/supplement", {"seen": again["seen"]})
    assert refused.status_code == 412


def test_what_waits_to_be_tried_stands_under_what_waits(api: Api, sitting: str) -> None:
    """Publishing is no workflow, and its count is there until everything is tried."""
    waiting = {
        each["name"]: each["count"] for each in ok(api.get("secretary", "/waiting"))["items"]
    }
    assert waiting["publishing"] == 0  # a title may be published, and need not
    assert api.get("officer", "/waiting/publishing").json["items"] == []  # type: ignore[index]
