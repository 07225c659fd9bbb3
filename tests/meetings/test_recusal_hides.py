"""Whoever has a conflict of interest sees neither the item nor its matter, whatever their role."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.context import Actor
from casework.demo.road import prepare, summon, texts
from casework.matters.models import Matter
from casework.meetings.models import AgendaItem, Meeting
from casework.meetings.roll import recuse
from casework.sight import restrict_to
from tests.demo.conftest import road_of, world

if TYPE_CHECKING:
    from pathlib import Path

    from casework.app import Casework
    from casework.demo.road import Road
    from casework.demo.world import World
    from casework.people.models import Person

__all__ = ["world"]

DAY = date(2025, 6, 3)


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    made = road_of(world, tmp_path)
    matter = prepare(made, "decision", made.world.committee, texts()["plan"], date(2025, 4, 7))
    summon(made, made.world.committee, DAY, [(matter, "decision", "")])
    return made


def sees(road: Road, person: Person) -> tuple[int, int]:
    """How many items and matters the person's own session loads."""
    with road.casework.database.read() as session:
        actor = Actor(person.id, person.name)
        context = road.casework.context(session, road.world.organisation_id, actor)
        restrict_to(context, person.id)
        meeting = session.scalars(select(Meeting)).one()
        return len(meeting.agenda), len(session.scalars(select(Matter)).all())


def test_the_recused_sees_neither_the_item_nor_its_matter(road: Road) -> None:
    """KL 6:28-30: the vice chair reads every matter of the body, but not this one."""
    vice, chair = road.cast.vice_chair, road.cast.chair
    assert sees(road, vice) == (3, 1)

    def act(context: object) -> Meeting:
        meeting = context.session.scalars(select(Meeting)).one()  # type: ignore[attr-defined]
        recuse(context, meeting.agenda[-1], vice, reason="Eget intresse")  # type: ignore[arg-type]
        return meeting

    road.step(DAY, road.cast.secretary, "antecknar jäv", act)
    assert sees(road, vice) == (2, 0)
    assert sees(road, chair) == (3, 1)
    with road.casework.database.read() as session:
        assert len(session.scalars(select(AgendaItem)).all()) == 3
