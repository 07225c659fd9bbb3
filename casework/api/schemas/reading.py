"""What a member reads before the meeting, out."""

from __future__ import annotations

from marshmallow import Schema, fields

from casework.api.schemas.common import Document, shown
from casework.api.schemas.meetings import AgendaItem, MeetingLine


class Paper(Schema):
    """A paper of an item, and the address of its file."""

    title = fields.String(required=True)
    document = fields.Nested(Document, required=True)
    href = fields.String(required=True)


class ReadItem(Schema):
    """An item with its proposal as it was sent, its papers, and the decisions that it reports."""

    item = fields.Nested(AgendaItem, required=True)
    proposal = fields.Dict(allow_none=True, required=True)
    papers = shown(Paper, required=True)
    reported = fields.List(fields.String(), required=True)


class Reading(Schema):
    """The agenda that the reader sees; `hidden` items are those in which they are recused.

    `secret` are the numbers of items that are covered by secrecy.
    """

    meeting = fields.Nested(MeetingLine, required=True)
    items = shown(ReadItem, required=True)
    hidden = fields.Integer(required=True)
    secret = fields.List(fields.Integer(), required=True)
