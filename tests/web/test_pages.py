"""The pages with data in a real browser: without an axe violation, and what people do on them."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import make_server

import pytest
from sqlalchemy import select

from casework.app import create_app, installation
from casework.context import STOCKHOLM
from casework.distribution.links import token_for
from casework.distribution.models import Dispatch
from tests.demo.conftest import PASSWORD, demonstrated, settings_of
from tests.support.files import pdf

from .accessibility import faults
from .conftest import Server, Silent, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from casework.config import Settings
    from tests.support.databases import SqliteMaker

pytestmark = pytest.mark.browser
OPEN_MATTER = "/matters/14"

PAGES = {
    "registrator": ("/matters", f"{OPEN_MATTER}/origin"),
    "handlaggare": (
        "/",
        "/inbox",
        "/inbox?show=settled",
        "/matters",
        "/matters?q=strategisk",
        "/matters?q=finnsinte",
        "/matters/1",
        "/matters/2",
        OPEN_MATTER,
        f"{OPEN_MATTER}/text",
        f"{OPEN_MATTER}/steps/submit",
        "/assignments",
    ),
    "namndsekreterare": (
        "/",
        "/matters/new",
        "/meetings",
        "/meetings/1",
        "/meetings/4",
        "/meetings/5",
        "/meetings/5/minutes",
        "/meetings/5/minutes/17",
        "/meetings/7/agenda",
        "/meetings/7/read",
        "/meetings/new",
        "/meetings/7/plan",
        "/matters/4/file",
        "/notices",
        "/notices/1",
        "/assignments/1",
        "/recipients",
        "/board",
        "/check",
    ),
}


@dataclass(frozen=True)
class Site:
    """A served demonstration."""

    address: str
    letter: str


@contextmanager
def served(travelled: Settings) -> Iterator[Site]:
    """The whole program on loopback, with the road behind it."""
    casework = installation(travelled)
    with casework.database.unit_of_work() as session:
        dispatch = session.scalars(select(Dispatch).where(Dispatch.state == "sent")).all()[-1]
        dispatch.link_expires_at = datetime(2099, 1, 1, tzinfo=STOCKHOLM)
        letter = f"/r/{token_for(travelled.secret_key, dispatch)}"
    app = create_app(travelled)
    server = make_server("127.0.0.1", 0, app, server_class=Server, handler_class=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", letter)
    server.shutdown()
    thread.join()
    server.server_close()
    casework.database.close()
    app.extensions["casework"].database.close()


@contextmanager
def entering(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Sign in as somebody: `enter("handlaggare", width=390)` gives their page."""
    contexts = []

    def go(who: str = "", *, language: str = "sv-SE", width: int = 1280, **more: Any) -> Page:
        context = browser.new_context(
            locale=language,
            viewport={"width": width, "height": 900},
            base_url=site.address,
            **more,
        )
        contexts.append(context)
        if who:
            sign_in(context, site.address, f"{who}@example.org", PASSWORD)
        return context.new_page()

    yield go
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def site(travelled: Settings) -> Iterator[Site]:
    """The installation of this module's tests."""
    with served(travelled) as site:
        yield site


