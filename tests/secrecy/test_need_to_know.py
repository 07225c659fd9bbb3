"""Who reads a marked matter: those on its list and those who handle it, and nobody by role."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.accounts.stand_ins import name_stand_in
from casework.audit.models import AuditEntry
from casework.context import STOCKHOLM, Actor
from casework.demo.road import prepare, summon, texts
from casework.errors import Conflict, Forbidden, Invalid, NotFound
from casework.matters.entries import entry_of
from casework.matters.models import Matter
from casework.matters.queries import find, register_count, register_page
from casework.matters.service import register
from casework.meetings.knowing import secret_items, unknown_to
from casework.meetings.models import (
    Absence,
    Attendance,
    Attestation,
    Meeting,
    Participant,
    Recusal,
)
from casework.meetings.queries import require_open_papers
from casework.meetings.reading.for_a_person import readable
from casework.meetings.table.recusal import recuse
from casework.people.models import Appointment, Body, Person
from casework.people.policy import lift
from casework.people.service import appoint, create_person
from casework.secrecy.models import NeedToKnow, SecrecyMark
from casework.secrecy.queries import knowing, marks
from casework.secrecy.service import (
    add_person,
    lift_mark,
    mark,
    matter_of_list,
    remove_person,
    review_secrecy,
)
from casework.sight import may_know, restrict_to
from tests.demo.conftest import road_of, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World

__all__ = ["world"]

DAY, MEETING = date(2025, 5, 2), date(2025, 6, 3)
STATUTE = "OSL 26 kap. 1 §"


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    """A matter that its officer has marked."""
    made = road_of(world, tmp_path)
    prepare(made, "decision", made.world.committee, texts()["plan"], date(2025, 4, 7))
    with acting(made, made.cast.officer) as context:
        mark(context, the_matter(context), STATUTE, "Enskilds förhållanden")
    return made


@contextmanager
def acting(road: Road, who: Person, day: date = DAY) -> Iterator[Context]:
    moment = datetime.combine(day, datetime.min.time(), STOCKHOLM) + timedelta(hours=10)
    actor = Actor(who.id, who.name)
    with road.casework.acting(road.world.organisation_id, actor, moment) as context:
        yield context


def the_matter(context: Context) -> Matter:
    return context.session.scalars(select(Matter)).one()


def sees(road: Road, who: Person, day: date = DAY) -> bool:
    """Whether the matter is theirs to read; the register's entry is there exactly when it is not,
    and the number of rows is the same."""
    with acting(road, who, day) as context:
        restrict_to(context, who.id)
        session, own = context.session, context.organisation_id
        seen = session.scalars(select(Matter)).one_or_none() is not None
        [row] = register_page(session, own, limit=10)
        assert isinstance(row, Matter) == seen == (entry_of(session, row.id) is None)
        assert register_count(session, own) == 1
        if not seen:
            with pytest.raises(Forbidden, match="secrecy_not_for_you"):
                find(session, own, row.id)
        lift(session)
        assert may_know(context, the_matter(context), who.id) == seen
        return seen


def test_nobody_reads_by_role(road: Road) -> None:
    """The need-to-know list: whoever marked it and its officer; no manager, registrar,
    administrator, secretary or chair."""
    cast = road.cast
    assert sees(road, cast.officer)
    others = (cast.registrar, cast.manager, cast.director, cast.secretary, cast.chair)
    assert not any(sees(road, each) for each in others)


def test_an_appointment_for_the_whole_organisation_opens_none(road: Road) -> None:
    """Neither an auditor nor another chief executive reads it; both read all that is open."""
    with acting(road, road.cast.registrar) as context:
        people = []
        for role in ("auditor", "chief_executive"):
            person = create_person(context, name=role)
            context.session.flush()
            appoint(context, person, role, valid_from=DAY)
            people.append(person)
    assert not any(sees(road, each) for each in people)
    with acting(road, road.cast.officer) as context:
        lift_mark(context, the_matter(context), "Gäller inte", is_confirmed=True)
    assert all(plainly_seen(road, each) for each in people)


def test_who_is_added_reads_until_taken_off(road: Road) -> None:
    """Each row has its reason, and both acts are on record; a role that ends ends it too."""
    cast = road.cast
    with acting(road, cast.officer) as context:
        add_person(context, the_matter(context), cast.manager, "Godkänner förslaget")
        with pytest.raises(Conflict, match="secrecy_already_listed"):
            add_person(context, the_matter(context), cast.manager, "Igen")
        with pytest.raises(Conflict, match="secrecy_cannot_read"):
            add_person(context, the_matter(context), cast.member, "Vill veta")
        with pytest.raises(Invalid, match="secrecy_reason_missing"):
            add_person(context, the_matter(context), cast.secretary, " ")
    assert sees(road, cast.manager)
    with acting(road, cast.manager) as context:
        add_person(context, the_matter(context), cast.secretary, "Sätter upp ärendet")
        remove_person(context, the_matter(context), cast.secretary, "Behövs inte")
    assert not sees(road, cast.secretary)
    with acting(road, cast.officer) as context:
        for row in context.session.scalars(
            select(Appointment).where(Appointment.person_id == cast.manager.id)
        ):
            row.valid_to = DAY - timedelta(days=1)
    with acting(road, cast.manager) as context:
        restrict_to(context, cast.manager.id)
        assert context.session.scalars(select(Matter)).all() == []
        assert register_count(context.session, context.organisation_id) == 0


def test_a_stand_in_gets_in_by_a_decision(road: Road) -> None:
    """Standing in for the officer does not open the matter; the manager lets them in, on record."""
    cast = road.cast
    with acting(road, cast.manager) as context:
        officer, registrar = (
            context.session.get_one(Person, each.id) for each in (cast.officer, cast.registrar)
        )
        until = DAY + timedelta(days=30)
        name_stand_in(context, officer, registrar, valid_from=DAY, valid_to=until, reason="Ledig")
    assert not sees(road, cast.registrar)
    with acting(road, cast.registrar) as context:
        with pytest.raises(Forbidden):
            add_person(context, the_matter(context), cast.registrar, "Jag är ersättare")
        restrict_to(context, cast.registrar.id)
        with pytest.raises(Forbidden, match="secrecy_not_for_you"):
            matter_of_list(context, _id(context))
    with acting(road, cast.manager) as context:
        restrict_to(context, cast.manager.id)
        matter = matter_of_list(context, _id(context))
        add_person(context, matter, cast.registrar, "Ersätter handläggaren")
    assert sees(road, cast.registrar)
    assert "secrecy_granted" in actions(road)
    assert not sees(road, cast.manager)  # who lets somebody in does not come in


def _id(context: Context) -> int:
    [row] = register_page(context.session, context.organisation_id, limit=1)
    return row.id


def actions(road: Road) -> list[str]:
    with road.casework.database.read() as session:
        rows = select(AuditEntry.action).where(AuditEntry.subject_type == "matter")
        return list(session.scalars(rows.order_by(AuditEntry.id)))


def test_the_last_one_stays(road: Road) -> None:
    """A matter that no officer prepares always has somebody on its list."""
    cast = road.cast
    with acting(road, cast.registrar) as context:
        body = context.session.get_one(Body, road.world.committee.id)
        matter = register(context, kind="decision", title="Anmälan", body=body)
        context.session.flush()
        mark(context, matter, STATUTE, "Enskilds förhållanden")
        with pytest.raises(Conflict, match="secrecy_last_one"):
            remove_person(context, matter, cast.registrar, "Klar")
        add_person(context, matter, cast.manager, "Fördelar ärendet")
        remove_person(context, matter, cast.registrar, "Klar")
        with pytest.raises(Forbidden):
            add_person(context, matter, cast.registrar, "Ångrar mig")


def test_those_who_handle_it_know_and_the_recused_do_not(road: Road) -> None:
    """On an agenda: members, the called-in substitute, secretary and attesters; KL 6:28-30."""
    cast = road.cast
    with road.casework.database.read() as session:
        matter = session.scalars(select(Matter)).one()
    summon(road, road.world.committee, MEETING, [(matter, "decision", "")])
    on_agenda = date(2025, 5, 25)
    for who, knows in (
        *((each, True) for each in (cast.chair, cast.vice_chair, cast.secretary)),
        *((each, True) for each in (cast.attester, cast.member)),
        *((each, False) for each in (cast.substitute, cast.registrar, cast.manager)),
    ):
        assert items(road, who, on_agenda) == ((3, 0) if knows else (2, 1)), who.name
    with acting(road, cast.secretary, on_agenda) as context:
        meeting = context.session.scalars(select(Meeting)).one()
        context.session.add(
            Absence(
                organisation_id=meeting.organisation_id,
                meeting_id=meeting.id,
                person_id=cast.member.id,
                substitute_id=cast.substitute.id,
                reported_at=context.moment,
            )
        )
        recuse(context, meeting.agenda[-1], cast.vice_chair, reason="Eget intresse")
        add = add_person
        with pytest.raises(Conflict, match="is_recused"):
            add(context, the_matter(context), cast.vice_chair, "Vill läsa")
    assert items(road, cast.substitute, on_agenda) == (3, 0)
    assert items(road, cast.vice_chair, on_agenda) == (2, 0)  # and is told of nothing
    with acting(road, cast.secretary, on_agenda) as context:
        context.session.scalars(select(Meeting)).one().state = "cancelled"
    assert not sees(road, cast.chair, on_agenda)


def test_each_part_in_a_meeting_opens_it_by_itself(road: Road) -> None:
    """Of that meeting's items, for that part alone; an elected's seat counts on the meeting's day,
    a secretary's today; who only listens, and an auditor of the body, handle nothing."""
    with road.casework.database.read() as session:
        matter = session.scalars(select(Matter)).one()
    summon(road, road.world.committee, MEETING, [(matter, "decision", "")])
    day, before = date(2025, 5, 25), date(2025, 5, 24)
    with acting(road, road.cast.secretary, day) as context:
        session, own = context.session, context.organisation_id
        meeting, person = session.scalars(select(Meeting)).one(), create_person(context, name="X")
        session.flush()
        item, other = meeting.agenda[-1], road.cast.member.id
        base = {"organisation_id": own, "person_id": person.id}
        there, at_item = base | {"meeting_id": meeting.id}, base | {"agenda_item_id": item.id}
        seat = base | {"valid_from": DAY, "recorded_at": context.moment, "body_id": meeting.body_id}
        stands_in = {"person_id": other, "substitute_id": person.id}

        def knows() -> bool:
            session.flush()
            return matter.id not in session.scalars(unknown_to(own, person.id, day)).all()

        for row, expected in (
            (Attendance(**there, position=99, capacity="serving_substitute"), True),
            (Attendance(**there, position=99, capacity="substitute"), False),
            (Participant(**at_item, position=99, capacity="member"), True),
            (Participant(**at_item, position=99, capacity="substitute"), False),
            (Attestation(**there, position=99, capacity="attester"), True),
            (Absence(**there | stands_in, reported_at=context.moment), True),
            (Recusal(**at_item | stands_in, declared_at=context.moment), True),
            (Appointment(**seat, role="member"), True),
            (Appointment(**seat, role="member", valid_to=MEETING), True),
            (Appointment(**seat, role="member", valid_to=MEETING - timedelta(days=1)), False),
            (Appointment(**seat | {"valid_from": MEETING}, role="member"), True),
            (Appointment(**seat | {"body_id": road.world.forum.id}, role="member"), False),
            (Appointment(**seat, role="committee_secretary"), True),
            (Appointment(**seat, role="committee_secretary", valid_to=before), False),
            (Appointment(**seat | {"valid_from": MEETING}, role="committee_secretary"), False),
            (Appointment(**seat, role="auditor"), False),
        ):
            assert not knows()
            session.add(row)
            assert knows() == expected, vars(row)
            session.delete(row)
            session.flush()
        for part in ("chair_id", "secretary_id"):
            former = getattr(meeting, part)
            setattr(meeting, part, person.id)
            assert knows(), part
            setattr(meeting, part, former)
        item.presenter = person.name
        assert knows()
        namesake = create_person(context, name=person.name)
        assert not knows()  # which of the two is meant is not said
        namesake.name = "Y"
        meeting.agenda[0].presenter, item.presenter = person.name, ""
        assert not knows()
        session.rollback()


