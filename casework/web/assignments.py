"""Assignments: what was asked of whom, by when, and the report-back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.followup import queries
from casework.followup.service import report_back
from casework.people.policy import lift, may
from casework.web import steps
from casework.web.asked import fitting
from casework.web.dues import dues_of
from casework.web.lines import why_here
from casework.web.records import history_of
from casework.web.session import SIGNED_IN, acting, permits, reading
from casework.web.shapes import Due

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.followup.models import Assignment

blueprint = Blueprint("assignments", __name__, url_prefix="/assignments")


@blueprint.get("")
@permits(SIGNED_IN)
def listing() -> str:
    """All assignments that the person may see, those that are due first on top."""
    with reading() as context:
        own = context.organisation_id
        still_open = context.session.scalars(queries.assignments(own, state="open", limit=1000))
        newest = context.session.scalars(queries.assignments(own, limit=100))
        by_day = sorted(still_open, key=lambda row: str(row.report_back_on))
        by_day += [row for row in newest if row.state != "open"]
        return render_template(
            "assignments/list.html",
            rows=[(row, steps.state_label(context, row), _due(row)) for row in by_day],
            today=context.today,
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


def _due(assignment: Assignment) -> Due | None:
    day = assignment.report_back_on
    return Due(_("Återrapport"), day) if day and assignment.state == "open" else None
