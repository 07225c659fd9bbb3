"""Names and titles of people: what reads as one, and how a line divides between them."""

from __future__ import annotations

import re

from casework.documents.incoming.headings import heading_kind
from casework.documents.incoming.vocabulary import ORGANISATION, is_body_name

NAME_LENGTH = 80
PARTICLES = {
    *("von", "af", "av", "de", "del", "della", "dela", "der", "den", "di", "da", "dos", "das"),
    *("du", "el", "al", "bin", "ibn", "la", "le", "las", "los", "van", "ter", "ten", "zu", "zur"),
    *("und", "y", "e", "do", "des", "ben", "abu"),
}
MOST_NAMES = 6
PARTY = re.compile(r"\s*\([A-ZÅÄÖ][A-Za-zÅÄÖåäö]{0,4}\)$")
TITLE_WORD = re.compile(
    r"\b\w*(?:direktör(?:en)?|chef(?:en)?|handläggare|sekreterare|ordförande|strateg|utredare"
    r"|samordnare|controller|jurist|ekonom|registrator|planerare|utvecklare|rådgivare|ledare"
    r"|ansvarig|specialist|råd|assistent|koordinator|justerare|ledamot|vd|administratör"
    r"|ingenjör|arkitekt|rektor|kurator|inspektör|antikvarie|arkivarie|bibliotekarie|kanslist"
    r"|kommunikatör|föreståndare|intendent|konsult|ombudsman|revisor|hövding|sakkunnig|expert"
    r"|analytiker|pedagog|psykolog|läkare|lantmätare|geolog|biolog|ekolog|hydrolog|kamrer"
    r"|förvaltare|mästare|sköterska|terapeut|lärare|advokat|notarie|föredragande|ombud"
    r"|tekniker|mäklare|skrivare|kassör|suppleant|ersättare|huvudman|generalist|officer)\b",
    re.IGNORECASE,
)
ACTING = re.compile(r"(?:t\.?\s?f\.?|tillförordnad[e]?|vik(?:\.|arierande))\s+", re.IGNORECASE)
TITLE_FIRST = re.compile(r"\s*:\s*")
# When a name was signed may stand after its title.
DATED = re.compile(r",\s+\S*\d.*$")
SEPARATED = re.compile(r"\s*(?:,|;|\s[–—/|-])\s+")


def is_title(text: str) -> bool:
    """Whether `text` reads as an official's title."""
    if len(text) >= NAME_LENGTH or text.endswith((".", ":")):
        return False
    return bool(TITLE_WORD.search(text))


def is_person_name(text: str) -> bool:
    """Whether `text` reads as one person's name and not as a title, body or organisation."""
    if not shaped_as_name(text) or ACTING.match(text):
        return False
    other = is_title(text) or ORGANISATION.search(text) or is_body_name(text)
    return not other and not heading_kind(text)


def shaped_as_name(text: str) -> bool:
    """Whether `text` is written as names are: two to six words, capitals but for particles.

    What it means is left open: "Eva Råd" is shaped as a name, and so is "Tekniska Rådet".
    """
    words = PARTY.sub("", text).split()
    if len(text) >= NAME_LENGTH or not 2 <= len(words) <= MOST_NAMES + 2:
        return False
    names = [word for word in words if word not in PARTICLES]
    if not 2 <= len(names) <= MOST_NAMES or not words[-1][:1].isalpha():
        return False
    return _is_name(words[0]) and all(map(_is_name, names)) and len(names[0]) + len(names[-1]) > 3


def _is_name(word: str) -> bool:
    """One name: a capital first, in each part of a double one ("Carl-Gustaf", "al-Hassan")."""
    if re.fullmatch(r"[^\W\d_]\.", word):
        return word[0].isupper()
    parts = re.split(r"[-–]", word)
    named = [part for part in parts if part not in PARTICLES]
    return bool(named) and all(
        part[:1].isupper() and part.replace("'", "").replace("’", "").isalpha()
        and not (len(part) > 1 and part.isupper() and len(parts) == 1)
        for part in named
    )  # fmt: skip


def named_and_titled(text: str) -> tuple[str, str | None] | None:
    """(name, title) of "Anna Berg, chef", "Chef Anna Berg" or "Chef: Anna Berg"; None for neither.

    The title is None when only a name is written.
    """
    if is_person_name(text):
        return text, None
    for parts in (SEPARATED.split(text, maxsplit=1), TITLE_FIRST.split(text, maxsplit=1)):
        if len(parts) == 2:
            first, second = parts
            if is_person_name(first) and _may_be_title(second):
                return first, DATED.sub("", second)
            if is_person_name(second) and is_title(first):
                return second, first
    return _run_together(text)


def _may_be_title(text: str) -> bool:
    return is_title(text.split(",")[0]) or is_title(ACTING.sub("", text))


def _run_together(text: str) -> tuple[str, str | None] | None:
    """A title and a name with only a space between: the longest title that leaves a name."""
    words = text.split()
    if len(text) >= NAME_LENGTH or len(words) < 3:
        return None
    for at in range(len(words) - 2, 0, -1):
        before, after = " ".join(words[:at]), " ".join(words[at:])
        if is_title(before) and TITLE_WORD.search(words[at - 1]) and is_person_name(after):
            return after, before
    for at in range(2, len(words)):
        before, after = " ".join(words[:at]), " ".join(words[at:])
        if words[at][0].islower() and is_person_name(before) and is_title(after):
            return before, after
    return None
