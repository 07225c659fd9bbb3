"""What everybody may know of a meeting: deny by default, one promise a test."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from casework.context import STOCKHOLM, Actor
from casework.demo.road import firing, prepare, summon, texts
from casework.errors import Conflict, NotFound
from casework.meetings.agenda.items import add_item
from casework.meetings.models import AgendaItem, Meeting
from casework.meetings.planning.plan import plan_meeting
from casework.people.body_kinds import STATUTORY
from casework.people.models import Body
from casework.publishing.models import Publication
from casework.publishing.public_pages import (
    PublicItem,
    find,
    past,
    public_agenda,
    publications,
    upcoming,
    years,
)
from casework.publishing.queries import to_try
from casework.publishing.service import Seen, publish
from casework.publishing.wording import title_of
from tests.demo.conftest import road_of, world
from tests.publishing.acting import publish_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World

__all__ = ["world"]

DAY = date(2025, 6, 3)
SUMMONED = DAY - timedelta(days=14)
MORNING = datetime(2025, 6, 3, 7, tzinfo=UTC)


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    """A committee summoned to one matter after its two formal items, with its titles published."""
    made = road_of(world, tmp_path)
    matter = prepare(made, "decision", made.world.committee, texts()["plan"], date(2025, 4, 7))
    meeting = summon(made, made.world.committee, DAY, [(matter, "decision", "")])
    assert titles(made) == ["", "", ""]
    publish_all(made, meeting, SUMMONED)
    return made


def told(road: Road, change: Callable[[AgendaItem], Any] | None = None) -> list[PublicItem]:
    """What the public reads, after a change to the item of the matter."""
    with road.casework.database.unit_of_work() as session:
        meeting = session.scalars(select(Meeting)).one()
        if change:
            change(meeting.agenda[-1])
            session.flush()
        meeting = find(session, meeting.id)
        return public_agenda(meeting, publications(session, [meeting]), DAY)


def titles(road: Road, change: Callable[[AgendaItem], Any] | None = None) -> list[str]:
    return [item.title for item in told(road, change)]


def test_published_titles_are_named(road: Road) -> None:
    """The summons alone tells nobody outside (the fixture looks); the secretary's press does."""
    found = titles(road)
    assert found[0] == "Upprop och fastställande av föredragningslistan"
    assert found[2] == texts()["plan"]["title"]


@pytest.mark.parametrize(
    "change",
    [
        lambda item: setattr(item, "is_closed", True),
        lambda item: setattr(item, "exercises_authority", True),
        lambda item: setattr(item.matter, "secrecy_provision", "OSL 26:1"),
        lambda item: setattr(item, "title", "En annan rubrik"),
    ],
    ids=["closed doors", "concerns an individual", "secrecy marking", "other words"],
)
def test_what_was_not_tried_so_is_not_shown(
    road: Road, change: Callable[[AgendaItem], Any]
) -> None:
    """KL 6:25, OSL: whatever changes after it was tried takes it down; the others stay up."""
    found = titles(road, change)
    assert found[2] == ""
    assert all(found[:2])


def test_nothing_before_the_summons_or_of_a_cancelled_meeting(road: Road) -> None:
    """An agenda in the making is a working draft, whatever was published of it."""
    with road.casework.database.read() as session:
        meeting = session.scalars(select(Meeting)).one()
        known = publications(session, [meeting])
        assert public_agenda(meeting, known, DAY) != []
        summoned = meeting.summoned_at
        meeting.summoned_at = None
        assert public_agenda(meeting, known, DAY) == []
        meeting.summoned_at, meeting.state = summoned, "cancelled"
        assert public_agenda(meeting, known, DAY) == []


def test_a_late_item_waits_for_its_supplement(road: Road) -> None:
    """What was put on after the summons has no line before the supplement, and no title then."""

    def add(context: Context) -> Meeting:
        meeting = context.session.scalars(select(Meeting)).one()
        add_item(
            context, meeting, item_type="information", title="Sent ärende", late_reason="Brådskar"
        )
        return meeting

    meeting = road.step(date(2025, 5, 30), road.cast.secretary, "lägger till", add)
    assert len(told(road)) == 3
    road.step(
        date(2025, 5, 30), road.cast.secretary, "sänder tillägg", firing(meeting, "supplement"), 15
    )
    assert titles(road)[3] == ""
    publish_all(road, meeting, date(2025, 5, 30))
    assert titles(road)[3] == "Sent ärende"


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


def test_what_was_cancelled_is_told_ahead_and_was_not_held(road: Road) -> None:
    """Whoever meant to come is told; among what was held it is not, nor is there more to try."""
    own, secretary = road.world.organisation_id, road.cast.secretary.id
    with road.casework.database.unit_of_work() as session:
        meeting = session.scalars(select(Meeting)).one()
        session.execute(update(Publication).values(decided_by_id=None))
        assert session.scalars(to_try(own, secretary, DAY)).all() == [meeting]
        meeting.state = "cancelled"
        session.flush()
        late = meeting.starts_at + timedelta(days=1)
        assert session.scalars(upcoming(own, meeting.starts_at)).all() == [meeting]
        assert session.scalars(past(own, 2025, late)).all() == []
        assert session.scalars(to_try(own, secretary, DAY)).all() == []


def cancelled(context: Context, meeting: Meeting) -> None:
    meeting.state = "cancelled"


def not_summoned(context: Context, meeting: Meeting) -> None:
    meeting.summoned_at = None


def of_a_presidium(context: Context, meeting: Meeting) -> None:
    bodies = select(Body).where(Body.kind.not_in(STATUTORY))
    meeting.body = context.session.scalars(bodies).first()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (cancelled, "publishing_not_summoned"),
        (not_summoned, "publishing_not_summoned"),
        (of_a_presidium, "publishing_not_statutory"),
    ],
)
def test_what_is_not_before_a_body_that_decides_is_not_published(
    road: Road, change: Callable[[Context, Meeting], None], code: str
) -> None:
    """Whatever page was open when the meeting was cancelled: nothing of it goes up since."""
    registrar = Actor(road.cast.registrar.id, road.cast.registrar.name)
    own = road.world.organisation_id
    with road.casework.acting(own, registrar, MORNING) as context:
        meeting = context.session.scalars(select(Meeting)).one()
        change(context, meeting)
        item = meeting.agenda[-1]
        with pytest.raises(Conflict, match=code):
            publish(context, Seen(item, "title", title_of(item).checksum))


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
