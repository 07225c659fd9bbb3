"""Absence is reported beforehand, and the next substitute in order is called in (KL 6:17)."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from casework.context import STOCKHOLM, Actor
from casework.demo.road import summon
from casework.errors import Conflict, Forbidden
from casework.mail.models import Message
from casework.meetings.models import Meeting
from casework.meetings.table.calling import called_in, report_absence, withdraw_absence
from casework.people.models import Body
from casework.people.service import appoint, create_person
from tests.demo.conftest import road_of, world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World
    from casework.people.models import Person

__all__ = ["world"]

DAY = date(2025, 6, 3)
BEFORE = date(2025, 5, 28)


class Calls:
    """The committee a week before its meeting, with one more substitute, of the party B."""

    def __init__(self, road: Road) -> None:
        self.road, self.cast = road, road.cast
        self.second = self.act(road.cast.registrar, _another_substitute)
        summon(road, road.world.committee, DAY, [])

    def act(self, who: Person, what: Callable[[Context], Any], day: date = BEFORE) -> Any:
        moment = datetime.combine(day, time(10), STOCKHOLM)
        with self.road.casework.acting(
            self.road.world.organisation_id, Actor(who.id, who.name), moment
        ) as context:
            return what(context)

    def report(self, person: Person, by: Person | None = None) -> None:
        self.act(by or person, lambda c: report_absence(c, _meeting(c), person))

    def withdraw(self, person: Person) -> None:
        self.act(person, lambda c: withdraw_absence(c, _meeting(c), person))

    def serving(self) -> dict[str, str]:
        """Whom each substitute has been called in for, by name."""
        names = {each.id: each.name for each in (self.cast.substitute, self.second)}
        return self.act(
            self.cast.secretary,
            lambda c: {names[sub]: person.name for sub, person in called_in(_meeting(c)).items()},
        )

    def letters(self) -> list[tuple[str, str]]:
        """Who was written to about serving, and in short what."""
        with self.road.casework.database.read() as session:
            rows = session.scalars(select(Message).order_by(Message.id))
            return [
                (row.to_address, row.subject.split(":")[0])
                for row in rows
                if not row.subject.startswith("Kallelse")
            ]


def _another_substitute(context: Context) -> Person:
    committee = context.session.scalars(select(Body).where(Body.short_name == "RUN")).one()
    address, since = "andra@example.org", date(2025, 1, 1)
    person = create_person(
        context, name="Andra ersättaren", title="Ersättare", email=address, party_code="B"
    )
    context.session.flush()
    appoint(context, person, "substitute", body=committee, valid_from=since, call_order=2)
    return person


def _meeting(context: Context) -> Meeting:
    return context.session.scalars(select(Meeting)).one()


@pytest.fixture
def calls(world: tuple[Casework, World], tmp_path: Path) -> Calls:
    return Calls(road_of(world, tmp_path))


def test_the_own_party_is_called_in_first(calls: Calls) -> None:
    """The first in order is of another party: the vice chair's seat goes to the second."""
    calls.report(calls.cast.vice_chair)
    assert calls.serving() == {"Andra ersättaren": "Vice ordföranden"}
    calls.report(calls.cast.attester, by=calls.cast.secretary)
    assert calls.serving() == {"Andra ersättaren": "Vice ordföranden", "Ersättaren": "Justeraren"}
    assert calls.letters() == [
        ("andra@example.org", "Du kallas in"),
        (calls.cast.substitute.email, "Du kallas in"),
    ]


def test_a_call_passes_on_to_the_next(calls: Calls) -> None:
    """Who is called in and cannot come is absent too; a seat without a substitute stays empty."""
    calls.report(calls.cast.vice_chair)
    calls.report(calls.second)
    assert calls.serving() == {"Ersättaren": "Vice ordföranden"}
    calls.report(calls.cast.chair)
    assert calls.serving() == {"Ersättaren": "Vice ordföranden"}
    calls.withdraw(calls.second)
    assert calls.serving() == {
        "Ersättaren": "Vice ordföranden",
        "Andra ersättaren": "Ordföranden",
    }


def test_who_comes_after_all_releases_the_substitute(calls: Calls) -> None:
    """The substitute is told, unless another seat waits for them."""
    calls.report(calls.cast.vice_chair)
    calls.withdraw(calls.cast.vice_chair)
    assert calls.serving() == {}
    assert calls.letters()[-1] == ("andra@example.org", "Du behöver inte tjänstgöra")
    for person in (calls.cast.chair, calls.cast.vice_chair, calls.cast.member):
        calls.report(person)
    calls.withdraw(calls.cast.vice_chair)
    assert calls.serving() == {"Ersättaren": "Ordföranden", "Andra ersättaren": "Ledamoten"}
    assert calls.letters()[-1] == ("andra@example.org", "Du kallas in")


def test_one_reports_oneself_before_the_meeting(calls: Calls) -> None:
    """Others are reported by the secretary; twice, or too late, is refused in words."""
    with pytest.raises(Forbidden, match="role_missing"):
        calls.report(calls.cast.chair, by=calls.cast.member)
    with pytest.raises(Conflict, match="not_a_member"):
        calls.report(calls.cast.officer)
    with pytest.raises(Conflict, match="not_absent"):
        calls.withdraw(calls.cast.member)
    calls.report(calls.cast.member)
    with pytest.raises(Conflict, match="absent_already"):
        calls.report(calls.cast.member)
    calls.act(calls.cast.secretary, lambda c: c.services.engine.fire(c, _meeting(c), "open"), DAY)
    with pytest.raises(Conflict, match="meeting_begun"):
        calls.withdraw(calls.cast.member)


class _Undo(Exception):
    pass


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=14))
def test_no_seat_stays_empty_while_somebody_is_free(
    calls: Calls, told: list[tuple[bool, int]]
) -> None:
    """Whatever is reported and taken back: each is called once, and nobody who is away."""
    cast = calls.cast
    substitutes = {cast.substitute.id, calls.second.id}
    everybody = [cast.chair, cast.vice_chair, cast.attester, cast.member]
    everybody += [cast.substitute, calls.second]

    def live(context: Context) -> None:
        meeting = _meeting(context)
        for comes, index in told:
            with suppress(Conflict):
                (withdraw_absence if comes else report_absence)(context, meeting, everybody[index])
            away = {each.person_id for each in meeting.absences}
            called = [each.substitute_id for each in meeting.absences if each.substitute_id]
            empty = [each for each in away - substitutes if each not in _served(meeting)]
            assert len(called) == len(set(called))
            assert set(called) <= substitutes - away
            assert not empty or not substitutes - away - set(called)
        raise _Undo

    with suppress(_Undo):
        calls.act(cast.secretary, live)


def _served(meeting: Meeting) -> set[int]:
    return {person.id for person in called_in(meeting).values()}
