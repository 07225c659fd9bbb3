"""A running server and a real browser for everything that is looked at as a page.

`visit("/styleguide", language="en", width=390)` opens a page of the server in a fresh browser
context and gives a `Visit`: the page, the requests that would have left the machine (all are
stopped), and what the browser complained of.
"""

from __future__ import annotations

import os
import re
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import ThreadingMixIn
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from flask import Flask
from playwright.sync_api import sync_playwright

from casework.config import Settings, shipped
from casework.web import init_web
from casework.web.frame import session
from tests.demo.conftest import demonstrated, settings_of
from tests.support import tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Route

    from tests.support.databases import SqliteMaker

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--renderer-process-limit=1",
    "--disable-features=IsolateOrigins,site-per-process,Translate,OptimizationHints,MediaRouter",
]
LOCALES = {"sv": "sv-SE", "en": "en-GB"}


class Server(ThreadingMixIn, WSGIServer):
    """Serves each request in a thread of its own.

    Not werkzeug's: it leaves a file open when the browser goes away in the midst of it.
    """

    request_queue_size = 64  # several browsers ask at once; a full queue makes them wait seconds


class Silent(WSGIRequestHandler):
    """Tells nobody of the requests it answers."""

    def log_message(self, format: str, *args: Any) -> None: ...


@dataclass
class Visit:
    """A page in the browser, where it tried to go, and what went wrong on it."""

    page: Page
    strays: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def stop_strays(self, route: Route) -> None:
        """Let requests to this machine through; write down and stop every other."""
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            self.strays.append(route.request.url)
            route.abort()


@pytest.fixture(autouse=True)
def _no_tries_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tests sign in from one address, more often in a minute than people do."""
    monkeypatch.setattr(session, "_tries", {})


@pytest.fixture(scope="module")
def travelled(
    tmp_path_factory: pytest.TempPathFactory, sqlite_maker: SqliteMaker
) -> Iterator[Settings]:
    """An installation with the demonstration's road behind it, for this module."""
    folder = tmp_path_factory.mktemp("travelled")
    with sqlite_maker.copied("demonstrated", folder, demonstrated) as (url, _):
        yield settings_of(url, folder)


@pytest.fixture(scope="session")
def web_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The web face alone, on a stand-in for the wired program."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        database_url="sqlite://",
        secret_key="k" * 32,
        mail_url="file:mail",
        templates_dir=shipped("templates"),
    )
    app = Flask("casework")
    app.secret_key = settings.secret_key
    app.extensions["casework"] = SimpleNamespace(settings=settings)
    init_web(app)
    return app


@pytest.fixture(scope="session")
def web_server(web_app: Flask) -> Iterator[str]:
    """The address of `web_app`, served on loopback by a thread of this process."""
    server = make_server("127.0.0.1", 0, web_app, server_class=Server, handler_class=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def sign_in(context: BrowserContext, address: str, email: str, password: str) -> None:
    """The context's pages are signed in; without a page, for the form has a test of its own."""
    form = context.request.get(f"{address}/sign-in").text()
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', form)[0]
    answer = context.request.post(
        f"{address}/sign-in",
        form={"email": email, "password": password, "csrf_token": token},
        max_redirects=0,
    )
    assert answer.status == 303, answer.text()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    program = tools.chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, web_server: str) -> Iterator[Callable[..., Visit]]:
    """Open a page: `visit(path, language="sv", width=1280, **browser context options)`."""
    with ExitStack() as closing:

        def go(path: str, *, language: str = "sv", width: int = 1280, **options: Any) -> Visit:
            context = browser.new_context(
                locale=LOCALES[language], viewport={"width": width, "height": 900}, **options
            )
            closing.callback(context.close)
            visit = Visit(context.new_page())
            visit.page.on("console", lambda message: visit.complaints.append(message.text))
            visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
            context.route("**/*", visit.stop_strays)
            visit.page.goto(web_server + path)
            return visit

        yield go


@pytest.fixture(scope="session")
def axe() -> Path:
    """axe-core as npm installs it from tests/web/package.json; in CI it may not be missing."""
    path = Path(os.environ.get("CASEWORK_AXE", ROOT / "tests/web/node_modules/axe-core/axe.min.js"))
    if not path.is_file():
        tools.lacking(f"axe-core is missing: {path} (npm install, see tests/web/package.json)")
    return path
