"""A matter in and out: its register line, its text, its recipients."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_dump, validate

from casework.api.schemas.common import (
    LABELLED,
    UPLOADED,
    Asked,
    Before,
    Day,
    Document,
    Flag,
    Label,
    Line,
    PersonName,
    RowId,
    SentFile,
    StateFields,
    Text,
    Upload,
    listed,
    shown,
    state_label,
)
from casework.matters.origin import LONGEST_SENDER
from casework.matters.service import INITIATIVES
from casework.secrecy.service import LONGEST_PROVISION, LONGEST_REASON

# The form of a workflow file's name; which ones there are depends on the files.
IS_NAME = validate.Regexp("^[a-z][a-z0-9_-]*$")
IS_NAME_OR_NONE = validate.Regexp("^([a-z][a-z0-9_-]*)?$")


class MatterLine(StateFields):
    """A matter in the register."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    body_id = fields.Integer(required=True)
    registration_number = fields.String(required=True)
    registered_on = fields.Date(required=True)
    sender = fields.String(required=True)
    initiative = fields.String(required=True)
    clock_was_behind = fields.Boolean(required=True)
    case_officer = fields.Nested(PersonName, allow_none=True)
    closed_on = fields.Date(allow_none=True)


class RegisterLine(MatterLine):
    """A matter in the register, or the entry of one whose secrecy hides it from the caller.

    Of an entry there is nothing but its number, day and body; its own address answers 403.
    """

    is_secret = fields.Boolean(required=True, attribute="is_confidential")
    version = fields.Integer(required=True, allow_none=True)
    workflow = fields.String(required=True, allow_none=True)
    workflow_version = fields.Integer(required=True, allow_none=True)
    state = fields.String(required=True, allow_none=True)
    state_label = fields.Function(
        lambda row: state_label(row) if hasattr(row, "state") else None,
        metadata={**LABELLED, "type": ["object", "null"]},
    )
    kind = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    sender = fields.String(required=True, allow_none=True)
    initiative = fields.String(required=True, allow_none=True)
    clock_was_behind = fields.Boolean(required=True, allow_none=True)

    @post_dump
    def _say_null(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """What is hidden is null: every line has the same keys."""
        return {name: told.get(name) for name in self.fields}


class Section(Schema):
    """A part of the text: heading and Markdown."""

    heading = Line(required=True)
    body = Text(required=True)


class Point(Schema):
    """A decision point; with an assignee it gives an assignment."""

    text = Text(required=True)
    assignee_id = RowId(allow_none=True, load_default=None)
    task = Line(load_default="")
    report_back_on = Day(allow_none=True, load_default=None)


class Signatory(Schema):
    """Who signs the proposal; an acting one is printed with tf."""

    name = Line(required=True)
    title = Line(load_default="")
    acting = Flag(load_default=False, attribute="is_acting")
    person_id = RowId(allow_none=True, load_default=None)


class WrittenRecipient(Schema):
    """A recipient as written, and whom in the address book it means."""

    name = fields.String(required=True)
    is_settled = fields.Boolean(required=True)
    recipient_id = fields.Integer(allow_none=True)
    group_id = fields.Integer(allow_none=True)


class Attachment(Schema):
    """A document that belongs to the proposal; `version` is the matter's."""

    title = fields.String(required=True)
    document_id = fields.Integer(required=True)
    position = fields.Integer(required=True)
    pages = fields.Integer(allow_none=True, required=True)
    filename = fields.String(required=True, attribute="document.filename")
    media_type = fields.String(required=True, attribute="document.media_type")
    size = fields.Integer(required=True, attribute="document.size")
    attached_at = fields.AwareDateTime(required=True, attribute="document.drawn_up_at")
    version = fields.Integer(required=True)


class NewAttachment(Schema):
    """A PDF, Word, Excel or PowerPoint file or a picture; untitled it has the file's name."""

    file = SentFile(required=True, metadata={"type": "string", "format": "binary"})
    title = Line(load_default="")


class AttachmentChange(Schema):
    """Another title, another place (1 is the first), or both."""

    title = Line()
    position = fields.Integer(validate=validate.Range(1, 10_000), strict=True)


class Matter(MatterLine):
    """A matter with its text, recipients and signatories."""

    lead_in = fields.String(required=True, attribute="decision_lead_in")
    sections = shown(Section, required=True)
    points = shown(Point, required=True, attribute="decision_points")
    signatories = shown(Signatory, required=True)
    recipients = shown(WrittenRecipient, required=True)
    attachments = shown(Attachment, required=True)
    secrecy_reviewed_at = fields.AwareDateTime(allow_none=True)
    secrecy_provision = fields.String(required=True)


class MatterKind(Schema):
    """A kind of matter; `open` false: its workflow has `faults`, and no new ones are taken."""

    kind = fields.String(required=True)
    label = fields.Nested(Label, required=True)
    open = fields.Boolean(required=True, attribute="is_open")
    faults = shown(Label, required=True, attribute="reasons")


class NewMatter(Schema):
    """What is registered: the kind (see /matter-kinds) says the workflow, the body the series.

    With a provision it is marked secret from the first moment, for the reason given.
    """

    kind = fields.String(required=True, validate=IS_NAME)
    title = Line(required=True)
    body_id = RowId(required=True)
    sender = Line(LONGEST_SENDER, load_default="")
    initiative = fields.String(load_default="", validate=validate.OneOf(("", *INITIATIVES)))
    secrecy_provision = Line(LONGEST_PROVISION, load_default="")
    secrecy_reason = Line(LONGEST_REASON, load_default="")


class MatterChange(Schema):
    """The parts to rewrite; those not named stay. `recipients` are names as printed.

    `sender` and `initiative` are what the register says, and are corrected by a registrar.
    """

    sender = Line(LONGEST_SENDER)
    initiative = fields.String(validate=validate.OneOf(("", *INITIATIVES)))

    title = Line()
    lead_in = Line()
    sections = listed(Section)
    points = listed(Point)
    signatories = listed(Signatory)
    recipients = listed(Line())


class Meaning(Schema):
    """Whom a recipient as written means: an address book entry, or else a group."""

    name = Line(required=True)
    recipient_id = RowId(allow_none=True, load_default=None)
    group_id = RowId(allow_none=True, load_default=None)


class Settlement(Schema):
    """Meanings given by hand; every other recipient is settled by its name."""

    meanings = listed(Meaning, load_default=list)


class SecrecyReview(Schema):
    """The provision that applies, empty where none does."""

    provision = Line(load_default="")


class MattersAsked(Before):
    """The register: words to search for, a state, a body."""

    q = Line(200, load_default="")
    state = Line(load_default="")
    body_id = Asked(load_default=None)


class IncomingFile(Schema):
    """A .docx, .txt or .pdf that becomes a matter of the body, of the kind given or as is usual.

    What is typed beside it wins.
    """

    file = fields.Raw(
        required=True, data_key=UPLOADED, metadata={"type": "string", "format": "binary"}
    )
    body_id = Asked(required=True)
    title = Line(load_default="")
    sender = Line(LONGEST_SENDER, load_default="")
    initiative = fields.String(load_default="", validate=validate.OneOf(("", *INITIATIVES)))
    kind = fields.String(load_default="", validate=IS_NAME_OR_NONE)
    secrecy_provision = Line(LONGEST_PROVISION, load_default="")
    secrecy_reason = Line(LONGEST_REASON, load_default="")


class FileAsked(Schema):
    """Which moment of the matter's life, by its place, from 1, among the milestones; else now."""

    at = Asked(load_default=None)


class Milestone(Schema):
    """A moment worth looking back to: submitted, summoned, decided, or now."""

    code = fields.String(required=True)
    moment = fields.AwareDateTime(required=True)
    meeting_id = fields.Function(
        lambda milestone: milestone.visit and milestone.visit.meeting_id,
        metadata={"type": ["integer", "null"]},
    )


class MatterFile(Schema):
    """The matter's file as it was at milestone `at`: its state, proposal and documents then."""

    milestones = shown(Milestone, required=True)
    at = fields.Integer(required=True)
    state = fields.String(required=True)
    proposal = fields.Dict(allow_none=True, required=True)
    documents = shown(Document, required=True)


class Received(Upload):
    """A file that has come in, and from whom."""

    sender = Line(load_default="")
