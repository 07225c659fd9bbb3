"""A whole real-size meeting through the web, as the secretary, the chair and an attester see it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import make_server

import pytest
from sqlalchemy import select

from casework.app import Casework, create_app
from casework.board.models import BoardNotice
from casework.context import STOCKHOLM
from casework.delegation.models import DelegatedDecision
from casework.demo.full_meeting import NEWCOMERS, prepare, summon, swear_in, texts
from casework.demo.outside_meetings import decide_outside_the_meeting
from casework.distribution.models import Excerpt
from casework.followup.models import Assignment
from casework.matters.models import Matter
from casework.meetings.models import Meeting, MinutesItem, Proposition, Statement
from casework.schema import upgrade
from tests.demo.conftest import PASSWORD, furnished, opened, road_of

from . import markup
from .accessibility import faults
from .conftest import Server, Silent, sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Site:
    """A served installation with one meeting summoned for today, 20 items long."""

    address: str
    casework: Casework
    meeting_id: int


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("meeting")
    url = f"sqlite:///{folder / 'casework.db'}"
    upgrade(url)
    world = furnished(url, folder)
    casework = opened(url, folder)
    road = road_of((casework, world), folder)
    swear_in(road)
    day = texts()
    matters = prepare(road, [item for item in day["items"] if item["type"] == "decision"])
    decide_outside_the_meeting(road)
    today = datetime.now(UTC).astimezone(STOCKHOLM).date()
    meeting = summon(road, day, matters, today)
    app = create_app(casework.settings)
    server = make_server("127.0.0.1", 0, app, server_class=Server, handler_class=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", casework, meeting.id)
    server.shutdown()
    thread.join()
    server.server_close()
    casework.database.close()
    app.extensions["casework"].database.close()


@pytest.fixture
def enter(browser: Browser, site: Site) -> Iterator[Callable[[str], Page]]:
    """Sign in as somebody, in a browser of their own."""
    contexts = []

    def go(who: str) -> Page:
        context = browser.new_context(locale="sv-SE", viewport={"width": 1500, "height": 1000})
        contexts.append(context)
        sign_in(context, site.address, f"{who}@example.org", PASSWORD)
        return context.new_page()

    yield go
    for context in contexts:
        context.close()


@dataclass
class Table:
    """The meeting screen in the secretary's browser."""

    page: Page
    meeting: str

    def go_to(self, title: str) -> None:
        self.page.click(f".table-agenda a:has-text('{title}')")
        self.page.wait_for_selector(f"#table-title:has-text('{title}')")

    def press(self, button: str, expect: str) -> None:
        """Press and wait for what it should lead to."""
        self.page.locator(".table-item").get_by_role("button", name=button, exact=True).click()
        self.page.wait_for_selector(expect)

    def comes(self, name: str) -> None:
        line = self.on_roll(name)
        line.get_by_role("button", name="Kommer").click()
        self.on_roll(name).get_by_role("button", name="Går").wait_for()

    def leaves(self, name: str) -> None:
        self.on_roll(name).get_by_role("button", name="Går").click()
        self.on_roll(name).get_by_role("button", name="Kommer").wait_for()

    def on_roll(self, name: str) -> Any:
        exactly = self.page.locator(".person-name", has_text=re.compile(rf"^{name} \("))
        return self.page.locator(".table-roll li").filter(has=exactly)

    def move(self, who: str, kind: str, text: str = "") -> None:
        before = self.page.locator("section:has(#moved-title) .table-line").count()
        self.choose("#mover", who)
        self.page.select_option("#kind", kind)
        self.page.fill("#move-text", text)
        self.press("Anteckna yrkandet", f"section:has(#moved-title) .table-line >> nth={before}")

    def choose(self, select: str, who: str) -> None:
        option = self.page.locator(f"{select} option", has_text=re.compile(rf"^{who} \("))
        self.page.select_option(select, option.get_attribute("value"))

    def found(self, side: str) -> None:
        before = self.page.locator("section:has(#questions-title) .table-line").count()
        self.page.locator(f".table-sides button[value={side}]").click()
        self.page.wait_for_selector(f"section:has(#questions-title) .table-line >> nth={before}")

    def vote(self, yes: set[str]) -> None:
        self.page.click("summary:has-text('Omröstning begärs')")
        for row in self.page.locator(".table-ballots tbody tr").all():
            name = row.locator("th").inner_text().split(" (")[0]
            row.locator(f"input[value={'yes' if name in yes else 'no'}]").check()
        self.press("Räkna rösterna", "section:has(#questions-title) .table-line")

    def conclude(self, outcome: str = "", reason: str = "") -> None:
        if outcome:
            self.page.select_option("#outcome", outcome)
        if reason:
            self.page.fill("#reason", reason)
        self.press("Avgör punkten", ".table-outcome")

    def state(self, who: str, kind: str, text: str, *, favours_first: bool = False) -> None:
        before = self.page.locator("section:has(#stated-title) .table-line").count()
        self.choose("#state-person", who)
        self.page.select_option("#state-kind", kind)
        self.page.fill("#state-text", text)
        if favours_first:
            self.page.select_option("#state-proposal", index=1)
        self.press("Anteckna", f"section:has(#stated-title) .table-line >> nth={before}")

    def refused(self) -> str:
        self.page.wait_for_selector("#table-refused:not([hidden])")
        return self.page.locator("#table-refused").inner_text()


