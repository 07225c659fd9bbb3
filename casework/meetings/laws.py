"""What no workflow file can allow: what lies before a body, and what it decided, is the body's own.

These are asked of whoever takes a step by themselves, in every version of a workflow; what follows
from a meeting and its items is the body's own doing, and passes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.context import STOCKHOLM
from casework.db import is_writing
from casework.meetings.minutes.mending import LAW
from casework.meetings.minutes.record import straying
from casework.meetings.models import AgendaItem, Meeting
from casework.people.models import Body
from casework.workflow.blockers import Blocker

if TYPE_CHECKING:
    from sqlalchemy import Row

    from casework.context import Context
    from casework.matters.models import Matter

# A body prepares, decides and answers for its own matters; nobody else disposes of them.
BEFORE_THE_BODY = "KL 6:1–6, 6:13"
LIES = ("summoned", "in_session")
HELD = ("in_session", "ended", "minutes_drafted", "attesting", "attested")
# An outcome that says nothing of the matter: what the meeting before said still holds.
SAYS_NOTHING = ("pending", "not_handled")


def lies_before_no_body(context: Context, matter: Matter) -> Blocker | None:
    """What a body is summoned to handle or has tabled leaves it by the outcome of an item alone."""
    visits = _visits(context, matter)
    lying = [row for row in visits if row.state in LIES]
    if lying and matter.state == "on_agenda":
        return Blocker("matter_before_body", _told(lying[0]), BEFORE_THE_BODY, "#meetings")
    last = _last_said(visits)
    if last is not None and last.outcome == "tabled":
        return Blocker("matter_is_tabled", _told(last), BEFORE_THE_BODY, "#meetings")
    return None


def is_not_sent_back_by_body(context: Context, matter: Matter) -> Blocker | None:
    """What a body has referred back for more preparation comes before it again."""
    last = _last_said(_visits(context, matter))
    if last is not None and last.outcome == "referred_back":
        return Blocker("matter_was_referred_back", _told(last), BEFORE_THE_BODY, "#meetings")
    return None


def says_what_was_decided(_context: Context, meeting: Meeting) -> Blocker | None:
    """Minutes that say something else than was decided are not sent to be signed."""
    rows = straying(meeting.minutes) if meeting.minutes is not None else []
    if rows:
        told = {"sections": [row.section_number for row in rows]}
        return Blocker("minutes_stray", told, LAW, "#minutes")
    return None


def _last_said(visits: list[Row[Any]]) -> Row[Any] | None:
    """The latest visit that said anything of the matter."""
    said = (row for row in visits if row.state in HELD and row.outcome not in SAYS_NOTHING)
    return next(said, None)


def _visits(context: Context, matter: Matter) -> list[Row[Any]]:
    """Each time the matter was up for decision, the latest first; whoever may see it.

    A session that only reads asks once: a page tells what holds each of several steps.
    """
    if is_writing(context.session):
        return _asked(context, matter)
    known: dict[int, list[Row[Any]]] = context.session.info.setdefault("visits", {})
    if matter.id not in known:
        known[matter.id] = _asked(context, matter)
    return known[matter.id]


def _asked(context: Context, matter: Matter) -> list[Row[Any]]:
    # The tables themselves: what the law says does not depend on what the reader may see.
    item, meeting, body = AgendaItem.__table__, Meeting.__table__, Body.__table__
    statement = (
        select(
            item.c.outcome,
            meeting.c.state,
            meeting.c.starts_at,
            body.c.name,
        )
        .join(meeting, meeting.c.id == item.c.meeting_id)
        .join(body, body.c.id == meeting.c.body_id)
        .where(
            item.c.organisation_id == matter.organisation_id,
            item.c.matter_id == matter.id,
            item.c.item_type == "decision",
        )
        .order_by(meeting.c.starts_at.desc(), item.c.id.desc())
    )
    return list(context.session.execute(statement))


def _told(row: Row[Any]) -> dict[str, str]:
    day = row.starts_at.astimezone(STOCKHOLM).date().isoformat()
    return {"body": row.name, "day": day}
