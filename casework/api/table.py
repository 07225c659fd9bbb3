"""What happens at the table, item by item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casework.api.endpoint import Created, Room
from casework.api.meetings import SECRETARY, find
from casework.api.schemas import meetings as meeting_shapes
from casework.api.schemas import table as shapes
from casework.errors import Invalid, NotFound
from casework.meetings import queries
from casework.meetings.agenda.items import remove_item, reorder, revise_item, take_notes
from casework.meetings.minutes.at_once import attest_immediately
from casework.meetings.table.again import reopen_item
from casework.meetings.table.chair import elect_chair
from casework.meetings.table.law import Count, Question
from casework.meetings.table.motions import move, withdraw
from casework.meetings.table.outcome import basis_of
from casework.meetings.table.questions import open_question, put_question, take_back_question
from casework.meetings.table.recusal import lift_recusal, recuse
from casework.meetings.table.roll import arrive, leave, present_at, quorum_at
from casework.meetings.table.statements import state, take_back_statement

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.context import Context
    from casework.meetings.models import AgendaItem, FloorProposal, Meeting
    from casework.people.models import Person

room = Room("table")

AT_ITEM = "/meetings/<row:row_id>/agenda/<row:item_id>"


@dataclass(frozen=True)
class TableItem:
    """An item with what is worked out about it now; the rest is the item's own."""

    item: AgendaItem
    present: list[Any]
    quorum: Any
    question: Any
    basis: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.item, name)


@room.get(AT_ITEM, "An item with everything that is recorded on it.", answer=shapes.TableItem)
def read_item(call: Call, row_id: int, item_id: int) -> TableItem:
    item = queries.item(call.session, find(call, row_id), item_id)
    return _shown(call.begin(), item)


@room.patch(
    AT_ITEM,
    "Change an item that has not been concluded. If-Match says which version was changed.",
    who=SECRETARY,
    body=shapes.ItemChange,
    answer=meeting_shapes.AgendaItem,
    tagged=True,
    conditional=True,
    current=read_item,
    errors=(404, 409, 412, 428),
)
def change_item(call: Call, row_id: int, item_id: int) -> AgendaItem:
    item = queries.item(call.session, find(call, row_id), item_id)
    revise_item(call.begin(), item, expected_version=call.expected(item), **call.body)
    return item


@room.post(
    f"{AT_ITEM}/removal",
    "Take an item off the agenda before the summons.",
    who=SECRETARY,
    answer=meeting_shapes.Meeting,
    errors=(404, 409),
)
def take_off(call: Call, row_id: int, item_id: int) -> Meeting:
    meeting = find(call, row_id)
    item = queries.item(call.session, meeting, item_id)
    remove_item(call.begin(), item)
    call.session.flush()
    return meeting


@room.put(
    "/meetings/<row:row_id>/agenda/order",
    "Put the agenda, as you read it, in a new order, unless another has been given it since.",
    who=SECRETARY,
    body=shapes.Order,
    answer=meeting_shapes.AgendaItem,
    paged=True,
    errors=(404, 409, 412),
)
def order_agenda(call: Call, row_id: int) -> Page:
    meeting = find(call, row_id)
    context, wanted = call.begin(), call.body["item_ids"]
    reorder(context, meeting, wanted, seen=call.body["seen_ids"])
    return call.whole(item for item in meeting.agenda if item.id in wanted)


@room.post(
    "/meetings/<row:row_id>/arrivals",
    "Somebody takes a seat, or changes capacity.",
    who=SECRETARY,
    body=shapes.Arrival,
    answer=meeting_shapes.Meeting,
    errors=(404, 409),
)
def note_arrival(call: Call, row_id: int) -> Meeting:
    meeting = find(call, row_id)
    given = call.body
    [person] = call.persons([given["person_id"]])
    serves_for = _person(call, given["serves_for_id"])
    capacity, is_remote = given["capacity"], given["is_remote"]
    arrive(call.begin(), meeting, person, capacity, serves_for=serves_for, is_remote=is_remote)
    return meeting


