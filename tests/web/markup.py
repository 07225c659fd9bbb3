"""Every page in every role as HTML files, and what a checker finds wrong in them.

`python -m tests.web.markup FOLDER` writes the pages of the demonstration there.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import html

from casework.app import create_app
from casework.schema import upgrade
from casework.web.frame import session
from tests.demo.conftest import PASSWORD, demonstrated, settings_of
from tests.support import tools

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

HERE = Path(__file__).resolve().parent
CHECKER = HERE / "node_modules" / ".bin" / "html-validate"
ROLES = (
    *("registrator", "handlaggare", "omradeschef", "regiondirektor", "namndsekreterare"),
    *("ordforande", "vice-ordforande", "justerare", "ledamot", "ersattare"),
)
BEGINNINGS = ("/", "/sign-in", "/board", "/check", "/styleguide", "/no-such-page")
ALIKE = 2  # so many pages of each shape of address, for each role
# Not the other language: from there on every page would be in it.
LINK = re.compile(r'href="(/(?!language/)[^"#]*)')


def faults(folder: Path) -> list[str]:
    """What html-validate, and what it does not know of, find wrong in the pages of a folder."""
    if not CHECKER.exists():
        tools.lacking("html-validate is missing (npm install, see tests/web/package.json)")
    pages = sorted(folder.glob("*.html"))
    command = [CHECKER, "--config", HERE / "htmlvalidate.json", "--formatter", "json", *pages]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [
        f"{Path(page['filePath']).name}:{message['line']} {message['message']}"
        for page in json.loads(done.stdout)
        for message in page["messages"]
    ]
    return found + [f"{page.name} {fault}" for page in pages for fault in _chosen_already(page)]


def _chosen_already(page: Path) -> Iterator[str]:
    """HTML: a list that must be answered begins with an empty choice."""
    for field in html.parse(page).iterfind(".//select[@required]"):
        first = field.find(".//option")
        if first is not None and first.get("value", first.text):
            yield f"select {field.get('name')} is required and begins with a choice"


def write_pages(app: Flask, folder: Path) -> int:
    """Each different page that somebody comes to by links goes into the folder; how many."""
    written: dict[str, str] = {}
    for who in ("", *ROLES):
        for path, page in reached(entered(app, who)):
            # What differs from visit to visit makes no other page.
            same = re.sub(r'value="[\w.-]{40,}"', "", page)
            name = re.sub(r"\W+", "-", f"{who or 'nobody'}{path}").strip("-")
            written.setdefault(same, name)
            if written[same] == name:
                (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return len(written)


def reached(client: FlaskClient) -> Iterator[tuple[str, str]]:
    """The pages that links lead to from the beginnings, a few of each shape."""
    waiting, counted = list(BEGINNINGS), dict.fromkeys(BEGINNINGS, 1)
    seen = set(waiting)
    while waiting:
        path = waiting.pop(0)
        with closing(client.get(path)) as answer:
            assert answer.status_code < 500, path
            if answer.mimetype != "text/html":
                continue
        if answer.status_code < 300 or answer.status_code >= 400:
            yield path, answer.text
        for link in map(unescape, [*LINK.findall(answer.text), answer.headers.get("Location", "")]):
            shape = re.sub(r"\d+", "N", re.sub(r"=[^&]*", "", link))
            if link.startswith("/") and link not in seen and counted.get(shape, 0) < ALIKE:
                counted[shape] = counted.get(shape, 0) + 1
                seen.add(link)
                waiting.append(link)


def entered(app: Flask, who: str) -> FlaskClient:
    client = app.test_client()
    if who:
        session._tries.clear()
        form = client.get("/sign-in").text
        token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', form)[0]
        given = {"email": f"{who}@example.org", "password": PASSWORD, "csrf_token": token}
        assert client.post("/sign-in", data=given).status_code == 303
    return client


def main(folder: Path) -> None:
    """Travel the demonstration's road and write its pages."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        url = f"sqlite:///{data}/casework.db"
        upgrade(url)
        demonstrated(url, Path(data))
        app = create_app(settings_of(url, Path(data)))
        app.logger.disabled = True
        print(write_pages(app, folder), "pages", file=sys.stderr)  # noqa: T201 (the terminal is its page)
        casework: Any = app.extensions["casework"]
        casework.database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
