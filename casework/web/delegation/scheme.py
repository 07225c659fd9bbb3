"""A body's delegation scheme: its lines, whom they are lent to, and the decisions made on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from casework.db import counted
from casework.deadlines.calendar import parse_day
from casework.delegation import queries
from casework.delegation.guards import holds_on, is_head
from casework.delegation.models import DelegatedDecision
from casework.delegation.service import (
    KEEPERS,
    add_delegation_item,
    close_delegation_item,
    end_subdelegation,
    subdelegate,
)
from casework.errors import NotFound, Refusal
from casework.people import queries as people
from casework.people.models import Person
from casework.people.policy import may
from casework.people.service import URGENT, appointed
from casework.web.components import steps
from casework.web.components.holders import HolderField, chosen, holders
from casework.web.components.paging import number_of
from casework.web.delegation.decisions import (
    grounds,
    reported_where,
    reporting_ways,
    told,
    undelegable_cases,
)
from casework.web.frame.asked import whole_number
from casework.web.frame.session import SIGNED_IN, acting, permits, reading, signed_in
from casework.web.shapes import Link, Step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Select
    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.delegation.models import DelegationItem, SubDelegation
    from casework.people.models import Body

PAGE = 30
LINES = 50

blueprint = Blueprint("delegation", __name__, url_prefix="/delegation")


class LineForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A line of the scheme, as the body adopted it."""

    number = StringField(
        _l("Punkt"),
        description=_l("Till exempel 3.2."),
        validators=[DataRequired(), Length(max=40)],
    )
    title = StringField(_l("Vad som får beslutas"), validators=[DataRequired(), Length(max=500)])
    delegate = SelectField(_l("Delegat"), coerce=int)
    adopted = StringField(
        _l("Organets beslut"),
        description=_l("Till exempel RUN 2024-02-13 § 12."),
        validators=[DataRequired(), Length(max=200)],
    )
    valid_from = DateField(_l("Gäller från och med"), validators=[InputRequired()])
    valid_to = DateField(_l("Gäller till och med"), validators=[Optional()])
    may_subdelegate = BooleanField(
        _l("Får vidaredelegeras (KL 7:6)"),
        description=_l("Bara en förvaltningschef kan vidaredelegera, och bara till en anställd."),
    )
    is_appealable = BooleanField(_l("Besluten kan överklagas"), default=True)
    reporting = RadioField(
        _l("Så får organet veta vad som beslutas (KL 6:40, 7:8)"), validators=[InputRequired()]
    )
    undelegable = RadioField(_l("Är det något av detta? (KL 6:38)"), validators=[InputRequired()])


@blueprint.get("")
@permits(SIGNED_IN)
def listing() -> str:
    """A body's decisions and its scheme; the first body unless one is asked for."""
    before = request.args.get("before", type=whole_number)
    with reading() as context:
        bodies = statutory(context)
        body = _asked(bodies)
        own = context.organisation_id
        statement = queries.decisions(
            own, body_id=body.id if body else 0, before=before, limit=PAGE + 1
        )
        rows = list(context.session.scalars(statement))
        at = max(request.args.get("lines", 0, type=whole_number), 0)
        scheme = queries.scheme(context.session, own, body.id) if body else []
        return render_template(
            "delegation/list.html",
            body=body,
            bodies=[Link(each.name, url_for(".listing", body=each.id)) for each in bodies],
            here=url_for(".listing", body=body.id) if body else "",
            decisions=[
                (row, steps.state_label(context, row), reported_where(context, row))
                for row in rows[:PAGE]
            ],
            count=number_of(
                counted(
                    context.session,
                    queries.decisions(own, body_id=body.id if body else 0),
                    DelegatedDecision.id,
                )
            ),
            older=url_for(".listing", body=rows[0].body_id, before=rows[PAGE - 1].id)
            if len(rows) > PAGE
            else "",
            newer=url_for(".listing", body=body.id) if before and body else "",
            lines=queries.lines_in_order(context.session, own, scheme[at : at + LINES]),
            lines_count=number_of(len(scheme)),
            first_lines=_scheme_at(body, 0) if at else "",
            following_lines=_scheme_at(body, at + LINES) if at + LINES < len(scheme) else "",
            in_force=lambda item: _in_force(item, context.today),
            lent=lambda item: _lent(item, context.today),
            may_draft=bool(grounds(context)),
            urgent_member=_urgent_member(context, body) if body else "",
            keeps=bool(signed_in().roles & set(KEEPERS)),
        )


