"""The address book, excerpts and dispatches, in and out."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from casework.api.schemas.common import (
    After,
    Asked,
    Before,
    Day,
    Flag,
    Line,
    RowId,
    StateFields,
    listed,
    shown,
)
from casework.distribution.models import OTHERWISE
from casework.distribution.undelivered import STATES
from casework.distribution.ways import CHOICES, LONGEST_REASON
from casework.mail.models import Message
from casework.mail.reasons import plain
from casework.phrases import sentence


class Recipient(Schema):
    """An entry of the address book."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    note = fields.String(required=True)
    is_active = fields.Boolean(required=True)


class RecipientsAsked(After):
    """Entries of the address book with a word in their name or address; in use, or no longer."""

    q = Line(load_default="")
    is_active = fields.Boolean(load_default=None)


class NewRecipient(Schema):
    """A new entry: the name as it is printed under “Beslutet lämnas till”."""

    name = Line(required=True)
    email = Line(required=True)
    note = Line(load_default="")


class RecipientChange(Schema):
    """What to change of an entry; one that is not active is offered nowhere."""

    name = Line()
    email = Line()
    note = Line()
    is_active = Flag()


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


class GroupChange(Schema):
    """Another name for a group."""

    name = Line(required=True)


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


def _reason(row: Any) -> dict[str, str] | None:
    """Why the letter did not arrive, in plain words."""
    if isinstance(row, Message):
        return _told(plain(row.error_code, row.error_params))
    return _told((row.reason or plain(row.failure, {})) if row.state == "failed" else "")


def _told(code: str) -> dict[str, str] | None:
    return {"sv": sentence(code, {}, "sv"), "en": sentence(code, {}, "en")} if code else None


LABELS: dict[str, Any] = {
    "metadata": {"type": ["object", "null"], "additionalProperties": {"type": "string"}}
}


class Way(Schema):
    """How a recipient gets the excerpts of a marked matter: `reader_id` signs in to read them."""

    way = fields.String(required=True)
    reader_id = fields.Integer(allow_none=True)
    reason = fields.String(required=True)
    decided_by_id = fields.Integer(allow_none=True)
    decided_at = fields.AwareDateTime(required=True)


class Reached(Schema):
    """A recipient of a marked matter, and the way that was decided."""

    recipient = fields.Nested(Recipient, required=True)
    way = fields.Nested(Way, allow_none=True)


class WayChosen(Schema):
    """The way; by sign_in whose account, that with the recipient's address if not said; a reason
    for open_mail."""

    way = fields.String(required=True, validate=validate.OneOf(CHOICES))
    reader_id = RowId(allow_none=True, load_default=None)
    reason = Line(LONGEST_REASON, load_default="")


class Dispatch(StateFields):
    """The sending of an excerpt to one recipient, frozen as it was that day.

    `link_fetched_at` says when something first asked for the personal link, which may be a scanner
    that protects the recipient's mail: that a person has received it is `acknowledged_at` alone.
    `reason` says in plain words why it did not arrive, `failure` is the code of it. `way` is how it
    was to go: by mail, and of a marked matter by sign_in, post or open_mail.
    """

    excerpt_id = fields.Integer(required=True)
    matter_id = fields.Integer(required=True, attribute="excerpt.matter_id")
    body_id = fields.Integer(required=True)
    recipient_id = fields.Integer(required=True)
    recipient_name = fields.String(required=True)
    recipient_email = fields.String(required=True)
    group_name = fields.String(required=True)
    queued_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(allow_none=True)
    link_fetched_at = fields.AwareDateTime(allow_none=True)
    link_last_fetched_at = fields.AwareDateTime(allow_none=True)
    acknowledged_at = fields.AwareDateTime(allow_none=True)
    acknowledged_by = fields.String(required=True)
    link_expires_at = fields.AwareDateTime(required=True)
    failure = fields.String(required=True)
    reason = fields.Function(_reason, **LABELS)
    otherwise_how = fields.String(required=True)
    otherwise_on = fields.Date(allow_none=True)
    otherwise_by = fields.String(required=True)
    given_up_because = fields.String(required=True)
    way = fields.String(required=True)


class DispatchesAsked(Before):
    """Dispatches of a matter, an excerpt or a body, in a state, with a word in them."""

    matter_id = Asked(load_default=None)
    excerpt_id = Asked(load_default=None)
    body_id = Asked(load_default=None)
    state = Line(load_default="")
    q = Line(load_default="")


class SentAgain(Schema):
    """Where to from now on, if the address was wrong, and whether the address book is corrected."""

    email = Line(load_default="")
    in_address_book = Flag(load_default=False)


class SentOtherwise(Schema):
    """How it went instead of by mail, on which day, and by whom: the caller if not said."""

    how = fields.String(required=True, validate=validate.OneOf(OTHERWISE))
    day = Day(required=True)
    by = Line(load_default="")


class GivenUp(Schema):
    """Why no more is done about it."""

    reason = Line(required=True)


class Returned(Schema):
    """What the letter that came back said."""

    reason = Line(load_default="")


class Letter(Schema):
    """A letter that did not arrive and is no dispatch; what it says is not shown here."""

    id = fields.Integer(required=True)
    state = fields.String(required=True)
    body_id = fields.Integer(allow_none=True)
    subject_type = fields.String(allow_none=True)
    subject_id = fields.Integer(allow_none=True)
    subject = fields.String(required=True)
    to_name = fields.String(required=True)
    to_address = fields.String(required=True)
    queued_at = fields.AwareDateTime(required=True)
    attempts = fields.Integer(required=True)
    failure = fields.String(required=True, attribute="error_code")
    reason = fields.Function(_reason, **LABELS)


class LettersAsked(Before):
    """Letters that failed, or that were given up (`seen`); of a body, with a word in them."""

    state = fields.String(load_default="failed", validate=validate.OneOf(STATES))
    body_id = Asked(load_default=None)
    q = Line(load_default="")


class LetterSentAgain(Schema):
    """Where to from now on, and whether the person whose address it was gets that one."""

    email = Line(load_default="")
    with_person = Flag(load_default=False)
