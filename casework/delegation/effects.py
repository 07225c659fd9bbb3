"""What follows when a decision is made for the body: number, signature, paper, notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.board.service import kept_at, post
from casework.counters import draw
from casework.delegation import letters, papers
from casework.delegation.guards import lent
from casework.errors import Invalid
from casework.people.models import Organisation

if TYPE_CHECKING:
    from casework.context import Context
    from casework.delegation.models import DelegatedDecision


def confirm_delegable(context: Context, _decision: DelegatedDecision) -> None:
    """The decider vouches that it is none of the cases that may not be delegated (KL 6:38)."""
    if context.input["delegable"] is not True:
        raise Invalid("delegable_not_confirmed")


def number_and_sign(context: Context, decision: DelegatedDecision) -> None:
    """The next number of the body and year, drawn in this transaction, and the decider's name."""
    year = context.today.year
    series = f"delegated decision {decision.body_id} {year}"
    decision.year = year
    decision.number = draw(context.session, context.organisation_id, series)
    decision.designation = f"{decision.body.short_name} D {decision.number}/{year}"
    decision.decided_on = context.today
    decision.signed_at = context.moment
    context.record(decision, "signed", number=decision.designation)


def draw_up(context: Context, decision: DelegatedDecision) -> None:
    """The decision as a record."""
    organisation = context.session.get_one(Organisation, decision.organisation_id)
    document = context.services.press.draw_up(
        context,
        decision,
        papers.delegated_decision(decision, organisation),
        title=f"{papers.kind_label(decision)} {decision.designation}",
        name=decision.designation.replace("/", "-").replace(" ", "-"),
        is_record=True,
    )
    decision.document_id = document.id


def tell_delegate(context: Context, decision: DelegatedDecision) -> None:
    """What is decided by sub-delegation is reported to the head who gave it (KL 7:8)."""
    item = decision.delegation_item
    loan = lent(item, decision.decider_id, context.today) if item else None
    if loan is not None:
        letters.subdelegated(context, decision, loan.given_by)
        context.record(decision, "told_delegate", name=loan.given_by.name, statute="KL 7:8")


def post_decision_notice(context: Context, decision: DelegatedDecision) -> None:
    """Announce a decision that is not reported to the body (KL 8:10 p. 3)."""
    post(
        context,
        body=decision.body,
        subject_type="delegated_decision",
        subject_id=decision.id,
        title=papers.public_title(decision),
        decided_on=decision.decided_on,
        number=decision.designation,
        decided_as=decision.decider.title or decision.decider.name,
        kept_at=kept_at(context, decision.body),
        responsible=decision.decider,
    )
