"""The calendar feeds: RFC 5545 to the letter, only planned facts, and dead links when withdrawn."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from casework.accounts.calendar_links import calendar_token, user_of, withdraw
from casework.accounts.service import find_user
from casework.context import STOCKHOLM, Actor
from casework.errors import NotFound
from casework.meetings.planning.calendar_feed import body_calendar, person_calendar
from casework.meetings.planning.icalendar import Event, calendar
from casework.meetings.planning.plan import plan_meeting
from casework.meetings.planning.revising import revise_meeting
from casework.people.service import appoint, create_person
from casework.text.door import cleaned
from tests.demo.conftest import world

if TYPE_CHECKING:
    from casework.app import Casework
    from casework.context import Context
    from casework.demo.world import World
    from casework.meetings.models import Meeting

    World_ = tuple[Casework, World]

__all__ = ["world"]

NOW = datetime(2025, 5, 2, 9, tzinfo=STOCKHOLM)
STARTS = datetime(2025, 6, 10, 9, 30, tzinfo=STOCKHOLM)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def unfold(feed: bytes) -> list[str]:
    """The logical lines, as a reader of RFC 5545 takes them."""
    return feed.replace(b"\r\n ", b"").decode().split("\r\n")


def value(feed: bytes, name: str) -> list[str]:
    return [line.partition(":")[2] for line in unfold(feed) if re.match(rf"{name}[:;]", line)]


def event(**given: object) -> Event:
    facts: dict[str, object] = {"uid": "a@b", "summary": "Möte", "starts": STARTS, "sequence": 1}
    return Event(**(facts | {"changed_at": NOW} | given))  # type: ignore[arg-type]


@given(TEXT, TEXT)
def test_no_text_breaks_out_of_its_line(summary: str, place: str) -> None:
    """RFC 5545 3.1, 3.3.11: whatever is written as name or place, the lines are the same and of at
    most 75 octets, and the words are read back."""
    plain = calendar("K", [event(summary="x", place="y")])
    feed = calendar("K", [event(summary=f"x{summary}", place=f"y{place}")])
    names = [line.partition(":")[0] for line in unfold(feed)]
    assert names == [line.partition(":")[0] for line in unfold(plain)]
    assert all(len(line) <= 75 for line in feed.split(b"\r\n"))
    [read] = Calendar.from_ical(feed).walk("VEVENT")
    assert str(read["summary"]) == cleaned(f"x{summary}")
    assert str(read["location"]) == cleaned(f"y{place}")


def test_moments_are_in_utc_and_a_day_is_a_day() -> None:
    """Summer time or not, 09.30 in Stockholm; a legal day has no hour."""
    winter = datetime(2025, 12, 9, 9, 30, tzinfo=STOCKHOLM)
    feed = calendar("K", [event(), event(starts=winter), event(starts=date(2025, 5, 27))])
    assert value(feed, "DTSTART") == ["20250610T073000Z", "20251209T083000Z", "20250527"]
    assert "DTSTART;VALUE=DATE:20250527" in unfold(feed)


def test_an_end_that_is_no_end_is_left_out() -> None:
    """DTEND comes after DTSTART, or is not there (3.8.2.2)."""
    later = STARTS + timedelta(hours=3)
    feed = calendar("K", [event(ends=STARTS), event(), event(ends=later)])
    assert value(feed, "DTEND") == [later.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")]


@pytest.fixture
def planned(world: World_) -> Meeting:
    """A meeting of the committee, with what must not be told."""
    casework, region = world
    secretary = Actor(region.cast.secretary.id, "Nämndsekreteraren")
    with casework.acting(region.organisation_id, secretary, NOW) as context:
        body = context.session.merge(region.committee)
        link = "https://video.example.org/hemlig"
        return plan_meeting(context, body, STARTS, place="Regionens hus, sal A", remote_link=link)


def feed_of(world: World_, who: str = "", moment: datetime = NOW) -> bytes:
    """The body's feed, or that of one of the cast."""
    casework, region = world
    with casework.database.read() as session:
        context = casework.context(session, region.organisation_id, moment=moment)
        if not who:
            return body_calendar(context, session.merge(region.committee, load=True), "sv")
        return person_calendar(context, session.merge(getattr(region.cast, who)), "sv")


def test_the_bodys_feed_tells_planned_facts_alone(world: World_, planned: Meeting) -> None:
    """Body, time, place and doors; neither agenda nor remote link nor a name."""
    feed = feed_of(world)
    assert value(feed, "SUMMARY") == ["Regionala utvecklingsnämnden"]
    assert value(feed, "LOCATION") == ["Regionens hus\\, sal A"]
    assert value(feed, "DESCRIPTION") == ["Stängda dörrar"]
    assert value(feed, "UID") == [f"meeting-{planned.id}@127.0.0.1"]
    for untold in ("hemlig", "Upprop", "Nämndsekreteraren", "Ordföranden"):
        assert untold not in feed.decode()


