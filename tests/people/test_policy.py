"""One rule answers "may you?" and "which rows?", and both answers are the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import object_session

from casework.context import IN_PLACE_OF, STOCKHOLM, Actor, Context
from casework.matters.kind import MATTER
from casework.matters.models import Matter
from casework.people.models import Appointment, Body, Organisation, Person, StandIn
from casework.people.policy import (
    READERS,
    REPRESENTED,
    ROLES,
    Appointed,
    absent,
    holds_any,
    is_valid,
    lift,
    may,
    may_of_body,
    may_oneself,
    restrict,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from casework.db import Database

FIRST = date(2025, 1, 1)
DAYS = st.integers(min_value=0, max_value=20).map(lambda days: FIRST + timedelta(days=days))
APPOINTED = [name for name, role in ROLES.items() if isinstance(role, Appointed)]
SPANS = st.tuples(DAYS, st.none() | st.integers(min_value=0, max_value=9))
APPOINTMENTS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(APPOINTED), st.none() | st.integers(0, 1), SPANS),
    max_size=6,
    unique_by=lambda each: (each[0], each[1], each[2], each[3][0]),
)
STAND_INS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), DAYS, st.integers(0, 9), st.booleans()).filter(
        lambda each: each[0] != each[1]
    ),
    max_size=3,
)
MATTERS = st.lists(st.tuples(st.integers(0, 1), st.none() | st.integers(0, 2)), max_size=4)


def fill(
    session: Session, appointments: list[Any], matters: list[Any], stand_ins: list[Any]
) -> list[Person]:
    """An organisation with two bodies, three people, their appointments, some matters, and who
    stands in for whom (also as no verb would let them)."""
    session.add(Organisation(id=1, name="Region Exempel", short_name="RE"))
    session.flush()
    bodies = [
        Body(organisation_id=1, kind="committee", name=name, short_name=name) for name in "AB"
    ]
    people = [Person(organisation_id=1, name=name, sort_key=name) for name in "xyz"]
    session.add_all([*bodies, *people])
    session.flush()
    for who, role, where, (start, length) in appointments:
        session.add(
            Appointment(
                organisation_id=1,
                person_id=people[who].id,
                role=role,
                body_id=None if where is None else bodies[where].id,
                valid_from=start,
                valid_to=None if length is None else start + timedelta(days=length),
                recorded_at=datetime(2025, 1, 1, tzinfo=STOCKHOLM),
            )
        )
    for number, (where, officer) in enumerate(matters, start=1):
        session.add(
            Matter(
                organisation_id=1,
                kind="decision",
                title="Ett ärende",
                body_id=bodies[where].id,
                registration_number=f"A/{number}/2025",
                series_code="A",
                register_year=2025,
                register_number=number,
                registered_on=FIRST,
                registered_at=datetime(2025, 1, 1, tzinfo=STOCKHOLM),
                case_officer_id=None if officer is None else people[officer].id,
                workflow="decision-matter",
                workflow_version=1,
                state="registered",
            )
        )
    for away, stand_in, first, length, is_ended in stand_ins:
        session.add(
            StandIn(
                organisation_id=1,
                person_id=people[away].id,
                stand_in_id=people[stand_in].id,
                valid_from=first,
                valid_to=first + timedelta(days=length),
                recorded_at=datetime(2025, 1, 1, tzinfo=STOCKHOLM),
                ended_at=datetime(2025, 1, 2, tzinfo=STOCKHOLM) if is_ended else None,
            )
        )
    session.flush()
    return people


def _holds(role: Any, person_id: int, row: Matter, day: date) -> bool:
    session = object_session(row)
    assert session is not None
    return _holds_alone(session, role, person_id, row, day)


def _holds_alone(session: Session, role: Any, person_id: int, row: Any, day: date) -> bool:
    """By the person alone: nobody is away in this answer."""
    if not isinstance(role, Appointed):
        return bool(getattr(row, role.attribute, None) == person_id)
    own = Appointment.person_id == person_id, Appointment.role == role.name, is_valid(day)
    bodies = session.scalars(select(Appointment.body_id).where(*own)).all()
    return None in bodies or row.body_id in bodies


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(APPOINTMENTS, MATTERS, STAND_INS, DAYS)
def test_both_answers_agree(
    database: Database,
    appointments: list[Any],
    matters: list[Any],
    stand_ins: list[Any],
    day: date,
) -> None:
    """For every role, person and matter on any day; and a restricted session loads just those.

    What a person holds is what they hold themselves, and of REPRESENTED what those hold whom they
    stand in for that day.
    """
    with database.session(writing=True) as session:
        people = fill(session, appointments, matters, stand_ins)
        away = {
            person.id: [
                people[who].id
                for who, stand_in, first, length, is_ended in stand_ins
                if people[stand_in] is person
                and first <= day <= first + timedelta(days=length)
                and not is_ended
            ]
            for person in people
        }
        rows = session.scalars(select(Matter)).all()
        for person in people:
            for role in ROLES.values():
                asked = select(Matter.id).where(role.criteria(person.id, Matter, day))
                listed = set(session.scalars(asked))
                held = {row.id for row in rows if role.holds(session, person.id, row, day)}
                assert listed == held, role
                lent = away[person.id] if role.name in REPRESENTED else []
                persons = [person.id, *lent]
                assert held == {
                    row.id for row in rows if any(_holds(role, each, row, day) for each in persons)
                }
            readable = {row.id for row in rows if holds_any(session, person.id, row, day, READERS)}
            restrict(session, [MATTER], 1, person.id, day)
            assert set(session.scalars(select(Matter.id))) == readable
            lift(session)
            assert len(session.scalars(select(Matter.id)).all()) == len(rows)
        session.rollback()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(APPOINTMENTS, STAND_INS, DAYS, st.integers(0, 2))
@example(  # both the absent and the stand-in hold it
    [(who, "registrar", None, (FIRST, None)) for who in (0, 1)],
    [(0, 1, FIRST, 9, False), (2, 1, FIRST, 9, False)],
    FIRST,
    2,
)
def test_a_verb_has_the_same_answer_and_says_in_whose_place(
    database: Database, appointments: list[Any], stand_ins: list[Any], day: date, holder: int
) -> None:
    """For every role, also those that a row names; one's own right comes before a lent one."""
    with database.session(writing=True) as session:
        people = fill(session, appointments, [], stand_ins)
        body_id = session.scalars(select(Body.id).order_by(Body.id)).first()
        named = ("case_officer_id", "assignee_id", "decider_id")
        row: Any = SimpleNamespace(
            organisation_id=1, body_id=body_id, **dict.fromkeys(named, people[holder].id)
        )
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=STOCKHOLM)
        services: Any = None
        for person in people:
            context = Context(session, 1, Actor(person.id, person.name), moment, services)
            away = absent(session, 1, person.id, day)
            for role in ROLES.values():
                held = role.holds(session, person.id, row, day)
                assert may(context, row, (role.name,)) is held, role
                whose = session.info.get(IN_PLACE_OF)
                is_own = _holds_alone(session, role, person.id, row, day)
                assert (whose is not None) is (held and not is_own), role
                assert whose is None or whose in {each.name for each in away.values()}
                if isinstance(role, Appointed):
                    assert may_of_body(context, body_id, (role.name,)) is held, role
                    assert may_oneself(context, body_id, (role.name,)) is is_own, role
        session.rollback()
        session.info.clear()
