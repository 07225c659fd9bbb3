"""A committee at its table, in session, with one matter to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.context import STOCKHOLM, Actor
from casework.demo.road import prepare, summon, texts
from casework.meetings.models import AgendaItem, Meeting
from casework.meetings.table.roll import arrive
from tests.demo.conftest import furnished, opened, road_of, world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import Cast, World
    from casework.people.models import Person
    from tests.support.databases import DatabaseMaker

__all__ = ["world"]

DAY = date(2025, 6, 3)


@dataclass
class Table:
    """The meeting, and whoever acts at it; each act is a unit of work of its own."""

    road: Road
    meeting_id: int

    @property
    def cast(self) -> Cast:
        return self.road.cast

    def act(self, what: Callable[[Context, Meeting], Any], who: Person | None = None) -> Any:
        person = who or self.cast.secretary
        moment = datetime(DAY.year, DAY.month, DAY.day, 10, tzinfo=STOCKHOLM)
        with self.road.casework.acting(
            self.road.world.organisation_id, Actor(person.id, person.name), moment
        ) as context:
            return what(context, context.session.get_one(Meeting, self.meeting_id))

    def on_item(self, what: Callable[[Context, AgendaItem], Any], who: Person | None = None) -> Any:
        """On the matter that is to be decided, the last item."""
        return self.act(lambda context, meeting: what(context, meeting.agenda[-1]), who)

    def fire(self, trigger: str, who: Person | None = None, **given: Any) -> None:
        self.act(lambda c, m: c.services.engine.fire(c.given(**given), m, trigger), who)

    def arrive(self, person: Person, capacity: str, **given: Any) -> None:
        self.act(lambda c, m: arrive(c, m, person, capacity, **given))

    def read(self, what: Callable[[Meeting], Any]) -> Any:
        with self.road.casework.database.read() as session:
            return what(session.scalars(select(Meeting).filter_by(id=self.meeting_id)).one())


def laid(url: str, folder: Path) -> tuple[World, int]:
    """In session: chair, vice chair and two members serve, a substitute is in the room."""
    world = furnished(url, folder)
    casework = opened(url, folder)
    road = road_of((casework, world), folder)
    matter = prepare(road, "decision", road.world.committee, texts()["plan"], date(2025, 4, 7))
    meeting = summon(road, road.world.committee, DAY, [(matter, "decision", "")])
    seated(road, meeting)
    casework.database.close()
    return world, meeting.id


def seated(road: Road, meeting: Meeting) -> Table:
    """The meeting, opened, with those who sit at it."""
    made = Table(road, meeting.id)
    made.fire("open")
    cast = made.cast
    for person, capacity in (
        (cast.chair, "chair"),
        (cast.vice_chair, "vice_chair"),
        (cast.attester, "member"),
        (cast.member, "member"),
        (cast.substitute, "substitute"),
    ):
        made.arrive(person, capacity)
    return made


@pytest.fixture
def table(database_maker: DatabaseMaker, tmp_path: Path) -> Iterator[Table]:
    """A table as it was laid, this test's own."""
    with database_maker.copied("laid", tmp_path, laid) as (url, (world, meeting_id)):
        casework = opened(url, tmp_path)
        yield Table(road_of((casework, world), tmp_path), meeting_id)
        casework.database.close()
