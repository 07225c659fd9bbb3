"""The sentence before a list of decisions: who decides, and who proposes what to whom."""

from __future__ import annotations

import re
from dataclasses import dataclass

from casework.documents.incoming.headings import BODY_WORD
from casework.documents.incoming.layout import LEADS_IN
from casework.documents.incoming.people import is_title
from casework.documents.incoming.vocabulary import ORGANISATION

LONGEST = 220
_WHO = r"(?P<who>[^.;:!?]{2,90}?)"
_BODY = rf"(?:[\w-]+ (?:och )?){{0,3}}{BODY_WORD}(?-i: [A-ZÅÄÖ]\w+)?"
_DECIDING = r"(?:besluta[rs]?|ställa sig bakom|ställer sig bakom|godkänna|anta)"
# Föreningen föreslår att nämnden beslutar / föreslår nämnden besluta / föreslås besluta.
PROPOSES = re.compile(
    rf"(?:{_WHO} )?(?:beslutar )?(?:(?:att )?föreslår?|hemställer(?: hos)?|rekommenderar"
    rf"|hemställa hos)(?: att)? (?P<to>{_BODY}),?(?: (?:att )?(?:för egen del )?{_DECIDING})?"
    r"(?: att)?:?",
    re.IGNORECASE,
)
PROPOSED = re.compile(
    rf"{_WHO} (?:föreslås|rekommenderas|uppmanas|ombeds)(?: (?:att )?{_DECIDING})?(?: att)?:?",
    re.IGNORECASE,
)
DECIDED = re.compile(
    rf"{_WHO} (?:beslutar|ställer sig bakom|beslöt|beslutade)(?:,? .{{0,60}}?)?"
    r"(?: att| följande)?[:,]?",
    re.IGNORECASE,
)
OWN_PART = re.compile(r"\bför (?:egen|sin) del\b", re.IGNORECASE)
PAST = re.compile(r"\b(?:beslutade|beslöt|föreslog|hemställde)\b|\b(?:19|20)\d\d\b", re.IGNORECASE)
OFFICIAL = re.compile(r"\w*(?:förvaltning|kontor|kansli|avdelning|enhet)\w*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Introduction:
    """`who` decides, or proposes `to` another; `stands` says that it is no story of the past."""

    who: str = ""
    to: str | None = None
    by_official: bool = False
    stands: bool = True


def introduced(text: str) -> Introduction | None:
    """What a paragraph that leads in decisions says; None when it leads in none."""
    if len(text) > LONGEST:
        return None
    stands = PAST.search(text) is None
    proposes = PROPOSES.fullmatch(text)
    if proposes:
        who = (proposes["who"] or "").strip()
        return Introduction(who, proposes["to"].strip(), _is_official(who), stands)
    if not (LEADS_IN.search(text) or text.endswith(":") or OWN_PART.search(text)):
        return None
    for pattern in (PROPOSED, DECIDED):
        found = pattern.fullmatch(text)
        if found:
            return Introduction(found["who"].strip(), stands=stands)
    if LEADS_IN.search(text) and re.search(r"\bbeslut|\bföresl", text, re.IGNORECASE):
        return Introduction(stands=stands)
    return None


def _is_official(who: str) -> bool:
    """Whether an official or an administration speaks, and no deciding body."""
    return bool(OFFICIAL.search(who) or is_title(who) or ORGANISATION.search(who))
