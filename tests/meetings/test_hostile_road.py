"""A matter whose every text is hostile goes the whole road: nothing accepted fails later."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document as read_word
from icalendar import Calendar
from sqlalchemy import select

from casework.background import deliver
from casework.context import STOCKHOLM, SYSTEM
from casework.demo.road import attest, dispatch, firing, hold, review
from casework.distribution.models import Dispatch
from casework.distribution.service import add_recipient, settle_recipients
from casework.documents.models import Document
from casework.documents.pack import PackMaker
from casework.documents.store import DOCX, PDF, verify_document
from casework.errors import Conflict, NotFound
from casework.followup.models import Assignment
from casework.followup.requests import ask, lay_before
from casework.followup.service import report_back
from casework.mail.models import Message
from casework.matters import queries
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
from casework.meetings.models import Meeting
from casework.meetings.planning.attesters import name_attesters
from casework.meetings.planning.calendar_feed import body_calendar, person_calendar
from casework.meetings.planning.plan import plan_meeting
from casework.meetings.reading.pack import pack
from casework.people.corrections import revise_person
from casework.people.models import Body, Organisation, Person
from casework.people.service import revise_body, revise_organisation
from casework.text.door import cleaned, cleaned_line
from tests.demo.conftest import road_of, world
from tests.support.hostile import hostile_texts, how_many, seeded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World

__all__ = ["world"]

A_ROAD = 60  # texts
FIRST = date(2025, 1, 13)


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    return road_of(world, tmp_path)


class Texts:
    """Hostile texts as the door lets them in."""

    def __init__(self, rng: Random) -> None:
        self._lines = filter(None, map(cleaned_line, hostile_texts(rng)))
        self._texts = filter(str.strip, map(cleaned, hostile_texts(rng)))

    def line(self, most: int = 200) -> str:
        return next(self._lines)[:most].strip() or "x"

    def lines(self, count: int) -> list[str]:
        return list(dict.fromkeys(self.line() for _ in range(count)))

    def text(self) -> str:
        return "\n\n".join(islice(self._texts, 6))


def name_all(road: Road, texts: Texts, day: date) -> None:
    """The organisation, its body and its people are called and reached by hostile texts."""

    moment = datetime(day.year, day.month, day.day, 9, tzinfo=STOCKHOLM)
    with road.casework.acting(road.world.organisation_id, SYSTEM, moment) as context:
        session = context.session
        organisation = session.get_one(Organisation, road.world.organisation_id)
        revise_organisation(
            context, organisation, name=texts.line(), address=texts.line(), phone=texts.line(20)
        )
        body = session.get_one(Body, road.world.committee.id)
        facts = {name: texts.line(80) for name in ("name", "unit", "address", "proposer")}
        revise_body(context, body, proposal_heading=texts.line(80), **facts)
        for person in vars(road.cast).values():
            row = session.get_one(Person, person.id)
            revise_person(context, row, name=texts.line(80), title=texts.line(80))


def written(road: Road, texts: Texts, day: date) -> Matter:
    """A matter whose title, text, points, signatories and recipients are hostile."""
    cast, names = road.cast, texts.lines(12)

    def begin(context: Context) -> Matter:
        return register(
            context,
            kind="decision",
            title=texts.line(),
            body=context.session.get_one(Body, road.world.committee.id),
            sender=texts.line(),
        )

    matter: Matter = road.step(day, cast.registrar, "registrerar", begin)
    road.fire(day, cast.manager, "fördelar", matter, "assign", case_officer=cast.officer.id)

    def book(context: Context) -> Any:
        for number, name in enumerate(names):
            try:
                add_recipient(context, name=name, email=f"mottagare{number}.{day:%y}@example.org")
            except Conflict:
                continue
        return context.session.get_one(Matter, matter.id)

    road.step(day, cast.registrar, "lägger upp mottagare", book)

    def write(context: Context) -> Matter:
        row = context.session.get_one(Matter, matter.id)
        revise(
            context,
            row,
            lead_in=texts.line(),
            sections=[Text(texts.line(), texts.text()) for _ in range(4)],
            points=[
                Proposed(texts.text()),
                Proposed(texts.text(), cast.director.id, texts.text(), date(day.year + 1, 5, 2)),
            ],
            signatories=[Signing(texts.line(), texts.line(), acting) for acting in (True, False)],
        )
        name_recipients(context, row, names)
        assert settle_recipients(context, row) == []
        return row

    road.step(day, cast.officer, "skriver", write)
    return matter


def summoned(road: Road, texts: Texts, matter: Matter, day: date) -> Meeting:
    cast = road.cast

    def plan(context: Context) -> Meeting:
        meeting = plan_meeting(
            context,
            context.session.get_one(Body, road.world.committee.id),
            datetime(day.year, day.month, day.day, 9, tzinfo=STOCKHOLM),
            place=texts.line(),
            chair=context.session.get_one(Person, cast.chair.id),
            secretary=context.session.get_one(Person, cast.secretary.id),
            group_meetings=texts.line(),
        )
        row = context.session.get_one(Matter, matter.id)
        given = {"presenter": texts.line(), "summary": texts.text()}
        add_item(context, meeting, item_type="decision", matter=row, **given)
        add_item(context, meeting, item_type="information", title=texts.line(), **given)
        name_attesters(context, meeting, [context.session.get_one(Person, cast.attester.id)])
        return meeting

    sent_on = day - timedelta(days=14)
    meeting: Meeting = road.step(sent_on, cast.secretary, "planerar", plan)
    road.fire(sent_on, cast.secretary, "kallar", meeting, "summon")
    return meeting


def reported(road: Road, texts: Texts, matter: Matter, day: date) -> None:
    def act(context: Context) -> Assignment:
        row = context.session.scalars(select(Assignment).filter_by(matter_id=matter.id)).one()
        report_back(context, row, texts.text())
        return row

    assignment = road.step(day, road.cast.director, "återrapporterar", act)
    heard(road, matter, day)
    road.step(day, road.cast.secretary, "godkänner", firing(assignment, "accept"))


def heard(road: Road, matter: Matter, day: date) -> None:
    """The report before the committee that asked for it."""
    cast = road.cast

    def lay(context: Context) -> Meeting:
        row = context.session.scalars(select(Assignment).filter_by(matter_id=matter.id)).one()
        meeting = plan_meeting(
            context,
            context.session.get_one(Body, road.world.committee.id),
            datetime(day.year, day.month, day.day, 15, tzinfo=STOCKHOLM),
            chair=context.session.get_one(Person, cast.chair.id),
            secretary=context.session.get_one(Person, cast.secretary.id),
        )
        lay_before(context, ask(context, row, "report"), meeting)
        return meeting

    meeting: Meeting = road.step(day, cast.secretary, "lägger fram", lay)
    road.fire(day, cast.secretary, "kallar", meeting, "summon_late", reason="Brådskar")
    hold(road, meeting, day, {})


def sent_letters(folder: Path) -> Iterator[Any]:
    for file in sorted(folder.rglob("*.eml")):
        yield message_from_bytes(file.read_bytes(), policy=policy.default)


def test_a_hostile_matter_goes_the_whole_road(road: Road, tmp_path: Path) -> None:
    """Registered, decided, announced, dispatched, reported; then each of its papers, letters,
    calendars and pages is made and read again."""
    texts = Texts(seeded(16))
    for number in range(max(1, how_many(A_ROAD) // A_ROAD)):
        first = FIRST.replace(year=FIRST.year + number)
        name_all(road, texts, first)
        matter = written(road, texts, first)
        review(road, first + timedelta(days=7), matter)
        day = first + timedelta(days=60)
        meeting = summoned(road, texts, matter, day)
        hold(road, meeting, day, {"decision": "decided"})
        attest(road, meeting, day + timedelta(days=7))
        dispatch(road, matter, day + timedelta(days=8))
        assert "\N{SECTION SIGN}" in road.board_page()
        reported(road, texts, matter, day + timedelta(days=30))
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=STOCKHOLM)
        deliver(road.casework, moment + timedelta(days=31))
        read_again(road, matter, meeting, moment + timedelta(days=31))
    papers_hold(road)
    letters_hold(road, tmp_path)


def papers_hold(road: Road) -> None:
    """Each document is made anew, the same byte for byte, and as a Word file that opens."""
    press = road.casework.services.press
    with road.casework.database.read() as session:
        documents = session.scalars(select(Document)).all()
    assert {"proposal", "summons", "minutes", "excerpt"} <= {each.kind for each in documents}
    for document in documents:
        assert verify_document(document, press.makers, press.files) is None, document.kind
        if document.snapshot is not None and document.media_type == PDF:
            try:
                word = press.makers[DOCX].make(document.kind, document.snapshot)
            except NotFound:  # a kind that is made as PDF alone
                continue
            assert read_word(io.BytesIO(word)).paragraphs


def letters_hold(road: Road, folder: Path) -> None:
    """Each letter has gone, and a reader's program finds its subject and its recipient whole."""
    with road.casework.database.read() as session:
        messages = session.scalars(select(Message)).all()
        assert {each.state for each in messages} == {"sent"}
        assert session.scalars(select(Dispatch)).all()
    subjects = sorted(each.subject for each in messages)
    letters = list(sent_letters(folder))
    assert sorted(str(each["Subject"]) for each in letters) == subjects
    for letter in letters:
        assert letter.defects == []
        [to] = letter["To"].addresses
        assert to.addr_spec.endswith("@example.org")
        assert letter.get_body(("plain",)).get_content().strip()


def read_again(road: Road, matter: Matter, meeting: Meeting, moment: datetime) -> None:
    """The pack, both calendars and the search."""
    casework = road.casework
    with casework.database.read() as session:
        context = casework.context(session, road.world.organisation_id, moment=moment)
        row = session.get_one(Meeting, meeting.id)
        content = pack(context, row, row.agenda)
        made = PackMaker(casework.settings.templates_dir).make(content, lambda *_: None)
        assert made.startswith(b"%PDF")
        chair = session.get_one(Person, road.cast.chair.id)
        for feed in (body_calendar(context, row.body, "sv"), person_calendar(context, chair, "en")):
            assert Calendar.from_ical(feed).walk("VEVENT")
        number = session.get_one(Matter, matter.id).registration_number
        statement = queries.register(road.world.organisation_id, question=number)
        assert matter.id in [each.id for each in session.scalars(statement)]
        for word in session.get_one(Matter, matter.id).title.split():
            session.scalars(queries.register(road.world.organisation_id, question=word)).all()
