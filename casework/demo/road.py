"""The road itself: each matter from registration to report-back, step by step, as people would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml
from sqlalchemy import select

from casework.app import web_face
from casework.background import deliver, remind, watch
from casework.board.models import BoardNotice
from casework.context import STOCKHOLM, Actor
from casework.deadlines.models import Reminder
from casework.demo.attachments import attach_files
from casework.distribution.models import Dispatch, Excerpt
from casework.distribution.service import acknowledge, note_fetched, settle_recipients
from casework.matters.models import Matter
from casework.matters.service import (
    Proposed,
    Signing,
    Text,
    name_recipients,
    register,
    revise,
)
from casework.meetings.agenda.items import add_item
from casework.meetings.minutes.signing import sign
from casework.meetings.models import Meeting
from casework.meetings.planning.attesters import name_attesters
from casework.meetings.planning.plan import plan_meeting
from casework.meetings.queries import notice_of
from casework.meetings.table.outcome import conclude_item
from casework.meetings.table.roll import record_attendance
from casework.publishing.queries import candidates
from casework.publishing.service import Seen, publish
from casework.secrecy.service import review_secrecy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask.testing import FlaskClient

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.telling import Teller
    from casework.demo.world import Cast, World
    from casework.people.models import Body, Person


def texts() -> dict[str, Any]:
    """The matters' own texts, from `matters.yaml`."""
    source = resources.files("casework.demo") / "matters.yaml"
    data: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return data


ONE_DAY = timedelta(days=1)
A_DAY_OR_SO = timedelta(hours=26)  # a day is 25 hours long when summer time ends


@dataclass
class Road:
    """Acts in people's names at given moments, and tells each step."""

    casework: Casework
    world: World
    teller: Teller
    watched: datetime | None = None

    @property
    def cast(self) -> Cast:
        return self.world.cast

    def step(
        self,
        day: date,
        who: Person | Actor,
        what: str,
        act: Callable[[Context], Any],
        hour: int = 10,
        minute: int = 0,
    ) -> Any:
        """One unit of work in `who`'s name; told with the state it led to and what it made."""
        moment = datetime.combine(day, time(hour, minute), STOCKHOLM)
        self.pass_time(moment)
        actor = who if isinstance(who, Actor) else Actor(who.id, who.name)
        with self.casework.acting(self.world.organisation_id, actor, moment) as context:
            subject = act(context)
            context.session.flush()
            self.teller.step(context, what, subject)
        self.teller.delivered(deliver(self.casework, moment + timedelta(minutes=1)))
        return subject

    def fire(
        self, day: date, who: Person, what: str, subject: Any, trigger: str, **given: Any
    ) -> Any:
        def act(context: Context) -> Any:
            row = context.session.get_one(type(subject), subject.id)
            context.services.engine.fire(context.given(**given), row, trigger)
            return row

        return self.step(day, who, what, act)

    def pass_time(self, until: datetime) -> None:
        """What the scheduler would have done by then: the board seen, reminders on their days."""
        with self.casework.database.read() as session:
            mornings = session.scalars(
                select(Reminder.remind_at)
                .where(Reminder.state == "planned", Reminder.remind_at <= until)
                .distinct()
                .order_by(Reminder.remind_at)
            ).all()
        for morning in mornings:
            self.watch_board(morning)
            reminded = remind(self.casework, morning)
            if reminded.sent:
                self.teller.reminded(morning, reminded.sent)
            self.teller.delivered(deliver(self.casework, morning))
        self.watch_board(until)

    def watch_board(self, until: datetime) -> None:
        """Look at the public board each day, as the scheduler does each minute."""
        moment = self.watched or until
        while moment < until and self._has_notice_up():
            moment = min(moment + ONE_DAY, until)
            if watch(self.casework, moment, self.board_page, gap=A_DAY_OR_SO).taken_down:
                self.teller.taken_down(moment)
        self.watched = max(moment, until)

    def board_page(self) -> str:
        return self.public.get("/board").text

    @cached_property
    def public(self) -> FlaskClient:
        """The public's browser."""
        return web_face(self.casework).test_client()

    def _has_notice_up(self) -> bool:
        up = select(BoardNotice.id).where(BoardNotice.taken_down_at.is_(None)).limit(1)
        with self.casework.database.read() as session:
            return session.scalar(up) is not None


def leave_on_the_desk(road: Road, text: dict[str, Any], now: datetime) -> None:
    """A matter of yesterday, not yet submitted: one recipient is not in the address book."""
    yesterday = now.astimezone(STOCKHOLM).date() - timedelta(days=1)
    matter = begin(road, "decision", road.world.committee, text, yesterday)
    write(road, matter, text, yesterday)


def prepare(road: Road, kind: str, body: Body, text: dict[str, Any], day: date) -> Matter:
    """Registered, assigned, written, reviewed and ready."""
    matter = begin(road, kind, body, text, day)
    write(road, matter, text, day + timedelta(days=14))
    review(road, day + timedelta(days=21), matter)
    return matter


