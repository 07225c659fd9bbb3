"""No letter tells what a matter with a secrecy mark is about: a word of it is looked for in all."""

from __future__ import annotations

import json
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from pypdf import PdfReader
from sqlalchemy import select

from casework import logs
from casework.app import web_face
from casework.board.models import BoardNotice
from casework.config import shipped
from casework.context import STOCKHOLM, Actor
from casework.demo.road import attest, hold, review, summon, texts, write
from casework.documents.models import Document
from casework.followup.handover import hand_over
from casework.followup.models import Assignment
from casework.mail.addresses import Mailbox
from casework.mail.models import Message
from casework.matters.models import Matter
from casework.matters.queries import saved_as
from casework.matters.service import register
from casework.meetings.agenda.items import add_item
from casework.meetings.models import Meeting
from casework.meetings.planning.calendar_feed import body_calendar, person_calendar
from casework.people.letters import post
from casework.people.models import Appointment, Body
from casework.people.service import create_person
from casework.secrecy.service import add_person, mark
from casework.sight import restrict_to
from tests.demo.conftest import PASSWORD, furnished, opened, road_of
from tests.logs.conftest import _logging_is_put_back

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.context import Context
    from casework.demo.road import Road
    from tests.support.databases import SqliteMaker

__all__ = ["_logging_is_put_back"]

CANARY = "Kanariefågel"
LETTERS = sorted(path.name for path in (shipped("templates") / "mail").iterdir() if path.is_dir())
DAY = date(2025, 6, 3)
LATER = datetime(2025, 6, 11, 12, tzinfo=STOCKHOLM)
PROVISION = "OSL 26:1"
# Not of the matter: who sends the letter, to whom, and where it leads.
OWN = ("answer", "link", "organisation", "body", "first_name")


def secret(value: Any) -> Any:
    """The same, with the word in every text."""
    if isinstance(value, dict):
        return {name: secret(each) for name, each in value.items()}
    if isinstance(value, list):
        return [secret(each) for each in value]
    return f"{CANARY} {value}" if isinstance(value, str) else value


