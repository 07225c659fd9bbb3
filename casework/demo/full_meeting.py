"""A whole day of the committee: 20 items, with what happens at a real table, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml
from sqlalchemy import select

from casework.context import STOCKHOLM, Actor
from casework.demo.outside_meetings import decide_outside_the_meeting
from casework.demo.road import attest, begin, dispatch, firing, review, write
from casework.matters.models import Matter
from casework.meetings.agenda.items import add_item
from casework.meetings.minutes.at_once import attest_immediately
from casework.meetings.minutes.signing import sign
from casework.meetings.models import AgendaItem, Meeting
from casework.meetings.planning.attesters import name_attesters
from casework.meetings.planning.plan import plan_meeting
from casework.meetings.table.motions import move
from casework.meetings.table.outcome import conclude_item, resolution
from casework.meetings.table.questions import open_question, put_question
from casework.meetings.table.recusal import recuse
from casework.meetings.table.roll import arrive, leave
from casework.meetings.table.statements import state
from casework.people.service import appoint, create_person

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.context import Context
    from casework.demo.road import Road
    from casework.people.models import Person

DAY = date(2025, 9, 16)
ATTESTED = date(2025, 9, 18)
NEW_TERM = date(2025, 8, 1)
NEWCOMERS = (
    ("Andra ledamoten", "member", "A"),
    ("Tredje ledamoten", "member", "B"),
    ("Fjärde ledamoten", "member", "C"),
    ("Femte ledamoten", "member", "A"),
    ("Sjätte ledamoten", "member", "C"),
    ("Andra ersättaren", "substitute", "C"),
)


@dataclass
class Sitting:
    """The meeting, who sits at it, and the road that its day is told on."""

    road: Road
    meeting: Meeting
    people: dict[str, Person]
    quarters: int = 0

    def named(self, name: str) -> Person:
        return self.people[name]

    def at(self, item: AgendaItem, what: str, act: Callable[[Context, AgendaItem], Any]) -> None:
        """One thing that the secretary records on an item."""

        def on_item(context: Context) -> Meeting:
            act(context, context.session.get_one(AgendaItem, item.id))
            return context.session.get_one(Meeting, self.meeting.id)

        hour, minute = self.clock()
        what_happened = f"antecknar ”{item.title}”: {what}"
        self.road.step(DAY, self.road.cast.secretary, what_happened, on_item, hour, minute)

    def clock(self) -> tuple[int, int]:
        """A quarter of an hour on from what was recorded before."""
        self.quarters += 1
        return 9 + self.quarters // 4, self.quarters % 4 * 15


def texts() -> dict[str, Any]:
    """The day's items, from `meeting.yaml`."""
    source = resources.files("casework.demo") / "meeting.yaml"
    data: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return data


def hold_full_meeting(road: Road) -> Meeting:
    """Prepared, summoned, held, attested and announced; the matters decided are in its minutes."""
    day = texts()
    people = swear_in(road)
    matters = prepare(road, [item for item in day["items"] if item["type"] == "decision"])
    decide_outside_the_meeting(road)
    meeting = summon(road, day, matters, DAY)
    sitting = Sitting(road, meeting, people)
    open_meeting(sitting)
    for item, script in zip(agenda(road, meeting), scripted(day), strict=True):
        handle(sitting, item, script)
    road.step(DAY, road.cast.secretary, "avslutar sammanträdet", firing(meeting, "end"), 15, 10)
    attest(road, meeting, ATTESTED)
    dispatch_decided(road, meeting, matters)
    return meeting


