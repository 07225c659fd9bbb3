"""Bodies over REST: settings under If-Match, seats with their days, a year of meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.api.conftest import Api


def ok(answer: Any) -> Any:
    """What a call that went well answers."""
    assert answer.status_code in (200, 201), answer.text
    return answer.json


def test_settings_are_changed_under_if_match(api: Api) -> None:
    """The second of two is told how the body stands now; a member changes nothing."""
    at = f"/bodies/{api.world.committee.id}"
    body: Any = ok(api.get("member", at))
    assert (body["summons_days"], body["seats"]) == (7, None)
    assert body["agenda_template"][0]["title"].startswith("Upprop")
    changed = ok(api.patch("secretary", at, {"seats": 17}, body["version"]))
    assert (changed["seats"], changed["summons_days"]) == (17, 7)
    stale = api.patch("secretary", at, {"seats": 19}, body["version"])
    assert stale.status_code == 412
    assert stale.json["current"]["seats"] == 17  # type: ignore[index]
    assert api.patch("secretary", at, {"seats": 19}).status_code == 428
    refused = api.patch("officer", at, {"seats": 19}, changed["version"])
    assert refused.status_code == 403
    late = api.patch("secretary", at, {"summons_days": 30}, changed["version"])
    assert late.status_code == 422
    assert late.json["code"] == "paper_stop_after_summons"  # type: ignore[index]


def test_what_a_body_is_is_changed_under_if_match(api: Api) -> None:
    """Facts and settings in one call, all or none; the register series is not theirs to change."""
    at = f"/bodies/{api.world.committee.id}"
    body: Any = ok(api.get("member", at))
    assert (body["unit"], body["email"], body["phone"]) == (
        "Regional utveckling",
        "run@example.org",
        "",
    )
    given = {"name": "Nämnden för tillväxt", "short_name": "NFT", "decision_style": "att"}
    changed = ok(api.patch("secretary", at, given | {"seats": 9}, body["version"]))
    assert {name: changed[name] for name in given} == given
    assert (changed["seats"], changed["series_code"]) == (9, "RUN")
    version = changed["version"]
    for wrong, status, code in (
        ({"short_name": "KoF"}, 409, "short_name_taken"),
        ({"email": "nft@region", "phone": "1"}, 422, "mail_address_wrong"),
        ({"proposer": " "}, 422, "fact_missing"),
    ):
        refused: Any = api.patch("secretary", at, wrong, version)
        assert (refused.status_code, refused.json["code"]) == (status, code)
    assert api.patch("secretary", at, {"decision_style": "x"}, version).status_code == 422
    assert api.patch("secretary", at, {"series_code": "NFT"}, version).status_code == 422
    assert ok(api.get("member", at)) == changed


def test_the_organisation_is_changed_under_if_match(api: Api) -> None:
    """Read by everybody, changed by an administrator; the second of two is told how it stands."""
    row: Any = ok(api.get("member", "/organisation"))
    assert (row["name"], row["short_name"]) == ("Region Jämtland Härjedalen", "RJH")
    change, version = {"address": "Box 1, 831 27 Östersund"}, row["version"]
    assert api.patch("registrar", "/organisation", change).status_code == 428
    assert api.patch("secretary", "/organisation", change, version).status_code == 403
    changed = ok(api.patch("registrar", "/organisation", change, version))
    assert changed == row | change | {"version": changed["version"]}
    assert ok(api.get("member", "/organisation")) == changed
    stale: Any = api.patch("registrar", "/organisation", {"address": ""}, version)
    assert (stale.status_code, stale.json["current"]) == (412, changed)
    tagged = {"If-None-Match": f'"{changed["version"]}"'}
    assert api.get("member", "/organisation", headers=tagged).status_code == 304


def test_the_agenda_has_the_sections_of_its_body(api: Api) -> None:
    """Named once for the body; a new item finds its own, and is moved by a change."""
    at = f"/bodies/{api.world.committee.id}"
    sections = [{"title": "Beslut", "item_type": "decision"}, {"title": "Övrigt", "item_type": ""}]
    version = ok(api.get("secretary", at))["version"]
    ok(api.patch("secretary", at, {"agenda_sections": sections}, version))
    given = {"body_id": api.world.committee.id, "starts_at": "2040-05-02T09:00:00+02:00"}
    sitting = f"/meetings/{ok(api.post('secretary', '/meetings', given))['id']}"
    item = {"item_type": "decision", "title": "Val av ombud"}
    made: Any = ok(api.post("secretary", f"{sitting}/agenda", item))
    assert (made["section"], made["position"], made["number"]) == ("Beslut", 1, 1)
    at = f"{sitting}/agenda/{made['id']}"
    moved: Any = ok(api.patch("secretary", at, {"section": "Övrigt"}, made["version"]))
    assert (moved["section"], moved["position"]) == ("Övrigt", 3)
    wrong = api.patch("secretary", at, {"section": "Kaffe"}, moved["version"])
    assert (wrong.status_code, wrong.json["code"]) == (422, "section_unknown")  # type: ignore[index]


def test_a_body_is_established(api: Api) -> None:
    """With its kind's own machinery and a register series; only by an administrator, and once."""
    given = {"kind": "assembly", "name": "Regionfullmäktige", "short_name": "RF"}
    assert api.post("secretary", "/bodies", given).status_code == 403
    made: Any = ok(api.post("registrar", "/bodies", given | {"series_code": "RF"}))
    assert (made["paper_stop_days"], made["open_doors"], made["is_statutory"]) == (21, True, True)
    matter = {"kind": "decision", "title": "Ny arbetsordning", "body_id": made["id"]}
    number = ok(api.post("registrar", "/matters", matter))["registration_number"]
    assert number.startswith("RF/1/")
    assert api.post("registrar", "/bodies", given).json["code"] == "short_name_taken"  # type: ignore[index]
    for wrong, code in (
        ({"short_name": "R/F"}, "short_name_wrong"),
        ({"short_name": "RF2", "name": " "}, "body_name_missing"),
        ({"short_name": "RF2", "email": "fel"}, "mail_address_wrong"),
    ):
        refused = api.post("registrar", "/bodies", given | wrong)
        assert (refused.status_code, refused.json["code"]) == (422, code)  # type: ignore[index]


