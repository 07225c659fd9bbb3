"""The notices of the board: what is up, what awaits legal force, and the proof of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.api import subjects
from casework.api.endpoint import EVERYBODY, Room
from casework.api.schemas import board as shapes
from casework.board import queries
from casework.board.kind import BOARD_NOTICE

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.board.models import BoardNotice

room = Room("board")

NOTICES = BOARD_NOTICE.nouns


def find(call: Call, row_id: int) -> BoardNotice:
    return queries.find(call.session, call.organisation_id, row_id)


@room.get(
    f"/{NOTICES}",
    "Notices, the newest first, those taken down too.",
    who=EVERYBODY,
    query=shapes.NoticesAsked,
    answer=shapes.BoardNotice,
    paged=True,
)
def list_notices(call: Call) -> Page:
    asked = call.query
    return call.page(
        queries.notices,
        call.organisation_id,
        body_id=asked["body_id"],
        state=asked["state"],
    )


@room.get(
    f"/{NOTICES}/<row:row_id>",
    "A notice with each stretch of time in which it was seen.",
    who=EVERYBODY,
    answer=shapes.BoardNotice,
    tagged=True,
)
def read_notice(call: Call, row_id: int) -> BoardNotice:
    return find(call, row_id)


subjects.steps(room, BOARD_NOTICE, find, shapes.BoardNotice)
subjects.history(room, BOARD_NOTICE.noun, find, NOTICES)
subjects.papers(room, BOARD_NOTICE.noun, find, NOTICES)
