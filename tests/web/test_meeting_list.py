"""The list of meetings goes by day, whichever was planned first, and shows the hour."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from casework.app import create_app
from casework.context import Actor
from casework.meetings.planning.plan import plan_meeting
from casework.people.queries import body as body_of
from casework.web.meetings import pages as meetings
from tests.demo.conftest import furnished, opened, settings_of
from tests.web.test_attachments import enter

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.support.databases import SqliteMaker

# As planned; two of different bodies are at the same hour. 7 a.m. in UTC is 9 here in summer.
PLANNED = ((8, 7), (6, 7), (9, 11), (6, 7), (7, 7))
SHOWN = (
    *("2025-09-03 kl.\u00a013.00", "2025-08-03 kl.\u00a009.00", "2025-07-03 kl.\u00a009.00"),
    *("2025-06-03 kl.\u00a009.00",) * 2,
)


def test_meetings_go_by_day(
    sqlite_maker: SqliteMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On every page of the list, and none is lost or told twice between two pages."""
    monkeypatch.setattr(meetings, "PAGE", 2)
    with sqlite_maker.copied("furnished", tmp_path, furnished) as (url, world):
        casework = opened(url, tmp_path)
        secretary = Actor(world.cast.secretary.id, world.cast.secretary.name)
        moment = datetime(2025, 5, 5, 9, tzinfo=UTC)
        with casework.acting(world.organisation_id, secretary, moment) as context:
            for at, (month, hour) in enumerate(PLANNED):
                given = world.presidium if at == 3 else world.committee
                body = body_of(context.session, context.organisation_id, given.id)
                plan_meeting(context, body, datetime(2025, month, 3, hour, tzinfo=UTC))
        casework.database.close()
        app = create_app(settings_of(url, tmp_path))
        desk = enter(app, "namndsekreterare")
        told: list[str] = []
        links: list[str] = []
        path = "/meetings"
        while path:
            page = desk.client.get(path).text
            told += re.findall(r'class="matter-number">([^<]+)<', page)
            links += re.findall(r'class="matter-title" href="([^"]+)"', page)
            path = next(iter(re.findall(r'href="(/meetings\?before=\d+)"', page)), "")
        app.extensions["casework"].database.close()
    assert tuple(told) == SHOWN
    assert len(set(links)) == len(PLANNED)
