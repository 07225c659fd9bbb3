"""A joint committee through a whole meeting, and who may take part at a distance."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.board.models import BoardNotice
from casework.context import STOCKHOLM, Actor
from casework.demo.road import attest, dispatch, prepare, summon, texts
from casework.distribution.models import Excerpt
from casework.errors import Conflict
from casework.matters.models import Matter
from casework.matters.service import establish_body
from casework.meetings.minutes.signing import sign
from casework.meetings.models import Meeting
from casework.meetings.table.outcome import conclude_item
from casework.meetings.table.roll import arrive, leave, quorum_at, record_attendance
from casework.people.service import appoint, revise_body
from tests.demo.conftest import road_of

from .conftest import DAY

if TYPE_CHECKING:
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World
    from casework.people.models import Body

    from .conftest import Table

# What is asked here is the same on both engines; test_meetings tries both.
pytestmark = pytest.mark.parametrize("database_maker", ["sqlite"], indirect=True)


def test_distance_is_the_bodys_to_allow(table: Table) -> None:
    """KL 5:16, 6:24: refused by the body's setting, allowed by it, and kept as such."""
    cast = table.cast

    def at_a_distance(context: Context, meeting: Meeting) -> None:
        arrive(context, meeting, cast.member, "member", is_remote=True)

    with pytest.raises(Conflict, match="remote_not_allowed"):
        table.act(at_a_distance)
    table.act(lambda c, m: revise_body(c, m.body, allows_remote=True))
    table.act(at_a_distance)
    assert table.on_item(lambda c, item: quorum_at(c, item).serving) == 4
    table.on_item(lambda c, item: conclude_item(c, item, "decided"))
    table.act(lambda c, m: revise_body(c, m.body, allows_remote=False))
    table.act(lambda c, m: leave(c, m, cast.member))
    with pytest.raises(Conflict, match="remote_not_allowed"):
        table.act(at_a_distance)

    def at_a_distance_in(meeting: Meeting) -> list[str]:
        return [each.person.name for each in meeting.agenda[-1].participants if each.is_remote]

    assert table.read(at_a_distance_in) == ["Ledamoten"]


def test_a_joint_committee_meets_as_a_committee(
    world: tuple[Casework, World], tmp_path: Path
) -> None:
    """KL 9:19-30: its own members, the law of committees, from the summons to legal force."""
    road = road_of(world, tmp_path)
    body = joint_committee(road)
    matter = prepare(road, "decision", body, texts()["plan"], date(2025, 4, 7))
    meeting = summon(road, body, DAY, [(matter, "decision", "")])
    road.fire(DAY, road.cast.secretary, "öppnar", meeting, "open")
    road.step(DAY, road.cast.secretary, "för anteckningar", lambda c: hold(c, road, meeting))
    road.fire(DAY, road.cast.secretary, "avslutar", meeting, "end")
    attest(road, meeting, DAY + timedelta(days=7))
    road.step(DAY + timedelta(days=7), road.cast.attester, "justerar", lambda c: signed(c, meeting))
    dispatch(road, matter, DAY + timedelta(days=8))
    with road.casework.database.read() as session:
        row = session.get_one(Meeting, meeting.id)
        assert (row.state, row.workflow) == ("attested", "meeting")
        [notice] = session.scalars(select(BoardNotice)).all()
        assert notice.title.endswith("Gemensamma hjälpmedelsnämnden 2025-06-03")
        assert notice.appeal_until is not None
        [excerpt] = session.scalars(select(Excerpt)).all()
        assert excerpt.matter_id == matter.id
        number = session.get_one(Matter, matter.id).registration_number
    assert number == "GHN/1/2025"
    assert "Gemensamma hjälpmedelsnämnden" in road.board_page()
    assert notice.announced_on == (DAY + timedelta(days=7))


def joint_committee(road: Road) -> Body:
    """Members of two authorities, one substitute, led and kept by those of the committee."""
    cast = road.cast

    actor = Actor(cast.registrar.id, cast.registrar.name)
    moment = datetime(2025, 1, 2, 9, tzinfo=STOCKHOLM)
    with road.casework.acting(road.world.organisation_id, actor, moment) as context:
        body = establish_body(
            context,
            kind="joint_committee",
            name="Gemensamma hjälpmedelsnämnden",
            short_name="GHN",
            series_code="GHN",
            email="ghn@example.org",
        )
        for person, role in (
            (cast.manager, "manager"),
            (cast.secretary, "committee_secretary"),
            (cast.chair, "chair"),
            (cast.vice_chair, "vice_chair"),
            (cast.attester, "member"),
            (cast.member, "member"),
            (cast.substitute, "substitute"),
        ):
            appoint(context, person, role, body=body)
    return body


def hold(context: Context, road: Road, meeting: Meeting) -> Meeting:
    """Too few at first (KL 6:27), then enough; each item ends."""
    row = context.session.get_one(Meeting, meeting.id)
    chair, vice, member = road.cast.chair, road.cast.vice_chair, road.cast.attester
    record_attendance(context, row, [(chair, "chair"), (vice, "vice_chair")])
    context.session.flush()
    with pytest.raises(Conflict, match="no_quorum"):
        conclude_item(context, next(each for each in row.agenda if each.matter), "decided")
    arrive(context, row, member, "member")
    for item in row.agenda:
        decides = item.item_type == "decision"
        conclude_item(context, item, "decided" if decides else "noted")
    return row


def signed(context: Context, meeting: Meeting) -> Any:
    """The attester's own signature on the minutes."""
    row = context.session.get_one(Meeting, meeting.id)
    assert row.minutes is not None
    sign(context, row.minutes, confirmed_by="password")
    return row
