"""What the pages show can be read here too: the file as it was, the agenda's papers, a PDF anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.meetings.models import MinutesItem, Recusal
from tests.api.conftest import PASSWORD
from tests.api.test_walk import walked

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.api.conftest import Api


def got(api: Api, who: str, path: str) -> Any:
    answer = api.get(who, path)
    assert answer.status_code == 200, answer.text
    return answer.json


def recused(api: Api, who: str, item_id: int) -> None:
    """It is recorded that the person has a conflict of interest in the item."""
    with api.casework.acting(api.world.organisation_id) as context:
        context.session.add(
            Recusal(
                organisation_id=api.world.organisation_id,
                agenda_item_id=item_id,
                person_id=getattr(api.world.cast, who).id,
                declared_at=context.moment,
            )
        )


def test_a_matters_file_as_it_was(api: Api) -> None:
    """Each milestone has its state, its proposal and no document that came later."""
    done = walked(api)
    now = got(api, "officer", f"{done['at']}/file")
    assert [each["code"] for each in now["milestones"]] == [
        "submitted",
        "summoned",
        "decided",
        "now",
    ]
    assert [each["meeting_id"] for each in now["milestones"]] == [None, 1, 1, None]
    assert (now["at"], now["state"]) == (4, "dispatched")
    assert "excerpt" in {each["kind"] for each in now["documents"]}
    then = got(api, "officer", f"{done['at']}/file?at=1")
    assert then["state"] == "in_review"
    assert then["proposal"]["title"] == "Ny cykelväg"
    assert {each["kind"] for each in then["documents"]} == {"proposal"}
    assert api.get("officer", f"{done['at']}/file?at=5").status_code == 404


def test_a_document_is_made_again(api: Api) -> None:
    """Minutes and excerpt from their snapshots, the same bytes, for whoever reads them alone."""
    done = walked(api)
    for who, at, kind in (
        ("officer", done["at"], "excerpt"),
        ("chair", f"/meetings/{done['meeting']['id']}", "minutes"),
    ):
        kept = next(
            each
            for each in got(api, who, f"{at}/documents")["items"]
            if (each["kind"], each["media_type"]) == (kind, "application/pdf")
        )
        again = api.get(who, f"{at}/documents/{kept['id']}/again")
        assert again.headers["X-Same-Bytes"] == "yes"
        assert len(again.data) == kept["size"]
    of_the_meeting = f"{done['at']}/documents/{kept['id']}/again"
    assert api.get("chair", of_the_meeting).status_code == 404


def test_a_member_reads_the_agenda_but_for_the_recused_item(api: Api) -> None:
    """The proposal and its file, by links; whoever is recused is told only that one is hidden."""
    done = walked(api)
    at, item_id = f"/meetings/{done['meeting']['id']}", done["item"]["id"]
    read = got(api, "member", f"{at}/reading")
    [item] = [each for each in read["items"] if each["item"]["id"] == item_id]
    assert (read["hidden"], item["proposal"]["title"]) == (0, "Ny cykelväg")
    [paper] = item["papers"]
    href = paper["href"].removeprefix("/api/v1")
    assert api.get("member", href).data.startswith(b"%PDF")

    recused(api, "member", item_id)
    read = got(api, "member", f"{at}/reading")
    assert read["hidden"] == 1
    assert item_id not in {each["item"]["id"] for each in read["items"]}
    for hidden in (href, f"{done['at']}/file"):
        assert api.get("member", hidden).status_code == 404


def entered(api: Api, who: str) -> FlaskClient:
    """A browser in which the person is signed in."""
    client = api.app.test_client()
    [token] = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/sign-in").text)
    email = getattr(api.world.cast, who).email
    given = {"email": email, "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=given).status_code == 303
    return client


def test_the_minutes_do_not_tell_the_recused(api: Api) -> None:
    """KL 6:28-30: neither the § nor what it lacks, in the API and on the page; others read both."""
    done = walked(api)
    at, item_id = f"/meetings/{done['meeting']['id']}/minutes", done["item"]["id"]
    with api.casework.acting(api.world.organisation_id) as context:
        own = select(MinutesItem).where(MinutesItem.agenda_item_id == item_id)
        row = context.session.scalars(own).one()
        number = row.section_number
        row.content = row.content | {"points": [], "decision_lead_in": ""}
    recused(api, "vice_chair", item_id)
    for who, is_told in (("chair", True), ("vice_chair", False)):
        told = {each["content"]["title"] for each in got(api, who, at)["items"]}
        assert ("Ny cykelväg" in told, len(told) > 1) == (is_told, True)
        lacking = {each["section"] for each in got(api, who, f"{at}/missing")["items"]}
        assert (number in lacking) == is_told
        assert ("Ny cykelväg" in entered(api, who).get(at).text) == is_told


def test_a_correction_does_not_reach_the_recused(api: Api) -> None:
    """KL 6:28-30: neither in the lists nor by its number, nor if they were elected to attest."""
    done = walked(api)
    at = f"/meetings/{done['meeting']['id']}"
    section = got(api, "secretary", f"{at}/minutes")["items"][-1]
    given = {
        "title": "Rätt rubrik",
        "lead_in": section["content"]["decision_lead_in"],
        "points": [point["text"] for point in section["content"]["points"]],
        "note": "Rubriken blev fel",
        "corrects": section["content_sha256"],
    }
    made = api.post("secretary", f"{at}/minutes/{section['id']}/corrections", given)
    assert made.status_code == 201, made.text
    for who in ("vice_chair", "attester"):
        recused(api, who, done["item"]["id"])
    signed = got(api, "chair", f"{at}/signatures")["items"]
    kept = {each["kind"]: each["document_id"] for each in signed}
    for who, status in (("chair", 200), ("attester", 404), ("vice_chair", 404)):
        browser, reads = entered(api, who), status == 200
        listed = {each["id"] for each in got(api, who, f"{at}/documents")["items"]}
        assert (kept["meeting"] in listed, kept["correction"] in listed) == (True, reads)
        file = f"/documents/{kept['correction']}"
        assert (file in browser.get(at).text) == reads
        assert browser.get(file).status_code == status
        assert browser.get(f"/documents/{kept['meeting']}").status_code == 200
        for what in ("content", "again"):
            assert api.get(who, f"{at}{file}/{what}").status_code == status
