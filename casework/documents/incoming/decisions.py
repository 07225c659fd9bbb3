"""Decision points: under their heading, or else after a sentence that introduces a decision."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casework.documents.incoming import vocabulary as words
from casework.documents.incoming.layout import ATT_CLAUSE, LEADS_IN, Block, Layout, Zone, blocks
from casework.documents.incoming.model import DecisionPoint, Found

if TYPE_CHECKING:
    from collections.abc import Iterable

INTRODUCES = re.compile(
    r"\b(?:beslutar?|besluta|föreslås|föreslår|ställa sig bakom)\b[^.]{0,80}$", re.IGNORECASE
)
DECIDES = re.compile(
    r"\b(?:beslutar|godkänner|antar|fastställer|ger|uppdrar|beviljar|avslår|ställer sig|noterar"
    r"|lägger|överlämnar|rekommenderar|avger|utser|tillstyrker|bifaller)\b",
    re.IGNORECASE,
)
SEARCHED = 300


@dataclass(slots=True)
class Decisions:
    """What one or more zones decide; `others` are their paragraphs that are no decision."""

    lead_in: Found | None = None
    points: list[DecisionPoint] = field(default_factory=list)
    others: list[Block] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)


def read_decisions(found: list[Zone], layout: Layout) -> Decisions:
    """The points of the taken decision if there is one, else of the proposal.

    Several zones of the same kind (the minutes of a whole meeting) leave it uncertain which of
    them the document is about.
    """
    for kind in ("decision", "proposal"):
        chosen = [zone for zone in found if zone.kind == kind]
        read = [_read_zone(zone, layout) for zone in chosen]
        if any(decisions.points for decisions in read):
            return _merged(read, uncertain=len(chosen) > 1)
    return _introduced(found, layout)


def _merged(read: list[Decisions], *, uncertain: bool) -> Decisions:
    if not uncertain:
        return read[0]
    points = [
        DecisionPoint(point.text, point.place, uncertain=True, number=point.number)
        for decisions in read
        for point in decisions.points
    ]
    return Decisions(
        points=points,
        others=[block for decisions in read for block in decisions.others],
        zones=[zone for decisions in read for zone in decisions.zones],
    )


def _read_zone(zone: Zone, layout: Layout) -> Decisions:
    parts = blocks(zone.lines, layout, att_clauses=True)
    items = [block for block in parts if _is_item(block)]
    if not items:
        return _unmarked(zone, parts)
    first = parts.index(items[0])
    lead_in, others = _lead_in(parts[:first])
    numbered = any(block.number for block in items)
    decisions = Decisions(lead_in, others=others, zones=[zone])
    for block in parts[first:]:
        if block.number or (_is_item(block) and not numbered):
            decisions.points.append(
                DecisionPoint(block.text, block.place, zone.uncertain, number=block.number)
            )
        elif (
            _is_item(block) and decisions.points and not decisions.others
        ):  # a list inside a numbered point
            _append(decisions.points, block)
        else:
            decisions.others.append(block)
    return decisions


def _append(points: list[DecisionPoint], block: Block) -> None:
    last = points[-1]
    points[-1] = DecisionPoint(
        f"{last.text} {block.text}", last.place, last.uncertain, number=last.number
    )


def _is_item(block: Block) -> bool:
    return block.marker is not None or bool(ATT_CLAUSE.match(block.text))


def _lead_in(before: list[Block]) -> tuple[Found | None, list[Block]]:
    """The last paragraph before the items when it introduces them, and the other paragraphs."""
    if before and (LEADS_IN.search(before[-1].text) or before[-1].text.endswith(":")):
        return Found(before[-1].text, before[-1].place), before[:-1]
    if before and len(before[-1].text) < 100 and words.is_body_name(before[-1].text):
        return Found(before[-1].text, before[-1].place), before[:-1]
    return None, before


def _unmarked(zone: Zone, parts: list[Block]) -> Decisions:
    """A lone paragraph that decides is the point; of several, which are points is uncertain."""
    points = [
        DecisionPoint(
            block.text,
            block.place,
            uncertain=zone.uncertain or len(parts) > 1 or not DECIDES.search(block.text),
        )
        for block in parts
    ]
    return Decisions(points=points, zones=[zone])


def _introduced(found: Iterable[Zone], layout: Layout) -> Decisions:
    """Numbered or att-clauses after a paragraph that introduces a decision: always uncertain."""
    for zone in found:
        parts = blocks(zone.lines, layout, att_clauses=True)
        for index, block in enumerate(parts[:-1]):
            if not (INTRODUCES.search(block.text[-SEARCHED:]) and LEADS_IN.search(block.text)):
                continue
            items = []
            for item in parts[index + 1 :]:
                if not (item.number or ATT_CLAUSE.match(item.text)):
                    break
                items.append(DecisionPoint(item.text, item.place, True, number=item.number))
            if items:
                return Decisions(Found(block.text, block.place, uncertain=True), items)
    return Decisions()


def body_in(decisions: Decisions) -> Found | None:
    """The body that the lead-in or a point names as the one who decides: uncertain."""
    for text in [decisions.lead_in, *decisions.points]:
        named = words.BODY_NAME.search(text.text[:SEARCHED]) if text else None
        if text and named and not words.PREPOSITION.search(named[0]):
            return Found(named[0], text.place, uncertain=True)
    return None
