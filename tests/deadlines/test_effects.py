"""From which day a workflow's deadline counts, and whom it reminds."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.context import STOCKHOLM, Actor
from casework.deadlines.effects import cancel_deadline, meet_deadline, start_deadline
from casework.deadlines.models import Deadline
from casework.meetings.models import Meeting
from casework.people.models import Body
from tests.demo.conftest import furnished, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from casework.context import Context
    from tests.support.databases import SqliteMaker

    Acting = Callable[[Callable[[Context, Meeting], Any]], Any]

MET, TODAY = date(2025, 6, 3), date(2025, 6, 5)


@pytest.fixture
def acting(sqlite_maker: SqliteMaker, tmp_path: Path) -> Iterator[Acting]:
    """Two days after a meeting, in the secretary's name."""
    with sqlite_maker.copied("furnished", tmp_path, furnished) as (url, world):
        casework = opened(url, tmp_path)
        secretary = world.cast.secretary

        def act(what: Callable[[Context, Meeting], Any]) -> Any:
            actor = Actor(secretary.id, secretary.name)
            moment = datetime(TODAY.year, TODAY.month, TODAY.day, 10, tzinfo=STOCKHOLM)
            with casework.acting(world.organisation_id, actor, moment) as context:
                body = context.session.get_one(Body, world.committee.id)
                meeting = Meeting(
                    organisation_id=body.organisation_id,
                    body=body,
                    starts_at=datetime(MET.year, MET.month, MET.day, 9, tzinfo=STOCKHOLM),
                    secretary_id=secretary.id,
                )
                context.services.engine.start(meeting, "meeting")
                context.session.add(meeting)
                context.session.flush()
                what(context, meeting)
                return context.session.scalars(select(Deadline)).one()

        yield act
        casework.database.close()


def test_attestation_counts_from_the_meeting_day(acting: Acting) -> None:
    """KL 5:69: within fourteen days from the meeting, whenever it was ended in the register."""
    made = acting(
        lambda c, m: start_deadline(
            c, m, name="attestation", rule="attest", to="committee_secretary", legal=True
        )
    )
    assert (made.started_on, made.due_on) == (MET, date(2025, 6, 17))
    assert {each.kind for each in made.reminders} == {"legal", "late"}
    assert made.responsible_person_id is not None
    assert made.escalate_to_person_id is None


def test_all_else_counts_from_the_day_it_happens(acting: Acting) -> None:
    """A meeting's other deadlines too; with the reminders and roles that the file names."""
    made = acting(
        lambda c, m: start_deadline(
            c, m, name="minutes", rule="days", days=4, remind=[2], escalate="committee_secretary"
        )
    )
    assert (made.started_on, made.due_on) == (TODAY, date(2025, 6, 9))
    offsets = {(each.kind, each.offset_days) for each in made.reminders}
    assert offsets == {("before", -2), ("late", 1), ("late", 7)}
    assert made.responsible_person_id is None
    assert made.escalate_to_person_id is not None


@pytest.mark.parametrize(
    ("ends", "state"), [(meet_deadline, "met"), (cancel_deadline, "cancelled")]
)
def test_it_ends_by_its_name(acting: Acting, ends: Any, state: str) -> None:
    def both(context: Context, meeting: Meeting) -> None:
        start_deadline(context, meeting, name="minutes", rule="days", days=4)
        ends(context, meeting, "attestation")
        assert context.session.scalars(select(Deadline)).one().state == "running"
        ends(context, meeting, "minutes")

    assert acting(both).state == state
