"""Who is summoned and led by whom, and what the letters say: those seated on the meeting's day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.context import STOCKHOLM, Actor
from casework.demo.road import summon
from casework.documents.models import Document
from casework.mail.models import Message
from casework.meetings import queries
from casework.meetings.agenda.items import add_item, reorder
from casework.meetings.agenda.paper import agenda_entry
from casework.meetings.guards import unannounced
from casework.meetings.models import Meeting
from casework.meetings.planning.plan import plan_meeting, plan_series
from casework.meetings.planning.revising import revise_meeting
from casework.meetings.planning.series import paper_stop
from casework.people.corrections import revise_appointment
from casework.people.models import Appointment, Body, Person
from casework.people.service import appoint, create_body, create_person
from casework.publishing.public_pages import announced
from tests.demo.conftest import road_of, world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World
    from casework.workflow.blockers import Blocker

__all__ = ["world"]

DAY = date(2025, 6, 3)
SUMMONED = DAY - timedelta(days=14)


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    return road_of(world, tmp_path)


def act(road: Road, who: Person, day: date, what: Callable[[Context], Any]) -> Any:
    moment = datetime(day.year, day.month, day.day, 11, tzinfo=STOCKHOLM)
    with road.casework.acting(
        road.world.organisation_id, Actor(who.id, who.name), moment
    ) as context:
        return what(context)


def letters(road: Road, about: str) -> list[Message]:
    """The letters whose subject begins so, in the order of their addresses."""
    with road.casework.database.read() as session:
        rows = session.scalars(select(Message).order_by(Message.to_address)).all()
        return [row for row in rows if row.subject.startswith(about)]


def printed(road: Road) -> str:
    """The text of the newest document, on one line."""
    with road.casework.database.read() as session:
        document = session.scalars(select(Document).order_by(Document.id.desc())).first()
        assert document is not None
        pdf = PdfReader(BytesIO(road.casework.services.press.read(document)))
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def succession(road: Road) -> None:
    """On the meeting's day a new member, without an address, has taken the member's seat, and an
    acting chair stands in."""
    body, cast = road.world.committee, road.cast

    def change(context: Context) -> None:
        seat = context.session.scalars(
            select(Appointment).filter_by(person_id=cast.member.id, body_id=body.id)
        ).one()
        revise_appointment(context, seat, used=None, valid_to=DAY - timedelta(days=3))
        comes = create_person(context, name="Nya ledamoten", title="Ledamot")
        acts = create_person(context, name="Tf. ordföranden", email="tf@example.org")
        context.session.flush()
        since = DAY - timedelta(days=2)
        appoint(context, comes, "member", body=body, valid_from=since)
        appoint(context, acts, "chair", body=body, valid_from=since, valid_to=DAY, is_acting=True)

    act(road, cast.registrar, SUMMONED, change)


def test_those_seated_on_the_day_are_summoned(road: Road) -> None:
    """KL 5:15, 6:17: not whoever has left by then; whom no letter reaches is on record and told."""
    succession(road)
    meeting = summon(road, road.world.committee, DAY, [])
    told = [row.to_address.split("@")[0] for row in letters(road, "Kallelse")]
    assert told == ["ersattare", "justerare", "ordforande", "tf", "vice-ordforande"]
    with road.casework.database.read() as session:
        entry = session.scalars(select(AuditEntry).filter_by(action="summons_sent")).one()
        assert entry.detail == {"letters": 5, "out_of_reach": ["Nya ledamoten"]}
        row = session.get_one(Meeting, meeting.id)
        assert queries.out_of_reach(session, row) == ["Nya ledamoten"]


@pytest.mark.parametrize("address", ["åsa.öberg@example.org", "a@b"])
def test_one_bad_address_does_not_stop_the_summons(road: Road, address: str) -> None:
    """An address from before addresses were tried: the others are summoned, and it is told."""
    with road.casework.database.unit_of_work() as session:
        session.get_one(Person, road.cast.member.id).email = address
    summon(road, road.world.committee, DAY, [])
    told = [row.to_address.split("@")[0] for row in letters(road, "Kallelse")]
    assert "ordforande" in told
    with road.casework.database.read() as session:
        entry = session.scalars(select(AuditEntry).filter_by(action="summons_sent")).one()
        assert entry.detail["out_of_reach"] == [road.cast.member.name]


def test_an_acting_chair_leads_in_their_time(road: Road) -> None:
    """Each meeting of a year is led by whoever holds the office on its own day."""
    succession(road)

    def plan(context: Context) -> list[str]:
        days = [datetime(2025, 6, day, 9, tzinfo=STOCKHOLM) for day in (3, 10)]
        made = plan_series(context, context.session.merge(road.world.committee), days)
        context.session.flush()
        for each in made:
            context.session.refresh(each)
        return [each.chair.name for each in made if each.chair]

    planned = act(road, road.cast.secretary, SUMMONED, plan)
    assert planned == ["Tf. ordföranden", "Ordföranden"]


def add(context: Context, title: str, reason: str) -> None:
    meeting = context.session.scalars(select(Meeting)).one()
    add_item(context, meeting, item_type="information", title=title, late_reason=reason)


def fire(context: Context, trigger: str) -> None:
    meeting = context.session.scalars(select(Meeting)).one()
    context.services.engine.fire(context, meeting, trigger)


def test_a_supplement_tells_what_is_new_and_why(road: Road) -> None:
    """Not the first summons over again: its own subject, the new items alone, and their reason."""
    summon(road, road.world.committee, DAY, [])
    day, secretary = date(2025, 5, 28), road.cast.secretary
    act(road, secretary, day, lambda c: add(c, "Remiss om kollektivtrafik", "Svaret brådskar"))
    act(road, secretary, day, lambda c: fire(c, "supplement"))
    told = letters(road, "Tillägg till kallelse: Regionala utvecklingsnämnden tisdag 2025-06-03")
    assert len(told) == len(letters(road, "Kallelse:")) == 5
    for text in (told[0].text, told[0].html):
        assert "ett tillägg till kallelsen" in text
        assert "Remiss om kollektivtrafik" in text
        assert "Skäl: Svaret brådskar" in text
        assert "Upprop och fastställande" not in text
    said = printed(road)
    assert "TILLÄGG 1 TILL KALLELSE" in said
    assert "Det här är ett tillägg till kallelsen, som i övrigt gäller." in said
    assert "Remiss om kollektivtrafik Nytt efter kallelsen: Svaret brådskar" in said
    assert "Upprop och fastställande" not in said


def test_an_hour_is_said_where_it_is_new(road: Road) -> None:
    """Nothing planned before an item: it is not said to begin when the meeting does."""
    summon(road, road.world.committee, DAY, [])
    day, secretary = date(2025, 5, 28), road.cast.secretary
    act(road, secretary, day, lambda c: add(c, "Remiss om kollektivtrafik", "Svaret brådskar"))
    with road.casework.database.read() as session:
        meeting = session.scalars(select(Meeting)).one()
        hours = [agenda_entry(item, meeting).time for item in meeting.agenda]
    assert hours == ["09.00", *[""] * (len(hours) - 1)]


def test_what_was_summoned_keeps_its_number(road: Road) -> None:
    """Late items come after the last number, wherever in the order they are handled."""
    meeting = summon(road, closing(road), DAY, [])
    day, secretary = date(2025, 5, 28), road.cast.secretary

    def numbers(context: Context) -> list[tuple[int, str]]:
        row = context.session.get_one(Meeting, meeting.id)
        return [(item.number, item.title) for item in row.agenda]

    first, last = act(road, secretary, day, numbers)
    assert (first, last) == ((1, "Öppnande"), (2, "Övriga frågor"))
    act(road, secretary, day, lambda c: add(c, "Sent", "Svaret brådskar"))
    assert act(road, secretary, day, numbers) == [first, (3, "Sent"), last]
    act(road, secretary, day, lambda c: fire(c, "supplement"))
    act(road, secretary, day, lambda c: add(c, "Senare", "Svaret brådskar"))
    assert act(road, secretary, day, numbers) == [first, (3, "Sent"), (4, "Senare"), last]

    def turn(context: Context) -> None:
        row = context.session.get_one(Meeting, meeting.id)
        reorder(context, row, [item.id for item in row.agenda][::-1])

    act(road, secretary, day, turn)
    assert act(road, secretary, day, numbers) == [last, (4, "Senare"), (3, "Sent"), first]
    assert "3 Sent" in printed(road)


def closing(road: Road) -> Body:
    """The committee, with a formal item that stays last."""

    def revise(context: Context) -> Body:
        body = context.session.merge(road.world.committee)
        body.agenda_template = [
            {"title": "Öppnande"},
            {"title": "Övriga frågor", "section": "closing"},
        ]
        return body

    return act(road, road.cast.registrar, SUMMONED, revise)


def test_a_change_after_the_summons_is_told(road: Road) -> None:
    """Whoever was summoned to one place is told of another, once; what one need not know is not."""
    summon(road, road.world.committee, DAY, [])

    def revise(**given: Any) -> Callable[[Context], None]:
        return lambda c: revise_meeting(c, c.session.scalars(select(Meeting)).one(), **given)

    def may_be_open(context: Context) -> None:
        context.session.get_one(Body, road.world.committee.id).open_doors = True

    day, secretary = date(2025, 5, 28), road.cast.secretary
    act(road, secretary, day, may_be_open)
    act(road, secretary, day, revise(place="Rådhuset", is_public=True))
    act(road, secretary, day, revise(place="Rådhuset", group_meetings="Kl. 8"))
    told = letters(road, "Ändrat: Regionala utvecklingsnämnden tisdag 2025-06-03")
    assert len(told) == 5
    assert "Ny plats: Rådhuset (tidigare Regionens hus, Östersund)" in told[0].text
    assert "Sammanträdet är öppet för allmänheten." in told[0].text
    assert "distans" not in told[0].text


def test_another_hour_after_the_summons_is_told(road: Road) -> None:
    """The day stands, its hour can be corrected; whoever was summoned is told of both."""
    summon(road, road.world.committee, DAY, [])

    def later(context: Context) -> None:
        meeting = context.session.scalars(select(Meeting)).one()
        revise_meeting(context, meeting, starts_at=meeting.starts_at + timedelta(minutes=90))

    act(road, road.cast.secretary, date(2025, 5, 28), later)
    told = letters(road, "Ändrat: Regionala utvecklingsnämnden tisdag 2025-06-03")
    assert len(told) == 5
    for shown in (told[0].text, told[0].html.replace("\N{NO-BREAK SPACE}", " ")):
        assert "Ny tid" in shown
        assert "(tidigare kl. 09.00)" in shown
        assert "10.30" in shown


FAR = date(2099, 6, 9)  # the public pages ask the real clock what is to come


def assembly(road: Road) -> Body:
    """The region's assembly, led and kept by those of the committee."""

    def found(context: Context) -> Body:
        body = create_body(
            context, kind="assembly", name="Regionfullmäktige", short_name="RF", email="rf@x.se"
        )
        context.session.flush()
        for person, role in (
            (road.cast.chair, "chair"),
            (road.cast.secretary, "committee_secretary"),
            (road.cast.member, "member"),
            (road.cast.attester, "member"),
        ):
            appoint(context, person, role, body=body)
        return body

    return act(road, road.cast.registrar, date(2025, 1, 2), found)


