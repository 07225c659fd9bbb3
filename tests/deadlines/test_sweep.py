"""The sweep sends what is due, each thing once, whatever stops or runs beside it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from casework.db import Database
from casework.deadlines import service
from casework.deadlines import sweep as sweeping
from casework.deadlines.models import Deadline, Reminder
from casework.deadlines.sweep import sweep
from casework.people.models import Person

from .conftest import World, at

NOW = at("2025-02-03")


def post(session: Session, reminder: Reminder, deadline: Deadline) -> None:
    """A stand-in for the outbox: a row in the same transaction."""
    name = f"message {reminder.id}"
    session.add(Person(organisation_id=deadline.organisation_id, name=name, sort_key="message"))


@pytest.fixture
def two_writers(database: Database) -> None:
    """The test wants a second writer beside an open transaction; SQLite has one at a time."""
    if database.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time")


def outbox(world: World) -> Counter[str]:
    with world.database.read() as session:
        return Counter(session.scalars(select(Person.name).where(Person.sort_key == "message")))


def test_nothing_goes_before_its_time(world: World) -> None:
    """A minute to eight is too soon; at eight it goes."""
    deadline_id = world.start_on("2025-04-10", moment=NOW)
    early = sweep(world.database, at("2025-03-27", "07:59"), post)
    assert (early.sent, early.missed, outbox(world)) == (0, 0, Counter())
    assert sweep(world.database, at("2025-03-27", "08:00"), post).sent == 1
    assert world.states(deadline_id)[1][-14] == "sent"


def test_a_second_sweep_sends_nothing_again(world: World) -> None:
    """The same moment twice gives one message, and its moment is kept."""
    deadline_id = world.start_on("2025-04-10", moment=NOW)
    moment = at("2025-03-27", "08:05")
    assert [sweep(world.database, moment, post).sent for _ in range(2)] == [1, 0]
    assert list(outbox(world).values()) == [1]
    with world.database.read() as session:
        sent = session.scalars(select(Reminder).where(Reminder.deadline_id == deadline_id)).all()
        assert [r.sent_at for r in sent if r.sent_at] == [moment]


def test_every_reminder_of_the_plan_goes_on_its_day(world: World) -> None:
    """Two before and two late, day by day, and the deadline turns missed the day after."""
    deadline_id = world.start_on("2025-02-20", moment=NOW)
    told = {}
    for day in range(4, 29):
        result = sweep(world.database, at(f"2025-02-{day:02}", "08:00"), post)
        if result.sent or result.missed:
            told[day] = (result.sent, result.missed)
    assert told == {6: (1, 0), 17: (1, 0), 21: (1, 1), 27: (1, 0)}
    assert world.states(deadline_id) == ("missed", dict.fromkeys([-14, -3, 1, 7], "sent"))


def test_the_due_day_itself_is_in_time(world: World) -> None:
    """A legal day is a date in Stockholm: half past eleven at night there is not yet too late."""
    deadline_id = world.start_on("2025-07-01", moment=NOW)
    assert sweep(world.database, at("2025-07-01", "23:30"), post).missed == 0
    assert sweep(world.database, at("2025-07-02", "00:30"), post).missed == 1
    assert world.states(deadline_id)[0] == "missed"


def test_what_is_missed_can_still_be_met(world: World) -> None:
    """The late answer ends it, and the second late reminder is called off."""
    deadline_id = world.start_on("2025-02-20", moment=NOW)
    sweep(world.database, at("2025-02-21"), post)
    with world.database.unit_of_work() as session:
        assert service.meet(session, **world.which(), moment=at("2025-02-24"))
    assert sweep(world.database, at("2025-03-10"), post).sent == 0
    assert world.states(deadline_id)[0] == "met"


def test_after_a_long_stop_only_the_newest_goes(world: World) -> None:
    """Nobody gets five reminders about one thing in one morning."""
    deadline_id = world.start_on("2025-02-20", moment=NOW)
    result = sweep(world.database, at("2025-03-10"), post)
    assert (result.sent, result.cancelled, result.missed) == (1, 3, 1)
    assert world.states(deadline_id)[1] == {
        -14: "cancelled",
        -3: "cancelled",
        1: "cancelled",
        7: "sent",
    }


def test_a_reminder_of_something_over_is_cancelled(world: World) -> None:
    """Even where a deadline was ended past the service."""
    deadline_id = world.start_on("2025-02-20", moment=NOW)
    with world.database.unit_of_work() as session:
        session.execute(update(Deadline).values(state="met", ended_at=NOW))
    result = sweep(world.database, at("2025-03-10"), post)
    assert (result.sent, result.cancelled, result.missed) == (0, 4, 0)
    assert set(world.states(deadline_id)[1].values()) == {"cancelled"}


def test_one_that_cannot_be_told_stops_no_other(world: World) -> None:
    """Its message and its state are undone together, it is reported, and the next sweep tries."""
    bad, *good = [world.start_on("2025-02-20", moment=NOW, subject_id=n) for n in range(3)]

    def fail_for_bad(session: Session, reminder: Reminder, deadline: Deadline) -> None:
        post(session, reminder, deadline)
        session.flush()
        if deadline.id == bad:
            raise LookupError("no address")

    moment = at("2025-02-06")
    result = sweep(world.database, moment, fail_for_bad)
    assert result.sent == 2
    assert [(f.deadline_id, f.error) for f in result.failures] == [
        (bad, "LookupError('no address')")
    ]
    assert sum(outbox(world).values()) == 2
    assert [world.states(n)[1][-14] for n in (bad, *good)] == ["planned", "sent", "sent"]
    assert sweep(world.database, moment, post).sent == 1


def test_more_than_a_batch_goes_in_one_sweep(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each batch is a transaction of its own, and none is forgotten."""
    monkeypatch.setattr(sweeping, "BATCH", 3)
    for n in range(10):
        world.start_on("2025-02-20", moment=NOW, subject_id=n)
    commits: list[object] = []
    event.listen(world.database.engine, "commit", commits.append)
    assert sweep(world.database, at("2025-02-06"), post).sent == 10
    assert len(commits) >= 4
    assert set(outbox(world).values()) == {1}


