"""An upgrade takes in what was public by itself: it stays where it is, and waits for review."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory
from sqlalchemy import select

from casework.config import shipped
from casework.documents.contexts import item_from_json
from casework.meetings.minutes.correction import correct
from casework.meetings.minutes.signing import sign
from casework.meetings.minutes.text import editable
from casework.meetings.models import Meeting
from casework.publishing.public_pages import find, public_agenda, publications
from casework.publishing.queries import candidates, to_try
from casework.schema import downgrade, upgrade
from tests.demo.conftest import opened, road_of
from tests.publishing.test_publishing import ATTESTED, TRIED, act, attested

if TYPE_CHECKING:
    from pathlib import Path

    from casework.context import Context
    from tests.support.databases import DatabaseMaker


def without_publications(url: str) -> None:
    """The database as it was before publishing had to be tried."""
    scripts = ScriptDirectory(str(shipped("migrations")))
    before = scripts.get_revision("0010").down_revision
    assert isinstance(before, str)
    downgrade(url, before)


def test_what_was_public_is_taken_in(database_maker: DatabaseMaker, tmp_path: Path) -> None:
    """Each § in the wording in force, with nobody's name on it; one behind closed doors stays
    away; what is summoned later is not public by itself any more."""
    with database_maker.copied("publishing", tmp_path, attested) as (url, world):
        casework = opened(url, tmp_path)
        road = road_of((casework, world), tmp_path)

        def begin(context: Context, meeting: Meeting) -> None:
            meeting.agenda[0].is_closed = True
            row = meeting.agenda[-1].minutes_item
            assert row is not None
            correct(
                context,
                row,
                replace(editable(item_from_json(row.content)), title="Rätt rubrik"),
                "Rubriken var felskriven",
            )

        def finish(context: Context, meeting: Meeting) -> None:
            row = meeting.agenda[-1].minutes_item
            assert row is not None
            sign(context, row.corrections[-1].minutes, confirmed_by="password")

        act(road, begin)
        for who in (road.cast.chair, road.cast.attester):
            act(road, finish, TRIED, who)
        casework.database.close()
        without_publications(url)
        upgrade(url)
        casework = opened(url, tmp_path)
        with casework.database.read() as session:
            meeting = find(session, session.scalars(select(Meeting.id)).one())
            known = publications(session, [meeting])
            told = public_agenda(meeting, known, date(2026, 12, 1))
            assert [bool(each.title) for each in told] == [False, True, True]
            assert told[-1].title == "Rätt rubrik"
            rows = list(known.values())
            assert {each.decided_by_id for each in rows} == {None}
            assert {each.shows_from for each in rows} == {None, ATTESTED}
            found = candidates(session, meeting, date(2026, 12, 1))
            assert [each.standing for each in found] == ["held", "review", "review"]
            own, me = world.organisation_id, world.cast.secretary.id
            statement = to_try(own, me, TRIED + timedelta(days=1), review=True)
            assert session.scalars(statement).all() == [meeting]
        casework.database.close()
