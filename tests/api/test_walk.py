"""A whole matter goes from draft to dispatched through the API alone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tests.api.conftest import PASSWORD

if TYPE_CHECKING:
    from tests.api.conftest import Api


def ok(answer: Any) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return answer.json


def drafted(api: Api) -> dict[str, Any]:
    """The matter and meeting, as far as the draft of the minutes."""
    cast = api.world.cast
    matter = api.assigned()
    at = f"/matters/{matter['id']}"
    text = {
        "sections": [{"heading": "Sammanfattning", "body": "En cykelväg föreslås."}],
        "points": [
            {
                "text": "Nämnden ger regiondirektören i uppdrag att utreda cykelvägen.",
                "assignee_id": cast.director.id,
                "task": "Utred cykelvägen",
                "report_back_on": "2040-05-02",
            }
        ],
        "signatories": [{"name": "Regiondirektören", "title": "Regiondirektör"}],
        "recipients": ["Länsstyrelsen Jämtlands län", "Kommunerna i länet"],
    }
    ok(api.patch("officer", at, text, matter["version"]))
    ok(api.post("officer", f"{at}/recipients/settle", {}))
    ok(api.post("officer", f"{at}/actions/submit", {}))
    ok(api.post("manager", f"{at}/actions/approve", {}))
    offices = {"chair_id": cast.chair.id, "secretary_id": cast.secretary.id}
    sitting = api.planned_now(api.world.committee.id, **offices)
    meeting = ok(api.get("secretary", sitting))
    place = ok(api.patch("secretary", sitting, {"place": "Rådhuset"}, meeting["version"]))
    assert place["place"] == "Rådhuset"
    later = {"starts_at": "2001-01-01T09:00:00Z", "ends_at": "2000-01-01T09:00:00Z"}
    assert api.patch("secretary", sitting, later, place["version"]).status_code == 422
    assert api.patch("secretary", sitting, {"place": "x"}, meeting["version"]).status_code == 412
    item = {"item_type": "decision", "matter_id": matter["id"]}
    item = ok(api.post("secretary", f"{sitting}/agenda", item))
    ok(api.put("secretary", f"{sitting}/attesters", {"person_ids": [cast.attester.id]}))
    late = {"input": {"reason": "Ärendet brådskar"}}
    ok(api.post("secretary", f"{sitting}/actions/summon_late", late))
    away = ok(api.post("secretary", f"{sitting}/absences", {"person_id": cast.vice_chair.id}))
    [absence] = away["absences"]
    assert absence["substitute"]["id"] == cast.substitute.id
    back = {"person_id": cast.vice_chair.id}
    assert ok(api.post("secretary", f"{sitting}/absences/withdraw", back))["absences"] == []
    ok(api.post("secretary", f"{sitting}/actions/open", {}))
    present = [
        {"person_id": cast.chair.id, "capacity": "chair"},
        {"person_id": cast.vice_chair.id, "capacity": "vice_chair"},
        {"person_id": cast.attester.id, "capacity": "member"},
    ]
    ok(api.put("secretary", f"{sitting}/attendance", {"present": present}))
    conclusion = f"{sitting}/agenda/{item['id']}/conclusion"
    concluded = ok(api.post("secretary", conclusion, {"outcome": "decided"}))
    for each in ok(api.get("secretary", f"{sitting}/agenda"))["items"][:2]:
        at_item = f"{sitting}/agenda/{each['id']}/conclusion"
        ok(api.post("secretary", at_item, {"outcome": "noted"}))
    ok(api.post("secretary", f"{sitting}/actions/end", {}))
    ok(api.post("secretary", f"{sitting}/actions/draft_minutes", {}))
    return {"at": at, "sitting": sitting, "item": concluded}


def walked(api: Api) -> dict[str, Any]:
    """The matter and meeting after the whole road."""
    done = drafted(api)
    at, sitting = done["at"], done["sitting"]
    ok(api.post("secretary", f"{sitting}/actions/send_for_attestation", {}))
    papers = ok(api.get("chair", f"{sitting}/documents"))["items"]
    read = next(each["sha256"] for each in papers if each["kind"] == "minutes")
    signature = {"password": PASSWORD, "document_sha256": read}
    stale = api.post("chair", f"{sitting}/signature", signature | {"document_sha256": "0" * 64})
    assert stale.status_code == 412
    ok(api.post("chair", f"{sitting}/signature", signature))
    signed = ok(api.post("attester", f"{sitting}/signature", signature))
    ok(api.post("secretary", f"{at}/secrecy-review", {}))
    ok(api.post("secretary", f"{at}/actions/dispatch", {}))
    return {"at": at, "meeting": signed, "item": done["item"]}


def held(api: Api, sitting: str) -> None:
    """The meeting from its late summons to its end; all its items are noted."""
    api.opened(sitting)
    cast = api.world.cast
    present = [
        {"person_id": cast.chair.id, "capacity": "chair"},
        {"person_id": cast.vice_chair.id, "capacity": "vice_chair"},
        {"person_id": cast.attester.id, "capacity": "member"},
    ]
    ok(api.put("secretary", f"{sitting}/attendance", {"present": present}))
    for each in ok(api.get("secretary", f"{sitting}/agenda"))["items"]:
        at_item = f"{sitting}/agenda/{each['id']}/conclusion"
        ok(api.post("secretary", at_item, {"outcome": "noted"}))
    ok(api.post("secretary", f"{sitting}/actions/end", {}))


def test_a_matter_goes_from_draft_to_dispatched(api: Api) -> None:
    """Nine recipients get their own dispatch; the decision, its assignment and papers are there."""
    done = walked(api)
    matter = api.get("officer", done["at"]).json
    assert matter is not None
    assert matter["state"] == "dispatched"
    assert done["meeting"]["state"] == "attested"
    found = api.get("secretary", f"/dispatches?matter_id={matter['id']}").json
    assert found is not None
    assert len(found["items"]) == 9
    assert {each["state"] for each in found["items"]} == {"queued"}

    decision = api.get("officer", f"/decisions/{done['item']['decision_id']}").json
    assert decision is not None
    assert decision["points"][0]["task"] == "Utred cykelvägen"

    papers = api.get("officer", f"{done['at']}/documents").json
    assert papers is not None
    excerpt = next(each for each in papers["items"] if each["kind"] == "excerpt")
    content = api.get("officer", f"{done['at']}/documents/{excerpt['id']}/content")
    assert content.data.startswith(b"%PDF")
    assert content.headers["Content-Disposition"].startswith("attachment")
    [listed] = api.get("officer", f"/excerpts?matter_id={matter['id']}").json["items"]  # type: ignore[index]
    assert listed["document_id"] == excerpt["id"]
    assert api.get("officer", f"/excerpts/{listed['id']}").json == listed


def test_an_assignment_is_reported_back_and_accepted(api: Api) -> None:
    """The assignee finds it among his own, answers, the committee hears it, and it is accepted."""
    walked(api)
    [assignment] = api.get("director", "/assignments").json["items"]  # type: ignore[index]
    at = f"/assignments/{assignment['id']}"
    [deadline] = api.get("director", "/deadlines?until=2041-01-01").json["items"]  # type: ignore[index]
    assert (deadline["name"], deadline["due_on"]) == ("report_back", "2040-05-02")
    reported = api.post("director", f"{at}/report-backs", {"text": "Utredningen är klar."})
    assert reported.json is not None
    assert reported.json["state"] == "reported"
    assert reported.json["report_backs"][0]["text"] == "Utredningen är klar."
    early = api.post("secretary", f"{at}/actions/accept", {})
    assert early.status_code == 409
    assert early.json is not None
    assert early.json["blockers"][0]["statute"] == "KL 6:1–6, 6:13"
    asked = ok(api.post("secretary", f"{at}/requests", {"kind": "report"}))
    cast = api.world.cast
    offices = {"chair_id": cast.chair.id, "secretary_id": cast.secretary.id}
    sitting = api.planned_now(api.world.committee.id, **offices)
    place = {"meeting_id": int(sitting.rpartition("/")[2])}
    laid = ok(api.post("secretary", f"{at}/requests/{asked['requests'][0]['id']}/item", place))
    assert laid["requests"][0]["outcome"] == "pending"
    held(api, sitting)
    accepted = api.post("secretary", f"{at}/actions/accept", {})
    assert accepted.json is not None
    assert accepted.json["state"] == "accepted"


def test_the_history_tells_the_road(api: Api) -> None:
    """Every step stands in the record, newest first, each naming the hash before it."""
    done = walked(api)
    first = api.get("officer", f"{done['at']}/history?limit=3")
    assert first.json is not None
    entries = first.json["items"]
    assert first.headers["Link"].endswith('rel="next"')
    address = first.headers["Link"].split(">")[0][1:].removeprefix("/api/v1")
    assert "limit=3" in address
    while True:
        page = api.get("officer", address)
        assert page.json is not None
        entries += page.json["items"]
        if page.json["next"] is None:
            break
        address = page.headers["Link"].split(">")[0][1:].removeprefix("/api/v1")
    assert [each["sequence"] for each in entries] == list(range(len(entries), 0, -1))
    for newer, older in pairwise(entries):
        assert newer["previous_hash"] == older["hash"]
    assert entries[-1]["action"] == "registered"
