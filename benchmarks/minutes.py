"""How long the minutes of a sixty-item meeting take to typeset, beside bare equal pages."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING, TypeVar

import typst
from pypdf import PdfReader

from benchmarks.figure import Figure
from casework.documents.contexts import (
    Inline,
    MinutesContext,
    MinutesItem,
    from_json,
    to_json,
)
from casework.documents.typeset import Typesetter

if TYPE_CHECKING:
    from collections.abc import Callable

_TEMPLATES = Path(__file__).parents[1] / "templates"
_Made = TypeVar("_Made")
_ITEMS, _ROUNDS = 60, 7
_MOST_SECONDS, _MOST_TIMES = 2.0, 3.0
# The bare pages: the same lines, page by page, in typst's own dress.
_BARE = """#set document(title: "Protokoll", date: datetime(year: 2025, month: 6, day: 10))
#set text(lang: "sv", region: "SE", size: 7pt)
#set par(spacing: 0.5em)
#for (number, page) in json(bytes(sys.inputs.data)).enumerate() {
  if number > 0 { pagebreak() }
  for line in page { par(line) }
}
"""


def minutes() -> Figure:
    """Processor seconds for the minutes of sixty items (figure), for bare pages as many (floor).

    Every paragraph has words of its own, in each item and round: neither side can keep what it
    has set before.
    """
    typesetter = Typesetter(_TEMPLATES)
    whole_times, bare_times = [], []
    with TemporaryDirectory() as folder:
        source = Path(folder) / "bare.typ"
        source.write_text(_BARE, encoding="utf-8")
        compiler = typst.Compiler(root=folder, ignore_system_fonts=True)

        def set_bare(lines: str) -> bytes | list[bytes] | None:
            return compiler.compile(
                input=source,
                format="pdf",
                sys_inputs={"data": lines},
                pdf_standards=["a-2a", "ua-1"],
            )

        for number in range(_ROUNDS):
            data = to_json(_minutes(number))
            seconds, made = _timed(lambda: typesetter.make("minutes", data))  # noqa: B023 (called at once)
            whole_times.append(seconds)
            pages = _lines(made)
            seconds, bare = _timed(lambda: set_bare(json.dumps(pages)))  # noqa: B023 (called at once)
            bare_times.append(seconds)
            if not isinstance(bare, bytes) or len(PdfReader(BytesIO(bare)).pages) != len(pages):
                raise ValueError("the bare pages are to be as many as the minutes'")
    whole, floor = median(whole_times), median(bare_times)
    return Figure(
        name="the minutes of a 60-item meeting as PDF, beside bare equal pages (s)",
        figure=whole,
        floor=floor,
        ratio=whole / floor,
        goal=f"under {_MOST_SECONDS:.0f} s and {_MOST_TIMES:.0f} times",
        ok=whole < _MOST_SECONDS and whole / floor < _MOST_TIMES,
    )


def _unlike(item: MinutesItem, mark: str) -> MinutesItem:
    """The item with the mark in each of its texts, so that no paragraph is like another."""
    sections = tuple(
        replace(
            section,
            blocks=tuple(
                replace(block, inlines=(*block.inlines, Inline(f" ({mark})")))
                for block in section.blocks
            ),
        )
        for section in item.sections
    )
    points = tuple(replace(point, text=f"{point.text} ({mark})") for point in item.points)
    return replace(item, sections=sections, points=points)


def _minutes(number: int) -> MinutesContext:
    """The sample's items over and over, each with a § and a heading that no other round has."""
    sample = json.loads((_TEMPLATES / "documents/minutes/sample.json").read_text(encoding="utf-8"))
    content = from_json("minutes", sample["samples"][0]["data"])
    if not isinstance(content, MinutesContext):
        raise TypeError("the sample is no minutes")
    items = tuple(
        replace(
            _unlike(content.items[place % len(content.items)], f"{number}-{place}"),
            number=place + 1,
            title=f"Ärende {place + 1} i omgång {number}",
        )
        for place in range(_ITEMS)
    )
    return replace(content, items=items, section_range=f"1–{_ITEMS}")


def _lines(document: bytes) -> list[list[str]]:
    """The lines of each page, so that the bare pages say as much."""
    return [page.extract_text().splitlines() for page in PdfReader(BytesIO(document)).pages]


def _timed(work: Callable[[], _Made]) -> tuple[float, _Made]:
    start = process_time()
    done = work()
    return process_time() - start, done
