"""The calendars' addresses: a body's is public, a person's is secret and can be withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .accessibility import faults
from .test_pages import enter, site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from .test_pages import Site

__all__ = ["enter", "site"]

pytestmark = pytest.mark.browser


def test_a_bodys_calendar_is_everybodys(enter: Callable[..., Page], site: Site) -> None:
    """Without an account, told as unchanged the second time; a forum's is not public."""
    asking = enter().request
    first = asking.get(f"{site.address}/calendar/bodies/1.ics")
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:Regionala utvecklingsnämnden" in first.text()
    again = {"If-None-Match": first.headers["etag"]}
    assert asking.get(f"{site.address}/calendar/bodies/1.ics", headers=again).status == 304
    for hidden in (2, 3, 99):
        assert asking.get(f"{site.address}/calendar/bodies/{hidden}.ics").status == 404


def test_a_forums_calendar_is_for_those_who_work_here(
    enter: Callable[..., Page], site: Site
) -> None:
    """By an address of one's own; without the right token it does not exist."""
    page, asking = enter("handlaggare"), enter().request
    page.goto("/calendar")
    address = page.input_value("#body-3").replace("http://127.0.0.1:8000", site.address)
    reply = asking.get(address)
    assert "BEGIN:VCALENDAR" in reply.text()
    assert "noindex" in reply.headers["x-robots-tag"]
    assert asking.get(address.replace("/bodies/", "x/bodies/")).status == 404
    assert asking.get(address.replace("/bodies/3", "/bodies/99")).status == 404


@pytest.mark.parametrize(("language", "width"), [("sv-SE", 390), ("en-GB", 1280)])
def test_the_page_of_addresses(
    enter: Callable[..., Page], axe: Path, language: str, width: int
) -> None:
    """Without an axe violation, from my work by one link."""
    page = enter("ledamot", language=language, width=width, bypass_csp=True)
    page.goto("/")
    with page.expect_navigation():
        page.click("a[href='/calendar']")
    assert faults(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_withdrawn_address_is_dead(enter: Callable[..., Page], site: Site) -> None:
    """The old one is dead at once, everywhere one is signed out, and a new one is made."""
    page, asking = enter("justerare"), enter().request
    page.goto("/calendar")
    old = page.input_value("#own").replace("http://127.0.0.1:8000", site.address)
    reply = asking.get(old)
    assert reply.status == 200
    assert reply.headers["cache-control"] == "private, no-cache"
    assert "noindex" in reply.headers["x-robots-tag"]
    page.click("summary")
    with page.expect_navigation():
        page.click("main form button")
    assert "/sign-in" in page.url
    dead = asking.get(old)
    assert dead.status == 404
    assert "gäller inte längre" in dead.text()
    fresh = enter("justerare")
    fresh.goto("/calendar")
    new = fresh.input_value("#own").replace("http://127.0.0.1:8000", site.address)
    assert new != old
    assert asking.get(new).status == 200
