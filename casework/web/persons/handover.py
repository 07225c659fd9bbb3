"""Handing over what somebody holds: all or some of it, to another, in one press."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.accounts.officials import officials
from casework.errors import Invalid, Refusal
from casework.followup.handover import (
    assignments_of,
    chosen,
    hand_over,
    how_many,
    matters_of,
)
from casework.people import queries
from casework.people.policy import lift
from casework.phrases import sentence
from casework.web.components import steps
from casework.web.components.holders import chosen as chosen_person
from casework.web.components.holders import holders
from casework.web.components.lines import line
from casework.web.frame.asked import fitting, row_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, permits, reading, signed_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.people.models import Person

MOST_SHOWN = 50
REASON = 1000

blueprint = Blueprint("handover", __name__, url_prefix="/persons/<int:person_id>/handover")


@blueprint.get("")
@permits(SIGNED_IN)
def show(person_id: int) -> str:
    """What the person holds of what the reader sees, to choose from."""
    with reading() as context:
        return _page(context, _person(context, person_id), {})


@blueprint.post("")
@permits(SIGNED_IN)
def give(person_id: int) -> str | tuple[str, int] | Response:
    """Hand over what was chosen: whole, or not at all."""
    written = {field: request.form.get(field, "") for field in ("new", "reason")}
    try:
        with acting() as context:
            person, own = _person(context, person_id), context.organisation_id
            matters = chosen(context, matters_of(own, person_id), _wanted("matters"))
            assignments = chosen(context, assignments_of(own, person_id), _wanted("assignments"))
            new_id = chosen_person(context, officials(own, context.today), written["new"])
            if new_id is None:
                raise Invalid("new_holder_missing")
            new, reason = _person(context, new_id), fitting(written["reason"], REASON)
            lift(context.session)
            hand_over(context, person, new, reason=reason, matters=matters, assignments=assignments)
            told = _("%(name)s har tagit över %(matters)s ärenden och %(assignments)s uppdrag.") % {
                "name": new.name,
                "matters": len(matters),
                "assignments": len(assignments),
            }
    except Refusal as refusal:
        problem = sentence(refusal.code, refusal.params, reader_language())
        with reading() as context:
            page = _page(context, _person(context, person_id), written, problem)
        return page, refusal.status
    flash(told, "success")
    return redirect(url_for(".show", person_id=person_id), 303)


def _wanted(kind: str) -> list[int] | None:
    """The numbers that were ticked; None for all, also those beyond the page."""
    if request.form.get(f"all_{kind}"):
        return None
    return [row_number(each) for each in request.form.getlist(kind)]


def _page(context: Context, person: Person, written: Mapping[str, str], problem: str = "") -> str:
    own = context.organisation_id
    matters, assignments = matters_of(own, person.id), assignments_of(own, person.id)
    first = context.session.scalars(matters.limit(MOST_SHOWN)).all()
    tasks = context.session.scalars(assignments.limit(MOST_SHOWN)).all()
    return render_template(
        "persons/handover.html",
        person=person,
        is_own=person.id == signed_in().person_id,
        matters=[(each.id, line(context, each)) for each in first],
        assignments=[(each, steps.state_label(context, each)) for each in tasks],
        counts=_counts(context, {"matters": (matters, first), "assignments": (assignments, tasks)}),
        offered=holders(context, officials(own, context.today)),
        ticked={kind: set(request.form.getlist(kind)) for kind in ("matters", "assignments")},
        all_of={kind: bool(request.form.get(f"all_{kind}")) for kind in ("matters", "assignments")},
        written=written,
        problem=problem,
        longest=REASON,
    )


def _counts(context: Context, shown: Mapping[str, tuple[Any, Any]]) -> dict[str, int]:
    """How many there are in all; counted only where the page does not hold them."""
    return {
        kind: how_many(context, statement) if len(rows) == MOST_SHOWN else len(rows)
        for kind, (statement, rows) in shown.items()
    }


def _person(context: Context, person_id: int) -> Person:
    return queries.person(context.session, context.organisation_id, person_id)
