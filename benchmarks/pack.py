"""How long a meeting's pack takes, beside the same pages set with bare typst."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from statistics import median
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
_ITEMS, _PAGES = 10, 10
_ROUNDS = 3
_GOAL = 3.0
# A report as one gets them from elsewhere: full pages of text.
_REPORT = "#for page in range({}) [= Rapport {}\n#lorem(380)\n#pagebreak(weak: true)]"
_PICTURE = '#set page(width: auto, height: auto, margin: 0pt)\n#image("{}.pdf", page: {})'
_BARE = """#set document(title: "Handlingar", date: datetime(year: 2025, month: 6, day: 3))
#set text(lang: "sv", region: "SE")
= Handlingar
"""


def pack() -> Figure:
    """Seconds of processor for a pack of 10 items, each with a proposal and a report of 10 pages.

    The floor is what typst alone needs to draw the reports' pages, and to set a document with
    those pictures: no contents, no bookmarks, no text beside the pictures, no guard. Processor
    time, because the pack is made on every core there is, and a shared machine has few to spare.
    """
    reports = [typst.compile(_REPORT.format(_PAGES, item).encode()) for item in range(_ITEMS)]
    maker, content = PackMaker(_TEMPLATES), _pack(reports)
    packs, floors = [], []
    for _ in range(_ROUNDS):
        packs.append(_seconds(lambda: maker.make(content, lambda _done, _steps: None)))
        floors.append(_seconds(lambda: _by_hand(reports)))
    figure, floor = median(packs), median(floors)
    return Figure(
        name=f"a meeting's pack with {_ITEMS * _PAGES} pages of files, beside bare typst (s)",
        figure=figure,
        floor=floor,
        ratio=figure / floor,
        goal=f"under {_GOAL:.0f} times",
        ok=figure / floor < _GOAL,
    )


def _seconds(work: Callable[[], object]) -> float:
    """Of processor, in this process and in those that it started and that have ended."""
    before = os.times()
    work()
    return sum(os.times()[:4]) - sum(before[:4])


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
