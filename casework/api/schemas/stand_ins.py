"""Stand-ins and the handing over of what somebody holds, as others may read and ask for them."""

from __future__ import annotations

from marshmallow import Schema, fields

from casework.api.schemas.common import Day, Line, PersonName, RowId, Text


class StandIn(Schema):
    """Who stands in for a person, from a day to a day (inclusive).

    `ended_at` is the moment from which it no longer holds, null while it does.
    """

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    person = fields.Nested(PersonName, required=True)
    stand_in = fields.Nested(PersonName, required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True)
    ended_at = fields.AwareDateTime(allow_none=True)


class NewStandIn(Schema):
    """Who is to stand in, and when; from today unless a day is given."""

    stand_in_id = RowId(required=True)
    valid_from = Day(allow_none=True, load_default=None)
    valid_to = Day(required=True)
    reason = Line(load_default="")


class StandInChange(Schema):
    """Another last day."""

    valid_to = Day(required=True)


class HandOver(Schema):
    """To whom and why. `matter_ids` and `assignment_ids` are null for all that the caller sees."""

    person_id = RowId(required=True)
    reason = Text(required=True)
    matter_ids = fields.List(RowId(), allow_none=True, load_default=None)
    assignment_ids = fields.List(RowId(), allow_none=True, load_default=None)


class HandedOver(Schema):
    """How much changed hands."""

    matters = fields.Integer(required=True)
    assignments = fields.Integer(required=True)
