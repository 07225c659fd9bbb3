"""The pages of delegation in a real browser: a line is written, lent, decided on and announced."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING
from wsgiref.simple_server import make_server

import pytest

from casework.app import create_app
from casework.config import load_settings
from casework.delegation.queries import unreported
from casework.delegation.service import add_delegation_item, report, tell
from casework.demo.world import found_organisation, furnish
from casework.matters.service import register
from casework.meetings.planning.plan import plan_meeting
from casework.people.models import Body
from tests.demo.conftest import BEGINNING, PASSWORD

from .accessibility import faults
from .conftest import Server, Silent
from .test_pages import Site, enter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Page

    from casework.demo.world import World
    from tests.support.databases import SqliteMaker

__all__ = ["enter"]

pytestmark = pytest.mark.browser


@pytest.fixture
def region(tmp_path: Path, sqlite_maker: SqliteMaker) -> Iterator[tuple[Flask, World]]:
    """A region without a scheme yet, whose committee has given its chair the urgent mandate."""
    with sqlite_maker.fresh() as url:
        yield from furnished(tmp_path, url)


def furnished(folder: Path, url: str) -> Iterator[tuple[Flask, World]]:
    app = create_app(
        load_settings({"CASEWORK_DATA_DIR": str(folder), "CASEWORK_DATABASE_URL": url})
    )
    casework = app.extensions["casework"]
    with casework.acting(0, moment=BEGINNING) as context:
        organisation_id = found_organisation(context)
    with casework.acting(organisation_id, moment=BEGINNING) as context:
        world = furnish(context, PASSWORD)
        body = context.session.get_one(Body, world.committee.id)
        body.urgent_mandate = "RUN 2023-01-17 § 8"
        body.agenda_template = [{"title": "Anmälan av delegationsbeslut"}]
    yield app, world
    casework.database.close()


@pytest.fixture
def scheme(region: tuple[Flask, World]) -> None:
    """Two lines, both the director's; the second may be lent."""
    app, world = region
    with app.extensions["casework"].acting(world.organisation_id, moment=BEGINNING) as context:
        for number in ("3.10", "3.2"):
            add_delegation_item(
                context,
                context.session.get_one(Body, world.committee.id),
                number=number,
                title=f"Stöd enligt punkt {number}",
                delegate=world.cast.director,
                adopted="RUN 2025-02-11 § 12",
                valid_from=BEGINNING.date(),
                may_subdelegate=True,
                reporting="separately" if number == "3.10" else "report",
            )
            context.session.flush()


