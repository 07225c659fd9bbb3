"""No page in any role has a fault that a checker of HTML finds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

from casework.app import create_app

from .markup import ROLES, faults, write_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from casework.config import Settings


@pytest.fixture(scope="module")
def site(travelled: Settings) -> Iterator[Flask]:
    """The whole program with the demonstration's road behind it."""
    app = create_app(travelled)
    yield app
    app.extensions["casework"].database.close()


@pytest.fixture(scope="module")
def pages(site: Flask, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every page in every role."""
    folder = tmp_path_factory.mktemp("pages")
    assert write_pages(site, folder) > 200
    for who in ("nobody", *ROLES):
        assert list(folder.glob(f"{who}*.html"))
    return folder


def test_no_page_has_a_fault(pages: Path) -> None:
    """HTML: ids are unique, parts are where they may be, roles are said once."""
    assert faults(pages) == []


def test_every_page_says_what_it_is_about(pages: Path) -> None:
    """A search engine shows it below the page's name."""
    for page in pages.glob("*.html"):
        told = html.parse(page).xpath("//meta[@name='description']/@content")
        assert len(told) == 1, page.name
        assert len(told[0]) > 10, page.name


# Controls that are neither needed nor said to be optional.
SILENT = {
    ("minutes", None): "the text of a § as it stands; a part that is emptied is left out",
    ("live", None): "notes at the meeting, each saved by itself when there is something to note",
    ("series", "first"): "one of two ways to name the days; `Eller` stands at the other",
    ("series", "last"): "as first",
    ("series", "weeks"): "as first",
    ("bodies", "title"): "a row of the template, which goes when its name is emptied",
    ("bodies", "section_title"): "as title",
    ("bodies", "place"): "a row's place, filled in already",
    ("text", "point"): "a row of the proposal, which goes when it is emptied",
    ("text", "section_heading"): "as point",
    ("text", "section_body"): "as point",
    ("text", "signatory_name"): "as point",
    ("text", "signatory_title"): "as point",
}


def test_what_is_optional_says_so_and_what_is_needed_does_not(pages: Path) -> None:
    """A person sees before sending which answers are needed (WCAG 3.3.2)."""
    wrong = set()
    for page in pages.glob("*.html"):
        for label, control, is_needed in _labelled(html.parse(page).getroot()):
            name, words = re.sub(r"-\d+$", "", control.get("name")), label.text_content()
            says = "(frivilligt)" in words
            is_silent = any(
                room in page.name and only in (None, name) for room, only in SILENT
            ) or "visually-hidden" in (label.get("class") or "")
            if (says and is_needed) or not (says or is_needed or is_silent or "(krävs" in words):
                wrong.add((name, " ".join(words.split()), "needed" if is_needed else "optional"))
    assert wrong == set()


def _labelled(page: Any) -> Iterator[tuple[Any, Any, bool]]:
    """Each label of a posting form with its control, and whether that must have an answer.

    A list or a group of buttons that has something chosen from the start is answered.
    """
    by_id = {each.get("id"): each for each in page.iterfind(".//*[@id]")}
    for label in page.iterfind(".//form[@method='post']//label[@for]"):
        control = by_id.get(label.get("for"))
        if control is None or control.get("type") in ("checkbox", "radio"):
            continue
        choice = control.find(".//option") if control.tag == "select" else None
        is_chosen = choice is not None and bool(
            choice.get("value") or (choice.text or "").strip(" –\n")
        )
        yield label, control, is_chosen or control.get("required") is not None
    for group in page.iterfind(".//form[@method='post']//fieldset"):
        buttons, legend = group.findall(".//input[@type='radio']"), group.find("legend")
        if buttons and legend is not None:
            marked = any({"required", "checked"} & set(each.attrib) for each in buttons)
            yield legend, buttons[0], marked


def test_every_class_of_bootstrap_is_sent(pages: Path, site: Flask) -> None:
    """No template puts a class together so that its rule is lost from the stylesheet."""
    used = {
        name
        for page in pages.glob("*.html")
        for classes in re.findall(r'class="([^"]*)"', page.read_text(encoding="utf-8"))
        for name in classes.split()
    }
    whole = Path(site.blueprints["bootstrap"].static_folder or "") / "css" / "bootstrap.min.css"
    named = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
    sheet = site.test_client().get("/web/casework.css")
    known, sent = set(named.findall(whole.read_text())), set(named.findall(sheet.text))
    sheet.close()
    assert {"btn-primary", "form-control", "visually-hidden"} <= used & known
    assert used & known - sent == set()


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    """Else the test above would prove nothing: the faults that our own pages have had."""
    (tmp_path / "wrong.html").write_text(
        """<!doctype html>
<html lang="sv"><head><title>Fel</title></head><body>
<p id="seats">Ett</p><p id="seats">Två</p>
<table role="table"><tbody><tr role="row"><td role="cell">Ett</td></tr></tbody></table>
<label for="day">Dag</label><input type="date" id="day" name="day" maxlength="9">
<label for="body">Organ</label><select id="body" name="body" required>
<option value="1">Nämnden</option></select>
<form action="/x" method="post"><p><input type="hidden" name="a" value="b"></p></form>
</body></html>""",
        encoding="utf-8",
    )
    found = " ".join(faults(tmp_path))
    for fault in ("Duplicate ID", "Redundant role", "maxlength", "submit button", "select body"):
        assert fault in found
