"""What one has been told, and putting it aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.api.endpoint import Room
from casework.api.schemas import inbox as shapes
from casework.inbox import queries, service
from casework.sight import of_what_is_seen

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.inbox.models import InboxEntry

room = Room("inbox")


@room.get(
    "/inbox",
    "What one has been told and what still stands, or what is settled; newest first.",
    who="Oneself.",
    query=shapes.InboxAsked,
    answer=shapes.InboxEntry,
    paged=True,
)
def list_inbox(call: Call) -> Page:
    own = call.caller.person_id
    return call.page(
        queries.entries(
            call.organisation_id,
            own,
            settled=call.query["settled"],
            before=call.query["before"],
            limit=call.limit,
        ).where(of_what_is_seen(call.organisation_id, own))
    )


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
