"""Whatever somebody without an account can ask for, it tells nothing that was not published."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.board.models import BoardNotice
from casework.context import STOCKHOLM, Actor
from casework.demo.road import attest, dispatch, firing, hold, prepare, summon
from casework.documents.models import Document
from casework.matters.models import Matter
from casework.meetings.agenda.items import add_item, revise_item
from casework.meetings.models import Meeting, MinutesItem
from casework.people.service import appoint, create_body
from casework.publishing.public_pages import find, public_agenda, publications
from casework.publishing.queries import announcement, candidates, waits_for_trial
from casework.publishing.service import hold as hold_back
from casework.publishing.service import publish
from casework.secrecy.service import review_secrecy
from casework.web.frame import session
from casework.web.frame.session import PUBLIC
from tests.demo.conftest import road_of, world
from tests.publishing.acting import publish_all, seen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World
    from casework.people.models import Body

__all__ = ["world"]

TITLE, POINT, WHY = "Kanariefågelns bur", "Nämnden köper sju gula fjädrar", "Sammandrag om sången"
CANARIES = (TITLE, "Kanarief", POINT, "gula fjädrar", WHY)
TEXT: dict[str, Any] = {
    "title": TITLE,
    "sections": [{"heading": "Sammanfattning", "body": WHY}],
    "points": [POINT],
    "recipients": ["Bräcke kommun"],
}
DAY = date(2025, 6, 3)
PERSONAL = {"token", "secret"}
QUERIES = ("", "?year=2025")


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    return road_of(world, tmp_path)


def answers(road: Road) -> Iterator[tuple[str, str]]:
    """Every address that is open to all, with what it answers; each with every number there is.

    A personal link is left out: nobody has its secret but the one that it was sent to.
    """
    numbers = {**_numbers(road), "filename": ["base.css"], "code": ["en"]}
    app = road.public.application
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "GET" not in (rule.methods or ()) or PUBLIC not in getattr(view, "permits", ()):
            continue
        if PERSONAL & rule.arguments:
            continue
        assert rule.arguments <= numbers.keys(), rule  # a new public address: give it its numbers
        addresses = [rule.rule]
        for name in rule.arguments:
            holes = (f"<int:{name}>", f"<{name}>", f"<path:{name}>")
            addresses = [
                _filled(address, holes, str(value))
                for address in addresses
                for value in numbers[name]
            ]
        for address in addresses:
            for query in QUERIES:
                yield address + query, road.public.get(address + query).text
    for checksum in numbers["checksum"]:
        address = f"/check?checksum={checksum[:16]}"
        yield address, road.public.get(address).text


def _filled(address: str, holes: tuple[str, ...], value: str) -> str:
    for hole in holes:
        address = address.replace(hole, value)
    return address


def _numbers(road: Road) -> dict[str, list[Any]]:
    with road.casework.database.read() as database:
        return {
            "meeting_id": list(database.scalars(select(Meeting.id))),
            "notice_id": list(database.scalars(select(BoardNotice.id))),
            "body_id": [road.world.committee.id],
            "checksum": list(database.scalars(select(MinutesItem.content_sha256))),
        }


def leaks(road: Road, words: tuple[str, ...] = CANARIES) -> set[str]:
    return {address for address, answer in answers(road) if any(each in answer for each in words)}


def checked_as_files(road: Road) -> str:
    """What the check says of every PDF that was drawn up."""
    with road.casework.database.read() as database:
        press = road.casework.services.press
        rows = database.scalars(select(Document).filter_by(media_type="application/pdf")).all()
        files = [press.read(row) for row in rows]
    page = road.public.get("/check").text
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', page)[0]
    said = [
        road.public.post(
            "/check", data={"csrf_token": token, "file": (BytesIO(content), "p.pdf")}
        ).text
        for content in files
    ]
    return "\n".join(said)


def test_nothing_is_told_before_it_is_published(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From registration to the notice on the board, dispatch and all: no title, no decision, no
    summary on any open page; then the title, then the §, and never what is beside the decision."""
    matter = prepare(road, "decision", road.world.committee, TEXT, date(2025, 4, 7))
    assert leaks(road) == set()
    meeting = summon(road, road.world.committee, DAY, [(matter, "decision", "")])
    assert leaks(road) == set()
    hold(road, meeting, DAY, {"decision": "decided"})
    assert leaks(road) == set()
    attest(road, meeting, date(2025, 6, 10))
    assert leaks(road) == set()
    assert "Protokoll Regionala utvecklingsnämnden" in road.public.get("/board").text
    dispatch(road, matter, date(2025, 6, 11))
    assert leaks(road) == set()
    monkeypatch.setattr(session, "TRIES", 100)
    said = checked_as_files(road)
    assert "är justerat" in said
    assert not any(each in said for each in CANARIES)
    publish_all(road, meeting, date(2025, 6, 11))
    own = {f"/public/meetings/{meeting.id}", f"/public/meetings/{meeting.id}?year=2025"}
    assert leaks(road) == own
    assert leaks(road, (POINT,)) == own
    assert leaks(road, (WHY,)) == set()

    def mark(context: Context) -> Matter:
        return review_secrecy(context, context.session.get_one(Matter, matter.id), "OSL 26:1")

    road.step(date(2025, 6, 12), road.cast.registrar, "sekretessmarkerar", mark)
    assert leaks(road) == set()


