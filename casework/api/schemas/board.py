"""The notices of the public board, in and out."""

from __future__ import annotations

from marshmallow import Schema, fields

from casework.api.schemas.common import Asked, Before, Line, PersonName, StateFields, shown


class NoticeSpan(Schema):
    """A stretch of time in which the notice was seen to be up, without a break."""

    up_from = fields.AwareDateTime(required=True)
    up_until = fields.AwareDateTime(required=True)
    sightings = fields.Integer(required=True)


class Appeal(Schema):
    """An appeal, and how it ended; `settled_on` is null while it is pending."""

    number = fields.Integer(required=True)
    received_on = fields.Date(required=True)
    reference = fields.String(required=True)
    settled_on = fields.Date(allow_none=True)
    ruling = fields.String(required=True)


class BoardNotice(StateFields):
    """A notice with its days (KL 8:12, 13:5), the proof that it was up, and the appeals.

    Of minutes: `meeting_on`, `sections`, `attested_on`. Of a delegated decision: `decided_on`,
    `number`, `decided_as` (KL 8:10 p. 3).
    """

    body_id = fields.Integer(required=True)
    subject_type = fields.String(required=True)
    subject_id = fields.Integer(required=True)
    title = fields.String(required=True)
    sections = fields.String(required=True)
    meeting_on = fields.Date(allow_none=True)
    attested_on = fields.Date(allow_none=True)
    decided_on = fields.Date(allow_none=True)
    number = fields.String(required=True)
    decided_as = fields.String(required=True)
    announced_on = fields.Date(required=True)
    announced_at = fields.AwareDateTime(required=True)
    appeal_until = fields.Date(required=True)
    take_down_on = fields.Date(required=True)
    days_interrupted = fields.Integer(required=True)
    kept_at = fields.String(required=True)
    responsible = fields.Nested(PersonName, allow_none=True)
    taken_down_at = fields.AwareDateTime(allow_none=True)
    appealed_on = fields.Date(allow_none=True)
    appeals = shown(Appeal, required=True)
    appeals_pending = fields.Integer(required=True)
    has_legal_force_on = fields.Date(allow_none=True)
    document_id = fields.Integer(allow_none=True)
    spans = shown(NoticeSpan, required=True)


class NoticesAsked(Before):
    """Notices of a body, in a state."""

    body_id = Asked(load_default=None)
    state = Line(load_default="")
