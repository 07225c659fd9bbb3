"""What everybody may know of a meeting: deny by default, one promise a test."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.context import STOCKHOLM
from casework.demo.road import attest, firing, hold, prepare, summon, texts
from casework.errors import NotFound
from casework.meetings.agenda import add_item
from casework.meetings.models import AgendaItem, Meeting
from casework.meetings.published import PublicItem, find, past, public_agenda, upcoming, years
from casework.meetings.service import plan_meeting
from tests.demo.conftest import road_of, world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World

__all__ = ["world"]

DAY = date(2025, 6, 3)
MORNING = datetime(2025, 6, 3, 7, tzinfo=UTC)


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    """A committee summoned to one matter after its two formal items."""
    made = road_of(world, tmp_path)
    matter = prepare(made, "decision", made.world.committee, texts()["plan"], date(2025, 4, 7))
    summon(made, made.world.committee, DAY, [(matter, "decision", "")])
    return made


def titles(road: Road, change: Callable[[AgendaItem], Any] | None = None) -> list[str]:
    """The public titles, after a change to the item of the matter."""
    with road.casework.database.unit_of_work() as session:
        meeting = session.scalars(select(Meeting)).one()
        if change:
            change(meeting.agenda[-1])
            session.flush()
        return [item.title for item in public_agenda(find(session, meeting.id))]


def test_the_summons_lays_the_titles_open(road: Road) -> None:
    """What is decided in the open is named."""
    found = titles(road)
    assert found[0] == "Upprop och fastställande av föredragningslistan"
    assert found[2] == texts()["plan"]["title"]


@pytest.mark.parametrize(
    "change",
    [
        lambda item: setattr(item, "is_closed", True),
        lambda item: setattr(item, "exercises_authority", True),
        lambda item: setattr(item.matter, "secrecy_provision", "OSL 26:1"),
    ],
    ids=["closed doors", "concerns an individual", "secrecy marking"],
)
def test_a_title_that_is_not_for_everybody(road: Road, change: Callable[[AgendaItem], Any]) -> None:
    """KL 6:25, OSL: only its number is left, and the others keep theirs."""
    found = titles(road, change)
    assert found[2] == ""
    assert all(found[:2])


def test_a_personal_number_in_a_title_is_masked(road: Road) -> None:
    """The rest of the title stands; the register keeps it whole."""
    found = titles(road, lambda item: setattr(item, "title", "Ansökan från 19850709-9805"))
    assert found[2] == "Ansökan från [personnummer]"


def test_nothing_before_the_summons_or_of_a_cancelled_meeting(road: Road) -> None:
    """An agenda in the making is a working draft."""
    with road.casework.database.read() as session:
        meeting = session.scalars(select(Meeting)).one()
        meeting.summoned_at = None
        assert public_agenda(meeting) == []


def test_a_late_item_waits_for_its_supplement(road: Road) -> None:
    """What was put on after the summons is told when the supplement has gone."""

    def add(context: Context) -> Meeting:
        meeting = context.session.scalars(select(Meeting)).one()
        add_item(
            context, meeting, item_type="information", title="Sent ärende", late_reason="Brådskar"
        )
        return meeting

    meeting = road.step(date(2025, 5, 30), road.cast.secretary, "lägger till", add)
    assert "Sent ärende" not in titles(road)
    road.step(
        date(2025, 5, 30), road.cast.secretary, "sänder tillägg", firing(meeting, "supplement"), 15
    )
    assert "Sent ärende" in titles(road)


def test_an_advisory_bodys_meetings_are_its_own(road: Road) -> None:
    """Presidium and forum are not announced to everybody, and not found by number either."""
    region = road.world
    with road.casework.acting(region.organisation_id, moment=MORNING) as context:
        presidium = context.session.merge(region.presidium)
        starts = datetime(2025, 6, 4, 9, tzinfo=STOCKHOLM)
        own = plan_meeting(context, presidium, starts)
        context.session.flush()
        with pytest.raises(NotFound):
            find(context.session, own.id)
        early = datetime(2025, 1, 1, tzinfo=UTC)
        rows = context.session.scalars(upcoming(region.organisation_id, early)).all()
        assert [row.day for row in rows] == [DAY]


def test_past_and_to_come_meet_without_gap_or_overlap(road: Road) -> None:
    """A meeting is in one of the lists, on either side of the moment; another's is in none."""
    own = road.world.organisation_id
    with road.casework.database.read() as session:
        starts = session.scalars(select(Meeting)).one().starts_at
        for moment, ahead in ((starts, True), (starts + timedelta(seconds=1), False)):
            assert bool(session.scalars(upcoming(own, moment)).all()) is ahead
            assert bool(session.scalars(past(own, 2025, moment)).all()) is not ahead
        later = starts + timedelta(days=800)
        assert session.scalars(past(own, 2024, later)).all() == []
        assert session.scalars(past(own + 1, 2025, later)).all() == []
        assert years(session, later) == [2027, 2026, 2025]


def test_the_decision_is_told_when_it_is_attested(road: Road) -> None:
    """The § with its points; a closed item keeps its number alone, and nothing is told before."""
    with road.casework.database.read() as session:
        meeting = session.scalars(select(Meeting)).one()
    hold(road, meeting, DAY, {"decision": "decided"})
    assert [item.decision for item in told(road)] == [()] * 3
    attest(road, meeting, date(2025, 6, 10))
    item = told(road)[2]
    assert item.section > 0
    assert item.decision[0].startswith(
        "Regionala utvecklingsnämnden ger regiondirektören i uppdrag"
    )
    assert titles(road, lambda each: setattr(each, "is_closed", True))[2] == ""
    assert told(road)[2] == PublicItem(3, "")


def told(road: Road) -> list[PublicItem]:
    with road.casework.database.read() as session:
        return public_agenda(session.scalars(select(Meeting)).one())
