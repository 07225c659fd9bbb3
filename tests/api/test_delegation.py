"""Delegation through the API: a line is entered, lent and decided on, and refusals cite the law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.people.models import Body

if TYPE_CHECKING:
    from tests.api.conftest import Api


def ok(answer: Any) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return answer.json


def entered(api: Api, **given: Any) -> dict[str, Any]:
    """A line of the director's that may be lent."""
    line = {
        "body_id": api.world.committee.id,
        "number": "3.2",
        "title": "Stöd till förstudier",
        "delegate_id": api.world.cast.director.id,
        "adopted": "RUN 2025-02-11 § 12",
        "may_subdelegate": True,
    } | given
    made: dict[str, Any] = ok(api.post("secretary", "/delegation-items", line))
    return made


def drafted(api: Api, who: str, line: dict[str, Any], **given: Any) -> Any:
    body = {
        "kind": "delegated",
        "body_id": api.world.committee.id,
        "delegation_item_id": line["id"],
        "title": "Stöd",
        "text": "Stödet beviljas.",
    } | given
    return api.post(who, "/delegated-decisions", body)


def test_a_line_is_lent_and_decided_on(api: Api) -> None:
    """The one who borrows the line signs; the document and the record are there for the member."""
    line = entered(api)
    loans = f"/delegation-items/{line['id']}/subdelegations"
    lent = ok(api.post("director", loans, {"person_id": api.world.cast.manager.id}))
    assert [each["person"]["name"] for each in lent["subdelegations"]] == ["Områdeschefen"]
    draft = ok(drafted(api, "manager", line))
    at = f"/delegated-decisions/{draft['id']}"
    revised = ok(api.patch("manager", at, {"reasons": "Ramen räcker."}, draft["version"]))
    assert revised["text"] == "Stödet beviljas."
    assert api.patch("manager", at, {"text": "Nej."}, draft["version"]).status_code == 412
    assert api.get("member", at).status_code == 404
    decided = ok(api.post("manager", f"{at}/actions/decide", {"input": {"delegable": True}}))
    assert decided["state"] == "decided"
    assert decided["designation"].startswith("RUN D 1/")
    assert ok(api.get("member", at))["decider"]["name"] == "Områdeschefen"
    (paper,) = ok(api.get("member", f"{at}/documents"))["items"]
    content = api.get("member", f"{at}/documents/{paper['id']}/content")
    assert content.data.startswith(b"%PDF")
    actions = [each["action"] for each in ok(api.get("member", f"{at}/history"))["items"]]
    assert actions == ["decide", "told_delegate", "document_kept", "signed", "revised", "drafted"]
    listed = ok(api.get("member", f"/delegated-decisions?body_id={api.world.committee.id}"))
    assert [each["id"] for each in listed["items"]] == [draft["id"]]
    waiting = ok(api.get("member", "/delegated-decisions?waiting=true"))
    assert [each["id"] for each in waiting["items"]] == [draft["id"]]
    assert ok(api.get("member", "/delegated-decisions?agenda_item_id=1"))["items"] == []


def test_a_stranger_is_refused_with_the_statute(api: Api) -> None:
    """Each reason is a blocker with its statute; nothing is kept of what was refused."""
    line = entered(api)
    refused = drafted(api, "manager", line)
    assert refused.status_code == 409
    (blocker,) = refused.json["blockers"]
    assert (blocker["code"], blocker["statute"]) == ("decider_not_delegate", "KL 6:37, 7:5–6")
    with api.casework.acting(api.world.organisation_id) as context:
        context.session.get_one(Body, api.world.committee.id).urgent_mandate = ""
    urgent = {"kind": "urgent", "delegation_item_id": None, "urgency": "Tiden är ute."}
    (blocker,) = drafted(api, "chair", line, **urgent).json["blockers"]
    assert blocker["statute"] == "KL 6:39"
    assert ok(api.get("secretary", "/delegated-decisions"))["items"] == []


def test_what_may_not_be_delegated_is_refused(api: Api) -> None:
    """KL 6:38: a line or a decision that says it is one of the cases."""
    line = entered(api)
    case = {"undelegable": "authority"}
    entry = {key: line[key] for key in ("body_id", "title", "adopted")} | case
    entry |= {"number": "9.9", "delegate_id": line["delegate"]["id"]}
    for answer in (
        api.post("secretary", "/delegation-items", entry),
        drafted(api, "director", line, **case),
    ):
        assert answer.status_code == 409
        assert [each["statute"] for each in answer.json["blockers"]] == ["KL 6:38"]


def test_the_chair_decides_what_cannot_wait(api: Api) -> None:
    """With the body's mandate; the answer tells that the decision is to be reported."""
    urgent = {"kind": "urgent", "delegation_item_id": None, "urgency": "Tiden är ute."}
    draft = ok(drafted(api, "chair", {"id": None}, **urgent))
    at = f"/delegated-decisions/{draft['id']}"
    decided = ok(api.post("chair", f"{at}/actions/decide", {}))
    assert (decided["state"], decided["reporting"]) == ("decided", "report")
    assert api.post("secretary", f"{at}/actions/report", {}).status_code == 403


def test_the_scheme_is_read_by_all_and_kept_by_the_office(api: Api) -> None:
    """A member reads it; only the secretary and the registrar enter and close a line."""
    line = entered(api)
    entered(api, number="3.10")
    scheme = ok(api.get("member", f"/delegation-items?body_id={api.world.committee.id}"))["items"]
    assert [each["number"] for each in scheme] == ["3.2", "3.10"]
    at = f"/delegation-items/{line['id']}"
    day = {"valid_to": line["valid_from"]}
    assert api.post("director", f"{at}/closing", day).status_code == 403
    assert ok(api.post("registrar", f"{at}/closing", day))["valid_to"] == line["valid_from"]


def test_a_loan_is_ended_by_the_delegate(api: Api) -> None:
    """The borrower cannot give it back in the delegate's name, and no loan is 404."""
    line = entered(api)
    at = f"/delegation-items/{line['id']}/subdelegations"
    lent = ok(api.post("director", at, {"person_id": api.world.cast.manager.id}))
    loan = lent["subdelegations"][0]["id"]
    assert api.post("manager", f"{at}/{loan}/end").status_code == 409
    assert api.post("director", f"{at}/{loan + 1}/end").status_code == 404
    ended = ok(api.post("director", f"{at}/{loan}/end"))
    assert ended["subdelegations"][0]["valid_to"] == line["valid_from"]
