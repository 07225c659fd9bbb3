"""The delegation scheme and the decisions made on it, in and out."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from casework.api.schemas.common import (
    After,
    Asked,
    Before,
    Day,
    Flag,
    Line,
    PersonName,
    RowId,
    StateFields,
    Text,
    shown,
)
from casework.delegation.exceptions import UNDELEGABLE
from casework.delegation.models import KINDS, REPORTING


def _case() -> fields.String:
    """Which case of KL 6:38 it is; anything but "" is refused with that statute."""
    return fields.String(load_default="", validate=validate.OneOf(("", *UNDELEGABLE)))


class SubDelegation(Schema):
    """Whom the delegate lets decide, from a day to a day (inclusive)."""

    id = fields.Integer(required=True)
    person = fields.Nested(PersonName, required=True)
    given_by = fields.Nested(PersonName, required=True)
    given_on = fields.Date(required=True)
    valid_to = fields.Date(allow_none=True)


class DelegationItem(Schema):
    """A line of a body's scheme; `adopted` cites the body's own decision."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    body_id = fields.Integer(required=True)
    number = fields.String(required=True)
    title = fields.String(required=True)
    delegate = fields.Nested(PersonName, required=True)
    may_subdelegate = fields.Boolean(required=True)
    is_appealable = fields.Boolean(required=True)
    reporting = fields.String(required=True)
    adopted = fields.String(required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(allow_none=True)
    subdelegations = shown(SubDelegation, required=True)


class SchemeAsked(After):
    """The scheme of a body."""

    body_id = Asked(required=True)


class NewDelegationItem(Schema):
    """A line as the body adopted it; from today unless a day is given. `reporting` says whether
    what is decided in it is reported to the body, or `separately` minuted and announced."""

    body_id = RowId(required=True)
    number = Line(required=True)
    title = Line(required=True)
    delegate_id = RowId(required=True)
    adopted = Line(required=True)
    valid_from = Day(load_default=None, allow_none=True)
    valid_to = Day(load_default=None, allow_none=True)
    may_subdelegate = Flag(load_default=False)
    is_appealable = Flag(load_default=True)
    reporting = fields.String(load_default="report", validate=validate.OneOf(REPORTING))
    undelegable = _case()


class DelegationClosing(Schema):
    """The line's last day."""

    valid_to = Day(required=True)


class NewSubDelegation(Schema):
    """Who may decide in the line from today, and until when."""

    person_id = RowId(required=True)
    valid_to = Day(load_default=None, allow_none=True)


class DelegatedDecision(StateFields):
    """A decision with its text; `designation` is "" until it is decided. `notified` names those who
    are told of it, one a line."""

    body_id = fields.Integer(required=True)
    kind = fields.String(required=True)
    matter_id = fields.Integer(allow_none=True)
    delegation_item_id = fields.Integer(allow_none=True)
    decider = fields.Nested(PersonName, required=True)
    designation = fields.String(required=True)
    decided_on = fields.Date(allow_none=True)
    signed_at = fields.AwareDateTime(allow_none=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    reasons = fields.String(required=True)
    urgency = fields.String(required=True)
    basis = fields.String(required=True)
    notified = fields.String(required=True)
    is_appealable = fields.Boolean(required=True)
    reporting = fields.String(required=True)
    document_id = fields.Integer(allow_none=True)
    agenda_item_id = fields.Integer(allow_none=True)


class DelegatedDecisionsAsked(Before):
    """Decisions of a body, in a matter, in a state; those that an item of an agenda reported, or
    those `waiting` to be reported at the body's next meeting."""

    body_id = Asked(load_default=None)
    matter_id = Asked(load_default=None)
    agenda_item_id = Asked(load_default=None)
    waiting = fields.Boolean(load_default=False)
    state = Line(load_default="")


class DelegatedDecisionRevision(Schema):
    """What is rewritten in a draft; what is not given stays."""

    title = Line()
    text = Text()
    reasons = Text()
    urgency = Text()
    basis = Text()
    notified = Text()
    is_appealable = Flag()
    reporting = fields.String(validate=validate.OneOf(REPORTING))


class NewDelegatedDecision(Schema):
    """A draft in the caller's own name: on a line of a scheme, or in an urgent matter.

    It is reported as its line says unless `reporting` is given; never less than the line says.
    """

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    body_id = RowId(required=True)
    delegation_item_id = RowId(load_default=None, allow_none=True)
    matter_id = RowId(load_default=None, allow_none=True)
    title = Line(required=True)
    text = Text(load_default="")
    reasons = Text(load_default="")
    urgency = Text(load_default="")
    basis = Text(load_default="")
    notified = Text(load_default="")
    is_appealable = Flag(load_default=None, allow_none=True)
    reporting = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(REPORTING)
    )
    undelegable = _case()
