"""Through the API too, what was decided stands, and a slip in it is mended by those who may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.api.test_walk import drafted, ok, walked

if TYPE_CHECKING:
    from tests.api.conftest import Api

WHY = "Ordet blev fel när beslutet skrevs."
FAR = {"input": {"report_back_on": "2049-05-02", "reason": "Hinns inte med"}}


def text_of(section: dict[str, Any]) -> dict[str, Any]:
    content = section["content"]
    return {
        "title": content["title"],
        "lead_in": content["decision_lead_in"],
        "points": [each["text"] for each in content["points"]],
    }


def refused(answer: Any, code: str, status: int = 409) -> str:
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    return str(answer.json["detail"])


def test_the_draft_says_no_other_decision(api: Api) -> None:
    """JO 3339-2013: another outcome is refused with its statute and the way out; a slip is mended
    with its reason, told to the signers, and by nobody but the secretary."""
    sitting = drafted(api)["sitting"]
    section = ok(api.get("secretary", f"{sitting}/minutes"))["items"][-1]
    at = f"{sitting}/minutes/{section['id']}"
    given = text_of(section)
    other = given | {"points": ["Nämnden avslår förslaget."]}
    said = refused(api.put("secretary", at, other), "words_stand_in_record")
    assert "KL 5:65–67, 6:35" in said
    assert "senare sammanträde" in said

    words = {"points": other["points"], "reason": WHY, "confirmed": ["amount", "name", "outcome"]}
    assert "FL 36 §" in refused(api.post("secretary", f"{at}/mendings", words), "another_outcome")
    slip = {"points": [given["points"][0].replace("cykelvägen", "cykelvägarna")]}
    short = api.post("secretary", f"{at}/mendings", slip | {"reason": "Rättelse."})
    refused(short, "reason_says_too_little", 422)
    assert api.post("officer", f"{at}/mendings", slip | {"reason": WHY}).status_code in (403, 404)
    named = {"points": [given["points"][0].replace("regiondirektören", "förvaltningschefen")]}
    asked = api.post("secretary", f"{at}/mendings", named | {"reason": WHY})
    assert "förvaltningschefen" in refused(asked, "change_asks_twice")
    mended = ok(api.post("secretary", f"{at}/mendings", slip | {"reason": WHY}))
    assert mended["former"]["points"] == given["points"]
    assert [e["reason"] for e in ok(api.get("secretary", f"{at}/mendings"))["items"]] == [WHY]

    ok(api.post("secretary", f"{sitting}/actions/send_for_attestation", {}))
    [minutes] = ok(api.get("chair", f"{sitting}/signatures"))["items"]
    [change] = ok(api.get("chair", f"/minutes/{minutes['id']}/changes"))["items"]
    assert "cykelvägen." in change["before"]
    assert "cykelvägarna." in change["after"]
    late = api.post("secretary", f"{at}/mendings", slip | {"reason": WHY})
    refused(late, "mending_needs_recall")


def test_a_correction_asks_twice(api: Api) -> None:
    """JO 2571-1999: what touches a name says so, and is confirmed in a field of its own."""
    meeting = walked(api)["meeting"]
    section = ok(api.get("secretary", f"/meetings/{meeting['id']}/minutes"))["items"][-1]
    at = f"/meetings/{meeting['id']}/minutes/{section['id']}/corrections"
    given = text_of(section) | {"corrects": section["content_sha256"], "note": WHY}
    given["points"] = [given["points"][0].replace("regiondirektören", "förvaltningschefen")]
    refused(api.post("secretary", at, given | {"note": "Rättelse."}), "reason_says_too_little", 422)
    refused(api.post("secretary", at, given), "change_asks_twice")
    unknown = api.post("secretary", at, given | {"confirmed": ["allt"]})
    assert unknown.status_code == 422
    ok(api.post("secretary", at, given | {"confirmed": ["name"]}))


def test_an_assignment_is_the_bodys(api: Api) -> None:
    """To 2049, then cancelled: refused with the statute, and the body is asked instead."""
    walked(api)
    [assignment] = ok(api.get("director", "/assignments"))["items"]
    at = f"/assignments/{assignment['id']}"
    for who, step, given in (
        ("secretary", "extend", FAR),
        ("manager", "extend", FAR),
        ("secretary", "cancel", {"input": {"reason": "Hinns inte med"}}),
    ):
        answer = api.post(who, f"{at}/actions/{step}", given)
        refused(answer, "blocked")
        [blocker] = answer.json["blockers"]  # type: ignore[index]
        assert blocker["statute"] == "KL 6:1–6, 6:13"
    ask = {"kind": "another_day", "report_back_on": "2041-01-02", "reason": "Underlag saknas"}
    assert api.post("member", f"{at}/requests", ask).status_code in (403, 404)
    no_day = api.post("director", f"{at}/requests", {"kind": "another_day", "reason": "Underlag"})
    refused(no_day, "input_missing", 422)
    asked = ok(api.post("director", f"{at}/requests", ask))
    [request] = asked["requests"]
    assert (request["kind"], request["report_back_on"]) == ("another_day", "2041-01-02")
    assert request["meeting_id"] is None


def test_a_matter_before_the_body_is_not_taken_back(api: Api) -> None:
    """The registrar's `Återta` on a summoned matter, through the API."""
    cast = api.world.cast
    matter = api.assigned()
    at = f"/matters/{matter['id']}"
    text = {
        "sections": [{"heading": "Sammanfattning", "body": "En cykelväg föreslås."}],
        "points": [{"text": "Nämnden bygger cykelvägen."}],
        "signatories": [{"name": "Regiondirektören", "title": "Regiondirektör"}],
        "recipients": ["Länsstyrelsen Jämtlands län"],
    }
    ok(api.patch("officer", at, text, matter["version"]))
    ok(api.post("officer", f"{at}/recipients/settle", {}))
    ok(api.post("officer", f"{at}/actions/submit", {}))
    ok(api.post("manager", f"{at}/actions/approve", {}))
    offices = {"chair_id": cast.chair.id, "secretary_id": cast.secretary.id}
    sitting = api.planned_now(api.world.committee.id, **offices)
    item = {"item_type": "decision", "matter_id": matter["id"]}
    ok(api.post("secretary", f"{sitting}/agenda", item))
    api.opened(sitting)
    for who in ("registrar", "manager"):
        answer = api.post(who, f"{at}/actions/withdraw", {"input": {"reason": "Behövs inte"}})
        refused(answer, "blocked")
        [blocker] = answer.json["blockers"]  # type: ignore[index]
        assert (blocker["code"], blocker["statute"]) == ("matter_before_body", "KL 6:1–6, 6:13")
