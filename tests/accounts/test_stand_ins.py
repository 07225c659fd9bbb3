"""A stand-in: named by whom it concerns, for days that do, in no chain, and told of by letter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.accounts.stand_ins import change_last_day, end_now, name_stand_in
from casework.audit.models import AuditEntry
from casework.context import Actor
from casework.errors import Conflict, Forbidden, Invalid, Stale
from casework.mail.models import Message
from casework.people.letters import readers_of
from casework.people.models import Person, StandIn
from casework.people.policy import may, may_of_body, roles_of
from casework.people.service import appoint
from tests.demo.conftest import world
from tests.people.test_bodies import NOW, acting

if TYPE_CHECKING:
    from casework.context import Context
    from tests.people.test_bodies import World_

__all__ = ["world"]

TODAY = NOW.date()
LAST = TODAY + timedelta(days=14)


def person(context: Context, world: World_, who: str) -> Person:
    found: Person = context.session.get_one(Person, getattr(world[1].cast, who).id)
    return found


def named(
    context: Context,
    world: World_,
    who: str = "secretary",
    by: str = "registrar",
    first: date = TODAY,
    last: date = LAST,
) -> StandIn:
    row = name_stand_in(
        context,
        person(context, world, who),
        person(context, world, by),
        valid_from=first,
        valid_to=last,
    )
    context.session.flush()
    return row


@pytest.mark.parametrize(
    ("actor", "absent", "may_name"),
    [
        ("secretary", "secretary", True),
        ("registrar", "secretary", True),  # the administrator
        ("manager", "secretary", True),
        ("manager", "officer", True),
        ("officer", "secretary", False),
        ("member", "secretary", False),
        ("secretary", "manager", False),  # would else lend herself what her manager may
        ("secretary", "officer", False),
        ("manager", "director", False),
    ],
)
def test_who_names_a_stand_in(world: World_, actor: str, absent: str, *, may_name: bool) -> None:
    """The person, the administrators, a manager where the person is an official."""
    with acting(world, actor) as (context, _body, _person):
        by = "registrar" if absent != "registrar" else "director"
        if may_name:
            assert named(context, world, absent, by).stand_in.name == "Registratorn"
        else:
            with pytest.raises(Forbidden, match="stand_in_not_yours"):
                named(context, world, absent, by)


def test_a_secretary_names_one_for_another_secretary_of_the_body(world: World_) -> None:
    with acting(world, "registrar") as (context, body, newcomer):
        appoint(context, newcomer, "committee_secretary", body=body, valid_from=TODAY)
        newcomer_id = newcomer.id
    with acting(world, "secretary") as (context, _body, _new):
        other = context.session.get_one(Person, newcomer_id)
        row = name_stand_in(
            context,
            other,
            person(context, world, "registrar"),
            valid_from=TODAY,
            valid_to=LAST,
        )
        assert row.person.name == "Nykomlingen"


def test_during_the_days_the_stand_in_may_what_the_absent_may(world: World_) -> None:
    """On the first day and the last, and on none beside them; in the place of the absent."""
    casework, region = world
    with acting(world, "secretary") as (context, _body, _person):
        named(context, world, by="officer", first=TODAY + timedelta(days=1))
    officer = Actor(region.cast.officer.id, "Handläggaren")
    for days, expected in ((0, False), (1, True), (14, True), (15, False)):
        moment = NOW + timedelta(days=days)
        with casework.acting(region.organisation_id, officer, moment) as context:
            own = context.organisation_id
            held = roles_of(context.session, own, region.cast.officer.id, context.today)
            assert ("committee_secretary" in held) is expected
            assert may_of_body(context, region.committee.id, ("committee_secretary",)) is expected
            assert not may_of_body(context, None, ("administrator",))


def test_seats_and_accounts_are_not_lent(world: World_) -> None:
    """Who is elected is called in for by law (KL 5:17-22), and nobody lends the administration."""
    casework, region = world
    with acting(world, "registrar") as (context, body, _person):
        appoint(context, person(context, world, "secretary"), "member", body=body)
        named(context, world, "secretary", "officer")
        named(context, world, "registrar", "manager")
    for who, lacking in (("officer", ("member",)), ("manager", ("administrator",))):
        actor = Actor(getattr(region.cast, who).id, who)
        with casework.acting(region.organisation_id, actor, NOW) as context:
            assert not may_of_body(context, region.committee.id, lacking)
    with acting(world, "registrar") as (context, _body, _person):
        with pytest.raises(Invalid, match="not_an_official"):
            named(context, world, "chair", "officer")
        with pytest.raises(Invalid, match="not_an_official"):
            named(context, world, "officer", "chair")


def test_what_the_stand_in_does_says_in_whose_place(world: World_) -> None:
    """And what they do by a right of their own says nothing of the sort."""
    casework, region = world
    with acting(world, "secretary") as (context, _body, _person):
        named(context, world, by="officer")
    officer = Actor(region.cast.officer.id, "Handläggaren")
    with casework.acting(region.organisation_id, officer, NOW) as context:
        committee = context.session.merge(region.committee)
        assert may_of_body(context, committee.id, ("committee_secretary",))
        context.record(committee, "tried")
        committee.case_officer_id = region.cast.officer.id  # type: ignore[attr-defined]
        assert may(context, committee, ("case_officer", "committee_secretary"))
        context.record(committee, "tried")
        entries = context.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "tried").order_by(AuditEntry.sequence)
        ).all()
        assert [each.detail for each in entries] == [{"in_place_of": "Nämndsekreteraren"}, {}]


def test_days_that_do_not_do(world: World_) -> None:
    """The past, the end before the beginning, and for ever."""
    with acting(world, "registrar") as (context, _body, _person):
        for first, last, code in (
            (TODAY - timedelta(days=1), LAST, "stand_in_in_the_past"),
            (LAST, TODAY, "appointment_ends_before_start"),
            (TODAY, TODAY + timedelta(days=367), "stand_in_too_long"),
        ):
            with pytest.raises(Invalid, match=code):
                named(context, world, first=first, last=last)
        with pytest.raises(Invalid, match="stand_in_for_oneself"):
            named(context, world, "secretary", "secretary")


def test_one_stand_in_a_day_and_no_chain(world: World_) -> None:
    """Whose tasks are another's does not do a third's; the days beside are free."""
    with acting(world, "registrar") as (context, _body, _person):
        named(context, world, "secretary", "officer")
        with pytest.raises(Conflict, match="stand_in_named_already"):
            named(context, world, "secretary", "manager", first=LAST, last=LAST)
        with pytest.raises(Conflict, match="stand_in_is_away"):
            named(context, world, "manager", "secretary")
        with pytest.raises(Conflict, match="stand_in_for_another"):
            named(context, world, "officer", "manager")
        after = LAST + timedelta(days=1)
        named(context, world, "officer", "manager", first=after, last=after)
        named(context, world, "director", "officer")


def test_it_is_ended_at_once_and_prolonged(world: World_) -> None:
    """From the moment it is ended it no longer holds, though the day is the same."""
    casework, region = world
    with acting(world, "secretary") as (context, _body, _person):
        row = named(context, world, by="officer")
        longer = LAST + timedelta(days=7)
        with pytest.raises(Stale):
            change_last_day(context, row, longer, expected_version=row.version + 1)
        change_last_day(context, row, longer)
        assert row.valid_to == longer
        row_id = row.id
    officer = Actor(region.cast.officer.id, "Handläggaren")
    with casework.acting(region.organisation_id, officer, NOW) as context:
        assert may_of_body(context, region.committee.id, ("committee_secretary",))
        row = context.session.get_one(StandIn, row_id)
        with pytest.raises(Forbidden, match="stand_in_not_yours"):
            change_last_day(context, row, longer + timedelta(days=1))
        end_now(context, row)
        assert not may_of_body(context, region.committee.id, ("committee_secretary",))
        with pytest.raises(Conflict, match="stand_in_over"):
            end_now(context, row)
    with acting(world, "secretary") as (context, _body, _person):
        named(context, world, by="manager")


def test_both_are_held_while_the_days_are_judged(
    world: World_, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To prolong it and to name one for the stand-in, at the same time, would else be a chain."""
    held: list[int] = []
    monkeypatch.setattr(
        "casework.accounts.stand_ins.lock", lambda _session, row: held.append(row.id)
    )
    with acting(world, "secretary") as (context, _body, _person):
        row = named(context, world, by="officer")
        both = sorted((row.person_id, row.stand_in_id))
        change_last_day(context, row, LAST + timedelta(days=7))
        assert held == [*both, *both]