def step(page: Page, site: Site, trigger: str) -> None:
    page.goto(f"{site.address}/meetings/{site.meeting_id}/steps/{trigger}")
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**/meetings/{site.meeting_id}*")


def send_excerpt(page: Page, site: Site, matter_id: int) -> None:
    """Secrecy tried, and the § on its way to its recipient."""
    page.goto(f"{site.address}/matters/{matter_id}")
    page.click("button:has-text('Sekretessen är prövad')")
    page.wait_for_selector("#secrecy:has-text('Prövad')")
    page.goto(f"{site.address}/matters/{matter_id}/steps/dispatch")
    page.click("main form button[type=submit]")
    page.wait_for_selector("#dispatches td:has-text('Kommunförbundet')")


def sign_what_waits(page: Page, site: Site) -> None:
    """A wrong password first: the dissent that was written is still there, and is then erased."""
    page.goto(f"{site.address}/meetings/{site.meeting_id}")
    page.click("form.signing summary")
    page.fill("form.signing textarea", "En röst är fel antecknad.")
    page.fill("form.signing input[type=password]", "inte det")
    page.click("form.signing button[type=submit]")
    page.wait_for_selector("text=Lösenordet stämmer inte")
    assert page.input_value("form.signing textarea") == "En röst är fel antecknad."
    page.fill("form.signing textarea", "")
    page.fill("form.signing input[type=password]", PASSWORD)
    page.click("form.signing button[type=submit]")
    page.wait_for_selector("text=Du har skrivit under.")


def call_the_roll(table: Table) -> None:
    for name in ("Ordföranden", "Vice ordföranden", "Justeraren", "Ledamoten"):
        table.comes(name)
    for name, role, _party in NEWCOMERS:
        if name != "Sjätte ledamoten" or role == "substitute":
            table.comes(name)
    table.comes("Ersättaren")
    line = table.on_roll("Ersättaren")
    line.locator("select").select_option(label="för Sjätte ledamoten")
    line.get_by_role("button", name="Tjänstgör").click()
    table.page.wait_for_selector(".table-roll li:has-text('för Sjätte ledamoten')")


def out_and_in_again(table: Table) -> None:
    """A serving substitute comes back to the seat, or as a substitute once it is taken."""
    table.leaves("Ersättaren")
    table.comes("Ersättaren")
    assert "för Sjätte ledamoten" in table.on_roll("Ersättaren").inner_text()
    table.leaves("Ersättaren")
    table.comes("Sjätte ledamoten")
    table.comes("Ersättaren")
    table.leaves("Sjätte ledamoten")
    table.on_roll("Ersättaren").get_by_role("button", name="Tjänstgör").click()
    table.page.wait_for_selector(".table-roll li:has-text('för Sjätte ledamoten')")


