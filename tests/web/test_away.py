"""A day when somebody leaves, and one when somebody is ill: in a browser, wide and narrow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .accessibility import faults
from .test_pages import OPEN_MATTER, enter_alone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

__all__ = ["enter_alone"]

pytestmark = pytest.mark.browser


def fits(page: Page, axe: Path) -> None:
    """Nothing lies outside the window, and nobody is shut out."""
    size = page.viewport_size
    assert size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url
    assert faults(page, axe) == []


def person(page: Page, name: str) -> None:
    page.goto("/persons")
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


@pytest.mark.parametrize("width", [1280, 390])
def test_somebody_leaves(enter_alone: Callable[..., Page], axe: Path, width: int) -> None:
    """All that the officer holds goes to another in one press; both see it at once."""
    page = enter_alone("omradeschef", width=width, bypass_csp=True)
    person(page, "Handläggaren")
    page.get_by_role("link", name="Lämna över ärenden").click()
    fits(page, axe)
    page.get_by_label("Alla, 10 ärenden").check()
    page.get_by_label("Skäl").fill("Handläggaren slutar på fredag.")
    page.get_by_role("button", name="Lämna över").click()
    expect(page.locator(".notice:focus")).to_contain_text("Välj vem som tar över.")
    expect(page.get_by_label("Alla, 10 ärenden")).to_be_checked()
    expect(page.get_by_label("Skäl")).to_have_value("Handläggaren slutar på fredag.")
    page.get_by_label("Vem som tar över").select_option(label="Registratorn, Registrator")
    page.get_by_role("button", name="Lämna över").click()
    expect(page.locator(".flashes")).to_contain_text("Registratorn har tagit över 10 ärenden")
    expect(page.get_by_text("Inget att lämna över")).to_be_visible()
    fits(page, axe)
    page.goto(OPEN_MATTER)
    expect(page.get_by_role("main")).to_contain_text("Handläggaren → Registratorn")
    new = enter_alone("registrator", width=width, bypass_csp=True)
    new.goto("/")
    expect(new.get_by_role("main")).to_contain_text("Handläggaren slutar på fredag.")
    fits(new, axe)
    new.goto(f"{OPEN_MATTER}/text")
    expect(new.locator("#body-1")).to_be_visible()
    old = enter_alone("handlaggare", width=width)
    old.goto(f"{OPEN_MATTER}/text")
    expect(old.locator("#body-1")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_somebody_is_ill(enter_alone: Callable[..., Page], axe: Path, width: int) -> None:
    """The manager names a stand-in; it is told on the front page and in the history; who is back
    ends it, and from then on it no longer holds."""
    manager = enter_alone("omradeschef", width=width, bypass_csp=True)
    person(manager, "Handläggaren")
    manager.get_by_role("link", name="Frånvaro och ersättare").click()
    stand_in = manager.get_by_label("Ersättare", exact=True)
    stand_in.select_option(label="Registratorn, Registrator")
    last = date.today() + timedelta(days=14)  # noqa: DTZ011 (the server's own day)
    manager.get_by_label("Sista dagen").fill(last.isoformat())
    manager.get_by_role("button", name="Utse ersättaren").click()
    expect(manager.locator(".flashes")).to_contain_text(
        f"Registratorn är ersättare till och med {last}."
    )
    fits(manager, axe)
    other = enter_alone("registrator", width=width, bypass_csp=True)
    other.goto("/")
    notice = other.get_by_role("status").filter(has_text="Du är ersättare för Handläggaren")
    expect(notice).to_contain_text(f"till och med {last}")
    fits(other, axe)
    notice.get_by_role("link", name="Ärenden och uppdrag som Handläggaren har").click()
    expect(other.get_by_text("10 öppna ärenden")).to_be_visible()
    other.goto(f"{OPEN_MATTER}/text")
    other.fill("#body-1", "Skrivet av den som är ersättare.")
    other.locator("form.writing p.buttons").get_by_role("button", name="Spara").click()
    expect(other.locator("#history")).to_contain_text("Registratorn i stället för Handläggaren")
    back = enter_alone("handlaggare", width=width, bypass_csp=True)
    back.goto("/")
    back.get_by_role("link", name="Frånvaro och ersättare").click()
    back.locator("summary").filter(has_text="Avsluta nu").click()
    back.get_by_role("button", name="Avsluta nu").click()
    expect(back.locator(".flashes")).to_contain_text("Registratorn är inte längre ersättare.")
    fits(back, axe)
    other.goto(f"{OPEN_MATTER}/text")
    expect(other.locator("#body-1")).to_have_count(0)
    other.goto("/")
    expect(other.get_by_text("Du är ersättare för")).to_have_count(0)
