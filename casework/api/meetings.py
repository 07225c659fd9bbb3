"""Meetings: planning, the agenda, what is concluded at the table, attestation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.api import subjects
from casework.api.endpoint import Created, Room
from casework.api.schemas import meetings as shapes
from casework.api.schemas.table import Somebody
from casework.errors import Conflict
from casework.matters import queries as matters
from casework.meetings import queries
from casework.meetings.agenda.items import add_item
from casework.meetings.demands import SECRETARIES
from casework.meetings.kind import MEETING
from casework.meetings.minutes.signing import sign
from casework.meetings.planning.attesters import name_attesters
from casework.meetings.planning.plan import plan_meeting
from casework.meetings.planning.revising import revise_meeting
from casework.meetings.table.calling import report_absence, withdraw_absence
from casework.meetings.table.outcome import Resolved, conclude_item
from casework.meetings.table.pause import adjourn, resume_session
from casework.meetings.table.roll import record_attendance
from casework.people import queries as people
from casework.people.policy import lacking, may
from casework.publishing.announcing import require_seen

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.meetings.models import AgendaItem, Decision, Meeting
    from casework.people.models import Person

room = Room("meetings")

SECRETARY = "The secretary and the chair of the body."
ONESELF = "The person, or the secretary and the chair of the body."


def find(call: Call, row_id: int) -> Meeting:
    return queries.find(call.session, call.organisation_id, row_id)


@room.get(
    "/meetings",
    "Meetings, the one planned last first.",
    query=shapes.MeetingsAsked,
    answer=shapes.MeetingLine,
    paged=True,
)
def list_meetings(call: Call) -> Page:
    asked = call.query
    return call.page(
        queries.meetings,
        call.organisation_id,
        body_id=asked["body_id"],
        state=asked["state"],
    )


@room.post(
    "/meetings",
    "Plan a meeting.",
    who=SECRETARY,
    body=shapes.NewMeeting,
    answer=shapes.Meeting,
    status=201,
    tagged=True,
    errors=(404, 409),
)
def plan(call: Call) -> Created:
    context = call.begin()
    given = dict(call.body)
    body = people.body(call.session, call.organisation_id, given.pop("body_id"))
    chair, secretary = (
        _person(call, given.pop("chair_id")),
        _person(call, given.pop("secretary_id")),
    )
    meeting = plan_meeting(context, body, chair=chair, secretary=secretary, **given)
    if not may(context, meeting, SECRETARIES):
        raise lacking(SECRETARIES)
    call.session.flush()
    call.session.refresh(meeting)
    return Created(meeting, f"/meetings/{meeting.id}")


@room.get(
    "/meetings/<row:row_id>",
    "A meeting with those present, those who attest, and its minutes.",
    answer=shapes.Meeting,
    tagged=True,
)
def read_meeting(call: Call, row_id: int) -> Meeting:
    return find(call, row_id)


@room.patch(
    "/meetings/<row:row_id>",
    "Change what was planned; the hour stands once the summons has gone. If-Match as always.",
    who=SECRETARY,
    body=shapes.MeetingChange,
    answer=shapes.Meeting,
    tagged=True,
    conditional=True,
    current=read_meeting,
    errors=(404, 409, 412, 428),
)
def change_meeting(call: Call, row_id: int) -> Meeting:
    meeting = find(call, row_id)
    given = dict(call.body)
    for office in ("chair", "secretary"):
        if f"{office}_id" in given:
            given[office] = _person(call, given.pop(f"{office}_id"))
    revise_meeting(call.begin(), meeting, expected_version=call.expected(meeting), **given)
    return meeting


@room.post(
    "/meetings/<row:row_id>/absences",
    "Somebody cannot come; the next substitute in order is called in (KL 6:17).",
    who=ONESELF,
    body=Somebody,
    answer=shapes.Meeting,
    errors=(404, 409),
)
def note_absence(call: Call, row_id: int) -> Meeting:
    meeting = find(call, row_id)
    [person] = call.persons([call.body["person_id"]])
    report_absence(call.begin(), meeting, person)
    return meeting


@room.post(
    "/meetings/<row:row_id>/absences/withdraw",
    "Somebody can come after all; whoever was called in is told.",
    who=ONESELF,
    body=Somebody,
    answer=shapes.Meeting,
    errors=(404, 409),
)
def end_absence(call: Call, row_id: int) -> Meeting:
    meeting = find(call, row_id)
    [person] = call.persons([call.body["person_id"]])
    withdraw_absence(call.begin(), meeting, person)
    return meeting


@room.get(
    "/meetings/<row:row_id>/agenda",
    "The agenda in order, with how each item ended.",
    answer=shapes.AgendaItem,
    paged=True,
)
def agenda(call: Call, row_id: int) -> Page:
    return call.whole(queries.agenda(call.session, find(call, row_id)))


@room.post(
    "/meetings/<row:row_id>/agenda",
    "Put an item last on the agenda; a matter to decide moves to the agenda with it.",
    who=SECRETARY,
    body=shapes.NewItem,
    answer=shapes.AgendaItem,
    status=201,
    errors=(404, 409),
)
def add_to_agenda(call: Call, row_id: int) -> Created:
    meeting = find(call, row_id)
    given = dict(call.body)
    matter_id = given.pop("matter_id")
    matter = matters.find(call.session, call.organisation_id, matter_id) if matter_id else None
    item = add_item(call.begin(), meeting, matter=matter, **given)
    call.session.flush()
    call.session.refresh(item)
    return Created(item, f"/meetings/{meeting.id}/agenda")


@room.post(
    "/meetings/<row:row_id>/agenda/<row:item_id>/conclusion",
    "Record how an item ended; its matter moves accordingly.",
    who=SECRETARY,
    body=shapes.Conclusion,
    answer=shapes.AgendaItem,
    errors=(404, 409, 412),
)
def conclude(call: Call, row_id: int, item_id: int) -> AgendaItem:
    item = queries.item(call.session, find(call, row_id), item_id)
    context, given = call.begin(), call.body
    points = given["points"]
    if points is not None:
        call.persons(point["assignee_id"] for point in points)
        points = [Resolved(**point) for point in points]
    conclude_item(
        context,
        item,
        given["outcome"],
        points=points,
        lead_in=given["lead_in"],
        reason=given["reason"],
        basis=given["basis"],
    )
    return item


@room.put(
    "/meetings/<row:row_id>/attendance",
    "Who is there and in what capacity, chair first; replaces what was recorded.",
    who=SECRETARY,
    body=shapes.AttendanceList,
    answer=shapes.Meeting,
    errors=(404, 409),
)
def attend(call: Call, row_id: int) -> Meeting:
    meeting = find(call, row_id)
    present = call.body["present"]
    persons = call.persons(each["person_id"] for each in present)
    capacities = [each["capacity"] for each in present]
    record_attendance(call.begin(), meeting, list(zip(persons, capacities, strict=True)))
    return _as_stored(call, meeting)


@room.post(
    "/meetings/<row:row_id>/adjournment",
    "Adjourn the meeting for a while; until it resumes nothing is moved, voted on or concluded.",
    who=SECRETARY,
    answer=shapes.Meeting,
    errors=(404, 409),
)
def pause(call: Call, row_id: int) -> Meeting:
    meeting = find(call, row_id)
    adjourn(call.begin(), meeting)
    return meeting


@room.post(
    "/meetings/<row:row_id>/adjournment/end",
    "The adjourned meeting goes on.",
    who=SECRETARY,
    answer=shapes.Meeting,
    errors=(404, 409),
)
def go_on(call: Call, row_id: int) -> Meeting:
    meeting = find(call, row_id)
    resume_session(call.begin(), meeting)
    return meeting


@room.put(
    "/meetings/<row:row_id>/attesters",
    "Who attests the minutes beside the chair, in order.",
    who=SECRETARY,
    body=shapes.AttesterList,
    answer=shapes.Meeting,
    errors=(404, 409),
)
def name_those_who_attest(call: Call, row_id: int) -> Meeting:
    meeting = find(call, row_id)
    persons = call.persons(call.body["person_ids"])
    name_attesters(call.begin(), meeting, persons)
    return _as_stored(call, meeting)


@room.post(
    "/meetings/<row:row_id>/signature",
    "Sign the minutes, a single § or a correction; after the last signature it is attested.",
    who="The chair and the named attesters, who give their password again.",
    body=shapes.NewSignature,
    confirms=("password", "password_wrong_at_signing"),
    answer=shapes.Meeting,
    errors=(404, 409, 412),
)
def sign_minutes(call: Call, row_id: int) -> Meeting:
    meeting = find(call, row_id)
    wanted = call.body["minutes_id"] or (meeting.minutes.id if meeting.minutes else None)
    if wanted is None:
        raise Conflict("no_minutes_to_sign")
    minutes = queries.minutes(call.session, meeting, wanted)
    dissent, seen = call.body["dissent"], call.body["document_sha256"]
    sign(call.begin(), minutes, confirmed_by="password", dissent=dissent, seen=seen)
    return _as_stored(call, meeting)


@room.get("/decisions/<row:row_id>", "A decision with its points.", answer=shapes.Decision)
def read_decision(call: Call, row_id: int) -> Decision:
    return queries.decision(call.session, call.organisation_id, row_id)


def _gate(call: Call, meeting: Meeting, trigger: str) -> None:
    require_seen(meeting, trigger, call.body["seen"])


subjects.steps(room, MEETING, find, shapes.Meeting, body=shapes.MeetingStepTaken, gate=_gate)
subjects.history(
    room,
    MEETING.noun,
    find,
    readable=lambda call, meeting: MEETING.open_entries(
        call.session, meeting, call.caller.person_id, call.context.today
    ),
)
subjects.papers(
    room,
    MEETING.noun,
    find,
    readable=lambda call, meeting: MEETING.open_papers(
        meeting, call.caller.person_id, call.context.today
    ),
    require=lambda call, meeting: queries.require_open_papers(
        call.session, meeting, call.caller.person_id, call.context.today
    ),
)


def _person(call: Call, person_id: int | None) -> Person | None:
    return next(iter(call.persons([person_id])), None)


def _as_stored(call: Call, meeting: Meeting) -> Meeting:
    """With the persons of its new rows."""
    call.session.flush()
    call.session.refresh(meeting)
    return meeting
