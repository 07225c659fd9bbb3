"""The verbs of delegation: keep the scheme, lend a line, draft a decision, report it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from sqlalchemy import select

from casework.db import lock
from casework.delegation.guards import (
    ELECTED,
    holds_on,
    is_head,
    lacking_authority,
    reported_as_line_says,
    undelegable_case,
)
from casework.delegation.models import (
    KINDS,
    REPORTING,
    DelegatedDecision,
    DelegationItem,
    SubDelegation,
)
from casework.errors import Conflict, Forbidden, Invalid, Stale
from casework.people.models import Person
from casework.people.policy import holds_any, lacking, may
from casework.people.service import URGENT, appointed
from casework.workflow.blockers import Blocker, refusal

if TYPE_CHECKING:
    from datetime import date
    from typing import Unpack

    from casework.context import Context
    from casework.matters.models import Matter
    from casework.people.models import Body

KEEPERS = ("committee_secretary", "registrar")
WORKFLOWS = {"delegated": "delegated-decision", "urgent": "urgent-decision"}


class Texts(TypedDict, total=False):
    """What is written in a decision; Markdown but for the title and the lines of `notified`."""

    title: str
    text: str
    reasons: str
    urgency: str
    basis: str
    notified: str


# --- The scheme --------------------------------------------------------------------------------


def add_delegation_item(
    context: Context,
    body: Body,
    *,
    number: str,
    title: str,
    delegate: Person,
    adopted: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    may_subdelegate: bool = False,
    is_appealable: bool = True,
    undelegable: str = "",
    reporting: str = "report",
) -> DelegationItem:
    """A line of the body's scheme, from today unless said otherwise (KL 6:37, 7:5).

    `adopted` cites the body's own decision; `reporting` is how the body has decided to be told
    of what is decided in it (KL 6:40, 7:8); `undelegable` says which case of KL 6:38 it is, "" for
    none. Raises Forbidden for others than KEEPERS, Blocked for such a case and for a line that
    somebody who is no head could hand on (KL 7:6), Conflict for an advisory body and for a number
    that another line holds in those days, Invalid for an empty number, title or citation.
    """
    item = DelegationItem(
        organisation_id=context.organisation_id,
        body_id=body.id,
        body=body,
        number=_filled(number, "delegation_number_missing"),
        title=_filled(title, "title_missing"),
        delegate_id=delegate.id,
        delegate=delegate,
        adopted=_filled(adopted, "delegation_adopted_missing"),
        valid_from=valid_from or context.today,
        valid_to=valid_to,
        may_subdelegate=may_subdelegate,
        is_appealable=is_appealable,
        reporting=_reporting("delegated", reporting),
    )
    _require_keeper(context, item)
    if not body.is_statutory:
        raise Conflict("body_cannot_delegate", body=body.name)
    _check_days(item.valid_from, valid_to)
    _check_delegable(context, item, undelegable)
    lock(context.session, body)
    _check_number_free(context, item)
    context.session.add(item)
    context.record(
        body, "delegation_added", number=item.number, title=item.title, delegate=delegate.name
    )
    return item


def close_delegation_item(context: Context, item: DelegationItem, valid_to: date) -> None:
    """The line holds to that day, which counts.

    Raises Conflict if it has been used after it, or ends before it already: a line is not made
    longer than the body decided.
    """
    _require_keeper(context, item)
    _check_days(item.valid_from, valid_to)
    lock(context.session, item.body)
    if item.valid_to is not None and item.valid_to < valid_to:
        raise Conflict("delegation_ends_already", number=item.number, day=item.valid_to.isoformat())
    last = context.session.scalar(
        select(DelegatedDecision.decided_on)
        .where(
            DelegatedDecision.organisation_id == item.organisation_id,
            DelegatedDecision.delegation_item_id == item.id,
            DelegatedDecision.decided_on > valid_to,
        )
        .order_by(DelegatedDecision.decided_on.desc())
        .limit(1)
    )
    if last is not None:
        raise Conflict("delegation_line_used", number=item.number, day=last.isoformat())
    item.valid_to = valid_to
    context.record(
        item.body, "delegation_closed", number=item.number, valid_to=valid_to.isoformat()
    )


def subdelegate(
    context: Context, item: DelegationItem, person: Person, *, valid_to: date | None = None
) -> SubDelegation:
    """The delegate lets another employee decide in the line from today (KL 7:6).

    Raises Blocked when the body has not allowed it, the giver is not the delegate or no head, the
    other is elected to the body, or the line does not hold today; Invalid for the delegate himself
    or a day that has passed.
    """
    blockers = list(_cannot_lend(context, item, person))
    if blockers:
        raise refusal("subdelegate", blockers)
    if person.id == item.delegate_id:
        raise Invalid("subdelegated_to_self")
    _check_days(context.today, valid_to)
    lock(context.session, item.body)
    for each in item.subdelegations:
        if each.person_id == person.id and holds_on(each.given_on, each.valid_to, context.today):
            raise Conflict("subdelegated_already", name=person.name)
    lent = SubDelegation(
        organisation_id=item.organisation_id,
        person_id=person.id,
        person=person,
        given_by_id=item.delegate_id,
        given_on=context.today,
        valid_to=valid_to,
    )
    item.subdelegations.append(lent)
    context.record(item.body, "subdelegated", number=item.number, to=person.name)
    context.session.flush()
    return lent


def end_subdelegation(context: Context, item: DelegationItem, lent: SubDelegation) -> None:
    """The loan of a line holds today for the last time; the delegate takes it back."""
    if context.actor.person_id != item.delegate_id:
        params = {"number": item.number, "delegate": item.delegate.name}
        blocker = Blocker("subdelegated_by_delegate_alone", params, "KL 7:6")
        raise refusal("end_subdelegation", [blocker])
    lock(context.session, item.body)
    if lent.valid_to is not None and lent.valid_to < context.today:
        raise Conflict("subdelegation_over", number=item.number, day=lent.valid_to.isoformat())
    lent.valid_to = context.today
    context.record(item.body, "subdelegation_ended", number=item.number, of=lent.person.name)


# --- The decision ------------------------------------------------------------------------------


def draft_decision(
    context: Context,
    body: Body,
    *,
    kind: str,
    item: DelegationItem | None = None,
    matter: Matter | None = None,
    is_appealable: bool | None = None,
    reporting: str | None = None,
    undelegable: str = "",
    **texts: Unpack[Texts],
) -> DelegatedDecision:
    """Begin a decision that the actor is to make: on a line of the scheme, or as the chair alone.

    It can be appealed, and is reported, as its line says, unless given. `undelegable` says which
    case of KL 6:38 it is, "" for none. Raises Blocked with the statute when it is one, when the
    actor may not decide it today, or when the line is to be reported and this is not; Invalid for
    an unknown kind, an empty title, a line of another body, or an urgent decision that is not to
    be reported (KL 6:40).
    """
    if kind not in KINDS:
        raise Invalid("delegation_kind_unknown", kind=kind, known=list(KINDS))
    if context.actor.person_id is None:
        raise Forbidden("forbidden")
    if item is not None and (kind == "urgent" or item.body_id != body.id):
        raise Invalid("delegation_line_elsewhere", number=item.number)
    line_appealable = item.is_appealable if item else True
    decision = DelegatedDecision(
        organisation_id=context.organisation_id,
        kind=kind,
        body_id=body.id,
        body=body,
        delegation_item_id=item.id if item else None,
        delegation_item=item,
        matter_id=matter.id if matter else None,
        matter=matter,
        decider_id=context.actor.person_id,
        decider=context.session.get_one(Person, context.actor.person_id),
        by_member=kind == "urgent" and bool(appointed(context, URGENT, body.id)),
        **{name: str(texts.get(name, "")).strip() for name in Texts.__annotations__},
        is_appealable=line_appealable if is_appealable is None else is_appealable,
        reporting=_reporting(kind, reporting or (item.reporting if item else "report")),
    )
    _filled(decision.title, "title_missing")
    case = undelegable_case(undelegable) if kind == "delegated" else None
    blockers = [*([case] if case else []), *lacking_authority(context, decision)]
    if blockers:
        raise refusal("draft", blockers)
    context.services.engine.start(decision, WORKFLOWS[kind])
    context.session.add(decision)
    context.record(decision, "drafted", kind=kind, title=decision.title)
    return decision


def revise_decision(
    context: Context,
    decision: DelegatedDecision,
    *,
    expected_version: int | None = None,
    reporting: str | None = None,
    is_appealable: bool | None = None,
    **texts: Unpack[Texts],
) -> DelegatedDecision:
    """Rewrite the parts given while it is a draft: title, text, reasons, urgency, basis,
    who is notified, and how it is reported. What is replaced is kept in the record.

    Raises Stale if it has changed since `expected_version`, Forbidden for others than the decider
    and for what is decided already, Blocked and Invalid as `draft_decision` does.
    """
    lock(context.session, decision)
    if expected_version is not None and decision.version != expected_version:
        raise Stale("stale")
    if not may_edit(context, decision):
        state = context.services.engine.definition_of(decision).states[decision.state].label
        raise Forbidden("edit_not_allowed", state=state)
    before = text_of(decision)
    for name, text in texts.items():
        setattr(decision, name, str(text).strip())
    _filled(decision.title, "title_missing")
    if reporting is not None:
        decision.reporting = _reporting(decision.kind, reporting)
        if (blocker := reported_as_line_says(context, decision)) is not None:
            raise refusal("revise", [blocker])
    if is_appealable is not None:
        decision.is_appealable = is_appealable
    context.record(decision, "revised", before=before, after=text_of(decision))
    return decision


def text_of(decision: DelegatedDecision) -> dict[str, str]:
    """What is written in the decision, as the record keeps it."""
    return {name: getattr(decision, name) for name in Texts.__annotations__}


def may_edit(context: Context, decision: DelegatedDecision) -> bool:
    """Whether the actor may change the decision in its present state."""
    state = context.services.engine.definition_of(decision).states[decision.state]
    return may(context, decision, state.edit.get("text", ()))


def tell(decision: DelegatedDecision, agenda_item_id: int) -> None:
    """The body has been told, at this item of its agenda; the meeting's end makes it reported."""
    decision.agenda_item_id = agenda_item_id


