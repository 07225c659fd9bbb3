"""The secrecy of a matter in and out: its marks, its list, and the log of who has read."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from casework.api.schemas.common import Before, Day, Flag, Line, PersonName, RowId, shown
from casework.secrecy.models import READ
from casework.secrecy.service import LONGEST_PROVISION, LONGEST_REASON


class Mark(Schema):
    """A mark with its history; `until` is null for the one that stands."""

    provision = fields.String(required=True)
    reason = fields.String(required=True)
    since = fields.AwareDateTime(required=True)
    set_by = fields.Nested(PersonName, allow_none=True)
    until = fields.AwareDateTime(allow_none=True)
    ended_by = fields.Nested(PersonName, allow_none=True)
    ended_because = fields.String(required=True)


class Listed(Schema):
    """Somebody on the list, and why."""

    person = fields.Nested(PersonName, required=True)
    reason = fields.String(required=True)
    since = fields.AwareDateTime(required=True)
    added_by = fields.Nested(PersonName, allow_none=True)


class Secrecy(Schema):
    """The marks of a matter, newest first, and its list.

    The case officer and those who handle it at a meeting know of it without a row of their own.
    """

    is_secret = fields.Boolean(required=True)
    provision = fields.String(required=True)
    case_officer = fields.Nested(PersonName, allow_none=True)
    marks = shown(Mark, required=True)
    listed = shown(Listed, required=True)


class NewMark(Schema):
    """The provision that the mark rests on, and why; `confirmed` where there is a mark already."""

    provision = Line(LONGEST_PROVISION, required=True)
    reason = Line(LONGEST_REASON, required=True)
    confirmed = Flag(load_default=False)


class Lifting(Schema):
    """Why the mark is lifted."""

    reason = Line(LONGEST_REASON, required=True)
    confirmed = Flag(load_default=False)


class NewListed(Schema):
    """Who needs to know, and why."""

    person_id = RowId(required=True)
    reason = Line(LONGEST_REASON, required=True)


class Removal(Schema):
    """Why somebody is taken off the list."""

    reason = Line(LONGEST_REASON, required=True)


class ReadingsAsked(Before):
    """Readings by one person, of one kind, from a day to a day (both included)."""

    person_id = RowId(load_default=None)
    what = fields.String(load_default="", validate=validate.OneOf(("", *READ)))
    first = Day(load_default=None)
    last = Day(load_default=None)


class SecretReading(Schema):
    """Who read what, when, and by which face: web or api."""

    id = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    person = fields.Nested(PersonName, required=True)
    what = fields.String(required=True)
    face = fields.String(required=True)
    address = fields.String(required=True)
