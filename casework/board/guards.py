"""What must hold before a notice comes down, and before a decision has legal force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.board.watch import GAP, end_of_period, last_seen
from casework.context import STOCKHOLM
from casework.workflow.blockers import Blocker

if TYPE_CHECKING:
    from casework.board.models import BoardNotice
    from casework.context import Context


def appeal_period_over(context: Context, notice: BoardNotice) -> Blocker | None:
    """The notice stays up until the appeal period has run out (KL 8:12, 13:5)."""
    if context.today < notice.take_down_on:
        params = {"day": notice.take_down_on.isoformat()}
        return Blocker("notice_must_stay", params, "KL 8:12, 13:5", "#notice")
    return None


def posted_throughout(_context: Context, notice: BoardNotice) -> Blocker | None:
    """The period has run out only if the notice was seen through all of it (KL 13:5 st. 2)."""
    seen = last_seen(notice)
    end, missed = end_of_period(notice), notice.spans[-1].missed_at
    if seen + GAP < end or (missed is not None and missed < end):
        local = seen.astimezone(STOCKHOLM)
        params = {"seen": f"{local:%Y-%m-%d %H.%M}", "day": notice.appeal_until.isoformat()}
        return Blocker("notice_not_seen_throughout", params, "KL 13:5", "#proof")
    return None


def notice_is_up(_context: Context, notice: BoardNotice) -> Blocker | None:
    return None if notice.taken_down_at is None else Blocker("notice_is_down_already")


def notice_is_down(_context: Context, notice: BoardNotice) -> Blocker | None:
    """An appeal ends nothing for others: their time must run out too (KL 13:5)."""
    if notice.taken_down_at is None:
        params = {"day": notice.take_down_on.isoformat()}
        return Blocker("notice_still_up", params, "KL 13:5", "#notice")
    return None


def several_appeals(_context: Context, notice: BoardNotice) -> Blocker | None:
    """The last one that ends settles the decision too."""
    if notice.appeals_pending < 2:
        return Blocker("one_appeal_waits", place="#appeals")
    return None


def last_appeal(_context: Context, notice: BoardNotice) -> Blocker | None:
    """A decision that anybody's appeal waits on has no legal force."""
    if notice.appeals_pending > 1:
        params = {"count": notice.appeals_pending}
        return Blocker("other_appeals_wait", params, "KL 13:5", "#appeals")
    return None
