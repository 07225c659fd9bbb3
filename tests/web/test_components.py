"""Every macro with odd data: nothing, far too much, and somebody's script."""

from __future__ import annotations

from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import StringField

from casework.web.components.holders import Holders
from casework.web.shapes import (
    DocumentLine,
    Due,
    ExcerptPage,
    HistoryEntry,
    Link,
    MatterLine,
    PersonLine,
    Reason,
    StateLabel,
    Step,
)

from .catalogue import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

TODAY = date(2025, 6, 2)
NOON = datetime(2025, 6, 2, 10, tzinfo=UTC)
HOSTILE = """<script>alert(1)</script>"><img src=x onerror='alert(2)'>"""
ODD = {"empty": "", "long": "Ärendeberedningsprocess" * 200, "hostile": HOSTILE}
VOID = {"br", "img", "input", "link", "meta", "path", "circle"}


class OddForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A form whose every word comes from elsewhere."""

    class Meta:
        csrf = False

    name = StringField()


def _form(text: str) -> OddForm:
    form = OddForm(formdata=None, name=text)
    form.name.label.text = text
    form.name.description = text
    form.name.errors = [text]
    return form


def _document(text: str) -> DocumentLine:
    return DocumentLine(text, "#", text, 0, 1, TODAY, text)


def _step(text: str, *, blocked: bool = False) -> Step:
    reasons = (Reason(text, text, Link(text, "#")), Reason(text)) if blocked else ()
    return Step(text, "#", (text, text), reasons)


def _excerpt(text: str) -> ExcerptPage:
    return ExcerptPage(
        *(text, text, TODAY, 54, text, text, text, (text,), _document(text), text, TODAY)
    )


CALLS: dict[tuple[str, str], Callable[[str], tuple[Any, ...]]] = {
    ("chips", "deadline_chip"): lambda text: (Due(text, TODAY), TODAY),
    ("chips", "deadline_list"): lambda text: ([Due(text, TODAY, statute=text)], TODAY),
    ("chips", "state_chip"): lambda text: (StateLabel(text),),
    ("confirm", "confirm"): lambda text: (_step(text), "#"),
    ("difference", "compared"): lambda text: (text, f"{text} mer", text, text),
    ("difference", "difference"): lambda text: (text, f"{text} mer", text),
    ("excerpt", "excerpt_page"): lambda text: (_excerpt(text), _form(text)),
    ("forms", "cancel"): lambda text: (text,),
    ("forms", "error_summary"): lambda text: (_form(text),),
    ("forms", "field"): lambda text: (_form(text).name,),
    ("forms", "submit"): lambda text: (text,),
    ("holders", "holder"): lambda text: (text, text, text, Holders({7: text}), text),
    ("holders", "suggested"): lambda text: (Holders({7: text}, is_long=True),),
    ("icon", "glyph"): lambda text: (text,),
    ("lists", "data_table"): lambda text: (text, [text, "b"], [[text, text], ["", 1]]),
    ("lists", "decision_points"): lambda text: ([text, text], text),
    ("lists", "definitions"): lambda text: ([(text, text)],),
    ("lists", "document_list"): lambda text: ([_document(text)],),
    ("lists", "matter_list"): lambda text: (
        [MatterLine(text, text, text, StateLabel(text), text, text, Due(text, TODAY))],
        TODAY,
    ),
    ("lists", "people_list"): lambda text: ([PersonLine(text, text, text)],),
    ("lists", "timeline"): lambda text: ([HistoryEntry(NOON, text, text, text)],),
    ("notice", "flashes"): lambda text: ([(text, text)],),
    ("notice", "notice"): lambda text: (text, "danger", text),
    ("page", "breadcrumbs"): lambda text: ([Link(text, text)],),
    ("page", "empty_state"): lambda text: (text, text, Link(text, text)),
    ("page", "further"): lambda text: (text, text),
    ("page", "more"): lambda text: (Link(text, text), text),
    ("page", "page_header"): lambda text: (text, text, [Link(text, text)]),
    ("page", "pagination"): lambda text: (text, text),
    ("page", "tabs"): lambda text: ([Link(text, text)], text, text),
    ("progress", "meter"): lambda text: (0, 0, text),
    ("progress", "road"): lambda text: ([text, text], 1, text),
    ("progress", "state_picture"): lambda text: (text, text),
    ("steps", "blocker_list"): lambda text: ([Reason(text, text, Link(text, "#"))],),
    ("steps", "step_list"): lambda text: ([_step(text), _step(text, blocked=True)],),
    ("why", "why_notice"): lambda text: (HistoryEntry(NOON, text, text, text),),
}


class Markings(HTMLParser):
    """Reads HTML, keeps its attributes and complains of what is never closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def _macros(app: Flask) -> set[tuple[str, str]]:
    files = (ROOT / "templates" / "web" / "_components").glob("*.html")
    with app.test_request_context():
        return {
            (file.stem, name)
            for file in files
            for name in vars(app.jinja_env.get_template(f"_components/{file.name}").module)
            if f"macro {name}(" in file.read_text(encoding="utf-8") and not name.startswith("_")
        }