def items(road: Road, who: Person, day: date) -> tuple[int, int]:
    """How many items the person reads of the meeting, and how many are told by number alone."""
    with acting(road, who, day) as context:
        restrict_to(context, who.id)
        meeting = context.session.scalars(select(Meeting)).one()
        told = secret_items(context, meeting, who.id)
        assert [each.number for each in told] in ([], [3])
        loaded = len(meeting.agenda)
        if told:
            with pytest.raises(Forbidden, match="secrecy_papers_closed"):
                require_open_papers(context.session, meeting, who.id, day)
        assert len(readable(context, meeting, who.id)) == loaded
        return loaded, len(told)


def test_a_mark_has_a_history_and_is_changed_on_purpose(road: Road) -> None:
    """OSL 5:5: provision, reason, who and when; a change or a lifting asks to be confirmed."""
    cast = road.cast
    with acting(road, cast.officer) as context:
        matter = the_matter(context)
        for given, code in ((("utan", "Skäl"), "secrecy_provision_wrong"), ((STATUTE, ""), "")):
            with pytest.raises(Invalid, match=code or "secrecy_reason_missing"):
                mark(context, matter, *given)
        with pytest.raises(Conflict, match="secrecy_change_unconfirmed"):
            mark(context, matter, "OSL 21 kap. 1 §", "Fel bestämmelse")
        with pytest.raises(Conflict, match="secrecy_change_unconfirmed"):
            lift_mark(context, matter, "Gäller inte")
        mark(context, matter, "OSL 21 kap. 1 §", "Fel bestämmelse", is_confirmed=True)
        review_secrecy(context, matter)
        assert matter.secrecy_provision == "OSL 21 kap. 1 §"  # tried is one thing, marked another
        lift_mark(context, matter, "Gäller inte längre", is_confirmed=True)
        assert not matter.is_confidential
        kept = [(each.provision, each.ended_because) for each in marks(context.session, matter)]
        assert kept == [("OSL 21 kap. 1 §", "Gäller inte längre"), (STATUTE, "Fel bestämmelse")]
        assert knowing(context.session, matter) == []
        with pytest.raises(Conflict, match="secrecy_mark_missing"):
            lift_mark(context, matter, "Igen", is_confirmed=True)
    assert plainly_seen(road, cast.manager)
    assert [each for each in actions(road) if each.startswith("secrecy")] == [
        *("secrecy_marked", "secrecy_marked", "secrecy_reviewed", "secrecy_lifted"),
    ]


def plainly_seen(road: Road, who: Person) -> bool:
    with acting(road, who) as context:
        restrict_to(context, who.id)
        return context.session.scalars(select(Matter)).one_or_none() is not None


def test_who_does_not_know_changes_nothing(road: Road) -> None:
    """A registrar has the role to mark, and is refused by the verb itself."""
    with acting(road, road.cast.registrar) as context:
        matter = the_matter(context)
        calls: list[Any] = [
            lambda: mark(context, matter, "OSL 21:1", "Skäl", is_confirmed=True),
            lambda: lift_mark(context, matter, "Skäl", is_confirmed=True),
            lambda: remove_person(context, matter, road.cast.officer, "Skäl"),
        ]
        for call in calls:
            with pytest.raises(Forbidden):
                call()
    with acting(road, road.cast.officer) as context:
        with pytest.raises(NotFound, match="secrecy_not_listed"):
            remove_person(context, the_matter(context), road.cast.chair, "Skäl")
        assert len(context.session.scalars(select(SecrecyMark)).all()) == 1
        assert len(context.session.scalars(select(NeedToKnow)).all()) == 1
