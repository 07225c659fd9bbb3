"""What takes something away asks first, or can be undone; without a script too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from casework.app import create_app
from casework.context import Actor
from casework.matters.models import Matter
from casework.meetings.models import AgendaItem, Meeting
from casework.meetings.planning.plan import plan_meeting
from casework.people.models import Body, Person
from tests.demo.conftest import demonstrated, settings_of
from tests.web.test_attachments import enter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from tests.support.databases import SqliteMaker


@pytest.fixture
def app(sqlite_maker: SqliteMaker, tmp_path: Path) -> Iterator[Flask]:
    """The demonstration's road, a copy for each test."""
    with sqlite_maker.copied("demonstrated", tmp_path, demonstrated) as (url, _):
        app = create_app(settings_of(url, tmp_path))
        yield app
        app.extensions["casework"].database.close()


def test_the_agenda_asks_before_an_item_goes(app: Flask) -> None:
    """The button leads to a page that says what happens; only its own button removes."""
    casework = app.extensions["casework"]
    with casework.database.read() as session:
        secretary = session.scalars(select(Person).where(Person.name == "Nämndsekreteraren")).one()
        actor, body_id = Actor(secretary.id, secretary.name), session.get_one(Meeting, 1).body_id
    with casework.acting(
        secretary.organisation_id, actor, datetime(2025, 9, 1, 9, tzinfo=UTC)
    ) as c:
        body = c.session.get_one(Body, body_id)
        item = plan_meeting(c, body, datetime(2025, 12, 2, 9, tzinfo=UTC)).agenda[0]
        c.session.flush()
        at, title, item_id = f"/meetings/{item.meeting_id}/agenda/{item.id}", item.title, item.id
        row = {"title": item.title, "version": item.version}

    def left() -> int:
        with app.extensions["casework"].database.read() as session:
            counted = select(func.count()).where(AgendaItem.id == item_id)
            return session.scalar(counted) or 0

    desk = enter(app, "namndsekreterare")
    assert f'href="{at}/remove"' in desk.client.get(at).text
    desk.post(at, remove="1", **row)
    asked = desk.client.get(f"{at}/remove")
    assert title in asked.text
    assert left() == 1
    assert f'href="{at}"' in asked.text  # the way back
    assert enter(app, "ledamot").post(f"{at}/remove").status_code in (403, 404)
    assert left() == 1
    assert desk.post(f"{at}/remove").status_code == 303
    assert left() == 0


def test_a_secrecy_review_is_taken_back(app: Flask) -> None:
    """Until the matter has left the house; the secrecy mark is another thing, and stays."""
    desk = enter(app, "handlaggare")
    assert desk.post("/matters/14/secrecy/take-back").status_code == 409
    given = {"provision": "OSL 21:1", "reason": "Enskilds hälsa"}
    assert desk.post("/matters/14/secrecy/mark", **given).status_code == 303
    assert desk.post("/matters/14/secrecy/review").status_code == 303
    assert "Ta tillbaka prövningen" in desk.client.get("/matters/14").text
    assert enter(app, "ledamot").post("/matters/14/secrecy/take-back").status_code in (403, 404)
    assert desk.post("/matters/14/secrecy/take-back").status_code == 303
    page = desk.client.get("/matters/14").text
    assert "Sekretessmarkerat enligt OSL 21:1." in page
    assert "Sekretessprövning återtagen" in page
    with app.extensions["casework"].database.read() as session:
        matter = session.get_one(Matter, 14)
        assert matter.secrecy_reviewed_at is None
        assert matter.secrecy_provision == "OSL 21:1"


def test_what_was_dispatched_stays_reviewed(app: Flask) -> None:
    """What went out went out on that review."""
    with app.extensions["casework"].database.read() as session:
        dispatched = select(Matter.id).where(
            Matter.state.in_(("dispatched", "executing", "closed")),
            Matter.secrecy_reviewed_at.is_not(None),
        )
        matter_id = session.scalars(dispatched).first()
    desk = enter(app, "registrator")
    assert "Ta tillbaka prövningen" not in desk.client.get(f"/matters/{matter_id}").text
    assert desk.post(f"/matters/{matter_id}/secrecy/take-back").status_code == 409
