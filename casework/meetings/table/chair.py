"""Electing somebody to lead one item, where neither chair nor vice chair takes part in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from casework.errors import Conflict
from casework.meetings.demands import require_in_session
from casework.meetings.holding import hold_item
from casework.meetings.table.pause import require_sitting
from casework.meetings.table.roll import leading, present_at
from casework.people.models import Appointment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from casework.context import Context
    from casework.meetings.models import AgendaItem
    from casework.meetings.table.roll import Present
    from casework.people.models import Person

LEADS = ("chair", "vice_chair")


def elect_chair(context: Context, item: AgendaItem, person: Person) -> None:
    """Those who take part have elected `person` to lead the item; a new election replaces it.

    The law leaves the manner to the rules of procedure: until then the one longest in office
    leads (`candidates`). Raises Conflict if the meeting is not sitting, the item is concluded,
    a chair or vice chair takes part, or the person does not.
    """
    hold_item(context.session, item)
    require_in_session(context, item.meeting)
    require_sitting(item.meeting)
    if item.outcome != "pending":
        raise Conflict("item_concluded", title=item.title)
    leads = leading(context, item)
    if leads is not None and leads.capacity in LEADS:
        raise Conflict("chair_present", name=leads.person.name, title=item.title)
    if not any(each.decides and each.person.id == person.id for each in present_at(item)):
        raise Conflict("does_not_serve", name=person.name)
    item.elected_chair_id = person.id
    context.record(
        item.meeting, "chair_elected", title=item.title, item_id=item.id, person=person.name
    )
    context.session.flush()
    context.session.expire(item, ["elected_chair"])


def candidates(context: Context, item: AgendaItem) -> Sequence[Present]:
    """Whom those present may elect, the longest in office first; empty while a chair takes part.

    The first of them leads the election, as rules of procedure have it.
    """
    leads = leading(context, item)
    if item.outcome != "pending" or (leads is not None and leads.capacity in LEADS):
        return ()
    since = _in_office_since(context, item)
    serving = [each for each in present_at(item) if each.decides]
    return sorted(serving, key=lambda each: since.get(each.person.id, item.meeting.day))


def _in_office_since(context: Context, item: AgendaItem) -> dict[int, date]:
    """The first day of each person's first appointment in the body."""
    rows = context.session.execute(
        select(Appointment.person_id, func.min(Appointment.valid_from).label("since"))
        .where(
            Appointment.organisation_id == item.organisation_id,
            Appointment.body_id == item.meeting.body_id,
        )
        .group_by(Appointment.person_id)
    )
    return {row.person_id: row.since for row in rows}
