"""A member's reading view: the agenda with its proposals and papers, without what is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.api.endpoint import Room
from casework.api.meetings import find
from casework.api.schemas import reading as shapes
from casework.api.serving import PREFIX
from casework.api.subjects import file_of
from casework.documents.contexts import to_json
from casework.errors import NotFound
from casework.meetings.agenda.proposed import proposal_of
from casework.meetings.agenda.reporting import reported_lines
from casework.meetings.knowing import secret_items
from casework.meetings.reading.for_a_person import readable
from casework.meetings.reading.pack import papers_of

if TYPE_CHECKING:
    from casework.api.endpoint import Call, File
    from casework.context import Context
    from casework.meetings.models import AgendaItem

room = Room("reading")


@room.get(
    "/meetings/<row:row_id>/reading",
    "The agenda with each item's proposal as it was sent, its papers, and what it reports.",
    answer=shapes.Reading,
)
def read(call: Call, row_id: int) -> dict[str, Any]:
    meeting = find(call, row_id)
    items = readable(call.context, meeting, call.caller.person_id)
    secret = secret_items(call.context, meeting, call.caller.person_id)
    return {
        "meeting": meeting,
        "items": [_row(call.context, item) for item in items],
        "hidden": len(meeting.agenda) - len(items) - len(secret),
        "secret": [each.number for each in secret],
    }


@room.get("/meetings/<row:row_id>/papers/<row:document_id>/content", "A paper of the agenda.")
def paper(call: Call, row_id: int, document_id: int) -> File:
    for item in readable(call.context, find(call, row_id), call.caller.person_id):
        for _title, document in papers_of(call.context, item):
            if document.id == document_id:
                return file_of(call, document)
    raise NotFound("not_found")


def _row(context: Context, item: AgendaItem) -> dict[str, Any]:
    proposal = proposal_of(context, item)
    at = f"{PREFIX}/meetings/{item.meeting_id}/papers"
    return {
        "item": item,
        "proposal": to_json(proposal) if proposal else None,
        "papers": [
            {"title": title, "document": row, "href": f"{at}/{row.id}/content"}
            for title, row in papers_of(context, item)
        ],
        "reported": reported_lines(context, item),
    }
