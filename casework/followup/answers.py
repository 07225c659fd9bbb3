"""What a body has answered to what it was asked about an assignment, read from its items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.meetings.minutes.changes import denies
from casework.meetings.table.outcome import is_rejected
from casework.meetings.wording import says_day

if TYPE_CHECKING:
    from datetime import date

    from casework.followup.models import Assignment, AssignmentRequest
    from casework.meetings.models import AgendaItem

# The outcomes after which a request waits for another meeting.
UNANSWERED = ("tabled", "referred_back", "withdrawn", "not_handled")
OVER = ("ended", "minutes_drafted", "attesting", "attested")


def item_of(request: AssignmentRequest) -> AgendaItem | None:
    """Where the request is before the body, or was answered; None while it waits for a meeting."""
    for each in reversed(request.laid):
        item: AgendaItem | None = each.agenda_item  # none for whom a conflict of interest hides it
        if item is not None and item.outcome not in UNANSWERED:
            return item
    return None


def report_waits(assignment: Assignment) -> bool:
    """Whether the newest report is neither on an agenda nor heard."""
    asked = [item_of(each) for each in assignment.requests if each.kind == "report"]
    is_laid = any(item is not None and item.outcome == "pending" for item in asked)
    return assignment.state == "reported" and not is_laid and granted(assignment, "report") is None


def granted(assignment: Assignment, kind: str) -> AgendaItem | None:
    """The item by which the body granted the newest request of the kind; None if it has not.

    A report that was written after the item answers nothing of it.
    """
    asked = [each for each in assignment.requests if each.kind == kind]
    for request in reversed(asked):
        item = item_of(request)
        if item is None or item.meeting.state not in OVER:
            continue
        if kind == "report":
            newest = assignment.report_backs[-1].reported_at if assignment.report_backs else None
            heard = item.outcome in ("noted", "decided")
            return item if heard and newest and newest <= request.asked_at else None
        is_granted = item.outcome == "decided" and not is_rejected(item) and not denies(_text(item))
        return item if is_granted else None
    return None


def day_granted(assignment: Assignment, day: date) -> bool:
    """Whether the body's newest decision about the day says this one."""
    item = granted(assignment, "another_day")
    return item is not None and says_day(_text(item), day)


def _text(item: AgendaItem) -> str:
    said = item.decision
    return "\n".join([said.lead_in, *(each.text for each in said.points)]) if said else ""
