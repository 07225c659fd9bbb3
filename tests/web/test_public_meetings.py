"""The public pages of meetings: read by anybody, telling no more than everybody may know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from casework.web.frame import session
from casework.web.public import pages as public

from .accessibility import faults
from .test_pages import enter, site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

__all__ = ["enter", "site"]

pytestmark = pytest.mark.browser
LIST = "/public/meetings?year=2025"


def to_the_committee(page: Page) -> None:
    """The meeting of which one § is published."""
    page.goto(LIST)
    with page.expect_navigation():
        page.locator(".matter-title", has_text="2025-06-03").click()


@pytest.mark.parametrize(("language", "width"), [("sv-SE", 390), ("en-GB", 1280)])
def test_axe_finds_nothing(
    enter: Callable[..., Page], axe: Path, language: str, width: int
) -> None:
    """WCAG 2.2 AA as far as axe can tell, without an account."""
    page = enter(language=language, width=width, bypass_csp=True)
    for path in ("/public/meetings", LIST):
        page.goto(path)
        assert faults(page, axe) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    to_the_committee(page)
    assert faults(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_meeting_tells_when_where_and_what(enter: Callable[..., Page]) -> None:
    """Under the organisation's own name; doors, agenda and the calendar of the body."""
    page = enter()
    to_the_committee(page)
    told = page.inner_text("main")
    assert "Region Jämtland Härjedalen" in told.replace("REGION", "Region")
    assert "Stängda dörrar" in told
    lines = page.locator("main ol.told li").all_inner_texts()
    withheld = [f"§ {number} Paragrafen är inte publicerad." for number in (4, 5, 6)]
    assert lines[:3] == withheld  # that there is a § is known; not a word of it is
    assert "kan begäras ut" in told
    assert "ger regiondirektören i uppdrag" in lines[3]
    address = page.get_attribute("aside a[href$='.ics']", "href")
    assert page.request.get(f"{page.url.partition('/public')[0]}{address}").status == 200


def test_anybody_may_check_minutes(
    enter: Callable[..., Page], axe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attested file is known with those who signed it; one byte more and it is not."""
    secretary = enter("namndsekreterare")
    secretary.goto("/meetings")
    secretary.click("main :is(li, tr):has-text('Justerat') a >> nth=0")
    link = secretary.locator(".documents a", has_text=re.compile("^Protokoll")).first
    attested = secretary.request.get(link.get_attribute("href") or "").body()
    page = enter(bypass_csp=True)
    page.goto("/check")
    for content, told in ((attested + b"\n", "är inte ett protokoll"), (attested, "är justerat")):
        file = {"name": "p.pdf", "mimeType": "application/pdf", "buffer": content}
        page.set_input_files("#file", files=[file])
        with page.expect_navigation():
            page.click("text=Kontrollera filen")
        assert told in page.inner_text("main .notice")
    assert page.inner_text("main").count("skrev under 2025") == 3
    assert faults(page, axe) == []
    page.set_input_files("#file", files=[file | {"buffer": b""}])
    with page.expect_navigation():
        page.click("text=Kontrollera filen")
    assert "Välj den PDF-fil" in page.inner_text("main .notice")
    monkeypatch.setattr(public, "LARGEST_CHECKED", len(attested) - 1)
    page.set_input_files("#file", files=[file])
    with page.expect_navigation() as answer:
        page.click("text=Kontrollera filen")
    assert answer.value.status == 413
    monkeypatch.setattr(session, "TRIES", 0)
    page.set_input_files("#file", files=[file])
    with page.expect_navigation() as answer:
        page.click("text=Kontrollera filen")
    assert answer.value.status == 429
    assert "för många försök" in page.inner_text("main")


def test_no_name_is_told(enter: Callable[..., Page]) -> None:
    """Neither presenter nor chair nor secretary, on any page of any meeting."""
    page = enter()
    page.goto(LIST)
    addresses = [each.get_attribute("href") for each in page.locator(".matter-title").all()]
    assert addresses
    for address in addresses:
        page.goto(f"{page.url.partition('/public')[0]}{address}")
        for name in ("Ordföranden", "Nämndsekreteraren", "Handläggaren", "(A)", "(B)"):
            assert name not in page.inner_text("main"), address


def test_what_is_not_for_everybody_is_not_found(enter: Callable[..., Page]) -> None:
    """A forum's meeting, a year without meetings and a number of nothing: one answer."""
    page = enter()
    page.goto(LIST)
    assert "Kommunalt Forum" not in page.inner_text("main")
    for path in (
        "/public/meetings/99999",
        "/public/meetings?year=1066",
        "/public/meetings/" + "9" * 30,
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 404, path


def test_another_year_is_one_link_away(enter: Callable[..., Page]) -> None:
    """From this year back to the first with a meeting."""
    page = enter()
    page.goto("/public/meetings")
    with page.expect_navigation():
        page.click("nav.filters a >> text=2025")
    assert "Hållna 2025" in page.inner_text("main")
    assert page.get_attribute("nav.filters a >> text=2025", "aria-current") == "page"
