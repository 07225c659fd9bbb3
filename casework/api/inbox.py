"""What one has been told, and putting it aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.api.endpoint import Room
from casework.api.schemas import inbox as shapes
from casework.inbox import queries, service
from casework.people.policy import absent
from casework.sight import of_what_is_seen

if TYPE_CHECKING:
    from sqlalchemy import Select

    from casework.api.endpoint import Call, Page
    from casework.inbox.models import InboxEntry

room = Room("inbox")


@room.get(
    "/inbox",
    "What still stands of what one was told, or what is settled, newest first; also what was told "
    "to whom one stands in for.",
    who="Oneself.",
    query=shapes.InboxAsked,
    answer=shapes.InboxEntry,
    paged=True,
)
def list_inbox(call: Call) -> Page:
    own, organisation_id = call.caller.person_id, call.organisation_id
    away = absent(call.session, organisation_id, own, call.context.today)

    def listing(**page: Any) -> Select[InboxEntry]:
        settled = call.query["settled"]
        told = queries.entries(organisation_id, (own, *away), settled=settled, **page)
        return told.where(of_what_is_seen(organisation_id, own))

    return call.page(listing)


@room.post(
    "/inbox/<row:row_id>/seen",
    "Put aside what one has read; refused for what waits for something to be done.",
    who="Oneself.",
    answer=shapes.InboxEntry,
    errors=(404, 409),
)
def put_aside(call: Call, row_id: int) -> InboxEntry:
    entry = queries.find(call.session, call.organisation_id, call.caller.person_id, row_id)
    service.seen(call.begin(), entry)
    return entry
