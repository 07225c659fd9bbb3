"""How the excerpts of a marked matter reach each recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.api.endpoint import Room
from casework.api.matters import find
from casework.api.schemas import distribution as shapes
from casework.distribution import queries
from casework.distribution.ways import choose_way, reached
from casework.people import queries as people

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.distribution.models import DispatchWay

room = Room("ways")

CHOOSERS = "The case officer, registrars and secretaries; open mail the latter two alone."


@room.get(
    "/matters/<row:row_id>/ways",
    "Each recipient of a marked matter's excerpts and the way that was decided, null for none.",
    answer=shapes.Reached,
    paged=True,
)
def matter_ways(call: Call, row_id: int) -> Page:
    matter = find(call, row_id)
    return call.whole(reached(call.context, matter) if matter.is_confidential else [])


@room.put(
    "/matters/<row:row_id>/ways/<row:recipient_id>",
    "Decide how a recipient gets the excerpts: sign_in, post, or open_mail with a reason.",
    who=CHOOSERS,
    body=shapes.WayChosen,
    answer=shapes.Way,
    errors=(404, 409),
)
def choose_matter_way(call: Call, row_id: int, recipient_id: int) -> DispatchWay:
    matter, asked = find(call, row_id), call.body
    recipient = queries.recipient(call.session, call.organisation_id, recipient_id)
    reader = (
        people.person(call.session, call.organisation_id, asked["reader_id"])
        if asked["reader_id"]
        else None
    )
    return choose_way(
        call.begin(), matter, recipient, asked["way"], reader=reader, reason=asked["reason"]
    )
