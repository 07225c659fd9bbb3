"""The scheme is kept by the body's office, cites its decisions, and is never bent backwards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.delegation.exceptions import UNDELEGABLE
from casework.delegation.service import (
    add_delegation_item,
    close_delegation_item,
    end_subdelegation,
)
from casework.errors import Conflict, Forbidden, Invalid
from casework.people.models import Body, Person
from casework.workflow.blockers import Blocked

from .conftest import DAY, SCHEME

if TYPE_CHECKING:
    from .conftest import Office

WEEK = timedelta(days=7)


def add(office: Office, who: Any, body: Any = None, **given: Any) -> None:
    """A line 4.1 of the committee, but for what is given."""
    given = {"number": "4.1", "title": "Yttranden", "adopted": SCHEME} | given
    with office.acting(who) as context:
        row = context.session.get_one(Body, (body or office.world.committee).id)
        holder = getattr(office.cast, given.pop("holder", "manager"))
        delegate = context.session.get_one(Person, holder.id)
        add_delegation_item(context, row, delegate=delegate, **given)


def close(office: Office, who: Any, day: date) -> None:
    with office.acting(who) as context:
        close_delegation_item(context, office.line(context), day)


@pytest.mark.parametrize("who", ["director", "manager", "chair", "member"])
def test_only_the_office_keeps_the_scheme(office: Office, who: str) -> None:
    """The secretary and the registrar write what the body has decided; no delegate does."""
    person = getattr(office.cast, who)
    with pytest.raises(Forbidden):
        add(office, person)
    with pytest.raises(Forbidden):
        close(office, person, DAY)


def test_a_line_cites_the_bodys_decision(office: Office) -> None:
    """KL 6:37: without one nobody has delegated anything."""
    for lacking in ({"adopted": " "}, {"number": ""}, {"title": ""}):
        with pytest.raises(Invalid):
            add(office, office.cast.secretary, **lacking)


def test_an_advisory_body_cannot_delegate(office: Office) -> None:
    """KL 6:37: a forum and a presidium have no power to decide that they could hand on."""
    for body in (office.world.forum, office.world.presidium):
        with pytest.raises(Conflict):
            add(office, office.cast.secretary, body)


def test_a_number_means_one_line_at_a_time(office: Office) -> None:
    """The same number again is refused until the first line has ended, and then allowed."""
    secretary = office.cast.secretary
    with pytest.raises(Conflict):
        add(office, secretary, number="3.2", valid_from=date(2026, 12, 31))
    close(office, secretary, DAY)
    add(office, secretary, number="3.2", valid_from=DAY + timedelta(days=1))


def test_a_line_is_not_closed_behind_a_decision(office: Office) -> None:
    """What was decided lawfully stays so: the last day is not set before the last decision."""
    office.decide(office.cast.director, DAY + WEEK)
    with pytest.raises(Conflict):
        close(office, office.cast.secretary, DAY)
    with pytest.raises(Invalid):
        close(office, office.cast.secretary, date(2025, 2, 1))
    close(office, office.cast.secretary, DAY + WEEK)
    with pytest.raises(Conflict):
        close(office, office.cast.secretary, DAY + 2 * WEEK)
    with pytest.raises(Blocked):
        office.draft(office.cast.director, DAY + WEEK + timedelta(days=1))


def test_only_the_delegate_lends_and_only_if_allowed(office: Office) -> None:
    """KL 7:6, both reasons at once for one who may neither."""
    manager, officer = office.cast.manager, office.cast.officer
    with pytest.raises(Blocked) as refused:
        office.lend(officer, None, giver=manager)
    assert [each.statute for each in refused.value.blockers] == ["KL 7:6"]
    with office.acting(office.cast.secretary) as context:
        office.line(context).may_subdelegate = False
    with pytest.raises(Blocked) as refused:
        office.lend(officer, None, giver=manager)
    codes = [each.code for each in refused.value.blockers]
    assert codes == ["subdelegation_not_allowed", "subdelegated_by_delegate_alone"]


def test_only_a_head_is_allowed_to_lend(office: Office) -> None:
    """KL 7:6: what a member or another official holds cannot be made to be handed on."""
    for holder, allowed in (("manager", True), ("officer", False), ("member", False)):
        given = {"number": f"4.{holder}", "may_subdelegate": True, "holder": holder}
        if allowed:
            add(office, office.cast.secretary, **given)
            continue
        with pytest.raises(Blocked) as refused:
            add(office, office.cast.secretary, **given)
        (blocker,) = refused.value.blockers
        assert (blocker.code, blocker.statute) == ("subdelegated_by_head_alone", "KL 7:6")


def test_a_head_who_has_left_lends_nothing(office: Office) -> None:
    """KL 7:6: the delegate must be a head on the day."""
    with office.acting(office.cast.secretary) as context:
        office.line(context).delegate = context.session.get_one(Person, office.cast.officer.id)
    with pytest.raises(Blocked) as refused:
        office.lend(office.cast.manager, None, giver=office.cast.officer)
    assert [each.code for each in refused.value.blockers] == ["subdelegated_by_head_alone"]


def test_a_line_is_lent_to_an_employee(office: Office) -> None:
    """KL 7:6: not to somebody elected to the body."""
    with pytest.raises(Blocked) as refused:
        office.lend(office.cast.member, None)
    (blocker,) = refused.value.blockers
    assert (blocker.code, blocker.statute) == ("subdelegated_to_elected", "KL 7:6")


@pytest.mark.parametrize("case", UNDELEGABLE)
def test_what_may_not_be_delegated_is_no_line(office: Office, case: str) -> None:
    """KL 6:38: the five cases are the body's own, whatever it has adopted."""
    with pytest.raises(Blocked) as refused:
        add(office, office.cast.secretary, undelegable=case)
    (blocker,) = refused.value.blockers
    assert (blocker.code, blocker.statute) == ("undelegable", "KL 6:38")
    assert UNDELEGABLE[case]["en"] in blocker.sentence("en")