def test_two_sweeps_at_once_send_everything_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two servers whose clocks strike eight together."""
    monkeypatch.setattr(sweeping, "BATCH", 4)
    for n in range(30):
        world.start_on("2025-02-20", moment=NOW, subject_id=n)
    together = Barrier(2)

    def run(_: int) -> int:
        together.wait(timeout=10)
        return sweep(world.database, at("2025-02-06"), post).sent

    with ThreadPoolExecutor(2) as pool:
        sent = list(pool.map(run, range(2)))
    assert sum(sent) == 30
    assert sorted(outbox(world).values()) == [1] * 30


@pytest.mark.usefixtures("two_writers")
def test_what_another_sweep_holds_is_passed_over(world: World) -> None:
    """PostgreSQL: the second does not wait for the first one's rows, and takes none of them."""
    world.start_on("2025-02-20", moment=NOW)
    inner = []

    def meanwhile(session: Session, reminder: Reminder, deadline: Deadline) -> None:
        inner.append(sweep(world.database, at("2025-02-06"), post).sent)
        post(session, reminder, deadline)

    assert sweep(world.database, at("2025-02-06"), meanwhile).sent == 1
    assert inner == [0]
    assert list(outbox(world).values()) == [1]


@pytest.mark.usefixtures("two_writers")
def test_what_a_person_is_ending_is_passed_over(world: World) -> None:
    """PostgreSQL: nobody is told that he is late while his answer is being written."""
    deadline_id = world.start_on("2025-02-20", moment=NOW)
    with world.database.unit_of_work() as session:
        service.meet(session, **world.which(), moment=at("2025-02-21"))
        result = sweep(world.database, at("2025-02-21"), post)
    assert (result.sent, result.missed, result.failures) == (0, 0, [])
    assert sweep(world.database, at("2025-02-21"), post).sent == 0
    assert world.states(deadline_id)[0] == "met"


@pytest.mark.usefixtures("two_writers")
def test_what_was_sent_meanwhile_stays_sent(world: World) -> None:
    """PostgreSQL: whoever ends a deadline he read before the sweep does not undo what it sent."""
    deadline_id = world.start_on("2025-02-20", moment=NOW)
    with world.database.unit_of_work() as session:
        read = session.get_one(Deadline, deadline_id).planned_reminders
        assert sweep(world.database, at("2025-02-06"), post).sent == 1
        service.meet(session, **world.which(), moment=at("2025-02-06"))
        assert [reminder.state for reminder in read] == ["sent", *["cancelled"] * 3]
    assert world.states(deadline_id) == (
        "met",
        {-14: "sent", -3: "cancelled", 1: "cancelled", 7: "cancelled"},
    )


def test_the_question_is_answered_by_the_index_of_what_is_planned(world: World) -> None:
    """SQLite reads the partial indexes, so what is long since sent costs nothing."""
    if world.database.engine.dialect.name != "sqlite":
        pytest.skip("the plan's wording is SQLite's")
    asked: list[tuple[str, Any]] = []

    @event.listens_for(world.database.engine, "before_cursor_execute")
    def _note(_conn: object, _cursor: object, sql: str, params: Any, *_: object) -> None:
        if sql.startswith(("SELECT deadline", "UPDATE deadline")):
            asked.append((sql, params))

    sweep(world.database, at("2025-02-06"), post)
    event.remove(world.database.engine, "before_cursor_execute", _note)
    with world.database.read() as session:
        plans = [
            str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", params).all())
            for sql, params in asked
        ]
    assert len(plans) == 2
    assert "ix_deadline_passing" in plans[0]
    assert "ix_reminder_due" in plans[1]
    assert not any(f"SCAN {table}" in plan for plan in plans for table in ("deadline", "reminder"))
