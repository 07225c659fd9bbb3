"""A correction through the API: of the wording that was read, and withdrawn before it is signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.conftest import PASSWORD
from tests.api.test_delegation import ok
from tests.api.test_walk import walked

if TYPE_CHECKING:
    from tests.api.conftest import Api


def test_a_correction_says_which_wording_it_corrects(api: Api) -> None:
    """Of another wording it is refused with what the § says now; the secretary may withdraw it."""
    meeting = walked(api)["meeting"]
    at = f"/meetings/{meeting['id']}"
    section = ok(api.get("secretary", f"{at}/minutes"))["items"][-1]
    given = {
        "title": "Rätt rubrik",
        "lead_in": section["content"]["decision_lead_in"],
        "points": [point["text"] for point in section["content"]["points"]],
        "note": "Rubriken blev fel",
        "corrects": "0" * 64,
    }
    corrections = f"{at}/minutes/{section['id']}/corrections"
    stale = api.post("secretary", corrections, given)
    assert stale.status_code == 412
    assert stale.json is not None
    assert stale.json["current"]["content"] == section["content"]

    begun = ok(api.post("secretary", corrections, given | {"corrects": section["content_sha256"]}))
    again = api.post("secretary", corrections, given | {"corrects": section["content_sha256"]})
    assert (again.status_code, again.json["code"]) == (409, "correction_waits")  # type: ignore[index]

    step = f"/minutes/{begun['minutes_id']}/actions"
    assert [each["trigger"] for each in ok(api.get("secretary", step))["actions"]] == ["withdraw"]
    why = {"input": {"reason": "Rubriken var rätt."}}
    assert api.post("chair", f"{step}/withdraw", why).status_code == 403
    assert ok(api.post("secretary", f"{step}/withdraw", why))["state"] == "withdrawn"
    signed = ok(api.get("member", f"{at}/signatures"))["items"]
    assert [(each["kind"], each["state"]) for each in signed] == [
        ("meeting", "locked"),
        ("correction", "withdrawn"),
    ]


def test_a_signed_correction_is_sent_to_those_who_have_the_former(api: Api) -> None:
    """By those who dispatch, once; before there is one there is nothing to send."""
    done = walked(api)
    at, again = f"/meetings/{done['meeting']['id']}", f"{done['at']}/dispatches/correction"
    early = api.post("secretary", again, {})
    assert (early.status_code, early.json["code"]) == (409, "nothing_to_send_again")  # type: ignore[index]
    section = ok(api.get("secretary", f"{at}/minutes"))["items"][-1]
    given = {
        "title": "Rätt rubrik",
        "lead_in": section["content"]["decision_lead_in"],
        "points": [point["text"] for point in section["content"]["points"]],
        "note": "Rubriken blev fel",
        "corrects": section["content_sha256"],
    }
    begun = ok(api.post("secretary", f"{at}/minutes/{section['id']}/corrections", given))
    papers = ok(api.get("chair", f"{at}/documents?limit=200"))["items"]
    [read] = [each["sha256"] for each in papers if each["title"].startswith("Rättelse")]
    signature = {
        "password": PASSWORD,
        "minutes_id": begun["minutes_id"],
        "document_sha256": read,
    }
    for who in ("chair", "attester"):
        ok(api.post(who, f"{at}/signature", signature))
    assert api.post("chair", again, {}).status_code == 403
    before = ok(api.get("secretary", "/dispatches"))["items"]
    sent = api.post("secretary", again, {})
    assert sent.status_code == 201, sent.text
    assert [each["recipient_name"] for each in sent.json["items"]] == [  # type: ignore[index]
        each["recipient_name"] for each in reversed(before)
    ]
    assert api.post("secretary", again, {}).status_code == 409