def take_back_telling(decision: DelegatedDecision) -> None:
    """The item is taken up again: the body has not been told. Raises Conflict once reported."""
    if decision.state != "decided":
        raise Conflict("telling_stands", designation=decision.designation)
    decision.agenda_item_id = None


def report(context: Context, decision: DelegatedDecision) -> None:
    """The meeting that was told has ended (KL 6:40); `context` names the meeting as cause."""
    context.services.engine.fire(context, decision, "report")


# --- What is asked of both ---------------------------------------------------------------------


def _cannot_lend(context: Context, item: DelegationItem, person: Person) -> list[Blocker]:
    found = []
    params = {"number": item.number}
    if not item.may_subdelegate:
        found.append(Blocker("subdelegation_not_allowed", params, "KL 7:6"))
    if context.actor.person_id != item.delegate_id:
        delegate = {"delegate": item.delegate.name}
        found.append(Blocker("subdelegated_by_delegate_alone", params | delegate, "KL 7:6"))
    if not is_head(context.session, item, context.today):
        found.append(_not_head(item))
    if holds_any(context.session, person.id, item, context.today, ELECTED):
        found.append(Blocker("subdelegated_to_elected", {"name": person.name}, "KL 7:6"))
    if not holds_on(item.valid_from, item.valid_to, context.today):
        found.append(Blocker("delegation_line_not_in_force", params, "KL 6:37"))
    return found


