"""What waits for somebody, out."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from casework.db import COUNTED
from casework.waiting import LISTS


class WaitingList(Schema):
    """A list of what waits, and how long it is; beyond the limit it is not counted to its end."""

    name = fields.String(required=True, validate=validate.OneOf(tuple(LISTS)))
    count = fields.Integer(required=True, validate=validate.Range(0, COUNTED))
    count_is_exact = fields.Boolean(required=True)
    href = fields.String(required=True)


class WaitingRow(Schema):
    """Something that waits: what it is, and the address where it is done."""

    id = fields.Integer(required=True)
    subject_type = fields.String(required=True)
    state = fields.String(required=True)
    href = fields.String(required=True)
