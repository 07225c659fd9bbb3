"""What is referred back, as its officer meets it in a browser: first, and with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .accessibility import faults
from .test_pages import enter_alone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

__all__ = ["enter_alone"]
pytestmark = pytest.mark.browser
MATTER = "/matters/14"
REASON = "Kostnaden saknas. Lägg till en kalkyl för de tre första åren."


def step(page: Page, trigger: str, reason: str = "") -> None:
    page.goto(f"{MATTER}/steps/{trigger}")
    if reason:
        page.fill("main textarea", reason)
    page.click("main form button[type=submit]")


def test_the_officer_sees_at_once_what_came_back(
    enter_alone: Callable[..., Page], axe: Path
) -> None:
    """At the desk and on a phone: above all else, with reason, name and a link; the matter's own
    page says why before it says what to do. What is only to be read is put aside by a press."""
    officer = enter_alone("handlaggare")
    officer.goto(MATTER)
    officer.select_option("select[name^=meaning-]", index=1)
    officer.click("text=Spara mottagarna")
    step(officer, "submit")
    step(enter_alone("omradeschef"), "refer_back", REASON)
    for width in (1280, 390):
        page = enter_alone("handlaggare", width=width, bypass_csp=True)
        page.goto("/")
        first = page.locator("main section").first
        assert first.get_attribute("id") == "new"
        news = first.locator("li", has_text="Återförvisat till dig").first
        assert REASON in news.inner_text()
        assert "Områdeschefen" in news.inner_text()
        assert news.locator("button").count() == 0
        assert faults(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        news.locator("a").click()
        assert REASON in page.locator("#why").inner_text()
        assert faults(page, axe) == []
    officer.goto("/")
    before = officer.locator("#new li").count()
    officer.locator("#new button", has_text="Jag har sett det").first.click()
    officer.wait_for_url("**/")
    assert officer.locator("#new li").count() == before - 1
    step(officer, "submit")
    officer.goto("/")
    assert REASON not in officer.locator("main").inner_text()
