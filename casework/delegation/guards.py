"""What must hold before somebody decides for the body outside its meetings (KL 6:37–40, 7:5–8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, or_

from casework.board.screening import has_personal_number
from casework.delegation.exceptions import STATUTE, UNDELEGABLE
from casework.delegation.models import DelegatedDecision
from casework.errors import Invalid
from casework.matters.models import Matter
from casework.people.policy import holds_any
from casework.people.service import MEMBERS, URGENT, appointed
from casework.workflow.blockers import Blocker

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from casework.context import Context
    from casework.delegation.models import DelegationItem, SubDelegation
    from casework.people.models import Body

    Guard = Callable[[Context, DelegatedDecision], Blocker | None]

HEADS = ("chief_executive", "manager")
ELECTED = ("chair", "vice_chair", "member", "substitute")


def line_in_force(context: Context, decision: DelegatedDecision) -> Blocker | None:
    """There is a line in the body's scheme, and it holds today."""
    item = decision.delegation_item
    if item is None:
        return Blocker("delegation_line_missing", {}, "KL 6:37", "#text")
    if not holds_on(item.valid_from, item.valid_to, context.today):
        return Blocker("delegation_line_not_in_force", {"number": item.number}, "KL 6:37", "#text")
    return None


def decider_holds_line(context: Context, decision: DelegatedDecision) -> Blocker | None:
    """The decider is the delegate, or one whom the delegate has let decide until today."""
    item = decision.delegation_item
    if item is None or item.delegate_id == decision.decider_id:
        return None
    loans = [each for each in item.subdelegations if each.person_id == decision.decider_id]
    params = {"number": item.number, "delegate": item.delegate.name}
    if not loans:
        return Blocker("decider_not_delegate", params, "KL 6:37, 7:5–6", "#text")
    if not item.may_subdelegate:
        return Blocker("subdelegation_not_allowed", params, "KL 7:6", "#text")
    if lent(item, decision.decider_id, context.today) is None:
        params["day"] = str(loans[-1].valid_to or loans[-1].given_on)
        return Blocker("subdelegation_over", params, "KL 7:6", "#text")
    return None


def reported_as_line_says(_context: Context, decision: DelegatedDecision) -> Blocker | None:
    """The body has decided what it is to be told of; the decider may tell it more, never less."""
    item = decision.delegation_item
    if item is not None and item.reporting == "report" and decision.reporting != "report":
        return Blocker("line_is_reported", {"number": item.number}, "KL 6:40, 7:8", "#text")
    return None


def undelegable_case(case: str) -> Blocker | None:
    """What is one of the cases of KL 6:38 is the body's own to decide, whatever its scheme says.

    `case` is a code of UNDELEGABLE, "" for none of them; raises Invalid for another.
    """
    if not case:
        return None
    if case not in UNDELEGABLE:
        raise Invalid("undelegable_unknown", case=case, known=list(UNDELEGABLE))
    return Blocker("undelegable", {"what": UNDELEGABLE[case]}, STATUTE, "#text")


def is_head(session: Session, item: DelegationItem, day: date) -> bool:
    """Whether the delegate is a head who may let others decide (KL 7:6), on that day."""
    return holds_any(session, item.delegate_id, item, day, HEADS)


def has_urgent_mandate(_context: Context, decision: DelegatedDecision) -> Blocker | None:
    """The body itself has let somebody decide what cannot wait."""
    if not decision.body.urgent_mandate:
        return Blocker("urgent_mandate_missing", {"body": decision.body.name}, "KL 6:39")
    return None


def decider_is_mandated(context: Context, decision: DelegatedDecision) -> Blocker | None:
    """Only whom the body has named: the chair, or the one member appointed to it (KL 6:39)."""
    body = decision.body
    if decides_urgent(context, body, decision.decider_id):
        return None
    named = appointed(context, URGENT, body.id)
    if not named:
        return Blocker("urgent_by_chair_alone", {"body": body.name}, "KL 6:39")
    params = {"body": body.name, "name": named[0].name}
    return Blocker("urgent_by_member_alone", params, "KL 6:39")


