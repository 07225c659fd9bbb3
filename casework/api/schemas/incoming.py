"""What was read out of an incoming document, before any matter is made of it."""

from __future__ import annotations

from marshmallow import Schema, fields

from casework.api.schemas.common import UPLOADED, Asked


class FileToRead(Schema):
    """A .docx, .txt or .pdf meant for a body, to be read; nothing is kept of it."""

    body_id = Asked(required=True)
    file = fields.Raw(
        required=True, data_key=UPLOADED, metadata={"type": "string", "format": "binary"}
    )


class ReadPlace(Schema):
    """Where a value stands: `unit` is line, paragraph or header; `page` is told of a PDF."""

    unit = fields.String(required=True)
    number = fields.Integer(required=True)
    page = fields.Integer(required=True, allow_none=True)


class ReadSection(Schema):
    """A heading and its text, as a reader sees it."""

    heading = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)


class ReadPoint(Schema):
    """One decision point; `proposed_to` is another body that it is proposed to."""

    number = fields.Integer(required=True, allow_none=True)
    text = fields.String(required=True)
    proposed_to = fields.String(required=True, allow_none=True)
    uncertain = fields.Boolean(required=True)


class ReadAssignment(Schema):
    """Who is given what to do; `due` is a day, or the document's own words for one."""

    assignee = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    due = fields.String(required=True, allow_none=True)
    uncertain = fields.Boolean(required=True)


class ReadMandate(Schema):
    """Who may do what."""

    holder = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    uncertain = fields.Boolean(required=True)


class ReadRecipient(Schema):
    """Who is to have the decision."""

    name = fields.String(required=True)
    uncertain = fields.Boolean(required=True)


class ReadSignatory(Schema):
    """Who signs."""

    name = fields.String(required=True)
    title = fields.String(required=True, allow_none=True)
    acting = fields.Boolean(required=True)
    uncertain = fields.Boolean(required=True)


class ReadAttachment(Schema):
    """What is attached."""

    title = fields.String(required=True)
    uncertain = fields.Boolean(required=True)


class ReadTable(Schema):
    """A table, every row as wide as the widest."""

    rows = fields.List(fields.List(fields.String()), required=True)


class NotRead(Schema):
    """What of the file is not in the reading, and where it stands when that is known."""

    what = fields.String(required=True)
    place = fields.Nested(ReadPlace, required=True, allow_none=True)


class ReadDocument(Schema):
    """All that was found; null or empty where the document says nothing.

    `uncertain` names the single values to compare with the document, `places` says where each
    value stands, a list's by its number: `recipients.0`.
    """

    title = fields.String(required=True, allow_none=True)
    date = fields.String(required=True, allow_none=True)
    registration_number = fields.String(required=True, allow_none=True)
    body = fields.String(required=True, allow_none=True)
    sections = fields.List(fields.Nested(ReadSection), required=True)
    decision_points = fields.List(fields.Nested(ReadPoint), required=True)
    assignments = fields.List(fields.Nested(ReadAssignment), required=True)
    mandates = fields.List(fields.Nested(ReadMandate), required=True)
    recipients = fields.List(fields.Nested(ReadRecipient), required=True)
    signatories = fields.List(fields.Nested(ReadSignatory), required=True)
    attachments = fields.List(fields.Nested(ReadAttachment), required=True)
    tables = fields.List(fields.Nested(ReadTable), required=True)
    uncertain = fields.List(fields.String(), required=True)
    places = fields.Dict(keys=fields.String(), values=fields.Nested(ReadPlace), required=True)
    not_read = fields.List(fields.Nested(NotRead), required=True)