def swear_in(road: Road) -> dict[str, Person]:
    """The committee has grown for the new term; gives everybody by name."""
    people = {person.name: person for person in road.cast.everybody()}

    registrar, moment = road.cast.registrar, datetime.combine(NEW_TERM, time(8), STOCKHOLM)
    who = Actor(registrar.id, registrar.name)
    with road.casework.acting(road.world.organisation_id, who, moment) as context:
        for position, (name, role, party) in enumerate(NEWCOMERS, start=2):
            address = name.lower().translate(str.maketrans("åäö ", "aao-"))
            person = create_person(
                context,
                name=name,
                title="Ledamot" if role == "member" else "Ersättare",
                email=f"{address}@example.org",
                party_code=party,
            )
            context.session.flush()
            committee = road.world.committee
            appoint(context, person, role, body=committee, valid_from=NEW_TERM, call_order=position)
            people[name] = person
    return people


def prepare(road: Road, items: list[dict[str, Any]]) -> dict[str, Matter]:
    """Each item's matter by its title, with a short proposal, reviewed and ready in August."""
    committee = road.world.committee
    matters = {
        item["title"]: begin(road, "decision", committee, item, date(2025, 8, 11)) for item in items
    }
    for item in items:
        text = {
            "sections": [{"heading": "Sammanfattning", "body": item["summary"]}],
            "points": item["points"],
            "recipients": ["Kommunförbundet Jämtland Härjedalen"],
        }
        write(road, matters[item["title"]], text, date(2025, 8, 18))
    review(road, date(2025, 8, 20), *matters.values())
    return matters


def summon(road: Road, text: dict[str, Any], matters: dict[str, Matter], day: date) -> Meeting:
    """Planned with all its items and summoned two weeks ahead."""
    cast, summoned = road.cast, day - timedelta(days=14)

    def act(context: Context) -> Meeting:
        meeting = plan_meeting(
            context,
            road.world.committee,
            datetime.combine(day, time(9), STOCKHOLM),
            ends_at=datetime.combine(day, time(15), STOCKHOLM),
            place=text["place"],
            chair=cast.chair,
            secretary=cast.secretary,
        )
        for entry in (*text["opening"], *text["items"], *text["closing"]):
            matter = matters.get(entry["title"])
            add_item(
                context,
                meeting,
                item_type=entry["type"],
                matter=context.session.get_one(Matter, matter.id) if matter else None,
                title=entry["title"],
                presenter=cast.officer.name if entry["type"] in ("decision", "information") else "",
                summary="" if matter else entry.get("summary", "").strip(),
                minutes_planned=15,
                reports=entry.get("reports", ""),
                outcome_reason=entry.get("text", ""),
            )
        name_attesters(context, meeting, [cast.attester])
        return meeting

    meeting: Meeting = road.step(summoned, cast.secretary, "planerar RUN", act)
    road.fire(summoned, cast.secretary, "skickar kallelsen", meeting, "summon")
    return meeting


def dispatch_decided(road: Road, meeting: Meeting, matters: dict[str, Matter]) -> None:
    """The day after: an excerpt of each matter that was decided, to its recipients."""
    for item in agenda(road, meeting):
        if item.outcome == "decided":
            dispatch(road, matters[item.title], ATTESTED + timedelta(days=1))


def agenda(road: Road, meeting: Meeting) -> list[AgendaItem]:
    with road.casework.database.read() as session:
        return list(session.get_one(Meeting, meeting.id).agenda)


def scripted(day: dict[str, Any]) -> list[dict[str, Any]]:
    """What happens on each item, the formal ones first."""
    of_template: list[dict[str, Any]] = [{"type": "formality"}] * 2
    return [*of_template, *day["opening"], *day["items"], *day["closing"]]


def open_meeting(sitting: Sitting) -> None:
    """The roll: one member is away, and a substitute of the same party serves."""
    road, named = sitting.road, sitting.named
    seats = [
        ("Ordföranden", "chair"),
        ("Vice ordföranden", "vice_chair"),
        *((name, "member") for name in ("Justeraren", "Ledamoten")),
        *((name, "member") for name, role, _party in NEWCOMERS[:4] if role == "member"),
        ("Andra ersättaren", "substitute"),
    ]

    def act(context: Context) -> Meeting:
        meeting = context.session.get_one(Meeting, sitting.meeting.id)
        for name, capacity in seats:
            arrive(context, meeting, named(name), capacity)
        away = named("Sjätte ledamoten")
        arrive(context, meeting, named("Ersättaren"), "serving_substitute", serves_for=away)
        arrive(context, meeting, named("Handläggaren"), "other")
        return meeting

    opened = firing(sitting.meeting, "open")
    road.step(DAY, road.cast.secretary, "öppnar sammanträdet", opened, 9)
    road.step(DAY, road.cast.secretary, "ropar upp", act, 9, 5)


