"""A meeting's pack: each item's proposal, then its attachments in order, as they were sent."""

from __future__ import annotations

import hashlib
import io
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from casework.context import STOCKHOLM, Actor
from casework.demo.road import begin, review, summon, texts, write
from casework.documents.pack import PackMaker
from casework.documents.received import check_file
from casework.errors import Invalid
from casework.matters.attachments import attach, change_attachment, remove_attachment
from casework.matters.models import Matter
from casework.meetings.models import Meeting
from casework.meetings.reading.pack import fingerprint, pack, papers_of
from casework.meetings.table.outcome import conclude_item
from tests.demo.conftest import road_of, world
from tests.documents.test_pack import bookmarks, spoken
from tests.meetings.conftest import DAY, Table, seated
from tests.support.files import excel, locked, pdf, png, slides, word

if TYPE_CHECKING:
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.world import World

__all__ = ["world"]

FILES = (
    (pdf("Omärkt", "Omärkt slut"), "rapport.pdf", "Rapport"),
    (pdf("Märkt", standards=("ua-1",)), "yttrande.pdf", "Yttrande"),
    (pdf("Karta över länet", set_page="flipped: true"), "karta.pdf", "Karta"),
    (png(), "bild.png", "Bild"),
    (excel(), "budget.xlsx", "Budget"),
    (slides(), "presentation.pptx", "Presentation"),
    (word(), "pm.docx", "Promemoria"),
)
TITLES = ["Tjänsteskrivelse", *(f"Bilaga {n}: {each[2]}" for n, each in enumerate(FILES, 1))]


@pytest.fixture
def table(world: tuple[Casework, World], tmp_path: Path) -> Table:
    """A meeting in session, whose one matter to decide has a file of every kind."""
    road = road_of(world, tmp_path)
    text = texts()["plan"]
    matter = begin(road, "decision", road.world.committee, text, date(2025, 4, 7))

    def add(context: Context) -> Matter:
        row = context.session.get_one(Matter, matter.id)
        for content, filename, title in FILES:
            attach(context, row, check_file(content, filename, 10**6), title)
        return row

    road.step(date(2025, 4, 8), road.cast.officer, "lägger till bilagorna", add)
    write(road, matter, text, date(2025, 4, 9))
    review(road, date(2025, 4, 10), matter)
    meeting = summon(road, road.world.committee, DAY, [(matter, "decision", "")])
    return seated(road, meeting)


def made(table: Table) -> bytes:
    """The meeting's pack as PDF."""
    templates = table.road.casework.settings.templates_dir
    content = table.act(lambda c, m: pack(c, m, m.agenda))
    return PackMaker(templates).make(content, lambda _done, _of: None)


def test_the_attachments_follow_their_proposal(table: Table) -> None:
    """Bookmarked in order, numbered through the whole, spoken to those who listen."""
    content = made(table)
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert [title for depth, title, _page in bookmarks(reader, reader.outline) if depth][
        1:
    ] == TITLES
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert all(f"{n}({len(pages)})" in text for n, text in enumerate(pages, start=1))
    told = spoken(content)
    assert [each.partition(". ")[2] for each in told] == [
        "Omärkt",
        "Omärkt slut",
        "Märkt",
        "Karta över länet",
        "Sidan är en bild utan text.",
    ]
    assert told[0].startswith("Sida 1 av 2 i Bilaga 1: Rapport.")
    for (file, name, _title), page in zip(FILES[-3:], pages[-3:], strict=True):
        assert name in page
        assert hashlib.sha256(file).hexdigest() in page
        assert "Den lämnas separat." in page
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root


def test_what_was_summoned_stays_in_the_pack(table: Table) -> None:
    """An officer who works on after a referral back changes nothing that was sent (TF 2:12)."""
    table.act(lambda c, m: [conclude_item(c, each, "noted") for each in m.agenda[:-1]])
    table.on_item(
        lambda c, item: conclude_item(c, item, "referred_back", reason="Kartan är för liten.")
    )
    table.fire("end")

    def look(context: Context, meeting: Meeting) -> Any:
        papers = papers_of(context, meeting.agenda[-1])
        return [title for title, _ in papers], fingerprint(context, meeting, meeting.agenda)

    before = table.act(look)
    assert before[0] == TITLES

    road, moment = table.road, datetime(2025, 6, 5, 9, tzinfo=STOCKHOLM)
    officer = Actor(road.cast.officer.id, road.cast.officer.name)
    with road.casework.acting(road.world.organisation_id, officer, moment) as context:
        item = context.session.get_one(Meeting, table.meeting_id).agenda[-1]
        matter = context.session.get_one(Matter, item.matter_id)
        change_attachment(context, matter.attachments[1], title="Nytt yttrande", position=1)
        remove_attachment(context, matter.attachments[1])
        attach(context, matter, check_file(pdf("Större karta"), "karta.pdf", 10**6))
    with road.casework.acting(road.world.organisation_id, officer, moment) as context:
        assert look(context, context.session.get_one(Meeting, table.meeting_id)) == before


def test_a_locked_file_never_comes_so_far() -> None:
    """It is refused when it is sent, with the reason, and not found out at the meeting."""
    with pytest.raises(Invalid) as refused:
        check_file(locked(pdf("Avtal")), "avtal.pdf", 10**6)
    assert refused.value.code == "attachment_locked"
