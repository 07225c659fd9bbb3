"""The main job end to end, on both engines: what the demonstration tells is true."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from pypdf import PdfReader
from sqlalchemy import select

from casework.app import web_face
from casework.audit.verify import verify
from casework.background import deliver, remind
from casework.board.models import BoardNotice
from casework.context import STOCKHOLM
from casework.deadlines.models import Deadline
from casework.distribution.models import Dispatch, Excerpt
from casework.documents.contexts import item_from_json
from casework.documents.minutes_item import item_text
from casework.documents.proof import prove
from casework.mail.models import Message
from casework.matters.models import Matter
from casework.meetings.minutes.changes import says_why
from casework.meetings.minutes.record import said
from casework.meetings.models import Correction, Meeting, MinutesItem
from casework.publishing.models import Publication

CERTIFIED = "Rätt utdraget intygas"
ATTACHED = "Bilagor till paragrafen"

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from casework.app import Casework


def matter(session: Session, number: str) -> Matter:
    return session.scalars(select(Matter).filter_by(registration_number=number)).one()


def test_the_planning_matter_reaches_ten_recipients(travelled: Casework) -> None:
    """Länsstyrelsen, the eight municipalities and Kommunförbundet, each with a row of its own."""
    with travelled.database.read() as session:
        planning = matter(session, "RUN/1/2025")
        dispatches = session.scalars(
            select(Dispatch)
            .join(Excerpt, Dispatch.excerpt_id == Excerpt.id)
            .where(Excerpt.matter_id == planning.id)
        ).all()
        assert planning.state == "closed"
        assert len(dispatches) == 10
        assert {each.group_name for each in dispatches} == {"", "Kommunerna i länet"}
        assert sum(each.state == "acknowledged" for each in dispatches) == 2
        assert sum(each.state == "sent" for each in dispatches) == 8


def test_the_advisory_matter_has_neither_notice_nor_appeal(travelled: Casework) -> None:
    """Kommunalt Forum recommends; only the committee's minutes are announced."""
    with travelled.database.read() as session:
        assert matter(session, "KOF/1/2015").appeal_route == "none"
        announced = session.scalars(select(BoardNotice)).all()
        assert {each.body.short_name for each in announced} == {"RUN"}


def test_the_legal_dates_are_the_worked_example(travelled: Casework) -> None:
    """Announced on Tuesday 10 June 2025: appeal until 1 July, down on 2 July at the earliest."""
    with travelled.database.read() as session:
        notice = session.scalars(
            select(BoardNotice).filter_by(announced_on=date(2025, 6, 10))
        ).one()
        assert notice.appeal_until == date(2025, 7, 1)
        assert notice.take_down_on == date(2025, 7, 2)


def test_the_assignment_is_reminded_late_escalated_and_met(travelled: Casework) -> None:
    """Two reminders before the day, two after it with a copy to the manager."""
    with travelled.database.read() as session:
        due_on = date(2025, 10, 14)
        deadline = session.scalars(
            select(Deadline).filter_by(name="report_back", due_on=due_on)
        ).one()
        letters = session.scalars(
            select(Message)
            .where(Message.key.startswith("reminder:"), Message.subject_type == "assignment")
            .order_by(Message.queued_at)
        ).all()
        assert deadline.state == "met"
        assert [bool(each.cc) for each in letters] == [False, False, True, True]
        days = [each.queued_at.astimezone(STOCKHOLM).date() for each in letters]
        assert days == [
            date(2025, 9, 30),
            date(2025, 10, 11),
            date(2025, 10, 15),
            date(2025, 10, 21),
        ]


def test_the_record_holds_and_every_document_can_be_made_again(travelled: Casework) -> None:
    """Byte for byte, from its snapshot and its template; and the record says the same of it."""
    press = travelled.services.press
    with travelled.database.read() as session:
        assert verify(session, travelled.services.audit.key).breaks == ()
        problems = [each.code for each in prove(session, press.makers, press.files)]
        assert problems == [None] * 103


