"""Who is given what to do, and who may do what: in decision points, action lists and prose."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from casework.documents.incoming import vocabulary as words
from casework.documents.incoming.layout import Block, Layout, blocks
from casework.documents.incoming.model import Assignment, DecisionPoint, FoundDate, Mandate
from casework.documents.incoming.people import TITLE_WORD, is_person_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casework.documents.incoming.model import Place
    from casework.documents.incoming.zones import Zone

# Without one of these stems there is nothing to look for.
GIVEN = re.compile(r"uppdr|ålägg|anmod", re.IGNORECASE)
GIVES = re.compile(
    r"\b(?:ger|ge|lämnar|lämna)\s+(?:även\s+|också\s+)?(?P<assignee>[^.;:]{2,160}?)"
    r"\s+i\s+uppdrag(?:\s+att,?|:)\s+"
    r"|\b(?:uppdrar|uppdra)\s+(?:även\s+|också\s+)?(?:åt|till)\s+(?P<other>[^.;:]{2,160}?)\s+att\s+"
    r"|\b(?:ålägger|ålägga|anmodar|anmoda)\s+(?P<third>[^.;:]{2,160}?)\s+att\s+",
    re.IGNORECASE,
)
RECEIVES = re.compile(
    r"(?P<assignee>[^.;:]{2,200}?)\s+(?:(?:får|ges|tilldelas)(?:\s+också|\s+även)?\s+i\s+uppdrag"
    r"|uppdras|åläggs|anmodas)(?:\s+att,?|:)\s+",
    re.IGNORECASE,
)
SHALL = re.compile(
    r"(?P<assignee>[^.;:]{2,120}?)\s+(?:ska|skall)\s+(?=(?:åter\w+|redovisa|rapportera|utreda"
    r"|ta\s+fram|lämna|presentera|genomföra|följa\s+upp|påbörja|upphandla|informera|undersöka"
    r"|utarbeta|föreslå|bereda|planera|inventera|se\s+över|sammanställa|komma\s+tillbaka)\b)",
    re.IGNORECASE,
)
HOLDS = re.compile(
    r"(?P<holder>[^.;:]{2,120}?)\s+(?:bemyndigas|befullmäktigas|ges\s+(?:rätt|fullmakt|delegation"
    r"|mandat|behörighet)|får\s+(?:rätt|fullmakt|mandat|delegation)|delegeras(?:\s+rätten)?"
    r"|får(?=\s+(?:teckna|underteckna|besluta|ingå|träffa|firma)\b))(?:\s+att)?\s+"
    r"|\b(?:bemyndigar?|befullmäktigar?|delegerar?(?:\s+(?:åt|till))?)\s+(?P<other>[^.;:]{2,120}?)"
    r"\s+att\s+"
    r"|\b(?:ger|ge)\s+(?P<third>[^.;:]{2,120}?)\s+(?:rätt|fullmakt|delegation|mandat|behörighet)"
    r"(?:en)?\s+att\s+",
    re.IGNORECASE,
)
# Before the receiver in its sentence: everything up to the last of these words.
CLAUSE = re.compile(r"(?:\b(?:men|att|som|så|innebär)|,\s+(?:och|samt)(?=\s+att\b))\s+")
APART = re.compile(r"\s*,\s+(?:och|samt)\s+|(?<!-)\s+(?:och|samt)\s+|(?<!-)\s*,\s+")
OFFICE = re.compile(
    r"\w*(?:förvaltning|kontor|kansli|avdelning|enhet|nämnd|styrelse|utskott|direktör|chef|bolag"
    r"|förbund|sekreterare|samordnare|handläggare|revision|beredning|presidi|ordförande|strateg"
    r"|kommun|region|verksamhet|verk|jurist|ledare|arkivarie|rektor|antikvarie|ekonom|råd"
    r"|ingenjör|arkitekt|grupp|sektion)\w*",
    re.IGNORECASE,
)
RECEIVER_WORDS = 7
LOOSE_END = re.compile(r"[.!?,;]?(?:\s+(?:och|samt))?$")
NEXT_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])")
PAST = re.compile(
    r"\b(?:beslutade|beslöt|gav|fick|fått|uppdrog|hade|gavs|givits|gett|tidigare|redan)\b", re.I
)
REPORTS = re.compile(
    r"^(?:uppdraget|återrapport|redovisning|rapporter|svar|arbetet|det ska|resultatet)", re.I
)
DUE = re.compile(
    r"(?:\bsenast(?:\s+den)?|\b(?:åter)?rapporter\w+|\bredovisa\w*|\bredovisning\w*|\bklar\w*"
    r"|\båterkom\w+|\bföre(?:\s+den)?|\binnan|\btill\s+(?:nämndens|styrelsens)?\s*"
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
    """Those of the decision points, then of action lists.

    Prose is asked only where there are no points, and what it says is uncertain: beside a
    decision it tells why, and of what was given before.
    """
    found = [
        replace(item, uncertain=item.uncertain or point.uncertain)
        for point in points
        for item in _in_point(point)
    ]
    for zone in zones:
        for block in blocks(zone.lines, layout):
            if zone.kind == "assignments":
                found.append(_listed(block))
            elif not points:
                found += (replace(i, uncertain=True) for i in _in_text(block.text, block.place))
    return found


def read_mandates(points: list[DecisionPoint]) -> list[Mandate]:
    """What somebody is given the right to do, in decision points."""
    found = []
    for point in points:
        for sentence in NEXT_SENTENCE.split(point.text.replace("\n", " ")[:SEARCHED]):
            said = HOLDS.search(sentence)
            if said is None:
                continue
            text = LOOSE_END.sub("", sentence[said.end() :]).strip()
            named = said["holder"]
            holders = _receivers(named) if named else [said["other"] or said["third"]]
            for holder in _or_nobody(holders):
                doubt = point.uncertain or holder is None or not OFFICE.search(holder)
                found.append(Mandate(text, point.place, doubt, holder=holder))
    return found


def _in_point(point: DecisionPoint) -> list[Assignment]:
    text = point.text.replace("\n", " ")
    return _in_text(text, point.place) or _to_be_done(text, point.place)


def _in_text(text: str, place: Place) -> list[Assignment]:
    found = []
    sentences = NEXT_SENTENCE.split(text[:SEARCHED])
    for index, sentence in enumerate(sentences):
        if not GIVEN.search(sentence):
            continue
        given = GIVES.search(sentence)
        match = given or RECEIVES.search(sentence)
        if match is None or PAST.search(sentence[: match.end()]):
            continue
        task = LOOSE_END.sub("", sentence[match.end() :]).strip()
        after = sentences[index + 1] if index + 1 < len(sentences) else ""
        due = _due(sentence[match.end() :], place) or (
            _due(after, place) if REPORTS.match(after) else None
        )
        named = match.groupdict()
        text_of = named["assignee"] or named.get("other") or named.get("third") or ""
        whom = _divided(text_of) if given else _receivers(text_of)
        found += _given(task, place, whom, due)
    return found


def _to_be_done(text: str, place: Place) -> list[Assignment]:
    """A point that says what somebody shall do, without the word assignment."""
    found = []
    for sentence in NEXT_SENTENCE.split(text[:SEARCHED]):
        said = SHALL.match(sentence)
        whom = _receivers(said["assignee"]) if said else []
        if said and whom and all(map(OFFICE.search, whom)):
            task = LOOSE_END.sub("", sentence[said.end() :]).strip()
            found += _given(task, place, whom, _due(sentence[said.end() :], place))
    return found


def _given(task: str, place: Place, whom: list[str], due: FoundDate | None) -> list[Assignment]:
    if not task:
        return []
    return [
        Assignment(
            task, place, not who or not (OFFICE.search(who) or is_person_name(who)),
            assignee=who, due=due,
        )
        for who in _or_nobody(whom)
    ]  # fmt: skip


def _or_nobody(whom: list[str]) -> list[str | None]:
    return [*whom] or [None]


def _receivers(before: str) -> list[str]:
    """Those named in the last clause before the verb; none when it is too long for names."""
    parts = _divided(CLAUSE.split(before)[-1])
    if len(parts) == 1:  # what is decided may stand before: "Planen antas, och chefen får ..."
        others = [part for part in APART.split(parts[0]) if part]
        while len(others) > 1 and words.DECIDES.search(others[0]):
            others = others[1:]
        parts = _divided(" och ".join(others))
    return parts if parts and all(len(part.split()) <= RECEIVER_WORDS for part in parts) else []


def _divided(named: str) -> list[str]:
    """Two or more who get the same task, each by itself where each reads as one."""
    named = named.strip(" ,")
    parts = [part for part in APART.split(named) if part]
    apart = len(parts) > 1 and all(_can_be_given(part) for part in parts)
    return parts if apart else [named] if named else []


def _can_be_given(part: str) -> bool:
    return bool(OFFICE.search(part) or TITLE_WORD.search(part) or is_person_name(part)) and not (
        part.endswith("-")
    )


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
