"""What the forms of publishing send, without a browser: what names nothing is not found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.meetings.agenda.items import add_item
from casework.meetings.models import Meeting
from casework.publishing.models import Publication
from tests.meetings.test_attestation import attested
from tests.web.test_attachments import enter
from tests.web.test_board_page import FAR, act, found_assembly
from tests.web.test_standing_pages import app, hidden, sent, table_of

if TYPE_CHECKING:
    from flask import Flask

    from casework.context import Context

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


def test_a_summons_sends_up_what_was_looked_at(app: Flask) -> None:
    """KL 5:13-15: the page of the step holds what it showed; an agenda that has changed since is
    shown again, with what was typed, and nothing has gone up."""
    casework = app.extensions["casework"]
    act(casework, "Registratorn", found_assembly)

    def add(context: Context) -> None:
        meeting = context.session.scalars(select(Meeting).where(Meeting.starts_at == FAR)).one()
        add_item(context, meeting, item_type="information", title="Avsägelse från 850709-9805")

    with casework.database.read() as session:
        at = f"/meetings/{session.scalar(select(Meeting.id).where(Meeting.starts_at == FAR))}"
    desk = enter(app, "namndsekreterare")
    page = desk.client.get(f"{at}/steps/summon").text
    given = {name: hidden(page, name) for name in ("announced", "version")}
    assert sent(desk, f"{at}/steps/summon", version=given["version"]).status_code == 428
    act(casework, "Nämndsekreteraren", add)
    answer = sent(desk, f"{at}/steps/summon", **given)
    assert answer.status_code == 412
    assert "Kungörelsen har ändrats" in answer.text
    assert "[personnummer]" in answer.text
    assert "Budgetläget" not in desk.client.get(f"/public{at}").text
    again = {name: hidden(answer.text, name) for name in ("announced", "version")}
    assert sent(desk, f"{at}/steps/summon", **again).status_code == 303
    assert "Budgetläget" in desk.client.get(f"/public{at}").text


def test_what_waits_for_trial_stands_on_the_secretarys_page(app: Flask) -> None:
    """With its count, on the first page and in the API's list; gone when each § is published or
    held. Nobody else is waited for."""
    casework, table = app.extensions["casework"], table_of(app)
    attested(table)
    desk, other = enter(app, "namndsekreterare"), enter(app, "handlaggare")
    at = f"/meetings/{table.meeting_id}/publishing"
    first = desk.client.get("/").text
    assert re.search(r'Att pröva för publicering <span class="count">1</span>', first)
    assert f'href="{at}"' in first
    assert f'href="{at}"' in desk.client.get("/my-work/publishing").text
    assert "Att pröva för publicering" not in other.client.get("/").text
    for item_id, kind, seen in re.findall(
        rf'action="{at}/(\d+)/(section)".*?name="seen" value="(\w+)"',
        desk.client.get(at).text,
        re.S,
    ):
        given = {"verb": "hold", "seen": seen, "reason": "Prövas senare"}
        assert sent(desk, f"{at}/{item_id}/{kind}", **given).status_code == 303
    assert "Att pröva för publicering" not in desk.client.get("/").text
    with casework.database.read() as session:
        assert session.scalars(select(Publication.state)).all() != []
