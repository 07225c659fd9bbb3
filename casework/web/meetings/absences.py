"""Absence told before a meeting, on its page: by oneself, or by the secretary for others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from casework.meetings import queries
from casework.meetings.demands import SECRETARIES
from casework.meetings.seats import ELECTED, appointed_on
from casework.meetings.table.calling import BEFORE_THE_MEETING, report_absence, withdraw_absence
from casework.people import queries as people
from casework.people.policy import lift, may
from casework.web.frame.asked import whole_number
from casework.web.frame.session import SIGNED_IN, acting, permits

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.meetings.models import Absence, Meeting
    from casework.people.models import Person

blueprint = Blueprint("absences", __name__, url_prefix="/meetings/<int:meeting_id>/absences")


@dataclass(frozen=True)
class AbsenceLine:
    """Who cannot come, what has come of it, and whether the reader may take it back."""

    person: Person
    outcome: str
    may_withdraw: bool


@dataclass(frozen=True)
class Absences:
    """What the reader is shown, and whom they may report: themselves, or anybody who sits."""

    lines: list[AbsenceLine]
    reportable: list[Person]
    keeps: bool


def absences_of(context: Context, meeting: Meeting, reader_id: int) -> Absences | None:
    """For those who sit in the body and its secretary, until the meeting begins."""
    keeps = may(context, meeting, SECRETARIES)
    sits = appointed_on(context, meeting, (*ELECTED, "substitute"))
    if meeting.state not in BEFORE_THE_MEETING or not (keeps or reader_id in sits):
        return None
    absent = {each.person_id for each in meeting.absences}
    coming = [person for person, _role in sits.values() if person.id not in absent]
    return Absences(
        [
            AbsenceLine(each.person, _outcome(each, sits), keeps or each.person_id == reader_id)
            for each in meeting.absences
        ],
        [person for person in coming if keeps or person.id == reader_id],
        keeps,
    )


@blueprint.post("")
@permits(SIGNED_IN)
def report(meeting_id: int) -> Response:
    """Somebody cannot come."""
    with acting() as context:
        meeting = queries.find(context.session, context.organisation_id, meeting_id)
        called = report_absence(context, meeting, _person(context)).substitute
        message = _("Förhindret är anmält.")
        if called is not None:
            message = _("Förhindret är anmält. %(name)s kallas in.", name=called.name)
    return _back(meeting_id, message)


@blueprint.post("/withdraw")
@permits(SIGNED_IN)
def withdraw(meeting_id: int) -> Response:
    """Somebody can come after all."""
    with acting() as context:
        meeting = queries.find(context.session, context.organisation_id, meeting_id)
        person = _person(context)
        withdraw_absence(context, meeting, person)
        message = _("%(name)s väntas till sammanträdet.", name=person.name)
    return _back(meeting_id, message)


def _person(context: Context) -> Person:
    lift(context.session)
    person_id = request.form.get("person", 0, type=whole_number)
    return people.persons_with(context.session, context.organisation_id, [person_id])[0]


def _outcome(absence: Absence, sits: dict[int, tuple[Person, str]]) -> str:
    _person, role = sits.get(absence.person_id, (None, ""))
    told: str = _("ingen ersättare finns att kalla in") if role in ELECTED else _("ersättare")
    if absence.substitute is not None:
        told = _("%(name)s är inkallad", name=absence.substitute.name_with_party)
    return told


def _back(meeting_id: int, message: str) -> Response:
    flash(message, "success")
    return redirect(url_for("meetings.show", meeting_id=meeting_id) + "#absences", 303)