def test_the_assembly_is_announced_on_the_board(road: Road) -> None:
    """KL 5:13-15: time, place and matters from the summons on, a supplement too; then it is off."""
    body, secretary = assembly(road), road.cast.secretary
    summon(road, road.world.committee, FAR, [])
    assert "Kungörelse" not in road.board_page()
    meeting = summon(road, body, FAR + timedelta(days=1), [])
    page = road.board_page()
    assert "Kungörelse: Regionfullmäktige 2099-06-10" in page
    assert "Regionens hus, Östersund" in page
    assert f'href="/public/meetings/{meeting.id}"' in page

    def late(context: Context) -> None:
        row = context.session.get_one(Meeting, meeting.id)
        for title, closed in (("Sent ärende", False), ("Hemligt ärende", True)):
            add_item(
                context,
                row,
                item_type="information",
                title=title,
                late_reason="Brådskar",
                is_closed=closed,
            )

    act(road, secretary, FAR - timedelta(days=4), late)
    assert "Sent ärende" not in road.board_page()
    act(
        road,
        secretary,
        FAR - timedelta(days=4),
        lambda c: c.services.engine.fire(c, c.session.get_one(Meeting, meeting.id), "supplement"),
    )
    assert "Sent ärende" in road.board_page()
    assert "Hemligt ärende" not in road.board_page()
    after = datetime(2099, 6, 11, tzinfo=STOCKHOLM)
    with road.casework.database.read() as session:
        assert session.scalars(announced(road.world.organisation_id, after)).all() == []
    said = printed(road)
    assert "TILLÄGG 1 TILL KUNGÖRELSE" in said
    assert "Ledamöter, ersättare och allmänheten" in said


