"""What somebody holds goes to another: a step each, all or none, one letter, days as they were."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select

from casework.accounts.stand_ins import name_stand_in
from casework.audit.models import AuditEntry
from casework.context import STOCKHOLM, Actor
from casework.deadlines.models import Deadline
from casework.deadlines.service import start_on
from casework.distribution.models import Dispatch, Excerpt
from casework.errors import Conflict, Invalid, NotFound
from casework.followup import handover
from casework.followup.models import Assignment
from casework.mail.models import Message
from casework.matters.models import Matter
from casework.matters.service import register
from casework.meetings.models import AgendaItem, Meeting, Recusal
from casework.people.letters import readers_of
from casework.people.models import Body, Person
from casework.people.service import appoint, create_person
from casework.phrases import sentence
from casework.workflow.blockers import Blocked
from tests.demo.conftest import world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.world import World

    World_ = tuple[Casework, World]

__all__ = ["world"]

DAY = date(2025, 5, 5)
NOW = datetime(2025, 5, 5, 9, tzinfo=STOCKHOLM)


class Desk:
    """The officer's desk with some matters, and a colleague who can take over."""

    def __init__(self, world: World_, matters: int) -> None:
        self.casework, self.region = world
        with self.acting("manager") as context:
            body = context.session.get_one(Body, self.region.committee.id)
            colleague = create_person(context, name="Kollegan", email="kollegan@example.org")
            context.session.flush()
            self.colleague_id = colleague.id
            for number in range(matters):
                matter = register(context, kind="decision", title=f"Ärende {number}", body=body)
                context.session.flush()
                given = context.given(case_officer=self.region.cast.officer.id)
                context.services.engine.fire(given, matter, "assign")
        with self.acting("registrar") as context:
            person = context.session.get_one(Person, self.colleague_id)
            appoint(context, person, "registrar", valid_from=DAY)

    def acting(self, who: str, moment: datetime = NOW) -> Any:
        person = getattr(self.region.cast, who)
        actor = Actor(person.id, person.name)
        return self.casework.acting(self.region.organisation_id, actor, moment)

    def give(
        self, context: Context, matters: Sequence[int] | None = None, reason: str = "Hen slutar."
    ) -> handover.Handed:
        own, officer_id = context.organisation_id, self.region.cast.officer.id
        return handover.hand_over(
            context,
            context.session.get_one(Person, officer_id),
            context.session.get_one(Person, self.colleague_id),
            reason=reason,
            matters=handover.chosen(context, handover.matters_of(own, officer_id), matters),
            assignments=(),
        )

    def conflicted(self, context: Context, matter_id: int, person_id: int) -> None:
        """A conflict of interest, noted where the matter is before a meeting."""
        meeting = Meeting(
            organisation_id=context.organisation_id,
            body_id=self.region.committee.id,
            starts_at=NOW + timedelta(days=20 + matter_id),
        )
        context.services.engine.start(meeting, "meeting")
        item = AgendaItem(
            organisation_id=context.organisation_id,
            position=1,
            title="Ärendet",
            item_type="decision",
            matter_id=matter_id,
        )
        meeting.agenda.append(item)
        context.session.add(meeting)
        context.session.flush()
        context.session.add(
            Recusal(
                organisation_id=context.organisation_id,
                agenda_item_id=item.id,
                person_id=person_id,
                declared_at=NOW,
            )
        )


def numbers(context: Context, person_id: int) -> list[int]:
    statement = select(Matter.id).where(Matter.case_officer_id == person_id).order_by(Matter.id)
    return list(context.session.scalars(statement))


def people(context: Context, *ids: int) -> list[Person]:
    return [context.session.get_one(Person, each) for each in ids]


def test_all_of_it_at_once(world: World_) -> None:
    """State and days stand; what was due is due from the new one; each has its own entry."""
    desk = Desk(world, 3)
    with desk.acting("manager") as context:
        own, officer_id = context.organisation_id, desk.region.cast.officer.id
        held = numbers(context, officer_id)
        start_on(
            context.session,
            organisation_id=own,
            subject_type="matter",
            subject_id=held[0],
            name="review",
            due_on=DAY + timedelta(days=9),
            moment=NOW,
            responsible_person_id=officer_id,
        )
        desk.give(context)
        context.session.flush()
        assert numbers(context, desk.colleague_id) == held
        assert numbers(context, officer_id) == []
        states = set(context.session.scalars(select(Matter.state).where(Matter.id.in_(held))))
        assert states == {"in_preparation"}
        due = context.session.scalars(select(Deadline).where(Deadline.subject_id == held[0])).one()
        assert (due.responsible_person_id, due.due_on) == (
            desk.colleague_id,
            DAY + timedelta(days=9),
        )
        entries = context.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "change_officer")
        ).all()
        assert sorted(each.subject_id for each in entries) == held
        assert {(each.detail["former"], each.detail["person"]) for each in entries} == {
            ("Handläggaren", "Kollegan")
        }
        assert {each.cause for each in entries} == {f"person/{officer_id}:hand_over"}


def test_one_letter_lists_them(world: World_) -> None:
    """Not one for each: to whoever takes over, and to the one who had them."""
    desk = Desk(world, 3)
    with desk.acting("manager") as context:
        context.session.query(Message).delete()
        desk.give(context)
        context.session.flush()
        letters = context.session.scalars(select(Message).order_by(Message.id)).all()
        assert [each.to_address for each in letters] == [
            "kollegan@example.org",
            "handlaggare@example.org",
        ]
        assert all(f"Ärende {number}" in letters[0].text for number in range(3))
        assert "Skäl: Hen slutar." in letters[0].text


