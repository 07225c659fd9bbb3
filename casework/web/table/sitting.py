"""What is pressed on the meeting screen for the sitting as a whole, or to do an item over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from casework.meetings.table.again import reopen_item
from casework.meetings.table.chair import elect_chair
from casework.meetings.table.pause import adjourn, resume_session
from casework.people.queries import persons_with
from casework.web.frame.asked import fitting, row_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.context import Context
    from casework.meetings.models import AgendaItem


def _reopen(context: Context, item: AgendaItem) -> None:
    reopen_item(context, item, fitting(request.form.get("reopen_reason", ""), 5000))


def _elect(context: Context, item: AgendaItem) -> None:
    wanted = request.form.get("elected", 0, type=row_number)
    [person] = persons_with(context.session, context.organisation_id, [wanted])
    elect_chair(context, item, person)


def _adjourn(context: Context, item: AgendaItem) -> None:
    adjourn(context, item.meeting)


def _resume(context: Context, item: AgendaItem) -> None:
    resume_session(context, item.meeting)


SITTING: dict[str, Callable[[Context, AgendaItem], object]] = {
    "elect-chair": _elect,
    "reopen": _reopen,
    "adjourn": _adjourn,
    "resume": _resume,
}
