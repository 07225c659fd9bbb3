"""The pages of bodies: their law, settings, seats and a year of meetings, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .accessibility import faults
from .test_pages import enter, site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

__all__ = ["enter", "site"]

pytestmark = pytest.mark.browser
PATHS = {
    "namndsekreterare": (
        *("/bodies", "/bodies/1", "/bodies/2", "/bodies/3", "/bodies/1/series"),
        *("/persons", "/persons/9"),
    ),
    "ledamot": ("/bodies", "/bodies/1", "/persons/9", "/organisation"),
    "registrator": ("/bodies/new", "/organisation"),
}


def press(page: Page, button: str) -> None:
    """Send a form, and wait for the page that comes."""
    with page.expect_navigation():
        page.click(button)


@pytest.mark.parametrize(("language", "width"), [("sv-SE", 390), ("en-GB", 1280)])
@pytest.mark.parametrize("who", PATHS)
def test_axe_finds_nothing(
    enter: Callable[..., Page], axe: Path, who: str, language: str, width: int
) -> None:
    """WCAG 2.2 AA as far as axe can tell, and nothing runs off a narrow screen."""
    page = enter(who, language=language, width=width, bypass_csp=True)
    for path in PATHS[who]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert faults(page, axe) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_new_body_has_its_law(enter: Callable[..., Page]) -> None:
    """What is refused stays written; once mended the body stands there with its statutes."""
    page = enter("registrator")
    page.goto("/bodies")
    page.click("text=Nytt organ")
    page.select_option("#kind", "assembly")
    page.fill("#name", "Regionfullmäktige")
    page.fill("#short_name", "RUN")
    press(page, "main button[type=submit]")
    assert "Kortnamnet RUN har redan Regionala utvecklingsnämnden." in page.inner_text("main")
    assert page.input_value("#name") == "Regionfullmäktige"
    page.fill("#short_name", "RF")
    press(page, "main button[type=submit]")
    assert "KL 5:13" in page.inner_text("table.data")


def test_a_number_no_column_holds_is_no_number(enter: Callable[..., Page]) -> None:
    """A form that somebody has meddled with is refused in words, as any unknown row is."""
    page = enter("namndsekreterare")
    page.goto("/meetings/new")
    page.fill("#starts", "2031-01-07T09:00")
    page.evaluate("document.querySelector('#body option').value = '9'.repeat(25)")
    press(page, "main button[type=submit]")
    assert "Det du söker finns inte" in page.inner_text("main")


def test_the_law_stands_with_its_statutes(enter: Callable[..., Page]) -> None:
    """A member reads what binds the committee, and changes nothing."""
    page = enter("ledamot")
    page.goto("/bodies/1")
    law = page.inner_text("table.data")
    for word in ("KL 6:27", "KL 6:33", "KL 8:12", "Fler än hälften", "Senast 14 dagar"):
        assert word in law
    assert "Ersättaren (A)" in page.inner_text("#members")
    assert page.locator("main form").count() == 0
    page.goto("/bodies/2")
    assert "KL 8:12" not in page.inner_text("table.data")


def test_the_secretary_changes_settings_and_template(enter: Callable[..., Page]) -> None:
    """A row is added without a script; a wrong figure is told, and nothing written is lost."""
    page = enter("namndsekreterare", java_script_enabled=False)
    page.goto("/bodies/2")
    press(page, "#settings button[name=add]")
    rows = page.locator("#settings fieldset.row-group:has([name=title])")
    assert rows.count() == 2
    page.fill("#title-2", "Genomgång av <b>inkomna</b> ärenden")
    page.fill("#place-2", "1")
    page.fill("#place-1", "2")
    page.fill("#summons_days", "9")
    press(page, "#settings .btn-primary")
    assert "Manusstoppet kan inte komma efter kallelsen" in page.inner_text("main .notice")
    assert page.input_value("#title-1") == "Genomgång av <b>inkomna</b> ärenden"
    page.fill("#summons_days", "4")
    press(page, "#settings .btn-primary")
    assert "sparade" in page.inner_text("main .notice")
    assert page.input_value("#title-1") == "Genomgång av <b>inkomna</b> ärenden"
    assert page.input_value("#summons_days") == "4"
    page.fill("#title-1", "")
    press(page, "#settings .btn-primary")
    assert rows.count() == 1


def test_two_secretaries_at_once(enter: Callable[..., Page]) -> None:
    """The second is told, and keeps what they wrote."""
    first, second = enter("namndsekreterare"), enter("registrator")
    first.goto("/bodies/3")
    second.goto("/bodies/3")
    first.fill("#seats", "8")
    press(first, "#settings .btn-primary")
    second.fill("#seats", "9")
    press(second, "#settings .btn-primary")
    assert "Någon annan har ändrat" in second.inner_text("main .notice")
    assert second.input_value("#seats") == "9"


def test_a_seat_is_taken_and_left(enter: Callable[..., Page]) -> None:
    """A new substitute with party, term and place; an office is not the secretary's to give."""
    page = enter("namndsekreterare")
    page.goto("/bodies/1")
    assert "Administratör" not in page.inner_text("#role")
    page.fill("#new-name", "Nya ersättaren")
    page.fill("#new-party_code", "C")
    page.select_option("#role", "substitute")
    page.fill("#call_order", "2")
    page.fill("#valid_from", "2026-01-01")
    page.fill("#valid_to", "2025-12-31")
    press(page, "form:has(#role) button")
    assert "Sista dagen kan inte komma före" in page.inner_text("main .notice")
    assert page.input_value("#new-name") == "Nya ersättaren"
    page.fill("#valid_to", "")
    press(page, "form:has(#role) button")
    line = page.locator("#members li", has_text="Nya ersättaren (C)")
    assert "nr 2 i ordningen · från 2026-01-01" in line.inner_text()
    line.locator("summary").click()
    line.locator("input[name=last_day]").fill("2026-01-31")
    with page.expect_navigation():
        line.locator("button").click()
    assert page.locator("#members li", has_text="Nya ersättaren").count() == 0
    page.click("summary >> text=Tidigare uppdrag")
    assert "till och med 2026-01-31" in page.inner_text("details:has-text('Tidigare')")


