"""When somebody is away or leaves: stand-ins, and all that they hold given to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.accounts import stand_ins
from casework.api.endpoint import EVERYBODY, Created, Room
from casework.api.schemas import stand_ins as shapes
from casework.api.schemas.common import After
from casework.followup import handover
from casework.people import queries

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.people.models import Person, StandIn

ARRANGER = "The person, the administrators, and a manager where the person is an official."

room = Room("people")


def find(call: Call, row_id: int) -> Person:
    return queries.person(call.session, call.organisation_id, row_id)


@room.get(
    "/persons/<row:row_id>/stand-ins",
    "Who stands in for the person, has done or will do, the latest first.",
    who=EVERYBODY,
    query=After,
    answer=shapes.StandIn,
    paged=True,
)
def list_stand_ins(call: Call, row_id: int) -> Page:
    person = find(call, row_id)
    return call.page(stand_ins.stand_ins_of, call.organisation_id, person.id)


@room.post(
    "/persons/<row:row_id>/stand-ins",
    "Name a stand-in, who does and sees on those days what the person may as an official.",
    who=ARRANGER,
    body=shapes.NewStandIn,
    answer=shapes.StandIn,
    status=201,
    errors=(404, 409),
)
def name_stand_in(call: Call, row_id: int) -> Created:
    person, given = find(call, row_id), call.body
    [stand_in] = call.persons([given["stand_in_id"]])
    context = call.begin()
    row = stand_ins.name_stand_in(
        context,
        person,
        stand_in,
        valid_from=given["valid_from"] or context.today,
        valid_to=given["valid_to"],
        reason=given["reason"],
    )
    return Created(row, f"/persons/{person.id}/stand-ins/{row.id}")


@room.get(
    "/persons/<row:row_id>/stand-ins/<row:item_id>",
    "A stand-in.",
    who=EVERYBODY,
    answer=shapes.StandIn,
    tagged=True,
)
def read_stand_in(call: Call, row_id: int, item_id: int) -> StandIn:
    return stand_ins.find(call.context, row_id, item_id)


@room.patch(
    "/persons/<row:row_id>/stand-ins/<row:item_id>",
    "The absence lasts until another day.",
    who=ARRANGER,
    body=shapes.StandInChange,
    answer=shapes.StandIn,
    tagged=True,
    conditional=True,
    current=read_stand_in,
    errors=(404, 409, 412, 428),
)
def move_stand_in(call: Call, row_id: int, item_id: int) -> StandIn:
    row: StandIn = read_stand_in(call, row_id, item_id)
    stand_ins.change_last_day(call.begin(), row, call.body["valid_to"], call.expected(row))
    return row


@room.post(
    "/persons/<row:row_id>/stand-ins/<row:item_id>/ending",
    "From now on it no longer holds.",
    who="Whoever may name the stand-in, and the stand-in.",
    answer=shapes.StandIn,
    conditional=True,
    errors=(404, 409, 412, 428),
)
def end_stand_in(call: Call, row_id: int, item_id: int) -> StandIn:
    row: StandIn = read_stand_in(call, row_id, item_id)
    stand_ins.end_now(call.begin(), row, call.expected(row))
    return row


@room.post(
    "/persons/<row:row_id>/handover",
    "Give the person's open matters and assignments to another, all that are named or none.",
    who="Whoever may take the step of each; refused whole, with the names of what is in the way.",
    body=shapes.HandOver,
    answer=shapes.HandedOver,
    errors=(404, 409),
)
def hand_over(call: Call, row_id: int) -> dict[str, int]:
    person, given = find(call, row_id), call.body
    [new] = call.persons([given["person_id"]])
    own, context = call.organisation_id, call.context
    matters = handover.chosen(context, handover.matters_of(own, person.id), given["matter_ids"])
    assignments = handover.chosen(
        context, handover.assignments_of(own, person.id), given["assignment_ids"]
    )
    handover.hand_over(
        call.begin(),
        person,
        new,
        reason=given["reason"],
        matters=matters,
        assignments=assignments,
    )
    return {"matters": len(matters), "assignments": len(assignments)}