def test_the_assembly_has_texts_of_its_own(road: Road) -> None:
    """KL 5: its own sections on recusal, its own assignments, no decisions of a chair alone."""
    summon(road, assembly(road), DAY, [])
    said = printed(road)
    assert "(5 kap. 46–47 §§ kommunallagen)" in said
    assert "Uppföljning av fullmäktiges uppdrag" in said
    assert "brådskande beslut" not in said.lower()
    assert "Nämndsekreteraren Sekreterare" in said
    told = [each.text.replace("\u00a0", " ") for each in letters(road, "Kallelse")]
    assert all("(5 kap. 46–47 §§ kommunallagen)" in text for text in told)
    summon(road, road.world.committee, DAY, [])
    assert "(6 kap. 28–32 §§ kommunallagen)" in printed(road)


def blockers(road: Road, meeting: Meeting, day: date, trigger: str) -> dict[str, Blocker]:
    """What stops the secretary from taking the step on the day."""

    def asked(context: Context) -> dict[str, Blocker]:
        row = context.session.get_one(Meeting, meeting.id)
        options = context.services.engine.options(context, row)
        step = next(each for each in options if each.transition.trigger == trigger)
        return {blocker.code: blocker for blocker in step.blockers}

    return act(road, road.cast.secretary, day, asked)