FAR = date(2099, 6, 10)  # the public pages ask the real clock what is to come


def assembly(road: Road) -> Body:
    moment = datetime(2025, 1, 2, 10, tzinfo=STOCKHOLM)
    who = Actor(road.cast.registrar.id, road.cast.registrar.name)
    with road.casework.acting(road.world.organisation_id, who, moment) as context:
        body = create_body(context, kind="assembly", name="Regionfullmäktige", short_name="RF")
        context.session.flush()
        for person, role in (
            (road.cast.chair, "chair"),
            (road.cast.secretary, "committee_secretary"),
            (road.cast.attester, "member"),
        ):
            appoint(context, person, role, body=body)
        return body


def announced_titles(context: Context, meeting: Meeting) -> list[str | None]:
    """The announcement as the secretary sees it."""
    told = announcement(context.session, meeting)
    return [each.title and "".join(run.text for run in each.title) for each in told]


def test_an_assemblys_announcement_goes_by_itself(road: Road) -> None:
    """KL 5:13-15: its titles once they have been sent out, as long as it is on the board; nothing
    of what comes behind closed doors, and nothing that the secretary holds."""
    body = assembly(road)
    meeting = summon(road, body, FAR, [])
    secret = "Kanariefågelns hemlighet"

    def add(context: Context) -> Meeting:
        row = context.session.get_one(Meeting, meeting.id)
        for title, is_closed in ((TITLE, False), (secret, True)):
            given = {"item_type": "information", "late_reason": "Brådskar", "summary": WHY}
            add_item(context, row, title=title, is_closed=is_closed, **given)
        return row

    def keep(context: Context) -> Meeting:
        row = context.session.get_one(Meeting, meeting.id)
        found = candidates(context.session, row, context.today)
        [each] = [one for one in found if one.item.title == TITLE]
        [away] = [one for one in found if one.item.title == secret]
        assert (each.standing, away.standing) == ("announced", "waiting")
        before = announced_titles(context, row)
        hold_back(context, seen(each), "Nämner en enskild")
        after = announced_titles(context, row)
        assert (before.count(TITLE), before.count(None)) == (1, 1)
        assert (after.count(TITLE), after.count(None)) == (0, 2)
        return row

    day, secretary = date(2099, 6, 1), road.cast.secretary
    road.step(day, secretary, "lägger till", add)
    assert leaks(road) == set()
    road.step(day, secretary, "sänder tillägg", firing(meeting, "supplement"), 11)
    up = {f"{page}{q}" for page in ("/board", f"/public/meetings/{meeting.id}") for q in QUERIES}
    assert leaks(road) == up
    assert leaks(road, (secret, WHY)) == set()
    with road.casework.database.read() as database:
        row = find(database, meeting.id)
        days = [
            [each.title for each in public_agenda(row, {}, FAR + timedelta(days=late))]
            for late in (0, 1)
        ]
    assert TITLE in days[0]
    assert not any(days[1])  # its day has passed: down from the board, and no longer by itself
    road.step(day, secretary, "håller tillbaka", keep, 12)
    assert leaks(road) == set()


def test_an_announced_title_that_is_written_anew_is_tried(road: Road) -> None:
    """KL 5:13-15: by itself goes what was announced. Another title waits until the secretary has
    seen it as the public will, or until a supplement announces it."""
    meeting = summon(road, assembly(road), FAR, [])
    day, secretary = date(2099, 6, 1), road.cast.secretary

    def rename(context: Context) -> Meeting:
        row = context.session.get_one(Meeting, meeting.id)
        revise_item(context, row.agenda[0], title=TITLE)
        return row

    def standings(context: Context) -> Meeting:
        row = context.session.get_one(Meeting, meeting.id)
        each = candidates(context.session, row, context.today)[0]
        waits = waits_for_trial(context.organisation_id, secretary.id, context.today)
        listed = context.session.scalars(select(Meeting.id).where(waits)).all()
        assert (each.standing, meeting.id in listed) == ("changed", True)
        publish(context, seen(each))
        assert meeting.id not in context.session.scalars(select(Meeting.id).where(waits)).all()
        return row

    road.step(day, secretary, "skriver om", rename)
    assert leaks(road, (TITLE,)) == set()
    road.step(day, secretary, "publicerar", standings, hour=11)
    with road.casework.database.read() as database:
        row = find(database, meeting.id)
        known = publications(database, [row])
        assert TITLE in [each.title for each in public_agenda(row, known, day)]
