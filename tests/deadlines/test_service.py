"""Deadlines start with their reminders planned, and end with nothing left to send."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from casework.db import Database
from casework.deadlines import queries, service
from casework.deadlines.models import Deadline, Reminder
from casework.errors import Conflict, Invalid
from casework.people.models import Organisation, Person
from casework.phrases import sentence

from .conftest import World, at

NOW = at("2025-02-03")


def test_reminders_are_planned_at_eight_in_stockholm_by_the_season(world: World) -> None:
    """T-14 and T-3 before, T+1 and T+7 after with a copy to the manager; 08:00 is local time."""
    deadline_id = world.start_on("2025-04-10", moment=NOW)
    with world.database.read() as session:
        plan = [
            (r.kind, r.offset_days, r.remind_at, r.copy_to_manager, r.state)
            for r in session.get_one(Deadline, deadline_id).reminders
        ]
    assert plan == [
        ("before", -14, datetime(2025, 3, 27, 7, tzinfo=UTC), False, "planned"),
        ("before", -3, datetime(2025, 4, 7, 6, tzinfo=UTC), False, "planned"),
        ("late", 1, datetime(2025, 4, 11, 6, tzinfo=UTC), True, "planned"),
        ("late", 7, datetime(2025, 4, 17, 6, tzinfo=UTC), True, "planned"),
    ]


def test_a_legal_deadline_keeps_goal_limit_and_statute(world: World) -> None:
    """KL 5:69: fourteen days end on 6 June, a holiday, so the limit is Monday the 9th."""
    with world.database.unit_of_work() as session:
        deadline = service.start(
            session,
            **world.which(name="attest"),
            rule="attest",
            start=date(2025, 5, 23),
            moment=at("2025-05-23"),
            remind=[2, 0],
            late=[],
            legal=True,
        )
    assert (deadline.started_on, deadline.raw_on, deadline.due_on, deadline.statute) == (
        date(2025, 5, 23),
        date(2025, 6, 6),
        date(2025, 6, 9),
        "KL 5:69",
    )
    assert [(r.kind, r.offset_days) for r in deadline.reminders] == [("legal", -2), ("legal", 0)]


def test_a_counted_rule_takes_its_number(world: World) -> None:
    """Five working days for the review, and a refusal without the number."""
    with world.database.unit_of_work() as session:
        deadline = service.start(
            session,
            **world.which(name="review"),
            rule="working_days",
            days=5,
            start=date(2025, 6, 17),
            moment=NOW,
        )
    assert deadline.due_on == date(2025, 6, 25)
    with world.database.unit_of_work() as session, pytest.raises(Invalid):
        service.start(
            session, **world.which(), rule="working_days", start=date(2025, 6, 17), moment=NOW
        )


def test_a_reminder_whose_time_has_passed_is_never_planned(world: World) -> None:
    """Ten days before the due day the fortnight's reminder would only confuse."""
    deadline_id = world.start_on("2025-02-13", moment=NOW)
    assert world.states(deadline_id) == (
        "running",
        {-14: "cancelled", -3: "planned", 1: "planned", 7: "planned"},
    )


@pytest.mark.parametrize("verb", [service.meet, service.cancel])
def test_what_is_over_sends_nothing_more(world: World, verb: object) -> None:
    """Met or cancelled: the moment is kept, the reminders are called off, a repeat does nothing."""
    deadline_id = world.start_on("2025-04-10", moment=NOW)
    for round_, expected in enumerate([True, False]):
        with world.database.unit_of_work() as session:
            ended = verb(session, **world.which(), moment=at("2025-03-28"))  # type: ignore[operator]
            assert (ended is not None) is expected, round_
    state, reminders = world.states(deadline_id)
    assert state == ("met" if verb is service.meet else "cancelled")
    assert set(reminders.values()) == {"cancelled"}
    with world.database.read() as session:
        assert session.get_one(Deadline, deadline_id).ended_at == at("2025-03-28")


def test_starting_again_is_the_next_lap(world: World) -> None:
    """A matter that is referred back and submitted again has one review running, not two."""
    first = world.start_on("2025-04-10", moment=NOW)
    second = world.start_on("2025-05-15", moment=at("2025-04-01"))
    assert world.states(first)[0] == "cancelled"
    assert set(world.states(first)[1].values()) == {"cancelled"}
    assert world.states(second)[0] == "running"


