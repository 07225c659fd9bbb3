"""Meetings, their agenda and what they decided, in and out."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from casework.api.schemas.common import (
    LONGEST_LINE,
    Asked,
    Before,
    Flag,
    Line,
    Moment,
    Password,
    PersonName,
    RowId,
    StateFields,
    StepTaken,
    Text,
    listed,
    shown,
)
from casework.api.schemas.matters import Point
from casework.meetings.models import OUTCOMES, REPORTS

CAPACITIES = ("chair", "vice_chair", "member", "serving_substitute", "substitute", "other")
ITEM_TYPES = ("decision", "information", "notification", "formality")


class Present(Schema):
    """Somebody who was there, and as what."""

    person = fields.Nested(PersonName, required=True)
    capacity = fields.String(required=True)


class Absence(Schema):
    """Somebody who has said that they cannot come, and who is called in."""

    person = fields.Nested(PersonName, required=True)
    substitute = fields.Nested(PersonName, allow_none=True)
    reported_at = fields.AwareDateTime(required=True)


class Signature(Present):
    """Who signed, over which exact PDF, and with what dissent."""

    signed_at = fields.AwareDateTime(required=True)
    document_sha256 = fields.String(required=True)
    dissent = fields.String(required=True)


class Minutes(StateFields):
    """What is signed as one (the minutes, one § at once, a correction) with its signatures."""

    kind = fields.String(required=True)
    signatures = shown(Signature, required=True)
    document_id = fields.Integer(allow_none=True)
    first_section = fields.Integer(allow_none=True)
    last_section = fields.Integer(allow_none=True)
    locked_at = fields.AwareDateTime(allow_none=True)


class Break(Schema):
    """An adjournment; one that goes on has no end."""

    began_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(allow_none=True)


class MeetingStepTaken(StepTaken):
    """A step of a meeting; `seen` is of the announcement that goes up with an assembly's summons
    (GET …/publishing/announcement)."""

    seen = Line(64, load_default="")


class MeetingLine(StateFields):
    """A meeting in the list."""

    body_id = fields.Integer(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    place = fields.String(required=True)
    is_public = fields.Boolean(required=True)


class Meeting(MeetingLine):
    """A meeting with those present, those who attest, and its minutes."""

    remote_link = fields.String(required=True)
    group_meetings = fields.String(required=True)
    chair = fields.Nested(PersonName, allow_none=True)
    secretary = fields.Nested(PersonName, allow_none=True)
    summoned_at = fields.AwareDateTime(allow_none=True)
    attested_at = fields.AwareDateTime(allow_none=True)
    absences = shown(Absence, required=True)
    breaks = shown(Break, required=True)
    attendance = shown(Present, required=True, attribute="attendances")
    attesters = shown(Present, required=True, attribute="attestations")
    minutes = fields.Nested(Minutes, allow_none=True)


class NewMeeting(Schema):
    """A meeting to plan; the moments with their offset from UTC. The doors are the body's own."""

    body_id = RowId(required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(allow_none=True, load_default=None)
    place = Line(load_default="")
    is_public = Flag(allow_none=True, load_default=None)
    chair_id = RowId(allow_none=True, load_default=None)
    secretary_id = RowId(allow_none=True, load_default=None)


class MeetingChange(Schema):
    """What to change of a planned meeting; what is not named stays."""

    starts_at = Moment()
    ends_at = Moment(allow_none=True)
    ended_at = Moment()
    place = Line()
    is_public = Flag()
    remote_link = Line()
    group_meetings = Line()
    chair_id = RowId(allow_none=True)
    secretary_id = RowId(allow_none=True)


class MeetingsAsked(Before):
    """Meetings of a body, in a state."""

    body_id = Asked(load_default=None)
    state = Line(load_default="")


class AgendaItem(Schema):
    """An item of the agenda, and how it ended. A `supplement` came after the summons.

    `position` is its place in the order of handling, `number` that of the summons, which stands.
    """

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    position = fields.Integer(required=True)
    number = fields.Integer(required=True)
    item_type = fields.String(required=True)
    title = fields.String(required=True)
    matter_id = fields.Integer(allow_none=True)
    presenter = fields.String(required=True)
    summary = fields.String(required=True)
    section = fields.String(required=True)
    minutes_planned = fields.Integer(allow_none=True)
    is_closed = fields.Boolean(required=True)
    is_election = fields.Boolean(required=True)
    exercises_authority = fields.Boolean(required=True)
    supplement = fields.Integer(required=True)
    late_reason = fields.String(required=True)
    outcome = fields.String(required=True)
    outcome_reason = fields.String(required=True)
    reports = fields.String(required=True)
    section_number = fields.Function(
        lambda item: item.minutes_item and item.minutes_item.section_number,
        metadata={"type": ["integer", "null"]},
    )
    decision_id = fields.Function(
        lambda item: item.decision and item.decision.id, metadata={"type": ["integer", "null"]}
    )


class NewItem(Schema):
    """An item to put last on the agenda; without a matter it needs a title."""

    item_type = fields.String(required=True, validate=validate.OneOf(ITEM_TYPES))
    matter_id = RowId(allow_none=True, load_default=None)
    title = Line(load_default="")
    presenter = Line(load_default="")
    section = Line(load_default="", metadata={"description": "Else the one for such items."})
    summary = Text(load_default="")
    minutes_planned = fields.Integer(
        allow_none=True, load_default=None, strict=True, validate=validate.Range(1, 600)
    )
    is_closed = Flag(load_default=False)
    late_reason = Line(load_default="")
    all_agree = Flag(load_default=False)
    reports = fields.String(load_default="", validate=validate.OneOf(("", *REPORTS)))


class Conclusion(Schema):
    """How an item ended; without points the proposal was decided as it stood."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES[1:]))
    points = listed(Point, allow_none=True, load_default=None)
    lead_in = Line(allow_none=True, load_default=None)
    reason = Line(load_default="")
    basis = Line(
        allow_none=True,
        load_default=None,
        metadata={"description": "The item's `basis` when the points were written."},
    )


class PresentPerson(Schema):
    """A person who was there."""

    person_id = RowId(required=True)
    capacity = fields.String(required=True, validate=validate.OneOf(CAPACITIES))


class AttendanceList(Schema):
    """Everybody who was there, chair first."""

    present = listed(PresentPerson, required=True)


class AttesterList(Schema):
    """Who attests beside the chair, in order."""

    person_ids = listed(RowId(), required=True)


class DecidedPoint(Schema):
    """A point as decided."""

    position = fields.Integer(required=True)
    text = fields.String(required=True)
    assignee_id = fields.Integer(allow_none=True)
    task = fields.String(required=True)
    report_back_on = fields.Date(allow_none=True)


class Decision(Schema):
    """What a body decided, recommended or proposed; a formal decision is of no matter."""

    id = fields.Integer(required=True)
    matter_id = fields.Integer(required=True, allow_none=True)
    agenda_item_id = fields.Integer(required=True)
    decided_on = fields.Date(required=True)
    lead_in = fields.String(required=True)
    points = shown(DecidedPoint, required=True)


class NewSignature(Schema):
    """A signature: the signer's own password again, and where they think the text is wrong.

    `document_sha256` is that of the PDF that the signer has read, as among the meeting's documents.
    """

    password = Password(LONGEST_LINE, required=True)
    document_sha256 = Line(required=True)
    dissent = Text(load_default="")
    minutes_id = RowId(load_default=None, allow_none=True)


class PackProgress(Schema):
    """How far the pack has come; `content` is where it is when `state` is ready."""

    state = fields.String(
        required=True, validate=validate.OneOf(("none", "making", "failed", "ready"))
    )
    done = fields.Integer(required=True)
    steps = fields.Integer(required=True)
    problem = fields.String(required=True)
    content = fields.String(required=True)