def test_an_advisory_body_is_summoned_in_time_too(road: Road) -> None:
    """By its own days; late with a reason, and never to a day that has passed."""

    def plan(context: Context) -> Meeting:
        presidium = context.session.merge(road.world.presidium)
        return plan_meeting(context, presidium, datetime(2025, 6, 3, 9, tzinfo=STOCKHOLM))

    meeting = act(road, road.cast.secretary, SUMMONED, plan)
    last = DAY - timedelta(days=4)  # three days before is a Saturday
    assert "summons_late" not in blockers(road, meeting, last, "summon")
    assert "summons_not_late" in blockers(road, meeting, last, "summon_late")
    assert "summons_late" in blockers(road, meeting, DAY, "summon")
    assert blockers(road, meeting, DAY, "summon_late") == {}
    after = DAY + timedelta(days=1)
    assert list(blockers(road, meeting, after, "summon_late")) == ["meeting_day_passed"]


def test_a_supplement_goes_before_the_meeting_opens(road: Road) -> None:
    """It is named; an assembly's goes by the last working day before (KL 5:14)."""
    friday, monday = date(2025, 5, 30), date(2025, 6, 2)
    meeting = summon(road, assembly(road), monday, [])
    assert list(blockers(road, meeting, friday, "open")) == ["meeting_day_ahead"]
    act(road, road.cast.secretary, friday, lambda c: add(c, "Sent ärende", "Brådskar"))
    unsent = blockers(road, meeting, friday, "open")["supplement_unsent"]
    assert unsent.params == {"titles": ["Sent ärende"]}
    assert blockers(road, meeting, friday, "supplement") == {}
    late = blockers(road, meeting, monday, "supplement")["supplement_late"]
    assert (late.params["last"], late.statute) == ("2025-05-30", "KL 5:14")
    assert blockers(road, meeting, monday, "open") == {}


def test_the_secretary_is_warned_of_what_is_not_announced(road: Road) -> None:
    """KL 5:14: while there is time, and after it; an item that all agreed on needs no notice."""
    friday, monday = date(2025, 5, 30), date(2025, 6, 2)
    meeting = summon(road, assembly(road), monday, [])

    def warned(day: date) -> str:
        def ask(context: Context) -> str:
            blocker = unannounced(context, context.session.get_one(Meeting, meeting.id))
            return blocker.sentence() if blocker else ""

        return act(road, road.cast.secretary, day, ask)

    assert warned(friday) == ""
    act(road, road.cast.secretary, friday, lambda c: add(c, "Sent ärende", "Brådskar"))
    assert "Skicka det senast 2025-05-30 (KL 5:14)" in warned(friday)
    assert "bara om alla närvarande är överens (KL 5:52)" in warned(monday)
    act(road, road.cast.secretary, monday, lambda c: fire(c, "open"))
    assert "Sent ärende" in warned(monday)

    def agreed(context: Context) -> None:
        row = context.session.get_one(Meeting, meeting.id)
        given = {"item_type": "information", "late_reason": "Nytt", "all_agree": True}
        add_item(context, row, title="Vid bordet", **given)

    act(road, road.cast.secretary, monday, agreed)
    assert "Vid bordet" not in warned(monday)


def test_an_announced_supplement_warns_nobody(road: Road) -> None:
    """Sent in time it is on the board; a committee's needs no notice there."""
    friday = date(2025, 5, 30)
    summon(road, assembly(road), date(2025, 6, 2), [])
    act(road, road.cast.secretary, friday, lambda c: add(c, "Sent ärende", "Brådskar"))
    act(road, road.cast.secretary, friday, lambda c: fire(c, "supplement"))

    def ask(context: Context) -> Blocker | None:
        return unannounced(context, context.session.scalars(select(Meeting)).one())

    assert act(road, road.cast.secretary, friday, ask) is None


def test_papers_stop_on_a_working_day(road: Road) -> None:
    """A day off moves the paper stop earlier, never later."""
    stop = paper_stop(road.world.committee, date(2025, 6, 20))  # a fortnight before: 6 June
    assert stop == date(2025, 6, 5)
