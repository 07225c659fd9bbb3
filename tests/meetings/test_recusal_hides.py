"""Whoever has a conflict of interest sees neither the item nor its matter, whatever their role."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.audit.queries import of_subject
from casework.context import Actor
from casework.demo.road import prepare, summon, texts
from casework.matters.models import Matter
from casework.meetings.agenda.items import revise_item, take_notes
from casework.meetings.models import AgendaItem, Meeting
from casework.meetings.queries import open_entries
from casework.meetings.table.recusal import recuse
from casework.sight import restrict_to
from tests.demo.conftest import road_of, world

if TYPE_CHECKING:
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
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


def test_a_matter_is_hidden_in_all_its_meetings(road: Road) -> None:
    """Also from a query that looks at another item of it: the conflict is of the matter."""
    vice = road.cast.vice_chair
    with road.casework.database.read() as session:
        matter = session.scalars(select(Matter)).one()
    told = summon(road, road.world.presidium, DAY, [(matter, "information", "")])

    def act(context: Context) -> Meeting:
        meeting = context.session.scalars(select(Meeting).where(Meeting.id != told.id)).one()
        recuse(context, meeting.agenda[-1], vice)
        return meeting

    road.step(DAY, road.cast.secretary, "antecknar jäv", act)
    with road.casework.database.read() as session:
        actor = Actor(vice.id, vice.name)
        restrict_to(road.casework.context(session, road.world.organisation_id, actor), vice.id)
        joined = select(Matter).join(AgendaItem, AgendaItem.matter_id == Matter.id)
        assert session.scalars(joined.where(AgendaItem.meeting_id == told.id)).all() == []


def history(road: Road, person: Person) -> list[tuple[str, str]]:
    """What the person reads in the meeting's history: what was done, and to which item."""
    with road.casework.database.read() as session:
        actor = Actor(person.id, person.name)
        context = road.casework.context(session, road.world.organisation_id, actor)
        restrict_to(context, person.id)
        meeting = session.scalars(select(Meeting)).one()
        entries = session.scalars(
            of_subject(road.world.organisation_id, "meeting", meeting.id).where(
                open_entries(session, meeting, person.id, DAY)
            )
        )
        return [(entry.action, entry.detail.get("title", "")) for entry in entries]


def test_the_history_does_not_tell_the_recused_either(road: Road) -> None:
    """KL 6:28-30: not under its title of today, not under an earlier one; all else is told."""
    vice, chair = road.cast.vice_chair, road.cast.chair

    def act(context: Context) -> Meeting:
        meeting = context.session.scalars(select(Meeting)).one()
        item = meeting.agenda[-1]
        take_notes(context, item, "summary", "Bolaget lämnade ett anbud.", "")
        revise_item(context, item, title="Ett nytt namn")
        context.record(meeting, "item_concluded", title=item.title)  # as it was written before
        recuse(context, item, vice)
        return meeting

    road.step(DAY, road.cast.secretary, "antecknar", act)
    everything, told = history(road, chair), history(road, vice)
    hidden = [entry for entry in everything if entry not in told]
    assert {action for action, _title in hidden} == {
        *("item_added", "noted", "item_revised", "item_concluded", "recused"),
    }
    assert {title for _action, title in told} == {title for _action, title in everything} - {
        title for _action, title in hidden
    }
    assert len(told) == len(everything) - len(hidden)
