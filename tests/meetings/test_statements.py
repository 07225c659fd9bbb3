"""What a vote and a step ask of the database: a ceiling, whatever the number of those who vote."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.audit.verify import verify
from casework.matters.models import Matter, RegisterSeries
from casework.meetings.models import Ballot
from casework.meetings.table.motions import move
from casework.meetings.table.questions import put_question, take_back_question
from casework.meetings.table.roll import arrive, present_at
from casework.people.service import appoint, create_person
from tests.demo.conftest import opened, road_of
from tests.meetings.conftest import Table, laid
from tests.support.statements import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.context import Context
    from casework.meetings.models import AgendaItem, Meeting
    from tests.support.databases import SqliteMaker

VOTE = 25  # with the lock on meeting and item, the roll, the quorum, the seal
STEP = 6  # with the beginning of the transaction and one guard that asks


@pytest.fixture
def table(sqlite_maker: SqliteMaker, tmp_path: Path) -> Iterator[Table]:
    """What is counted is counted on one engine: SQLite, which is told of every BEGIN."""
    with sqlite_maker.copied("laid", tmp_path, laid) as (url, (world, meeting_id)):
        casework = opened(url, tmp_path)
        yield Table(road_of((casework, world), tmp_path), meeting_id)
        casework.database.close()


def more_members(table: Table, count: int) -> None:
    def come(context: Context, meeting: Meeting) -> None:
        for number in range(count):
            name, email = f"Ledamot {number}", f"ledamot{number}@example.org"
            person = create_person(context, name=name, title="", email=email)
            context.session.flush()
            appoint(context, person, "member", body=meeting.body, valid_from=date(2024, 1, 1))
            arrive(context, meeting, person, "member")

    table.act(come)


def vote(table: Table) -> tuple[int, int]:
    """A vote by name: how many voted, and how many statements it took."""

    def voters(meeting: Meeting) -> list[int]:
        return [each.person.id for each in present_at(meeting.agenda[-1]) if each.decides]

    ballots = dict.fromkeys(table.read(voters), "yes")
    with counted(table.road.casework.database) as sent:
        table.on_item(lambda c, item: put_question(c, item, method="vote", ballots=ballots))
    return len(ballots), len(sent)


def test_a_vote_asks_the_same_whoever_many_they_are(table: Table) -> None:
    """A council has a hundred members, and the screen waits for each answer."""
    table.on_item(lambda c, item: move(c, item, table.cast.member, "rejection"))
    few, asked = vote(table)
    table.on_item(lambda c, item: take_back_question(c, item))
    more_members(table, 7)
    many, asked_then = vote(table)
    assert (few, many) == (4, 11)
    assert asked_then <= asked <= VOTE

    def choices(_context: Context, item: AgendaItem) -> list[tuple[int, int]]:
        [put] = item.propositions
        return [(each.position, each.person_id) for each in put.ballots]

    cast = table.on_item(choices)
    assert len({person for _position, person in cast}) == many


def test_rows_that_are_sent_together_keep_their_numbers(table: Table) -> None:
    """Each object gets the number of its own row back, though they are one statement."""
    database, organisation_id = table.road.casework.database, table.road.world.organisation_id
    with database.unit_of_work() as session:
        rows = [
            RegisterSeries(organisation_id=organisation_id, code=f"S{number}", name=str(number))
            for number in (7, 3, 11, 1, 90, 2)
        ]
        with counted(database) as sent:
            session.add_all(rows)
            session.flush()
        assert len(sent) == 2, sent  # BEGIN, and all the rows
        given = {row.id: row.code for row in rows}
        session.expunge_all()
        kept = session.scalars(select(RegisterSeries).where(RegisterSeries.id.in_(given))).all()
        assert {row.id: row.code for row in kept} == given


def test_a_step_asks_little(table: Table) -> None:
    """Lock, guards, inbox, seal and the state; the chain's end is known to who wrote it last."""

    def take(trigger: str) -> Any:
        def act(context: Context, _meeting: Meeting) -> None:
            matter = context.session.scalars(select(Matter)).one()
            cause = context.caused_by(matter, "test")
            cause.services.engine.fire(cause, matter, trigger)

        return act

    for trigger in ("release", "schedule"):
        table.act(take(trigger))
    for trigger in ("release", "schedule"):
        with counted(table.road.casework.database) as sent:
            table.act(take(trigger))
        asked = [each for each in sent if "FROM meeting " not in each]  # the table's own question
        assert len(asked) <= STEP, "\n".join(asked)


def test_a_chain_that_another_has_lengthened_goes_on_whole(table: Table) -> None:
    """Two processes write to one chain in turn: what the first remembers of its end is not used
    once the second has added to it."""
    first = table.road.casework
    other = opened(str(first.settings.database_url), first.settings.data_dir)
    matter_id = table.act(lambda c, _meeting: c.session.scalars(select(Matter)).one().id)
    for casework in (first, other, first, first, other):
        with casework.acting(table.road.world.organisation_id) as context:
            matter = context.session.get_one(Matter, matter_id)
            context.record(matter, "looked_at")
    other.database.close()
    with first.database.read() as session:
        assert not verify(session, first.services.audit.key).breaks
        assert session.scalar(select(Ballot.id)) is None
