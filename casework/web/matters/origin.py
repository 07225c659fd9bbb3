"""Correcting what the register says of a matter's sender and of how it was raised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import Length

from casework.matters.kinds import is_decided
from casework.matters.origin import CORRECTING, LONGEST_SENDER, correct_origin
from casework.people.policy import lacking, lift, may
from casework.web.components.lines import initiative_choices
from casework.web.frame.asked import whole_number
from casework.web.frame.session import SIGNED_IN, acting, permits, reading
from casework.web.matters.pages import find

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.matters.models import Matter

blueprint = Blueprint("matter_origin", __name__, url_prefix="/matters/<int:matter_id>/origin")


class OriginForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Who sent it, and how it was raised."""

    sender = StringField(validators=[Length(max=LONGEST_SENDER)])
    initiative = SelectField()


@blueprint.get("")
@permits(SIGNED_IN)
def edit(matter_id: int) -> str:
    """What the register says, ready to be corrected."""
    with reading() as context:
        matter = find(context, matter_id)
        if not may(context, matter, CORRECTING):
            raise lacking(CORRECTING)
        return _page(matter, _form(context, matter))


@blueprint.post("")
@permits(SIGNED_IN)
def save(matter_id: int) -> tuple[str, int] | Response:
    """Correct it, or show the form with what is wrong."""
    with acting() as context:
        matter = find(context, matter_id)
        lift(context.session)
        form = _form(context, matter)
        if not form.validate():
            return _page(matter, form), 422
        correct_origin(
            context,
            matter,
            sender=form.sender.data,
            initiative=form.initiative.data,
            expected_version=request.form.get("version", type=whole_number),
        )
    flash(_("Uppgifterna i diariet är rättade."), "success")
    return redirect(url_for("matters.show", matter_id=matter_id) + "#origin", 303)


def _page(matter: Matter, form: Any) -> str:
    return render_template("matters/origin.html", matter=matter, form=form)


def _form(context: Context, matter: Matter) -> Any:
    form = OriginForm(obj=matter)
    form.sender.label.text, form.initiative.label.text = _("Avsändare"), _("Väckt genom")
    choices = initiative_choices()
    decided = is_decided(context.services.engine.definition_of(matter))
    form.initiative.choices = choices if decided else choices[:1]
    form.initiative.description = _(
        "En motion och ett medborgarförslag ska beslutas inom ett år (KL 5:35). Tidsfristen följer"
        " med när uppgiften rättas."
    )
    return form
