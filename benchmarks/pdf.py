"""How long a one-page excerpt takes to typeset, beside a bare page with the same words."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING

import typst
from pypdf import PdfReader

from benchmarks.figure import Figure
from casework.documents.contexts import (
    ExcerptContext,
    Point,
    from_json,
    paragraphs,
    to_json,
)
from casework.documents.minutes_item import proceedings
from casework.documents.typeset import Typesetter

if TYPE_CHECKING:
    from collections.abc import Callable

_TEMPLATES = Path(__file__).parents[1] / "templates"
_ROUNDS = 60
_GOAL = 3.0
# The bare page: the same words in typst's own dress, data passed in, nothing else.
_BARE = """#set document(title: "Utdrag", date: datetime(year: 2025, month: 6, day: 10))
#set text(lang: "sv", region: "SE")
#for line in json(bytes(sys.inputs.data)) { par(line) }
"""


def pdf() -> Figure:
    """Milliseconds of processor time for an excerpt PDF (figure) and a bare page (floor).

    Processor time, because the typesetter waits for nothing and a shared machine does. Every
    compile has words of its own, so that neither lives on what it has set before.
    """
    typesetter = Typesetter(_TEMPLATES)
    excerpt_times, bare_times = [], []
    with TemporaryDirectory() as folder:
        page = Path(folder) / "bare.typ"
        page.write_text(_BARE, encoding="utf-8")
        compiler = typst.Compiler(root=folder, ignore_system_fonts=True)
        for number in range(_ROUNDS):
            data = to_json(_excerpt(number))
            lines = json.dumps(_all_lines(typesetter.make("excerpt", data)))
            data = to_json(_excerpt(number + _ROUNDS))
            excerpt_times.append(_milliseconds(lambda: typesetter.make("excerpt", data)))  # noqa: B023 (called at once)
            bare_times.append(
                _milliseconds(
                    lambda: compiler.compile(
                        input=page,
                        format="pdf",
                        sys_inputs={"data": lines},  # noqa: B023 (called at once)
                        pdf_standards=["a-2a", "ua-1"],
                    )
                )
            )
    excerpt, bare = median(excerpt_times[5:]), median(bare_times[5:])
    return Figure(
        name="a one-page excerpt PDF, beside a bare page with the same words (ms)",
        figure=excerpt,
        floor=bare,
        ratio=excerpt / bare,
        goal=f"under {_GOAL:.0f} times",
        ok=excerpt / bare < _GOAL,
    )


def _excerpt(number: int) -> ExcerptContext:
    """A § that fills its page, with words that no other round has."""
    sample = json.loads((_TEMPLATES / "documents/excerpt/sample.json").read_text(encoding="utf-8"))
    content = from_json("excerpt", sample["samples"][0]["data"])
    if not isinstance(content, ExcerptContext):
        raise TypeError("the sample is no excerpt")
    sentence = (
        f"Ärendet har beretts i {number} omgångar tillsammans med länets kommuner, och"
        " synpunkterna har arbetats in i förslaget innan det lämnades till nämnden."
    )
    item = replace(
        content.item,
        points=tuple(Point(each, f"Nämnden godkänner del {each}-{number}.") for each in (1, 2, 3)),
        sections=proceedings({"summary": paragraphs(*[f"{sentence} {sentence}"] * 4)}),
    )
    return replace(content, item=item)


def _all_lines(page: bytes) -> list[str]:
    """Every line that stands on the excerpt's page, so that the bare page is as long."""
    reader = PdfReader(BytesIO(page))
    if len(reader.pages) != 1:
        raise ValueError("the excerpt is to fill one page")
    return reader.pages[0].extract_text().splitlines()


def _milliseconds(compile_page: Callable[[], object]) -> float:
    start = process_time()
    compile_page()
    return (process_time() - start) * 1000
