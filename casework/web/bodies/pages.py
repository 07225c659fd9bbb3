"""Bodies: their law, what they decide about their own meetings, and who sits in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import or_

from casework.db import counted
from casework.errors import Invalid, Refusal
from casework.matters.service import establish_body
from casework.meetings.demands import SECRETARIES
from casework.meetings.planning import appointments
from casework.people import queries
from casework.people.body_kinds import BODY_KINDS
from casework.people.body_settings import (
    FORMAL_TYPES,
    MOST_DAYS,
    MOST_ITEMS,
    MOST_SEATS,
    MOST_SECTIONS,
    REPORTING,
    SECTION_TYPES,
)
from casework.people.identity import BODY_FACTS
from casework.people.models import Appointment, Person
from casework.people.policy import lift
from casework.people.role_names import LABELS
from casework.people.section_roles import ROLES
from casework.people.service import (
    KEEPERS,
    SEATED,
    URGENT,
    appoint,
    create_person,
    may_keep,
    revise_body,
)
from casework.phrases import sentence
from casework.web.bodies import facts
from casework.web.bodies.rules import rules_of
from casework.web.components.holders import Holders, holders
from casework.web.components.holders import chosen as holder
from casework.web.components.paging import Part, Stretch
from casework.web.frame.asked import day_or_none, fitting, number_or_none, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, permits, reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Select
    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.people.models import Body

FIRST, ALL = 20, 500
OFFICES = ("committee_secretary", "manager", "registrar", "administrator", "auditor")
NEW = ("kind", "name", "short_name", "series_code", "parent", "email")
SECTION = ("title", "item_type")
ROW = ("title", "item_type", "section", "text", "reports")

blueprint = Blueprint("bodies", __name__, url_prefix="/bodies")


@blueprint.get("")
@permits(SIGNED_IN)
def listing() -> str:
    """Every body of the organisation."""
    with reading() as context:
        rows = list(context.session.scalars(queries.bodies(context.organisation_id)))
        may_add = may_keep(context, None, ("administrator",))
        return render_template("bodies/list.html", rows=rows, may_add=may_add)


@blueprint.get("/new")
@permits("administrator")
def new() -> str:
    """A form for a new body."""
    with reading() as context:
        return _form(context, dict.fromkeys(NEW, ""))


@blueprint.post("")
@permits("administrator")
def establish() -> tuple[str, int] | Response:
    """A new body with its register series; what was written is never lost."""
    written = {name: fitting(request.form.get(name, ""), 300) for name in NEW}
    try:
        with acting() as context:
            parent = find(context, _place(written["parent"])) if written["parent"] else None
            body = establish_body(
                context,
                kind=written["kind"],
                name=written["name"],
                short_name=written["short_name"],
                series_code=written["series_code"] or written["short_name"],
                parent_id=parent.id if parent else None,
                email=written["email"],
            )
            address = url_for(".show", body_id=body.id)
    except Refusal as refusal:
        problem = sentence(refusal.code, refusal.params, reader_language())
        with reading() as context:
            return _form(context, written, problem), refusal.status
    flash(_("Organet är upplagt. Anteckna nu vilka som har uppdrag i det."), "success")
    return redirect(address, 303)


@blueprint.get("/<int:body_id>")
@permits(SIGNED_IN)
def show(body_id: int) -> str:
    """A body with its rules, its settings and its seats."""
    with reading() as context:
        return _page(context, find(context, body_id))


@blueprint.post("/<int:body_id>/details")
@permits(*KEEPERS)
def revise(body_id: int) -> tuple[str, int] | Response:
    """Change what the body is called and how it is reached; what was written is never lost."""
    given, version = facts.written(BODY_FACTS), request.form.get("version", type=whole_number)
    try:
        with acting() as context:
            revise_body(context, find(context, body_id), expected_version=version, **given)
    except Refusal as refusal:
        return _refused(body_id, refusal, details=given | {"version": version})
    flash(_("Uppgifterna är sparade."), "success")
    return redirect(url_for(".show", body_id=body_id) + "#details", 303)


@blueprint.post("/<int:body_id>/settings")
@permits(*KEEPERS)
def settings(body_id: int) -> str | tuple[str, int] | Response:
    """Save the settings, or add a row to the template; what was written is never lost."""
    if "add" in request.form:
        with reading() as context:
            written = _written()
            written["agenda"] = [*written["agenda"], dict.fromkeys(ROW, "")]
            return _page(context, find(context, body_id), written=written, is_added=True)
    try:
        with acting() as context:
            body = find(context, body_id)
            version = request.form.get("version", type=whole_number)
            revise_body(context, body, expected_version=version, **_given())
    except Refusal as refusal:
        return _refused(body_id, refusal, written=_written())
    flash(_("Inställningarna är sparade."), "success")
    return redirect(url_for(".show", body_id=body_id) + "#settings", 303)


@blueprint.post("/<int:body_id>/appointments")
@permits(*KEEPERS)
def seat(body_id: int) -> str | tuple[str, int] | Response:
    """Appoint somebody, known already or new."""
    try:
        with acting() as context:
            body = find(context, body_id)
            person = _person(context)
            appoint(
                context,
                person,
                request.form.get("role", ""),
                body=body,
                valid_from=_day("valid_from"),
                valid_to=_day("valid_to"),
                is_acting="is_acting" in request.form,
                call_order=_number("call_order", "call_order_wrong", MOST_SEATS),
            )
            name = person.name
    except Refusal as refusal:
        return _refused(body_id, refusal, seat=request.form)
    flash(_("%(name)s är antecknad.", name=name), "success")
    return redirect(url_for(".show", body_id=body_id) + "#members", 303)


@blueprint.post("/<int:body_id>/appointments/<int:appointment_id>/end")
@permits(*KEEPERS)
def leave(body_id: int, appointment_id: int) -> str | tuple[str, int] | Response:
    """The last day of an appointment."""
    try:
        with acting() as context:
            own = context.organisation_id
            appointment = queries.seat(context.session, own, body_id, appointment_id)
            last = _day("last_day")
            if last is None:
                raise Invalid("last_day_missing")
            version = request.form.get("version", type=whole_number)
            lift(context.session)
            appointments.revise(context, appointment, expected_version=version, valid_to=last)
    except Refusal as refusal:
        return _refused(body_id, refusal)
    flash(_("Sista dagen är antecknad."), "success")
    return redirect(url_for(".show", body_id=body_id) + "#members", 303)


def find(context: Context, body_id: int) -> Body:
    """The body with this number."""
    return queries.body(context.session, context.organisation_id, body_id)


def role_label(role: str) -> str:
    """The role's name in the reader's language, as it stands first in a line."""
    return LABELS[role][reader_language()].capitalize()


def report_label(code: str) -> str:
    """What list a formal item shows by itself."""
    labels: dict[str, str] = {
        "": _("Ingen lista"),
        "delegated_decisions": _("Delegationsbeslut"),
        "urgent_decisions": _("Brådskande beslut (KL 6:40)"),
        "assignments": _("Uppdrag"),
    }
    return labels[code]


def _refused(body_id: int, refusal: Refusal, **shown: Any) -> tuple[str, int]:
    """The page again, with what is in the way and what was written."""
    problem = sentence(refusal.code, refusal.params, reader_language())
    with reading() as context:
        return _page(context, find(context, body_id), problem=problem, **shown), refusal.status


def _page(
    context: Context,
    body: Body,
    *,
    written: dict[str, Any] | None = None,
    details: dict[str, Any] | None = None,
    seat: Any = None,
    problem: str = "",
    is_added: bool = False,
) -> str:
    today = context.today
    held, ended = _seats(context, body)
    keeps = may_keep(context, body)
    is_administrator = may_keep(context, body, ("administrator",))
    seats = (*SEATED, URGENT) if body.urgent_mandate else SEATED
    return render_template(
        "bodies/show.html",
        body=body,
        kind=body.legal.label[reader_language()],
        rules=rules_of(body),
        keeps=keeps,
        current=[each for each in held if each.valid_from <= today],
        coming=[each for each in held if each.valid_from > today],
        ended=ended,
        plans=may_keep(context, body, SECRETARIES),
        order=(*SEATED, URGENT, *OFFICES, "chief_executive"),
        roles=(*seats, *OFFICES) if is_administrator else seats,
        persons=holders(context, _everybody(context)) if keeps else Holders(),
        today=today,
        draft=written or _stored(body),
        details=facts.stored(BODY_FACTS, body) | (details or {}),
        is_editing=details is not None,
        fields=facts.fields(BODY_FACTS, facts.body_hints()),
        history=facts.history(context, BODY_FACTS, body, url_for(".show", body_id=body.id))
        if keeps
        else Part([]),
        seat=seat or {},
        problem=problem,
        is_added=is_added,
        role_label=role_label,
        report_label=report_label,
        formal_types=FORMAL_TYPES,
        reporting=REPORTING,
        section_types=SECTION_TYPES,
        section_roles=[(code, role.label[reader_language()]) for code, role in ROLES.items()],
    )


def _seats(context: Context, body: Body) -> tuple[list[Appointment], Part[Appointment]]:
    """The seats that are held or will be, as many as the body has; and those that have ended."""
    statement, today = queries.seats(context.organisation_id, body.id), context.today
    ends = Appointment.valid_to
    held = context.session.scalars(statement.where(or_(ends.is_(None), ends >= today)))
    over = statement.where(ends < today).order_by(None)
    stretch = Stretch("ended", FIRST, ALL)
    newest = over.order_by(ends.desc(), Appointment.id.desc())
    rows = list(context.session.scalars(stretch.of(newest)))
    if len(rows) <= stretch.size:
        return list(held), Part(rows)
    count = counted(context.session, over, Appointment.id)
    rest = stretch.rest(url_for(".show", body_id=body.id), count)
    return list(held), Part(rows[: stretch.size], rest)


def _everybody(context: Context) -> Select[Person]:
    return queries.persons(context.organisation_id)


def _stored(body: Body) -> dict[str, Any]:
    """The settings as the form shows them."""
    return {
        "version": body.version,
        "seats": "" if body.seats is None else body.seats,
        "summons_days": body.summons_days,
        "paper_stop_days": body.paper_stop_days,
        "open_doors": body.open_doors,
        "allows_remote": body.allows_remote,
        "urgent_mandate": body.urgent_mandate,
        "agenda": [{name: item.get(name, "") for name in ROW} for item in body.agenda_template],
        "sections": body.agenda_sections,
        "minuted": body.minuted_roles,
    }


def _form(context: Context, written: Mapping[str, str], problem: str = "") -> str:
    return render_template(
        "bodies/new.html",
        kinds=BODY_KINDS.values(),
        parents=list(context.session.scalars(queries.bodies(context.organisation_id))),
        written=written,
        problem=problem,
    )


def _written() -> dict[str, Any]:
    """The settings as they were written, in the order of the numbers beside the items."""
    form = request.form
    lists = [form.getlist(name)[: MOST_ITEMS + 1] for name in ROW]
    rows = [dict(zip(ROW, values, strict=True)) for values in zip(*lists, strict=False)]
    places = [_place(text) for text in form.getlist("place")]
    places += [len(rows)] * (len(rows) - len(places))
    ordered = sorted(zip(places, range(len(rows)), strict=False))
    return {
        **{name: form.get(name, "")[:10] for name in ("version", "seats")},
        "urgent_mandate": fitting(form.get("urgent_mandate", ""), 300),
        **{name: form.get(name, "")[:10] for name in ("summons_days", "paper_stop_days")},
        **{name: name in form for name in ("open_doors", "allows_remote")},
        "agenda": [rows[number] for _place, number in ordered],
        "sections": _sections(),
        "minuted": [code for code in ROLES if code in form.getlist("minuted")],
    }


def _sections() -> list[dict[str, str]]:
    """The sections that were written; one without a name is taken away."""
    lists = [request.form.getlist(f"section_{name}")[: MOST_SECTIONS + 1] for name in SECTION]
    rows = [dict(zip(SECTION, values, strict=True)) for values in zip(*lists, strict=False)]
    return [row for row in rows if row["title"].strip()]


def _given() -> dict[str, Any]:
    """The settings for the verb; an item without a title is one taken away."""
    written = _written()
    return {
        "seats": _number("seats", "seats_wrong", MOST_SEATS),
        "summons_days": _days("summons_days"),
        "paper_stop_days": _days("paper_stop_days"),
        "open_doors": written["open_doors"],
        "allows_remote": written["allows_remote"],
        "urgent_mandate": written["urgent_mandate"],
        "agenda_sections": written["sections"],
        "minuted_roles": written["minuted"],
        "agenda_template": [
            item | {"item_type": item["item_type"] or "formality"}
            for item in written["agenda"]
            if item["title"].strip()
        ],
    }


def _person(context: Context) -> Person:
    """Whoever was chosen, or a new person by the name that was written."""
    chosen = request.form.get("person", "")
    if chosen:
        found = holder(context, _everybody(context), chosen)
        return queries.person(context.session, context.organisation_id, found or 0)
    name = fitting(request.form.get("name", "").strip(), 200)
    if not name:
        raise Invalid("person_missing")
    written = {
        field: fitting(request.form.get(field, "").strip(), 254) for field in ("title", "email")
    }
    party = fitting(request.form.get("party_code", "").strip(), 20)
    person = create_person(context, name=name, party_code=party, **written)
    context.session.flush()
    return person


def _number(field: str, code: str, most: int) -> int | None:
    return number_or_none(request.form.get(field, ""), code, most)


def _days(field: str) -> int:
    days = _number(field, "days_before_wrong", MOST_DAYS)
    if days is None:
        raise Invalid("days_before_wrong", most=MOST_DAYS)
    return days


def _place(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0


def _day(field: str) -> date | None:
    return day_or_none(request.form.get(field, ""))
