"""What a decision made for the body is: by delegation, or because it could not wait."""

from __future__ import annotations

from casework.delegation import effects, guards, letters, queries
from casework.delegation.models import DelegatedDecision
from casework.people.policy import MEMBERS, READERS
from casework.workflow.kinds import Kind, Needs, Offers, Page, Readers, by_name

DELEGATED_DECISION = Kind(
    model=DelegatedDecision,
    find=queries.find,
    name=lambda decision: str(decision.designation or decision.title),
    line=lambda decision: str(decision.title),
    page=Page(endpoint="decisions.show", argument="decision_id", path="delegation/decisions"),
    nouns="delegated-decisions",
    readers=Readers(roles=READERS, members=MEMBERS, laid_open=DelegatedDecision.signed_at),
    offers=Offers(
        guards=by_name(
            guards.line_in_force,
            guards.decider_holds_line,
            guards.reported_as_line_says,
            guards.has_urgent_mandate,
            guards.decider_is_mandated,
            guards.urgency_stated,
            guards.has_decision_text,
            guards.title_is_fit_to_read,
            guards.is_to_be_reported,
            guards.is_announced_by_itself,
            guards.needs_no_notice,
        ),
        turns={
            "is_announced_by_itself": guards.for_the_board,
            "needs_no_notice": guards.for_the_file,
        },
        effects=by_name(
            effects.number_and_sign,
            effects.tell_delegate,
            effects.post_decision_notice,
        ),
        checks=by_name(effects.confirm_delegable),
        papers={"delegated_decision": effects.draw_up},
    ),
    needs=(
        Needs(states=("decided", "reported"), fired=("report",)),
        Needs(workflow="urgent-decision", ended=("urgent_report",)),
    ),
    deadlines=("urgent_report",),
    reminder=letters.reminder,
    places=("#text",),
)

KINDS = (DELEGATED_DECISION,)
OFFERS: dict[str, Offers] = {}
