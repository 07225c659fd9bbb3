"""What is tried before everybody reads it, in and out."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from casework.api.schemas.common import Asked, Before, Day, Line, PersonName, RowId, listed, shown
from casework.publishing.findings import KINDS as FINDINGS
from casework.publishing.models import KINDS
from casework.publishing.queries import OBSTACLES, STANDINGS
from casework.publishing.wording import MARKS

LONGEST_REASON = 1000


class Run(Schema):
    """A stretch of a line as the public sees it; `what` was found in it, "" for nothing."""

    text = fields.String(required=True)
    what = fields.String(required=True, validate=validate.OneOf(("", *FINDINGS)))


class Candidate(Schema):
    """A § or a title as the public would see it, what was found in it, and how it stands.

    `checksum` is sent back as `seen`. `obstacle` says why it cannot be published now, "" for
    nothing. `found` holds kinds: of a personal number, or that it was behind closed doors.
    """

    item_id = fields.Integer(required=True, attribute="item.id")
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    number = fields.Integer(required=True, attribute="item.number")
    section_number = fields.Integer(required=True, attribute="wording.section")
    checksum = fields.String(required=True, attribute="wording.checksum")
    lines = fields.List(shown(Run), required=True)
    found = fields.List(
        fields.String(validate=validate.OneOf((*MARKS, *FINDINGS))),
        required=True,
        attribute="wording.found",
    )
    corrected_on = fields.Date(allow_none=True, attribute="wording.corrected_on")
    standing = fields.String(required=True, validate=validate.OneOf(STANDINGS))
    obstacle = fields.String(required=True, validate=validate.OneOf(OBSTACLES))
    is_clean = fields.Boolean(required=True)
    shows_from = fields.Date(allow_none=True, attribute="row.shows_from")
    shows_until = fields.Date(allow_none=True, attribute="row.shows_until")
    reason = fields.String(attribute="row.reason")
    decided_at = fields.AwareDateTime(attribute="row.decided_at")
    decided_by = fields.Nested(PersonName, allow_none=True, attribute="row.decided_by")


class Announced(Schema):
    """A line of an assembly's announcement; `title` is null where it is not for everybody."""

    number = fields.Integer(required=True)
    title = fields.List(fields.Nested(Run), allow_none=True, required=True)


class Announcement(Schema):
    """An assembly's agenda as it goes up on the board with the summons or a supplement.

    `seen` is sent back with the step; it is "" for a body whose summons is not announced.
    """

    lines = shown(Announced, required=True)
    seen = fields.String(required=True)


class Publication(Schema):
    """What was decided of a § or a title."""

    item_id = fields.Integer(required=True, attribute="agenda_item_id")
    kind = fields.String(required=True)
    state = fields.String(required=True)
    checksum = fields.String(required=True)
    findings = fields.List(fields.String(), required=True)
    reason = fields.String(required=True)
    shows_from = fields.Date(allow_none=True)
    shows_until = fields.Date(allow_none=True)
    decided_at = fields.AwareDateTime(required=True)


class Publications(Schema):
    """Those that were published with one press."""

    items = shown(Publication, required=True)


class Days(Schema):
    """From which day it is shown (today unless said), and until which (no end unless said)."""

    shows_from = Day(allow_none=True, load_default=None)
    shows_until = Day(allow_none=True, load_default=None)


class Seen(Schema):
    """A § or a title, and the checksum of the words that were looked at."""

    item_id = RowId(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    seen = Line(64, required=True)


class PublishMany(Days):
    """All of these, with nothing found in them."""

    items = listed(Seen, required=True)


class Publish(Days):
    """One § or title; with the reason where something was found."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    seen = Line(64, required=True)
    reason = Line(LONGEST_REASON, load_default="")


class KeepAway(Schema):
    """One § or title that is not to be shown, and why."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    seen = Line(64, required=True)
    reason = Line(LONGEST_REASON, required=True)


class ToTryAsked(Before):
    """The meetings that wait; `review` of 1 asks only for what was public before the upgrade."""

    review = Asked(1, load_default=None)