def handle(sitting: Sitting, item: AgendaItem, script: dict[str, Any]) -> None:
    """What the script says happens on the item."""
    happens = SCENES.get(script.get("at_table", ""), noted)
    happens(sitting, item, script)


def noted(sitting: Sitting, item: AgendaItem, _script: dict[str, Any]) -> None:
    sitting.at(item, "noteras", lambda c, row: conclude_item(c, row, "noted"))


def approved(sitting: Sitting, item: AgendaItem, _script: dict[str, Any]) -> None:
    sitting.at(item, "bifall", lambda c, row: conclude_item(c, row, "decided"))


def rejection_falls(sitting: Sitting, item: AgendaItem, _script: dict[str, Any]) -> None:
    """A proposal for approval against one for rejection, settled by acclamation."""

    def act(context: Context, row: AgendaItem) -> None:
        move(context, row, sitting.named("Ordföranden"), "approval")
        move(context, row, sitting.named("Justeraren"), "rejection")
        put_question(context, row, winner="first")
        conclude_item(context, row, "decided")
        state(
            context,
            row,
            sitting.named("Justeraren"),
            "separate_statement",
            text="Stödet bör i stället sökas hos staten.",
        )

    sitting.at(item, "bifall mot avslag, ett särskilt yttrande", act)


def referred_back(sitting: Sitting, item: AgendaItem, script: dict[str, Any]) -> None:
    def act(context: Context, row: AgendaItem) -> None:
        move(
            context,
            row,
            sitting.named("Ledamoten"),
            "referral_back",
            text=script["reason"],
            supporters=[sitting.named("Tredje ledamoten")],
        )
        put_question(context, row, winner="second")
        conclude_item(context, row, "referred_back", reason=script["reason"])

    sitting.at(item, "återremitteras", act)


def tabled(sitting: Sitting, item: AgendaItem, _script: dict[str, Any]) -> None:
    def act(context: Context, row: AgendaItem) -> None:
        move(context, row, sitting.named("Vice ordföranden"), "tabling")
        put_question(context, row, winner="second")
        conclude_item(context, row, "tabled")

    sitting.at(item, "bordläggs", act)


def casting_vote(sitting: Sitting, item: AgendaItem, script: dict[str, Any]) -> None:
    """Somebody leaves, the vote is equal, the chair's vote decides, and two reserve themselves."""
    chair_side = {"Ordföranden", "Andra ledamoten", "Femte ledamoten", "Ersättaren"}

    def vote(context: Context, row: AgendaItem) -> None:
        leave(context, row.meeting, sitting.named("Fjärde ledamoten"))
        mover = sitting.named("Ledamoten")
        amendment = move(context, row, mover, "amendment", text=script["amendment"])
        ballots = {
            each.person_id: "yes" if each.person.name in chair_side else "no"
            for each in row.meeting.attendances
            if each.is_present and each.capacity not in ("substitute", "other")
        }
        put_question(context, row, method="vote", ballots=ballots)
        conclude_item(context, row, "decided")
        for person in (mover, sitting.named("Tredje ledamoten")):
            state(
                context, row, person, "reservation", text=script["reservation"], favours=amendment
            )
        arrive(context, row.meeting, sitting.named("Fjärde ledamoten"), "member")

    sitting.at(item, "omröstning 4–4, utslagsröst, två reservationer", vote)


