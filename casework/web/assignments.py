"""Assignments: what was asked of whom, by when, and the report-back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from casework.db import counted
from casework.followup import queries
from casework.followup.answers import item_of, report_waits
from casework.followup.models import Assignment
from casework.followup.requests import ASKING, lay_before
from casework.followup.requests import ask as ask_for
from casework.followup.service import report_back
from casework.meetings import queries as meetings
from casework.meetings.demands import SECRETARIES
from casework.people.policy import lift, may
from casework.web.components import steps
from casework.web.components.dues import dues_of
from casework.web.components.lines import why_here
from casework.web.components.paging import NEVER, is_further, number_of, ordered, place_of
from casework.web.components.records import history_of
from casework.web.frame.asked import day_or_none, fitting, whole_number
from casework.web.frame.session import SIGNED_IN, acting, permits, reading
from casework.web.shapes import Due

if TYPE_CHECKING:
    from sqlalchemy import Select
    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.followup.models import AssignmentRequest

PAGE = 30
_IS_OPEN = Assignment.state == "open"
_DAY = func.coalesce(Assignment.report_back_on, NEVER, type_=Assignment.report_back_on.type)
KEY = (case((_IS_OPEN, 0), else_=1), case((_IS_OPEN, _DAY), else_=NEVER), -Assignment.id)

blueprint = Blueprint("assignments", __name__, url_prefix="/assignments")


@blueprint.get("")
@permits(SIGNED_IN)
def listing() -> str:
    """All assignments that the person may see: the open by the day they are due, then the rest
    with the newest first."""
    state = request.args.get("state", "")[:40]
    with reading() as context:
        statement = _asked(context, state)
        rows = context.session.scalars(ordered(statement, KEY, PAGE + 1)).all()
        asked: dict[str, Any] = {"state": state} if state else {}
        return render_template(
            "assignments/list.html",
            rows=[(row, steps.state_label(context, row), _due(row)) for row in rows[:PAGE]],
            count=number_of(counted(context.session, statement, Assignment.id)),
            states=steps.state_choices(context, "assignment"),
            state=state,
            today=context.today,
            first=url_for(".listing", **asked) if is_further() else "",
            following=url_for(".listing", **asked, after=_place(rows[PAGE - 1]))
            if len(rows) > PAGE
            else "",
        )


@blueprint.get("/<int:assignment_id>")
@permits(SIGNED_IN)
def show(assignment_id: int) -> str:
    """An assignment with its decision, dates, reports and steps."""
    with reading() as context:
        assignment = find(context, assignment_id)
        lift(context.session)  # who may read the assignment reads the decision that gave it
        url = url_for(".show", assignment_id=assignment_id)
        own, others = steps.steps(context, assignment, url)
        return render_template(
            "assignments/show.html",
            assignment=assignment,
            state=steps.state_label(context, assignment),
            # The report is written in its own form, which takes the step with it.
            steps=[step for step in own if not step.url.endswith("/report")],
            others=others,
            why=why_here(context, assignment),
            dues=dues_of(context, "assignment", assignment.id),
            today=context.today,
            may_ask=assignment.state in ("open", "reported") and may(context, assignment, ASKING),
            requests=[(each, item_of(each)) for each in assignment.requests],
            meetings=queries.coming_meetings(context.session, assignment)
            if may(context, assignment, SECRETARIES)
            else [],
            report_waits=report_waits(assignment),
            may_report=assignment.state == "open"
            and may(context, assignment, ("assignee", "manager")),
            history=history_of(context, assignment),
        )


@blueprint.post("/<int:assignment_id>/report")
@permits(SIGNED_IN)
def report(assignment_id: int) -> Response:
    """Report back."""
    with acting() as context:
        assignment = find(context, assignment_id)
        lift(context.session)
        report_back(context, assignment, fitting(request.form.get("text", ""), 20_000))
    flash(_("Återrapporten är lämnad."), "success")
    return redirect(url_for(".show", assignment_id=assignment_id), 303)


@blueprint.post("/<int:assignment_id>/requests")
@permits(SIGNED_IN)
def ask_body(assignment_id: int) -> Response:
    """Ask the body that gave the assignment for something that only it can grant."""
    form = request.form
    with acting() as context:
        assignment = find(context, assignment_id)
        lift(context.session)
        ask_for(
            context,
            assignment,
            form.get("kind", ""),
            reason=fitting(form.get("reason", ""), 2000),
            report_back_on=day_or_none(form.get("report_back_on", "")),
        )
    flash(_("Begäran är sparad. Sekreteraren sätter upp den på en dagordning."), "success")
    return redirect(url_for(".show", assignment_id=assignment_id) + "#before-body", 303)


@blueprint.post("/<int:assignment_id>/requests/<int:request_id>/item")
@permits(*SECRETARIES)
def lay(assignment_id: int, request_id: int) -> Response:
    """Put what is asked on an agenda of the body."""
    with acting() as context:
        assignment = find(context, assignment_id)
        asked = queries.request(assignment, request_id)
        _lay(context, assignment, asked)
    return _laid(assignment_id)


@blueprint.post("/<int:assignment_id>/report/item")
@permits(*SECRETARIES)
def lay_report(assignment_id: int) -> Response:
    """Lay the report-back before the body that asked for it."""
    with acting() as context:
        assignment = find(context, assignment_id)
        _lay(context, assignment, None)
    return _laid(assignment_id)


@blueprint.get("/<int:assignment_id>/steps/<trigger>")
@permits(SIGNED_IN)
def ask(assignment_id: int, trigger: str) -> str:
    """The page before a step."""
    return steps.ask(find, assignment_id, trigger, url_for(".show", assignment_id=assignment_id))


@blueprint.post("/<int:assignment_id>/steps/<trigger>")
@permits(SIGNED_IN)
def take(assignment_id: int, trigger: str) -> str | tuple[str, int] | Response:
    """Take a step; the engine knows whose it is."""
    return steps.take(find, assignment_id, trigger, url_for(".show", assignment_id=assignment_id))


def find(context: Context, assignment_id: int) -> Assignment:
    """The assignment that the person may see."""
    return queries.find(context.session, context.organisation_id, assignment_id)


def _lay(context: Context, assignment: Assignment, asked: AssignmentRequest | None) -> None:
    """On the agenda of the meeting that the form chose; without a request, the report itself."""
    meeting_id = request.form.get("meeting", 0, type=whole_number)
    meeting = meetings.find(context.session, context.organisation_id, meeting_id)
    lift(context.session)
    late = fitting(request.form.get("late_reason", ""), 2000)
    lay_before(context, asked or ask_for(context, assignment, "report"), meeting, late_reason=late)


def _laid(assignment_id: int) -> Response:
    flash(_("Punkten är satt på dagordningen."), "success")
    return redirect(url_for(".show", assignment_id=assignment_id) + "#before-body", 303)


def _asked(context: Context, state: str) -> Select[Assignment]:
    statement = (
        select(Assignment)
        .where(Assignment.organisation_id == context.organisation_id)
        .options(joinedload(Assignment.assignee))
    )
    return statement.where(Assignment.state == state) if state else statement


def _place(row: Assignment) -> str:
    """Where the page after this assignment begins."""
    is_open = row.state == "open"
    day = row.report_back_on or NEVER
    return place_of(0 if is_open else 1, day if is_open else NEVER, -row.id)


def _due(assignment: Assignment) -> Due | None:
    day = assignment.report_back_on
    return Due(_("Återrapport"), day) if day and assignment.state == "open" else None


def request_label(kind: str) -> str:
    """What is asked of the body, in the reader's language."""
    labels: dict[str, str] = {
        "another_day": _("Ny dag för återrapporten"),
        "end": _("Att uppdraget upphävs"),
        "report": _("Återrapporten"),
    }
    return labels[kind]


@blueprint.app_context_processor
def _labels() -> dict[str, Any]:
    return {"request_label": request_label}
