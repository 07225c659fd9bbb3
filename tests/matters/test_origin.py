"""Sender and initiative can be corrected (OSL 5:2), and an initiative's year follows (KL 5:35)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.deadlines import queries
from casework.errors import Forbidden, Invalid, Refusal, Stale
from casework.matters.models import Matter
from casework.matters.origin import correct_origin
from casework.matters.queries import register as registered
from casework.matters.service import register
from tests.demo.conftest import road_of, world

if TYPE_CHECKING:
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World
    from casework.people.models import Person

__all__ = ["world"]

DAY, LATER = date(2025, 6, 6), date(2025, 9, 1)


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    return road_of(world, tmp_path)


def begun(road: Road, *, kind: str = "decision", **origin: str) -> Matter:
    def act(context: Context) -> Matter:
        return register(context, kind=kind, title="Cykelväg", body=road.world.committee, **origin)

    matter: Matter = road.step(DAY, road.cast.registrar, "registrerar", act)
    return matter


def corrected(road: Road, matter: Matter, who: Person | None = None, **given: Any) -> Matter:
    def act(context: Context) -> Matter:
        row = context.session.get_one(Matter, matter.id)
        return correct_origin(context, row, **given)

    row: Matter = road.step(LATER, who or road.cast.registrar, "rättar diariet", act)
    return row


def years(road: Road, matter: Matter) -> list[tuple[str, str]]:
    with road.casework.database.read() as session:
        rows = queries.of_subject(session, matter.organisation_id, "matter", matter.id)
        return [(each.rule, each.state) for each in rows if each.name == "initiative"]


def test_what_stood_before_stays_on_record(road: Road) -> None:
    """The entry names both, the register finds the new sender, and only what changed is told."""
    matter = begun(road, sender="Anna Berg")
    corrected(road, matter, sender="  Anna \u00ad Bergqvist ", initiative="")
    with road.casework.database.read() as session:
        assert session.get_one(Matter, matter.id).sender == "Anna Bergqvist"
        found = registered(matter.organisation_id, question="Bergqvist")
        assert [each.id for each in session.scalars(found)] == [matter.id]
        entries = select(AuditEntry).where(AuditEntry.action == "origin_corrected")
        [entry] = session.scalars(entries)
        assert entry.detail["before"] == {"sender": "Anna Berg"}
        assert entry.detail["after"] == {"sender": "Anna Bergqvist"}
    corrected(road, matter, sender="Anna Bergqvist")
    with road.casework.database.read() as session:
        assert len(list(session.scalars(entries))) == 1


def test_the_year_follows_the_correction(road: Road) -> None:
    """From the registration, not from the day it was corrected; none for any other origin."""
    matter = begun(road)
    assert years(road, matter) == []
    corrected(road, matter, initiative="motion")
    with road.casework.database.read() as session:
        [due] = queries.of_subject(session, matter.organisation_id, "matter", matter.id)
        assert (due.raw_on, due.due_on) == (date(2026, 6, 6), date(2026, 6, 8))
        assert due.responsible_person_id == road.cast.secretary.id
    corrected(road, matter, sender="Partiet")
    assert years(road, matter) == [("motion", "running")]
    corrected(road, matter, initiative="citizen_proposal")
    assert years(road, matter) == [("motion", "cancelled"), ("citizen_proposal", "running")]
    corrected(road, matter, initiative="")
    assert {state for _rule, state in years(road, matter)} == {"cancelled"}


def test_what_is_over_gets_no_new_year(road: Road) -> None:
    """A matter that was withdrawn waits for nothing, whatever it is said to have been."""
    matter = begun(road, initiative="motion")
    road.fire(DAY, road.cast.registrar, "återtar", matter, "withdraw", reason="Återtagen.")
    corrected(road, matter, initiative="citizen_proposal")
    assert years(road, matter) == [("motion", "cancelled")]


@pytest.mark.parametrize(
    ("kind", "given", "refusal", "code"),
    [
        ("decision", {"initiative": "interpellation"}, Invalid, "initiative_unknown"),
        ("information", {"initiative": "motion"}, Invalid, "initiative_is_decided"),
        ("decision", {"sender": "A" * 201}, Invalid, "sender_too_long"),
        ("decision", {"sender": "A", "expected_version": 99}, Stale, "stale"),
    ],
)
def test_what_is_refused(
    road: Road, kind: str, given: Any, refusal: type[Refusal], code: str
) -> None:
    """As at the registration, and when somebody else was there first."""
    matter = begun(road, kind=kind)
    with pytest.raises(refusal) as refused:
        corrected(road, matter, **given)
    assert refused.value.code == code


@pytest.mark.parametrize("who", ["officer", "manager", "secretary", "member"])
def test_the_registrar_keeps_the_register(road: Road, who: str) -> None:
    """Nobody else corrects it."""
    matter = begun(road)
    with pytest.raises(Forbidden):
        corrected(road, matter, getattr(road.cast, who), sender="Någon annan")
