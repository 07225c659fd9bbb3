"""Motions and citizen proposals are decided within a year, and somebody is reminded of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casework.deadlines import queries
from casework.demo.road import hold, review, summon, texts, write
from casework.errors import Invalid
from casework.matters.service import INITIATIVES, register
from casework.workflow.blockers import Blocked
from tests.demo.conftest import road_of, world

if TYPE_CHECKING:
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World
    from casework.matters.models import Matter

__all__ = ["world"]

DAY = date(2025, 6, 6)


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    return road_of(world, tmp_path)


def raised(road: Road, initiative: str, kind: str = "decision") -> Matter:
    def act(context: Context) -> Matter:
        body = road.world.committee
        title = texts()["plan"]["title"]
        return register(context, kind=kind, title=title, body=body, initiative=initiative)

    matter: Matter = road.step(DAY, road.cast.registrar, "registrerar motionen", act)
    return matter


def deadline(road: Road, matter: Matter) -> Any:
    with road.casework.database.read() as session:
        rows = queries.of_subject(session, matter.organisation_id, "matter", matter.id)
        [found] = [each for each in rows if each.name == "initiative"]
        assert [each.offset_days for each in found.reminders] == [-90, -30, -7, 1, 7]
        return found


@pytest.mark.parametrize("initiative", INITIATIVES)
def test_an_initiative_has_its_year_from_registration(road: Road, initiative: str) -> None:
    """KL 5:35; 6 June is a holiday and 2026-06-06 a Saturday. Withdrawn it waits no longer."""
    matter = raised(road, initiative)
    due = deadline(road, matter)
    assert (due.raw_on, due.due_on) == (date(2026, 6, 6), date(2026, 6, 8))
    assert (due.rule, due.statute, due.state) == (initiative, "KL 5:35", "running")
    assert due.responsible_person_id == road.cast.secretary.id
    with pytest.raises(Blocked) as refused:
        road.fire(DAY, road.cast.registrar, "avskriver", matter, "strike_off", reason="Inaktuell.")
    assert [each.code for each in refused.value.blockers] == ["initiative_is_the_assemblys"]
    road.fire(DAY, road.cast.registrar, "återtar", matter, "withdraw", reason="Återtagen.")
    assert deadline(road, matter).state == "cancelled"


def test_the_decision_meets_it(road: Road) -> None:
    """The whole road to the decision; what is decided is no longer reminded of."""
    matter, day = raised(road, "motion"), date(2025, 8, 19)
    officer = road.cast.officer.id
    road.fire(DAY, road.cast.manager, "fördelar", matter, "assign", case_officer=officer)
    write(road, matter, texts()["plan"], DAY)
    review(road, DAY, matter)
    meeting = summon(road, road.world.committee, day, [(matter, "decision", "")])
    assert deadline(road, matter).state == "running"
    hold(road, meeting, day, {"decision": "decided"})
    assert deadline(road, matter).state == "met"


@pytest.mark.parametrize(
    ("initiative", "kind", "code"),
    [
        ("interpellation", "decision", "initiative_unknown"),
        ("motion", "information", "initiative_is_decided"),
    ],
)
def test_what_cannot_be_raised_so_is_refused(
    road: Road, initiative: str, kind: str, code: str
) -> None:
    """A motion is decided on: another kind of matter could never meet its deadline."""
    with pytest.raises(Invalid) as refused:
        raised(road, initiative, kind)
    assert refused.value.code == code
