"""No text is ever lost: what is written and not saved is kept in the browser and offered again."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.app import installation
from casework.matters.models import Matter
from casework.meetings.models import AgendaItem
from tests.demo.conftest import PASSWORD

from .accessibility import faults
from .conftest import sign_in
from .test_pages import OPEN_MATTER, enter, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from casework.config import Settings

__all__ = ["enter", "site"]

pytestmark = pytest.mark.browser
TEXT = f"{OPEN_MATTER}/text"
MATTER = int(OPEN_MATTER.rpartition("/")[2])
OFFER = ".draft-offer"


def drafts(page: Page) -> list[dict[str, Any]]:
    """What the browser keeps of what was written."""
    kept = page.evaluate("Object.entries(localStorage)")
    return [json.loads(value) for name, value in kept if name.startswith("casework-draft ")]


def write(page: Page, field: str, text: str) -> None:
    """Type it, and go on when the browser has kept it."""
    page.fill(field, text)
    page.wait_for_function(
        "text => Object.values(localStorage).some((kept) => kept.includes(JSON.stringify(text)))",
        arg=text,
    )


def again(page: Page, path: str) -> Page:
    """The tab is closed without a question, as when a machine dies, and the page opened anew."""
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(path)
    return page


def asks_first(page: Page) -> bool:
    """Whether the browser would ask before the page is left (the question itself is tried in
    test_styleguide)."""
    return bool(page.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))"))


@pytest.fixture
def secret(travelled: Settings) -> Iterator[Callable[[], None]]:
    """Say that the open matter is secret; it is so no longer when the test is over."""
    casework = installation(travelled)

    def mark(provision: str = "OSL 21:1") -> None:
        with casework.database.unit_of_work() as session:
            session.get_one(Matter, MATTER).secrecy_provision = provision

    yield mark
    mark("")
    casework.database.close()


def test_a_draft_is_offered_when_the_tab_was_closed(enter: Callable[..., Page], axe: Path) -> None:
    """With its new rows; taken, it is unsaved text; saved, nothing of it is left."""
    page = enter("handlaggare", bypass_csp=True)
    page.goto(TEXT)
    rows = page.locator("textarea[name=point]").count()
    page.click("button[value=point]")
    write(page, f"#point-{rows + 1}", "att återkomma i maj.")
    write(page, "#body-1", "Skrivet i natt.")
    page = again(page, TEXT)
    assert re.fullmatch(
        r"Du skrev här \d\d\.\d\d och sparade inte\.", page.inner_text(f"{OFFER} p >> nth=0")
    )
    assert faults(page, axe) == []
    assert not asks_first(page)
    page.click(f"{OFFER} >> text=Ta fram texten")
    assert page.locator(OFFER).count() == 0
    assert page.input_value(f"#point-{rows + 1}") == "att återkomma i maj."
    assert page.input_value("#body-1") == "Skrivet i natt."
    assert page.evaluate("document.activeElement.id") in (f"point-{rows + 1}", "body-1")
    assert asks_first(page)
    page.click("main .buttons >> text=Spara")
    page.wait_for_url(f"**{OPEN_MATTER}#text")
    assert drafts(page) == []
    page.goto(TEXT)
    assert page.input_value("#body-1") == "Skrivet i natt."
    assert page.locator(OFFER).count() == 0


def test_a_draft_can_be_thrown_away(enter: Callable[..., Page]) -> None:
    """And is not offered again; in the reader's own language."""
    page = enter("handlaggare", language="en-GB")
    page.goto(TEXT)
    write(page, "#lead_in", "Något annat")
    page = again(page, TEXT)
    assert re.search(r"What you wrote here \(\d\d:\d\d\)", page.inner_text(OFFER))
    page.click(f"{OFFER} >> text=Throw it away")
    assert drafts(page) == []
    page.reload()
    assert page.locator(OFFER).count() == 0
    assert page.input_value("#lead_in") != "Något annat"


