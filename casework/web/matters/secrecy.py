"""The secrecy of a matter: its mark, who needs to know of it, and who has read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.accounts.officials import responsible
from casework.db import counted
from casework.errors import Invalid
from casework.matters import queries as matters
from casework.matters.entries import entry_of
from casework.meetings.knowing import meetings_of
from casework.people import queries as people
from casework.people.policy import lift
from casework.secrecy import queries, service
from casework.secrecy.models import READ, SecretReading
from casework.secrecy.readings import readings
from casework.web.components.holders import chosen, holders
from casework.web.components.paging import number_of
from casework.web.frame.asked import day_or_none, fitting, row_number, whole_number
from casework.web.frame.session import SIGNED_IN, acting, permits, reading

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.matters.models import Matter
    from casework.people.models import Person

PAGE = 50

blueprint = Blueprint("secrecy", __name__, url_prefix="/matters/<int:matter_id>/secrecy")


@blueprint.get("")
@permits(SIGNED_IN)
def show(matter_id: int) -> str:
    """The mark, its history and the list; to who lets others in from outside, the list alone."""
    with reading() as context:
        is_outside = entry_of(context.session, matter_id) is not None
        matter = service.matter_of_list(context, matter_id)
        listed = queries.knowing(context.session, matter)
        return render_template(
            "secrecy/show.html",
            matter=matter,
            is_outside=is_outside,
            marks=queries.marks(context.session, matter),
            listed=listed,
            left=queries.left(context.session, matter),
            meetings=meetings_of(context.session, matter),
            may_mark=service.may_mark(context, matter),
            keeps=service.keeps_list(context, matter),
            may_add=service.keeps_list(context, matter) or service.may_grant(context, matter),
            offered=holders(context, responsible(context, matter.body)),
            longest=service.LONGEST_REASON,
            longest_provision=service.LONGEST_PROVISION,
        )


@blueprint.post("/mark")
@permits(SIGNED_IN)
def mark(matter_id: int) -> Response:
    """Mark the matter, or change its mark."""
    with acting() as context:
        matter = _seen(context, matter_id)
        service.mark(context, matter, _text("provision"), _text("reason"), is_confirmed=_sure())
    flash(_("Ärendet är sekretessmarkerat. Bara de som står på listan kan läsa det."), "success")
    return _back(matter_id)


@blueprint.post("/lifting")
@permits(SIGNED_IN)
def lift_mark(matter_id: int) -> Response:
    """Lift the mark."""
    with acting() as context:
        service.lift_mark(context, _seen(context, matter_id), _text("reason"), is_confirmed=_sure())
    flash(_("Sekretessmarkeringen är hävd. Ärendet läses som andra ärenden."), "success")
    return _back(matter_id)


@blueprint.post("/persons")
@permits(SIGNED_IN)
def add(matter_id: int) -> Response:
    """Put somebody on the list."""
    with acting() as context:
        matter = service.matter_of_list(context, matter_id)
        who = chosen(context, responsible(context, matter.body), request.form.get("person", ""))
        if who is None:
            raise Invalid("secrecy_person_missing")
        person = _person(context, who)
        service.add_person(context, matter, person, _text("reason"))
        told = _("%(name)s står nu på listan.", name=person.name)
    flash(told, "success")
    return _back(matter_id, "#persons")


@blueprint.post("/persons/<int:person_id>/removal")
@permits(SIGNED_IN)
def remove(matter_id: int, person_id: int) -> Response:
    """Take somebody off the list; whoever took themselves off is shown the register."""
    with acting() as context:
        matter = _seen(context, matter_id)
        person = _person(context, person_id)
        service.remove_person(context, matter, person, _text("reason"))
        is_still_seen = service.keeps_list(context, matter)
        told = _("%(name)s står inte längre på listan.", name=person.name)
    flash(told, "success")
    return (
        _back(matter_id, "#persons") if is_still_seen else redirect(url_for("matters.listing"), 303)
    )


@blueprint.get("/readings")
@permits(SIGNED_IN)
def log(matter_id: int) -> str:
    """Who has read what of the matter, the latest first."""
    asked = {name: request.args.get(name, "") for name in ("person", "what", "first", "last")}
    before = request.args.get("before", type=whole_number)
    with reading() as context:
        matter = service.matter_of_list(context, matter_id)
        wanted: dict[str, Any] = {
            "person_id": row_number(asked["person"]) or None,
            "what": asked["what"] if asked["what"] in READ else "",
            "first": day_or_none(asked["first"]),
            "last": day_or_none(asked["last"]),
        }
        of_matter = context.organisation_id, matter.id
        rows = list(
            context.session.scalars(readings(*of_matter, before=before, limit=PAGE + 1, **wanted))
        )
        filled = {name: value for name, value in asked.items() if value}
        here: dict[str, Any] = {"matter_id": matter.id, **filled}
        older = url_for(".log", **here, before=rows[PAGE - 1].id) if len(rows) > PAGE else ""
        everything = readings(*of_matter, **wanted)
        return render_template(
            "secrecy/readings.html",
            matter=matter,
            is_outside=entry_of(context.session, matter_id) is not None,
            rows=rows[:PAGE],
            count=number_of(counted(context.session, everything, SecretReading.id)),
            asked=asked,
            readers=queries.readers(context.session, matter),
            kinds=[(code, what_label(code)) for code in READ],
            what_label=what_label,
            older=older,
            newer=url_for(".log", **here) if before else "",
        )


def what_label(code: str) -> str:
    """What was read, in the reader's language."""
    labels: dict[str, str] = {
        "matter": _("Ärendet"),
        "document": _("En handling"),
        "meeting": _("Ett sammanträde"),
        "decision": _("Ett beslut"),
        "assignment": _("Ett uppdrag"),
        "dispatch": _("Ett utskick"),
        "other": _("En annan sida"),
    }
    return labels[code]


def _seen(context: Context, matter_id: int) -> Matter:
    matter = matters.find(context.session, context.organisation_id, matter_id)
    lift(context.session)
    return matter


def _person(context: Context, person_id: int) -> Person:
    return people.person(context.session, context.organisation_id, person_id)


def _text(name: str) -> str:
    return fitting(request.form.get(name, ""), service.LONGEST_REASON)


def _sure() -> bool:
    return bool(request.form.get("confirmed"))


def _back(matter_id: int, place: str = "") -> Response:
    return redirect(url_for(".show", matter_id=matter_id) + place, 303)