def test_a_person_and_a_mistaken_seat_are_corrected(enter: Callable[..., Page]) -> None:
    """Names and addresses are mended; a seat that was used stands, one that was not is undone."""
    page = enter("namndsekreterare", java_script_enabled=False)
    page.goto("/bodies/1")
    page.fill("#new-name", "Felskrivne ledamoten")
    page.select_option("#role", "member")
    press(page, "form:has(#role) button")
    page.click("#members >> text=Felskrivne ledamoten")
    page.fill("#email", "ingen adress")
    page.evaluate("document.querySelector('#email').type = 'text'")
    press(page, "#details button")
    assert "går inte att använda" in page.inner_text("main .notice")
    assert page.input_value("#email") == "ingen adress"
    page.fill("#name", "Rättskrivne ledamoten")
    page.fill("#email", "ratt@example.org")
    press(page, "#details button")
    assert "Uppgifterna är sparade" in page.inner_text("main .notice")
    assert page.inner_text("h1") == "Rättskrivne ledamoten"
    assert "Felskrivne ledamoten → Rättskrivne ledamoten" in page.inner_text("#history")

    page.click("#appointments summary >> text=Ta tillbaka")
    page.fill("#appointments input[name=reason]", "Fel person")
    press(page, "#appointments form:has([name=reason]) button")
    assert "Inga uppdrag" in page.inner_text("#appointments")
    assert page.locator("main form").count() == 0  # sits nowhere, so not the secretary's


def test_a_seat_that_was_used_is_not_undone(enter: Callable[..., Page]) -> None:
    """The day is named, and what was written stays in its form."""
    page = enter("namndsekreterare", java_script_enabled=False)
    page.goto("/bodies/1")
    page.click("#members >> text=Ledamoten (B)")
    page.click("#appointments summary >> text=Ta tillbaka")
    page.fill("#appointments input[name=reason]", "Fel person")
    press(page, "#appointments form:has([name=reason]) button")
    assert "är antecknad i uppdraget den 20" in page.inner_text("main .notice")
    assert page.input_value("#appointments input[name=reason]") == "Fel person"


def test_a_year_is_seen_before_it_is_planned(enter: Callable[..., Page], axe: Path) -> None:
    """Holidays and clashes stand unticked; paper stop and summons stand beside each day."""
    page = enter("namndsekreterare", bypass_csp=True)
    page.goto("/bodies/1/series")
    page.fill("#days", "2027-01-06\n2027-02-09 13:00\nigår")
    press(page, "main .btn-primary")
    assert "igår är inget datum" in page.inner_text("main .notice")
    page.fill("#days", "2027-01-06\n2027-02-09 13:00")
    press(page, "main .btn-primary")
    assert faults(page, axe) == []
    rows = page.locator("tbody tr")
    assert "Dagen är inte en vardag" in rows.nth(0).inner_text()
    assert not rows.nth(0).locator("input").is_checked()
    assert "Tisdag 2027-02-09 kl. 13.00" in rows.nth(1).inner_text().replace("\xa0", " ")
    assert "2027-01-26" in rows.nth(1).inner_text()
    assert "2027-02-02" in rows.nth(1).inner_text()
    page.fill("#place", "Sal C")
    press(page, "main .btn-primary")
    assert "1 sammanträde är planerat" in page.inner_text("main .notice")

    page.goto("/bodies/1/series")
    page.fill("#first", "2027-02-09")
    page.fill("#last", "2027-03-31")
    page.fill("#clock", "13.00")
    press(page, "main .btn-primary")
    assert "sammanträder redan den dagen" in rows.nth(0).inner_text()
    assert not rows.nth(0).locator("input").is_checked()
    assert rows.count() == 2
    rows.nth(0).locator("input").check()
    press(page, "main .btn-primary")
    assert "redan ett sammanträde" in page.inner_text("main .notice")
    assert page.input_value("#clock") == "13.00"
