"""What a form writes is told somewhere: what only its own form knows is lost to readers."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import casework.app  # noqa: F401 (so that every room has its tables)
from casework.config import shipped
from casework.db import Base
from tests.web.catalogue import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WEB = ROOT / "casework" / "web"
# Columns that share their name with a control, each with why no page tells them.
EXCEPTIONS = {
    "version": "sent along so that nobody overwrites another's work; it is no word of a person's",
    **dict.fromkeys(
        ("basis", "notified", "urgency"),
        "a delegated decision's parts, which its page tells by `delegation.decisions._headings`",
    ),
}
# A control's own value, and what stands in a textarea, is how a form is filled in; so is the text
# of a form that came back.
_FILLED_IN = re.compile(r'value="[^"]*"|<textarea.*?</textarea>', re.DOTALL)
_DRAFTS = "form|written|draft|seat|fresh|asked"
_READ = re.compile(rf"\b(?!(?:{_DRAFTS})\b)[a-z_]\w*(?:\[[^\]]*\])?\.([a-z_]+)\b(?!\()")
_CONTROL = re.compile(r"""\bname="([a-z_]+)[-"{]|\bfield\("([a-z_]+)",""")
_EACH = re.compile(r"""map\(attribute="([a-z_]+)"\)|(?:select|reject)attr\("([a-z_]+)\"""")


def _templates() -> list[str]:
    files: list[Path] = sorted((shipped("templates") / "web").rglob("*.html"))
    return [file.read_text(encoding="utf-8") for file in files]


def _views() -> Iterator[ast.AST]:
    for file in sorted(WEB.rglob("*.py")):
        if file.name != "samples.py":  # the styleguide's own, made up
            yield from ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def written() -> set[str]:
    """The names of every control of every form that are columns' names too."""
    names = {name for text in _templates() for pair in _CONTROL.findall(text) for name in pair}
    for node in _views():
        is_named = isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if is_named and getattr(node.value.func, "id", "").endswith("Field"):  # type: ignore[attr-defined]
            names |= {each.id for each in node.targets if isinstance(each, ast.Name)}  # type: ignore[attr-defined]
    columns = {column.key for mapper in Base.registry.mappers for column in mapper.column_attrs}
    return names & columns


def told(templates: list[str]) -> set[str]:
    """The names of what templates and views read of something that is no form."""
    read: set[str] = set()
    for text in templates:
        shown = _FILLED_IN.sub("", text)
        read |= set(_READ.findall(shown))
        read |= {name for pair in _EACH.findall(shown) for name in pair}
    for node in _views():
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            owner = ast.unparse(node.value).partition(".")[0]
            if not re.fullmatch(_DRAFTS, owner):
                read.add(node.attr)
    return read


def test_every_column_that_a_form_writes_is_read_by_a_page() -> None:
    """The sender of a matter was asked for, kept, and told nowhere (OSL 5:2)."""
    names = written()
    assert {"sender", "initiative", "title", "place", "secrecy_provision"} - names <= {
        "secrecy_provision"  # its control is called `provision`
    }
    assert names - told(_templates()) - EXCEPTIONS.keys() == set()


def test_a_value_in_its_own_form_is_not_told() -> None:
    """Else the test above would prove nothing."""
    form = ['<input name="whence" value="{{ row.whence }}"> {{ form.whence }} {{ written.whence }}']
    assert "whence" not in told(form)
    assert "whence" in told(["<dd>{{ row.whence }}</dd>"])
