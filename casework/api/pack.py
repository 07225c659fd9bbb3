"""A meeting's pack: asked for, waited for, fetched. Each caller's holds what they may read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.api.endpoint import SEES, Created, File, Room
from casework.api.meetings import find
from casework.api.schemas.meetings import PackProgress
from casework.documents.store import PDF
from casework.errors import Conflict
from casework.meetings.reading.for_a_person import readable
from casework.meetings.reading.making import making_of
from casework.meetings.reading.pack import pack, pack_filename
from casework.phrases import sentence

if TYPE_CHECKING:
    from casework.api.endpoint import Call
    from casework.meetings.models import AgendaItem, Meeting
    from casework.meetings.reading.making import Making, Progress

room = Room("pack")


@room.post(
    "/meetings/<row:row_id>/pack",
    "Have the agenda and all papers put together as one PDF; a minute or two for a large meeting.",
    who=SEES,
    answer=PackProgress,
    status=202,
)
def ask_for_pack(call: Call, row_id: int) -> Created:
    meeting, items, making = _asked(call, row_id)
    progress = making.progress()
    if progress is not None and progress.problem:
        making.forget()
        progress = None
    if progress is None and not making.is_made():
        settings = call.context.services.settings
        progress = making.start(pack(call.context, meeting, items), settings.templates_dir)
    return Created(_told(call, row_id, making, progress), f"/meetings/{row_id}/pack")


@room.get(
    "/meetings/<row:row_id>/pack",
    "How far the caller's pack has come: none, making, failed or ready.",
    answer=PackProgress,
)
def pack_progress(call: Call, row_id: int) -> dict[str, Any]:
    _meeting, _items, making = _asked(call, row_id)
    return _told(call, row_id, making, making.progress())


@room.get(
    "/meetings/<row:row_id>/pack/content",
    "The pack itself, once it is ready.",
    errors=(409,),
)
def pack_content(call: Call, row_id: int) -> File:
    meeting, _items, making = _asked(call, row_id)
    if not making.is_made():
        raise Conflict("pack_not_made")
    return File(making.file.read_bytes(), PDF, pack_filename(meeting), making.key)


def _asked(call: Call, row_id: int) -> tuple[Meeting, list[AgendaItem], Making]:
    meeting = find(call, row_id)
    items = readable(call.context, meeting, call.caller.person_id)
    return meeting, items, making_of(call.context, meeting, items)


def _told(call: Call, row_id: int, making: Making, progress: Progress | None) -> dict[str, Any]:
    told = {"state": "none", "done": 0, "steps": 0, "problem": "", "content": ""}
    if making.is_made():
        return told | {"state": "ready", "content": f"/api/v1/meetings/{row_id}/pack/content"}
    if progress is None:
        return told
    told |= {"done": progress.done, "steps": progress.steps}
    if not progress.problem:
        return told | {"state": "making"}
    problem = sentence(progress.problem, progress.params, call.language)
    return told | {"state": "failed", "problem": problem}
