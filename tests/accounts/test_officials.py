"""Those who can hold a task are offered it; others are refused by whoever asks for them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from casework.accounts.officials import (
    officials,
    require_official,
    require_responsible,
    responsible,
)
from casework.accounts.service import open_account
from casework.errors import Invalid
from casework.meetings.table.outcome import Resolved, conclude_item
from casework.people.service import appoint
from tests.demo.conftest import world
from tests.meetings.conftest import table
from tests.people.test_bodies import NOW, acting

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import AgendaItem
    from tests.meetings.conftest import Table
    from tests.people.test_bodies import World_

__all__ = ["table", "world"]
DAY = NOW.date()


def offered(context: Context) -> set[str]:
    return {
        person.name
        for person in context.session.scalars(officials(context.organisation_id, DAY)).all()
    }


def test_officials_are_offered_and_politicians_are_not(world: World_) -> None:
    """Those with an official's appointment, and the officer who has an account alone."""
    with acting(world, "registrar") as (context, _body, _person):
        assert offered(context) == {
            "Handläggaren",
            "Nämndsekreteraren",
            "Områdeschefen",
            "Regiondirektören",
            "Registratorn",
        }


def test_who_comes_and_who_goes(world: World_) -> None:
    """Not before there is an account or a post, nor after the post or the account has ended."""
    with acting(world, "registrar") as (context, body, person):
        assert person.name not in offered(context)
        user = open_account(context, person, "ny@example.org")
        context.session.flush()
        assert person.name in offered(context)
        stand_in = appoint(context, person, "manager", body=body, is_acting=True)
        context.session.flush()
        stand_in.valid_from = stand_in.valid_to = DAY - timedelta(days=1)
        context.session.flush()
        assert person.name in offered(context), "who stood in for somebody has a post besides"
        post = appoint(context, person, "registrar", valid_from=DAY - timedelta(days=9))
        user.is_active = False
        context.session.flush()
        assert person.name not in offered(context), "the account is closed"
        user.is_active = True
        post.valid_to = DAY
        context.session.flush()
        assert person.name in offered(context), "the last day is a day at work"
        post.valid_to = DAY - timedelta(days=1)
        context.session.flush()
        assert person.name not in offered(context)


def test_a_member_is_an_official_only_by_a_post_besides(world: World_) -> None:
    """Also one who sat once; somebody employed may sit in a body of another matter."""
    with acting(world, "registrar") as (context, body, person):
        open_account(context, person, "ny@example.org")
        seat = appoint(context, person, "substitute", body=body, valid_from=DAY)
        context.session.flush()
        with pytest.raises(Invalid, match="not_an_official"):
            require_official(context, person)
        appoint(context, person, "manager", body=body)
        context.session.flush()
        require_official(context, person)
        assert seat.role == "substitute"


def test_nobody_of_another_organisation(world: World_) -> None:
    """The query keeps within its own."""
    with acting(world, "registrar") as (context, _body, _person):
        assert context.session.scalars(officials(context.organisation_id + 1, DAY)).all() == []


def test_the_presidium_may_be_given_an_assignment_and_a_member_may_not(world: World_) -> None:
    """”Presidiet får i uppdrag”: the chair and vice chair of the body itself."""
    with acting(world, "registrar") as (context, body, person):
        names = {each.name for each in context.session.scalars(responsible(context, body))}
        assert names - offered(context) == {"Ordföranden", "Vice ordföranden"}
        appoint(context, person, "member", body=body)
        context.session.flush()
        with pytest.raises(Invalid, match="not_responsible") as refused:
            require_responsible(context, body, [person.id], [])
        assert refused.value.params == {"name": "Nykomlingen", "body": body.name}
        require_responsible(context, body, [person.id], [person.id])


def test_who_has_the_assignment_already_keeps_it(table: Table) -> None:
    """A decision gives a member no new assignment; one that the proposal has had stands."""
    member = table.cast.member

    def conclude(context: Context, item: AgendaItem) -> None:
        conclude_item(context, item, "decided", points=[Resolved("Utred frågan.", member.id)])

    def proposed(_context: Context, item: AgendaItem) -> None:
        assert item.matter
        point = item.matter.decision_points[0]
        point.assignee_id, point.task = member.id, "Utred frågan."

    with pytest.raises(Invalid, match="not_responsible"):
        table.on_item(conclude)
    table.on_item(proposed)  # as it was written before anybody asked who could
    table.on_item(conclude)
    assert table.read(lambda m: m.agenda[-1].decision.points[0].assignee_id) == member.id