def decides_urgent(context: Context, body: Body, person_id: int) -> bool:
    """Whether the body's mandate is this person's today, if it has given any."""
    named = appointed(context, URGENT, body.id)
    if not named:
        return person_id in _ids(context, body, "chair")
    still = {each for role in MEMBERS for each in _ids(context, body, role)}
    return person_id == named[0].id and person_id in still


def _ids(context: Context, body: Body, role: str) -> set[int]:
    return {each.id for each in appointed(context, role, body.id)}


def urgency_stated(_context: Context, decision: DelegatedDecision) -> Blocker | None:
    if not decision.urgency:
        return Blocker("urgency_missing", {}, "KL 6:39", "#text")
    return None


def has_decision_text(_context: Context, decision: DelegatedDecision) -> Blocker | None:
    return None if decision.text else Blocker("decision_text_missing", place="#text")


def title_is_fit_to_read(_context: Context, decision: DelegatedDecision) -> Blocker | None:
    """The title stands in a summons, in minutes, or on the public board: no number of a person."""
    if has_personal_number(decision.title):
        return Blocker("title_has_personal_number", place="#text")
    return None


def is_to_be_reported(_context: Context, decision: DelegatedDecision) -> Blocker | None:
    if decision.reporting != "report":
        return Blocker("decision_not_reported", {}, "KL 6:40, 7:8")
    return None


def is_announced_by_itself(_context: Context, decision: DelegatedDecision) -> Blocker | None:
    """What is tried by KL ch. 13 and is not reported is minuted and announced by itself.

    A party's own appeal (FL 40–44) counts from when the party was told, not from a notice.
    """
    if decision.reporting == "report":
        return Blocker("decision_is_reported", {}, "KL 6:40, 7:8")
    if decision.appeal_route == "none":
        return Blocker("decision_not_appealable", {}, "KL 13:2")
    if decision.appeal_route == "administrative_appeal":
        return Blocker("decision_told_to_its_party", {}, "KL 6:40, FL 33, 44")
    return None


def needs_no_notice(_context: Context, decision: DelegatedDecision) -> Blocker | None:
    if decision.reporting == "report":
        return Blocker("decision_is_reported", {}, "KL 6:40, 7:8")
    if decision.appeal_route == "legality_review":
        return Blocker("decision_must_be_announced", {}, "KL 6:40, 7:8, 8:10 p. 3")
    return None


# By what a decision of each kind is made, in the order in which a reader asks.
AUTHORITY: dict[str, tuple[Guard, ...]] = {
    "delegated": (line_in_force, decider_holds_line, reported_as_line_says),
    "urgent": (has_urgent_mandate, decider_is_mandated),
}


def lacking_authority(context: Context, decision: DelegatedDecision) -> list[Blocker]:
    """Every reason why the decider may not decide this today; empty when he may."""
    found = (guard(context, decision) for guard in AUTHORITY[decision.kind])
    return [blocker for blocker in found if blocker is not None]


def is_delegate(item: DelegationItem, person_id: int, day: date) -> bool:
    """Whether the line is the person's own on that day, or lent to him then."""
    return item.delegate_id == person_id or lent(item, person_id, day) is not None


def lent(item: DelegationItem, person_id: int, day: date) -> SubDelegation | None:
    """The sub-delegation by which the person decides in the line on that day."""
    for each in item.subdelegations:
        if each.person_id == person_id and holds_on(each.given_on, each.valid_to, day):
            return each
    return None


def holds_on(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)


def for_the_board(_person_id: int) -> ColumnElement[bool]:
    """Which decisions `is_announced_by_itself` lets through, for anybody."""
    return and_(
        DelegatedDecision.reporting != "report", DelegatedDecision.is_appealable, ~_by_party()
    )


def for_the_file(_person_id: int) -> ColumnElement[bool]:
    """Which decisions `needs_no_notice` lets through, for anybody."""
    not_tried = or_(~DelegatedDecision.is_appealable, _by_party())
    return and_(DelegatedDecision.reporting != "report", not_tried)


def _by_party() -> ColumnElement[bool]:
    """Its matter is appealed by its party (FL 40-44), whoever may read that matter."""
    matter = Matter.__table__.alias("decided_matter")
    return exists().where(
        matter.c.organisation_id == DelegatedDecision.organisation_id,
        matter.c.id == DelegatedDecision.matter_id,
        matter.c.appeal_route == "administrative_appeal",
    )
