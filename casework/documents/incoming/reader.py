"""Reading one incoming document, in the order a registrar would: head, parts, decisions, end."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from casework.documents.incoming.assignments import read_assignments
from casework.documents.incoming.decisions import Decisions, body_in, read_decisions
from casework.documents.incoming.endings import (
    read_recipients,
    read_signatories,
    read_unannounced,
)
from casework.documents.incoming.front import read_front
from casework.documents.incoming.layout import Block, Layout, Zone, blocks, zones
from casework.documents.incoming.model import IncomingDocument, Section, Signatory
from casework.documents.incoming.sources import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable


def read_document(data: bytes, filename: str) -> IncomingDocument:
    """What the .docx, .txt or .pdf in `data` says; only the ending of `filename` is trusted.

    Raises Invalid (not such a file, encrypted, no text) or TooLarge, each with its sentence.
    Nothing is invented: every word of the answer stands in the document.
    """
    lines = read_lines(data, filename)
    layout = Layout.of(lines)
    front, story = read_front(lines, layout)
    parts = zones(story, layout)
    decisions = read_decisions(parts, layout)
    signatories = _signatories(parts)
    prose = [zone for zone in parts if zone.kind in {"section", "assignments"}]
    return IncomingDocument(
        filename=PurePath(filename).name,
        title=front.title,
        date=front.date,
        registration_number=front.registration_number,
        body=front.body or body_in(decisions),
        lead_in=decisions.lead_in,
        sections=_sections(parts, decisions, layout),
        decision_points=decisions.points,
        assignments=read_assignments(decisions.points, prose, layout),
        recipients=read_recipients(zone for zone in parts if zone.kind == "recipients"),
        signatories=signatories,
    )


def _signatories(parts: list[Zone]) -> list[Signatory]:
    """The announced ones; else names and titles at the very end, which leave that zone."""
    announced = read_signatories(zone for zone in parts if zone.kind == "signatures")
    prose = [zone for zone in parts if zone.kind != "recipients"]
    if announced or not prose:
        return announced
    found, start = read_unannounced(prose[-1])
    del prose[-1].lines[start:]
    return found


def _sections(parts: Iterable[Zone], decisions: Decisions, layout: Layout) -> list[Section]:
    """All text that is neither decision, recipient nor signature, under its heading."""
    sections = []
    for zone in parts:
        if zone.kind in {"recipients", "signatures"}:
            continue
        read = zone in decisions.zones
        text = _markdown(decisions.others if read else blocks(zone.lines, layout))
        if text or (zone.heading and not read):
            sections.append(Section(zone.heading, text, zone.place, zone.uncertain))
    return sections


def _markdown(parts: list[Block]) -> str:
    """Paragraphs with an empty line between them, the items of one list close together."""
    text = ""
    previous: Block | None = None
    for block in parts:
        together = previous is not None and previous.marker and block.marker
        text += ("\n" if together else "\n\n") + block.markdown()
        previous = block
    return text.strip()
