"""What no workflow file can allow of an assignment: the body gave it, and disposes of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from casework.followup.answers import day_granted, granted
from casework.meetings.laws import BEFORE_THE_BODY
from casework.workflow.blockers import Blocker

if TYPE_CHECKING:
    from casework.context import Context
    from casework.followup.models import Assignment

PLACE = "#before-body"


def body_has_moved_it(context: Context, assignment: Assignment) -> Blocker | None:
    """The day that the body set is moved by the body."""
    day = context.input.get("report_back_on")
    if granted(assignment, "another_day") is None:
        return Blocker("only_the_body_moves", {}, BEFORE_THE_BODY, PLACE)
    if isinstance(day, date) and not day_granted(assignment, day):
        return Blocker("not_the_bodys_day", {"day": day.isoformat()}, BEFORE_THE_BODY, PLACE)
    return None


def within_the_bodys_day(context: Context, assignment: Assignment) -> Blocker | None:
    """More can be asked for until the body's own day, and after it as the body decides."""
    day, last = context.input.get("report_back_on"), _last_day(assignment)
    if not isinstance(day, date) or last is None or day <= last or day_granted(assignment, day):
        return None
    told = {"day": day.isoformat(), "last": last.isoformat()}
    return Blocker("after_the_bodys_day", told, BEFORE_THE_BODY, PLACE)


def body_has_ended_it(_context: Context, assignment: Assignment) -> Blocker | None:
    """What the body has given, the body takes back."""
    if granted(assignment, "end") is None:
        return Blocker("only_the_body_cancels", {}, BEFORE_THE_BODY, PLACE)
    return None


def body_has_heard_it(_context: Context, assignment: Assignment) -> Blocker | None:
    """The report is laid before the body that asked for it."""
    if granted(assignment, "report") is None:
        return Blocker("only_the_body_accepts", {}, BEFORE_THE_BODY, PLACE)
    return None


def _last_day(assignment: Assignment) -> date | None:
    """The day that the body gave; one that it has given since is the assignment's own."""
    point = assignment.decided_point
    days = [day for day in (assignment.report_back_on, point and point.report_back_on) if day]
    return max(days, default=None)