@blueprint.route("/items/new", methods=["GET", "POST"])
@permits(*KEEPERS)
def new_item() -> str | tuple[str, int] | Response:
    """A new line in a body's scheme; what was written stays when something is wrong with it."""
    with reading() as context:
        body = _asked(statutory(context))
        form = _line_form(context)
        form.reporting.choices = reporting_ways()
        form.undelegable.choices = [("none", _("Nej, inget av det")), *undelegable_cases()]
        if not form.validate_on_submit():
            page = render_template("delegation/new_item.html", form=form, body=body, problem="")
            return (page, 422) if form.errors else page
        if body is None:
            raise NotFound("not_found")
    try:
        address = _add(form, body.id)
    except Refusal as refusal:
        page = render_template(
            "delegation/new_item.html", form=form, body=body, problem=told(refusal)
        )
        return page, refusal.status
    flash(_("Punkten finns nu i delegationsordningen."), "success")
    return redirect(address, 303)


@blueprint.get("/items/<int:item_id>")
@permits(SIGNED_IN)
def item(item_id: int) -> str:
    """A line with its loans, and what the reader may do with it."""
    with reading() as context:
        row = _line(context, item_id)
        own = row.delegate_id == signed_in().person_id
        return render_template(
            "delegation/item.html",
            item=row,
            reporting=dict(reporting_ways())[row.reporting],
            in_force=_in_force(row, context.today),
            today=context.today,
            keeps=may(context, row, KEEPERS),
            is_delegate=own,
            may_lend=own
            and row.may_subdelegate
            and _in_force(row, context.today)
            and is_head(context.session, row, context.today),
            lent_now=_lent(row, context.today),
            persons=holders(context, _others(context, row)),
        )


@blueprint.post("/items/<int:item_id>/close")
@permits(*KEEPERS)
def close(item_id: int) -> Response:
    """The last day of a line."""
    with acting() as context:
        close_delegation_item(context, _line(context, item_id), _day("valid_to") or context.today)
    flash(_("Punkten är avslutad."), "success")
    return redirect(url_for(".item", item_id=item_id), 303)


@blueprint.post("/items/<int:item_id>/loans")
@permits(SIGNED_IN)
def lend(item_id: int) -> Response:
    """Let somebody else decide in one's own line."""
    with acting() as context:
        row = _line(context, item_id)
        found = chosen(context, _others(context, row), request.form.get("person", ""))
        person = people.person(context.session, context.organisation_id, found or 0)
        subdelegate(context, row, person, valid_to=_day("valid_to"))
    flash(_("Punkten är vidaredelegerad."), "success")
    return redirect(url_for(".item", item_id=item_id), 303)


@blueprint.get("/items/<int:item_id>/loans/<int:loan_id>/end")
@permits(SIGNED_IN)
def ask_to_end_loan(item_id: int, loan_id: int) -> str:
    """The page before somebody may no longer decide in the line."""
    with reading() as context:
        row = _line(context, item_id)
        told = (
            _(
                "%(name)s får besluta i punkten till dagens slut.",
                name=_loan(row, loan_id).person.name,
            ),
            _("Det som redan är beslutat gäller."),
        )
        url = url_for(".end_loan", item_id=item_id, loan_id=loan_id)
        back = url_for(".item", item_id=item_id)
        step = Step(_("Ta tillbaka vidaredelegeringen"), url, told)
        return steps.taking_away(step, back, [Link(row.title, back)])


