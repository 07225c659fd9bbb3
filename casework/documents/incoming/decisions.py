"""Decision points: under their heading, or else after a sentence that introduces a decision."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from casework.documents.incoming import vocabulary as words
from casework.documents.incoming.headings import (
    BODY_IN_HEADING,
    BODY_WORD,
    TO_IN_HEADING,
    WEAK_PROPOSAL,
    bare_heading,
)
from casework.documents.incoming.introductions import Introduction, introduced
from casework.documents.incoming.layout import ATT_CLAUSE, Block, Layout, blocks
from casework.documents.incoming.model import DecisionPoint, Found

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casework.documents.incoming.zones import Zone

SEARCHED = 300
# So early in its sentence stands the verb of a decision.
STARTS = 60
REFERS = re.compile(r"(?:se|jfr|jämför|enligt) \w+", re.IGNORECASE)
OF_THE_POINT = re.compile(r"uppdraget|återrapport\w*|redovisning(?:en)?\b", re.IGNORECASE)
# Of two paragraphs such as "Alternativ 1" and "Alternativ 2" the document means one.
ALTERNATIVE = re.compile(r"(?P<word>[^\W\d_]+) (?:\d{1,2}|[A-ZÅÄÖ])\b[^.]{0,60}")
INFINITIVE = re.compile(r"[a-zåäö]+[aeåoy]\b")


@dataclass(slots=True)
class Decisions:
    """What one or more zones decide; `others` are their paragraphs that are no decision."""

    lead_in: Found | None = None
    points: list[DecisionPoint] = field(default_factory=list)
    others: list[tuple[Zone, list[Block]]] = field(default_factory=list)
    body: Found | None = None

    def left_of(self, zone: Zone) -> list[Block] | None:
        """What of a zone is no decision; None for a zone that was not read for decisions."""
        return next((left for each, left in self.others if each is zone), None)


def read_decisions(found: list[Zone], layout: Layout) -> Decisions:
    """The points of the taken decision if there is one, else of the proposal.

    What the deciding body proposes to another stands beside its own decision. Several zones of
    the same kind for the same body (the minutes of a whole meeting) leave it uncertain which of
    them the document is about.
    """
    read = [(zone, _Zone(zone, layout).read()) for zone in _deciding(found)]
    filled = [(zone, decisions) for zone, decisions in read if decisions.points]
    taken = [each for each in filled if each[0].kind == "decision"]
    onward = [
        each
        for each in filled
        if each[0].kind == "proposal" and all(point.proposed_to for point in each[1].points)
    ]
    chosen = [*taken, *onward] if taken else filled
    return _merged(chosen) if chosen else _without_heading(found, layout)


def _deciding(found: list[Zone]) -> list[Zone]:
    """The zones that decide or propose; somebody's proposal inside the story of the matter, under
    a lower or a weaker heading than the others, is none of them."""
    zones = [zone for zone in found if zone.kind in {"decision", "proposal"}]
    highest = min((zone.level for zone in zones if zone.level is not None), default=None)
    zones = [zone for zone in zones if highest is None or (zone.level or 0) <= highest]
    strong = [
        zone for zone in zones if not WEAK_PROPOSAL.fullmatch(bare_heading(zone.heading or ""))
    ]
    proposals = [zone for zone in strong if zone.kind == "proposal"]
    return strong if proposals else zones


def _merged(chosen: list[tuple[Zone, Decisions]]) -> Decisions:
    """All that was chosen, in the order in which it stands."""
    audiences = [
        (zone.kind, {point.proposed_to for point in decisions.points}) for zone, decisions in chosen
    ]
    doubtful = any(audiences.count(each) > 1 for each in audiences)
    first = chosen[0][1]
    result = Decisions(first.lead_in, body=first.body)
    if len(chosen) > 1 and doubtful:
        result.lead_in = None
    for _, decisions in chosen:
        result.others += decisions.others
        result.points += [
            replace(point, uncertain=point.uncertain or doubtful) for point in decisions.points
        ]
    return result


class _Zone:
    """One zone under its heading, read block by block."""

    def __init__(self, zone: Zone, layout: Layout) -> None:
        self.zone = zone
        self.parts = blocks(zone.lines, layout, att_clauses=True)
        self.body, self.to = _in_heading(zone)
        self.result = Decisions()
        self.left: list[Block] = []
        self.result.others.append((zone, self.left))
        self.introduced = False

    def read(self) -> Decisions:
        items = [block for block in self.parts if _is_item(block)]
        if not items:
            self._unmarked()
        else:
            self._marked(numbered=any(b.number and not b.depth for b in items))
        self.result.body = self.body
        return self.result

    def _marked(self, *, numbered: bool) -> None:
        first = next(i for i, block in enumerate(self.parts) if _is_item(block))
        ended = False
        for index, block in enumerate(self.parts):
            following = self.parts[index + 1] if index + 1 < len(self.parts) else None
            opening = self._opening(block, following, before=index < first)
            if opening:
                ended = False
            elif _is_main(block, numbered) and not (ended and block.number == 1):
                self._point(block, uncertain=ended)
            elif self.result.points and not ended and self._goes_on(block, following):
                _append(self.result.points, block)
            else:
                self.left.append(block)
                ended = ended or bool(self.result.points)
        if _has_alternatives(self.left):
            self.result.points = [replace(each, uncertain=True) for each in self.result.points]

    def _goes_on(self, block: Block, following: Block | None) -> bool:
        """Whether a block belongs to the point before it: an item inside it, or a paragraph that
        the next number follows or that speaks of what the point gave."""
        last = self.result.points[-1].number
        next_follows = last is not None and following is not None and following.number == last + 1
        return _is_item(block) or next_follows or bool(OF_THE_POINT.match(block.text))

    def _opening(self, block: Block, following: Block | None, *, before: bool) -> bool:
        """Whether a block introduces the items after it; it then says who decides for whom."""
        if _is_item(block) or following is None or not _is_item(following):
            return False
        said = introduced(block.text)
        if said is None:
            named = before and len(block.text) < 100 and words.is_body_name(block.text)
            if not named and not (before and block.text.endswith(":")):
                return False
            said = Introduction(who=block.text if named else "")
        self._turn(said, block)
        if self.result.lead_in is None and not self.result.points:
            self.result.lead_in = Found(block.text, block.place)
        return True

    def _turn(self, said: Introduction, block: Block) -> None:
        decider = said.who if said.to is None else said.to if said.by_official else said.who
        if decider and self.body is None:
            certain = words.is_body_name(decider[:1].upper() + decider[1:])
            self.body = Found(decider, block.place, uncertain=not certain)
        if said.to and not said.by_official:
            self.to = said.to
        elif said.who:
            self.to = None

    def _point(self, block: Block, *, uncertain: bool = False) -> None:
        self.result.points.append(
            DecisionPoint(
                block.shown.replace("\n", " "),
                block.place,
                self.zone.uncertain or uncertain,
                number=block.number,
                proposed_to=_proposed_in(block.text) or self.to,
            )
        )

    def _unmarked(self) -> None:
        """Paragraphs that decide are the points; where none or some do, which are is uncertain."""
        self.parts = [part for block in self.parts for part in _apart(block)]
        parts = [block for block in self.parts if not block.rows]
        said = introduced(parts[0].text) if len(parts) > 1 else None
        if said and all(INFINITIVE.match(block.text) for block in parts[1:]):
            self._turn(said, parts[0])
            self.result.lead_in = Found(parts[0].text, parts[0].place)
            for block in parts[1:]:
                self._point(block)
            return
        deciding = [block for block in parts if words.DECIDES.search(block.text[:SEARCHED])]
        lone = len(parts) == 1 and not REFERS.match(parts[0].text)
        for block in self.parts:
            if block.rows or (deciding and block not in deciding):
                self.left.append(block)
            else:
                self._point(block, uncertain=not lone and len(deciding) < len(parts))


def _has_alternatives(left: Iterable[Block]) -> bool:
    """Whether what is no decision names several that could be: which is meant is not said."""
    found = [ALTERNATIVE.fullmatch(block.text) for block in left if not _is_item(block)]
    named = [each["word"].casefold() for each in found if each]
    return len(named) > len(set(named))


def _apart(block: Block) -> list[Block]:
    """Sentences that decide, each on a line of its own, in a text whose lines run on."""
    parts = [Block(block.lines[:1], block.marker, block.number, block.depth)]
    for before, line in pairwise(block.lines):
        decides = line.text[0].isupper() and words.DECIDES.search(line.text[:STARTS])
        if before.text.endswith(".") and decides and not block.rows:
            parts.append(Block([line]))
        else:
            parts[-1].lines = [*parts[-1].lines, line]
    return parts


def _in_heading(zone: Zone) -> tuple[Found | None, str | None]:
    """The body that a heading makes decide, and the other body that it proposes something to."""
    heading = bare_heading(zone.heading or "")
    to = TO_IN_HEADING.search(heading)
    owner = None if to and to["owner"] else BODY_IN_HEADING.match(heading)
    decider = (owner and owner["decider"]) or (to and to["decider"])
    whose = (owner and owner["owner"]) or (to and to["owner"])
    name = decider or (whose and _nominative(whose))
    other = to["to"] if to else None
    body = Found(name, zone.place) if name else None
    if other and body is None:
        body = Found(other, zone.place, uncertain=True)
    return body, other


def _nominative(genitive: str) -> str:
    return genitive.removesuffix("s")


def _is_item(block: Block) -> bool:
    return block.marker is not None or bool(ATT_CLAUSE.match(block.text))


def _is_main(block: Block, numbered: bool) -> bool:
    """Whether the block is a point of its own and not a part of one."""
    if block.depth:
        return False
    return bool(block.number) or (_is_item(block) and not numbered)


def _append(points: list[DecisionPoint], block: Block) -> None:
    text = f"{block.sign} {block.text}".strip()
    points[-1] = replace(points[-1], text=f"{points[-1].text}\n{text}")


PROPOSES = re.compile(
    r"(?:(?:att )?föreslå|[^.]{2,60}? föreslår)(?: att)? "
    rf"(?P<to>(?:[\w-]+ ){{0,2}}?{BODY_WORD})"
    r"(?: att)? (?:besluta[rs]?|att)\b",
    re.IGNORECASE,
)


def _proposed_in(text: str) -> str | None:
    """The other body, where the point itself says to whom it proposes."""
    found = PROPOSES.match(text[:SEARCHED])
    said = introduced(text[: found.end()]) if found else None
    return None if found is None or (said and said.by_official) else found["to"].strip()


def _without_heading(found: Iterable[Zone], layout: Layout) -> Decisions:
    """Items after paragraphs that introduce a decision; certain where no heading says otherwise.

    Under a heading such as "Bakgrund" they may tell of an older decision.
    """
    result = Decisions()
    for zone in found:
        if zone.kind != "section":
            continue
        parts = blocks(zone.lines, layout, att_clauses=True)
        left: list[Block] = []
        said: Introduction | None = None
        for index, block in enumerate(parts):
            following = parts[index + 1] if index + 1 < len(parts) else None
            can_open = following is not None and (following.number or _is_att(following))
            opening = introduced(block.text) if can_open and not _is_item(block) else None
            if opening:
                said = opening
                if result.lead_in is None:
                    doubt = zone.heading is not None
                    result.lead_in = Found(block.text, block.place, uncertain=doubt)
                    result.body = _decider(opening, block, uncertain=doubt)
            elif said and (block.number or _is_att(block)):
                to = None if said.by_official else said.to
                result.points.append(
                    DecisionPoint(
                        block.text, block.place, zone.heading is not None or not said.stands,
                        number=block.number, proposed_to=_proposed_in(block.text) or to,
                    )
                )  # fmt: skip
            elif said and _is_item(block) and result.points:
                _append(result.points, block)
            else:
                said = None
                left.append(block)
        if result.points:
            if zone.heading is None:
                result.others.append((zone, left))
            return result
    return Decisions()


def _is_att(block: Block) -> bool:
    return bool(ATT_CLAUSE.match(block.text))


def _decider(said: Introduction, block: Block, *, uncertain: bool) -> Found | None:
    name = said.to if said.by_official and said.to else said.who
    if not name or words.PREPOSITION.search(name):
        return None
    return Found(name, block.place, uncertain)


def body_in(decisions: Decisions) -> Found | None:
    """The body that decides: by heading or lead-in; uncertain where only a point names it."""
    if decisions.body:
        return decisions.body
    for text in [decisions.lead_in, *decisions.points]:
        named = words.BODY_NAME.search(text.text[:SEARCHED]) if text else None
        if text and named and not words.PREPOSITION.search(named[0]):
            return Found(named[0], text.place, uncertain=True)
    return None