def recusal(sitting: Sitting, item: AgendaItem, _script: dict[str, Any]) -> None:
    def act(context: Context, row: AgendaItem) -> None:
        recuse(
            context,
            row,
            sitting.named("Fjärde ledamoten"),
            reason="Styrelseuppdrag i föreningen",
            substitute=sitting.named("Andra ersättaren"),
        )
        conclude_item(context, row, "decided")

    sitting.at(item, "jäv, ersättare tjänstgör", act)


def immediate(sitting: Sitting, item: AgendaItem, _script: dict[str, Any]) -> None:
    """Decided, written and signed at the table; announced by itself the same day."""
    road = sitting.road

    def decide(context: Context, row: AgendaItem) -> None:
        conclude_item(context, row, "decided")
        attest_immediately(context, row)

    sitting.at(item, "beslutas och justeras omedelbart", decide)
    for person in (road.cast.chair, road.cast.attester):

        def act(context: Context) -> Meeting:
            row = context.session.get_one(AgendaItem, item.id)
            if row.minutes_item is not None:
                sign(context, row.minutes_item.minutes, confirmed_by="password")
            return row.meeting

        road.step(DAY, person, "skriver under paragrafen", act, *sitting.clock())


def addition(sitting: Sitting, item: AgendaItem, script: dict[str, Any]) -> None:
    """What is added gives an assignment, which the secretary notes as the item is concluded."""

    def act(context: Context, row: AgendaItem) -> None:
        move(context, row, sitting.named("Femte ledamoten"), "addition", text=script["addition"])
        put_question(context, row, winner="first")
        if row.matter is None:
            raise LookupError("a decision item handles a matter")
        *proposed, added = resolution(row)
        director, day = sitting.road.cast.director, script["report_back_on"]
        assigned = replace(added, assignee_id=director.id, report_back_on=day)
        conclude_item(context, row, "decided", points=[*proposed, assigned])

    sitting.at(item, "bifall med tillägg", act)


def counter_proposals(sitting: Sitting, item: AgendaItem, script: dict[str, Any]) -> None:
    """Two amendments meet each other first; the one that is left meets the papers' proposal."""

    def act(context: Context, row: AgendaItem) -> None:
        movers = (sitting.named("Ledamoten"), sitting.named("Justeraren"))
        for mover, text in zip(movers, script["amendments"], strict=True):
            move(context, row, mover, "amendment", text=text)
        while open_question(row) is not None:
            put_question(context, row, winner="first")
        conclude_item(context, row, "decided")

    sitting.at(item, "motpropositioner", act)


SCENES: dict[str, Callable[[Sitting, AgendaItem, dict[str, Any]], None]] = {
    "approved": approved,
    "rejection_falls": rejection_falls,
    "referred_back": referred_back,
    "tabled": tabled,
    "casting_vote": casting_vote,
    "recusal": recusal,
    "immediate": immediate,
    "addition": addition,
    "counter_proposals": counter_proposals,
}


def leave_on_the_table(road: Road, now: datetime) -> None:
    """A meeting of today, summoned two weeks ago: whoever looks in can open it and hold it."""
    cast, today = road.cast, now.astimezone(STOCKHOLM).date()
    summoned = today - timedelta(days=14)
    waiting = ("Ny modell för bygdepeng",)

    def act(context: Context) -> Meeting:
        meeting = plan_meeting(
            context,
            road.world.committee,
            datetime.combine(today, time(13), STOCKHOLM),
            place="Regionens hus, Östersund",
            chair=cast.chair,
            secretary=cast.secretary,
        )
        statement = select(Matter).where(Matter.title.in_(waiting))
        for matter in context.session.scalars(statement):
            add_item(context, meeting, item_type="decision", matter=matter, minutes_planned=20)
        add_item(context, meeting, item_type="information", title="Höstens arbete i länet")
        name_attesters(context, meeting, [cast.attester])
        return meeting

    meeting = road.step(summoned, cast.secretary, "planerar dagens RUN", act)
    road.fire(summoned, cast.secretary, "skickar kallelsen", meeting, "summon")
