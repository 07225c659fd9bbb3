"""How many times as long plain docxtpl takes for a proposal as the compiled template does."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from docxtpl import DocxTemplate
from jinja2 import Environment

from benchmarks.figure import Figure
from casework.documents.compile import compile_template
from casework.documents.contexts import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Callable

_FOLDER = Path(__file__).parents[1] / "templates/documents/proposal"
_ROUNDS = 20
_PLAIN, _COMPILED = 2, 40  # documents in a round
_GOAL = 40.0


def docx() -> Figure:
    """Milliseconds for a proposal .docx by plain docxtpl (figure) and compiled (floor)."""
    template = _FOLDER / "template.docx"
    sample = json.loads((_FOLDER / "sample.json").read_text(encoding="utf-8"))["samples"][0]
    context = to_json(from_json("proposal", sample["data"]))
    compiled = compile_template(template.read_bytes())
    plain_times, compiled_times = [], []
    for _ in range(_ROUNDS):  # in turns, so that a busy moment of the machine strikes both
        plain_times.append(_milliseconds(_PLAIN, lambda: _plain(template, context)))
        compiled_times.append(_milliseconds(_COMPILED, lambda: compiled.render(context)))
    ratio = median(plain / ours for plain, ours in zip(plain_times, compiled_times, strict=True))
    return Figure(
        name="a proposal .docx by plain docxtpl, beside the compiled template (ms)",
        figure=median(plain_times),
        floor=median(compiled_times),
        ratio=ratio,
        goal=f"plain docxtpl takes at least {_GOAL:.0f} times as long",
        ok=ratio >= _GOAL,
    )


def _plain(template: Path, context: dict[str, Any]) -> bytes:
    """The same document as docxtpl makes it; the filter is the one that our templates use."""
    environment = Environment(autoescape=True)
    environment.filters["list_number"] = lambda number: ""
    document = DocxTemplate(template)
    document.render(context, jinja_env=environment)
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def _milliseconds(count: int, document: Callable[[], object]) -> float:
    """The time of one `document` out of `count`."""
    start = perf_counter()
    for _ in range(count):
        document()
    return (perf_counter() - start) * 1000 / count
