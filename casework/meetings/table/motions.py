"""What is proposed from the floor (yrkande), and what is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.errors import Conflict, Invalid
from casework.meetings.models import (
    PROPOSAL_KINDS,
    AgendaItem,
    FloorProposal,
)
from casework.meetings.table.acting import decider, require_open, require_unsettled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.context import Context
    from casework.people.models import Person


def move(
    context: Context,
    item: AgendaItem,
    mover: Person,
    kind: str,
    *,
    text: str = "",
    point: int | None = None,
    supporters: Sequence[Person] = (),
) -> FloorProposal:
    """Record a proposal from the floor (yrkande), with those who joined it.

    `point` numbers the proposed decision point that an amendment would change, None for all.
    Only somebody who takes part may move, and only where there is something to decide. Raises
    Conflict else, and Invalid for an amendment or addition that does not say what it decides.
    """
    require_open(context, item)
    if item.item_type != "decision":
        raise Conflict("item_not_for_decision", title=item.title)
    if kind not in PROPOSAL_KINDS:
        raise Invalid("proposal_kind_unknown", kind=kind, known=list(PROPOSAL_KINDS))
    if kind in ("amendment", "addition") and not text.strip():
        raise Invalid("proposal_says_nothing")
    if point is not None:
        _check_point(item, kind, point)
    require_unsettled(item)
    for person in (mover, *supporters):
        decider(item, person)
    proposal = FloorProposal(
        organisation_id=item.organisation_id,
        position=max((each.position for each in item.floor_proposals), default=0) + 1,
        kind=kind,
        mover_id=mover.id,
        supporters=[person.id for person in supporters],
        text=text.strip(),
        point=point,
    )
    item.floor_proposals.append(proposal)
    context.record(
        item.meeting, "moved", title=item.title, item_id=item.id, person=mover.name, kind=kind
    )
    context.session.flush()
    return proposal


def withdraw(context: Context, proposal: FloorProposal) -> None:
    """The mover takes the proposal back, before any question has been put."""
    item = proposal.agenda_item
    require_open(context, item)
    require_unsettled(item)
    if proposal.withdrawn_at is not None:
        raise Conflict("proposal_withdrawn")
    proposal.withdrawn_at = context.moment
    context.record(
        item.meeting,
        "proposal_withdrawn",
        title=item.title,
        item_id=item.id,
        person=proposal.mover.name,
    )


def standing(item: AgendaItem) -> list[FloorProposal]:
    """The proposals that have not been taken back."""
    return [each for each in item.floor_proposals if each.withdrawn_at is None]


def _check_point(item: AgendaItem, kind: str, point: int) -> None:
    points = len(item.matter.decision_points) if item.matter else 0
    if kind != "amendment" or not 1 <= point <= points:
        raise Invalid("point_unknown", point=point, points=points)