def nobody_in_the_chair(table: Table) -> None:
    """With neither chair nor vice chair there a member leads, and then gives the chair back."""
    for name in ("Ordföranden", "Vice ordföranden"):
        table.leaves(name)
    table.page.click("summary:has-text('Någon annan leder sammanträdet')")
    table.choose("#lead-person", "Ledamoten")
    table.page.click("button:text-is('Leder sammanträdet')")
    table.on_roll("Ledamoten").get_by_role("button", name="Leder inte längre").wait_for()
    table.comes("Ordföranden")
    table.on_roll("Ledamoten").get_by_role("button", name="Leder inte längre").click()
    table.on_roll("Ledamoten").locator("text='Ledamot'").wait_for()
    table.leaves("Ordföranden")
    for name in ("Ordföranden", "Vice ordföranden"):
        table.comes(name)
    assert "Ordförande\n" in table.on_roll("Ordföranden").inner_text()


def somebody_else_is_present(table: Table) -> None:
    table.page.click("summary:has-text('Övriga närvarande')")
    table.page.select_option("#other-person", label="Regiondirektören, Regiondirektör")
    table.page.click("button:has-text('Anteckna som närvarande')")
    table.page.wait_for_selector(".table-roll li.is-here:has-text('Regiondirektören')")


def nothing_jumps(table: Table) -> None:
    """After an action the keyboard and the page are where they were, and a refusal is in view.

    A double click sends once, and not what has come in place of the button.
    """
    page, posted = table.page, []
    page.set_viewport_size({"width": 390, "height": 700})
    page.on("request", lambda request: request.method == "POST" and posted.append(request.url))
    line = table.on_roll("Justeraren")
    line.get_by_role("button", name="Går").scroll_into_view_if_needed()
    top = page.evaluate("scrollY")
    line.get_by_role("button", name="Går").dblclick()
    line.get_by_role("button", name="Kommer").wait_for()
    assert "Justeraren" in page.evaluate("document.activeElement.textContent")
    assert page.evaluate("scrollY") == top > 0
    page.keyboard.press("Enter")
    line.get_by_role("button", name="Går").wait_for()
    assert len(posted) == 2
    page.click("summary:has-text('Övriga närvarande')")
    page.click("button:has-text('Anteckna som närvarande')")
    assert "person" in table.refused()
    assert (
        page.evaluate("document.getElementById('table-refused').getBoundingClientRect().top") == 0
    )
    page.keyboard.press("Alt+6")
    assert page.evaluate("document.activeElement.id") == "recuse-person"
    page.set_viewport_size({"width": 1500, "height": 1000})


Scene = Callable[[Table, dict[str, Any]], None]


def rejection_falls(table: Table, _script: dict[str, Any]) -> None:
    """Concluded a moment too early, it is taken up again with all that was recorded on it."""
    table.move("Ordföranden", "approval")
    table.move("Justeraren", "rejection")
    table.found("first")
    table.conclude()
    table.page.click("summary:has-text('Ta upp punkten igen')")
    table.page.fill("#reopen-reason", "Alla yrkanden var inte antecknade.")
    table.press("Ta upp punkten igen", "section:has(#conclude-title)")
    table.conclude()
    table.state("Justeraren", "separate_statement", "Stödet bör sökas hos staten.")


def referred_back(table: Table, script: dict[str, Any]) -> None:
    table.move("Ledamoten", "referral_back", script["reason"])
    table.found("second")
    assert table.page.input_value("#reason") == script["reason"]
    table.conclude()


def tabled(table: Table, _script: dict[str, Any]) -> None:
    table.move("Vice ordföranden", "tabling")
    table.found("second")
    table.conclude()


def casting_vote(table: Table, script: dict[str, Any]) -> None:
    table.leaves("Fjärde ledamoten")
    table.move("Ledamoten", "amendment", script["amendment"])
    table.vote({"Ordföranden", "Andra ledamoten", "Femte ledamoten", "Ersättaren"})
    table.conclude()
    for who in ("Ledamoten", "Tredje ledamoten"):
        table.state(who, "reservation", script["reservation"], favours_first=True)
    table.comes("Fjärde ledamoten")


