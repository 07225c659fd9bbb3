"""A meeting's pack through the API: asked for, waited for, fetched by those who see the meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.test_walk import walked
from tests.meetings.test_making import finish

if TYPE_CHECKING:
    from tests.api.conftest import Api


def test_a_pack_is_asked_for_and_fetched(api: Api) -> None:
    """202 with where to look, how far it has come, and the file; nobody else sees any of it."""
    at = f"/meetings/{walked(api)['meeting']['id']}/pack"
    assert api.get("member", at).json == {
        "state": "none",
        "done": 0,
        "steps": 0,
        "problem": "",
        "content": "",
    }
    early = api.get("member", f"{at}/content")
    assert (early.status_code, early.json["code"]) == (409, "pack_not_made")  # type: ignore[index]
    asked = api.post("member", at)
    assert asked.status_code == 202, asked.text
    assert asked.headers["Location"] == f"/api/v1{at}"
    assert asked.json["state"] in ("making", "ready")  # type: ignore[index]
    finish()
    ready = api.get("member", at).json
    assert ready is not None
    assert (ready["state"], ready["content"]) == ("ready", f"/api/v1{at}/content")
    file = api.get("member", f"{at}/content")
    assert file.data.startswith(b"%PDF")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert api.post("member", at).json["state"] == "ready"  # type: ignore[index]
    for path in (at, f"{at}/content"):
        assert api.get("member", path.replace("/meetings/1/", "/meetings/4711/")).status_code == 404
