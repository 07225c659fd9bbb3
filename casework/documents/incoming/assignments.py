"""Who is given what to do, found in decision points, running prose and action lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casework.documents.incoming import vocabulary as words
from casework.documents.incoming.layout import Block, Layout, Zone, blocks
from casework.documents.incoming.model import Assignment, DecisionPoint, FoundDate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casework.documents.incoming.model import Place

GIVES = re.compile(
    r"\b(?:ger|ge|gav|lämnar)\s+(?:även\s+|också\s+)?(?P<assignee>[^.;:]{2,120}?)"
    r"\s+i\s+uppdrag(?:\s+att|:)\s+"
    r"|\b(?:uppdrar|uppdra|uppdrog)\s+(?:även\s+)?(?:åt|till)\s+(?P<other>[^.;:]{2,120}?)\s+att\s+",
    re.IGNORECASE,
)
RECEIVES = re.compile(
    r"(?P<assignee>[^.;:]{2,200}?)\s+(?:(?:har|hade)\s+)?(?:får|fick|fått|ges|gavs|givits|tilldelas)"
    r"(?:\s+också|\s+även)?\s+i\s+uppdrag\s+att\s+",
    re.IGNORECASE,
)
# What stands before the receiver in its sentence: everything up to the last of these words.
CLAUSE = re.compile(r"(?:,|\b(?:och|men|samt|att|som|så|innebär))\s+")
RECEIVER_WORDS = 6
LOOSE_END = re.compile(r"[.!?,;]?(?:\s+(?:och|samt))?$")
NEXT_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])")
REPORTS = re.compile(
    r"^(?:uppdraget|återrapport|redovisning|rapporter|svar|arbetet|det ska|resultatet)", re.I
)
DUE = re.compile(
    r"(?:\bsenast(?:\s+den)?|\b(?:åter)?rapporter\w+|\bredovisa\w*|\bredovisning\w*|\bklar\w*"
    r"|\båterkomm\w+|\bföre(?:\s+den)?|\binnan|\btill\s+(?:nämndens|styrelsens)?\s*"
    r"(?:sammanträdet?|mötet))"
    rf"[^.;]{{0,60}}?\b(?P<due>{words.LOOSE_DATE})",
    re.IGNORECASE,
)
IN_LIST = re.compile(
    r"(?P<assignee>[A-ZÅÄÖ][\w åäöÅÄÖ&-]{1,60}?)\s*(?::\s+|\s[–-]\s)(?P<task>.+)"
    r"|(?P<who>[A-ZÅÄÖ]\w+(?: [A-ZÅÄÖ]\w+)?)\s+(?:ska\s+|skall\s+)?"
    r"(?=(?:ta|tar|återkommer|återkomma|kollar|kolla|skickar|skicka|bokar|boka|skriver|skriva"
    r"|undersöker|undersöka|kontaktar|kontakta|bjuder|bjuda|ansvarar|sammanställer|sammanställa"
    r"|förbereder|förbereda|stämmer|hör)\b)(?P<does>.+)"
)
DASHED = re.compile(r"\s[–-]\s")
SEARCHED = 4000


def read_assignments(
    points: list[DecisionPoint], zones: Iterable[Zone], layout: Layout
) -> list[Assignment]:
    """Those of the decision points first, then of action lists and prose (uncertain)."""
    found = [item for point in points for item in _in_text(point.text, point.place)]
    uncertain = {point.place for point in points if point.uncertain}
    found = [_doubted(item) if item.place in uncertain else item for item in found]
    for zone in zones:
        for block in blocks(zone.lines, layout):
            if zone.kind == "assignments":
                found.append(_listed(block))
            else:
                found += map(_doubted, _in_text(block.text, block.place))
    return found


def _doubted(found: Assignment) -> Assignment:
    return Assignment(found.text, found.place, True, assignee=found.assignee, due=found.due)


def _in_text(text: str, place: Place) -> list[Assignment]:
    found = []
    sentences = NEXT_SENTENCE.split(text[:SEARCHED])
    for index, sentence in enumerate(sentences):
        given = GIVES.search(sentence)
        received = None if given else RECEIVES.search(sentence)
        match = given or received
        if match is None:
            continue
        task = LOOSE_END.sub("", sentence[match.end() :]).strip()
        after = sentences[index + 1] if index + 1 < len(sentences) else ""
        due = _due(sentence[match.end() :], place) or (
            _due(after, place) if REPORTS.match(after) else None
        )
        who = given["assignee"] or given["other"] if given else _receiver(match["assignee"])
        if task:
            found.append(
                Assignment(task, place, received is not None or not who, assignee=who, due=due)
            )
    return found


def _receiver(before: str) -> str | None:
    """The last clause before "får i uppdrag"; None when it is too long to be a name."""
    name = CLAUSE.split(before)[-1].strip()
    return name if 0 < len(name.split()) <= RECEIVER_WORDS else None


def _due(text: str, place: Place) -> FoundDate | None:
    """When it is to be done or reported: a whole date is certain, "i september" is not."""
    found = DUE.search(text)
    if found is None:
        return None
    day = words.calendar_day(found["due"])
    return FoundDate(found["due"], place, uncertain=day is None, day=day)


def _listed(block: Block) -> Assignment:
    """One entry under a heading such as "Uppdrag": who – what – when, or who: what."""
    text, place = block.text, block.place
    parts = DASHED.split(text)
    if len(parts) == 3:
        who, task, when = parts
        day = words.calendar_day(when)
        loose = re.search(words.LOOSE_DATE, when, re.IGNORECASE)
        due = FoundDate(loose[0], place, day is None, day) if loose else None
        return Assignment(task, place, due is None, assignee=who, due=due)
    given = _in_text(text, place)
    if given:
        return given[0]
    named = IN_LIST.match(text[:SEARCHED])
    who = (named["assignee"] or named["who"]) if named else None
    task = (named["task"] or named["does"]) if named else text
    return Assignment(task.rstrip("."), place, True, assignee=who, due=_due(text, place))
