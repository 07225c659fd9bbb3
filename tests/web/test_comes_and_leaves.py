"""Somebody comes new and somebody leaves, in a browser, on a desk and on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.app import installation
from casework.mail.models import Message
from tests.demo.conftest import PASSWORD, demonstrated, settings_of
from tests.web.accessibility import faults
from tests.web.test_pages import entering, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from casework.config import Settings
    from tests.support.databases import SqliteMaker

pytestmark = pytest.mark.browser
NEW = "fyra korta svenska ord"


@pytest.fixture
def settings(tmp_path: Path, sqlite_maker: SqliteMaker) -> Iterator[Settings]:
    with sqlite_maker.copied("demonstrated", tmp_path, demonstrated) as (url, _):
        yield settings_of(url, tmp_path)


@pytest.fixture
def enter(browser: Browser, settings: Settings) -> Iterator[Callable[..., Page]]:
    with served(settings) as site, entering(browser, site) as enter:
        yield enter


def link_to(settings: Settings, address: str) -> str:
    """The link in the latest letter to the address."""
    casework = installation(settings)
    with casework.database.read() as session:
        letters = select(Message.text).where(Message.to_address == address)
        text = session.scalars(letters.order_by(Message.id.desc())).first() or ""
    casework.database.close()
    return re.findall(r"/account/link/[\w-]+", text)[0]


def looks_well(page: Page, axe: Path, width: int) -> None:
    assert faults(page, axe) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@pytest.mark.parametrize("width", [1280, 390])
def test_somebody_comes_new_and_leaves(
    enter: Callable[..., Page], settings: Settings, axe: Path, width: int
) -> None:
    """Added and invited; follows the letter, chooses a password, works; then the account is closed
    and both browser and token are shut out."""
    admin = enter("registrator", width=width, bypass_csp=True)
    admin.goto("/persons")
    admin.click("text=Ny person med konto")
    looks_well(admin, axe, width)
    admin.fill("#name", "Nora Ny")
    admin.fill("#title", "Utredare")
    admin.fill("#email", "nora@example.org")
    admin.click("text=Lägg till och bjud in")
    assert "på väg till nora@example.org" in admin.inner_text("main")
    assert "inbjuden, väntar på svar" in admin.inner_text("main")
    looks_well(admin, axe, width)

    new = enter(width=width, bypass_csp=True)
    new.goto(link_to(settings, "nora@example.org"))
    looks_well(new, axe, width)
    new.fill("#password", "för kort")
    new.fill("#password_again", "för kort")
    new.click("text=Spara lösenordet")
    assert "minst 12 tecken" in new.inner_text("main .notice")
    assert new.input_value("#password") == ""
    new.fill("#password", NEW)
    new.fill("#password_again", NEW)
    new.click("text=Spara lösenordet")
    assert "Ditt lösenord är sparat" in new.inner_text("main")
    new.fill("#email", "nora@example.org")
    new.fill("#password", NEW)
    new.click("main button[type=submit]")
    new.click("header a:has-text('Nora Ny')")
    assert new.inner_text("h1") == "Mitt konto"
    new.click("summary:has-text('Gör en nyckel')")
    new.fill("#token-name", "Statistik")
    new.fill("#confirming_password", NEW)
    new.click("button:has-text('Gör nyckeln')")
    token = new.input_value("#made")
    looks_well(new, axe, width)
    bearer = {"Authorization": f"Bearer {token}"}
    assert new.request.get("/api/v1/account", headers=bearer).status == 200

    admin.goto("/matters/new")
    admin.fill("#title", "Ny bro")
    admin.click("main button[type=submit]")
    admin.goto(f"{admin.url}/steps/assign")
    assert admin.locator("option:has-text('Nora Ny, Utredare')").count() == 1

    admin.goto("/accounts?q=nora")
    looks_well(admin, axe, width)
    admin.click("text=Nora Ny")
    assert "Den användes" in admin.inner_text("main")
    assert admin.locator("#sessions li").count() == 1
    assert not admin.locator("text=Ja, stäng kontot").is_visible()
    admin.click("summary:has-text('Stäng kontot')")
    looks_well(admin, axe, width)
    admin.click("text=Ja, stäng kontot")
    assert "Kontot är stängt" in admin.inner_text("main")
    assert admin.locator("text=Öppna kontot igen").is_visible()
    looks_well(admin, axe, width)

    new.goto("/account")
    assert "/sign-in" in new.url
    assert new.request.get("/api/v1/account", headers=bearer).status == 401
    new.fill("#email", "nora@example.org")
    new.fill("#password", NEW)
    new.click("main button[type=submit]")
    assert "stämmer inte" in new.inner_text("main .notice")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_forgotten_password_is_chosen_anew(
    enter: Callable[..., Page], settings: Settings, axe: Path, width: int
) -> None:
    """From the door and back, by oneself; a link that was used says the way forward."""
    page = enter(width=width, bypass_csp=True)
    page.goto("/sign-in")
    page.click("text=Glömt lösenordet?")
    looks_well(page, axe, width)
    page.fill("#email", "ledamot@example.org")
    page.click("text=Skicka länken")
    assert page.inner_text("h1") == "Se efter i din e-post"
    looks_well(page, axe, width)
    link = link_to(settings, "ledamot@example.org")
    page.goto(link)
    page.fill("#password", NEW)
    page.fill("#password_again", NEW)
    page.click("text=Spara lösenordet")
    page.goto(link)
    assert page.inner_text("h1") == "Länken gäller inte längre"
    looks_well(page, axe, width)
    page.click("text=Till inloggningen")
    for password, told in ((PASSWORD, "stämmer inte"), (NEW, "")):
        page.fill("#email", "ledamot@example.org")
        page.fill("#password", password)
        page.click("main button[type=submit]")
        assert told in page.inner_text("main")
    page.goto("/account")
    looks_well(page, axe, width)
    page.click("text=Vad som finns om dig")
    looks_well(page, axe, width)
    with page.expect_download() as download:
        page.click("text=Hämta att läsa och skriva ut")
    assert download.value.suggested_filename.endswith(".html")