def begin(road: Road, kind: str, body: Body, text: dict[str, Any], day: date) -> Matter:
    cast = road.cast

    def act(context: Context) -> Matter:
        return register(context, kind=kind, title=text["title"], body=body)

    matter: Matter = road.step(day, cast.registrar, "registrerar ärendet", act)
    road.fire(day, cast.manager, "fördelar ärendet", matter, "assign", case_officer=cast.officer.id)
    return matter


def write(road: Road, matter: Matter, text: dict[str, Any], day: date) -> None:
    cast = road.cast
    if "attachments" in text:
        attach_files(road, day, matter, text["attachments"])

    def act(context: Context) -> Matter:
        row = context.session.get_one(Matter, matter.id)
        revise(
            context,
            row,
            lead_in=text.get("lead_in", ""),
            sections=[Text(part["heading"], part["body"]) for part in text["sections"]],
            points=[_proposed(point, cast.director.id) for point in text["points"]],
            signatories=[
                Signing(cast.director.name, cast.director.title, person_id=cast.director.id),
                Signing(
                    cast.manager.name, cast.manager.title, acting=True, person_id=cast.manager.id
                ),
            ],
        )
        name_recipients(context, row, text["recipients"])
        settle_recipients(context, row)
        return row

    road.step(day, cast.officer, "skriver förslaget och anger mottagare", act)


def review(road: Road, day: date, *matters: Matter) -> None:
    """Submitted on the day, and approved two days later."""
    for matter in matters:
        road.fire(day, road.cast.officer, "lämnar förslaget för granskning", matter, "submit")
    for matter in matters:
        approved_on = day + timedelta(days=2)
        road.fire(approved_on, road.cast.manager, "godkänner förslaget", matter, "approve")


def inform_of_planning(road: Road, text: dict[str, Any]) -> Matter:
    """The strategic-planning direction: information 18 February, presidium 18 March."""
    matter = begin(road, "decision", road.world.committee, text, date(2025, 1, 13))
    inform(road, road.world.committee, matter, date(2025, 2, 18))
    inform(road, road.world.presidium, matter, date(2025, 3, 18))
    return matter


def propose_planning(road: Road, matter: Matter, text: dict[str, Any]) -> None:
    """Written in May, reviewed, and taken up by the presidium."""
    write(road, matter, text, date(2025, 5, 5))
    review(road, date(2025, 5, 12), matter)
    road.fire(
        date(2025, 5, 16),
        road.cast.secretary,
        "lämnar till presidiet",
        matter,
        "propose_to_presidium",
    )
    road.fire(date(2025, 5, 19), road.cast.chair, "tar upp ärendet", matter, "accept_for_agenda")


def inform(road: Road, body: Body, matter: Matter, day: date) -> Meeting:
    """A meeting at which the matter is an information item; it stays where it is."""
    summary = "Projektledningen informerar om det pågående arbetet. Frågor besvaras."
    meeting = summon(road, body, day, [(matter, "information", summary)])
    hold(road, meeting, day, {"information": "noted"})
    attest(road, meeting, day + timedelta(days=7))
    return meeting


def tourism(road: Road, text: dict[str, Any]) -> None:
    """The tourism collaboration: an advisory forum recommends; no notice, no appeal."""
    matter = prepare(road, "advisory", road.world.forum, text, date(2015, 2, 2))
    day = date(2015, 3, 20)
    meeting = summon(road, road.world.forum, day, [(matter, "decision", "")])
    hold(road, meeting, day, {"decision": "recommended"})
    attest(road, meeting, date(2015, 3, 24))
    dispatch(road, matter, date(2015, 3, 25))
    road.fire(date(2015, 4, 7), road.cast.officer, "avslutar ärendet", matter, "close")


def decide_in_june(road: Road, matters: list[Matter]) -> None:
    """3 June: decided; 10 June: attested and announced; 11 June: dispatched."""
    day = date(2025, 6, 3)
    meeting = summon(road, road.world.committee, day, [(each, "decision", "") for each in matters])
    hold(road, meeting, day, {"decision": "decided"})
    attest(road, meeting, date(2025, 6, 10))
    for matter in matters:
        dispatch(road, matter, date(2025, 6, 11))
    publish_decided(road, meeting, matters[-1], date(2025, 6, 11))
    for recipient in ("Länsstyrelsen Jämtlands län", "Bräcke kommun"):
        confirm(road, matters[0], recipient, date(2025, 6, 12))
    confirm_legal_force(road, meeting, date(2025, 7, 3))
    road.fire(date(2025, 7, 4), road.cast.officer, "avslutar ärendet", matters[0], "close")


def summon(road: Road, body: Body, day: date, items: list[tuple[Matter, str, str]]) -> Meeting:
    """Planned with its agenda and summoned two weeks ahead."""
    cast = road.cast
    summoned = day - timedelta(days=14)

    def act(context: Context) -> Meeting:
        meeting = plan_meeting(
            context,
            body,
            datetime.combine(day, time(9), STOCKHOLM),
            ends_at=datetime.combine(day, time(11, 45), STOCKHOLM),
            place="Regionens hus, Östersund",
            chair=cast.chair,
            secretary=cast.secretary,
        )
        for matter, item_type, summary in items:
            row = context.session.get_one(Matter, matter.id)
            add_item(
                context,
                meeting,
                item_type=item_type,
                matter=row,
                presenter=cast.officer.name,
                summary=summary,
            )
        attesters = [cast.attester] if body.is_statutory else []
        name_attesters(context, meeting, attesters)
        return meeting

    meeting: Meeting = road.step(summoned, cast.secretary, f"planerar {body.short_name}", act)
    road.fire(summoned, cast.secretary, "skickar kallelsen", meeting, "summon")
    return meeting


