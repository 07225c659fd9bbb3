"""No text is lost in a real browser: signing in again, what is too large, and where one is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete

from casework.accounts.models import AccountSession
from casework.app import installation
from tests.demo.conftest import PASSWORD

from .accessibility import faults
from .test_pages import OPEN_MATTER, enter, site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from casework.config import Settings

__all__ = ["enter", "site"]

pytestmark = pytest.mark.browser
WORDS = "Tre timmars arbete med <åäö>.\n\nOch ett stycke till."


def _end_all_sign_ins(settings: Settings) -> None:
    casework = installation(settings)
    with casework.database.unit_of_work() as session:
        session.execute(delete(AccountSession))
    casework.database.close()


def _save(page: Page) -> None:
    page.locator("form.writing p.buttons").get_by_role("button", name="Spara").click()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_text_of_a_matter_outlives_the_sign_in(
    enter: Callable[..., Page],
    travelled: Settings,
    axe: Path,
    width: int,
) -> None:
    """Write; the sign-in ends; Spara; sign in there; the text stands; Spara; it is saved and one
    is told so where one is."""
    page = enter("handlaggare", width=width, bypass_csp=True)
    page.goto(f"{OPEN_MATTER}/text")
    page.fill("#body-1", f"{WORDS} {width}")
    _end_all_sign_ins(travelled)
    _save(page)
    expect(page.get_by_role("heading", name="Logga in igen")).to_be_visible()
    assert faults(page, axe) == []
    page.get_by_label("E-postadress").fill("handlaggare@example.org")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    expect(page.locator("#body-1")).to_have_value(f"{WORDS} {width}")
    expect(page.locator(".notice:focus")).to_contain_text("Inget är sparat än")
    assert faults(page, axe) == []
    _save(page)
    told = page.locator(".flashes .notice")
    expect(told).to_contain_text("Texten är sparad.")
    expect(told).to_be_in_viewport(ratio=1)
    assert page.url.endswith("#text")
    expect(page.locator("#text")).to_contain_text(f"Och ett stycke till. {width}")
    told.get_by_role("button", name="Stäng").click()
    expect(page.locator(".flashes .notice")).to_have_count(0)


def test_what_is_too_large_is_told_before_it_is_sent(enter: Callable[..., Page]) -> None:
    """A sentence beside the field, which has the focus; nothing has left the page."""
    page = enter("handlaggare")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.goto(f"{OPEN_MATTER}/text")
    page.locator("#body-1").evaluate("area => { area.value = 'x'.repeat(60000) }")
    _save(page)
    expect(page.locator("#body-1:focus")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#body-1-size")).to_contain_text("högst 50")
    assert page.get_attribute("#body-1", "aria-describedby") == "body-1-size"
    page.goto(OPEN_MATTER)
    page.click("#attachments summary:has-text('Lägg till en bilaga')")
    page.evaluate("document.getElementById('forms-script').dataset.most = 5000")
    large = {"name": "stor.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2000}
    page.set_input_files("#attachment-file", large)  # type: ignore[arg-type]
    expect(page.locator("#attachment-file-size")).to_contain_text("Välj en mindre fil")
    page.click("button:has-text('Lägg till bilagan')")
    expect(page.locator("#attachment-file:focus")).to_have_count(1)
    assert "POST" not in sent


def test_one_is_led_to_what_was_refused(enter: Callable[..., Page]) -> None:
    """A refused attachment is told in view, below a long page; so is a summary of errors."""
    page = enter("handlaggare", width=390)
    page.goto(OPEN_MATTER)
    page.click("#attachments summary:has-text('Lägg till en bilaga')")
    empty = {"name": "tom.pdf", "mimeType": "application/pdf", "buffer": b"x"}
    page.set_input_files("#attachment-file", empty)  # type: ignore[arg-type]
    page.fill("#attachment-new-title", "Min rubrik")
    page.click("button:has-text('Lägg till bilagan')")
    expect(page.locator("#attachments .notice:focus")).to_be_in_viewport(ratio=1)
    expect(page.locator("#attachment-new-title")).to_have_value("Min rubrik")
    page = enter("registrator", width=390)
    page.goto("/matters/new")
    page.get_by_role("button", name="Registrera").click()
    summary = page.locator(".notice:focus")
    expect(summary).to_contain_text("behöver rättas")
    summary.get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.matches('input, select, textarea, fieldset')")


def test_labels_follow_a_form_that_comes_back_by_itself(enter: Callable[..., Page]) -> None:
    """Where its page cannot be shown again, each text stands under the label it was written at."""
    page = enter("handlaggare")
    page.goto(f"{OPEN_MATTER}/text")
    page.fill("#body-1", WORDS)
    page.locator("form.writing").evaluate("form => { form.action = '/delegation/items/new' }")
    _save(page)
    expect(page.get_by_role("heading", name="Det här skrev du")).to_be_visible()
    expect(page.get_by_label("Text 1", exact=True)).to_have_value(WORDS)