@pytest.fixture(scope="module")
def road(sqlite_maker: SqliteMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """A marked matter on its whole road to attested minutes, sent back once on the way, with an
    item that came after the summons."""
    folder = tmp_path_factory.mktemp("sealed")
    with sqlite_maker.copied("furnished", folder, furnished) as (url, world):
        casework = opened(url, folder)
        road = road_of((casework, world), folder)
        _travel(road)
        yield road
        casework.database.close()


def _travel(road: Road) -> None:
    cast = road.cast
    text = secret(texts()["plan"])
    text["points"] = [
        each | {"report_back_on": date(2025, 10, 14)} if isinstance(each, dict) else each
        for each in text["points"]
    ]
    text["recipients"] = ["Bräcke kommun"]
    text.pop("attachments", None)
    matter = registered(road, date(2025, 4, 1))
    write(road, matter, text, date(2025, 4, 7))
    road.fire(date(2025, 4, 8), cast.officer, "", matter, "submit")
    road.fire(date(2025, 4, 9), cast.manager, "", matter, "refer_back", reason=f"{CANARY} saknas")
    review(road, date(2025, 4, 14), matter)
    late = registered(road, date(2025, 4, 2))
    write(road, late, text, date(2025, 4, 7))
    review(road, date(2025, 4, 21), late)
    meeting = summon(road, road.world.committee, DAY, [(matter, "decision", CANARY)])

    def supplement(context: Context) -> Meeting:
        row = context.session.get_one(Meeting, meeting.id)
        second = context.session.get_one(Matter, late.id)
        add_item(
            context, row, item_type="decision", matter=second, late_reason=f"{CANARY} brådskar"
        )
        context.services.engine.fire(context, row, "supplement")
        return row

    road.step(date(2025, 5, 26), cast.secretary, "", supplement)
    hold(road, meeting, DAY, {"decision": "decided"})

    attest(road, meeting, date(2025, 6, 10))


def registered(road: Road, day: date) -> Matter:
    """A marked matter, with its case officer."""

    def act(context: Context) -> Matter:
        body = context.session.get_one(Body, road.world.committee.id)
        row = register(context, kind="decision", title=CANARY, body=body, sender=CANARY)
        context.session.flush()
        mark(context, row, PROVISION, f"{CANARY} skadas.")
        for each in (road.cast.manager, road.cast.secretary):
            add_person(context, row, each, f"{CANARY} handläggs.")
        return row

    matter: Matter = road.step(day, road.cast.registrar, "", act)
    road.fire(day, road.cast.manager, "", matter, "assign", case_officer=road.cast.officer.id)
    return matter


def everything(message: Message) -> str:
    """All of a letter that travels."""
    names = [each["filename"] for each in message.attachments]
    return " ".join([message.subject, message.text, message.html, message.group_name, *names])


def subjects(road: Road) -> list[Any]:
    """What letters are about, of the marked matter."""
    with road.casework.database.read() as session:
        return [session.scalars(select(each)).first() for each in (Matter, Assignment)]


@pytest.mark.parametrize("name", LETTERS)
def test_no_letter_about_a_marked_matter_tells_of_it(road: Road, name: str) -> None:
    """OSL 8:1: whatever the letter would say, in any of its fields, it names the number alone."""
    sample = json.loads((shipped("templates") / "mail" / name / "sample.json").read_text("utf-8"))
    given = {key: secret(value) for key, value in sample.items() if key not in OWN}
    given |= {"first_name": "Kim", "due": "2025-10-14"}
    for about in subjects(road):
        with road.casework.acting(road.world.organisation_id, moment=LATER) as context:
            row = context.session.get_one(type(about), about.id)
            document = context.session.scalars(select(Document)).first()
            made = post(
                context,
                name,
                key=f"{name}:{row.__tablename__}",
                subject=row,
                to=Mailbox("Kim", "kim@example.org"),
                content=given,
                attached=[document] if document else [],
            )
            assert CANARY not in everything(made)
            assert made.attachments == []
            assert "RUN/1/2025 (omfattas av sekretess)" in made.subject
            assert road.casework.settings.base_url in made.text
            context.session.rollback()


def test_no_letter_on_the_road_tells_of_it(road: Road) -> None:
    """From the assignment of the case officer to the attested minutes, each letter that left."""
    with road.casework.database.read() as session:
        letters = session.scalars(select(Message)).all()
        told = {each.key.split(":")[0] for each in letters}
        assert {"assigned", "referred_back", "review_wanted", "summons", "supplement"} <= told
        for letter in letters:
            assert CANARY not in everything(letter), letter.key
        [summons, *_] = [each for each in letters if each.key.startswith("summons:")]
        assert "Ärende RUN/1/2025 (omfattas av sekretess)" in summons.text
        assert "Sekretess" not in summons.subject
    files = list((road.casework.settings.data_dir / "mail").glob("*.eml"))
    assert len(files) >= len(letters)
    assert not [each for each in files if CANARY.encode() in each.read_bytes()]


def test_tasks_handed_over_are_told_of_by_number(road: Road) -> None:
    """The letter has neither task nor reason; who takes over reads the task, not the matter."""
    manager = road.cast.manager
    actor = Actor(manager.id, manager.name)
    with road.casework.acting(road.world.organisation_id, actor, LATER) as context:
        session = context.session
        task = session.scalars(select(Assignment).where(Assignment.task.contains(CANARY))).first()
        assert task is not None
        new = create_person(context, name="Kollegan", email="kollegan@example.org")
        session.flush()
        row = Appointment(role="registrar", valid_from=DAY, recorded_at=LATER)
        row.organisation_id, row.person_id = context.organisation_id, new.id
        session.add(row)
        before = set(session.scalars(select(Message.id)))
        reason = f"{CANARY} slutar"
        hand_over(context, task.assignee, new, reason=reason, matters=(), assignments=[task])
        session.flush()
        letters = session.scalars(select(Message).where(Message.id.not_in(before))).all()
        assert "kollegan@example.org" in {each.to_address for each in letters}
        for letter in letters:
            assert CANARY not in everything(letter)
            assert "(omfattas av sekretess)" in letter.text
        session.expire_all()
        restrict_to(context, new.id)
        assert session.scalars(select(Assignment.id)).all() == [task.id]
        assert session.scalars(select(Matter.id)).all() == []
        session.rollback()


def test_the_summons_that_travels_names_the_number(road: Road) -> None:
    """What is attached to open mail, summons and supplement alike."""
    press = road.casework.services.press
    with road.casework.database.read() as session:
        rows = session.scalars(
            select(Document).where(Document.kind == "summons").order_by(Document.id)
        ).all()
        assert len(rows) == 2
        for row in rows:
            pdf = PdfReader(BytesIO(press.read(row)))
            said = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
            assert CANARY not in said
            assert CANARY not in json.dumps(row.snapshot, ensure_ascii=False)
            assert CANARY not in row.title + row.filename
            assert "(omfattas av sekretess)" in said


def test_an_open_matter_is_told_of_by_its_title(road: Road) -> None:
    """The mark alone seals: without it the same letter says what it did."""
    with road.casework.acting(road.world.organisation_id, moment=LATER) as context:
        matter = context.session.scalars(select(Matter)).first()
        assert matter is not None
        assert matter.facts()["title"] == "(omfattas av sekretess)"
        matter.secrecy_provision = ""
        assert CANARY in str(matter.facts()["title"])
        assert matter.sealed_as == ""
        context.session.rollback()


def test_no_page_calendar_or_figure_for_everybody_tells_of_it(road: Road) -> None:
    """The board, the public's meetings, each calendar (also a member's own), how well all is."""
    client = web_face(road.casework).test_client()
    with road.casework.database.read() as session:
        meeting = session.scalars(select(Meeting)).one()
        notice = session.scalars(select(BoardNotice)).one()
        body = session.get_one(Body, road.world.committee.id)
        context = road.casework.context(session, road.world.organisation_id, moment=LATER)
        feeds = [
            body_calendar(context, body, "sv"),
            *(person_calendar(context, each, "sv") for each in road.cast.everybody()),
        ]
    assert not [feed for feed in feeds if CANARY.encode() in feed]
    pages = (
        *("/board", f"/board/{notice.id}", "/public/meetings", f"/public/meetings/{meeting.id}"),
        *("/healthz", "/readyz", "/check"),
    )
    for page in pages:
        answer = client.get(page)
        assert answer.status_code in (200, 503), page
        assert CANARY not in answer.text, page


def test_no_log_tells_of_it_when_something_breaks(
    road: Road, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The matter's own page breaks with its title in hand; so does a page of its meeting."""

    def broken(_context: Context, matter: Matter) -> Any:
        title = matter.title
        raise RuntimeError(f"cannot show {title} {CANARY}")

    logs.configure()
    monkeypatch.setattr("casework.web.matters.pages.parts_of", broken)
    client = web_face(road.casework).test_client()
    token = html.fromstring(client.get("/sign-in").text).forms[0].fields["csrf_token"]
    given = {"email": road.cast.secretary.email, "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=given).status_code == 303
    with road.casework.database.read() as session:
        matter = session.scalars(select(Matter)).first()
    assert matter is not None
    assert client.get(f"/matters/{matter.id}").status_code == 500
    said = capfd.readouterr()
    assert "RuntimeError" in said.err
    assert CANARY not in said.err + said.out


def test_what_came_in_is_saved_under_the_number(road: Road) -> None:
    """The name of a file lies in somebody's folder of downloads, and may say it all."""
    with road.casework.acting(road.world.organisation_id, moment=LATER) as context:
        matter = context.session.scalars(select(Matter)).first()
        assert matter is not None
        name = f"{CANARY}.txt"
        kept = context.services.press.receive(context, matter, b"text", name, CANARY)
        assert saved_as(context.session, kept) == f"RUN-1-2025_{kept.number}.txt"
        matter.secrecy_provision = ""
        context.session.flush()
        assert saved_as(context.session, kept) == name
        context.session.rollback()
