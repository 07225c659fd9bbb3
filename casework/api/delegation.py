"""The delegation scheme, and the decisions made on it or by the chair alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.api import subjects
from casework.api.endpoint import EVERYBODY, Created, Room
from casework.api.schemas import delegation as shapes
from casework.delegation import queries, service
from casework.delegation.kind import DELEGATED_DECISION
from casework.errors import NotFound
from casework.matters import queries as matters
from casework.people import queries as people

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.delegation.models import DelegatedDecision, DelegationItem

room = Room("delegation")

KEEPER = "The secretary of the body and the registrar."
DELEGATE = "The delegate of the line."
DECISIONS = DELEGATED_DECISION.nouns


def find(call: Call, row_id: int) -> DelegatedDecision:
    return queries.find(call.session, call.organisation_id, row_id)


def line(call: Call, row_id: int) -> DelegationItem:
    return queries.line(call.session, call.organisation_id, row_id)


# --- The scheme --------------------------------------------------------------------------------


@room.get(
    "/delegation-items",
    "Every line that a body's scheme has or has had, in the order of its numbers.",
    who=EVERYBODY,
    query=shapes.SchemeAsked,
    answer=shapes.DelegationItem,
    paged=True,
)
def list_delegation_items(call: Call) -> Page:
    own = call.organisation_id
    return call.part(
        queries.scheme(call.session, own, call.query["body_id"]),
        lambda line_ids: queries.lines_in_order(call.session, own, line_ids),
    )


@room.post(
    "/delegation-items",
    "Enter a line as the body adopted it.",
    who=KEEPER,
    body=shapes.NewDelegationItem,
    answer=shapes.DelegationItem,
    status=201,
    tagged=True,
    errors=(404, 409),
)
def add_delegation_item(call: Call) -> Created:
    context, given = call.begin(), dict(call.body)
    body = people.body(call.session, call.organisation_id, given.pop("body_id"))
    (delegate,) = call.persons([given.pop("delegate_id")])
    item = service.add_delegation_item(context, body, delegate=delegate, **given)
    call.session.flush()
    return Created(item, f"/delegation-items/{item.id}")


@room.get(
    "/delegation-items/<row:row_id>",
    "A line with those whom the delegate lets decide.",
    who=EVERYBODY,
    answer=shapes.DelegationItem,
    tagged=True,
)
def read_delegation_item(call: Call, row_id: int) -> DelegationItem:
    return line(call, row_id)


@room.post(
    "/delegation-items/<row:row_id>/closing",
    "Say which day is the line's last; not before it was used last.",
    who=KEEPER,
    body=shapes.DelegationClosing,
    answer=shapes.DelegationItem,
    tagged=True,
    errors=(404, 409),
)
def close_delegation_item(call: Call, row_id: int) -> DelegationItem:
    item = line(call, row_id)
    service.close_delegation_item(call.begin(), item, call.body["valid_to"])
    return item


@room.post(
    "/delegation-items/<row:row_id>/subdelegations",
    "Let somebody else decide in the line from today (KL 7:6).",
    who=DELEGATE,
    body=shapes.NewSubDelegation,
    answer=shapes.DelegationItem,
    status=201,
    tagged=True,
    errors=(404, 409),
)
def subdelegate(call: Call, row_id: int) -> Created:
    item = line(call, row_id)
    (person,) = call.persons([call.body["person_id"]])
    service.subdelegate(call.begin(), item, person, valid_to=call.body["valid_to"])
    return Created(item, f"/delegation-items/{item.id}")


@room.post(
    "/delegation-items/<row:row_id>/subdelegations/<row:item_id>/end",
    "Take a line back; today is the last day of the loan.",
    who=DELEGATE,
    answer=shapes.DelegationItem,
    tagged=True,
    errors=(404, 409),
)
def end_subdelegation(call: Call, row_id: int, item_id: int) -> DelegationItem:
    item = line(call, row_id)
    loan = next((each for each in item.subdelegations if each.id == item_id), None)
    if loan is None:
        raise NotFound("not_found")
    service.end_subdelegation(call.begin(), item, loan)
    return item


# --- The decisions -----------------------------------------------------------------------------


@room.get(
    f"/{DECISIONS}",
    "Decisions on delegation and of chairs alone, the newest first.",
    query=shapes.DelegatedDecisionsAsked,
    answer=shapes.DelegatedDecision,
    paged=True,
)
def list_delegated_decisions(call: Call) -> Page:
    asked = call.query
    return call.page(
        queries.decisions,
        call.organisation_id,
        body_id=asked["body_id"],
        matter_id=asked["matter_id"],
        agenda_item_id=asked["agenda_item_id"],
        waiting=asked["waiting"],
        state=asked["state"],
    )


@room.post(
    f"/{DECISIONS}",
    "Draft a decision that one is to make oneself.",
    who="The delegate of the line, whoever he lets decide, or who may decide urgent matters.",
    body=shapes.NewDelegatedDecision,
    answer=shapes.DelegatedDecision,
    status=201,
    tagged=True,
    errors=(404, 409),
)
def draft_delegated_decision(call: Call) -> Created:
    given = dict(call.body)
    item_id, matter_id = given.pop("delegation_item_id"), given.pop("matter_id")
    matter = matters.find(call.session, call.organisation_id, matter_id) if matter_id else None
    context = call.begin()
    body = people.body(call.session, call.organisation_id, given.pop("body_id"))
    item = line(call, item_id) if item_id else None
    decision = service.draft_decision(context, body, item=item, matter=matter, **given)
    call.session.flush()
    return Created(decision, f"/{DECISIONS}/{decision.id}")


@room.get(
    f"/{DECISIONS}/<row:row_id>",
    "A decision.",
    answer=shapes.DelegatedDecision,
    tagged=True,
)
def read_delegated_decision(call: Call, row_id: int) -> DelegatedDecision:
    return find(call, row_id)


@room.patch(
    f"/{DECISIONS}/<row:row_id>",
    "Rewrite parts of a draft.",
    who="The decider, while it is a draft.",
    body=shapes.DelegatedDecisionRevision,
    answer=shapes.DelegatedDecision,
    tagged=True,
    conditional=True,
    current=find,
    errors=(404, 412, 428),
)
def revise_delegated_decision(call: Call, row_id: int) -> DelegatedDecision:
    decision = find(call, row_id)
    expected = call.expected(decision)
    return service.revise_decision(
        call.begin(), decision, expected_version=expected, **dict(call.body)
    )


subjects.steps(room, DELEGATED_DECISION, find, shapes.DelegatedDecision)
subjects.history(room, DELEGATED_DECISION.noun, find, DECISIONS)
subjects.papers(room, DELEGATED_DECISION.noun, find, DECISIONS)
