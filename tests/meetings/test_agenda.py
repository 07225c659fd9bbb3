"""What may be put on an agenda: whose matter it is, behind which doors, and how late."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from casework.context import STOCKHOLM, SYSTEM, Actor
from casework.demo.road import prepare, texts
from casework.errors import Conflict, Invalid
from casework.matters.models import Matter
from casework.meetings.agenda.items import add_item, revise_item
from casework.meetings.planning.plan import plan_meeting
from casework.people.queries import kin
from casework.people.service import create_body
from tests.demo.conftest import road_of, world

if TYPE_CHECKING:
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World
    from casework.meetings.models import Meeting
    from casework.people.models import Body

__all__ = ["world"]


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    return road_of(world, tmp_path)


def act(road: Road, what: Any) -> Any:
    """`what(context)` in the secretary's name."""
    actor = Actor(road.cast.secretary.id, road.cast.secretary.name)
    with road.casework.acting(road.world.organisation_id, actor, at(1)) as context:
        return what(context)


def at(day: int) -> datetime:
    return datetime(2025, 6, day, 9, tzinfo=STOCKHOLM)


def test_a_matter_is_taken_up_by_its_own_body_and_those_below(road: Road) -> None:
    """Another forum is told of it at most; the presidium prepares it, told or proposing."""
    matter = prepare(road, "decision", road.world.committee, texts()["plan"], date(2025, 4, 7))

    def put(context: Context, body: Body, day: int, item_type: str) -> str:
        meeting = plan_meeting(context, context.session.merge(body), at(day))
        row = context.session.get_one(Matter, matter.id)
        add_item(context, meeting, item_type=item_type, matter=row)
        return row.state

    forum, presidium = road.world.forum, road.world.presidium
    with pytest.raises(Conflict, match="matter_of_another_body") as refused:
        act(road, lambda context: put(context, forum, 20, "decision"))
    assert refused.value.params["body"] == road.world.committee.name
    assert act(road, lambda context: put(context, presidium, 20, "information")) == "ready"
    assert act(road, lambda context: put(context, presidium, 21, "decision")) == "on_agenda"


def test_a_cancelled_meeting_leaves_its_hour(road: Road) -> None:
    """What is called off stands in nobody's way, and an hour is still met at only once."""

    def meet(context: Context) -> Meeting:
        return plan_meeting(context, context.session.merge(road.world.committee), at(20))

    def cancel_and_meet(context: Context) -> None:
        fire = context.services.engine.fire
        fire(context.given(reason="Inga ärenden"), meet(context), "cancel")
        meet(context)

    act(road, cancel_and_meet)
    with pytest.raises(Conflict, match="meeting_taken"):
        act(road, meet)


def test_the_doors_are_the_bodys_and_the_laws(road: Road) -> None:
    """Open only where the assembly lets them be; shut for authority all the same (KL 6:25)."""

    def plan(context: Context, *, allowed: bool, given: bool | None) -> Meeting:
        body = context.session.merge(road.world.committee)
        body.open_doors = allowed
        return plan_meeting(context, body, at(20), is_public=given)

    with pytest.raises(Invalid, match="doors_closed_by_law"):
        act(road, lambda context: plan(context, allowed=False, given=True))

    def open_but_for_authority(context: Context) -> None:
        meeting = plan(context, allowed=True, given=None)
        assert meeting.is_public
        item = add_item(context, meeting, item_type="information", title="Körkortet")
        context.session.flush()
        revise_item(context, item, exercises_authority=True, is_closed=False)
        assert item.is_closed

    act(road, open_but_for_authority)


def test_those_above_and_below_prepare_for_each_other(road: Road) -> None:
    """A subcommittee prepares for the board, and that for the assembly; not for a forum."""
    with road.casework.acting(road.world.organisation_id, SYSTEM) as context:
        above = None
        line = []
        for kind, name in (("assembly", "RF"), ("executive_board", "RS"), ("subcommittee", "AU")):
            body = create_body(context, kind=kind, name=name, short_name=name, parent_id=above)
            context.session.flush()
            above = body.id
            line.append(body)
        for body in line:
            assert kin(context.session, body) == {each.id for each in line}
        assert kin(context.session, road.world.forum) == {road.world.forum.id}
