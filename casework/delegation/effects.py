"""What follows when a decision is made for the body: number, signature, paper, notice, nagging."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from casework.board.service import kept_at, post
from casework.counters import draw
from casework.deadlines import service as deadlines
from casework.delegation import letters, papers
from casework.delegation.guards import lent
from casework.errors import Invalid
from casework.people.models import Organisation
from casework.people.service import appointed

if TYPE_CHECKING:
    from casework.context import Context
    from casework.delegation.models import DelegatedDecision

WEEK = timedelta(weeks=1)
WEEKLY_FOR_A_YEAR = tuple(range(7, 365, 7))


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


def nag_until_reported(context: Context, decision: DelegatedDecision) -> None:
    """Chair and secretary are reminded each week until the body has been told (KL 6:40)."""
    secretaries = appointed(context, "committee_secretary", decision.body_id)
    deadline = deadlines.start_on(
        context.session,
        organisation_id=decision.organisation_id,
        subject_type="delegated_decision",
        subject_id=decision.id,
        name="urgent_report",
        due_on=context.today + WEEK,
        moment=context.moment,
        remind=(0,),
        late=WEEKLY_FOR_A_YEAR,
        legal=True,
        responsible_person_id=decision.decider_id,
        escalate_to_person_id=secretaries[0].id if secretaries else None,
    )
    deadline.statute = "KL 6:40"


PAPERS: dict[str, Any] = {"delegated_decision": draw_up}

EFFECTS: dict[str, Any] = {
    "confirm_delegable": confirm_delegable,
    "number_and_sign": number_and_sign,
    "tell_delegate": tell_delegate,
    "post_decision_notice": post_decision_notice,
    "nag_until_reported": nag_until_reported,
}
