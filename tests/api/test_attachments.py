"""Attachments through the API: the same rules as on the page, with versions."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from tests.support.files import excel, locked, pdf, word, zipped

if TYPE_CHECKING:
    from tests.api.conftest import Api


def sent(
    api: Api, at: str, content: bytes, filename: str, title: str = "", who: str = "officer"
) -> Any:
    return api.post(who, at, data={"file": (io.BytesIO(content), filename), "title": title})


def test_a_list_is_made_and_changed(api: Api) -> None:
    """Uploaded, moved, retitled, read, removed; each answer carries the version of the matter."""
    matter = api.assigned()
    at = f"/matters/{matter['id']}/attachments"
    report = sent(api, at, pdf("Ett", "Två"), "rapport.pdf", "Rapport")
    assert report.status_code == 201, report.text
    assert report.headers["Location"] == f"/api/v1{at}/{report.json['document_id']}"
    memo = sent(api, at, word(), "pm.docx").json
    assert (report.json["pages"], memo["pages"], memo["title"]) == (2, None, "pm")
    one = f"{at}/{memo['document_id']}"
    version = api.get("officer", one).headers["ETag"].strip('"')
    moved = api.patch("officer", one, {"title": "Promemoria", "position": 1}, version)
    assert (moved.status_code, moved.json["position"]) == (200, 1), moved.text
    titles = [each["title"] for each in api.get("officer", at).json["items"]]
    assert titles == ["Promemoria", "Rapport"]
    file = api.get("officer", f"{at}/{report.json['document_id']}/content")
    assert file.data == pdf("Ett", "Två")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert api.call("DELETE", "officer", one).status_code == 428
    stale = api.call("DELETE", "officer", one, headers={"If-Match": f'"{version}"'})
    assert stale.status_code == 412
    fresh = {"If-Match": moved.headers["ETag"]}
    gone = api.call("DELETE", "officer", one, headers=fresh)
    assert [each["title"] for each in gone.json["attachments"]] == ["Rapport"]
    assert api.get("officer", one).status_code == 404
    kept = api.get("officer", f"/matters/{matter['id']}/documents/{memo['document_id']}/content")
    assert kept.data == word()


def test_what_is_refused(api: Api) -> None:
    """A locked file, a wrong kind, the wrong person, and whoever does not see the matter."""
    matter = api.assigned()
    at = f"/matters/{matter['id']}/attachments"
    for content, filename, who, status, code in (
        (locked(pdf("Avtal")), "avtal.pdf", "officer", 422, "attachment_locked"),
        (b"MZ", "a.pdf", "officer", 422, "attachment_kind_unknown"),
        (zipped("mimetype", "content.xml"), "a.odt", "officer", 422, "attachment_kind_unknown"),
        (excel("xl/vbaProject.bin"), "a.xlsx", "officer", 422, "attachment_has_macros"),
        (pdf("Ett"), "a.pdf", "registrar", 403, "edit_not_allowed"),
        (pdf("Ett"), "a.pdf", "member", 404, "not_found"),
    ):
        answer = sent(api, at, content, filename, who=who)
        assert (answer.status_code, answer.json["code"]) == (status, code)
    assert api.get("member", at).status_code == 404
    assert api.get("officer", at).json["items"] == []
