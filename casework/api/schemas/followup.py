"""Assignments, report-backs and one's own deadlines, in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marshmallow import Schema, fields, validate

from casework.api.schemas.common import (
    LARGEST_PAGE,
    Asked,
    Before,
    Day,
    Line,
    RowId,
    StateFields,
    Text,
    shown,
)
from casework.followup.answers import item_of
from casework.followup.models import REQUESTS

if TYPE_CHECKING:
    from casework.followup import models


def _meeting_of(request: models.AssignmentRequest) -> int | None:
    item = item_of(request)
    return item.meeting_id if item else None


def _outcome_of(request: models.AssignmentRequest) -> str | None:
    item = item_of(request)
    return item.outcome if item else None


class ReportBack(Schema):
    """What was answered, kept as written."""

    text = fields.String(required=True)
    reported_by_id = fields.Integer(allow_none=True)
    reported_at = fields.AwareDateTime(required=True)


class AssignmentRequest(Schema):
    """What is asked of the body, and the item by which it is before it or was answered."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    report_back_on = fields.Date(allow_none=True)
    reason = fields.String(required=True)
    asked_by_id = fields.Integer(allow_none=True)
    asked_at = fields.AwareDateTime(required=True)
    meeting_id = fields.Function(lambda row: _meeting_of(row), required=True, allow_none=True)
    outcome = fields.Function(lambda row: _outcome_of(row), required=True, allow_none=True)


class Assignment(StateFields):
    """What a decision asks somebody to do, and what was answered."""

    matter_id = fields.Integer(required=True)
    assignee_id = fields.Integer(required=True)
    task = fields.String(required=True)
    report_back_on = fields.Date(allow_none=True)
    opened_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    report_backs = shown(ReportBack, required=True)
    requests = shown(AssignmentRequest, required=True)


class AssignmentsAsked(Before):
    """One's own assignments unless a matter is named; in a state."""

    matter_id = Asked(load_default=None)
    state = Line(load_default="")


class Report(Schema):
    """What has been done."""

    text = Text(required=True)


class NewRequest(Schema):
    """What to ask the body: another day to report on, an end of it, or that a report is heard."""

    kind = fields.String(required=True, validate=validate.OneOf(REQUESTS))
    report_back_on = Day(
        load_default=None, allow_none=True, metadata={"description": "The day, of another_day."}
    )
    reason = Text(load_default="")


class LaidBefore(Schema):
    """The meeting of the body to lay it before; late for one that has been summoned."""

    meeting_id = RowId(required=True)
    late_reason = Text(load_default="")


class DeadlinesAsked(Schema):
    """One's own open deadlines due by a day; a year ahead unless given."""

    until = Day(load_default=None)
    after = Asked(load_default=None)
    limit = Asked(LARGEST_PAGE, load_default=50)