def _check_delegable(context: Context, item: DelegationItem, case: str) -> None:
    blockers = [each for each in (undelegable_case(case),) if each is not None]
    if item.may_subdelegate and not is_head(context.session, item, item.valid_from):
        blockers.append(_not_head(item))
    if blockers:
        raise refusal("add", blockers)


def _not_head(item: DelegationItem) -> Blocker:
    params = {"number": item.number, "delegate": item.delegate.name}
    return Blocker("subdelegated_by_head_alone", params, "KL 7:6")


def _require_keeper(context: Context, item: DelegationItem) -> None:
    """The scheme is kept by KEEPERS of the body; the system itself may set it up."""
    if context.actor.person_id is not None and not may(context, item, KEEPERS):
        raise lacking(KEEPERS)


def _check_days(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise Invalid("delegation_ends_before_start")


def _check_number_free(context: Context, item: DelegationItem) -> None:
    """Two lines of one number in force at once would leave open which one was used."""
    others = context.session.scalars(
        select(DelegationItem).where(
            DelegationItem.organisation_id == item.organisation_id,
            DelegationItem.body_id == item.body_id,
            DelegationItem.number == item.number,
        )
    )
    for other in others:
        ends_before = other.valid_to is not None and other.valid_to < item.valid_from
        begins_after = item.valid_to is not None and item.valid_to < other.valid_from
        if not (ends_before or begins_after):
            raise Conflict("delegation_number_taken", number=item.number)


def _reporting(kind: str, reporting: str) -> str:
    if reporting not in REPORTING:
        raise Invalid("reporting_unknown", reporting=reporting, known=list(REPORTING))
    if kind == "urgent" and reporting != "report":
        raise Invalid("urgent_is_reported")
    return reporting


def _filled(text: str, code: str) -> str:
    if not text.strip():
        raise Invalid(code)
    return text.strip()