@pytest.fixture
def site(region: tuple[Flask, World]) -> Iterator[Site]:
    """The region, served on loopback."""
    server = make_server("127.0.0.1", 0, region[0], server_class=Server, handler_class=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", "")
    server.shutdown()
    thread.join()
    server.server_close()


def write_line(page: Page, number: str, delegate: str) -> None:
    """The secretary enters what the committee has delegated."""
    page.goto("/delegation/items/new?body=1")
    page.fill("#number", number)
    page.fill("#title", f"Stöd enligt punkt {number}")
    page.select_option("#delegate", label=delegate)
    page.fill("#adopted", "RUN 2025-02-11 § 12")
    page.fill("#valid_from", "2025-03-01")
    page.check("#may_subdelegate")
    page.check("input[name=reporting][value=report]")
    page.check("input[name=undelegable][value=none]")
    page.click("main .buttons button")
    assert f"Stöd enligt punkt {number}" in page.inner_text("h1")


def draft(page: Page, title: str, **chosen: str) -> None:
    """A draft on the person's first ground."""
    page.goto("/delegation/decisions/new")
    page.fill("#title", title)
    page.fill("#text", "Stödet **beviljas** med 50 000 kronor.")
    for name, value in chosen.items():
        if name == "ground":
            page.select_option("#ground", value)
        else:
            page.fill(f"#{name}", value)
    page.click("main .buttons button")
    assert "Utkast" in page.inner_text(".page-glance")


def sign(page: Page) -> None:
    """Decide, having confirmed what must be confirmed; a box not ticked is asked for as a box."""
    page.click("#next-steps .step a >> nth=0")
    page.wait_for_selector("main .confirm button")
    if page.locator("#delegable").count():
        page.evaluate("document.getElementById('delegable').required = false")
        page.click("main .confirm button")
        assert "Kryssa i ”Jag har prövat" in page.inner_text(".field-error")
        page.check("#delegable")
    page.click("main .confirm button")
    assert "Beslutat" in page.inner_text(".page-glance")


def test_a_line_is_written_lent_and_decided_on(enter: Callable[..., Page], axe: Path) -> None:
    """Secretary, delegate and the one who borrows the line; each page without an axe violation."""
    secretary = enter("namndsekreterare", bypass_csp=True)
    secretary.goto("/delegation")
    assert "Inga punkter än" in secretary.inner_text("#scheme")
    write_line(secretary, "3.10", "Regiondirektören, Regiondirektör")
    write_line(secretary, "3.2", "Regiondirektören, Regiondirektör")
    assert faults(secretary, axe) == []
    secretary.goto("/delegation")
    assert secretary.locator("#scheme tbody td:first-child").all_inner_texts() == ["3.2", "3.10"]

    director = enter("regiondirektor", bypass_csp=True)
    director.goto("/delegation/items/2")
    director.select_option("#person", label="Områdeschefen, Områdeschef Hållbar tillväxt")
    director.click("#loans .btn-primary")
    assert "Områdeschefen" in director.inner_text("#loans .visits")
    assert faults(director, axe) == []

    manager = enter("omradeschef", bypass_csp=True)
    manager.goto("/delegation/decisions/new")
    assert faults(manager, axe) == []
    assert len(manager.locator("#ground option").all()) == 1
    draft(manager, "Stöd till en förstudie")
    assert faults(manager, axe) == []
    sign(manager)
    assert "RUN D 1/" in manager.inner_text(".eyebrow")
    with manager.expect_download() as download:
        manager.click(".documents a")
    assert download.value.suggested_filename.startswith("RUN-D-1-")
    assert faults(manager, axe) == []

    member = enter("ledamot")
    member.goto("/delegation")
    assert "Stöd till en förstudie" in member.inner_text("main")
    officer = enter("handlaggare")
    officer.goto("/delegation")
    assert "Stöd till en förstudie" not in officer.inner_text("main")
    refused = officer.goto("/delegation/decisions/new")
    assert refused is not None
    assert refused.status == 403


@pytest.mark.usefixtures("scheme")
def test_what_is_not_reported_is_put_on_the_board(enter: Callable[..., Page]) -> None:
    """The director announces what the committee is not told of (KL 8:10 p. 3)."""
    director = enter("regiondirektor")
    draft(director, "Yttrande över detaljplan", ground="line-1")
    sign(director)
    director.click("#next-steps .step a >> nth=0")
    director.click("main .confirm button")
    assert "Tillkännagivet" in director.inner_text(".page-glance")
    public = enter()
    public.goto("/board")
    for own in ("Anslagstavla", "Så överklagar du"):
        told = public.inner_text("main")
        for fact in (own, "8 kap. 10 § 3", "RUN D 1/", "Regiondirektör", "Regional utveckling"):
            assert fact in told
        assert "Justerat" not in told
        assert "Yttrande över detaljplan" not in told  # nobody has tried the title
        if public.url.endswith("/board"):
            public.click(".notice-posted a")


def test_the_chair_decides_what_cannot_wait(enter: Callable[..., Page], axe: Path) -> None:
    """Without its reason an urgent decision is not signed; with it the nagging begins."""
    chair = enter("ordforande", bypass_csp=True)
    draft(chair, "Medfinansiering av en ansökan")
    assert "vänta till nästa sammanträde" in chair.inner_text("#next-steps")
    chair.click("#text .section-head a")
    assert faults(chair, axe) == []
    chair.fill("#urgency", "Ansökan stänger i morgon.")
    chair.click("main .buttons button")
    sign(chair)
    assert "Anmälan" in chair.inner_text("aside")
    assert "KL 6:40" in chair.inner_text("aside")
    assert faults(chair, axe) == []


@pytest.mark.usefixtures("scheme")
def test_the_matter_shows_what_was_decided_in_it(
    enter: Callable[..., Page], region: tuple[Flask, World]
) -> None:
    """A signed decision stands on its matter's page, a draft does not; a wrong number is told."""
    app, world = region
    with app.extensions["casework"].acting(world.organisation_id) as context:
        body = context.session.get_one(Body, world.committee.id)
        number = register(context, kind="decision", title="Cykelled", body=body).registration_number
    director = enter("regiondirektor")
    director.goto("/delegation/decisions/new")
    director.fill("#title", "Skylt vid leden")
    director.fill("#text", "En skylt sätts upp.")
    director.fill("#registration_number", "RUN/999/1999")
    director.click("main .buttons button")
    assert "RUN/999/1999" in director.inner_text("main .notice")
    director.fill("#registration_number", number)
    director.click("main .buttons button")
    registrar = enter("registrator")
    registrar.goto("/matters/1")
    assert "Skylt vid leden" not in registrar.inner_text("main")
    sign(director)
    registrar.reload()
    assert "Skylt vid leden" in registrar.inner_text("#delegated")
    registrar.click("#delegated a")
    assert "Skylt vid leden" in registrar.inner_text("h1")


@pytest.mark.usefixtures("scheme")
def test_two_writers_lose_nothing(enter: Callable[..., Page]) -> None:
    """The second sees both texts, and what he wrote stands in the form."""
    first, second = enter("regiondirektor"), enter("regiondirektor")
    draft(first, "Ett utkast")
    address = first.url.split("#")[0]
    for page in (first, second):
        page.goto(f"{address}/text")
    first.fill("#reasons", "Ramen räcker.")
    first.click("main .buttons button")
    second.fill("#reasons", "Något <b>annat</b>.")
    second.click("main .buttons button")
    assert "räcker." in second.inner_text(".difference")
    assert second.input_value("#reasons") == "Något <b>annat</b>."
    second.click("main .buttons button")
    assert "Något <b>annat</b>." in second.inner_text("#text")


@pytest.mark.usefixtures("scheme")
def test_taking_a_line_back_asks_first(enter: Callable[..., Page]) -> None:
    """Nobody loses the right to decide by a slip of the finger."""
    director = enter("regiondirektor")
    director.goto("/delegation/items/2")
    director.select_option("#person", label="Handläggaren, Regional utvecklare")
    director.click("#loans .btn-primary")
    assert "till 20" not in director.inner_text("#loans .visits")
    director.click("#loans .btn-outline-danger")
    assert "Handläggaren får besluta i punkten till dagens slut." in director.inner_text("main")
    director.click("main .confirm button")
    assert "till 20" in director.inner_text("#loans .visits")
    assert director.locator("#loans .btn-outline-danger").count() == 0


@pytest.mark.usefixtures("scheme")
def test_the_page_tells_where_it_was_reported(
    enter: Callable[..., Page], region: tuple[Flask, World]
) -> None:
    """The committee's own people find the meeting; a borrower from outside reads that it was."""
    director, officer = enter("regiondirektor"), enter("handlaggare")
    director.goto("/delegation/items/2")
    director.select_option("#person", label="Handläggaren, Regional utvecklare")
    director.click("#loans .btn-primary")
    draft(officer, "Stöd som handläggaren beslutar om")
    sign(officer)
    app, world = region
    with app.extensions["casework"].acting(world.organisation_id) as context:
        body = context.session.get_one(Body, world.committee.id)
        meeting = plan_meeting(context, body, context.moment + timedelta(days=9))
        context.session.flush()
        told = unreported(context.session, world.organisation_id, body.id, "delegated")
        for decision in told:
            tell(decision, meeting.agenda[0].id)
            cause = context.caused_by(meeting, "end")
            report(cause, decision)
        day = meeting.day.isoformat()
    for page in (director, officer):
        page.goto("/delegation")
        page.click("text=Stöd som handläggaren beslutar om")
        assert "Anmält" in page.inner_text(".page-glance")
    assert f"RUN {day}" in director.inner_text("aside")
    assert f"RUN {day}" not in officer.inner_text("main")


@pytest.mark.usefixtures("scheme")
@pytest.mark.parametrize("language", ["sv-SE", "en-GB"])
def test_nothing_runs_off_on_a_phone(enter: Callable[..., Page], axe: Path, language: str) -> None:
    """The scheme and a line at 390 pixels, in both languages."""
    director = enter("regiondirektor")
    draft(director, "Yttrande över detaljplan")
    sign(director)
    page = enter("namndsekreterare", language=language, width=390, bypass_csp=True)
    for path in (
        "/delegation",
        "/delegation/items/1",
        "/delegation/items/new",
        "/delegation/decisions/1",
    ):
        page.goto(path)
        assert faults(page, axe) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


@pytest.mark.usefixtures("scheme")
def test_no_draft_is_kept_of_a_decision_whose_matter_may_be_secret(
    enter: Callable[..., Page],
) -> None:
    """A new decision names its matter by number alone: from then on nothing is kept of it."""
    page = enter("regiondirektor")
    page.goto("/delegation/decisions/new")
    page.fill("#reasons", "Skäl som skrivs länge.")
    page.wait_for_function("() => Object.values(localStorage).join().includes('skrivs')")
    page.fill("#registration_number", "RUN/1/2026")
    page.wait_for_function("() => Object.keys(localStorage).length === 0")
    page.fill("#registration_number", "")
    page.wait_for_function("() => Object.values(localStorage).join().includes('skrivs')")