def test_what_is_written_beside_an_offer_does_not_take_its_place(
    enter: Callable[..., Page],
) -> None:
    """Whoever writes on before answering has both: none is written over the other."""
    page = enter("handlaggare")
    page.goto(TEXT)
    write(page, "#lead_in", "Det första")
    page = again(page, TEXT)
    write(page, "#lead_in", "Det andra")
    page.click(f"{OFFER} >> text=Ta fram texten")
    assert page.input_value("#lead_in") == "Det andra Det första"
    page = again(page, TEXT)
    assert page.locator(OFFER).count() == 1


def test_a_refused_save_keeps_the_draft(enter: Callable[..., Page]) -> None:
    """Pressing the button is not yet having saved: refused, or with the line dead, it is kept."""
    page = enter("namndsekreterare")
    page.goto("/meetings/7/agenda")
    page.click(".order .agenda-title a >> nth=0")
    item = page.url
    write(page, "#summary", "Om ett långt möte.")
    page.fill("#minutes_planned", "nio")
    page.click("main button:text-is('Spara')")
    page.wait_for_selector("main [role=alert]")
    assert page.input_value("#summary") == "Om ett långt möte."
    assert page.locator(OFFER).count() == 0, "it stands there"
    assert asks_first(page), "given back is not saved"
    page.route("**/agenda/*", lambda route: route.abort())
    page.fill("#minutes_planned", "9")
    page.click("main button:text-is('Spara')")
    page.wait_for_url("chrome-error://**")
    page.unroute("**/agenda/*")
    page = again(page, item)
    page.click(f"{OFFER} >> text=Ta fram texten")
    assert page.input_value("#summary") == "Om ett långt möte."
    assert page.input_value("#minutes_planned") == "9"
    page.click("main button:text-is('Spara')")
    page.wait_for_url("**/agenda")
    assert drafts(page) == []


def test_what_somebody_else_saved_meanwhile_stands_beside_it(enter: Callable[..., Page]) -> None:
    """Both texts are kept: none is written over unseen."""
    page, other = enter("handlaggare"), enter("handlaggare")
    page.goto(TEXT)
    write(page, "#lead_in", "Mina ord")
    other.goto(TEXT)
    other.fill("#lead_in", "Den andras ord")
    other.click("main .buttons >> text=Spara")
    other.wait_for_url(f"**{OPEN_MATTER}#text")
    page = again(page, TEXT)
    assert page.input_value("#lead_in") == "Den andras ord"
    page.click(f"{OFFER} >> text=Ta fram texten")
    assert page.input_value("#lead_in") == "Mina ord"
    assert page.inner_text(".table-theirs blockquote") == "Den andras ord"
    page.click("text=Ta med båda")
    assert page.input_value("#lead_in") == "Den andras ord Mina ord"


def test_two_tabs_with_the_same_form(enter: Callable[..., Page]) -> None:
    """The last that was typed is offered first, and saving in one leaves the other's alone."""
    one = enter("handlaggare")
    two = one.context.new_page()
    for page, words in ((one, "I den ena"), (two, "I den andra")):
        page.goto(TEXT)
        write(page, "#lead_in", words)
    one.click("main .buttons >> text=Spara")
    one.wait_for_url(f"**{OPEN_MATTER}#text")
    two = again(two, TEXT)
    two.click(f"{OFFER} >> text=Ta fram texten")
    assert two.input_value("#lead_in") == "I den andra"


def test_a_draft_is_gone_after_signing_out(enter: Callable[..., Page]) -> None:
    """Also what another tab still holds is not kept from then on."""
    page = enter("handlaggare")
    page.goto(TEXT)
    write(page, "#lead_in", "Kvar på en lånad dator")
    other = page.context.new_page()
    other.goto("/")
    other.click("text=Logga ut")
    other.wait_for_url("**/sign-in")
    assert drafts(other) == []
    page.fill("#lead_in", "Skrivet efteråt")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert drafts(page) == []
    sign_in(page.context, site_of(page), "handlaggare@example.org", PASSWORD)
    page = again(page, TEXT)
    assert page.locator(OFFER).count() == 0
    write(page, "#lead_in", "Inloggad igen")