def hold(
    road: Road,
    meeting: Meeting,
    day: date,
    outcomes: dict[str, str],
    also: Sequence[tuple[Person, str]] = (),
) -> None:
    """The meeting opens, every item is concluded, the meeting ends; `also` are there too."""
    cast = road.cast
    road.fire(day, cast.secretary, "öppnar sammanträdet", meeting, "open")

    def act(context: Context) -> Meeting:
        row = context.session.get_one(Meeting, meeting.id)
        present = [(cast.chair, "chair"), (cast.vice_chair, "vice_chair")]
        if row.body.is_statutory:
            present += [
                (cast.attester, "member"),
                (cast.member, "member"),
                (cast.substitute, "substitute"),
            ]
        record_attendance(context, row, [*present, *also, (cast.officer, "other")])
        for item in row.agenda:
            outcome = outcomes.get(item.item_type, "noted")
            conclude_item(context, item, outcome)
        return row

    road.step(day, cast.secretary, "för anteckningar och avgör punkterna", act)
    road.step(day, cast.secretary, "avslutar sammanträdet", firing(meeting, "end"), 11, 45)


def attest(road: Road, meeting: Meeting, day: date) -> None:
    """Minutes written, sent and signed; the last signature announces them where the law says so."""
    cast = road.cast
    road.fire(day, cast.secretary, "skriver protokollet", meeting, "draft_minutes")
    road.fire(day, cast.secretary, "sänder det för justering", meeting, "send_for_attestation")
    is_committee = meeting.body_id == road.world.committee.id
    for person in [cast.chair] + ([cast.attester] if is_committee else []):

        def act(context: Context) -> Meeting:
            row = context.session.get_one(Meeting, meeting.id)
            if row.minutes is not None:
                sign(context, row.minutes, confirmed_by="password")
            return row

        road.step(day, person, "skriver under", act, hour=13)


def dispatch(road: Road, matter: Matter, day: date) -> None:
    """Secrecy reviewed, the excerpt made, and a letter to each recipient."""
    cast = road.cast

    def act(context: Context) -> Matter:
        row = context.session.get_one(Matter, matter.id)
        review_secrecy(context, row)
        context.services.engine.fire(context, row, "dispatch")
        return row

    road.step(day, cast.secretary, "prövar sekretessen och expedierar", act)


def publish_decided(road: Road, meeting: Meeting, matter: Matter, day: date) -> None:
    """The § of this matter is shown to everybody; the others wait until they are tried."""

    def act(context: Context) -> Meeting:
        row = context.session.get_one(Meeting, meeting.id)
        for each in candidates(context.session, row, context.today):
            if each.kind == "section" and each.item.matter_id == matter.id:
                publish(context, Seen(each.item, each.kind, each.wording.checksum))
        return row

    road.step(day, road.cast.secretary, "publicerar en paragraf för allmänheten", act)


def confirm_legal_force(road: Road, meeting: Meeting, day: date) -> None:
    """The notice came down by itself; the court has been asked, and no appeal has come."""

    def act(context: Context) -> BoardNotice:
        row = context.session.get_one(Meeting, meeting.id)
        notice = notice_of(context, row)
        if notice is None:
            raise LookupError("the minutes of a committee are announced")
        given = context.given(court_asked_on=day)
        context.services.engine.fire(given, notice, "confirm_legal_force")
        return notice

    road.step(day, road.cast.registrar, "bekräftar laga kraft", act)


def confirm(road: Road, matter: Matter, recipient: str, day: date) -> None:
    """A recipient opens the personal link and confirms."""

    def act(context: Context) -> Dispatch:
        statement = (
            select(Dispatch)
            .join(Excerpt, Dispatch.excerpt_id == Excerpt.id)
            .where(Excerpt.matter_id == matter.id, Dispatch.recipient_name == recipient)
        )
        row = context.session.scalars(statement).one()
        note_fetched(context, row)
        acknowledge(context, row, f"Registrator, {recipient}")
        return row

    road.step(day, Actor(None, recipient), "kvitterar utdraget", act)


def firing(subject: Any, trigger: str) -> Callable[[Context], Any]:
    """What takes a step of a subject, for `Road.step`."""

    def act(context: Context) -> Any:
        row = context.session.get_one(type(subject), subject.id)
        context.services.engine.fire(context, row, trigger)
        return row

    return act


def _proposed(point: str | dict[str, Any], assignee_id: int) -> Proposed:
    if isinstance(point, str):
        return Proposed(point)
    return Proposed(point["text"], assignee_id, point["task"], point["report_back_on"])
