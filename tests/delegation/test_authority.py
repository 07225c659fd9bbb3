"""Nobody decides for the body beyond what it has delegated, and each refusal names its statute."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from casework.delegation.models import DelegationItem
from casework.errors import Forbidden, Invalid
from casework.workflow.blockers import Blocked

from .conftest import DAY

if TYPE_CHECKING:
    from .conftest import Office

LATER = DAY + timedelta(days=60)


def reasons(refused: pytest.ExceptionInfo[Blocked]) -> dict[str, str]:
    """Code -> statute of every blocker."""
    return {each.code: each.statute for each in refused.value.blockers}


def test_the_delegate_decides(office: Office) -> None:
    """KL 6:37: number, day, signature and document come with the decision."""
    decision = office.read(office.decide(office.cast.director))
    assert decision.state == "decided"
    assert decision.designation == "RUN D 1/2025"
    assert decision.decided_on == DAY
    assert decision.signed_at is not None
    assert decision.document_id is not None


def test_a_stranger_cannot_even_draft(office: Office) -> None:
    """KL 6:37, 7:5–6: the line is the director's."""
    with pytest.raises(Blocked) as refused:
        office.draft(office.cast.manager)
    assert reasons(refused) == {"decider_not_delegate": "KL 6:37, 7:5–6"}


def test_a_lent_line_is_used_until_its_last_day(office: Office) -> None:
    """KL 7:6: the loan holds from its day to its last, both counted, and not the day after."""
    manager = office.cast.manager
    office.lend(manager, LATER)
    assert office.read(office.decide(manager, LATER)).decider_id == manager.id
    draft = office.draft(manager, LATER)
    with pytest.raises(Blocked) as refused:
        office.fire(manager, draft, "decide", LATER + timedelta(days=1), delegable=True)
    assert reasons(refused) == {"subdelegation_over": "KL 7:6"}


@pytest.mark.parametrize("day", [date(2025, 2, 28), date(2027, 1, 1)])
def test_a_line_out_of_force_carries_nothing(office: Office, day: date) -> None:
    """KL 6:37: neither the day before it begins nor the day after it has ended."""
    with pytest.raises(Blocked) as refused:
        office.draft(office.cast.director, day)
    assert reasons(refused) == {"delegation_line_not_in_force": "KL 6:37"}


def test_the_exceptions_must_be_vouched_for(office: Office) -> None:
    """KL 6:38: a decision is not signed unless the decider says that it may be delegated."""
    director = office.cast.director
    draft = office.draft(director)
    for given in ({}, {"delegable": False}):
        with pytest.raises(Invalid):
            office.fire(director, draft, "decide", **given)
    assert office.read(draft).state == "draft"


def test_nobody_signs_in_anothers_name(office: Office) -> None:
    """Only the decider himself decides and withdraws."""
    draft = office.draft(office.cast.director)
    for trigger, given in (("decide", {"delegable": True}), ("withdraw", {})):
        with pytest.raises(Forbidden):
            office.fire(office.cast.secretary, draft, trigger, **given)


def test_only_the_delegate_lends_and_only_if_allowed(office: Office) -> None:
    """KL 7:6, both reasons at once for one who may neither."""
    with office.acting(office.cast.secretary) as context:
        item = context.session.get_one(DelegationItem, office.item.id)
        item.may_subdelegate = False
    with pytest.raises(Blocked) as refused:
        office.lend(office.cast.manager, None)
    assert reasons(refused) == {"subdelegation_not_allowed": "KL 7:6"}
    with pytest.raises(Blocked) as refused, office.acting(office.cast.manager) as context:
        item = context.session.get_one(DelegationItem, office.item.id)
        item.may_subdelegate = True
        from casework.delegation.service import subdelegate

        subdelegate(context, item, context.session.merge(office.cast.officer))
    assert reasons(refused) == {"subdelegated_by_delegate_alone": "KL 7:6"}
