"""The secrecy of a matter: its mark, who needs to know of it, and who has read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.api.endpoint import Created, Room
from casework.api.matters import find
from casework.api.schemas import secrecy as shapes
from casework.secrecy import queries, service
from casework.secrecy.readings import readings

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.matters.models import Matter
    from casework.secrecy.models import NeedToKnow

MARKERS = "Registrars, secretaries, managers and the case officer, if they may know of it."
KEEPERS = "Officials who may know of the matter; from outside a manager or the chief executive."

room = Room("matters")


@room.get(
    "/matters/<row:row_id>/secrecy",
    "The marks of the matter and the list of those who need to know of it.",
    answer=shapes.Secrecy,
)
def read_secrecy(call: Call, row_id: int) -> dict[str, Any]:
    return _secrecy(call, find(call, row_id))


@room.put(
    "/matters/<row:row_id>/secrecy/mark",
    "Mark the matter secret, or change its mark.",
    who=MARKERS,
    body=shapes.NewMark,
    answer=shapes.Secrecy,
    errors=(404, 409),
)
def mark_secret(call: Call, row_id: int) -> dict[str, Any]:
    matter, given = find(call, row_id), call.body
    context = call.begin()
    sure = given["confirmed"]
    service.mark(context, matter, given["provision"], given["reason"], is_confirmed=sure)
    return _secrecy(call, matter)


@room.post(
    "/matters/<row:row_id>/secrecy/lifting",
    "Lift the mark.",
    who=MARKERS,
    body=shapes.Lifting,
    answer=shapes.Secrecy,
    errors=(404, 409),
)
def lift_mark(call: Call, row_id: int) -> dict[str, Any]:
    matter, given = find(call, row_id), call.body
    service.lift_mark(call.begin(), matter, given["reason"], is_confirmed=given["confirmed"])
    return _secrecy(call, matter)


@room.post(
    "/matters/<row:row_id>/secrecy/persons",
    "Put somebody on the list of those who need to know.",
    who=KEEPERS,
    body=shapes.NewListed,
    answer=shapes.Listed,
    status=201,
    errors=(404, 409),
)
def add_person(call: Call, row_id: int) -> Created:
    matter = service.matter_of_list(call.context, row_id)
    [person] = call.persons([call.body["person_id"]])
    row = service.add_person(call.context, matter, person, call.body["reason"])
    return Created(row, f"/matters/{matter.id}/secrecy")


@room.post(
    "/matters/<row:row_id>/secrecy/persons/<row:person_id>/removal",
    "Take somebody off the list.",
    who="Officials who may know of the matter.",
    body=shapes.Removal,
    answer=shapes.Listed,
    errors=(404, 409),
)
def remove_person(call: Call, row_id: int, person_id: int) -> NeedToKnow:
    matter = find(call, row_id)
    [person] = call.persons([person_id])
    return service.remove_person(call.begin(), matter, person, call.body["reason"])


@room.get(
    "/matters/<row:row_id>/secrecy/readings",
    "Who has read what of the matter while it was marked, the latest first.",
    who="Whoever may know of the matter, and a manager or the chief executive.",
    query=shapes.ReadingsAsked,
    answer=shapes.SecretReading,
    paged=True,
)
def list_readings(call: Call, row_id: int) -> Page:
    matter = service.matter_of_list(call.context, row_id)
    asked = {name: call.query[name] for name in ("person_id", "what", "first", "last")}
    return call.page(readings, call.organisation_id, matter.id, **asked)


def _secrecy(call: Call, matter: Matter) -> dict[str, Any]:
    return {
        "is_secret": matter.is_confidential,
        "provision": matter.secrecy_provision,
        "case_officer": matter.case_officer,
        "marks": queries.marks(call.session, matter),
        "listed": queries.knowing(call.session, matter),
    }
