"""Bodies and persons, as others may read of them."""

from __future__ import annotations

from marshmallow import Schema, fields


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


class Person(Schema):
    """Somebody who prepares, decides, signs or is responsible."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    title = fields.String(required=True)
    email = fields.String(required=True)
    party_code = fields.String(required=True)
