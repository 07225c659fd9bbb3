"""A first visit is light: everything that a page sends for, counted as it is and compressed."""

from __future__ import annotations

import gzip
import re
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
from lxml import html

from casework.app import create_app

from .markup import ROLES, entered, reached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from casework.config import Settings

MOST_SENT, MOST_UNPACKED = 45_000, 90_000
IN_A_PAGE = ".//link[@href] | .//script[@src] | .//img[@src] | .//source[@src]"
IN_A_FILE = re.compile(r"""url\(["']?(?!data:|#)([^"')]+)|(?:from|import)\s+["'](\.[^"']+)""")


@pytest.fixture(scope="module")
def site(travelled: Settings) -> Iterator[Flask]:
    """The whole program with the demonstration's road behind it."""
    app = create_app(travelled)
    yield app
    app.extensions["casework"].database.close()


def first_visit(client: FlaskClient, path: str) -> dict[str, bytes]:
    """What a browser that has never been here fetches for a page, by address."""
    fetched: dict[str, bytes] = {}
    waiting = [path]
    while waiting:
        address = waiting.pop()
        with closing(client.get(address)) as answer:
            assert answer.status_code == 200, address
            fetched[address] = answer.data
        if answer.mimetype == "text/html":
            found = html.fromstring(answer.text).xpath(IN_A_PAGE.replace(".//", "//"))
            links = [each.get("href") or each.get("src") for each in found]
        else:
            links = ["".join(pair) for pair in IN_A_FILE.findall(answer.text)]
        asked = (urljoin(address, link) for link in links)
        waiting += [each for each in asked if each not in fetched and each not in waiting]
    return fetched


def weight(fetched: dict[str, bytes]) -> tuple[int, int]:
    """Bytes as sent compressed, and unpacked."""
    contents = fetched.values()
    return sum(len(gzip.compress(each, 6)) for each in contents), sum(map(len, contents))


def test_every_public_page_is_light(site: Flask) -> None:
    """Under 45 kB as sent and 90 kB unpacked, fonts and pictures included."""
    client = site.test_client()
    paths = [path for path, _ in reached(client) if client.get(path).status_code == 200]
    assert {"/sign-in", "/board", "/check", "/styleguide", "/styleguide/forms"} < set(paths)
    for path in paths:
        sent, unpacked = weight(first_visit(client, path))
        assert sent < MOST_SENT, path
        assert unpacked < MOST_UNPACKED, path


@pytest.mark.parametrize("who", ROLES)
def test_everybodys_first_page_is_light(site: Flask, who: str) -> None:
    """What somebody who has just signed in waits for."""
    sent, unpacked = weight(first_visit(entered(site, who), "/"))
    assert sent < MOST_SENT
    assert unpacked < MOST_UNPACKED


def test_nothing_is_forgotten(site: Flask) -> None:
    """Else the weights would prove nothing: sheets, scripts, icons and what they send for."""
    fetched = first_visit(site.test_client(), "/styleguide/forms")
    names = {re.sub(r"\?.*|(?<=scripts/)[0-9a-f]+/", "", address) for address in fetched}
    assert names == {
        "/styleguide/forms",
        *(f"/web/{name}" for name in ("casework.css", "styleguide.css", "mark.svg")),
        "/web/chevron-light.svg",
        *(f"/web/scripts/{name}.js" for name in ("forms", "messages", "once")),
        *(f"/web/scripts/{name}.js" for name in ("writing", "drafts", "rows")),
        *(f"/web/scripts/{name}.js" for name in ("offers", "theirs", "controls")),
    }