def test_a_loan_is_given_once_and_to_another(office: Office) -> None:
    """Not to oneself, not twice, and not to a day that has passed."""
    manager, director = office.cast.manager, office.cast.director
    with pytest.raises(Invalid):
        office.lend(director, None)
    with pytest.raises(Invalid):
        office.lend(manager, DAY - timedelta(days=1))
    office.lend(manager, None)
    with pytest.raises(Conflict):
        office.lend(manager, None)


def test_a_loan_is_taken_back_by_the_delegate_alone(office: Office) -> None:
    """KL 7:6: it holds the day it is taken back, and no longer."""
    manager = office.cast.manager
    office.lend(manager, None)
    for who, allowed in ((manager, False), (office.cast.director, True)):
        with office.acting(who, DAY + WEEK) as context:
            item = office.line(context)
            if allowed:
                end_subdelegation(context, item, item.subdelegations[0])
            else:
                with pytest.raises(Blocked):
                    end_subdelegation(context, item, item.subdelegations[0])
    office.draft(manager, DAY + WEEK)
    with pytest.raises(Blocked):
        office.draft(manager, DAY + WEEK + timedelta(days=1))
    with (
        pytest.raises(Conflict),
        office.acting(office.cast.director, DAY + 2 * WEEK) as context,
    ):
        item = office.line(context)
        end_subdelegation(context, item, item.subdelegations[0])


def test_every_change_stands_in_the_bodys_record(office: Office) -> None:
    """Who could decide what, and since when, can be told afterwards."""
    office.lend(office.cast.manager, None)
    close(office, office.cast.secretary, DAY + WEEK)
    with office.casework.database.read() as session:
        actions = session.scalars(
            select(AuditEntry.action)
            .filter_by(subject_type="body", subject_id=office.world.committee.id)
            .order_by(AuditEntry.sequence)
        ).all()
    assert actions[-3:] == ["delegation_added", "subdelegated", "delegation_closed"]
