"""Who leaves an item for a conflict of interest, and who serves instead (KL 5:47, 6:28–32)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.errors import Conflict
from casework.meetings.demands import require_secretary
from casework.meetings.models import (
    DECIDING,
    AgendaItem,
    Recusal,
)
from casework.meetings.table.roll import OPEN_FOR_ROLL, attendance_of, have_voted

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import Meeting
    from casework.people.models import Person


def recuse(
    context: Context,
    item: AgendaItem,
    person: Person,
    *,
    reason: str = "",
    substitute: Person | None = None,
) -> Recusal:
    """Somebody has a conflict of interest: not there for the item, and does not see it.

    KL 6:28-32. A substitute may serve instead. Raises Conflict once the item is concluded or the
    person has voted on it, and for a substitute who is not in the room or serves already.
    """
    meeting = item.meeting
    require_secretary(context, meeting)
    _require_pending(item)
    if meeting.state not in ("planned", *OPEN_FOR_ROLL):
        raise Conflict("meeting_over")
    if substitute is not None:
        _check_stand_in(meeting, item, person, substitute)
    recusal = next((each for each in item.recusals if each.person_id == person.id), None)
    if person.id in have_voted(item):
        raise Conflict("has_voted", name=person.name)
    if recusal is None:
        recusal = Recusal(
            organisation_id=item.organisation_id,
            person_id=person.id,
            declared_at=context.moment,
        )
        item.recusals.append(recusal)
    recusal.reason = reason
    recusal.substitute_id = substitute.id if substitute else None
    context.record(
        meeting,
        "recused",
        person=person.name,
        title=item.title,
        item_id=item.id,
        substitute=substitute.name if substitute else "",
    )
    context.session.flush()
    return recusal


def lift_recusal(context: Context, item: AgendaItem, person: Person) -> None:
    """The body found no conflict of interest after all (KL 6:32); before the item is concluded."""
    require_secretary(context, item.meeting)
    _require_pending(item)
    for recusal in list(item.recusals):
        if recusal.person_id == person.id:
            item.recusals.remove(recusal)
            context.session.delete(recusal)
            context.record(
                item.meeting,
                "recusal_lifted",
                person=person.name,
                title=item.title,
                item_id=item.id,
            )


def _check_stand_in(meeting: Meeting, item: AgendaItem, person: Person, substitute: Person) -> None:
    leaving = attendance_of(meeting, person.id)
    if leaving is None or not leaving.is_present or leaving.capacity not in DECIDING:
        raise Conflict("does_not_serve", name=person.name)
    row = attendance_of(meeting, substitute.id)
    busy = {e.substitute_id for e in item.recusals if e.person_id != person.id}
    recused = {e.person_id for e in item.recusals}
    if row is None or not row.is_present or row.capacity != "substitute":
        raise Conflict("substitute_not_free", name=substitute.name)
    if substitute.id in busy or substitute.id in recused or substitute.id == person.id:
        raise Conflict("substitute_not_free", name=substitute.name)


def _require_pending(item: AgendaItem) -> None:
    if item.outcome != "pending":
        raise Conflict("item_concluded", title=item.title)
