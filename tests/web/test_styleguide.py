"""The living pages in a real browser: reachable for everybody, silent towards the world."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .accessibility import faults

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Visit

pytestmark = pytest.mark.browser
READ, WRITTEN = "/styleguide", "/styleguide/forms"


@pytest.mark.parametrize(("path", "language"), [(READ, "sv"), (WRITTEN, "en")])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(
    visit: Callable[..., Visit], axe: Path, language: str, width: int, scheme: str, path: str
) -> None:
    """WCAG 2.2 AA as far as axe can tell, in each language, width and colour scheme."""
    page = visit(path, language=language, width=width, color_scheme=scheme, bypass_csp=True).page
    assert faults(page, axe) == []


def test_axe_finds_what_is_broken(visit: Callable[..., Visit], axe: Path) -> None:
    """Else the other tests would prove nothing."""
    page = visit("/styleguide", bypass_csp=True).page
    page.set_content("<main><input><p style='color:#ccc;background:#fff'>Blekt</p></main>")
    found = {fault.split(":")[0] for fault in faults(page, axe)}
    assert {"color-contrast", "label", "html-has-lang"} <= found


@pytest.mark.parametrize(("path", "width"), [(READ, 1280), (READ, 390), (WRITTEN, 390)])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_nothing_leaves_the_machine(
    visit: Callable[..., Visit], language: str, path: str, width: int
) -> None:
    """No third-party request, and the strict policy stops nothing that the page needs."""
    seen = visit(path, language=language, width=width)
    assert seen.strays == []
    assert seen.complaints == []
    assert seen.page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("path", [READ, WRITTEN])
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_page_scrolls_sideways(visit: Callable[..., Visit], width: int, path: str) -> None:
    """WCAG 1.4.10: everything fits the width of the window."""
    page = visit(path, width=width).page
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_table_is_a_table_on_a_phone(visit: Callable[..., Visit]) -> None:
    """WCAG 1.3.1: drawn as cards, its rows and cells are still told to a screen reader."""
    page = visit("/styleguide", width=390).page
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    told = {node["role"]["value"] for node in tree if not node["ignored"]}
    assert {"table", "rowgroup", "row", "columnheader", "cell"} <= told


def test_first_stop_of_the_keyboard_skips_to_the_content(visit: Callable[..., Visit]) -> None:
    """WCAG 2.4.1: one key press shows the skip link, another jumps past the top bar."""
    page = visit("/styleguide").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_works_without_scripts(visit: Callable[..., Visit]) -> None:
    """The language is changed by an ordinary link, back to the same page."""
    page = visit("/styleguide", java_script_enabled=False).page
    page.get_by_role("link", name="English").click()
    assert page.url.endswith("/styleguide")
    assert page.get_by_role("heading", level=1).inner_text() == "Style guide"


def test_leaving_with_unsaved_text_asks_first(visit: Callable[..., Visit]) -> None:
    """What was written is not lost by a click beside the button."""
    page = visit(WRITTEN).page
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Ärendemening").fill("Ny inriktning")
    page.goto("about:blank")
    assert asked == ["beforeunload"]
