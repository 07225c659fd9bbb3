"""A meeting in which anything that people may try happens, in any order; then the law is checked.

Used by `test_simulated_meetings` with a few dozen meetings, and by `python -m
tests.meetings.simulate 1000` with as many as one likes.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from rich.console import Console
from sqlalchemy import select

from casework.app import installation
from casework.audit.verify import verify as verify_record
from casework.config import load_settings
from casework.context import STOCKHOLM, Actor
from casework.demo.full_meeting import prepare, summon, swear_in, texts
from casework.demo.road import Road
from casework.demo.telling import Teller
from casework.demo.world import found_organisation, furnish
from casework.errors import Conflict, Refusal
from casework.meetings import seats
from casework.meetings.agenda.items import add_item
from casework.meetings.minutes.at_once import attest_immediately
from casework.meetings.minutes.signing import sign
from casework.meetings.models import (
    CAPACITIES,
    PROPOSAL_KINDS,
    STATEMENT_KINDS,
    Meeting,
    Minutes,
)
from casework.meetings.planning.attesters import name_attesters
from casework.meetings.signatories import awaited
from casework.meetings.table import motions, questions, recusal, roll, statements
from casework.meetings.table.again import reopen_item
from casework.meetings.table.outcome import Resolved, conclude_item
from casework.meetings.table.pause import adjourn, resume_session
from casework.people.models import Person
from casework.schema import upgrade
from tests.support.databases import do_not_wait_for_the_disk

from . import invariants

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context

DAY = date(2025, 9, 16)
LIVE = ("referred_back", "recusal", "casting_vote", "approved", "immediate")
indexes = st.integers(0, 11)
ballots = st.lists(st.sampled_from(["yes", "no", "abstains"]), min_size=12, max_size=12)
items = st.integers(0, 9)


@dataclass(frozen=True)
class Template:
    """A summoned meeting to copy: its database, its files, and who is who."""

    folder: Path
    organisation_id: int
    meeting_id: int
    people: tuple[int, ...]
    secretary: tuple[int, str]


def open_at(folder: Path) -> Casework:
    key = {"CASEWORK_DATA_DIR": str(folder), "CASEWORK_SECRET_KEY": "k" * 40}
    settings = load_settings(key)
    upgrade(settings.database_url)
    casework = installation(settings)
    do_not_wait_for_the_disk(casework.database.engine)
    return casework


def make_template(folder: Path) -> Template:
    """Five matters and two other items, summoned for the day."""
    beginning = datetime(2015, 1, 2, 8, tzinfo=STOCKHOLM)
    casework = open_at(folder)
    with casework.acting(0, moment=beginning) as context:
        organisation_id = found_organisation(context)
    with casework.acting(organisation_id, moment=beginning) as context:
        world = furnish(context, "")
    road = Road(casework, world, Teller(Console(quiet=True), folder / "shelf"))
    people = swear_in(road)
    day = texts()
    day["items"] = [each for each in day["items"] if each.get("at_table") in LIVE]
    day["closing"] = day["closing"][:1]
    day["opening"] = []
    matters = prepare(road, day["items"])
    meeting = summon(road, day, matters, DAY)
    road.fire(DAY, road.cast.secretary, "öppnar", meeting, "open")
    cast = road.cast
    casework.database.close()
    voters = [each for each in people.values() if each.party_code]
    return Template(
        folder,
        organisation_id,
        meeting.id,
        tuple(each.id for each in voters),
        (cast.secretary.id, cast.secretary.name),
    )


class SimulatedMeeting(RuleBasedStateMachine):
    """What a secretary may press, lawful or not; what is refused leaves nothing behind."""

    template: Template
    work: Path
    count = 0
    events = 0
    refusals = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).count += 1
        folder = self.work / str(type(self).count)
        shutil.copytree(self.template.folder, folder)
        self.casework = open_at(folder)
        self.folder = folder
        self.moment = datetime(2025, 9, 16, 9, 30, tzinfo=STOCKHOLM)
        self.served: dict[int, set[int]] = {}  # who served when a question was put

    def act(
        self, what: Callable[[Context, Meeting], Any], who: tuple[int, str] | None = None
    ) -> Any:
        self.moment += timedelta(minutes=1)
        person_id, name = who or self.template.secretary
        with self.casework.acting(
            self.template.organisation_id, Actor(person_id, name), self.moment
        ) as context:
            return what(context, context.session.get_one(Meeting, self.template.meeting_id))

    def attempt(self, what: Callable[[Context, Meeting], Any]) -> None:
        """Whether lawful or not: refused, the record has not grown."""
        before = self.act(lambda _c, m: m.audit_count)
        type(self).events += 1
        try:
            self.act(what)
        except Refusal:
            type(self).refusals += 1
            assert self.act(lambda _c, m: m.audit_count) == before

    def person(self, context: Context, index: int) -> Person:
        ids = self.template.people
        return context.session.get_one(Person, ids[index % len(ids)])

    @initialize(away=st.sets(indexes, max_size=3))
    def call_the_roll(self, away: set[int]) -> None:
        """Most are there: otherwise nothing could be decided, and little would be tried."""

        def present(context: Context, meeting: Meeting) -> None:
            elected = seats.appointed_on(context, meeting, seats.ELECTED)
            for number, (person, role) in enumerate(elected.values()):
                if role == "chair" or number not in away:
                    roll.arrive(context, meeting, person, role)
            for person, _role in seats.appointed_on(context, meeting, ("substitute",)).values():
                roll.arrive(context, meeting, person, "substitute")

        self.act(present)

    @rule(who=indexes, capacity=st.sampled_from(CAPACITIES), other=st.none() | indexes)
    def somebody_arrives(self, who: int, capacity: str, other: int | None) -> None:
        self.attempt(
            lambda c, m: roll.arrive(
                c,
                m,
                self.person(c, who),
                capacity,
                serves_for=None if other is None else self.person(c, other),
            )
        )

    @rule(who=indexes)
    def somebody_leaves(self, who: int) -> None:
        self.attempt(lambda c, m: roll.leave(c, m, self.person(c, who)))

    @rule(at=items, who=indexes, other=st.none() | indexes)
    def somebody_is_recused(self, at: int, who: int, other: int | None) -> None:
        self.attempt(
            lambda c, m: recusal.recuse(
                c,
                m.agenda[at % len(m.agenda)],
                self.person(c, who),
                substitute=None if other is None else self.person(c, other),
            )
        )

    @rule(at=items, who=indexes, kind=st.sampled_from(PROPOSAL_KINDS))
    def somebody_moves(self, at: int, who: int, kind: str) -> None:
        self.attempt(
            lambda c, m: motions.move(
                c, m.agenda[at % len(m.agenda)], self.person(c, who), kind, text=f"Yrkande {who}."
            )
        )

    @rule(at=items)
    def somebody_withdraws(self, at: int) -> None:
        def first(context: Context, meeting: Meeting) -> None:
            proposals = meeting.agenda[at % len(meeting.agenda)].floor_proposals
            if proposals:
                motions.withdraw(context, proposals[0])

        self.attempt(first)

    @rule(at=items, winner=st.sampled_from(["first", "second"]))
    def the_chair_finds(self, at: int, winner: Any) -> None:
        self.attempt(
            lambda c, m: questions.put_question(c, m.agenda[at % len(m.agenda)], winner=winner)
        )

    @rule(at=items, choices=ballots, stranger=st.none() | indexes)
    def a_vote_is_taken(self, at: int, choices: list[str], stranger: int | None) -> None:
        def vote(context: Context, meeting: Meeting) -> None:
            item = meeting.agenda[at % len(meeting.agenda)]
            serving = [each.person.id for each in roll.present_at(item) if each.decides]
            ballots = dict(zip(serving, choices, strict=False))
            if stranger is not None:
                ballots[self.person(context, stranger).id] = "yes"
            put = questions.put_question(context, item, method="vote", ballots=ballots)
            self.served[put.id] = set(serving)

        self.attempt(vote)

    @rule(at=items, choices=ballots, who=indexes, arrives=st.booleans())
    def a_vote_is_taken_and_the_door_goes(
        self, at: int, choices: list[str], who: int, arrives: bool
    ) -> None:
        """Somebody moves, all vote, and before the gavel falls somebody comes or goes."""
        left = self.act(lambda _c, m: [n for n, e in enumerate(m.agenda) if is_open(e)])
        if not left:
            return
        number = left[at % len(left)]

        def move(context: Context, meeting: Meeting) -> None:
            item = meeting.agenda[number]
            serving = [each.person for each in roll.present_at(item) if each.decides]
            if serving and not item.propositions:
                motions.move(context, item, serving[who % len(serving)], "amendment", text="Annat.")

        self.attempt(move)
        self.a_vote_is_taken(number, choices, None)
        if arrives:
            self.somebody_arrives(who, "member", None)
        else:
            self.somebody_leaves(who)
        self.attempt(lambda c, m: conclude_as_asked(c, m.agenda[number]))

    @rule(at=items, who=indexes, kind=st.sampled_from(STATEMENT_KINDS))
    def somebody_states(self, at: int, who: int, kind: str) -> None:
        self.attempt(
            lambda c, m: statements.state(
                c, m.agenda[at % len(m.agenda)], self.person(c, who), kind, text="Skäl."
            )
        )

    @rule(at=items, outcome=st.sampled_from(["decided", "noted", "tabled", "not_handled"]))
    def an_item_is_concluded(self, at: int, outcome: str) -> None:
        def conclude(context: Context, meeting: Meeting) -> None:
            item = meeting.agenda[at % len(meeting.agenda)]
            wanted = outcome if item.item_type == "decision" else "noted"
            if item.item_type == "decision" and wanted == "noted":
                wanted = "decided"
            conclude_item(context, item, wanted, reason="Skäl.")

        self.attempt(conclude)

    @rule(at=items, who=indexes, days=st.none() | st.integers(1, 90))
    def a_decision_gives_an_assignment(self, at: int, who: int, days: int | None) -> None:
        due = None if days is None else DAY + timedelta(days=days)
        self.attempt(
            lambda c, m: conclude_item(
                c,
                m.agenda[at % len(m.agenda)],
                "decided",
                points=[Resolved("Uppdrag ges.", self.person(c, who).id, "Utred", due)],
            )
        )

    @rule(at=items)
    def an_item_is_taken_up_again(self, at: int) -> None:
        self.attempt(lambda c, m: reopen_item(c, m.agenda[at % len(m.agenda)], "Fel antecknat."))

    @rule(goes_on=st.sampled_from([True, True, True, False]))
    def there_is_a_break(self, goes_on: bool) -> None:
        self.attempt(adjourn)
        if goes_on:
            self.attempt(resume_session)

    @rule()
    def the_break_is_over(self) -> None:
        self.attempt(resume_session)

    @rule(at=items)
    def a_section_is_attested_at_once(self, at: int) -> None:
        def attest(context: Context, meeting: Meeting) -> None:
            attest_immediately(context, meeting.agenda[at % len(meeting.agenda)])

        self.attempt(attest)

    @rule()
    def something_urgent_comes_up(self) -> None:
        self.attempt(
            lambda c, m: add_item(
                c, m, item_type="information", title="Nytt", late_reason="Brådskar."
            )
        )

    def teardown(self) -> None:
        try:
            self.finish()
            self.check()
        finally:
            self.casework.database.close()
            shutil.rmtree(self.folder)

    def finish(self) -> None:
        """The chair settles what is left, and the minutes go their way."""
        self.attempt(resume_session)
        for number in range(len(self.act(lambda _c, m: list(m.agenda)))):
            self.act(lambda c, m, number=number: settle_item(c, m.agenda[number]))
        waiting = self.act(lambda _c, m: [item for item in m.agenda if item.outcome == "pending"])
        assert waiting == []
        self._sign("immediate")
        self.act(lambda c, m: c.services.engine.fire(c, m, "end"))
        self.act(name_somebody_else)
        for trigger in ("draft_minutes", "send_for_attestation"):
            self.act(lambda c, m, trigger=trigger: c.services.engine.fire(c, m, trigger))
        self.act(invariants.check_nothing_leaves_early)
        self._sign("meeting")

    def _sign(self, kind: str) -> None:
        def waits(context: Context, _meeting: Meeting) -> list[int]:
            unlocked = select(Minutes.id).filter_by(kind=kind, locked_at=None)
            return list(context.session.scalars(unlocked))

        def who_signs(context: Context, minutes_id: int) -> list[tuple[int, str]]:
            waiting = awaited(context.session.get_one(Minutes, minutes_id))
            return [(each.person_id, each.person.name) for each in waiting]

        for minutes_id in self.act(waits):
            for who in self.act(lambda c, _m, minutes_id=minutes_id: who_signs(c, minutes_id)):
                self.act(
                    lambda c, _m, minutes_id=minutes_id: sign(
                        c, c.session.get_one(Minutes, minutes_id), confirmed_by="password"
                    ),
                    who,
                )

    def check(self) -> None:
        self.act(invariants.check_sections)
        self.act(invariants.check_who_took_part)
        self.act(invariants.check_votes)
        self.act(lambda _c, m: invariants.check_who_voted(m, self.served))
        self.act(invariants.check_assignments)
        self.act(invariants.check_minutes)
        self.act(invariants.check_who_signed)
        self.act(invariants.check_notices)
        self.act(invariants.check_excerpts)
        with self.casework.database.read() as session:
            assert verify_record(session, self.casework.services.audit.key).breaks == ()


def name_somebody_else(context: Context, meeting: Meeting) -> None:
    """When whoever was to attest came to lead the whole meeting, another is elected to attest."""
    chairs = {each.person_id for each in meeting.attestations if each.capacity == "chair"}
    if len(meeting.attestations) > len(chairs):
        return
    there = (each.person for item in meeting.agenda for each in item.participants)
    attester = next(person for person in there if person.id not in chairs and person.party_code)
    name_attesters(context, meeting, [attester])


def is_open(item: Any) -> bool:
    return item.item_type == "decision" and item.outcome == "pending"


def settle_item(context: Context, item: Any) -> None:
    """Lawfully: the questions that are left, then what they gave; where nobody may, left."""
    if item.outcome != "pending":
        return
    may_be_handled = roll.quorum_at(context, item).is_met and roll.leading(context, item)
    if not may_be_handled:
        while item.propositions:
            questions.take_back_question(context, item)
        drop_reservations(context, item)
        conclude_item(context, item, "not_handled")
        return
    while questions.open_question(item) is not None:
        questions.put_question(context, item, winner="first")
    drop_reservations(context, item)
    conclude_as_asked(context, item)


def conclude_as_asked(context: Context, item: Any) -> None:
    """With the outcome that the questions gave."""
    answer = questions.outcome_of_questions(item)
    if answer is None:
        raise Conflict("question_left", title=item.title)
    outcome = answer.outcome if item.item_type == "decision" else "noted"
    conclude_item(context, item, outcome, reason="Skäl.")


def drop_reservations(context: Context, item: Any) -> None:
    """Whoever entered one before the item was taken up again enters it anew afterwards."""
    for statement in [each for each in item.statements if each.kind == "reservation"]:
        statements.take_back_statement(context, item, statement)
