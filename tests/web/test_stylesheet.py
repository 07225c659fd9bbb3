"""What is sent of Bootstrap: the rules that some template uses, an organisation's own too."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from casework.web import init_web
from casework.web.frame.stylesheet import _rules, _trimmed, _without_unasked, stylesheet

if TYPE_CHECKING:
    from pathlib import Path

    from casework.config import Settings


def sheet_with(settings: Settings, folder: Path, template: str) -> str:
    """The stylesheet of an installation with this template of its own."""
    page = folder / "web" / "own.html"
    page.parent.mkdir(parents=True)
    page.write_text(template, encoding="utf-8")
    page.with_name("picture.png").write_bytes(b"\x89PNG\xff")  # no template, and no obstacle
    app = Flask("casework")
    app.secret_key = settings.secret_key
    app.extensions["casework"] = SimpleNamespace(settings=replace(settings, templates_dir=folder))
    init_web(app)
    return stylesheet(app).decode()


def test_what_no_template_uses_is_not_sent(web_app: Flask) -> None:
    """The rules and the variables of carousels, badges and colours stay at home."""
    sheet = stylesheet(web_app).decode()
    assert ".btn-primary{" in sheet
    assert ".form-control:focus{" in sheet
    assert "@media print{" in sheet
    for name in (".carousel", ".badge", ".accordion", ".mb-3", "--bs-indigo", "data-bs-theme"):
        assert name not in sheet


@pytest.mark.parametrize(
    ("template", "rule"),
    [
        ('<b class="badge">3</b>', ".badge{"),
        ('<p class="mb-3">Ett</p>', ".mb-3{"),
        ("{% from 'bootstrap5/pagination.html' import render_pagination %}", ".page-link{"),
    ],
)
def test_an_organisations_own_template_has_its_rules(
    web_app: Flask, tmp_path: Path, template: str, rule: str
) -> None:
    """Written whole in a template, or by Bootstrap-Flask's own macros."""
    assert rule not in stylesheet(web_app).decode()
    settings = web_app.extensions["casework"].settings
    assert rule in sheet_with(settings, tmp_path, template)


def test_rules_are_read_as_they_are_written() -> None:
    """Strings, comments and rules within rules."""
    css = '@charset "x;";/* a{ */a{b:url("data:;{}")}@media print{c,d{e:f}g{h:i}}'
    assert list(_rules(css)) == [("a", 'b:url("data:;{}")'), ("@media print", "c,d{e:f}g{h:i}")]


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".a,.b{x:y}", ".a{x:y}"),
        (".a.b{x:y}.b .a{x:y}", ""),
        (".a:not(.b){x:y}", ".a:not(.b){x:y}"),
        ("td,#b,[data-b=c]{x:y}", "td{x:y}"),
        (":is(.a,td):hover{x:y}", ":is(.a,td):hover{x:y}"),
        ("@media print{.b{x:y}}@media print{.a{x:y}}", "@media print{.a{x:y}}"),
        ("@keyframes b{to{x:y}}", "@keyframes b{to{x:y}}"),
    ],
)
def test_a_rule_is_kept_for_its_words(css: str, kept: str) -> None:
    """Of a rule's selectors those are kept whose every name is known."""
    assert _trimmed(css, frozenset({"a"})) == kept


def test_a_variable_is_kept_if_something_asks_for_it() -> None:
    """Also through another variable, or from a sheet of our own."""
    css = 'a{--bs-x:var(--bs-y);--bs-y:url("a;b");--bs-z:1;--bs-w:var(--bs-z);b:var(--bs-x)}'
    assert _without_unasked(css, "") == 'a{--bs-x:var(--bs-y);--bs-y:url("a;b");b:var(--bs-x)}'
    assert "--bs-z:1" in _without_unasked(css, "c{d:var(--bs-w)}")
