"""The items of an agenda that a person reads: none of conflict, none secret to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.meetings.knowing import items_unknown_to
from casework.meetings.models import AgendaItem, Recusal
from casework.people.policy import lift

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import Meeting


def readable(context: Context, meeting: Meeting, person_id: int | None) -> list[AgendaItem]:
    """The items with all that belongs to them; a recusal hides its matter everywhere (KL 6:28-30),
    and so does a secrecy mark for who has no need to know of it.

    The session shows everything from here on: load with it only what these items lead to.
    """
    lift(context.session)
    recused = context.session.execute(
        select(AgendaItem.id, AgendaItem.matter_id)
        .join(Recusal, Recusal.agenda_item_id == AgendaItem.id)
        .where(
            AgendaItem.organisation_id == meeting.organisation_id,
            Recusal.person_id == person_id,
        )
    ).all()
    items = {item_id for item_id, _matter_id in recused}
    if person_id is not None:
        secret = items_unknown_to(meeting.organisation_id, person_id, context.today)
        items |= set(context.session.scalars(secret))
    matters = {matter_id for _item_id, matter_id in recused if matter_id is not None}
    context.session.expire(meeting, ["agenda"])
    return [
        each for each in meeting.agenda if each.id not in items and each.matter_id not in matters
    ]