def site_of(page: Page) -> str:
    return str(page.evaluate("location.origin"))


def test_another_person_on_the_same_browser_sees_nothing(enter: Callable[..., Page]) -> None:
    """The sign-in ended by itself: the draft waits for whoever wrote it, and for nobody else."""
    page = enter("namndsekreterare")
    page.goto("/meetings/7/agenda")
    page.click(".order .agenda-title a >> nth=0")
    item, address = page.url, site_of(page)
    write(page, "#summary", "Bara mitt")
    for who, offers in (("ordforande", 0), ("namndsekreterare", 1)):
        page.context.clear_cookies()
        sign_in(page.context, address, f"{who}@example.org", PASSWORD)
        page = again(page, item)
        assert page.locator("#summary").count() == 1
        assert page.locator(OFFER).count() == offers


def test_nothing_is_kept_of_a_secret_matter(
    enter: Callable[..., Page], secret: Callable[[], None]
) -> None:
    """Neither what is written now nor what was written before it was known to be secret."""
    page = enter("handlaggare")
    page.goto(TEXT)
    write(page, "#lead_in", "Skrivet före prövningen")
    secret()
    page = again(page, TEXT)
    assert page.locator(OFFER).count() == 0
    assert drafts(page) == []
    page.fill("#body-1", "Om en enskild")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert page.evaluate("Object.values(localStorage).join()").count("enskild") == 0
    assert asks_first(page), "it is warned of all the same"


def test_an_old_draft_is_gone_after_a_week(enter: Callable[..., Page]) -> None:
    """On whatever page one opens; one of six days is still offered, with its day."""
    page = enter("handlaggare")
    page.goto(TEXT)
    write(page, "#lead_in", "Från förra veckan")

    def age(**time: float) -> None:
        page.evaluate(
            """ms => { for (const [name, text] of Object.entries(localStorage)) {
              const draft = JSON.parse(text);
              localStorage.setItem(name, JSON.stringify({ ...draft, at: Date.now() - ms }));
            } }""",
            timedelta(**time).total_seconds() * 1000,
        )

    age(days=6)
    page = again(page, TEXT)
    assert re.search(r"\d+ \w+ \d{4} kl\. \d\d\.\d\d", page.inner_text(OFFER))
    age(days=8)
    page = again(page, "/")
    assert drafts(page) == []


def test_a_row_more_keeps_the_warning_and_has_the_focus(enter: Callable[..., Page]) -> None:
    """Nothing is fetched, nothing is thrown to the top of the page, and leaving asks first."""
    page = enter("handlaggare", width=390, reduced_motion="reduce")
    page.goto(TEXT)
    for kind, field in (("point", "point"), ("section", "heading"), ("signatory", "name")):
        page.fill("#title", f"Före {kind}")
        page.click(f"button[value={kind}]")
        rows = page.locator(f"[data-of={kind}]").count()
        assert page.evaluate("document.activeElement.id") == f"{field}-{rows}"
        assert is_in_view(page)
        assert page.input_value("#title") == f"Före {kind}"
        assert asks_first(page)


def test_a_row_more_from_the_server_keeps_the_warning_too(enter: Callable[..., Page]) -> None:
    """Sent and given back, the text is as unsaved as it was, and the new row has the focus."""
    page = enter("handlaggare", reduced_motion="reduce")
    for path, button, field in (
        (TEXT, "button[value=section]", "#title"),
        ("/bodies/1", "button[name=add]", "#urgent_mandate"),
    ):
        if path.startswith("/bodies"):
            page = enter("namndsekreterare", reduced_motion="reduce")
        page.goto(path)
        page.fill(field, "Ändrat")
        with page.expect_navigation():
            page.eval_on_selector(button, "button => button.form.requestSubmit(button)")
        assert page.input_value(field) == "Ändrat"
        assert page.evaluate("document.activeElement.name") in ("section_heading", "title")
        assert is_in_view(page)
        assert asks_first(page)
        assert page.locator(OFFER).count() == 0


