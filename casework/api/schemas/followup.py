"""Assignments, report-backs and one's own deadlines, in and out."""

from __future__ import annotations

from marshmallow import Schema, fields

from casework.api.schemas.common import (
    LARGEST_PAGE,
    Asked,
    Before,
    Day,
    Line,
    StateFields,
    Text,
    shown,
)


class ReportBack(Schema):
    """What was answered, kept as written."""

    text = fields.String(required=True)
    reported_by_id = fields.Integer(allow_none=True)
    reported_at = fields.AwareDateTime(required=True)


class Assignment(StateFields):
    """What a decision asks somebody to do, and what was answered."""

    matter_id = fields.Integer(required=True)
    assignee_id = fields.Integer(required=True)
    task = fields.String(required=True)
    report_back_on = fields.Date(allow_none=True)
    opened_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    report_backs = shown(ReportBack, required=True)


class AssignmentsAsked(Before):
    """One's own assignments unless a matter is named; in a state."""

    matter_id = Asked(load_default=None)
    state = Line(load_default="")


class Report(Schema):
    """What has been done."""

    text = Text(required=True)


class DeadlinesAsked(Schema):
    """One's own open deadlines due by a day; a year ahead unless given."""

    until = Day(load_default=None)
    after = Asked(load_default=None)
    limit = Asked(LARGEST_PAGE, load_default=50)
