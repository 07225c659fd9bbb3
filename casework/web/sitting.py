"""What the secretary presses on the meeting screen when something must be done over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from casework.meetings.reopening import reopen_item

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.context import Context
    from casework.meetings.models import AgendaItem


def _reopen(context: Context, item: AgendaItem) -> None:
    reopen_item(context, item, request.form.get("reopen_reason", "")[:5000])


SITTING: dict[str, Callable[[Context, AgendaItem], object]] = {
    "reopen": _reopen,
}
