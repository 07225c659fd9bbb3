"""After the meetings: a slip is corrected, and an assignment is answered before its body."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.context import STOCKHOLM
from casework.demo.full_meeting import NEWCOMERS
from casework.demo.road import attest, hold
from casework.distribution.service import dispatch_correction
from casework.documents.contexts import item_from_json
from casework.followup.models import Assignment
from casework.followup.requests import ask, lay_before
from casework.followup.service import report_back
from casework.meetings.minutes.correction import correct
from casework.meetings.minutes.signing import sign
from casework.meetings.minutes.text import editable
from casework.meetings.models import AgendaItem, Meeting
from casework.meetings.planning.attesters import name_attesters
from casework.meetings.planning.plan import plan_meeting
from casework.people.models import Body, Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.context import Context
    from casework.demo.road import Road
    from casework.matters.models import Matter

FOUND, SIGNED = date(2025, 9, 24), date(2025, 9, 25)
REPORTED, LAID, HEARD = date(2025, 10, 24), date(2025, 10, 28), date(2025, 11, 11)
SLIP = ("Medfinansiering av projektet Gröna byar", "anslag 1:1.", "anslag 1:11.")
WHY = "Anslaget heter 1:11 i budgeten; en siffra föll bort när förslaget skrevs."


def correct_a_slip(road: Road, meeting: Meeting) -> None:
    """A figure that fell away: shown to those who sign, signed, and sent to those who had the §."""
    cast = road.cast
    title, wrong, right = SLIP

    def corrected(context: Context) -> AgendaItem:
        rows = context.session.get_one(Meeting, meeting.id).agenda
        return next(each for each in rows if each.title == title)

    def begin(context: Context) -> Meeting:
        item = corrected(context)
        if item.minutes_item is None:
            raise LookupError("an attested item has its §")
        now = editable(item_from_json(item.minutes_item.in_force.content))
        points = tuple(text.replace(wrong, right) for text in now.points)
        edited = replace(now, points=points)
        correct(context, item.minutes_item, edited, WHY, confirmed=["amount"])
        return item.meeting

    def sign_it(context: Context) -> Meeting:
        item = corrected(context)
        if item.minutes_item is not None:
            sign(context, item.minutes_item.corrections[-1].minutes, confirmed_by="password")
        return item.meeting

    def send(context: Context) -> Matter:
        matter = corrected(context).matter
        if matter is None:
            raise LookupError("a decision item handles a matter")
        dispatch_correction(context, matter)
        return matter

    road.step(FOUND, cast.secretary, "rättar ett skrivfel i en justerad paragraf", begin)
    for person in (cast.chair, cast.attester):
        road.step(SIGNED, person, "ser ord för ord vad som rättas och skriver under", sign_it)
    road.step(SIGNED, cast.secretary, "sänder den rättade paragrafen", send, 14)


def follow_up(
    road: Road, matter: Matter, report: str, also: Callable[[Context, Meeting], None]
) -> Meeting:
    """The assignment: reminded, late, escalated, reported, heard by the committee, accepted.

    Gives the meeting at which it was heard; `also` puts more on its agenda, to be decided.
    """
    cast = road.cast

    def answer(context: Context) -> Assignment:
        assignment = _assignment(context, matter)
        report_back(context, assignment, report)
        return assignment

    assignment = road.step(REPORTED, cast.director, "återrapporterar", answer)
    meeting: Meeting = road.step(
        LAID, cast.secretary, "lägger fram den för RUN", _laying(road, matter, also)
    )
    road.fire(LAID, cast.secretary, "skickar kallelsen", meeting, "summon")
    hold(road, meeting, HEARD, {"decision": "decided"}, _newcomers(road))
    attest(road, meeting, date(2025, 11, 13))
    accepted = date(2025, 11, 14)
    road.fire(accepted, cast.secretary, "godkänner återrapporten", assignment, "accept")
    road.fire(accepted, cast.officer, "avslutar ärendet", matter, "close")
    road.pass_time(datetime(2025, 11, 14, 12, tzinfo=STOCKHOLM))
    return meeting


def _laying(
    road: Road, matter: Matter, also: Callable[[Context, Meeting], None]
) -> Callable[[Context], Meeting]:
    """A meeting of an hour, at which the report is told."""

    def act(context: Context) -> Meeting:
        meeting = plan_meeting(
            context,
            context.session.get_one(Body, road.world.committee.id),
            datetime.combine(HEARD, time(9), STOCKHOLM),
            ends_at=datetime.combine(HEARD, time(10), STOCKHOLM),
            place="Regionens hus, Östersund",
            chair=road.cast.chair,
            secretary=road.cast.secretary,
        )
        lay_before(context, ask(context, _assignment(context, matter), "report"), meeting)
        also(context, meeting)
        name_attesters(context, meeting, [road.cast.attester])
        return meeting

    return act


def _newcomers(road: Road) -> list[tuple[Person, str]]:
    """Those who came to the committee with the new term."""
    names = [name for name, role, _party in NEWCOMERS if role == "member"]
    with road.casework.database.read() as session:
        people = session.scalars(select(Person).where(Person.name.in_(names)))
        return [(each, "member") for each in people]


def _assignment(context: Context, matter: Matter) -> Assignment:
    statement = select(Assignment).where(Assignment.matter_id == matter.id)
    return context.session.scalars(statement).one()
