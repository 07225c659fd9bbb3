"""What a person has been told, in and out."""

from __future__ import annotations

from marshmallow import Schema, fields

from casework.api.schemas.common import Before


class InboxEntry(Schema):
    """One thing that somebody was told: of which kind, about what, why, by whom and when.

    `may_be_seen` says whether it can be put aside; else it goes when the task is done.
    """

    id = fields.Integer(required=True)
    person_id = fields.Integer(required=True)
    kind = fields.String(required=True)
    subject_type = fields.String(required=True)
    subject_id = fields.Integer(required=True)
    reason = fields.String(required=True)
    caused_by = fields.String(required=True)
    by_letter = fields.Boolean(required=True)
    may_be_seen = fields.Boolean(required=True)
    created_at = fields.AwareDateTime(required=True)
    settled_at = fields.AwareDateTime(allow_none=True)
    settled_how = fields.String(required=True)


class InboxAsked(Before):
    """What still stands, or what is settled."""

    settled = fields.Boolean(load_default=False)
