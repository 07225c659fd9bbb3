"""What the forms of publishing send, without a browser: what names nothing is not found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.test_attachments import enter
from tests.web.test_standing_pages import app, sent, table_of

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["app"]

SUM = "0" * 64


@pytest.mark.parametrize(
    "seen",
    ["", "title", f"title:{'9' * 5000}:{SUM}", f"title:٣²:{SUM}", f"title:-1:{SUM}", "body:1:"],
)
def test_what_names_no_item_is_not_found(app: Flask, seen: str) -> None:
    """A script that writes something else than the page did is told so: no fault."""
    desk, table = enter(app, "namndsekreterare"), table_of(app)
    answer = sent(desk, f"/meetings/{table.meeting_id}/publishing", seen=seen)
    assert answer.status_code == 404


def test_a_verb_that_is_none_is_refused(app: Flask) -> None:
    """Publish, hold or take back, of a title or a §."""
    desk, table = enter(app, "namndsekreterare"), table_of(app)
    item = table.read(lambda m: m.agenda[-1].id)
    at = f"/meetings/{table.meeting_id}/publishing/{item}"
    assert sent(desk, f"{at}/title", verb="show", seen=SUM).status_code == 422
    assert sent(desk, f"{at}/summary", verb="publish", seen=SUM).status_code == 404
