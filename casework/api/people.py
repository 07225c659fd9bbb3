"""The organisation, bodies with their settings, seats and series of meetings, and persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.api.endpoint import EVERYBODY, Created, Room
from casework.api.schemas import people as shapes
from casework.api.schemas.common import After
from casework.api.schemas.meetings import MeetingLine
from casework.errors import Invalid
from casework.matters.service import establish_body
from casework.meetings.planning.appointments import revise, take_back
from casework.meetings.planning.plan import plan_series
from casework.people import queries
from casework.people.corrections import revise_person
from casework.people.models import Body
from casework.people.service import appoint, create_person, revise_body, revise_organisation

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.people.models import Appointment, Body, Organisation, Person

ADMINISTRATOR = "The administrators."
APPOINTER = "Whoever may make the appointment."
KEEPER = "The secretary of the body, and the administrators."

room = Room("people")


@room.get(
    "/organisation",
    "The organisation of the installation, and how it is reached.",
    who=EVERYBODY,
    answer=shapes.Organisation,
    tagged=True,
)
def read_organisation(call: Call) -> Organisation:
    return queries.organisation(call.session, call.organisation_id)


@room.patch(
    "/organisation",
    "Change the facts given; the others stay. What has been drawn up keeps those it was made with.",
    who=ADMINISTRATOR,
    body=shapes.OrganisationChange,
    answer=shapes.Organisation,
    tagged=True,
    conditional=True,
    current=read_organisation,
    errors=(412, 428),
)
def change_organisation(call: Call) -> Organisation:
    organisation: Organisation = read_organisation(call)
    expected = call.expected(organisation)
    revise_organisation(call.begin(), organisation, expected_version=expected, **call.body)
    return organisation


@room.get("/bodies", "Every body.", who=EVERYBODY, query=After, answer=shapes.Body, paged=True)
def list_bodies(call: Call) -> Page:
    return call.page(queries.bodies, call.organisation_id)


@room.post(
    "/bodies",
    "A new body, with its register series. Its kind decides its legal machinery.",
    who=ADMINISTRATOR,
    body=shapes.NewBody,
    answer=shapes.BodyInFull,
    status=201,
    tagged=True,
    errors=(404, 409),
)
def create_body(call: Call) -> Created:
    given = dict(call.body)
    if given["parent_id"] is not None:
        given["parent_id"] = queries.body(call.session, call.organisation_id, given["parent_id"]).id
    body = establish_body(call.begin(), **given)
    return Created(body, f"/bodies/{body.id}")


@room.get(
    "/bodies/<row:row_id>",
    "A body, how it is reached, and what it has decided about its own meetings.",
    who=EVERYBODY,
    answer=shapes.BodyInFull,
    tagged=True,
)
def read_body(call: Call, row_id: int) -> Body:
    return queries.body(call.session, call.organisation_id, row_id)


@room.patch(
    "/bodies/<row:row_id>",
    "Change the facts and settings given; the others stay. What has been drawn up keeps its names.",
    who=KEEPER,
    body=shapes.BodyChange,
    answer=shapes.BodyInFull,
    tagged=True,
    conditional=True,
    current=read_body,
    errors=(404, 409, 412, 428),
)
def change_body(call: Call, row_id: int) -> Body:
    body: Body = read_body(call, row_id)
    revise_body(call.begin(), body, expected_version=call.expected(body), **call.body)
    return body


@room.get(
    "/bodies/<row:row_id>/appointments",
    "Everybody appointed to the body, past ones too, by role and in the order of calling in.",
    who=EVERYBODY,
    query=After,
    answer=shapes.Appointment,
    paged=True,
)
def list_appointments(call: Call, row_id: int) -> Page:
    body = read_body(call, row_id)
    return call.page(queries.seats, call.organisation_id, body.id)


@room.post(
    "/bodies/<row:row_id>/appointments",
    "Appoint a person to a role in the body: one of the persons, or a new one.",
    who="The secretary of the body for those who sit in it; an administrator for every role.",
    body=shapes.NewAppointment,
    answer=shapes.Appointment,
    status=201,
    errors=(404, 409),
)
def make_appointment(call: Call, row_id: int) -> Created:
    body, given = read_body(call, row_id), dict(call.body)
    known, new = given.pop("person_id"), given.pop("person")
    if (known is None) == (new is None):
        raise Invalid("person_missing")
    found = call.persons([known]) if known is not None else []
    context = call.begin()
    person = found[0] if found else create_person(context, **new)
    call.session.flush()
    appointment = appoint(context, person, given.pop("role"), body=body, **given)
    call.session.flush()
    return Created(appointment, f"/persons/{person.id}/appointments/{appointment.id}")


@room.post(
    "/bodies/<row:row_id>/series",
    "Plan the meetings of a year at once, all or none.",
    who="The secretary and the chair of the body.",
    body=shapes.NewSeries,
    answer=MeetingLine,
    status=201,
    paged=True,
    errors=(404, 409),
)
def plan_year(call: Call, row_id: int) -> Page:
    body = read_body(call, row_id)
    given = dict(call.body)
    meetings = plan_series(call.begin(), body, given.pop("starts_at"), **given)
    call.session.flush()
    return call.whole(meetings)


@room.get(
    "/persons",
    "Everybody, in alphabetical order.",
    who=EVERYBODY,
    query=After,
    answer=shapes.Person,
    paged=True,
)
def list_persons(call: Call) -> Page:
    return call.page(queries.persons, call.organisation_id)


@room.get("/persons/<row:row_id>", "A person.", who=EVERYBODY, answer=shapes.Person, tagged=True)
def read_person(call: Call, row_id: int) -> Person:
    return queries.person(call.session, call.organisation_id, row_id)


@room.patch(
    "/persons/<row:row_id>",
    "Correct what is known of a person. What has been signed keeps the name it was signed with.",
    who="The administrators, and the secretary of a body in which the person sits.",
    body=shapes.PersonChange,
    answer=shapes.Person,
    tagged=True,
    conditional=True,
    current=read_person,
    errors=(404, 412, 428),
)
def change_person(call: Call, row_id: int) -> Person:
    person: Person = read_person(call, row_id)
    revise_person(call.begin(), person, expected_version=call.expected(person), **call.body)
    return person


@room.get(
    "/persons/<row:row_id>/appointments",
    "Everything the person is or was appointed to, the latest first.",
    who=EVERYBODY,
    query=After,
    answer=shapes.Appointment,
    paged=True,
)
def list_persons_appointments(call: Call, row_id: int) -> Page:
    person = read_person(call, row_id)
    return call.page(queries.appointments, call.organisation_id, person.id)


@room.get(
    "/persons/<row:row_id>/appointments/<row:item_id>",
    "An appointment.",
    who=EVERYBODY,
    answer=shapes.Appointment,
    tagged=True,
)
def read_appointment(call: Call, row_id: int, item_id: int) -> Appointment:
    return queries.appointment(call.session, call.organisation_id, row_id, item_id)


@room.patch(
    "/persons/<row:row_id>/appointments/<row:item_id>",
    "Correct an appointment, or end it by its last day. Days on which it was used stay within it.",
    who=APPOINTER,
    body=shapes.AppointmentChange,
    answer=shapes.Appointment,
    tagged=True,
    conditional=True,
    current=read_appointment,
    errors=(404, 409, 412, 428),
)
def change_appointment(call: Call, row_id: int, item_id: int) -> Appointment:
    appointment: Appointment = read_appointment(call, row_id, item_id)
    expected = call.expected(appointment)
    revise(call.begin(), appointment, expected_version=expected, **call.body)
    return appointment


@room.post(
    "/persons/<row:row_id>/appointments/<row:item_id>/taking-back",
    "Take back a mistaken appointment that was never used; the person's record keeps it.",
    who=APPOINTER,
    body=shapes.TakenBack,
    answer=shapes.Person,
    conditional=True,
    errors=(404, 409, 412, 428),
)
def take_back_appointment(call: Call, row_id: int, item_id: int) -> Person:
    appointment: Appointment = read_appointment(call, row_id, item_id)
    person, expected = appointment.person, call.expected(appointment)
    take_back(call.begin(), appointment, reason=call.body["reason"], expected_version=expected)
    return person