def test_some_of_it(world: World_) -> None:
    desk = Desk(world, 3)
    with desk.acting("manager") as context:
        first, second, third = numbers(context, desk.region.cast.officer.id)
        desk.give(context, [first, third])
        context.session.flush()
        assert numbers(context, desk.region.cast.officer.id) == [second]
        with pytest.raises(NotFound, match="handed_over_meanwhile"):
            desk.give(context, [first, second])
        with pytest.raises(Invalid, match="nothing_to_hand_over"):
            desk.give(context, [])
        with pytest.raises(Invalid, match="input_missing"):
            desk.give(context, [second], reason=" ")


def test_all_or_none_and_what_is_in_the_way_is_named(world: World_) -> None:
    """Whoever has a conflict of interest in one of them takes over none (KL 6:28)."""
    desk = Desk(world, 2)
    with desk.acting("manager") as context:
        first, second = numbers(context, desk.region.cast.officer.id)
        desk.conflicted(context, second, desk.colleague_id)
    with pytest.raises(Conflict, match="not_handed_over") as refused, desk.acting("manager") as c:
        number = c.session.get_one(Matter, second).registration_number
        desk.give(c)
    told = sentence(refused.value.code, refused.value.params, "sv")
    assert f"{number}: Kollegan är jävig i ärendet" in told
    with desk.acting("manager") as context:
        assert numbers(context, desk.region.cast.officer.id) == [first, second]


def test_a_stand_in_with_a_conflict_of_interest_gets_no_letter(world: World_) -> None:
    """Nor one that names the matter among others, or what follows from it (KL 6:28, 7:4)."""
    desk = Desk(world, 3)
    with desk.acting("registrar") as context:
        colleague, stand_in = people(context, desk.colleague_id, desk.region.cast.secretary.id)
        name_stand_in(context, colleague, stand_in, valid_from=DAY, valid_to=DAY)
    with desk.acting("manager") as context:
        first, second, third = numbers(context, desk.region.cast.officer.id)
        colleague, stand_in = people(context, desk.colleague_id, desk.region.cast.secretary.id)
        desk.conflicted(context, third, stand_in.id)
        desk.conflicted(context, first, desk.region.cast.manager.id)  # another, in another
        free, closed = (context.session.get_one(Matter, each) for each in (first, third))
        assignment = Assignment(matter_id=third)
        dispatch = Dispatch(excerpt=Excerpt(matter_id=third))
        both, alone = [colleague, stand_in], [colleague]
        for about, readers in (
            ([free], both),
            ([closed], alone),
            ([free, closed], alone),
            ([assignment], alone),
            ([dispatch], alone),
            ([closed.body], both),
        ):
            assert readers_of(context, colleague, *about) == readers
        desk.give(context, [first])
        desk.give(context, [second, third])
        context.session.flush()
        told = context.session.execute(
            select(Message.subject_id, Message.to_name)
            .where(Message.key.startswith("handed_over"), Message.to_name != "Handläggaren")
            .order_by(Message.id)
        ).all()
        assert [tuple(each) for each in told] == [
            (first, colleague.name),
            (first, stand_in.name),
            (second, colleague.name),
        ]


def test_many_cost_a_few_statements_each(world: World_) -> None:
    """Thirty cost no more for each than ten do."""
    desk = Desk(world, 40)
    counted: list[str] = []
    cost = []
    event.listen(
        desk.casework.database.engine, "before_cursor_execute", lambda *a: counted.append(a[2])
    )
    for many in (10, 30):
        with desk.acting("manager") as context:
            wanted = numbers(context, desk.region.cast.officer.id)[:many]
            counted.clear()
            assert len(desk.give(context, wanted).matters) == many
        cost.append(len(counted) / many)
    assert cost[1] <= cost[0] < 16, cost


def test_who_wrote_it_does_not_approve_it(world: World_) -> None:
    """To hand over what one has submitted is no way to approve it oneself."""
    desk = Desk(world, 1)
    cast = desk.region.cast
    with desk.acting("manager") as context:
        [number] = numbers(context, cast.officer.id)
        matter = context.session.get_one(Matter, number)
        matter.state = "in_review"  # as if submitted: what is tried is the guard
        context.record(matter, "submit")
        context.services.engine.fire(
            context.given(case_officer=desk.colleague_id, reason="Ny fördelning."),
            matter,
            "change_officer",
        )
        with pytest.raises(Blocked) as refused:
            context.services.engine.fire(context, matter, "approve")
        assert "approver_is_drafter" in {each.code for each in refused.value.blockers}


def test_a_change_of_one_tells_both_but_not_whoever_did_it(world: World_) -> None:
    """The officer who hands over is told by nobody; else both are, with the reason."""
    desk = Desk(world, 2)
    cast = desk.region.cast
    for who, expected in (("officer", ["Kollegan"]), ("manager", ["Handläggaren", "Kollegan"])):
        with desk.acting(who) as context:
            context.session.query(Message).delete()
            number = numbers(context, cast.officer.id)[0]
            matter = context.session.get_one(Matter, number)
            given = context.given(case_officer=desk.colleague_id, reason="Hen slutar.")
            context.services.engine.fire(given, matter, "change_officer")
            context.session.flush()
            letters = context.session.scalars(select(Message)).all()
            assert sorted(each.to_name for each in letters) == expected
            assert all("Skäl: Hen slutar." in each.text for each in letters)
    with desk.acting("manager") as context:
        matter = context.session.get_one(Matter, number)
        given = context.given(case_officer=desk.colleague_id, reason="En gång till.")
        with pytest.raises(Invalid, match="officer_is_already"):
            context.services.engine.fire(given, matter, "change_officer")
        assert context.session.scalar(select(func.count()).select_from(Matter)) == 2
