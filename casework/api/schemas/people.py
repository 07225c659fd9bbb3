"""Bodies and persons, as others may read of them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from casework.api.schemas.common import Day, Flag, Line, Moment, PersonName, RowId, Text, listed
from casework.meetings.planning.series import MOST as MOST_MEETINGS
from casework.people.body_kinds import BODY_KINDS
from casework.people.body_settings import (
    FORMAL_TYPES,
    MOST_DAYS,
    MOST_SEATS,
    REPORTING,
    SECTION_TYPES,
)
from casework.people.identity import DECISION_STYLES
from casework.people.section_roles import ROLES


class Organisation(Schema):
    """A region or a municipality, and how it is reached."""

    name = fields.String(required=True)
    short_name = fields.String(required=True)
    email = fields.String(required=True)
    address = fields.String(required=True)
    phone = fields.String(required=True)
    version = fields.Integer(required=True)


class OrganisationChange(Schema):
    """What to change of the organisation; what is not named stays."""

    name = Line()
    short_name = Line()
    email = Line()
    address = Line()
    phone = Line()


class Body(Schema):
    """An assembly, board, committee, presidium or forum."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    short_name = fields.String(required=True)
    series_code = fields.String(required=True)
    parent_id = fields.Integer(allow_none=True)
    is_statutory = fields.Boolean(required=True)
    decision_style = fields.String(required=True)
    summons_days = fields.Integer(required=True)


class FormalItem(Schema):
    """An item that every agenda of the body begins or ("closing") ends with."""

    title = Line(required=True)
    item_type = fields.String(load_default="formality", validate=validate.OneOf(FORMAL_TYPES))
    section = Line(load_default="")
    text = Text(load_default="")
    reports = fields.String(load_default="", validate=validate.OneOf(REPORTING))


class AgendaSection(Schema):
    """A section of the body's agendas, and the kind of items that go there by themselves."""

    title = Line(required=True)
    item_type = fields.String(load_default="", validate=validate.OneOf(SECTION_TYPES))


class BodyInFull(Body):
    """A body, how it is reached, and what it has decided about its meetings (days before them).

    `email`, `address` and `phone` are its own, "" where the organisation's serve.
    """

    version = fields.Integer(required=True)
    unit = fields.String(required=True)
    email = fields.String(required=True)
    address = fields.String(required=True)
    phone = fields.String(required=True)
    proposal_heading = fields.String(required=True)
    proposer = fields.String(required=True)
    seats = fields.Integer(allow_none=True)
    paper_stop_days = fields.Integer(required=True)
    open_doors = fields.Boolean(required=True)
    allows_remote = fields.Boolean(required=True)
    urgent_mandate = fields.String(required=True)
    agenda_template = fields.List(fields.Nested(FormalItem), required=True)
    agenda_sections = fields.List(fields.Nested(AgendaSection), required=True)
    minuted_roles = fields.List(fields.String(), required=True)


class BodyFacts(Schema):
    """What a body is beside its names, and how it is reached."""

    unit = Line()
    email = Line()
    address = Line()
    phone = Line()
    proposal_heading = Line()
    decision_style = fields.String(validate=validate.OneOf(list(DECISION_STYLES)))
    proposer = Line()


class NewBody(BodyFacts):
    """A body to establish; `series_code` names its register series, opened if it is new."""

    kind = fields.String(required=True, validate=validate.OneOf(list(BODY_KINDS)))
    name = Line(required=True)
    short_name = Line(required=True)
    series_code = Line(load_default="")
    parent_id = RowId(allow_none=True, load_default=None)


class BodyChange(BodyFacts):
    """What to change of a body; what is not named stays, and so does its register series."""

    name = Line()
    short_name = Line()
    seats = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, MOST_SEATS))
    summons_days = fields.Integer(strict=True, validate=validate.Range(0, MOST_DAYS))
    paper_stop_days = fields.Integer(strict=True, validate=validate.Range(0, MOST_DAYS))
    open_doors = Flag()
    allows_remote = Flag()
    urgent_mandate = Line()
    agenda_template = listed(FormalItem)
    agenda_sections = listed(AgendaSection)
    minuted_roles = fields.List(fields.String(validate=validate.OneOf(list(ROLES))))


class Appointment(Schema):
    """A person's role, from a day to a day (inclusive), null while nobody knows.

    `body_id` is null for a role in the whole organisation.
    """

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    body_id = fields.Integer(allow_none=True)
    person = fields.Nested(PersonName, required=True)
    role = fields.String(required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(allow_none=True)
    is_acting = fields.Boolean(required=True)
    call_order = fields.Integer(allow_none=True)


class NewPerson(Schema):
    """Somebody who is not among the persons yet."""

    name = Line(required=True)
    title = Line(load_default="")
    email = Line(load_default="")
    phone = Line(load_default="")
    party_code = Line(load_default="")


class NewAppointment(Schema):
    """Who is appointed to what; from today unless a day is given.

    `person_id` names one of the persons, else `person` is a new one.
    """

    person_id = RowId(allow_none=True, load_default=None)
    person = fields.Nested(NewPerson, allow_none=True, load_default=None)
    role = Line(required=True)
    valid_from = Day(allow_none=True, load_default=None)
    valid_to = Day(allow_none=True, load_default=None)
    is_acting = Flag(load_default=False)
    call_order = fields.Integer(
        strict=True, allow_none=True, load_default=None, validate=validate.Range(1, MOST_SEATS)
    )


class AppointmentChange(Schema):
    """What to correct of an appointment; what is not named stays. `valid_to` ends it."""

    valid_from = Day()
    valid_to = Day(allow_none=True)
    is_acting = Flag()
    call_order = fields.Integer(
        strict=True, allow_none=True, validate=validate.Range(1, MOST_SEATS)
    )


class TakenBack(Schema):
    """Why a mistaken appointment is taken back."""

    reason = Line(required=True)


class NewSeries(Schema):
    """The meetings of a year: their moments with the offset from UTC, and what is alike for all.

    `ends` is an hour of the day in Sweden.
    """

    starts_at = fields.List(Moment(), required=True, validate=validate.Length(1, MOST_MEETINGS))
    place = Line(load_default="")
    ends = fields.Time(load_default=None, allow_none=True)


class Person(Schema):
    """Somebody who prepares, decides, signs or is responsible."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    title = fields.String(required=True)
    email = fields.String(required=True)
    phone = fields.String(required=True)
    party_code = fields.String(required=True)
    version = fields.Integer(required=True)


class PersonChange(Schema):
    """What to correct of a person; what is not named stays."""

    name = Line()
    title = Line()
    email = Line()
    phone = Line()
    party_code = Line()
