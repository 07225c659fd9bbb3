"""Whatever anybody presses in whatever order, a matter stays within its workflow and its record."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.audit.verify import verify
from casework.context import STOCKHOLM, Actor
from casework.demo.road import begin, texts, write
from casework.errors import Refusal
from casework.matters.models import Matter
from tests.demo.conftest import road_of, world

if TYPE_CHECKING:
    from pathlib import Path

    from casework.app import Casework
    from casework.demo.road import Road
    from casework.demo.world import World

__all__ = ["world"]

PEOPLE = ("registrar", "officer", "manager", "secretary", "chair", "member")
TRIGGERS = (
    *("assign", "submit", "approve", "propose_to_presidium", "accept_for_agenda", "schedule"),
    *("refer_back", "decide", "attest", "dispatch", "close", "reopen", "withdraw", "strike_off"),
)
PRESSES = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(TRIGGERS)), min_size=1, max_size=25
)
DAY = datetime(2025, 3, 3, 9, tzinfo=STOCKHOLM)


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    return road_of(world, tmp_path)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(PRESSES)
def test_no_order_of_presses_breaks_a_matter(road: Road, presses: list[tuple[str, str]]) -> None:
    """Each press moves it by a step of its file that the person may take, or changes nothing."""
    matter = begin(road, "decision", road.world.committee, texts()["plan"], date(2025, 3, 1))
    write(road, matter, texts()["plan"], date(2025, 3, 2))
    definition = road.casework.services.engine.definition_of(matter)
    state = "in_preparation"
    for number, (who, trigger) in enumerate(presses):
        step = definition.step(trigger, state)
        try:
            press(road, matter, who, trigger, DAY + timedelta(minutes=number))
        except Refusal:
            continue
        assert step is not None
        assert step.by != ("workflow",)
        state = step.target
    with road.casework.database.read() as session:
        assert session.get_one(Matter, matter.id).state == state
        entries = session.scalars(
            select(AuditEntry)
            .filter_by(subject_type="matter", subject_id=matter.id)
            .order_by(AuditEntry.sequence)
        )
        moves = [each.detail for each in entries if "from" in each.detail]
        assert all(a["to"] == b["from"] for a, b in itertools.pairwise(moves))
        assert moves[-1]["to"] == state
        assert verify(session, road.casework.services.audit.key).breaks == ()


def press(road: Road, matter: Matter, who: str, trigger: str, moment: datetime) -> None:
    """One press of a button, with the input that the step asks for."""
    person = getattr(road.cast, who)
    with road.casework.acting(
        road.world.organisation_id, Actor(person.id, person.name), moment
    ) as context:
        row = context.session.get_one(Matter, matter.id)
        step = context.services.engine.definition_of(row).step(trigger, row.state)
        known: dict[str, Any] = {"reason": "Ett skäl.", "case_officer": road.cast.officer.id}
        given_input = {each.name: known[each.name] for each in step.inputs} if step else {}
        context.services.engine.fire(context.given(**given_input), row, trigger)
