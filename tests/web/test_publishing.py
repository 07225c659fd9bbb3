"""Publishing in the browser: seen as the public will see it, one press, a reason, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .accessibility import faults
from .test_pages import enter, enter_alone, site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

__all__ = ["enter", "enter_alone", "site"]

pytestmark = pytest.mark.browser
LIST = "/public/meetings?year=2025"


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
    address = page.locator("li.matter", has_text="2025-06-03").locator("a").get_attribute("href")
    page.goto(address or "")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert faults(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_one_press_a_reason_and_taken_back(enter_alone: Callable[..., Page]) -> None:
    """The demonstration has one § published and three that wait: they go up with one press, one
    is taken back with a reason, and each time the public sees it at once."""
    page, nobody = enter_alone("namndsekreterare"), enter_alone()
    public = to_june(page)
    nobody.goto(public)
    assert nobody.locator("main ol li", has_text="Rubriken visas inte här.").count() == 3
    with page.expect_navigation():
        page.click("button:has-text('Publicera alla 3')")
    assert "3 är publicerade." in page.inner_text("main")
    assert "Inget väntar på att prövas." in page.inner_text("main")
    nobody.goto(public)
    assert nobody.locator("main ol li", has_text="Rubriken visas inte här.").count() == 0
    first = page.locator("article").first
    first.locator("summary").click()
    first.locator("input[name=reason]").fill("Fel paragraf")
    with page.expect_navigation():
        first.locator("button").click()
    assert "Fel paragraf" in page.inner_text("section[aria-labelledby=away-title]")
    nobody.goto(public)
    assert nobody.locator("main ol li", has_text="Rubriken visas inte här.").count() == 1


def test_others_are_refused(enter: Callable[..., Page]) -> None:
    """Whoever does not publish has neither the page nor a link to it."""
    chair = enter("ordforande")
    chair.goto("/meetings")
    assert chair.locator("text=Att pröva för publicering").count() == 0
    for path in ("/publishing", "/meetings/4/publishing"):
        answer = chair.goto(path)
        assert answer is not None
        assert answer.status == 403, path