def test_a_row_more_without_scripts(enter: Callable[..., Page]) -> None:
    """As before, with the focus on the new row."""
    page = enter("handlaggare", java_script_enabled=False)
    page.goto(TEXT)
    before = page.locator("textarea[name=point]").count()
    page.fill("#title", "Utan skript")
    page.click("button[value=point]")
    assert page.locator("textarea[name=point]").count() == before + 1
    assert page.locator("textarea[autofocus]").get_attribute("id") == f"point-{before + 1}"
    assert page.input_value("#title") == "Utan skript"


def is_in_view(page: Page) -> bool:
    """What has the focus is wholly on the screen."""
    return bool(
        page.evaluate(
            """() => {
              const { top, bottom } = document.activeElement.getBoundingClientRect();
              return top >= 0 && bottom <= innerHeight;
            }"""
        )
    )


def test_a_moved_item_is_warned_of(enter: Callable[..., Page]) -> None:
    """The order of the agenda is text like other: moved and not saved, leaving asks first."""
    page = enter("namndsekreterare")
    page.goto("/meetings/7/agenda")
    assert not asks_first(page)
    page.click("[data-move='1'] >> nth=0")
    assert asks_first(page)


def test_a_browser_that_keeps_nothing_is_no_hindrance(enter: Callable[..., Page]) -> None:
    """Full or forbidden storage: no draft, no complaint, and the page works."""
    page = enter("handlaggare")
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    )
    page.goto(TEXT)
    page.fill("#lead_in", "Ändå")
    page.click("button[value=point]")
    assert asks_first(page)
    page.click("main .buttons >> text=Spara")
    page.wait_for_url(f"**{OPEN_MATTER}#text")
    assert wrong == []


def test_a_secret_item_says_so_on_every_page(
    enter: Callable[..., Page], travelled: Settings
) -> None:
    """Behind closed doors, or authority over somebody: agenda, screen and minutes keep nothing."""
    casework = installation(travelled)
    page = enter("namndsekreterare")
    with casework.database.read() as session:
        item = session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == 7)).first()
        assert item is not None
        item_id = item.id
    for flag in ("is_closed", "exercises_authority"):
        assert keeps(page, f"/meetings/7/agenda/{item_id}", "form[data-writes]")
        assert keeps(page, f"/meetings/7/live/{item_id}", "[data-stamp]")
        set_flag(casework, item_id, flag, value=True)
        assert not keeps(page, f"/meetings/7/agenda/{item_id}", "form[data-writes]")
        assert not keeps(page, f"/meetings/7/live/{item_id}", "[data-stamp]")
        set_flag(casework, item_id, flag, value=False)
    with casework.database.read() as session:
        row = session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == 5)).first()
        assert row is not None
        assert row.minutes_item is not None
        path, row_id = f"/meetings/5/minutes/{row.minutes_item.id}", row.id
    assert keeps(page, path, "form[data-writes]")
    set_flag(casework, row_id, "is_closed", value=True)
    assert not keeps(page, path, "form[data-writes]")
    set_flag(casework, row_id, "is_closed", value=False)
    casework.database.close()


def set_flag(casework: Any, item_id: int, flag: str, *, value: bool) -> None:
    with casework.database.unit_of_work() as session:
        setattr(session.get_one(AgendaItem, item_id), flag, value)


def keeps(page: Page, path: str, where: str) -> bool:
    """Whether the page says that a draft may be kept; asked without opening it."""
    text = page.context.request.get(path).text()
    if where == "[data-stamp]":
        return re.search(r'data-stamp="\d+" data-draft', text) is not None
    return re.search(r'data-writes="[^"]+" data-unsaved="no" data-draft', text) is not None
