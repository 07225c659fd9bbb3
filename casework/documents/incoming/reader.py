"""Reading one incoming document, in the order a registrar would: head, parts, decisions, end."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import PurePath
from typing import TYPE_CHECKING

from casework.documents.incoming.assignments import read_assignments, read_mandates
from casework.documents.incoming.decisions import Decisions, body_in, read_decisions
from casework.documents.incoming.endings import (
    read_attachments,
    read_recipients,
    read_signatories,
    read_unannounced,
)
from casework.documents.incoming.front import read_front
from casework.documents.incoming.layout import Layout, blocks
from casework.documents.incoming.model import Found, IncomingDocument, Section, Signatory, Table
from casework.documents.incoming.prose import section_of
from casework.documents.incoming.sources import read_lines
from casework.documents.incoming.zones import Zone, zones

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casework.documents.incoming.front import Front
    from casework.documents.incoming.model import Line

NO_PROSE = {"recipients", "signatures", "attachments"}


def read_document(data: bytes, filename: str) -> IncomingDocument:
    """What the .docx, .txt or .pdf in `data` says; only the ending of `filename` is trusted.

    Raises Invalid (not such a file, encrypted, no text) or TooLarge, each with its sentence.
    Nothing is invented: every word of the answer stands in the document.
    """
    lines, not_read = read_lines(data, filename)
    layout = Layout.of(lines)
    front, story = read_front(lines, layout)
    parts = zones(story, layout)
    signatories = _signatories(parts)
    attachments = read_attachments(zone for zone in parts if zone.kind == "attachments")
    decisions = read_decisions(parts, layout)
    prose = [zone for zone in parts if zone.kind in {"section", "assignments"}]
    return IncomingDocument(
        filename=PurePath(filename).name,
        title=front.title,
        date=front.date,
        registration_number=front.registration_number,
        body=_body(front, decisions),
        lead_in=decisions.lead_in,
        sections=_sections(parts, decisions, layout),
        decision_points=decisions.points,
        assignments=read_assignments(decisions.points, prose, layout),
        mandates=read_mandates(decisions.points),
        recipients=read_recipients(zone for zone in parts if zone.kind == "recipients"),
        signatories=signatories,
        attachments=attachments,
        tables=_tables(story, layout),
        not_read=not_read,
    )


def _body(front: Front, decisions: Decisions) -> Found | None:
    """The body of the head; one that the decision itself names with certainty goes before."""
    deciding = body_in(decisions)
    if front.body is None or (
        deciding and not deciding.uncertain and _differ(front.body, deciding)
    ):
        return deciding
    return front.body


def _differ(one: Found, other: Found) -> bool:
    """Whether the two are not one body; "nämnden" is whichever the head has named in full."""
    return not one.text.casefold().endswith(other.text.casefold())


def _signatories(parts: list[Zone]) -> list[Signatory]:
    """The announced ones; else names and titles that end the text, which leave their zone."""
    announced = read_signatories(zone for zone in parts if zone.kind == "signatures")
    if announced:
        return announced
    for zone, following in reversed(list(zip_longest(parts, parts[1:]))):
        ends = following is None or following.kind in NO_PROSE
        found = read_unannounced(zone) if zone.kind not in NO_PROSE and ends else []
        if found:
            return found
    return []


def _sections(parts: Iterable[Zone], decisions: Decisions, layout: Layout) -> list[Section]:
    """All text that is neither decision, recipient, signature nor attachment, under its heading."""
    sections = []
    for zone in parts:
        if zone.kind in NO_PROSE:
            if zone.left:
                left_over = blocks(zone.left, layout)
                sections.append(section_of(Zone("section", None, zone.place), left_over))
            continue
        left = decisions.left_of(zone)
        section = section_of(zone, blocks(zone.lines, layout) if left is None else left)
        if section.text or (zone.heading and left is None):
            sections.append(section)
    return sections


def _tables(story: list[Line], layout: Layout) -> list[Table]:
    found = (block for block in blocks([line for line in story if line.table], layout))
    return [Table(block.rows, block.place) for block in found]
