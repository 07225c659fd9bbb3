"""What waits for the caller: every list of it with its count, and each list page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.api.endpoint import Page, Room
from casework.api.schemas import waiting as shapes
from casework.api.schemas.common import After
from casework.api.serving import PREFIX
from casework.db import counted
from casework.errors import NotFound
from casework.waiting import LISTS

if TYPE_CHECKING:
    from sqlalchemy import Select

    from casework.api.endpoint import Call

room = Room("inbox")

ONESELF = "Oneself."


@room.get(
    "/waiting",
    "What waits for the caller to do it, list by list; the address of each list.",
    who=ONESELF,
    answer=shapes.WaitingList,
    paged=True,
)
def waiting_lists(call: Call) -> Page:
    return call.whole(_summary(call, name) for name in LISTS)


@room.get(
    "/waiting/<name>",
    "One of the lists, the oldest first: what waits, and where it is done.",
    who=ONESELF,
    query=After,
    answer=shapes.WaitingRow,
    paged=True,
)
def waiting_list(call: Call, name: str) -> Page:
    if name not in LISTS:
        raise NotFound("not_found")
    page = call.page(_rows, call, name)
    return Page([_told(name, row) for row in page.items], page.counted, page.next)


def _rows(
    call: Call, name: str, *, after: int | None = None, limit: int | None = None
) -> Select[Any]:
    waiting = LISTS[name]
    own = waiting.model.organisation_id == call.organisation_id
    which = waiting.which(call.context, call.caller.person_id)
    statement = select(waiting.model).where(own, which)
    if after is not None:
        statement = statement.where(waiting.model.id > after)
    return statement.order_by(waiting.model.id).limit(limit)


def _summary(call: Call, name: str) -> dict[str, Any]:
    count = counted(call.session, _rows(call, name), LISTS[name].model.id)
    page = Page([], count)
    return {
        "name": name,
        "count": page.count,
        "count_is_exact": page.is_exact,
        "href": f"{PREFIX}/waiting/{name}",
    }


def _told(name: str, row: Any) -> dict[str, Any]:
    """The row by its number alone: what it is called is told by its own address."""
    return {
        "id": row.id,
        "subject_type": row.__tablename__,
        "state": row.state,
        "href": PREFIX + _PLACES[name].format(row=row),
    }


_PLACES = {
    "signatures": "/meetings/{row.meeting_id}/signatures",
    "waiting": "/matters/{row.id}/actions",
    "assignments": "/assignments/{row.id}/actions",
    "requests": "/assignments/{row.id}",
    "publishing": "/meetings/{row.id}/publishing",
    "decisions": "/delegated-decisions/{row.id}/actions",
}
