"""The organisation's own page: what it is called, how it is reached, and the change of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.errors import Refusal
from casework.people import queries
from casework.people.identity import ORGANISATION_FACTS
from casework.people.service import may_keep, revise_organisation
from casework.phrases import sentence
from casework.web.bodies import facts
from casework.web.components.paging import Part
from casework.web.frame.asked import whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, permits, reading

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.context import Context

blueprint = Blueprint("organisation", __name__, url_prefix="/organisation")


@blueprint.get("")
@permits(SIGNED_IN)
def show() -> str:
    """What the organisation is; administrators see the form and the history."""
    with reading() as context:
        return _page(context)


@blueprint.post("")
@permits("administrator")
def revise() -> tuple[str, int] | Response:
    """Change what it is called and how it is reached; what was written is never lost."""
    given = facts.written(ORGANISATION_FACTS)
    version = request.form.get("version", type=whole_number)
    try:
        with acting() as context:
            row = queries.organisation(context.session, context.organisation_id)
            revise_organisation(context, row, expected_version=version, **given)
    except Refusal as refusal:
        problem = sentence(refusal.code, refusal.params, reader_language())
        with reading() as context:
            return _page(context, given | {"version": version}, problem), refusal.status
    flash(_("Uppgifterna är sparade."), "success")
    return redirect(url_for(".show"), 303)


def _page(context: Context, written: dict[str, Any] | None = None, problem: str = "") -> str:
    row = queries.organisation(context.session, context.organisation_id)
    keeps = may_keep(context, None, ("administrator",))
    hints = facts.organisation_hints(context.services.settings.sender)
    return render_template(
        "organisation/show.html",
        row=row,
        keeps=keeps,
        fields=facts.fields(ORGANISATION_FACTS, hints),
        details=facts.stored(ORGANISATION_FACTS, row) | (written or {}),
        history=facts.history(context, ORGANISATION_FACTS, row, url_for(".show"))
        if keeps
        else Part([]),
        problem=problem,
    )
