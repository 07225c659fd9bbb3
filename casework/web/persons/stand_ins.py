"""A person's absence and stand-ins: named, prolonged and ended on a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.accounts import stand_ins
from casework.accounts.officials import officials
from casework.db import counted
from casework.errors import Invalid, Refusal
from casework.people import queries
from casework.people.models import StandIn
from casework.people.policy import absent
from casework.phrases import sentence
from casework.web.components.holders import chosen, holders
from casework.web.components.paging import Stretch
from casework.web.frame.asked import day_or_none, fitting, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, permits, reading, signed_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.people.models import Person
    from casework.people.policy import Absence

FIRST, ALL = 20, 500

blueprint = Blueprint("stand_ins", __name__, url_prefix="/persons/<int:person_id>/stand-ins")


@dataclass(frozen=True)
class StandInLine:
    """Somebody who stands in, and what the reader may do about it."""

    row: StandIn
    is_over: bool
    may_end: bool


@blueprint.get("")
@permits(SIGNED_IN)
def show(person_id: int) -> str:
    """Who stands in for the person, and for whom they stand in; the forms for who may arrange."""
    with reading() as context:
        return _page(context, _person(context, person_id))


@blueprint.post("")
@permits(SIGNED_IN)
def name(person_id: int) -> str | tuple[str, int] | Response:
    """Name a stand-in from a day to a day."""
    written = {
        field: request.form.get(field, "") for field in ("stand_in", "first", "last", "reason")
    }
    try:
        with acting() as context:
            person = _person(context, person_id)
            among = officials(context.organisation_id, context.today)
            stand_in_id = chosen(context, among, written["stand_in"])
            if stand_in_id is None:
                raise Invalid("stand_in_missing")
            row = stand_ins.name_stand_in(
                context,
                person,
                _person(context, stand_in_id),
                valid_from=day_or_none(written["first"]) or context.today,
                valid_to=_last_day(written["last"]),
                reason=fitting(written["reason"], stand_ins.REASON),
            )
            told = _("%(name)s är ersättare till och med %(day)s.") % {
                "name": row.stand_in.name,
                "day": row.valid_to,
            }
    except Refusal as refusal:
        return _refused(person_id, refusal, written)
    return _done(person_id, told)


@blueprint.post("/<int:row_id>")
@permits(SIGNED_IN)
def move(person_id: int, row_id: int) -> str | tuple[str, int] | Response:
    """The absence lasts until another day."""
    written = {f"last-{row_id}": request.form.get("last", "")}
    try:
        with acting() as context:
            row = stand_ins.find(context, person_id, row_id)
            last = _last_day(written[f"last-{row_id}"])
            stand_ins.change_last_day(context, row, last, _version())
    except Refusal as refusal:
        return _refused(person_id, refusal, written)
    return _done(person_id, _("Den nya sista dagen är sparad."))


@blueprint.post("/<int:row_id>/ending")
@permits(SIGNED_IN)
def end(person_id: int, row_id: int) -> str | tuple[str, int] | Response:
    """From now on it no longer holds."""
    try:
        with acting() as context:
            row = stand_ins.find(context, person_id, row_id)
            stand_ins.end_now(context, row, _version())
            told = _("%(name)s är inte längre ersättare.", name=row.stand_in.name)
    except Refusal as refusal:
        return _refused(person_id, refusal, {})
    return _done(person_id, told, signed_in().person_id)


def stood_in_for(context: Context) -> Mapping[int, Absence]:
    """Those whom the reader stands in for today, by person."""
    own = context.organisation_id
    return absent(context.session, own, signed_in().person_id, context.today)


def _page(
    context: Context, person: Person, written: Mapping[str, str] | None = None, problem: str = ""
) -> str:
    own, today, reader = context.organisation_id, context.today, signed_in().person_id
    may_arrange = stand_ins.may_arrange(context, person)
    statement = stand_ins.stand_ins_of(own, person.id)
    if not may_arrange:
        statement = statement.where(stand_ins.still_holds(today))
    stretch = Stretch("stand-ins", FIRST, ALL)
    rows = context.session.scalars(stretch.of(statement)).all()
    rest = None
    if len(rows) > stretch.size:
        count = counted(context.session, statement, StandIn.id)
        rest = stretch.rest(url_for(".show", person_id=person.id), count)
    lines = [
        StandInLine(
            row,
            is_over := stand_ins.is_over(row, today),
            not is_over and (may_arrange or row.stand_in_id == reader),
        )
        for row in rows[: stretch.size]
    ]
    others = context.session.scalars(stand_ins.stands_in_for(own, person.id, today)).all()
    return render_template(
        "persons/stand_ins.html",
        person=person,
        lines=lines,
        rest=rest,
        others=others,
        may_arrange=may_arrange,
        offered=holders(context, officials(own, today)) if may_arrange else None,
        is_own=person.id == reader,
        written=written or {},
        problem=problem,
        longest=stand_ins.REASON,
        today=today,
    )


def _refused(person_id: int, refusal: Refusal, written: Mapping[str, str]) -> tuple[str, int]:
    """The page again, with what is in the way and what was written."""
    problem = sentence(refusal.code, refusal.params, reader_language())
    with reading() as context:
        page = _page(context, _person(context, person_id), written, problem)
    return page, refusal.status


def _done(person_id: int, told: str, reader_id: int | None = None) -> Response:
    """Back to the page; who has ended what they were themselves, to their own work."""
    flash(told, "success")
    if reader_id is not None and reader_id != person_id:
        return redirect(url_for("work.mine"), 303)
    return redirect(url_for(".show", person_id=person_id), 303)


def _last_day(text: str) -> date:
    last = day_or_none(text)
    if last is None:
        raise Invalid("stand_in_last_day_missing")
    return last


def _version() -> int | None:
    return request.form.get("version", type=whole_number)


def _person(context: Context, person_id: int) -> Person:
    return queries.person(context.session, context.organisation_id, person_id)