def recusal(table: Table, _script: dict[str, Any]) -> None:
    """After a break: nothing is concluded while the meeting is adjourned."""
    table.page.click(".table-roll button:has-text('Ajournera')")
    table.page.wait_for_selector("text=Ajournerat sedan")
    table.page.click("button:has-text('Avgör punkten')")
    assert table.refused() == "Sammanträdet är ajournerat; återuppta det först."
    table.page.click(".table-roll button:has-text('Återuppta')")
    table.page.wait_for_selector(".table-roll button:has-text('Ajournera')")
    table.page.click("summary:has-text('Anmäl jäv')")
    table.choose("#recuse-person", "Fjärde ledamoten")
    table.choose("#recuse-substitute", "Andra ersättaren")
    table.press("Anmäl jäv", "section:has(#recusal-title) .table-line")
    table.conclude()


def immediate(table: Table, _script: dict[str, Any]) -> None:
    table.conclude()
    table.press("Justera paragrafen omedelbart", ".table-agenda a[aria-current]:has-text('§')")


def addition(table: Table, script: dict[str, Any]) -> None:
    """What is added gives an assignment, with the day on which it is reported back."""
    table.move("Femte ledamoten", "addition", script["addition"])
    table.found("first")
    assert table.page.input_value("#point-2") == script["addition"]
    table.page.select_option("#assignee-2", label="Regiondirektören, Regiondirektör")
    table.page.fill("#day-2", script["report_back_on"].isoformat())
    table.conclude()


def counter_proposals(table: Table, script: dict[str, Any]) -> None:
    for who, text in zip(("Ledamoten", "Justeraren"), script["amendments"], strict=True):
        table.move(who, "amendment", text)
    table.found("first")
    table.found("first")
    table.conclude()


SCENES: dict[str, Scene] = {
    "rejection_falls": rejection_falls,
    "referred_back": referred_back,
    "tabled": tabled,
    "casting_vote": casting_vote,
    "recusal": recusal,
    "immediate": immediate,
    "addition": addition,
    "counter_proposals": counter_proposals,
}


def handle(table: Table, script: dict[str, Any]) -> None:
    """What `meeting.yaml` says happens on the item, clicked."""
    scene = SCENES.get(script.get("at_table", ""))
    if scene is None:
        table.conclude()
    else:
        scene(table, script)


def what_is_begun_stays(table: Table, here: str, there: str) -> None:
    """A motion half written is there when one comes back to the item, also by the back button."""
    table.go_to(here)
    table.page.fill("#move-text", "Avslag, eftersom")
    table.go_to(there)
    assert table.page.input_value("#move-text") == ""
    table.page.go_back()
    table.page.wait_for_selector(f"#table-title:has-text('{here}')")
    assert table.page.input_value("#move-text") == "Avslag, eftersom"
    table.page.fill("#move-text", "")


def a_press_is_not_lost(table: Table, there: str) -> None:
    """An answer that comes while the button is held down waits until it is let go."""
    page, waiting = table.page, []
    page.route("**/meetings/**", lambda route: waiting.append(route))
    table.on_roll("Ordföranden").get_by_role("button", name="Kommer").click()
    page.hover(f".table-agenda a:has-text('{there}')")
    page.mouse.down()
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        for route in waiting:
            route.continue_()
    page.unroute("**/meetings/**")
    answer.value.finished()
    page.evaluate(
        "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
    )
    page.mouse.up()
    page.wait_for_selector(f"#table-title:has-text('{there}')")


def a_recused_chair_is_led_on(table: Table, chair: Page, title: str) -> None:
    """Whoever declares a conflict of interest is shown another item at once, and not this one."""
    table.go_to(title)
    chair.goto(table.page.url)
    own = Table(chair, table.meeting)
    chair.click("summary:has-text('Anmäl jäv')")
    own.choose("#recuse-person", "Ordföranden")
    chair.locator(".table-item").get_by_role("button", name="Anmäl jäv", exact=True).click()
    chair.wait_for_selector("#table-title:has-text('Upprop')")
    assert chair.locator(f".table-agenda a:has-text('{title}')").count() == 0
    assert chair.url != table.page.url
    table.page.reload()
    table.page.click("section:has(#recusal-title) button:has-text('Inget jäv')")
    table.page.wait_for_selector("section:has(#recusal-title) .table-line", state="detached")


