"""The points of a decision as the form at the table writes them, with whom they give a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.accounts.officials import responsible
from casework.meetings.table.outcome import Resolved, resolution
from casework.web.components.holders import Holders, chosen, holders
from casework.web.frame.asked import fitting, report_back_day, row_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.context import Context
    from casework.meetings.models import AgendaItem

LONGEST = 20_000


def assignable(context: Context, item: AgendaItem) -> Holders:
    """Who may be given an assignment, while the item is open."""
    if item.outcome != "pending" or item.matter is None:
        return Holders()
    given = [point.assignee_id for point in resolution(item)]
    return holders(context, responsible(context, item.matter.body), given)


def resolved(
    context: Context, item: AgendaItem, rows: Sequence[tuple[str, str, str]]
) -> list[Resolved]:
    """The points as written, each with whom it gives an assignment and when that is reported."""
    left = resolution(item)
    tasks = {(point.text, point.assignee_id): point.task for point in left}
    given = [point.assignee_id for point in left]
    points = []
    for text, wanted, day in rows:
        words, assignee_id = fitting(text.strip(), LONGEST), row_number(wanted) or None
        if item.matter is not None:
            assignee_id = chosen(context, responsible(context, item.matter.body), wanted, given)
        task = tasks.get((words, assignee_id), "")
        points.append(Resolved(words, assignee_id, task, report_back_day(day)))
    return points