@room.post(
    "/meetings/<row:row_id>/departures",
    "Somebody leaves.",
    who=SECRETARY,
    body=shapes.Somebody,
    answer=meeting_shapes.Meeting,
    errors=(404, 409),
)
def note_departure(call: Call, row_id: int) -> Meeting:
    meeting = find(call, row_id)
    [person] = call.persons([call.body["person_id"]])
    leave(call.begin(), meeting, person)
    return meeting


@room.post(
    f"{AT_ITEM}/recusals",
    "Somebody has a conflict of interest in the item (KL 6:28-32).",
    who=SECRETARY,
    body=shapes.NewRecusal,
    answer=shapes.TableItem,
    errors=(404, 409),
)
def note_recusal(call: Call, row_id: int, item_id: int) -> TableItem:
    item = queries.item(call.session, find(call, row_id), item_id)
    given, [person] = call.body, call.persons([call.body["person_id"]])
    substitute = _person(call, given["substitute_id"])
    context = call.begin()
    recuse(context, item, person, reason=given["reason"], substitute=substitute)
    return _shown(context, item)


@room.post(
    f"{AT_ITEM}/recusals/lift",
    "The body found no conflict of interest.",
    who=SECRETARY,
    body=shapes.Somebody,
    answer=shapes.TableItem,
    errors=(404, 409),
)
def end_recusal(call: Call, row_id: int, item_id: int) -> TableItem:
    item = queries.item(call.session, find(call, row_id), item_id)
    [person] = call.persons([call.body["person_id"]])
    context = call.begin()
    lift_recusal(context, item, person)
    return _shown(context, item)


@room.put(
    f"{AT_ITEM}/chair",
    "Who was elected to lead the item, while neither chair nor vice chair takes part.",
    who=SECRETARY,
    body=shapes.Somebody,
    answer=shapes.TableItem,
    errors=(404, 409),
)
def note_elected_chair(call: Call, row_id: int, item_id: int) -> TableItem:
    item = queries.item(call.session, find(call, row_id), item_id)
    [person] = call.persons([call.body["person_id"]])
    context = call.begin()
    elect_chair(context, item, person)
    return _shown(context, item)


@room.post(
    f"{AT_ITEM}/proposals",
    "Record a proposal from the floor.",
    who=SECRETARY,
    body=shapes.NewProposal,
    answer=shapes.TableItem,
    status=201,
    errors=(404, 409),
)
def note_proposal(call: Call, row_id: int, item_id: int) -> Created:
    item = queries.item(call.session, find(call, row_id), item_id)
    given, [mover] = call.body, call.persons([call.body["mover_id"]])
    supporters = call.persons(given["supporter_ids"])
    context = call.begin()
    moved = {"text": given["text"], "point": given["point"]}
    move(context, item, mover, given["kind"], supporters=supporters, **moved)
    return Created(_shown(context, item), f"/meetings/{row_id}/agenda/{item_id}")


@room.post(
    f"{AT_ITEM}/proposals/<row:proposal_id>/withdrawal",
    "The mover takes a proposal back.",
    who=SECRETARY,
    answer=shapes.TableItem,
    errors=(404, 409),
)
def note_withdrawal(call: Call, row_id: int, item_id: int, proposal_id: int) -> TableItem:
    item = queries.item(call.session, find(call, row_id), item_id)
    proposal = _proposal(item, proposal_id)
    context = call.begin()
    withdraw(context, proposal)
    return _shown(context, item)


@room.post(
    f"{AT_ITEM}/questions",
    "Record how the chair's next question was settled.",
    who=SECRETARY,
    body=shapes.NewQuestion,
    answer=shapes.TableItem,
    status=201,
    errors=(404, 409, 412),
)
def note_question(call: Call, row_id: int, item_id: int) -> Created:
    item = queries.item(call.session, find(call, row_id), item_id)
    given = call.body
    ballots = {each["person_id"]: each["choice"] for each in given["ballots"]}
    if len(ballots) < len(given["ballots"]):
        raise Invalid("votes_twice")
    call.persons(ballots)
    context = call.begin()
    put_question(
        context,
        item,
        method=given["method"],
        winner=given["winner"],
        ballots=ballots,
        count=Count(**given["count"]) if given["count"] else None,
        lot=given["lot"],
        asked=Question(**given["question"]),
    )
    return Created(_shown(context, item), f"/meetings/{row_id}/agenda/{item_id}")