def test_moving_keeps_the_plan_around_the_new_day(world: World) -> None:
    """A changed timetable: the old reminders are off, even those passed are planned anew."""
    first = world.start_on("2025-02-13", moment=NOW, remind=[14, 5])
    with world.database.unit_of_work() as session:
        old = session.get_one(Deadline, first)
        new = service.move(session, old, due_on=date(2025, 9, 1), moment=at("2025-02-10"))
    assert new.due_on == date(2025, 9, 1)
    assert (new.responsible_person_id, new.escalate_to_person_id) == (
        world.official_id,
        world.manager_id,
    )
    assert world.states(first)[0] == "cancelled"
    assert world.states(new.id) == ("running", dict.fromkeys([-14, -5, 1, 7], "planned"))


def test_what_is_over_cannot_be_moved(world: World) -> None:
    """Refused with a sentence that names the deadline."""
    deadline_id = world.start_on("2025-04-10", moment=NOW)
    with world.database.unit_of_work() as session:
        service.meet(session, **world.which(), moment=NOW)
        deadline = session.get_one(Deadline, deadline_id)
        with pytest.raises(Conflict) as refused:
            service.move(session, deadline, due_on=date(2025, 9, 1), moment=NOW)
    assert "report_back" in sentence(refused.value.code, refused.value.params, "sv")


def test_the_database_refuses_a_second_open_deadline_of_the_name(world: World) -> None:
    """Even a writer past the service cannot let two run at once."""
    world.start_on("2025-04-10", moment=NOW)
    day = date(2025, 5, 5)
    twin = Deadline(
        **world.which(), rule="stated", statute="", started_on=day, raw_on=day, due_on=day
    )
    with pytest.raises(IntegrityError), world.database.unit_of_work() as session:
        session.add(twin)


@pytest.mark.parametrize(
    "statement",
    [
        update(Deadline).values(state="met"),
        update(Deadline).values(state="forgotten"),
        update(Reminder).values(state="sent"),
        update(Reminder).values(sent_at=NOW),
        update(Reminder).values(kind="late", offset_days=-3),
        update(Reminder).values(kind="before", offset_days=-3),
    ],
)
def test_a_state_cannot_exist_without_its_data(world: World, statement: object) -> None:
    """Met needs its moment, sent needs its, and no reminder can be there twice."""
    world.start_on("2025-04-10", moment=NOW)
    with pytest.raises(IntegrityError), world.database.unit_of_work() as session:
        session.execute(statement)  # type: ignore[call-overload]


def test_nobody_of_another_organisation_can_be_responsible(
    world: World, database: Database
) -> None:
    """The database itself keeps the organisations apart."""
    with database.unit_of_work() as session:
        other = Organisation(name="Provköpings kommun", short_name="PK")
        session.add(other)
        session.flush()
        stranger = Person(organisation_id=other.id, name="Någon annan", sort_key="n")
        session.add(stranger)
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        service.start_on(
            session,
            **world.which(),
            due_on=date(2025, 4, 10),
            moment=NOW,
            responsible_person_id=stranger.id,
        )
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Deadline)) == 0


def test_upcoming_shows_what_is_late_first_and_nothing_that_is_over(world: World) -> None:
    """My work: open deadlines of the person, up to the day asked for."""
    later = world.start_on("2025-05-01", moment=NOW, subject_id=1)
    soon = world.start_on("2025-02-10", moment=NOW, subject_id=2)
    world.start_on("2025-08-01", moment=NOW, subject_id=3)
    world.start_on("2025-03-01", moment=NOW, subject_id=4)
    with world.database.unit_of_work() as session:
        service.meet(session, **world.which(4), moment=NOW)
    with world.database.read() as session:

        def due(person_id: int) -> list[int]:
            own, until = world.organisation_id, date(2025, 5, 1)
            found = session.scalars(queries.upcoming(own, person_id, until, NOW.date()))
            return [deadline.id for deadline in found]

        assert due(world.official_id) == [soon, later]
        assert due(world.manager_id) == []


def test_a_subject_shows_all_its_laps(world: World) -> None:
    """The history of a changed timetable stays readable."""
    first = world.start_on("2025-04-10", moment=NOW)
    second = world.start_on("2025-05-15", moment=NOW)
    world.start_on("2025-05-15", moment=NOW, subject_id=2)
    with world.database.read() as session:
        found = queries.of_subject(session, world.organisation_id, "assignment", 1)
        assert [deadline.id for deadline in found] == [first, second]