def _render(app: Flask, component: tuple[str, str], text: str) -> str:
    with app.test_request_context():
        template = app.jinja_env.get_template(f"_components/{component[0]}.html")
        macro = getattr(template.make_module({}), component[1])
        return str(macro(*CALLS[component](text)))


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("component", CALLS, ids="/".join)
def test_macro_bears_odd_data(web_app: Flask, component: tuple[str, str], kind: str) -> None:
    """Every tag is closed, nothing foreign becomes markup, and no style or script is inline."""
    read = Markings()
    read.feed(_render(web_app, component, ODD[kind]))
    assert read.open == []
    assert not {"script", "img", "style"} & set(read.tags)
    assert not [name for name in read.attributes if name.startswith("on") or name == "style"]


def test_every_macro_is_tried_with_odd_data(web_app: Flask) -> None:
    """A new macro gets a line in CALLS above."""
    assert _macros(web_app) == set(CALLS)


def test_every_macro_is_named_in_the_styleguide(web_app: Flask) -> None:
    """A new macro is shown in templates/web/styleguide, with words on its use."""
    client = web_app.test_client()
    page = client.get("/styleguide").text + client.get("/styleguide/forms").text
    named = {name for _, name in CALLS if f"<code>{name}</code>" in page}
    assert {name for _, name in CALLS} - named == {"glyph"}


def test_markup_from_our_own_code_is_kept(web_app: Flask) -> None:
    """A drawn state picture is markup on purpose; everything else is escaped."""
    with web_app.test_request_context():
        picture = web_app.jinja_env.get_template("_components/progress.html").module.state_picture
        assert "<svg></svg>" in picture(Markup("<svg></svg>"), "bild")
        assert "&lt;svg&gt;" in picture("<svg></svg>", "bild")


def test_the_road_stands_before_its_exceptions(web_app: Flask) -> None:
    """The first step forward is the filled button; one that asks for a reason never is."""
    onward, back = Step("Justera", "#on"), Step("Ta tillbaka", "#back", is_aside=True)
    with web_app.test_request_context():
        steps = web_app.jinja_env.get_template("_components/steps.html").module.step_list
        both, alone = steps([back, onward]), steps([back])
    assert both.index("#on") < both.index("#back")
    assert '<a class="btn btn-primary" href="#on">' in both
    assert "btn-primary" not in alone


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2025, 5, 30), "3 dagar för sent"),
        (date(2025, 6, 1), "1 dag för sent"),
        (date(2025, 6, 2), "I dag"),
        (date(2025, 6, 3), "I morgon"),
        (date(2025, 6, 4), "2 dagar kvar"),
    ],
)
def test_deadline_is_told_in_words(web_app: Flask, day: date, words: str) -> None:
    """WCAG 1.4.1: how much time is left never hangs on a colour."""
    with web_app.test_request_context(headers={"Accept-Language": "sv"}):
        chips = web_app.jinja_env.get_template("_components/chips.html").module
        assert words in chips.deadline_chip(Due("Granskning", day), TODAY)
