"""The matters that can be put on an agenda: the oldest first, some at a time, found by a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from casework.db import counted
from casework.matters.models import Matter
from casework.matters.search import matches
from casework.meetings.models import AgendaItem
from casework.people.queries import above, kin
from casework.waiting import stands_before
from casework.web.components.paging import Part, number_of
from casework.web.frame.asked import whole_number
from casework.web.shapes import Link

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import ColumnElement, Select

    from casework.context import Context
    from casework.meetings.models import Meeting

FIRST = 25
# Where a matter may be for the meeting to be told of it.
INFORMING = ("in_preparation", "in_review", "ready", "presidium_review", "decided", "executing")


def choices_for(context: Context, meeting: Meeting, chosen: Sequence[int]) -> dict[str, Any]:
    """What the page offers by its names there; what was `chosen` stays among it."""
    word = request.args.get("q", "")[:200]
    deciding = [meeting.body_id, *above(context.session, meeting.body)]
    is_ready = stands_before(context, Matter, "schedule")
    ready = _matters(context, meeting, deciding, is_ready)
    informing = _informing(context, meeting)
    offered = {
        "ready": _part(context, meeting, "ready", ready.where(matches(word)), chosen),
        "informing": _part(context, meeting, "informing", informing.where(matches(word)), chosen),
    }
    counts = {
        f"{name}_count": number_of(counted(context.session, statement, Matter.id))
        for name, statement in (("ready", ready), ("informing", informing))
    }
    is_long = any(part.rest for part in offered.values())
    return {**offered, **counts, "asked": word, "is_searched": bool(word) or is_long}


def chosen_among(context: Context, meeting: Meeting, chosen: Collection[int]) -> list[Matter]:
    """Those of the chosen that can be told of: a body prepares for those above it, and hears from
    those below it."""
    return list(context.session.scalars(_informing(context, meeting).where(Matter.id.in_(chosen))))


def _informing(context: Context, meeting: Meeting) -> Select[Matter]:
    bodies = kin(context.session, meeting.body)
    return _matters(context, meeting, bodies, Matter.state.in_(INFORMING))


def _part(
    context: Context, meeting: Meeting, name: str, statement: Select[Matter], chosen: Sequence[int]
) -> Part[Matter]:
    """Some of the matters, after the one that the address names, and where the next ones are."""
    after = request.args.get(f"{name}_after", 0, type=whole_number)
    rows = list(context.session.scalars(statement.where(Matter.id > after).limit(FIRST + 1)))
    shown = rows[:FIRST]
    known = {row.id for row in shown}
    kept = statement.where(Matter.id.in_(set(chosen) - known)) if set(chosen) - known else None
    if kept is not None:
        shown = [*context.session.scalars(kept), *shown]
    if len(rows) <= FIRST:
        return Part(shown)
    asked: dict[str, Any] = {f"{name}_after": rows[FIRST - 1].id}
    if request.args.get("q"):
        asked["q"] = request.args["q"][:200]
    address = url_for("agenda.build", meeting_id=meeting.id, **asked)
    return Part(shown, Link("", address))


def _matters(
    context: Context, meeting: Meeting, bodies: Iterable[int], where: ColumnElement[bool]
) -> Select[Matter]:
    """The matters that the person may read and that are not on the agenda, the oldest first."""
    # The table itself: what is hidden from the person is on the agenda all the same.
    item = AgendaItem.__table__
    on_it = select(item.c.matter_id).where(
        item.c.organisation_id == meeting.organisation_id,
        item.c.meeting_id == meeting.id,
        item.c.matter_id.is_not(None),
    )
    return (
        select(Matter)
        .where(
            Matter.organisation_id == context.organisation_id,
            Matter.body_id.in_(sorted(bodies)),
            where,
            Matter.id.not_in(on_it),
        )
        .options(joinedload(Matter.body))
        .order_by(Matter.id)
    )
