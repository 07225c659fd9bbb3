"""No page in any role has a fault that a checker of HTML finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.app import create_app

from .markup import ROLES, faults, write_pages

if TYPE_CHECKING:
    from pathlib import Path

    from casework.config import Settings


def test_no_page_has_a_fault(travelled: Settings, tmp_path: Path) -> None:
    """HTML: ids are unique, parts are where they may be, roles are said once."""
    app = create_app(travelled)
    assert write_pages(app, tmp_path) > 200
    app.extensions["casework"].database.close()
    for who in ("nobody", *ROLES):
        assert list(tmp_path.glob(f"{who}*.html"))
    assert faults(tmp_path) == []


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    """Else the test above would prove nothing: the faults that our own pages have had."""
    (tmp_path / "wrong.html").write_text(
        """<!doctype html>
<html lang="sv"><head><title>Fel</title></head><body>
<p id="seats">Ett</p><p id="seats">Två</p>
<table role="table"><tbody><tr role="row"><td role="cell">Ett</td></tr></tbody></table>
<label for="day">Dag</label><input type="date" id="day" name="day" maxlength="9">
<label for="body">Organ</label><select id="body" name="body" required>
<option value="1">Nämnden</option></select>
<form action="/x" method="post"><p><input type="hidden" name="a" value="b"></p></form>
</body></html>""",
        encoding="utf-8",
    )
    found = " ".join(faults(tmp_path))
    for fault in ("Duplicate ID", "Redundant role", "maxlength", "submit button", "select body"):
        assert fault in found
