"""Persons: what is known of them, their appointments, and the correction of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.db import counted
from casework.errors import Refusal
from casework.meetings.planning import appointments
from casework.people import queries
from casework.people.body_settings import MOST_SEATS
from casework.people.corrections import may_revise, revise_person
from casework.people.details import DETAILS
from casework.people.models import Appointment, Person
from casework.people.policy import lift
from casework.people.service import KEEPERS, appoint, may_appoint
from casework.phrases import sentence
from casework.web.bodies.pages import role_label
from casework.web.components.chronicle import chronicle
from casework.web.components.lines import actor_of, verb
from casework.web.components.paging import Part, Stretch, number_of
from casework.web.frame.asked import day_or_none, fitting, number_or_none, row_number, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, permits, reading, signed_in
from casework.web.persons.roles import role_choices
from casework.web.shapes import HistoryEntry

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.audit.models import AuditEntry
    from casework.context import Context

HANDING_OVER = {"registrar", "manager", "committee_secretary"}
PAGE = 50
FIRST, MOST = 20, 500

blueprint = Blueprint("persons", __name__, url_prefix="/persons")


@blueprint.get("")
@permits(SIGNED_IN)
def listing() -> str:
    """Everybody in Swedish order, or those with the name asked for."""
    name, after = request.args.get("q", "")[:200], request.args.get("after", type=whole_number)
    with reading() as context:
        own = context.organisation_id
        page = queries.persons(own, named=name, after=after, limit=PAGE + 1)
        rows = context.session.scalars(page).all()
        asked: dict[str, Any] = {"q": name} if name else {}
        everybody = queries.persons(own, named=name)
        return render_template(
            "persons/list.html",
            rows=rows[:PAGE],
            name=name,
            keeps_accounts=may_appoint(context, None, "administrator"),
            count=number_of(counted(context.session, everybody, Person.id)),
            first=url_for(".listing", **asked) if after else "",
            following=url_for(".listing", **asked, after=rows[PAGE - 1].id)
            if len(rows) > PAGE
            else "",
        )


@blueprint.get("/<int:person_id>")
@permits(SIGNED_IN)
def show(person_id: int) -> str:
    """A person with their appointments; its keepers see the forms and the history."""
    with reading() as context:
        return _page(context, find(context, person_id))


@blueprint.post("/<int:person_id>")
@permits(*KEEPERS)
def revise(person_id: int) -> tuple[str, int] | Response:
    """Correct what is known of a person; what was written is never lost."""
    written = {field: request.form.get(field, "")[: most + 1] for field, most in DETAILS.items()}
    try:
        with acting() as context:
            person = find(context, person_id)
            revise_person(context, person, expected_version=_version(), **written)
    except Refusal as refusal:
        return _refused(person_id, refusal, details=written | {"version": _version()})
    flash(_("Uppgifterna är sparade."), "success")
    return redirect(url_for(".show", person_id=person_id), 303)


@blueprint.post("/<int:person_id>/appointments")
@permits(*KEEPERS)
def appoint_to(person_id: int) -> tuple[str, int] | Response:
    """Give the person a role, in a body or the whole organisation; what was written stays."""
    written: dict[str, Any] = {
        field: request.form.get(field, "")[:20]
        for field in ("role", "body", "valid_from", "valid_to")
    }
    written["is_acting"] = "is_acting" in request.form
    try:
        with acting() as context:
            own = context.organisation_id
            number = row_number(written["body"])
            appoint(
                context,
                find(context, person_id),
                written["role"],
                body=queries.body(context.session, own, number) if written["body"] else None,
                valid_from=day_or_none(written["valid_from"]),
                valid_to=day_or_none(written["valid_to"]),
                is_acting=written["is_acting"],
            )
    except Refusal as refusal:
        return _refused(person_id, refusal, opened=("appoint", 0), written=written)
    flash(_("Rollen är antecknad."), "success")
    return redirect(url_for(".show", person_id=person_id) + "#appointments", 303)


@blueprint.post("/<int:person_id>/appointments/<int:appointment_id>")
@permits(*KEEPERS)
def mend(person_id: int, appointment_id: int) -> tuple[str, int] | Response:
    """Correct the days of an appointment, or end it."""
    written: dict[str, Any] = {
        field: request.form.get(field, "")[:20]
        for field in ("valid_from", "valid_to", "call_order")
    }
    written["is_acting"] = "is_acting" in request.form
    try:
        with acting() as context:
            appointment = _appointment(context, person_id, appointment_id)
            lift(context.session)
            appointments.revise(
                context,
                appointment,
                expected_version=_version(),
                valid_from=day_or_none(written["valid_from"]) or appointment.valid_from,
                valid_to=day_or_none(written["valid_to"]),
                call_order=number_or_none(written["call_order"], "call_order_wrong", MOST_SEATS),
                is_acting=written["is_acting"],
            )
    except Refusal as refusal:
        return _refused(person_id, refusal, opened=("mend", appointment_id), written=written)
    flash(_("Uppdraget är sparat."), "success")
    return redirect(url_for(".show", person_id=person_id) + "#appointments", 303)


@blueprint.post("/<int:person_id>/appointments/<int:appointment_id>/taking-back")
@permits(*KEEPERS)
def take_back(person_id: int, appointment_id: int) -> tuple[str, int] | Response:
    """Take back a mistaken appointment that was never used."""
    reason = fitting(request.form.get("reason", ""), 300)
    try:
        with acting() as context:
            appointment = _appointment(context, person_id, appointment_id)
            lift(context.session)
            appointments.take_back(context, appointment, reason=reason, expected_version=_version())
    except Refusal as refusal:
        opened, written = ("take_back", appointment_id), {"reason": reason}
        return _refused(person_id, refusal, opened=opened, written=written)
    flash(_("Uppdraget är återtaget."), "success")
    return redirect(url_for(".show", person_id=person_id) + "#appointments", 303)


def find(context: Context, person_id: int) -> Person:
    """The person with this number."""
    return queries.person(context.session, context.organisation_id, person_id)


def _appointment(context: Context, person_id: int, appointment_id: int) -> Appointment:
    own = context.organisation_id
    return queries.appointment(context.session, own, person_id, appointment_id)


def _version() -> int | None:
    return request.form.get("version", type=whole_number)


def _refused(person_id: int, refusal: Refusal, **shown: Any) -> tuple[str, int]:
    """The page again, with what is in the way and what was written."""
    problem = sentence(refusal.code, refusal.params, reader_language())
    with reading() as context:
        return _page(context, find(context, person_id), problem=problem, **shown), refusal.status


def _page(
    context: Context,
    person: Person,
    *,
    details: dict[str, Any] | None = None,
    opened: tuple[str, int] | None = None,
    written: dict[str, Any] | None = None,
    problem: str = "",
) -> str:
    own = context.organisation_id
    statement = queries.appointments(own, person.id)
    stretch = Stretch("appointments", MOST if opened else FIRST, MOST)
    rows = context.session.scalars(stretch.of(statement)).all()
    rest = None
    if len(rows) > stretch.size:
        count = counted(context.session, statement, Appointment.id)
        rest = stretch.rest(url_for(".show", person_id=person.id), count)
    rows = rows[: stretch.size]
    seats = {(each.body_id, each.role): each.body for each in rows}
    may = {seat for seat, body in seats.items() if may_appoint(context, body, seat[1])}
    keeps = may_revise(context, person)
    return render_template(
        "persons/show.html",
        person=person,
        appointments=rows,
        may_revise=keeps,
        may_hand_over=person.id == signed_in().person_id or bool(signed_in().roles & HANDING_OVER),
        rest=rest,
        may_mend={each.id for each in rows if (each.body_id, each.role) in may},
        details=details or {"version": person.version, **_details(person)},
        longest=DETAILS,
        opened=opened,
        written=written or {},
        stored=_stored,
        role_label=role_label,
        keeps_accounts=may_appoint(context, None, "administrator"),
        is_own=context.actor.person_id == person.id,
        roles=role_choices(),
        bodies=context.session.scalars(queries.bodies(own)).all(),
        today=context.today,
        history=chronicle(context, person, url_for(".show", person_id=person.id), _told)
        if keeps
        else Part([]),
        problem=problem,
    )


def _details(person: Person) -> dict[str, str]:
    return {field: getattr(person, field) for field in DETAILS}


def _stored(appointment: Appointment) -> dict[str, Any]:
    """The appointment as its form shows it."""
    return {
        "valid_from": appointment.valid_from,
        "valid_to": appointment.valid_to or "",
        "call_order": appointment.call_order or "",
        "is_acting": appointment.is_acting,
    }


def _told(entry: AuditEntry) -> HistoryEntry:
    """What was done, to which appointment or from what to what, and why."""
    detail = entry.detail
    role = role_label(detail["role"]) if "role" in detail else ""
    changes = [
        f"{detail['before'][field] or '–'} → {after or '–'}"
        for field, after in detail.get("after", {}).items()
        if field != "is_acting"
    ]
    names = [detail[name] for name in ("absent", "stand_in", "person") if name in detail]
    days = f"{detail['first']}–{detail['last']}" if "first" in detail else ""
    told = [role, detail.get("body", ""), " → ".join(names), days, *changes]
    told.append(detail.get("reason", ""))
    what = verb(entry.action, reader_language())
    return HistoryEntry(entry.at, what, actor_of(entry), " · ".join(filter(None, told)))
