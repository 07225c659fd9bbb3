"""A body names the sections of its agendas; an item stands in one, and its heading is printed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document as read_docx
from pypdf import PdfReader
from sqlalchemy import select

from casework.context import STOCKHOLM, Actor
from casework.demo.road import summon
from casework.documents.contexts import to_json
from casework.documents.models import Document
from casework.documents.store import DOCX
from casework.errors import Invalid
from casework.meetings.agenda.items import add_item, revise_item
from casework.meetings.agenda.paper import summons
from casework.meetings.models import Meeting
from casework.meetings.planning.plan import plan_meeting
from casework.meetings.sections import headed
from casework.people.models import Body, Organisation
from casework.people.service import revise_body
from casework.publishing.public_pages import public_agenda
from tests.demo.conftest import road_of, world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World

__all__ = ["world"]

DAY = date(2025, 6, 3)
SECTIONS = [
    {"title": "Formalia", "item_type": "formality"},
    {"title": "Beslutsärenden", "item_type": "decision"},
    {"title": "Informationsärenden", "item_type": "information"},
    {"title": "Övrigt", "item_type": ""},
]
TEMPLATE = [
    {"title": "Öppnande"},
    {"title": "Övriga frågor", "section": "closing"},
    {"title": "Upprop"},
]


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    made = road_of(world, tmp_path)

    def settle(context: Context) -> None:
        body = committee(context, made)
        revise_body(context, body, agenda_sections=SECTIONS, agenda_template=TEMPLATE)

    act(made, settle)
    return made


def act(road: Road, what: Callable[[Context], Any]) -> Any:
    secretary = road.cast.secretary
    moment = datetime(2025, 5, 20, 11, tzinfo=STOCKHOLM)
    actor = Actor(secretary.id, secretary.name)
    with road.casework.acting(road.world.organisation_id, actor, moment) as context:
        return what(context)


def committee(context: Context, road: Road) -> Body:
    return context.session.get_one(Body, road.world.committee.id)


def told(meeting: Meeting) -> list[tuple[str, str]]:
    return [(heading, item.title) for heading, item in headed(meeting.agenda)]


def planned(context: Context, road: Road) -> Meeting:
    body = committee(context, road)
    return plan_meeting(context, body, datetime(2025, 6, 10, 9, tzinfo=STOCKHOLM))


def test_each_item_finds_its_section_and_its_place(road: Road) -> None:
    """The template's items, and what is added later in any order; headings stand once."""

    def build(context: Context) -> None:
        meeting = planned(context, road)
        formal = [("Formalia", "Öppnande"), ("", "Upprop")]
        assert told(meeting) == [*formal, ("Övrigt", "Övriga frågor")]
        for title, item_type, section in (
            ("Lägesrapport", "information", ""),
            ("Fast plats", "decision", ""),
            ("Studiebesök", "information", "Övrigt"),
            ("Val", "decision", ""),
        ):
            add_item(context, meeting, title=title, item_type=item_type, section=section)
        assert told(meeting) == [
            *formal,
            ("Beslutsärenden", "Fast plats"),
            ("", "Val"),
            ("Informationsärenden", "Lägesrapport"),
            ("Övrigt", "Övriga frågor"),
            ("", "Studiebesök"),
        ]
        assert [item.position for item in meeting.agenda] == [*range(1, 8)]

    act(road, build)


def test_an_item_moves_to_another_section(road: Road) -> None:
    """Last in it; to one that the body does not have it is refused."""

    def build(context: Context) -> None:
        meeting = planned(context, road)
        rise, call, rest = meeting.agenda
        revise_item(context, call, section="Övrigt")
        assert [(h, item.id) for h, item in headed(meeting.agenda)] == [
            ("Formalia", rise.id),
            ("Övrigt", rest.id),
            ("", call.id),
        ]
        with pytest.raises(Invalid, match="section_unknown"):
            revise_item(context, call, section="Sist")
        with pytest.raises(Invalid, match="section_unknown"):
            add_item(context, meeting, item_type="information", title="x", section="Sist")
        context.session.flush()
        context.session.expire(meeting)
        assert [item.id for item in meeting.agenda] == [rise.id, rest.id, call.id]

    act(road, build)


def test_the_summons_and_the_public_page_show_the_headings(road: Road) -> None:
    """As PDF and as Word, once each and in their order."""
    meeting = summon(road, act(road, lambda c: committee(c, road)), DAY, [])

    def look(context: Context) -> None:
        row = context.session.get_one(Meeting, meeting.id)
        assert [(item.heading, item.number) for item in public_agenda(row, {}, DAY)] == [
            ("Formalia", 1),
            ("", 2),
            ("Övrigt", 3),
        ]
        press = context.services.press
        document = context.session.scalars(
            select(Document).filter_by(kind="summons", subject_id=row.id)
        ).one()
        pages = PdfReader(BytesIO(press.read(document))).pages
        said = " ".join("\n".join(page.extract_text() for page in pages).split())
        assert "Formalia 1 Öppnande" in said
        assert "Övrigt 3 Övriga frågor" in said
        organisation = context.session.get_one(Organisation, row.organisation_id)
        content = to_json(summons(row, organisation, DAY - timedelta(days=14)))
        word = read_docx(BytesIO(press.makers[DOCX].make("summons", content)))
        rows = [line.cells for table in word.tables for line in table.rows]
        cells = [cells[0].text or cells[1].text for cells in rows if len(cells) > 1]
        assert [each for each in cells if each in {"1", "2", "3", "Formalia", "Övrigt"}] == [
            "Formalia",
            "1",
            "2",
            "Övrigt",
            "3",
        ]

    act(road, look)


def test_two_sections_of_one_name_are_refused(road: Road) -> None:
    """Nobody could say which of them an item stands in."""

    def twice(context: Context) -> None:
        body = committee(context, road)
        with pytest.raises(Invalid, match="section_twice"):
            revise_body(context, body, agenda_sections=[SECTIONS[0], SECTIONS[0]])
        with pytest.raises(Invalid, match="item_type_unknown"):
            revise_body(context, body, agenda_sections=[{"title": "x", "item_type": "fika"}])

    act(road, twice)