@pytest.fixture
def enter(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Into the installation that all these tests share."""
    with entering(browser, site) as enter:
        yield enter


@pytest.fixture
def enter_alone(
    browser: Browser, tmp_path: Path, sqlite_maker: SqliteMaker
) -> Iterator[Callable[..., Page]]:
    """Into an installation of this test's own, for one that moves what the others read."""
    with (
        sqlite_maker.copied("demonstrated", tmp_path, demonstrated) as (url, _),
        served(settings_of(url, tmp_path)) as site,
        entering(browser, site) as enter,
    ):
        yield enter


@pytest.mark.parametrize(("language", "width"), [("sv-SE", 390), ("en-GB", 1280)])
@pytest.mark.parametrize("who", PAGES)
def test_axe_finds_nothing_on_any_page(
    enter: Callable[..., Page], axe: Path, who: str, language: str, width: int
) -> None:
    """WCAG 2.2 AA as far as axe can tell; nothing is complained of, and nothing runs off."""
    page = enter(who, language=language, width=width, bypass_csp=True)
    for path in PAGES[who]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert faults(page, axe) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_attachments_are_written_on_by_keyboard_and_ear(
    enter: Callable[..., Page], axe: Path
) -> None:
    """The list with its forms open is without an axe violation, on a phone too."""
    page = enter("handlaggare", width=390, bypass_csp=True)
    for words in ("Ett", "Två"):
        page.goto(OPEN_MATTER)
        page.click("#attachments summary:has-text('Lägg till en bilaga')")
        file = {"name": f"{words}.pdf", "mimeType": "application/pdf", "buffer": pdf(words)}
        page.set_input_files("#attachment-file", file)  # type: ignore[arg-type]
        page.click("button:has-text('Lägg till bilagan')")
    assert page.locator("#attachments li").count() == 2
    for summary in page.locator("#attachments summary").all():
        summary.click()
    assert faults(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_strict_policy_stops_nothing(enter: Callable[..., Page]) -> None:
    """No script, style or picture is missing under the policy that visitors get."""
    page = enter("namndsekreterare")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    for path in PAGES["namndsekreterare"]:
        page.goto(path)
    assert complaints == []


def test_the_recipient_reads_and_confirms(
    enter: Callable[..., Page], axe: Path, site: Site
) -> None:
    """Without an account; looking confirms nothing, and confirming twice is one confirmation."""
    page = enter(bypass_csp=True)
    page.goto(site.letter)
    assert faults(page, axe) == []
    page.reload()
    assert page.locator("#name").is_visible()
    with page.expect_download() as download:
        page.click(".documents a")
    assert download.value.suggested_filename.endswith(".pdf")
    page.fill("#name", "Registratorn")
    page.click("main button[type=submit]")
    assert "bekräftades" in page.inner_text("main")
    page.goto(f"{site.letter}x")
    assert "gäller inte längre" in page.inner_text("main")


def test_a_proposal_goes_from_writing_to_approval(enter_alone: Callable[..., Page]) -> None:
    """The officer mends what blocks, submits; the manager approves; two writers lose nothing."""
    officer, second = enter_alone("handlaggare"), enter_alone("handlaggare")
    officer.goto(f"{OPEN_MATTER}/text")
    second.goto(f"{OPEN_MATTER}/text")
    officer.fill("#title", "Samverkansavtal, en ny rubrik")
    officer.click("main .buttons button")
    second.fill("#title", "Samverkansavtal, <script>alert(1)</script>")
    second.click("main .buttons button")
    assert "en ny rubrik" in second.inner_text(".difference")
    assert second.input_value("#title") == "Samverkansavtal, <script>alert(1)</script>"
    second.click("main .buttons button")
    assert "<script>alert(1)</script>" in second.inner_text("h1")

    officer.goto(OPEN_MATTER)
    assert "Länstrafiken" in officer.inner_text("#next-steps")
    officer.select_option("select[name^=meaning-]", label="Smålands turism")
    officer.click("#recipients button")
    officer.click("#next-steps .step a")
    officer.click("main .confirm button")
    assert "Under granskning" in officer.inner_text(".page-glance")

    manager = enter_alone("omradeschef", java_script_enabled=False)
    manager.goto(OPEN_MATTER)
    manager.click("#next-steps .step a >> nth=0")
    manager.click("main .confirm button")
    assert "Klart för nämnd" in manager.inner_text(".page-glance")


def test_a_notice_gains_legal_force(enter: Callable[..., Page]) -> None:
    """KL 13:5: the court is asked after the last appeal day, not on it; the day stays written."""
    page = enter("registrator")
    page.goto("/notices/1")
    assert "Sedd utan avbrott" in page.inner_text("#proof")
    page.click("#next-steps .step a >> nth=0")
    page.fill("#court_asked_on", "2025-03-18")
    page.click("main .confirm button")
    assert "efter överklagandetidens sista dag, 2025-03-18" in page.inner_text("main .notice")
    page.fill("#court_asked_on", "2025-03-20")
    page.click("main .confirm button")
    assert "Laga kraft" in page.inner_text("main")
    assert "Bekräfta laga kraft" in page.inner_text("#history")


def test_a_plan_is_changed_until_the_summons_has_gone(enter: Callable[..., Page]) -> None:
    """What is refused stays written; after the summons the hour stands and the rest may change."""
    page = enter("namndsekreterare")
    page.goto("/meetings/new")
    page.fill("#starts", "2031-02-04T09:00")
    page.fill("#ends", "2031-02-04T08:00")
    page.fill("#place", "Rådhuset")
    page.click("main form button[type=submit]")
    assert page.input_value("#place") == "Rådhuset"
    page.fill("#ends", "2031-02-04T12:00")
    page.click("main form button[type=submit]")
    page.click("main >> text=Ändra")
    page.fill("#starts", "2031-02-05T10:00")
    page.fill("#ends", "2031-02-05T12:00")
    page.select_option("#chair", label="Vice ordföranden (B)")
    page.click("main form button[type=submit]")
    assert "2031-02-05 kl.\u00a010.00" in page.inner_text("main")
    page.goto("/meetings")
    page.click("main :is(li, tr):has-text('Kallat') a >> nth=0")
    page.click("main >> text=Ändra")
    assert page.get_attribute("#starts", "readonly") is not None
    page.fill("#place", "Kulturhuset")
    page.click("main form button[type=submit]")
    assert "Kulturhuset" in page.inner_text("main")


def test_who_saves_second_sees_what_the_first_saved(enter: Callable[..., Page]) -> None:
    """A plan and an item of the agenda: both wordings are shown, and one's own stays written."""
    page, other = enter("namndsekreterare"), enter("ordforande")
    page.goto("/meetings")
    page.click("main :is(li, tr):has-text('Kallat') a >> nth=0")
    page.click("main >> text=Bygg dagordningen")
    page.click("text=Punkt utan ärende")
    page.fill("#title", "   ")
    page.fill("#late-formal", "Kom i går")
    page.click("text=Lägg till punkten")
    assert "rubrik" in page.inner_text("main .notice")
    assert page.input_value("#late-formal") == "Kom i går"
    page.click(".agenda-title a >> nth=0")
    other.goto(page.url)
    for writer, presenter in ((other, "Ekonomichefen"), (page, "Regiondirektören")):
        writer.fill("#presenter", presenter)
        writer.click("main form button[type=submit] >> nth=0")
    assert "Ekonomichefen" in page.inner_text(".difference del")
    assert page.input_value("#presenter") == "Regiondirektören"
    page.click("main form button[type=submit] >> nth=0")
    assert "Regiondirektören" in page.inner_text("main .order")


def test_a_member_reports_absence(enter: Callable[..., Page]) -> None:
    """One button calls in the next in order; the secretary sees it, and it can be taken back."""
    page = enter("ledamot")
    page.goto("/meetings")
    page.click("main :is(li, tr):has-text('Kallat') a >> nth=0")
    page.click("text=Jag kan inte komma")
    assert "Ersättaren kallas in." in page.inner_text("main .notice")
    assert "Ersättaren (A) är inkallad" in page.inner_text("#absences")
    secretary = enter("namndsekreterare")
    secretary.goto(page.url)
    assert "Ledamoten (B)" in secretary.inner_text("#absences .people")
    page.click("#absences >> text=Kan komma")
    assert "Ingen har anmält förhinder." in page.inner_text("#absences")


def test_one_signs_in_on_the_page(enter: Callable[..., Page], site: Site) -> None:
    """The form leads to one's own work."""
    page = enter()
    page.goto("/matters")
    page.fill("#email", "registrator@example.org")
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    assert page.url == f"{site.address}/matters"


def test_a_wrong_password_is_told_and_after_five_one_waits(enter: Callable[..., Page]) -> None:
    """One sentence that does not say which of the two was wrong; then a wait."""
    page = enter()
    told = []
    for _ in range(6):
        page.goto("/sign-in")
        page.fill("#email", "ledamot@example.org")
        page.fill("#password", "fel-losenord-nu")
        page.click("main button[type=submit]")
        told.append(page.inner_text("main .notice"))
    assert "stämmer inte" in told[0]
    assert "för många försök" in told[-1]


def test_signing_out_closes_the_door(enter: Callable[..., Page], site: Site) -> None:
    """After it every page asks who one is."""
    page = enter("registrator")
    page.goto("/")
    page.click("header button.as-link")
    page.goto("/matters")
    assert page.url.startswith(f"{site.address}/sign-in")


def test_a_pressed_button_is_busy_until_one_comes_back(enter: Callable[..., Page]) -> None:
    """A second press while the answer is on its way sends nothing; Back makes it a button again."""
    page = enter("namndsekreterare")
    page.goto("/recipients")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    busy = page.evaluate(
        """() => {
          const form = document.querySelector("form[action$='/recipients']");
          form.querySelector("[name=name]").value = "Kommunförbundet";
          form.querySelector("[name=email]").value = "forbundet@example.org";
          const button = form.querySelector("button[type=submit]");
          button.click();
          const busy = button.getAttribute("aria-disabled");
          button.click();
          return busy;
        }"""
    )
    assert busy == "true"
    page.wait_for_selector("main .notice")
    assert sent.count("POST") == 1
    assert "Kommunförbundet finns nu i adressboken." in page.inner_text("main .notice")
    page.go_back()
    page.wait_for_selector("form[action$='/recipients'] button[type=submit]:not([aria-disabled])")
