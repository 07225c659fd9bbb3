"""The address book, excerpts and dispatches, in and out."""

from __future__ import annotations

from marshmallow import Schema, fields

from casework.api.schemas.common import Asked, Before, Line, RowId, StateFields, listed, shown


class Recipient(Schema):
    """An entry of the address book."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    is_active = fields.Boolean(required=True)


class NewRecipient(Schema):
    """A new entry: the name as it is printed under “Beslutet lämnas till”."""

    name = Line(required=True)
    email = Line(required=True)


class Member(Schema):
    """A member of a group."""

    recipient = fields.Nested(Recipient, required=True)


class Group(Schema):
    """A named list; it is expanded and frozen at dispatch."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True)
    members = shown(Member, required=True)


class Members(Schema):
    """The members of a group, in order."""

    recipient_ids = listed(RowId(), required=True)


class NewGroup(Members):
    """A new group with its members."""

    name = Line(required=True)


class Excerpt(Schema):
    """One § of attested minutes as a document of its own, in the matter's documents."""

    id = fields.Integer(required=True)
    matter_id = fields.Integer(required=True)
    document_id = fields.Integer(required=True)
    made_at = fields.AwareDateTime(required=True)
    certified_by_id = fields.Integer(allow_none=True)
    supersedes_id = fields.Integer(allow_none=True)


class ExcerptsAsked(Before):
    """Excerpts of a matter."""

    matter_id = Asked(load_default=None)


class Dispatch(StateFields):
    """The sending of an excerpt to one recipient, frozen as it was that day."""

    excerpt_id = fields.Integer(required=True)
    recipient_id = fields.Integer(required=True)
    recipient_name = fields.String(required=True)
    recipient_email = fields.String(required=True)
    group_name = fields.String(required=True)
    queued_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(allow_none=True)
    opened_at = fields.AwareDateTime(allow_none=True)
    acknowledged_at = fields.AwareDateTime(allow_none=True)
    acknowledged_by = fields.String(required=True)
    link_expires_at = fields.AwareDateTime(required=True)
    failure = fields.String(required=True)


class DispatchesAsked(Before):
    """Dispatches of a matter or an excerpt, in a state."""

    matter_id = Asked(load_default=None)
    excerpt_id = Asked(load_default=None)
    state = Line(load_default="")