def test_letters_go_to_both(world: World_) -> None:
    """To the absent one too: who comes back knows what has been written."""
    with acting(world, "manager") as (context, body, _person):
        secretary = person(context, world, "secretary")
        told = readers_of(context, secretary, body)
        assert [each.name for each in told] == ["Nämndsekreteraren"]
        named(context, world, by="officer")
        names = [each.name for each in readers_of(context, secretary, body)]
        assert names == ["Nämndsekreteraren", "Handläggaren"]
        letters = context.session.scalars(
            select(Message).where(Message.subject_type == "stand_in").order_by(Message.id)
        ).all()
        assert [each.to_name for each in letters] == ["Handläggaren", "Nämndsekreteraren"]
        assert "du är ersättare för Nämndsekreteraren" in letters[0].text


def test_it_is_on_both_records(world: World_) -> None:
    with acting(world, "secretary") as (context, _body, _person):
        end_now(context, named(context, world, by="officer"))
        context.session.flush()
        entries = context.session.execute(
            select(AuditEntry.subject_id, AuditEntry.action)
            .where(AuditEntry.action.like("stand_in%"))
            .order_by(AuditEntry.subject_id, AuditEntry.sequence)
        ).all()
        ids = sorted(person(context, world, who).id for who in ("secretary", "officer"))
        assert [tuple(each) for each in entries] == [
            (each, action) for each in ids for action in ("stand_in_named", "stand_in_ended")
        ]