def test_a_seat_is_taken_and_left(api: Api) -> None:
    """With its days and its place in the order; an office only by an administrator."""
    at = f"/bodies/{api.world.committee.id}/appointments"
    given = {"person_id": api.world.cast.officer.id, "role": "substitute", "call_order": 2}
    made: Any = ok(api.post("secretary", at, given | {"valid_from": "2030-01-01"}))
    assert (made["valid_from"], made["call_order"]) == ("2030-01-01", 2)
    assert api.post("secretary", at, given | {"valid_from": "2031-01-01"}).status_code == 409
    office = given | {"role": "administrator"}
    assert api.post("secretary", at, office).status_code == 403
    own = f"/persons/{api.world.cast.officer.id}/appointments/{made['id']}"
    wrong, version = {"valid_to": "2029-12-31"}, made["version"]
    assert api.patch("secretary", own, wrong, version).status_code == 422
    assert api.patch("secretary", own, wrong).status_code == 428
    assert api.patch("officer", own, {"valid_to": "2030-06-30"}, version).status_code == 403
    ended = ok(api.patch("secretary", own, {"valid_to": "2030-06-30"}, version))
    assert ended["valid_to"] == "2030-06-30"
    stale = api.patch("secretary", own, {"call_order": 3}, version)
    assert (stale.status_code, stale.json["current"]["valid_to"]) == (412, "2030-06-30")  # type: ignore[index]
    elsewhere = f"/persons/{api.world.cast.member.id}/appointments/{made['id']}"
    assert api.patch("secretary", elsewhere, wrong, version).status_code == 404
    roles = [each["role"] for each in ok(api.get("member", at))["items"]]
    assert roles == sorted(roles)