@blueprint.post("/items/<int:item_id>/loans/<int:loan_id>/end")
@permits(SIGNED_IN)
def end_loan(item_id: int, loan_id: int) -> Response:
    """Take a line back, from tomorrow on."""
    with acting() as context:
        row = _line(context, item_id)
        end_subdelegation(context, row, _loan(row, loan_id))
    flash(_("Vidaredelegeringen upphör i dag."), "success")
    return redirect(url_for(".item", item_id=item_id), 303)


def _loan(row: DelegationItem, loan_id: int) -> SubDelegation:
    loan = next((each for each in row.subdelegations if each.id == loan_id), None)
    if loan is None:
        raise NotFound("not_found")
    return loan


def statutory(context: Context) -> list[Body]:
    """The bodies that can delegate, in the order in which they were set up."""
    rows = context.session.scalars(people.bodies(context.organisation_id))
    return [body for body in rows if body.is_statutory]


def _others(context: Context, item: DelegationItem) -> Select[Person]:
    """To whom the delegate may lend the line: everybody else."""
    return people.persons(context.organisation_id).where(Person.id != item.delegate_id)


def _line_form(context: Context) -> Any:
    """The form, with the delegate from a list, or by name where the list would be long."""
    among = people.persons(context.organisation_id)
    offered = holders(context, among)
    if not offered.is_long:
        form = LineForm()
        form.delegate.choices = list(offered.labels.items())
        return form
    field: Any = HolderField(
        _("Delegat"),
        offered,
        lambda written: chosen(context, among, written),
        description=_("Skriv namnet och välj bland förslagen."),
        validators=[InputRequired()],
    )
    field.creation_counter = LineForm.delegate.creation_counter  # it stands in the same place
    return type("NamedLineForm", (LineForm,), {"delegate": field})()


def _scheme_at(body: Body | None, at: int) -> str:
    """The page of the scheme that begins after so many lines."""
    return url_for(".listing", body=body.id if body else None, lines=at or None) + "#scheme"


def _asked(bodies: Sequence[Body]) -> Body | None:
    wanted = request.args.get("body", type=whole_number)
    if wanted is None:
        return bodies[0] if bodies else None
    body = next((each for each in bodies if each.id == wanted), None)
    if body is None:
        raise NotFound("not_found")
    return body


def _add(form: Any, body_id: int) -> str:
    with acting() as context:
        own = context.organisation_id
        row = add_delegation_item(
            context,
            people.body(context.session, own, body_id),
            number=form.number.data,
            title=form.title.data,
            delegate=people.persons_with(context.session, own, [form.delegate.data])[0],
            adopted=form.adopted.data,
            valid_from=form.valid_from.data,
            valid_to=form.valid_to.data,
            may_subdelegate=form.may_subdelegate.data,
            is_appealable=form.is_appealable.data,
            reporting=form.reporting.data,
            undelegable=form.undelegable.data.replace("none", ""),
        )
        context.session.flush()
        return url_for(".item", item_id=row.id)


def _line(context: Context, item_id: int) -> DelegationItem:
    return queries.line(context.session, context.organisation_id, item_id)


def _in_force(item: DelegationItem, day: date) -> bool:
    return holds_on(item.valid_from, item.valid_to, day)


def _lent(item: DelegationItem, day: date) -> list[Any]:
    return [each for each in item.subdelegations if holds_on(each.given_on, each.valid_to, day)]


def _urgent_member(context: Context, body: Body) -> str:
    """Whom the body has appointed to decide urgent matters, in place of its chair."""
    named = appointed(context, URGENT, body.id) if body.urgent_mandate else []
    return named[0].name if named else ""


def _day(name: str) -> date | None:
    text = request.form.get(name, "")
    return parse_day(text) if text else None
