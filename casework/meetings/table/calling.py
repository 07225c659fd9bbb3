"""Absence reported before a meeting, and the substitute who is called in for it (KL 6:17).

A substitute of the member's own party comes before the others; among them the body's order of
calling in decides. Whoever is called in and cannot come passes the call on to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.db import lock
from casework.errors import Conflict
from casework.meetings.demands import SECRETARIES
from casework.meetings.letters import call_in, call_off
from casework.meetings.models import Absence
from casework.meetings.seats import ELECTED, appointed_on
from casework.people.policy import lacking, may

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casework.context import Context
    from casework.meetings.models import Meeting
    from casework.people.models import Person

BEFORE_THE_MEETING = ("planned", "summoned")


def report_absence(context: Context, meeting: Meeting, person: Person) -> Absence:
    """A member or substitute cannot come; the next in order is called in for the empty seat.

    Raises Forbidden for whoever reports somebody else and is neither secretary nor chair,
    Conflict once the meeting has begun, for somebody who does not sit in the body on the meeting
    day, and for one who has reported it already.
    """
    _require_own_or_secretary(context, meeting, person)
    _require_before(context, meeting)
    if person.id not in appointed_on(context, meeting, (*ELECTED, "substitute")):
        raise Conflict("not_a_member", name=person.name, body=meeting.body.name)
    if absence_of(meeting, person.id) is not None:
        raise Conflict("absent_already", name=person.name)
    absence = Absence(
        organisation_id=meeting.organisation_id, person_id=person.id, reported_at=context.moment
    )
    meeting.absences.append(absence)
    context.record(meeting, "absence_reported", person=person.name)
    for each in meeting.absences:
        if each.substitute_id == person.id:
            each.substitute = None
    context.session.flush()
    _fill_seats(context, meeting)
    return absence


def withdraw_absence(context: Context, meeting: Meeting, person: Person) -> None:
    """The person can come after all; whoever was called in for them is told.

    Raises Forbidden and Conflict as `report_absence` does, and Conflict for who is not absent.
    """
    _require_own_or_secretary(context, meeting, person)
    _require_before(context, meeting)
    absence = absence_of(meeting, person.id)
    if absence is None:
        raise Conflict("not_absent", name=person.name)
    called = absence.substitute
    meeting.absences.remove(absence)
    context.session.delete(absence)
    context.record(meeting, "absence_withdrawn", person=person.name)
    context.session.flush()
    _fill_seats(context, meeting)
    if called is not None and called.id not in called_in(meeting):
        context.record(meeting, "called_off", person=called.name, serves_for=person.name)
        call_off(context, meeting, called, person)


def absence_of(meeting: Meeting, person_id: int) -> Absence | None:
    """What the person has reported of not coming."""
    return next((each for each in meeting.absences if each.person_id == person_id), None)


def called_in(meeting: Meeting) -> dict[int, Person]:
    """Whom each substitute who is called in serves for, by the substitute's id."""
    return {each.substitute_id: each.person for each in meeting.absences if each.substitute_id}


def _fill_seats(context: Context, meeting: Meeting) -> None:
    """Call in the next substitute for every empty seat that has none, in the order reported."""
    elected = appointed_on(context, meeting, ELECTED)
    substitutes = [person for person, _ in appointed_on(context, meeting, ("substitute",)).values()]
    for absence in meeting.absences:
        if absence.substitute_id is None and absence.person_id in elected:
            busy = {each.person_id for each in meeting.absences} | set(called_in(meeting))
            free = [each for each in substitutes if each.id not in busy and each.id not in elected]
            _call(context, meeting, absence, free)


def _call(context: Context, meeting: Meeting, absence: Absence, free: Iterable[Person]) -> None:
    party = absence.person.party_code
    chosen = min(free, key=lambda each: each.party_code != party, default=None)
    if chosen is None:
        return
    absence.substitute = chosen
    context.record(meeting, "called_in", person=chosen.name, serves_for=absence.person.name)
    context.session.flush()
    call_in(context, meeting, chosen, absence.person)


def _require_own_or_secretary(context: Context, meeting: Meeting, person: Person) -> None:
    if context.actor.person_id != person.id and not may(context, meeting, SECRETARIES):
        raise lacking(["committee_secretary"])


def _require_before(context: Context, meeting: Meeting) -> None:
    lock(context.session, meeting)  # two reports at once would call in the same substitute
    if meeting.state not in BEFORE_THE_MEETING:
        raise Conflict("meeting_begun")
