"""The agenda: items added, changed, ordered and taken off, before and after the summons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case, update
from sqlalchemy.orm.attributes import set_committed_value

from casework.db import lock
from casework.deadlines.calendar import before
from casework.errors import Conflict, Invalid, Stale
from casework.meetings import queries
from casework.meetings.agenda.preparing import require_own_or_above
from casework.meetings.agenda.proposed import latest_proposer
from casework.meetings.demands import require_secretary
from casework.meetings.holding import hold_item, hold_meeting
from casework.meetings.models import ITEM_TYPES, REPORTS, AgendaItem
from casework.meetings.sections import insert, section_for
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.context import Context
    from casework.matters.models import Matter
    from casework.meetings.models import Meeting

OPEN_AGENDA = ("planned", "summoned", "in_session")
EDITABLE = (
    *("title", "presenter", "minutes_planned", "section", "summary", "outcome_reason"),
    *("is_closed", "is_election", "exercises_authority"),
)
NOTES = ("summary", "outcome_reason")


def add_item(
    context: Context,
    meeting: Meeting,
    *,
    item_type: str,
    matter: Matter | None = None,
    title: str = "",
    late_reason: str = "",
    all_agree: bool = False,
    section: str = "",
    **given: Any,
) -> AgendaItem:
    """Put an item last in its section of the agenda, or before the closing formalities.

    `section` is one of the body's, else the one that takes such items.

    A matter to decide is moved to the agenda in its own workflow, which refuses one that is not
    ready; its own body decides it, one below proposes. An information item leaves it where it is.
    After the summons an item is late: it says why and goes out in a supplement; at the table an
    assembly takes it only if all present agree (KL 5:52).
    """
    require_secretary(context, meeting)
    _hold_open(context, meeting, matter)
    if matter is None and not cleaned_line(title):
        raise Invalid("title_missing")
    _check_kind(item_type, given.get("reports", ""))
    if item_type == "decision" and matter is not None:
        require_own_or_above(context, meeting.body, matter)
    needs_all = meeting.state != "planned" and _is_urgent(context, meeting, late_reason)
    if needs_all:
        _require_all(meeting, all_agree=all_agree)
    item = AgendaItem(
        organisation_id=meeting.organisation_id,
        item_type=item_type,
        matter_id=matter.id if matter else None,
        title=cleaned_line(title) or (matter.title if matter else ""),
        late_reason=late_reason.strip(),
        all_agreed=needs_all,
        section=section_for(meeting.body, item_type, _known(meeting, section)),
        supplement=0 if meeting.state == "planned" else meeting.supplements + 1,
        **given,
    )
    _close_doors(meeting, item)
    insert(meeting, item)
    context.session.flush()
    item.proposed_by = latest_proposer(context, item)
    context.record(
        meeting,
        "item_added",
        title=item.title,
        item_id=item.id,
        item_type=item_type,
        **({"late_reason": item.late_reason} if item.late_reason else {}),
        **({"all_agree": True} if needs_all else {}),
    )
    if matter is not None and item_type == "decision":
        cause = context.given().caused_by(meeting, "add_item")
        context.services.engine.fire(cause, matter, "schedule")
    return item


def revise_item(
    context: Context, item: AgendaItem, *, expected_version: int | None = None, **given: Any
) -> None:
    """Change an item that has not been concluded; the fields are those of EDITABLE.

    One that is given another section of the body goes last in it. Raises Stale when somebody else
    has changed it since `expected_version`.
    """
    require_secretary(context, item.meeting)
    hold_item(context.session, item)
    if expected_version not in (None, item.version):
        raise Stale("stale")
    if item.meeting.state not in OPEN_AGENDA:
        raise Conflict("agenda_closed")
    if item.outcome != "pending":
        raise Conflict("item_concluded", title=item.title)
    for name in given:
        if name not in EDITABLE:
            raise Invalid("input_unknown", field=name)
    if not str(given.get("title", item.title)).strip():
        raise Invalid("title_missing")
    moves = _known(item.meeting, given.get("section", item.section)) != item.section
    for name, value in given.items():
        setattr(item, name, value)
    if moves:
        _change_section(item)
    _close_doors(item.meeting, item)
    context.record(
        item.meeting, "item_revised", title=item.title, item_id=item.id, fields=sorted(given)
    )


def take_notes(context: Context, item: AgendaItem, field: str, text: str, base: str) -> None:
    """Save what the secretary is writing. `base` is the text that they began from.

    Raises Stale with the stored text when somebody else has written there since: nothing is
    overwritten, and the caller still has both. The minutes' own text is edited there.
    """
    require_secretary(context, item.meeting)
    if field not in NOTES:
        raise Invalid("input_unknown", field=field)
    hold_item(context.session, item)
    if item.meeting.state not in OPEN_AGENDA:
        raise Conflict("agenda_closed")
    stored = getattr(item, field)
    if stored == text:
        return
    if stored != base:
        raise Stale("notes_changed", title=item.title, stored=stored)
    setattr(item, field, text)
    context.record(
        item.meeting, "noted", title=item.title, item_id=item.id, field=field, length=len(text)
    )


def remove_item(context: Context, item: AgendaItem) -> None:
    """Take an item off before the summons; its matter is ready again for another meeting."""
    meeting = item.meeting
    require_secretary(context, meeting)
    hold_meeting(context.session, meeting)
    if meeting.state != "planned":
        raise Conflict("item_summoned", title=item.title)
    matter = item.matter if item.item_type == "decision" else None
    meeting.agenda.remove(item)
    context.session.delete(item)
    for position, left in enumerate(meeting.agenda, start=1):
        left.position = position
    context.record(meeting, "item_removed", title=item.title, item_id=item.id)
    if matter is not None:
        context.services.engine.fire(
            context.given().caused_by(meeting, "remove_item"), matter, "release"
        )


def release_items(context: Context, meeting: Meeting, reason: str) -> None:
    """A cancelled meeting handles nothing: its matters are ready for another meeting."""
    cause = context.given().caused_by(meeting, "cancel")
    for item in meeting.agenda:
        item.outcome, item.outcome_reason = "not_handled", reason
        item.concluded_at = context.moment
        if item.matter is not None and item.item_type == "decision":
            context.services.engine.fire(cause, item.matter, "release")


def reorder(
    context: Context,
    meeting: Meeting,
    item_ids: Sequence[int],
    *,
    seen: Sequence[int] | None = None,
) -> None:
    """Put the agenda in this order, in one statement.

    The order is of what the actor sees: an item in which they have a conflict of interest keeps
    its place (KL 6:28-30). `seen` is the order from which they chose the new one. Raises Stale
    when the agenda has another order since or holds other items, whatever else has happened to
    the meeting; Conflict for an item that has its § already.
    """
    require_secretary(context, meeting)
    lock(context.session, meeting)
    if meeting.state not in OPEN_AGENDA:
        raise Conflict("agenda_closed")
    person_id, today = context.actor.person_id or 0, context.today
    rows = queries.agenda_as_seen(context.session, meeting, person_id, today)
    items = [item for item, _is_shown in rows]
    shown = [item.id for item, is_shown in rows if is_shown]
    if (seen is not None and list(seen) != shown) or sorted(item_ids) != sorted(shown):
        raise Stale("agenda_changed")
    wanted = iter(item_ids)
    order = [next(wanted) if is_shown else item.id for item, is_shown in rows]
    numbered = [item.id for item in items if item.minutes_item is not None]
    if order[: len(numbered)] != numbered:
        raise Conflict("items_numbered")
    places = {item_id: position for position, item_id in enumerate(order, start=1)}
    context.session.execute(
        update(AgendaItem)
        .where(
            AgendaItem.organisation_id == meeting.organisation_id,
            AgendaItem.meeting_id == meeting.id,
        )
        .values(position=case(places, value=AgendaItem.id)),
        execution_options={"synchronize_session": False},
    )
    for item in items:
        set_committed_value(item, "position", places[item.id])
    in_order = sorted(items, key=lambda item: item.position)
    set_committed_value(meeting, "agenda", in_order)
    context.record(meeting, "agenda_reordered", items=order)


def _hold_open(context: Context, meeting: Meeting, matter: Matter | None) -> None:
    """Hold the meeting and then the matter; raise Conflict if the agenda takes nothing more."""
    hold_meeting(context.session, meeting)
    if meeting.state not in OPEN_AGENDA:
        raise Conflict("agenda_closed")
    if matter is not None:
        lock(context.session, matter)


def _check_kind(item_type: str, reports: str) -> None:
    if item_type not in ITEM_TYPES:
        raise Invalid("item_type_unknown", item_type=item_type, known=list(ITEM_TYPES))
    if reports not in ("", *REPORTS):
        raise Invalid("reports_unknown", reports=reports, known=list(REPORTS))


def _close_doors(meeting: Meeting, item: AgendaItem) -> None:
    """The exercise of authority against an individual is always behind closed doors (KL 6:25)."""
    if item.exercises_authority and not meeting.body.legal.law.open_doors:
        item.is_closed = True


def _known(meeting: Meeting, section: str) -> str:
    """The section, if the agenda has it: as the body names them now, or did when it was planned."""
    named = {each["title"] for each in meeting.body.agenda_sections}
    if section not in {"", *named, *(item.section for item in meeting.agenda)}:
        raise Invalid("section_unknown", section=section, known=sorted(named))
    return section


def _change_section(item: AgendaItem) -> None:
    """Last in the section that it now names, if it has no § yet: those stand in their order."""
    if item.minutes_item is not None:
        raise Conflict("items_numbered")
    insert(item.meeting, item)


def _is_urgent(context: Context, meeting: Meeting, late_reason: str) -> bool:
    """Whether what comes after the summons needs everybody's consent; it always needs a reason."""
    if meeting.body.is_statutory and not late_reason.strip():
        raise Invalid("late_reason_missing")
    in_time = meeting.state == "summoned" and context.today <= before(meeting.day, 1)
    return meeting.body.legal.law.urgent_needs_all and not in_time


def _require_all(meeting: Meeting, *, all_agree: bool) -> None:
    """Those present are known when the meeting is open, so nobody can agree for them before."""
    statute = meeting.body.legal.law.urgent_statute
    if meeting.state != "in_session":
        raise Conflict("urgent_waits_for_session", statute=statute)
    if not all_agree:
        raise Conflict("urgent_needs_all", statute=statute)
