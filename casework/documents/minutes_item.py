"""A § in words: what can stand in it, in which order, and the text that all its documents share."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from casework.documents.contexts import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.documents.contexts import Block, MinutesItem

# What can stand in a § after the decision, under which heading, in the order of the minutes.
PROCEEDINGS = {
    "summary": "Sammanfattning av ärendet",
    "decision_basis": "Beslutsunderlag",
    "recusal": "Jäv",
    "presiding": "Ordförande i ärendet",
    "floor_proposals": "Förslag och yrkanden",
    "proposition_order": "Propositionsordning",
    "vote": "Omröstning",
    "not_taking_part": "Deltar inte i beslutet",
    "reservations": "Reservation",
    "separate_statements": "Särskilt yttrande",
    "notes": "Protokollsanteckning",
    "assignments": "Uppdrag",
    "reasons_and_appeal": "Beslutsmotivering och överklagande",
}


def proceedings(texts: Mapping[str, tuple[Block, ...]]) -> tuple[Section, ...]:
    """The sections of a § from its texts by name in PROCEEDINGS, in printing order.

    Raises KeyError for a name that is not there.
    """
    unknown = texts.keys() - PROCEEDINGS.keys()
    if unknown:
        raise KeyError(*sorted(unknown))
    return tuple(
        Section(heading, 3, texts[name]) for name, heading in PROCEEDINGS.items() if texts.get(name)
    )


def item_text(item: MinutesItem) -> str:
    """The canonical text of a §, what must be equal byte for byte in minutes and excerpt."""
    lines = [f"§ {item.number} {item.title}"]
    if item.registration_number:
        lines.append(f"Dnr {item.registration_number}")
    if item.correction:
        lines.append(item.correction)
    if item.decision_lead_in or item.points:
        lines += [item.decision_heading, item.decision_lead_in]
        lines += [
            f"{point.number}. {point.text}" if point.number else point.text for point in item.points
        ]
    if item.attested_immediately:
        lines.append("Paragrafen justeras omedelbart.")
    for section in item.sections:
        lines += [section.heading, section_text(section)]
    if item.recipients:
        lines += ["Utdrag till", *item.recipients]
    return "\n".join(line for line in lines if line) + "\n"


def section_text(section: Section) -> str:
    """What stands under a heading, a line for each paragraph."""
    return "\n".join(filter(None, map(_block_text, section.blocks)))


def item_checksum(item: MinutesItem) -> str:
    """The sha256 of `item_text` in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(item_text(item).encode()).hexdigest()


def _block_text(block: Block) -> str:
    text = "".join(inline.text for inline in block.inlines)
    mark = {"bullet": "– ", "numbered": f"{block.number}. "}.get(block.kind, "")
    return "  " * block.depth + mark + text
