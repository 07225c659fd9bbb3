"""What a meeting's pack takes of time and memory, beside the same pages set with bare typst."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

import typst

from benchmarks.figure import Figure
from casework.documents.contexts import (
    AgendaEntry,
    Officer,
    ProposalContext,
    Section,
    SummonsContext,
    paragraphs,
)
from casework.documents.pack import Attachment, PackContext, PackItem, PackMaker, PackPaper
from casework.documents.pack_pictures import RESOLUTION

if TYPE_CHECKING:
    from collections.abc import Callable

_TEMPLATES = Path(__file__).parents[1] / "templates"
_ITEMS, _PAGES = 30, 20
_GOAL, _MEMORY_GOAL = 3.0, 2.0
# A report as one gets them from elsewhere: full pages of text.
_REPORT = "#for page in range({}) [= Rapport {}\n#lorem(380)\n#pagebreak(weak: true)]"
_PICTURE = '#set page(width: auto, height: auto, margin: 0pt)\n#image("{}.pdf", page: {})'
_BARE = """#set document(title: "Handlingar", date: datetime(year: 2025, month: 6, day: 3))
#set text(lang: "sv", region: "SE")
= Handlingar
"""


def pack() -> list[Figure]:
    """A pack of 30 items, each with a proposal and a report of 20 pages: seconds and megabytes.

    The floor is what typst alone needs to draw the reports' pages, and to set a document with
    those pictures: no contents, no bookmarks, no text beside the pictures, no guard. Processor
    time, because the pack is made on every core there is, and a shared machine has few to spare.
    Memory is that of the largest process; each is measured in one of its own.
    """
    reports = [typst.compile(_REPORT.format(_PAGES, item).encode()) for item in range(_ITEMS)]
    (seconds, megabytes), (floor, floor_megabytes) = (
        _in_a_process(work, reports) for work in (_made, _by_hand)
    )
    pages = f"a meeting's pack with {_ITEMS * _PAGES} pages of files, beside bare typst"
    return [
        _figure(f"{pages} (s)", seconds, floor, _GOAL),
        _figure(f"{pages}: peak memory (MB)", megabytes, floor_megabytes, _MEMORY_GOAL),
    ]


def _figure(name: str, figure: float, floor: float, goal: float) -> Figure:
    ratio = figure / floor
    return Figure(name, figure, floor, ratio, f"under {goal:.0f} times", ok=ratio < goal)


def _in_a_process(work: Callable[[list[bytes]], None], reports: list[bytes]) -> tuple[float, float]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measured, work, reports).result()


def _measured(work: Callable[[list[bytes]], None], reports: list[bytes]) -> tuple[float, float]:
    """Seconds of processor and megabytes, in this process and in those that it started."""
    before = os.times()
    work(reports)
    seconds = sum(os.times()[:4]) - sum(before[:4])
    peaks = (getrusage(whose).ru_maxrss for whose in (RUSAGE_SELF, RUSAGE_CHILDREN))
    return seconds, max(peaks) / 1024


def _made(reports: list[bytes]) -> None:
    PackMaker(_TEMPLATES).make(_pack(reports), lambda _done, _steps: None)


def _pack(reports: list[bytes]) -> PackContext:
    body, day = "Regionala utvecklingsnämnden", "2025-06-03"
    background = paragraphs(*["Ärendet har beretts tillsammans med länets kommuner."] * 20)
    proposal = ProposalContext(
        organisation="Region Exempel",
        unit="Utvecklingsavdelningen",
        officer=Officer("Kim Handläggare"),
        date=day,
        registration_number="RUN/78/2022",
        body=body,
        title="Bredband i glesbygd",
        document_date=day,
        sections=(Section("Bakgrund", 2, background),),
    )
    items = tuple(
        PackItem(
            AgendaEntry(number, f"Ärende {number}", "Beslut"),
            (
                PackPaper("Tjänsteskrivelse", proposal),
                PackPaper("Bilaga", Attachment("rapport.pdf", partial(bytes, report))),
            ),
        )
        for number, report in enumerate(reports, start=1)
    )
    summons = SummonsContext(
        organisation="Region Exempel",
        body=body,
        sent_date=day,
        meeting_date="2025-06-10",
        time="tisdag 10 juni 2025 kl. 9.00",
        place="Regionens hus",
        document_date=day,
    )
    return PackContext(summons, items)


def _by_hand(reports: list[bytes]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        compiler = typst.Compiler(root=folder, ignore_system_fonts=True)
        source = _BARE
        for number, report in enumerate(reports):
            (folder / f"{number}.pdf").write_bytes(report)
            for page in range(1, _PAGES + 1):
                picture = f"{number}-{page}.png"
                drawing = _PICTURE.format(number, page).encode()
                png = compiler.compile(drawing, format="png", ppi=RESOLUTION)
                (folder / picture).write_bytes(cast("bytes", png))
                source += f'#pagebreak()\n#image("{picture}", alt: "Sida {page}")\n'
        compiler.compile(source.encode(), format="pdf", pdf_standards=["a-2a", "ua-1"])