def two_write_at_once(table: Table, chair: Page, title: str, elsewhere: str) -> None:
    """Before the screens have told each other: the second has both texts, and saves both.

    Nothing else on the screen waits for that, and what is not settled is there when one is back.
    """
    page = table.page
    table.go_to(title)
    page.route("**/live/stamp", lambda route: route.fulfill(json={"stamp": 0}))
    chair.goto(page.url)
    chair.fill("#notes-summary", "Ordförandens ord.")
    chair.locator("#notes-summary").blur()
    chair.wait_for_selector("#table-said:has-text('Sparat')")
    page.fill("#notes-summary", "Sekreterarens ord.")
    page.locator("#notes-summary").blur()
    page.wait_for_selector(".table-theirs:has-text('Ordförandens ord.')")
    table.go_to(elsewhere)
    assert title in table.refused()
    table.go_to(title)
    assert page.locator(".table-theirs blockquote").inner_text() == "Ordförandens ord."
    assert page.input_value("#notes-summary") == "Sekreterarens ord."
    page.click("button:has-text('Ta med båda')")
    page.wait_for_selector("#table-said:has-text('Sparat')")
    page.unroute("**/live/stamp")
    page.reload()
    assert page.input_value("#notes-summary") == "Ordförandens ord.\n\nSekreterarens ord."


def what_could_not_be_saved_is_tried_again(table: Table, site: Site) -> None:
    """Without contact, and when one is signed out: the words stand there, and are saved later."""
    page, address = table.page, table.page.url
    page.context.set_offline(True)
    page.fill("#notes-summary", "Skrivet utan kontakt.")
    page.locator("#notes-summary").blur()
    assert "Ingen kontakt" in table.refused()
    page.context.set_offline(False)
    page.wait_for_selector("#table-said:has-text('Sparat')")
    assert page.locator("#table-refused").is_hidden()
    page.context.clear_cookies()
    page.fill("#notes-summary", "Skrivet utloggad.")
    page.locator("#notes-summary").blur()
    assert "Du är utloggad" in table.refused()
    page.click(".table-agenda a >> nth=0")
    assert "Du är utloggad" in table.refused()
    assert page.url == address
    sign_in(page.context, site.address, "namndsekreterare@example.org", PASSWORD)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector("#table-said:has-text('Sparat')")
    page.reload()
    assert page.input_value("#notes-summary") == "Skrivet utloggad."
    page.fill("#notes-summary", "")
    page.locator("#notes-summary").blur()
    page.wait_for_selector("#table-said:has-text('Sparat')")


def write_screens(secretary: Page, site: Site, folder: Path) -> None:
    """The meeting's screen at each item, as it is sent."""
    live = f"{site.address}/meetings/{site.meeting_id}/live"
    with site.casework.database.read() as session:
        items = [item.id for item in session.get_one(Meeting, site.meeting_id).agenda]
    for item in items:
        page = secretary.request.get(f"{live}/{item}").text()
        (folder / f"item-{item}.html").write_text(page, encoding="utf-8")


def nothing_is_lost_when_the_screen_dies(table: Table, title: str) -> None:
    """Opened anew, the note that had no contact is there and saved, and what was begun is offered;
    what was thrown is not offered again, and nothing is kept of what the server has."""
    page = table.page
    table.go_to(title)
    page.route("**/live/*/notes", lambda route: route.abort())
    page.fill("#notes-summary", "Skrivet före strömavbrottet.")
    page.locator("#notes-summary").blur()
    assert "Ingen kontakt" in table.refused()
    page.fill("#move-text", "Avslag, ty")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert page.input_value("#notes-summary") == "Skrivet före strömavbrottet."
    assert page.input_value("#move-text") == ""
    page.click(".draft-offer >> text=Ta fram texten")
    assert page.input_value("#move-text") == "Avslag, ty"
    page.unroute("**/live/*/notes")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector("#table-said:has-text('Sparat')")
    page.reload()
    assert page.input_value("#notes-summary") == "Skrivet före strömavbrottet."
    page.click(".draft-offer >> text=Kasta den")
    assert page.locator(".draft-offer").count() == 0
    assert page.evaluate("Object.keys(localStorage).join()") == ""
    page.fill("#notes-summary", "")
    page.locator("#notes-summary").blur()
    page.wait_for_selector("#table-said:has-text('Sparat')")


