"""To the minute: when a notice was seen through the whole of its period."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from casework.board.guards import notice_is_down, notice_is_up, posted_throughout
from casework.board.models import BoardNotice, NoticeSpan
from casework.context import STOCKHOLM

if TYPE_CHECKING:
    from casework.workflow.blockers import Blocker

LAST_DAY = date(2025, 7, 1)
OVER = datetime(2025, 7, 2, tzinfo=STOCKHOLM)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
NOBODY: Any = None  # none of these asks who acts, or when


def code(blocker: Blocker | None) -> str | None:
    return blocker and blocker.code


@pytest.mark.parametrize(
    ("seen", "missed", "held"),
    [
        (OVER - 5 * MINUTE, None, False),
        (OVER - 5 * MINUTE - SECOND, None, True),
        (OVER, None, False),
        (OVER + MINUTE, OVER - SECOND, True),
        (OVER + MINUTE, OVER, False),
        (OVER + MINUTE, OVER + 2 * MINUTE, False),
    ],
)
def test_it_was_seen_to_the_end(seen: datetime, missed: datetime | None, held: bool) -> None:
    """KL 13:5 st. 2: looks are at most five minutes apart; gone before the end is not through."""
    span = NoticeSpan(up_from=seen - timedelta(days=21), up_until=seen, missed_at=missed)
    notice = BoardNotice(appeal_until=LAST_DAY, spans=[span])
    found = posted_throughout(NOBODY, notice)
    assert code(found) == ("notice_not_seen_throughout" if held else None)


def test_a_notice_is_up_or_down() -> None:
    up = BoardNotice(take_down_on=LAST_DAY, taken_down_at=None)
    down = BoardNotice(take_down_on=LAST_DAY, taken_down_at=OVER)
    assert [code(notice_is_up(NOBODY, each)) for each in (up, down)] == [
        None,
        "notice_is_down_already",
    ]
    assert [code(notice_is_down(NOBODY, each)) for each in (up, down)] == ["notice_still_up", None]
