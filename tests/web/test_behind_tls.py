"""A working day through a real browser, a TLS proxy and the server itself."""

from __future__ import annotations

import re
import socket
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.app import installation
from casework.context import STOCKHOLM
from casework.distribution.links import token_for
from casework.distribution.models import Dispatch
from tests.demo.conftest import PASSWORD
from tests.support import tls
from tests.support.serving import free_port, running, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Request, Response

    from casework.config import Settings
    from tests.support.serving import Running

pytestmark = pytest.mark.browser
MATTER = "/matters/14"


@dataclass(frozen=True)
class Site:
    """A served demonstration, its https address, and a recipient's personal link in it."""

    settings: Settings
    letter: str
    run: Running

    @property
    def address(self) -> str:
        return self.settings.base_url


@dataclass
class Traffic:
    """What a page asked for and was answered, and what the browser complained of."""

    referers: list[str] = field(default_factory=list)
    insecure: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("requestfinished", self._asked)
        page.on("response", self._answered)
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, request: Request) -> None:
        self.referers.append(request.headers.get("referer", ""))
        if not request.url.startswith(("https:", "data:")):
            self.insecure.append(request.url)

    def _answered(self, response: Response) -> None:
        if response.url.startswith("https:"):
            location = response.headers.get("location", "")
            if location.startswith("http:"):
                self.insecure.append(location)
            if "strict-transport-security" not in response.headers:
                self.lacking.append(response.url)


@pytest.fixture(scope="module")
def site(travelled: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    own_port, folder = free_port(), tmp_path_factory.mktemp("tls")
    settings = replace(travelled, base_url=f"https://127.0.0.1:{own_port}", trusted_proxies=1)
    casework = installation(settings)
    with casework.database.unit_of_work() as session:
        dispatch = session.scalars(select(Dispatch).where(Dispatch.state == "sent")).all()[-1]
        dispatch.link_expires_at = datetime(2099, 1, 1, tzinfo=STOCKHOLM)
        letter = f"/r/{token_for(settings.secret_key, dispatch)}"
    casework.database.close()
    with ExitStack() as stack:
        run = stack.enter_context(running(settings))
        stack.enter_context(tls.proxy(folder, run.port, own_port))
        yield Site(settings, letter, run)


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(locale="sv-SE", base_url=site.address, ignore_https_errors=True)
    yield context.new_page()
    context.close()


def test_a_working_day_over_tls(page: Page, site: Site) -> None:
    """Sign in where one was going, write, save, submit, sign out: https all the way."""
    traffic = Traffic()
    traffic.watch(page)
    page.goto(f"{MATTER}/text")
    assert page.url == f"{site.address}/sign-in?next={MATTER}/text"
    page.fill("#email", "handlaggare@example.org")
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    assert page.url == f"{site.address}{MATTER}/text"
    page.fill("#title", "Samverkansavtal över en säker förbindelse")
    page.click("main .buttons button")
    assert "över en säker förbindelse" in page.inner_text("h1")

    page.goto(MATTER)
    page.select_option("select[name^=meaning-]", label="Smålands turism")
    page.click("#recipients button")
    page.click("#next-steps .step a")
    page.click("main .confirm button")
    assert "Under granskning" in page.inner_text(".page-glance")
    until(lambda: _links_in_letters(site), "a letter to the manager")
    assert f"{site.address}{MATTER}" in _links_in_letters(site)

    cookies: Any = page.context.cookies()
    assert {each["name"] for each in cookies} >= {"casework"}
    assert all(each["secure"] and each["httpOnly"] for each in cookies)
    page.click("form[action$='/sign-out'] button")
    assert page.url.startswith(f"{site.address}/sign-in")
    assert "Du är utloggad" in page.inner_text("main")
    assert (traffic.insecure, traffic.lacking, traffic.complaints) == ([], [], [])


def test_a_recipient_acknowledges_over_tls(page: Page, site: Site) -> None:
    """The form is taken, and the personal address stands in no Referer."""
    traffic = Traffic()
    traffic.watch(page)
    page.goto(site.letter)
    page.fill("#name", "Registratorn")
    page.click("main button[type=submit]")
    assert "bekräftades" in page.inner_text("main")
    page.goto("/board")
    assert any(traffic.referers)
    assert not [each for each in traffic.referers if "/r/" in each]
    assert (traffic.insecure, traffic.lacking, traffic.complaints) == ([], [], [])


def test_half_sent_requests_stop_nobody(site: Site) -> None:
    """Fifty who never finish, without a proxy that would wait for them instead."""
    head = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n"
    body = head + b"Content-Length: 1000\r\n\r\nemail="
    with ExitStack() as stack:
        for number in range(50):
            caller = stack.enter_context(socket.create_connection(("127.0.0.1", site.run.port)))
            caller.sendall(body if number % 2 else head)
        assert [site.run.status() for _ in range(10)] == [200] * 10


def _links_in_letters(site: Site) -> set[str]:
    letters: list[Path] = list((site.settings.data_dir / "mail").glob("*.eml"))
    words = " ".join(each.read_text().replace("=\n", "") for each in letters)
    return set(re.findall(rf"{re.escape(site.address)}[^\s\"<>]*", words))
