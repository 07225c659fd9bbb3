"""Publishing in the browser: seen as the public will see it, one press, a reason, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.app import installation
from casework.meetings.agenda.items import add_item
from casework.meetings.models import Meeting

from .accessibility import faults
from .test_board_page import FAR, act, found_assembly
from .test_pages import enter, enter_alone, site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from casework.config import Settings
    from casework.context import Context

__all__ = ["enter", "enter_alone", "site"]

pytestmark = pytest.mark.browser
WITHHELD = "Paragrafen är inte publicerad."
PRIVATE = "Avsägelse från 850709-9805, Storgatan 12, tel. 070-123 45 67"


@pytest.fixture(scope="module")
def travelled(travelled: Settings) -> Settings:
    """The road, an assembly that is to be summoned, and a § in which something is found."""
    casework = installation(travelled)
    act(casework, "Registratorn", found_assembly)
    act(casework, "Nämndsekreteraren", write_private)
    casework.database.close()
    return travelled


def write_private(context: Context) -> None:
    assembly = context.session.scalars(select(Meeting).where(Meeting.starts_at == FAR)).one()
    add_item(context, assembly, item_type="information", title=PRIVATE)
    rows = select(Meeting).where(Meeting.state == "attested").order_by(Meeting.id.desc())
    item = next(each for each in context.session.scalars(rows) if len(each.agenda) > 5).agenda[5]
    row = item.minutes_item
    assert row is not None
    row.content = row.content | {"points": [{"number": 0, "text": PRIVATE}]}


def to_june(page: Page) -> str:
    """From the list of what waits to the meeting of June; its public address."""
    page.goto("/meetings")
    with page.expect_navigation():
        page.click("text=Att pröva för publicering")
    with page.expect_navigation():
        page.locator("li.matter", has_text="2025-06-03").locator("a").click()
    return page.get_attribute("a:has-text('Se sidan som allmänheten ser den')", "href") or ""


@pytest.mark.parametrize(("language", "width"), [("sv-SE", 390), ("en-GB", 1280)])
def test_axe_finds_nothing(
    enter: Callable[..., Page], axe: Path, language: str, width: int
) -> None:
    """WCAG 2.2 AA as far as axe can tell, with every form open; nothing runs off."""
    page = enter("namndsekreterare", language=language, width=width, bypass_csp=True)
    page.goto("/publishing")
    assert faults(page, axe) == []
    for day, marked in (("2025-06-03", 0), ("2025-09-16", 3)):
        page.goto("/publishing")
        listed = page.locator("li.matter", has_text=day).locator("a")
        page.goto(listed.get_attribute("href") or "")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.locator("mark").count() == marked
        assert faults(page, axe) == [], day
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_announcement_is_seen_before_it_goes_up(enter: Callable[..., Page], axe: Path) -> None:
    """KL 5:13-15: on the page of the summons itself, and on the page of publishing."""
    page = enter("namndsekreterare", bypass_csp=True)
    page.goto("/meetings")
    with page.expect_navigation():
        page.click("a:has-text('Regionfullmäktige')")
    with page.expect_navigation():
        page.click("text=Publicera för allmänheten")
    for path in (page.url, page.url.replace("publishing", "steps/summon")):
        page.goto(path)
        announced = page.locator("section[aria-labelledby=announcement-title]")
        assert "Avsägelse från [personnummer]" in announced.inner_text()
        assert announced.locator("mark").count() == 3
        assert "850709" not in announced.inner_text()
        assert faults(page, axe) == [], path


def test_what_is_refused_gives_the_reason_back(enter: Callable[..., Page]) -> None:
    """A day that has passed: the sentence stands at the form, which keeps what was written."""
    page = enter("namndsekreterare")
    page.goto("/publishing")
    with page.expect_navigation():
        page.locator("li.matter", has_text="2025-09-16").locator("a").click()
    form = page.locator("section[aria-labelledby=doubtful-title] article").first
    form.locator("summary").click()
    form.locator("input[name=reason]").fill("Föreningens egna uppgifter")
    form.locator("input[name=shows_until]").fill("2020-01-01")
    with page.expect_navigation():
        form.locator("button[value=publish]").click()
    assert "den sista dagen ska vara i dag eller senare" in page.inner_text("[role=alert]")
    kept = page.locator("input[name=reason]").evaluate_all("all => all.map(each => each.value)")
    assert "Föreningens egna uppgifter" in kept


def test_one_press_a_reason_and_taken_back(enter_alone: Callable[..., Page]) -> None:
    """The demonstration has one § published and three that wait: they go up with one press, one
    is taken back with a reason, and each time the public sees it at once."""
    page, nobody = enter_alone("namndsekreterare"), enter_alone()
    public = to_june(page)
    nobody.goto(public)
    assert nobody.locator("main ol li", has_text=WITHHELD).count() == 3
    with page.expect_navigation():
        page.click("button:has-text('Publicera alla 3')")
    assert "3 är publicerade." in page.inner_text("main")
    assert "Inget väntar på att prövas." in page.inner_text("main")
    nobody.goto(public)
    assert nobody.locator("main ol li", has_text=WITHHELD).count() == 0
    first = page.locator("article").first
    first.locator("summary").click()
    first.locator("input[name=reason]").fill("Fel paragraf")
    with page.expect_navigation():
        first.locator("button").click()
    assert "Fel paragraf" in page.inner_text("section[aria-labelledby=away-title]")
    nobody.goto(public)
    assert nobody.locator("main ol li", has_text=WITHHELD).count() == 1


def test_others_are_refused(enter: Callable[..., Page]) -> None:
    """Whoever does not publish has neither the page nor a link to it."""
    chair = enter("ordforande")
    chair.goto("/meetings")
    assert chair.locator("text=Att pröva för publicering").count() == 0
    for path in ("/publishing", "/meetings/4/publishing"):
        answer = chair.goto(path)
        assert answer is not None
        assert answer.status == 403, path
