"""Accounts, where they are signed in, and the tokens of programs."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from casework.accounts.tokens import LONGEST_NAME, SCOPES
from casework.api.schemas.common import Day, Flag, Line, Password, PersonName, RowId, listed, shown

LONGEST_PASSWORD = 1024


class Account(Schema):
    """Who signs in with what; `has_password` is false until one has been chosen."""

    id = fields.Integer(required=True)
    person = fields.Nested(PersonName, required=True)
    email = fields.String(required=True)
    language = fields.String(required=True)
    is_active = fields.Boolean(required=True)
    has_password = fields.Function(lambda user: bool(user.password_hash))
    version = fields.Integer(required=True)


class AccountsAsked(Schema):
    """Part of a name or an address; the page after `after`."""

    q = fields.String(load_default="", validate=validate.Length(max=200))
    after = fields.Integer(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class OwnChange(Schema):
    """The language of letters and calendar: sv or en."""

    language = Line(required=True)


class NewAddress(Schema):
    """The address to sign in with and to get links at."""

    email = Line(required=True)


class NewPassword(Schema):
    """The password one has, and the one to have."""

    current = Password(LONGEST_PASSWORD, required=True)
    new = Password(LONGEST_PASSWORD, required=True)


class Newcomer(Schema):
    """Somebody who comes new; a role from today, in a body or the whole organisation."""

    name = Line(required=True)
    title = Line(load_default="")
    email = Line(required=True)
    role = Line(load_default="")
    body_id = RowId(allow_none=True, load_default=None)


class Invitation(Schema):
    """Where the letter goes; "" for the person's own address."""

    email = Line(load_default="")


class SignedIn(Schema):
    """A browser in which the account is signed in."""

    id = fields.Integer(required=True)
    begun_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True)
    source = fields.String(required=True)
    device = fields.String(required=True)


class Token(Schema):
    """A token of a program, without its secret."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    scopes = listed(fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)


class NewToken(Schema):
    """What a token is for and may do, and the owner's own password."""

    name = Line(LONGEST_NAME, load_default="")
    scope = fields.String(load_default="read", validate=validate.OneOf(SCOPES))
    password = Password(LONGEST_PASSWORD, required=True)


class MadeToken(Schema):
    """The secret, told this once."""

    secret = fields.String(required=True)
    tokens = shown(Token, required=True)


class NewRole(Schema):
    """A role, in a body or (without `body_id`) the whole organisation; from today unless told."""

    role = Line(required=True)
    body_id = RowId(allow_none=True, load_default=None)
    valid_from = Day(allow_none=True, load_default=None)
    valid_to = Day(allow_none=True, load_default=None)
    is_acting = Flag(load_default=False)
