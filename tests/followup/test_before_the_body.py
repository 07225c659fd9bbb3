"""An assignment is part of a decision: only the body that gave it moves, ends or accepts it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.context import STOCKHOLM, Actor
from casework.errors import Conflict, Forbidden, Invalid
from casework.followup.answers import item_of
from casework.followup.models import Assignment
from casework.followup.requests import ask, lay_before
from casework.followup.service import report_back
from casework.meetings.agenda.items import remove_item
from casework.meetings.models import AgendaItem, Meeting
from casework.meetings.planning.plan import plan_meeting
from casework.meetings.table.motions import move
from casework.meetings.table.outcome import Resolved, conclude_item
from casework.meetings.table.questions import put_question
from casework.meetings.table.roll import arrive
from casework.workflow.blockers import Blocked
from tests.meetings.test_attestation import conclude_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.context import Context
    from casework.people.models import Person
    from tests.meetings.conftest import Table

ASKED, SAT = date(2025, 8, 4), date(2025, 9, 2)
ASKED_FOR, FAR = date(2026, 3, 2), date(2029, 1, 15)
LAW = "KL 6:1–6, 6:13"


class Office:
    """Acts on the assignment that the committee gave in June."""

    def __init__(self, table: Table) -> None:
        self.table, self.cast = table, table.cast
        conclude_all(table)
        table.fire("end")

    def act(
        self, who: Person, what: Callable[[Context, Assignment], Any], day: date = ASKED
    ) -> Any:
        moment = datetime(day.year, day.month, day.day, 10, tzinfo=STOCKHOLM)
        road = self.table.road
        actor = Actor(who.id, who.name)
        with road.casework.acting(road.world.organisation_id, actor, moment) as context:
            return what(context, context.session.scalars(select(Assignment)).one())

    def fire(self, who: Person, trigger: str, day: date = ASKED, **given: Any) -> None:
        self.act(who, lambda c, a: c.services.engine.fire(c.given(**given), a, trigger), day)

    def refused(self, who: Person, trigger: str, **given: Any) -> list[tuple[str, str]]:
        with pytest.raises(Blocked) as refused:
            self.fire(who, trigger, **given)
        return [(each.code, each.statute) for each in refused.value.blockers]

    def report(self, day: date = ASKED) -> None:
        self.act(self.cast.director, lambda c, a: report_back(c, a, "Planen är framtagen."), day)

    def sit(self, kind: str, conclude: Callable[[Context, AgendaItem], Any], **given: Any) -> None:
        """Asked, unless it is already, laid before the committee, and concluded at a meeting that
        ends."""
        cast = self.cast

        def lay(context: Context, assignment: Assignment) -> int:
            waiting = [each for each in assignment.requests if item_of(each) is None]
            request = waiting[0] if waiting else ask(context, assignment, kind, **given)
            meeting = plan_meeting(
                context,
                context.session.get_one(Meeting, self.table.meeting_id).body,
                datetime(SAT.year, SAT.month, SAT.day, 9, tzinfo=STOCKHOLM),
                chair=cast.chair,
                secretary=cast.secretary,
            )
            lay_before(context, request, meeting)
            context.services.engine.fire(context.given(), meeting, "summon")
            return meeting.id

        meeting_id = self.act(cast.secretary, lay)

        def hold(context: Context, _assignment: Assignment) -> None:
            meeting = context.session.get_one(Meeting, meeting_id)
            fire = context.services.engine.fire
            fire(context.given(), meeting, "open")
            for person, capacity in (
                (cast.chair, "chair"),
                (cast.vice_chair, "vice_chair"),
                (cast.attester, "member"),
            ):
                arrive(context, meeting, person, capacity)
            *others, item = meeting.agenda
            for each in others:
                conclude_item(context, each, "noted")
            conclude(context, item)
            fire(context.given(), meeting, "end")

        self.act(cast.secretary, hold, SAT)

    def read(self, what: Callable[[Assignment], Any]) -> Any:
        return self.act(self.cast.secretary, lambda _c, a: what(a))


@pytest.fixture
def office(table: Table) -> Office:
    return Office(table)


def as_proposed(context: Context, item: AgendaItem) -> None:
    conclude_item(context, item, "decided", reason=item.outcome_reason)


def test_no_official_disposes_of_what_the_body_gave(office: Office) -> None:
    """It was moved to 2029 and then cancelled, by secretary and manager, through the API."""
    cast, why = office.cast, {"reason": "Hinns inte med"}
    for who in (cast.secretary, cast.manager):
        moved = office.refused(who, "extend", report_back_on=FAR, **why)
        assert moved == [("only_the_body_moves", LAW)]
    assert office.refused(cast.secretary, "cancel", **why) == [("only_the_body_cancels", LAW)]
    office.report()
    for who in (cast.secretary, cast.manager):
        assert office.refused(who, "accept") == [("only_the_body_accepts", LAW)]
        back = office.refused(who, "send_back", report_back_on=FAR, **why)
        assert back == [("after_the_bodys_day", LAW)]
    office.fire(cast.secretary, "send_back", report_back_on=date(2025, 10, 1), **why)
    assert office.read(lambda a: a.state) == "open"


def test_the_body_moves_the_day_that_it_decides(office: Office) -> None:
    """The assignee asks, the item says yes, and the secretary notes that day and no other."""
    office.sit("another_day", as_proposed, reason="Underlag saknas", report_back_on=ASKED_FOR)
    secretary, why = office.cast.secretary, {"reason": "Nämndens beslut"}
    other = office.refused(secretary, "extend", report_back_on=FAR, **why)
    assert other == [("not_the_bodys_day", LAW)]
    office.fire(secretary, "extend", SAT, report_back_on=ASKED_FOR, **why)
    assert office.read(lambda a: a.report_back_on) == ASKED_FOR
    text = office.table.act(
        lambda c, _m: (
            c.session.scalars(select(AgendaItem).order_by(AgendaItem.id))
            .all()[-1]
            .decision.points[0]
            .text
        )
    )
    assert "2026-03-02" in text
    assert "Utveckla" not in text  # the task is not told on an agenda


def test_the_body_may_give_another_day_than_was_asked_for(office: Office) -> None:
    def sooner(context: Context, item: AgendaItem) -> None:
        said = "RUN beslutar att uppdraget ska återrapporteras senast den 1 december 2025."
        conclude_item(context, item, "decided", points=[Resolved(said)])

    office.sit("another_day", sooner, reason="Underlag saknas", report_back_on=ASKED_FOR)
    secretary, why = office.cast.secretary, {"reason": "Nämndens beslut"}
    assert office.refused(secretary, "extend", report_back_on=ASKED_FOR, **why)
    office.fire(secretary, "extend", SAT, report_back_on=date(2025, 12, 1), **why)


def rejected(context: Context, item: AgendaItem) -> None:
    chair = next(row.person for row in item.meeting.attendances if row.capacity == "chair")
    move(context, item, chair, "rejection")
    put_question(context, item, winner="second")
    conclude_item(context, item, "decided")


def denied(context: Context, item: AgendaItem) -> None:
    said = "RUN beslutar att uppdraget inte ska återrapporteras senast 2026-03-02."
    conclude_item(context, item, "decided", points=[Resolved(said)])


def denied_before_the_points(context: Context, item: AgendaItem) -> None:
    said = "uppdraget ska återrapporteras senast 2026-03-02."
    lead_in = "RUN avslår begäran att"
    conclude_item(context, item, "decided", points=[Resolved(said)], lead_in=lead_in)


def tabled(context: Context, item: AgendaItem) -> None:
    conclude_item(context, item, "tabled")


@pytest.mark.parametrize("conclude", [rejected, denied, denied_before_the_points, tabled])
@pytest.mark.parametrize("kind", ["another_day", "end"])
def test_a_no_is_no(office: Office, conclude: Any, kind: str) -> None:
    """Rejected, denied in words, or tabled: nothing is noted as granted."""
    day = ASKED_FOR if kind == "another_day" else None
    office.sit(kind, conclude, reason="Underlag saknas", report_back_on=day)
    secretary, why = office.cast.secretary, {"reason": "Nämndens beslut"}
    assert office.refused(secretary, "extend", report_back_on=ASKED_FOR, **why)
    assert office.refused(secretary, "cancel", **why)


def test_the_body_ends_it(office: Office) -> None:
    office.sit("end", as_proposed, reason="Frågan är överspelad")
    office.fire(office.cast.secretary, "cancel", SAT, reason="Nämndens beslut")
    assert office.read(lambda a: a.state) == "cancelled"


def test_a_report_is_heard_before_it_is_accepted(office: Office) -> None:
    """Laid as an item of information; a report that was written later waits for the next."""
    office.report()
    office.sit("report", lambda c, i: conclude_item(c, i, "noted"))
    secretary = office.cast.secretary
    again = {"report_back_on": date(2025, 10, 1), "reason": "Tabellen saknas"}
    office.fire(secretary, "send_back", SAT, **again)
    office.report(date(2025, 9, 20))
    assert office.refused(secretary, "accept") == [("only_the_body_accepts", LAW)]


def test_what_was_heard_is_accepted(office: Office) -> None:
    office.report()
    office.sit("report", lambda c, i: conclude_item(c, i, "noted"))
    office.fire(office.cast.secretary, "accept", SAT)
    assert office.read(lambda a: a.state) == "accepted"


def test_an_item_that_is_taken_off_leaves_the_request_waiting(office: Office) -> None:
    """Taken off before the summons it is as if it never was on; it can be laid again."""
    cast = office.cast

    def lay(context: Context, assignment: Assignment) -> None:
        request = ask(context, assignment, "end", reason="Frågan är överspelad")
        meeting = plan_meeting(
            context,
            context.session.get_one(Meeting, office.table.meeting_id).body,
            datetime(2025, 9, 2, 9, tzinfo=STOCKHOLM),
            chair=cast.chair,
            secretary=cast.secretary,
        )
        item = lay_before(context, request, meeting)
        with pytest.raises(Conflict, match="request_laid"):
            lay_before(context, request, meeting)
        with pytest.raises(Conflict, match="request_laid"):
            ask(context, assignment, "end", reason="Frågan är överspelad igen")
        remove_item(context, item)
        context.session.flush()
        context.session.expire(request, ["laid"])
        lay_before(context, request, meeting)

    office.act(cast.secretary, lay)


def test_who_asks_and_for_what(office: Office) -> None:
    """The assignee, the manager and the secretary; with a reason, and a day that is ahead."""
    cast, why = office.cast, "Underlag saknas"

    def asking(kind: str, **given: Any) -> Callable[[Context, Assignment], Any]:
        return lambda c, a: ask(c, a, kind, **given)

    with pytest.raises(Forbidden, match="role_missing"):
        office.act(cast.attester, asking("end", reason=why))
    for given in ({"reason": why}, {"reason": why, "report_back_on": date(2025, 6, 1)}):
        with pytest.raises(Invalid, match=r"input_missing|day_not_ahead"):
            office.act(cast.director, asking("another_day", **given))
    with pytest.raises(Invalid, match="input_missing"):
        office.act(cast.director, asking("end"))
    with pytest.raises(Conflict, match="report_missing"):
        office.act(cast.secretary, asking("report"))
    with pytest.raises(Invalid, match="request_kind_unknown"):
        office.act(cast.secretary, asking("more_money", reason=why))
    office.act(cast.director, asking("another_day", reason=why, report_back_on=ASKED_FOR))
    office.act(cast.director, asking("another_day", reason=why, report_back_on=FAR))
    assert office.read(lambda a: [r.report_back_on for r in a.requests]) == [FAR]


def test_the_report_that_is_laid_is_the_newest(office: Office) -> None:
    """Asked for one report and laid with a newer: the body has heard the newer."""
    cast, why = office.cast, {"report_back_on": date(2025, 10, 1), "reason": "Tabellen saknas"}
    office.report()
    office.act(cast.director, lambda c, a: ask(c, a, "report"))
    office.fire(cast.secretary, "send_back", **why)
    newer = date(2025, 8, 20)
    office.report(newer)

    def lay(context: Context, assignment: Assignment) -> None:
        [request] = assignment.requests
        meeting = plan_meeting(
            context,
            context.session.get_one(Meeting, office.table.meeting_id).body,
            datetime(2025, 9, 2, 9, tzinfo=STOCKHOLM),
            chair=cast.chair,
            secretary=cast.secretary,
        )
        lay_before(context, request, meeting)
        newest = assignment.report_backs[-1].reported_at
        assert request.asked_at > newest

    office.act(cast.secretary, lay, date(2025, 8, 21))


def test_what_one_body_gave_no_other_is_asked(office: Office) -> None:
    """KL 6:13: another body's meeting takes no request about it."""
    cast = office.cast

    def lay(context: Context, assignment: Assignment) -> None:
        request = ask(context, assignment, "end", reason="Frågan är överspelad")
        presidium = context.session.merge(office.table.road.world.presidium)
        other = plan_meeting(
            context,
            presidium,
            datetime(2025, 9, 2, 9, tzinfo=STOCKHOLM),
            chair=cast.chair,
            secretary=cast.secretary,
        )
        with pytest.raises(Conflict, match="another_body_gave_it"):
            lay_before(context, request, other)

    office.act(cast.secretary, lay)
