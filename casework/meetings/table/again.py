"""Taking up a concluded item again, while the meeting that concluded it is still in session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.delegation.queries import reported_at
from casework.delegation.service import take_back_telling
from casework.errors import Conflict, Invalid
from casework.meetings.demands import require_in_session
from casework.meetings.holding import hold_item
from casework.meetings.table.outcome import LEAVES_LAST

if TYPE_CHECKING:
    from casework.context import Context
    from casework.matters.models import Matter
    from casework.meetings.models import AgendaItem

# How a matter comes back to the agenda from where an outcome took it: a step of its own workflow.
BACK = {
    "decided": "reconsider",
    "recommended": "reconsider",
    "noted": "reconsider",
    "tabled": "schedule",
    "not_handled": "schedule",
}


def reopen_item(context: Context, item: AgendaItem, reason: str) -> None:
    """The item was concluded wrongly: it is handled again, and the record keeps that it was.

    What it decided is undone, with the assignments that it gave and the reports it made.
    Questions, votes and statements stand: those can be taken back one by one. Raises Conflict if
    the meeting is not in session, the item is not concluded or is attested at once, or the
    matter has moved on since; Invalid without a reason.
    """
    hold_item(context.session, item)
    require_in_session(context, item.meeting)
    if item.outcome == "pending":
        raise Conflict("item_pending", title=item.title)
    if item.minutes_item is not None and item.minutes_item.minutes.kind == "immediate":
        raise Conflict("section_stands", title=item.title)
    if not reason.strip():
        raise Invalid("input_missing", field={"sv": "Skäl", "en": "Reason"})
    outcome = item.outcome
    if item.matter is not None and item.item_type == "decision":
        _bring_back(context, item, item.matter, reason.strip())
    for told in reported_at(context.session, item.organisation_id, item.id):
        take_back_telling(told)
    _undo(context, item)
    context.record(
        item.meeting,
        "item_reopened",
        title=item.title,
        item_id=item.id,
        outcome=outcome,
        reason=reason.strip(),
    )
    context.session.flush()


def _bring_back(context: Context, item: AgendaItem, matter: Matter, reason: str) -> None:
    """The matter is on this agenda again; Conflict if it has gone on to something else."""
    if item.outcome in LEAVES_LAST:
        if matter.state != "on_agenda":
            raise Conflict("matter_moved_on", title=item.title)
        return
    trigger = BACK[item.outcome]
    step = context.services.engine.definition_of(matter).step(trigger, matter.state)
    if step is None:
        raise Conflict("matter_moved_on", title=item.title)
    given = {"reason": reason} if step.inputs else {}
    cause = context.given(**given).caused_by(item.meeting, "reopen_item")
    context.services.engine.fire(cause, matter, trigger)


def _undo(context: Context, item: AgendaItem) -> None:
    session = context.session
    for participant in item.participants:
        session.delete(participant)
    if item.decision is not None:
        for point in item.decision.points:
            session.delete(point)
        session.flush()
        session.delete(item.decision)
    item.outcome, item.led_by, item.concluded_at = "pending", None, None
    session.flush()
    session.expire(item, ["participants", "decision"])