@room.post(
    f"{AT_ITEM}/questions/take-back",
    "The last question was recorded wrongly; it is asked again.",
    who=SECRETARY,
    body=shapes.QuestionPut,
    answer=shapes.TableItem,
    errors=(404, 409, 412),
)
def ask_again(call: Call, row_id: int, item_id: int) -> TableItem:
    item = queries.item(call.session, find(call, row_id), item_id)
    context = call.begin()
    take_back_question(context, item, recorded=call.body["proposition_id"])
    return _shown(context, item)


@room.post(
    f"{AT_ITEM}/statements",
    "Record a reservation (KL 4:27), a statement, a note, or that somebody takes no part.",
    who=SECRETARY,
    body=shapes.NewStatement,
    answer=shapes.TableItem,
    status=201,
    errors=(404, 409),
)
def note_statement(call: Call, row_id: int, item_id: int) -> Created:
    item = queries.item(call.session, find(call, row_id), item_id)
    given, [person] = call.body, call.persons([call.body["person_id"]])
    favours = _proposal(item, given["favours_id"]) if given["favours_id"] else None
    context = call.begin()
    state(context, item, person, given["kind"], text=given["text"], favours=favours)
    return Created(_shown(context, item), f"/meetings/{row_id}/agenda/{item_id}")


@room.post(
    f"{AT_ITEM}/statements/<row:statement_id>/take-back",
    "A statement was recorded wrongly, or is taken back before the meeting ends (KL 4:27).",
    who=SECRETARY,
    answer=shapes.TableItem,
    errors=(404, 409),
)
def unstate(call: Call, row_id: int, item_id: int, statement_id: int) -> TableItem:
    item = queries.item(call.session, find(call, row_id), item_id)
    found = next((each for each in item.statements if each.id == statement_id), None)
    if found is None:
        raise NotFound("not_found")
    context = call.begin()
    take_back_statement(context, item, found)
    return _shown(context, item)


@room.post(
    f"{AT_ITEM}/reopen",
    "Handle a concluded item again, while the meeting is in session; its decision is undone.",
    who=SECRETARY,
    body=shapes.Why,
    answer=shapes.TableItem,
    errors=(404, 409),
)
def take_up_again(call: Call, row_id: int, item_id: int) -> TableItem:
    item = queries.item(call.session, find(call, row_id), item_id)
    context = call.begin()
    reopen_item(context, item, call.body["reason"])
    return _shown(context, item)


@room.put(
    f"{AT_ITEM}/notes",
    "Save what the secretary writes; refused if somebody else has written there since.",
    who=SECRETARY,
    body=shapes.Notes,
    answer=meeting_shapes.AgendaItem,
    errors=(404, 409, 412),
)
def write_notes(call: Call, row_id: int, item_id: int) -> AgendaItem:
    item = queries.item(call.session, find(call, row_id), item_id)
    given = call.body
    take_notes(call.begin(), item, given["field"], given["text"], given["base"])
    return item


@room.post(
    f"{AT_ITEM}/immediate-attestation",
    "Have the § written now, to be signed and announced by itself.",
    who=SECRETARY,
    answer=meeting_shapes.Minutes,
    status=201,
    errors=(404, 409),
)
def attest_at_once(call: Call, row_id: int, item_id: int) -> Created:
    item = queries.item(call.session, find(call, row_id), item_id)
    return Created(attest_immediately(call.begin(), item), f"/meetings/{row_id}")


def _shown(context: Context, item: AgendaItem) -> TableItem:
    question = open_question(item) if item.outcome == "pending" else None
    basis = basis_of(item)
    return TableItem(item, present_at(item), quorum_at(context, item), question, basis)


def _person(call: Call, person_id: int | None) -> Person | None:
    return next(iter(call.persons([person_id])), None)


def _proposal(item: AgendaItem, proposal_id: int) -> FloorProposal:
    found = next((each for each in item.floor_proposals if each.id == proposal_id), None)
    if found is None:
        raise NotFound("not_found")
    return found