def test_somebody_new_takes_a_seat(api: Api) -> None:
    """Named with the appointment, as on the page; one or the other, and nobody is made in vain."""
    at = f"/bodies/{api.world.committee.id}/appointments"
    new = {"person": {"name": "Ledamoten Ny", "party_code": "X"}, "role": "member"}
    both = new | {"person_id": api.world.cast.officer.id}
    for wrong in (both, {"role": "member"}):
        refused = api.post("secretary", at, wrong)
        assert (refused.status_code, refused.json["code"]) == (422, "person_missing")  # type: ignore[index]
    assert api.post("secretary", at, new | {"role": "administrator"}).status_code == 403
    made: Any = ok(api.post("secretary", at, new))
    names = [each["name"] for each in ok(api.get("member", "/persons?limit=200"))["items"]]
    assert names.count("Ledamoten Ny") == 1
    assert ok(api.get("member", f"/persons/{made['person']['id']}"))["party_code"] == "X"


def test_a_mistaken_seat_is_taken_back(api: Api) -> None:
    """With a reason; the person's record keeps it, and the right one can be made instead."""
    at = f"/bodies/{api.world.committee.id}/appointments"
    given = {"person_id": api.world.cast.officer.id, "role": "member"}
    made: Any = ok(api.post("secretary", at, given))
    own = f"/persons/{api.world.cast.officer.id}/appointments/{made['id']}"
    assert ok(api.get("member", own))["body_id"] == api.world.committee.id
    match = {"If-Match": f'"{made["version"]}"'}
    back = f"{own}/taking-back"
    blank = api.post("secretary", back, {"reason": " "}, headers=match)
    assert (blank.status_code, blank.json["code"]) == (422, "take_back_reason_missing")  # type: ignore[index]
    assert api.post("member", back, {"reason": "Fel"}, headers=match).status_code == 403
    assert ok(api.post("secretary", back, {"reason": "Fel person"}, headers=match))
    assert api.get("secretary", own).status_code == 404
    left = ok(api.get("secretary", f"/persons/{api.world.cast.officer.id}/appointments"))
    assert [each["role"] for each in left["items"]] == []


def test_a_person_is_corrected_under_if_match(api: Api) -> None:
    """By the secretary of their body, or an administrator; the second of two is told."""
    at = f"/persons/{api.world.cast.member.id}"
    person: Any = ok(api.get("member", at))
    assert (person["name"], person["phone"]) == ("Ledamoten", "063-00 00 00")
    change = {"name": "Ledamöten", "party_code": "D"}
    assert api.patch("member", at, change, person["version"]).status_code == 403
    changed = ok(api.patch("secretary", at, change, person["version"]))
    assert (changed["name"], changed["email"]) == ("Ledamöten", person["email"])
    stale = api.patch("registrar", at, {"name": "Annan"}, person["version"])
    assert (stale.status_code, stale.json["current"]["name"]) == (412, "Ledamöten")  # type: ignore[index]
    wrong = api.patch("registrar", at, {"email": "ingen adress"}, changed["version"])
    assert (wrong.status_code, wrong.json["code"]) == (422, "mail_address_wrong")  # type: ignore[index]
    assert api.patch("registrar", "/persons/999999", {"name": "x"}, 1).status_code == 404


def test_a_year_is_planned_all_or_none(api: Api) -> None:
    """One day that is taken already, and none is planned."""
    at = f"/bodies/{api.world.committee.id}/series"
    days = ["2030-02-12T09:00:00+01:00", "2030-03-12T09:00:00+01:00"]
    planned = ok(api.post("secretary", at, {"starts_at": days, "place": "Sal A", "ends": "16:00"}))
    assert [each["place"] for each in planned["items"]] == ["Sal A", "Sal A"]
    meeting = ok(api.get("secretary", f"/meetings/{planned['items'][0]['id']}"))
    assert meeting["ends_at"] == "2030-02-12T15:00:00+00:00"
    assert (meeting["chair"]["name"], meeting["secretary"]["name"]) == (
        api.world.cast.chair.name,
        api.world.cast.secretary.name,
    )
    backwards = {"starts_at": ["2030-04-09T09:00:00+02:00"], "ends": "08:00"}
    assert api.post("secretary", at, backwards).status_code == 422
    again = {"starts_at": ["2030-01-15T09:00:00+01:00", days[0]]}
    assert api.post("secretary", at, again).status_code == 409
    assert api.post("officer", at, {"starts_at": ["2030-05-14T09:00:00+02:00"]}).status_code == 403
    assert len(ok(api.get("secretary", "/meetings"))["items"]) == 2
