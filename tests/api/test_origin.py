"""Sender and initiative through the API: told, and corrected by a registrar (OSL 5:2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.api.conftest import Api


def test_the_register_is_corrected(api: Api) -> None:
    """If-Match as for every part; the list tells it too, and the deadline follows."""
    matter = api.assigned()
    at = f"/matters/{matter['id']}"
    version = api.get("registrar", at).headers["ETag"].strip('"')
    given = {"sender": "Anna Berg", "initiative": "motion"}
    assert api.patch("officer", at, given, version).status_code == 403
    assert api.patch("registrar", at, {"initiative": "fråga"}, version).status_code == 422
    done = api.patch("registrar", at, given, version)
    assert done.status_code == 200, done.text
    assert done.json is not None
    assert {name: done.json[name] for name in given} == given
    assert api.patch("registrar", at, {"sender": "Bo"}, version).status_code == 412
    [line] = [x for x in api.get("registrar", "/matters").json["items"] if x["id"] == matter["id"]]
    assert (line["sender"], line["initiative"]) == ("Anna Berg", "motion")
    dues = api.get("registrar", f"{at}/deadlines").json["items"]
    assert [each["rule"] for each in dues if each["name"] == "initiative"] == ["motion"]
