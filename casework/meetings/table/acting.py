"""What is asked of whoever acts on an item: that it is open, and that they take part in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.errors import Conflict
from casework.meetings.demands import require_in_session
from casework.meetings.table.pause import require_sitting
from casework.meetings.table.roll import Present, present_at

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import (
        AgendaItem,
    )
    from casework.people.models import Person


def participant(item: AgendaItem, person: Person) -> Present:
    for each in present_at(item):
        if each.person.id == person.id:
            return each
    if any(recusal.person_id == person.id for recusal in item.recusals):
        raise Conflict("is_recused", name=person.name)
    raise Conflict("not_present", name=person.name)


def decider(item: AgendaItem, person: Person) -> Present:
    present = participant(item, person)
    if not present.decides:
        raise Conflict("does_not_serve", name=person.name)
    return present


def require_open(context: Context, item: AgendaItem) -> None:
    require_in_session(context, item.meeting)
    require_sitting(item.meeting)
    if item.outcome != "pending":
        raise Conflict("item_concluded", title=item.title)


def require_open_section(item: AgendaItem) -> None:
    """What is attested at the table stands: a reservation comes before that."""
    if item.minutes_item is not None and item.minutes_item.minutes.kind == "immediate":
        raise Conflict("section_attested_already", title=item.title)


def require_unsettled(item: AgendaItem) -> None:
    if item.propositions:
        raise Conflict("questions_begun", title=item.title)
