"""The public board with an assembly's announcement and a § by itself on it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.app import installation
from casework.board import service as board
from casework.context import STOCKHOLM, Actor
from casework.meetings.agenda.items import add_item
from casework.meetings.models import Meeting, Minutes
from casework.meetings.planning.attesters import name_attesters
from casework.meetings.planning.plan import plan_meeting
from casework.people.models import Person
from casework.people.service import appoint, create_body
from tests.demo.conftest import NOW

from .accessibility import faults
from .test_pages import enter, site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from casework.app import Casework
    from casework.config import Settings
    from casework.context import Context

__all__ = ["enter", "site"]

pytestmark = pytest.mark.browser
AT_ONCE = "Protokoll Regionala utvecklingsnämnden, omedelbar justering"
FAR = datetime(2099, 6, 9, 9, tzinfo=STOCKHOLM)


@pytest.fixture(scope="module")
def travelled(travelled: Settings) -> Settings:
    """The road, and besides an assembly that is announced and a § by itself on the board."""
    casework = installation(travelled)
    act(casework, "Registratorn", found_assembly)
    act(casework, "Nämndsekreteraren", announce)
    act(casework, "Nämndsekreteraren", post_section)
    casework.database.close()
    return travelled


def act(casework: Casework, who: str, what: Callable[[Context], None]) -> None:
    """Do it in somebody's name."""
    with casework.database.read() as session:
        person = session.scalars(select(Person).where(Person.name == who)).one()
    actor = Actor(person.id, person.name)
    with casework.acting(person.organisation_id, actor, NOW) as context:
        what(context)


def named(context: Context, name: str) -> Person:
    return context.session.scalars(select(Person).where(Person.name == name)).one()


def found_assembly(context: Context) -> None:
    body = create_body(context, kind="assembly", name="Regionfullmäktige", short_name="RF")
    context.session.flush()
    for name, role in (
        ("Ordföranden", "chair"),
        ("Nämndsekreteraren", "committee_secretary"),
        ("Justeraren", "member"),
    ):
        appoint(context, named(context, name), role, body=body)
    context.session.flush()
    secretary, chair = named(context, "Nämndsekreteraren"), named(context, "Ordföranden")
    appoint(context, named(context, "Registratorn"), "committee_secretary", body=body)  # founds it
    context.session.flush()
    meeting = plan_meeting(
        context, body, FAR, place="Regionens hus", chair=chair, secretary=secretary
    )
    add_item(context, meeting, item_type="information", title="Budgetläget")
    name_attesters(context, meeting, [named(context, "Justeraren")])


def announce(context: Context) -> None:
    meeting = context.session.scalars(select(Meeting).where(Meeting.starts_at == FAR)).one()
    context.services.engine.fire(context, meeting, "summon")


def post_section(context: Context) -> None:
    """A § attested at once hangs by itself, with a period of its own and days that were lost."""
    rows = select(Meeting).where(Meeting.state == "attested").order_by(Meeting.id.desc())
    meeting = context.session.scalars(rows.limit(1)).one()
    section = Minutes(
        organisation_id=context.organisation_id,
        meeting_id=meeting.id,
        kind="immediate",
        first_section=27,
        last_section=27,
    )
    context.services.engine.start(section, "minutes")
    context.session.add(section)
    context.session.flush()
    notice = board.post(
        context,
        body=meeting.body,
        subject_type="minutes",
        subject_id=section.id,
        title=AT_ONCE,
        sections="27",
        meeting_on=meeting.day,
        attested_on=NOW.date(),
        kept_at="Regional utveckling, Box 654, 831 27 Östersund",
        responsible=meeting.secretary,
    )
    notice.days_interrupted = 2


@pytest.mark.parametrize(("language", "width"), [("sv-SE", 390), ("en-GB", 1280)])
def test_axe_finds_nothing_on_a_full_board(
    enter: Callable[..., Page], axe: Path, language: str, width: int
) -> None:
    """WCAG 2.2 AA as far as axe can tell, on the board and on the page of the § by itself."""
    page = enter(language=language, width=width, bypass_csp=True)
    page.goto("/board")
    posted = page.locator("article.notice-posted h2, article.notice-posted h3")
    titles = posted.all_inner_texts()
    assert any("Regionfullmäktige 2099-06-09" in title for title in titles)
    assert AT_ONCE in titles
    assert faults(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_navigation():
        page.click(f"a:has-text('{AT_ONCE}')")
    assert faults(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_navigation():
        page.click("main a[href*='/public/meetings/']")
    assert page.locator("h1", has_text="Regionala utvecklingsnämnden").count() == 1