def test_a_meeting_without_an_end_takes_some_time(world: World_, planned: Meeting) -> None:
    """As long as the body usually meets, and half a day until that is known."""
    assert value(feed_of(world), "DTEND") == ["20250610T103000Z"]
    casework, region = world
    with casework.acting(region.organisation_id, moment=NOW) as context:
        body = context.session.merge(region.committee)
        for days, minutes in ((1, 60), (2, 90), (3, 400)):
            starts = STARTS + timedelta(days=days)
            plan_meeting(context, body, starts, ends_at=starts + timedelta(minutes=minutes))
    assert value(feed_of(world), "DTEND")[0] == "20250610T090000Z"


def test_the_same_feed_is_the_same_bytes(world: World_, planned: Meeting) -> None:
    """Nothing in it follows the clock, so that a reader is told when nothing is new."""
    assert feed_of(world) == feed_of(world, moment=NOW + timedelta(hours=7))


def test_a_change_raises_the_sequence(world: World_, planned: Meeting) -> None:
    """The same UID, a higher SEQUENCE, a later stamp: the reader's program moves the meeting."""
    before = feed_of(world)
    change(world, planned, place="Sal B")
    after = feed_of(world)
    assert value(after, "UID") == value(before, "UID")
    assert int(value(after, "SEQUENCE")[0]) > int(value(before, "SEQUENCE")[0])
    assert value(after, "DTSTAMP") > value(before, "DTSTAMP")


def test_a_cancelled_meeting_stays_as_cancelled(world: World_, planned: Meeting) -> None:
    """It is not silently gone; its days to keep are cancelled with it."""
    change(world, planned)
    feed = feed_of(world)
    assert value(feed, "STATUS") == ["CANCELLED"]
    assert value(feed, "SUMMARY") == ["Inställt: Regionala utvecklingsnämnden"]
    assert set(value(feed_of(world, "secretary"), "STATUS")) == {"CANCELLED"}


def test_old_meetings_leave_the_feed(world: World_, planned: Meeting) -> None:
    """A calendar is no archive."""
    assert value(feed_of(world, moment=NOW + timedelta(days=500)), "UID") == []


def test_the_secretary_gets_the_days_to_keep(world: World_, planned: Meeting) -> None:
    """Paper stop, summons and attestation (KL 5:69); 6 June is a holiday for nobody's summons."""
    feed = feed_of(world, "secretary")
    days = dict(zip(value(feed, "SUMMARY"), value(feed, "DTSTART"), strict=True))
    assert days["Manusstopp för RUN 2025-06-10"] == "20250527"
    assert days["Kallelsen till RUN 2025-06-10 ska gå senast i dag"] == "20250603"
    assert days["Protokollet från RUN 2025-06-10 ska vara justerat"] == "20250624"
    assert value(feed, "URL") == [f"http://127.0.0.1:8000/meetings/{planned.id}"]
    assert value(feed_of(world, "member"), "SUMMARY") == ["Regionala utvecklingsnämnden"]


def test_a_person_gets_the_meetings_of_the_own_term(world: World_, planned: Meeting) -> None:
    """From the first day to the last of the appointment, in the own bodies alone."""
    casework, region = world
    with casework.acting(region.organisation_id, moment=NOW) as context:
        body = context.session.merge(region.committee)
        forum = context.session.merge(region.forum)
        people = {}
        for name, where, days in (("till", body, -1), ("med", body, 0), ("annan", forum, 0)):
            people[name] = create_person(context, name=name)
            context.session.flush()
            last = STARTS.date() + timedelta(days=days)
            appoint(context, people[name], "member", body=where, valid_to=last)
        context.session.flush()
        feeds = {name: person_calendar(context, one, "en") for name, one in people.items()}
    assert {name: len(value(feed, "UID")) for name, feed in feeds.items()} == {
        "till": 0,
        "med": 1,
        "annan": 0,
    }
    assert value(feeds["med"], "DESCRIPTION") == ["Closed to the public"]


def test_a_withdrawn_link_is_dead(world: World_) -> None:
    """Forged, withdrawn, or of a closed account: one and the same answer."""
    casework, region = world
    with casework.acting(region.organisation_id, moment=NOW) as context:
        user = find_user(context, "ledamot@example.org")
        token = calendar_token("s" * 40, user)
        assert user_of(context.session, "s" * 40, token).id == user.id
        for wrong in (f"{token}x", token[:-1], "", "å", calendar_token("t" * 40, user)):
            refused(context, wrong)
        user.is_active = False
        refused(context, token)
        user.is_active = True
        withdraw(context, user)
        refused(context, token)
        assert user_of(context.session, "s" * 40, calendar_token("s" * 40, user)).id == user.id


def refused(context: Context, token: str) -> None:
    with pytest.raises(NotFound, match="link_dead"):
        user_of(context.session, "s" * 40, token)


def change(world: World_, planned: Meeting, **given: object) -> None:
    """The secretary changes the meeting an hour later, or cancels it when nothing is given."""
    casework, region = world
    secretary = Actor(region.cast.secretary.id, "Nämndsekreteraren")
    moment = NOW + timedelta(hours=1)
    with casework.acting(region.organisation_id, secretary, moment) as context:
        meeting = context.session.merge(planned)
        if given:
            revise_meeting(context, meeting, **given)
        else:
            context.services.engine.fire(context.given(reason="Inga ärenden"), meeting, "cancel")