def test_the_excerpt_is_the_minutes_item(travelled: Casework) -> None:
    """The same § byte for byte, and line for line in both PDFs."""
    press = travelled.services.press
    with travelled.database.read() as session:
        for excerpt in session.scalars(select(Excerpt)):
            item = excerpt.minutes_item
            now = item if excerpt.supersedes_id is None else item.in_force
            snapshot = press.document(session, excerpt.document_id).snapshot
            assert snapshot is not None
            assert snapshot["item"] == now.content
            assert item_text(item_from_json(snapshot["item"])) == item_text(
                item_from_json(now.content)
            )
            minutes = lines(press.read(press.document(session, now.minutes.document_id or 0)))
            own = lines(press.read(press.document(session, excerpt.document_id)))
            ends = min(own.index(line) for line in (ATTACHED, CERTIFIED) if line in own)
            section = own[own.index(now.content["decision_heading"]) : ends]
            assert len(section) > 5
            start = minutes.index(section[1])
            rest = iter(minutes[start - 1 :])  # a page may break within the §
            assert all(line in rest for line in section)


def test_a_correction_says_old_and_new_and_why(travelled: Casework) -> None:
    """FL 36: a figure that fell away, signed by chair and attester and sent to who had the §."""
    with travelled.database.read() as session:
        [correction] = session.scalars(select(Correction)).all()
        row = correction.minutes_item
        [mending] = row.agenda_item.mendings
        assert "anslag 1:1." in mending.former["points"][0]
        assert "anslag 1:11." in said(row).points[0]
        assert says_why(correction.reason)
        assert {each.capacity for each in correction.minutes.signatures} == {
            "secretary",
            "chair",
            "attester",
        }


def test_a_marked_matter_reaches_its_recipients_and_no_letter_tells_of_it(
    travelled: Casework,
) -> None:
    """Registered with its mark, decided, held from the web; read after sign-in and sent by post."""
    with travelled.database.read() as session:
        marked = session.scalars(select(Matter).where(Matter.secrecy_provision != "")).one()
        sent = session.scalars(
            select(Dispatch)
            .join(Excerpt, Dispatch.excerpt_id == Excerpt.id)
            .where(Excerpt.matter_id == marked.id)
            .order_by(Dispatch.position)
        ).all()
        assert marked.state == "closed"
        assert [(each.way, each.state) for each in sent] == [
            ("sign_in", "acknowledged"),
            ("post", "sent_otherwise"),
        ]
        told = [
            word
            for letter in session.scalars(select(Message))
            for word in (marked.title, "Fjällbageri")
            if word in letter.subject + letter.text + letter.html
        ]
        assert told == []
        states = session.scalars(select(Publication.state)).all()
        assert {"published", "held"} <= set(states)
        meetings = session.scalars(select(Meeting.id)).all()
    public = web_face(travelled).test_client()
    for page in ("/board", "/public/meetings", *(f"/public/meetings/{each}" for each in meetings)):
        assert "Fjällbageri" not in public.get(page).text


def lines(pdf: bytes) -> list[str]:
    """The lines of a PDF's pages, as they are set."""
    pages = [page.extract_text().splitlines() for page in PdfReader(BytesIO(pdf)).pages]
    return [line.strip() for page in pages for line in page]


def test_sections_are_numbered_without_gap_per_body_and_year(travelled: Casework) -> None:
    """RUN's §§ run on from February to June 2025; other bodies count for themselves."""
    with travelled.database.read() as session:
        rows = session.execute(
            select(Meeting.body_id, MinutesItem.year, MinutesItem.section_number)
            .join(MinutesItem, MinutesItem.body_id == Meeting.body_id)
            .distinct()
        ).all()
        series: dict[tuple[int, int], list[int]] = {}
        for body_id, year, number in rows:
            series.setdefault((body_id, year), []).append(number)
        assert series
        for numbers in series.values():
            assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_sweeping_again_sends_nothing(travelled: Casework) -> None:
    """Twice, or two at once: what has been sent stays sent once."""
    later = datetime(2026, 11, 20, 10, tzinfo=STOCKHOLM)
    before = letters(travelled)
    sweeps = [
        threading.Thread(target=lambda: (remind(travelled, later), deliver(travelled, later)))
        for _ in range(2)
    ]
    for thread in sweeps:
        thread.start()
    for thread in sweeps:
        thread.join()
    deliver(travelled, later + timedelta(days=1))
    assert letters(travelled) == before


def letters(casework: Casework) -> int:
    return len(list((casework.settings.data_dir / "mail").glob("*.eml")))
