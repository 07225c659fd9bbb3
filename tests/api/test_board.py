"""The board through the API: a notice is read with its proof, and its steps keep the law."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from casework.board.service import post
from casework.people.models import Body
from tests.api.test_delegation import ok

if TYPE_CHECKING:
    from tests.api.conftest import Api


@pytest.fixture
def notice_id(api: Api) -> int:
    with api.casework.acting(api.world.organisation_id) as context:
        return post(
            context,
            body=context.session.get_one(Body, api.world.committee.id),
            subject_type="minutes",
            subject_id=1,
            title="Protokoll RUN",
            sections="45–52",
            attested_on=context.today,
        ).id


def test_a_notice_is_read_with_its_proof(api: Api, notice_id: int) -> None:
    """Everybody signed in reads it: its days, when it was seen, and its document."""
    at = f"/notices/{notice_id}"
    notice = ok(api.get("member", at))
    assert (notice["state"], notice["sections"], len(notice["spans"])) == ("up", "45–52", 1)
    assert date.fromisoformat(notice["take_down_on"]) > date.fromisoformat(notice["appeal_until"])
    assert [each["id"] for each in ok(api.get("member", "/notices?state=up"))["items"]] == [
        notice_id
    ]
    assert ok(api.get("member", "/notices?state=down"))["items"] == []
    (paper,) = ok(api.get("member", f"{at}/documents"))["items"]
    assert paper["id"] == notice["document_id"]


def test_it_does_not_come_down_early(api: Api, notice_id: int) -> None:
    """The refusal cites the law and says when; an appeal is noted, and the notice stays up."""
    at = f"/notices/{notice_id}"
    refused = api.post("secretary", f"{at}/actions/take_down", {})
    assert refused.status_code == 409
    assert "KL 8:12, 13:5" in [each["statute"] for each in refused.json["blockers"]]
    today = ok(api.get("member", at))["announced_on"]
    tomorrow = api.post(
        "registrar", f"{at}/actions/note_appeal", {"input": {"appealed_on": "2199-01-01"}}
    )
    assert tomorrow.status_code == 422
    noted = ok(
        api.post("registrar", f"{at}/actions/note_appeal", {"input": {"appealed_on": today}})
    )
    assert (noted["state"], noted["appealed_on"], noted["taken_down_at"]) == (
        "appealed",
        today,
        None,
    )
    [appeal] = noted["appeals"]
    assert (appeal["number"], appeal["received_on"], appeal["settled_on"]) == (1, today, None)
    assert api.post("officer", f"{at}/actions/note_appeal", {}).status_code == 403
