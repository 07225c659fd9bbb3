"""The verbs of delegation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casework.context import Context
    from casework.delegation.models import DelegatedDecision


def report(context: Context, decision: DelegatedDecision, agenda_item_id: int) -> None:
    """The body has been told, at this item of its agenda; `context` names the meeting as cause."""
    decision.agenda_item_id = agenda_item_id
    context.services.engine.fire(context, decision, "report")
