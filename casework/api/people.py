"""Bodies and persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.api.endpoint import EVERYBODY, Room
from casework.api.schemas import people as shapes
from casework.api.schemas.common import After
from casework.people import queries

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page

room = Room("people")


@room.get("/bodies", "Every body.", who=EVERYBODY, answer=shapes.Body, paged=True)
def list_bodies(call: Call) -> Page:
    return call.whole(call.session.scalars(queries.bodies(call.organisation_id)))


@room.get(
    "/persons",
    "Everybody, in alphabetical order.",
    who=EVERYBODY,
    query=After,
    answer=shapes.Person,
    paged=True,
)
def list_persons(call: Call) -> Page:
    return call.page(
        queries.persons(call.organisation_id, after=call.query["after"], limit=call.limit)
    )