def test_a_meeting_of_twenty_items_is_held_on_the_screen(
    site: Site, enter: Callable[[str], Page], axe: Path, tmp_path: Path
) -> None:
    """Issue 3: decisions, a referral back, a tabling, a vote with a casting vote, two reservations,
    a recusal with substitute, an immediately attested item, information and delegated decisions;
    then minutes, signatures, notices and an excerpt."""
    secretary, chair, attester = enter("namndsekreterare"), enter("ordforande"), enter("justerare")
    step(secretary, site, "open")
    secretary.goto(f"{site.address}/meetings/{site.meeting_id}/live")
    table = Table(secretary, f"{site.address}/meetings/{site.meeting_id}")
    table.page.locator(".table-item").get_by_role("button", name="Avgör punkten").click()
    assert "fler än hälften" in table.refused()  # nobody is there yet: KL 6:27
    day = texts()
    a_press_is_not_lost(table, day["items"][0]["title"])
    table.leaves("Ordföranden")
    table.go_to("Upprop")
    call_the_roll(table)
    out_and_in_again(table)
    nobody_in_the_chair(table)
    somebody_else_is_present(table)
    nothing_jumps(table)
    assert faults(secretary, axe) == []

    def signers() -> None:
        for page in (chair, attester):
            sign_what_waits(page, site)

    formal = [{"title": "Upprop"}, {"title": "Val av justerare"}]
    two_write_at_once(table, chair, day["items"][0]["title"], "Upprop")
    what_could_not_be_saved_is_tried_again(table, site)
    decisions = [item["title"] for item in day["items"] if item["type"] == "decision"]
    what_is_begun_stays(table, *decisions[:2])
    nothing_is_lost_when_the_screen_dies(table, decisions[0])
    a_recused_chair_is_led_on(table, chair, decisions[1])
    for script in (*formal, *day["opening"], *day["items"], *day["closing"]):
        table.go_to(script["title"])
        handle(table, script)
        if script is day["items"][0]:
            chair.wait_for_selector(".table-outcome")  # the other screen follows by itself
        if script.get("at_table") == "immediate":
            signers()
    assert faults(secretary, axe) == []
    write_screens(secretary, site, tmp_path)
    assert markup.faults(tmp_path) == []
    for trigger in ("end", "draft_minutes", "send_for_attestation"):
        step(secretary, site, trigger)
    signers()
    with site.casework.database.read() as session:
        meeting = session.get_one(Meeting, site.meeting_id)
        assert meeting.state == "attested"
        assert len(meeting.agenda) == 20
        outcomes = [item.outcome for item in meeting.agenda]
        assert (outcomes.count("decided"), outcomes.count("noted")) == (7, 11)
        assert (outcomes.count("referred_back"), outcomes.count("tabled")) == (1, 1)
        numbers = session.scalars(select(MinutesItem.section_number)).all()
        assert sorted(numbers) == list(range(1, 21))
        vote = session.scalars(select(Proposition).where(Proposition.is_casting)).one()
        assert (vote.yes_votes, vote.no_votes) == (4, 4)
        task = session.scalars(select(Assignment)).one()
        assert (task.assignee.name, task.report_back_on) == ("Regiondirektören", date(2027, 3, 16))
        reported = session.scalars(select(DelegatedDecision)).all()
        assert [each.state for each in reported] == ["reported"] * 3
        reserved = session.scalars(select(Statement).where(Statement.kind == "reservation")).all()
        assert len(reserved) == 2
        notices = session.scalars(select(BoardNotice)).all()
        assert {each.sections for each in notices} == {"12", "1–11, 13–20"}
        states = session.scalars(select(Matter.state)).all()
        assert sorted(states) == sorted(["attested"] * 7 + ["in_preparation", "ready"])
        decided = [item for item in meeting.agenda if item.outcome == "decided"]
        last = (decided[-1].matter_id or 0, decided[-1].minutes_item.section_number)
    send_excerpt(secretary, site, last[0])
    with site.casework.database.read() as session:
        excerpt = session.scalars(select(Excerpt)).one()
        assert excerpt.minutes_item.section_number == last[1]
    chair.goto(f"{site.address}/board")
    assert chair.locator("article.notice-posted").count() == 2
