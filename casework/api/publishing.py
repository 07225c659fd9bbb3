"""Publishing: what is tried of a meeting before everybody reads it, and the meetings that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.api.endpoint import Room
from casework.api.meetings import find
from casework.api.schemas import meetings as meeting_shapes
from casework.api.schemas import publishing as shapes
from casework.errors import NotFound
from casework.meetings import queries as meetings
from casework.meetings.demands import SECRETARIES
from casework.people.policy import lacking, may
from casework.publishing import queries
from casework.publishing.announcing import announced_with, checksum_of
from casework.publishing.service import (
    PUBLISHERS,
    Seen,
    Shown,
    hold,
    publish,
    publish_many,
    take_back,
)

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.meetings.models import Meeting
    from casework.publishing.models import Publication

room = Room("publishing")

WHO = "The secretary of the body and the registrar."
AT_MEETING = "/meetings/<row:row_id>/publishing"
AT_ITEM = "/meetings/<row:row_id>/agenda/<row:item_id>/publishing"


@room.get(
    "/publishing",
    "The meetings in which something waits to be tried, the one planned last first.",
    who=WHO,
    query=shapes.ToTryAsked,
    answer=meeting_shapes.MeetingLine,
    paged=True,
)
def list_to_try(call: Call) -> Page:
    asked = call.query
    return call.page(
        queries.to_try,
        call.organisation_id,
        call.caller.person_id,
        call.context.today,
        review=asked["review"] is not None,
    )


@room.get(
    AT_MEETING,
    "Each § and title as the public would see it, with what was found in it and how it stands.",
    who=WHO,
    answer=shapes.Candidate,
    paged=True,
)
def read_publishing(call: Call, row_id: int) -> Page:
    meeting = _find(call, row_id)
    return call.whole(queries.candidates(call.session, meeting, call.context.today))


@room.get(
    f"{AT_MEETING}/announcement",
    "The agenda as an assembly's summons puts it up on the board (KL 5:13–15); empty for others.",
    who=f"{WHO[:-1]}, and its chair.",
    answer=shapes.Announcement,
)
def read_announcement(call: Call, row_id: int) -> dict[str, Any]:
    meeting = find(call, row_id)
    summoning = (*PUBLISHERS, *SECRETARIES)
    if not may(call.context, meeting, summoning):
        raise lacking(summoning)
    lines = announced_with(meeting, "summon")
    return {"lines": lines, "seen": checksum_of(lines) if lines else ""}


@room.post(
    AT_MEETING,
    "Show to everybody all that was seen, if nothing was found in any of it.",
    who=WHO,
    body=shapes.PublishMany,
    answer=shapes.Publications,
    errors=(404, 409, 412),
)
def publish_clean(call: Call, row_id: int) -> dict[str, Any]:
    meeting = _find(call, row_id)
    items = {item.id: item for item in meeting.agenda}
    wanted = call.body["items"]
    if any(each["item_id"] not in items for each in wanted):
        raise NotFound("not_found")
    seen = [Seen(items[each["item_id"]], each["kind"], each["seen"]) for each in wanted]
    return {"items": publish_many(call.begin(), meeting, seen, _days(call))}


@room.post(
    AT_ITEM,
    "Show a § or a title to everybody; with a reason where something was found in it.",
    who=WHO,
    body=shapes.Publish,
    answer=shapes.Publication,
    errors=(404, 409, 412),
)
def publish_item(call: Call, row_id: int, item_id: int) -> Publication:
    seen = _seen(call, row_id, item_id)
    return publish(call.begin(), seen, _days(call), reason=call.body["reason"])


@room.post(
    f"{AT_ITEM}/hold",
    "Tried, and not shown to anybody outside.",
    who=WHO,
    body=shapes.KeepAway,
    answer=shapes.Publication,
    errors=(404, 409, 412),
)
def hold_item(call: Call, row_id: int, item_id: int) -> Publication:
    return hold(call.context, _seen(call, row_id, item_id), call.body["reason"])


@room.post(
    f"{AT_ITEM}/take-back",
    "Shown no longer, from now on.",
    who=WHO,
    body=shapes.KeepAway,
    answer=shapes.Publication,
    errors=(404, 409, 412),
)
def take_back_item(call: Call, row_id: int, item_id: int) -> Publication:
    return take_back(call.context, _seen(call, row_id, item_id), call.body["reason"])


def _find(call: Call, row_id: int) -> Meeting:
    meeting = find(call, row_id)
    if not may(call.context, meeting, PUBLISHERS):
        raise lacking(PUBLISHERS)
    return meeting


def _seen(call: Call, row_id: int, item_id: int) -> Seen:
    item = meetings.item(call.session, find(call, row_id), item_id)
    call.begin()
    return Seen(item, call.body["kind"], call.body["seen"])


def _days(call: Call) -> Shown:
    return Shown(call.body["shows_from"], call.body["shows_until"])
