"""What a change of words touches: amounts and days, names, outcomes; nothing but text goes in.

The model is FL 36: what is corrected is an obvious slip. The words of a decision are read as a
careful secretary would, and in doubt it is asked: too many questions cost a tick in a box, too few
cost another decision than the one that was taken (JO 2571-1999, JO 3339-2013).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

KINDS = ("amount", "name", "outcome")

# Below this share of common words it is another text, not a slip in the one that was.
ALIKE = 0.5
# From here on two words are one word, spelled otherwise.
SPELLED = 0.72

_WORD = re.compile(r"[^\W\d_]+(?:[-:’'][^\W\d_]+)*")
# Every word that says how something ends, by what it says. A stem is followed by any ending.
_OUTCOMES = {
    "no": r"avsl[åao]\w*|avvis\w*|avstyrk\w*|förkast\w*|neka\w*|vägra\w*|ogill\w*|underkän\w*",
    "undo": r"upphäv\w*|återkall\w*|annuller\w*|ändra[rs]?|ersätt(?:a|er|s)|lägg\w* ne[dr]",
    "yes": (
        r"godkänn\w*|bif(?:all|öll)\w*|anta(?:r|s|gna?|gits?)?|bevilja\w*|fastställ\w*|tillstyrk\w*"
        r"|medge\w*|ställ\w* sig bakom|anslå\w*|tilldela\w*|avsätt\w*|utse\w*|välj\w*|inrätta\w*"
    ),
    "task": r"i uppdrag|uppdra\w*",
    "later": r"bordl[aä][gd]\w*|återremi\w*|återförvis\w*|skjut\w* upp|vila\w*",
    "heard": r"noter\w*|till handlingarna|avskriv\w*|anteckna\w*|besvara\w*",
    "proposes": r"föresl\w*|rekommender\w*",
    "not": r"inte|ej|icke|aldrig|inga|inget|ingen|utan",
}
_OUTCOME = re.compile(
    r"\b(?:" + "|".join(f"(?P<{name}>{stems})" for name, stems in _OUTCOMES.items()) + r")\b",
    re.IGNORECASE,
)
_NUMBER_WORDS = (
    *("noll", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"),
    *("tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio", "hälften"),
    *("hundra", "tusen", "miljon", "miljoner", "miljard", "miljarder", "tkr", "mkr", "mnkr"),
    *("mdkr", "procent", "promille", "kronor", "kr", "euro", "dag", "dagar", "vecka", "veckor"),
    *("månad", "månader", "år", "januari", "februari", "mars", "april", "maj", "juni", "juli"),
    *("augusti", "september", "oktober", "november", "december"),
)
_NUMBER = r"(?<![\w])[-−]?\d(?:[\d.,:\s\u00a0\u202f/–-]*\d)?"
_AMOUNT = re.compile(_NUMBER + r"|[%‰]|\b(?:" + "|".join(_NUMBER_WORDS) + r")\b", re.IGNORECASE)
# Who is not named by a name: the posts and bodies that a decision is addressed to.
_POST = re.compile(
    r"(direktör|chef|sekreterare|ordförande|ledamot|ledamöter|nämnd|styrelse|utskott|fullmäktige"
    r"|presidi|kommun|region|bolag|förening|förvaltning|myndighet|stiftelse|förbund|företag|länet"
    r"|sökande|handläggare|förvaltare|skola|församling)(?:e?n|et|um|iet|ar|er|or|na|erna)?s?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Touched:
    """What a change touches: one of KINDS, what stood there and what is to stand there."""

    kind: str
    before: str
    after: str


def says_why(reason: str) -> bool:
    """Whether a reason says more than one word: not `Rättelse.`, nor that word twice."""
    words = {word.casefold() for word in _WORD.findall(reason) if len(word) > 1}
    return len(words) >= 2 and len(reason.strip()) >= 10


def touched(
    before: Sequence[str], after: Sequence[str], names: Iterable[str] = ()
) -> list[Touched]:
    """What the change touches that is asked twice, text by text in order; `names` are known ones.

    Texts are compared place by place, so that two amounts that change places are found.
    """
    found: list[Touched] = []
    for old, new in zip(before, after, strict=False):
        if old != new:
            found += _touched_in(old, new, tuple(names))
    for extra in (*before[len(after) :], *after[len(before) :]):
        found.append(Touched("outcome", *((extra, "") if extra in before else ("", extra))))
    return list(dict.fromkeys(found))


def another_outcome(before: Sequence[str], after: Sequence[str]) -> Touched | None:
    """The first text that decides something else than it did, or is another text; None for a slip.

    `before` and `after` are the texts of the decision: its lead-in and each point.
    """
    if len(before) != len(after):
        whole = ("\n".join(before), "\n".join(after))
        return Touched("outcome", *whole)
    for old, new in zip(before, after, strict=True):
        if old != new and (_decides_otherwise(old, new) or not _is_alike(old, new)):
            return Touched("outcome", old, new)
    return None


def denies(text: str) -> bool:
    """Whether a decision's words say no to what was asked."""
    return any(kind in ("no", "not") and word != "utan" for kind, word in _outcomes(text))


def _touched_in(old: str, new: str, names: tuple[str, ...]) -> Iterator[Touched]:
    amounts = _amounts(old), _amounts(new)
    if amounts[0] != amounts[1]:
        yield Touched("amount", *_told(*amounts, (_numbers(old), _numbers(new))))
    called = _names(old, new, names), _names(new, old, names)
    if called[0] != called[1]:
        yield Touched("name", *_told(*called))
    ends = [word for _kind, word in _outcomes(old)], [word for _kind, word in _outcomes(new)]
    if ends[0] != ends[1]:
        yield Touched("outcome", *_told(*ends))


def _told(
    old: list[str], new: list[str], written: tuple[list[str], list[str]] | None = None
) -> tuple[str, str]:
    """What differs of two lists, each as one line; `written` is how they stand in the texts."""
    shown = written or (old, new)
    sides: tuple[list[str], list[str]] = ([], [])
    for kind, i, j, k, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            sides[0].extend(shown[0][i:j])
            sides[1].extend(shown[1][k:end])
    return ", ".join(sides[0]), ", ".join(sides[1])


def _amounts(text: str) -> list[str]:
    """Every number, day, share and unit in its order; `40 000` and `40000` are one."""
    return [re.sub(r"[\s\u00a0\u202f]", "", each).casefold() for each in _numbers(text)]


def _numbers(text: str) -> list[str]:
    """The same as they are written."""
    return [" ".join(each.split()) for each in _AMOUNT.findall(text)]


def _outcomes(text: str) -> list[tuple[str, str]]:
    """What is said of how it ends, in order: the kind of outcome, and the word."""
    return [(str(each.lastgroup), each.group().casefold()) for each in _OUTCOME.finditer(text)]


def _decides_otherwise(old: str, new: str) -> bool:
    """Whether other kinds of outcome are said; a word that was only misspelt is no other."""
    before, after = _outcomes(old), _outcomes(new)
    kinds = [kind for kind, _word in before], [kind for kind, _word in after]
    if kinds[0] == kinds[1]:
        return False
    known = [word for _kind, word in before]
    removed = [word for word in _changed(old, new) if word not in known]
    added = [word for kind, word in after if (kind, word) not in before]
    gone = [word for kind, word in before if (kind, word) not in after]
    if gone:
        return True
    return not all(any(_is_spelling(each, word) for each in removed) for word in added)


def _is_spelling(old: str, new: str) -> bool:
    return old != new and SequenceMatcher(None, old, new).ratio() >= SPELLED


def _changed(text: str, other: str) -> list[str]:
    """The words of a text that the other does not have in their place, in lower case."""
    return [word.casefold() for word in _differing(text, other)]


def _differing(text: str, other: str) -> list[str]:
    return [word for word, _is_plain in _differences(text, other)]


def _differences(text: str, other: str) -> Iterator[tuple[str, bool]]:
    """Each word that the other text does not have in its place; plain if its capital says nothing.

    So says the first of a sentence that is written anew. Where the rest of the sentence stands,
    the one word that was put in its place may be a name.
    """
    found, others = list(_WORD.finditer(text)), _WORD.findall(other)
    words = [each.group() for each in found]
    starts = [
        not (before := text[: each.start()].rstrip(" –")) or before[-1] in ".!?:\n"
        for each in found
    ]
    pairs = SequenceMatcher(None, words, others, autojunk=False).get_opcodes()
    for kind, i, j, _k, _end in pairs:
        is_anew = j - i > 2 or j == len(words)
        if kind != "equal":
            yield from ((words[at], starts[at] and is_anew) for at in range(i, j))


def _names(text: str, other: str, known: tuple[str, ...]) -> list[str]:
    """The known names in a text, and what looks like a name or a post and is not in the other."""
    folded = text.casefold()
    found = [name for name in known if name and name.casefold() in folded]
    theirs = {word.casefold() for word in _differing(other, text)}
    for word, is_plain in _differences(text, other):
        is_named = (word[:1].isupper() and not is_plain) or _POST.search(word)
        if is_named and word.casefold() not in theirs and not _OUTCOME.fullmatch(word):
            found.append(word)
    return found


def _is_alike(old: str, new: str) -> bool:
    """Whether most of the words are the same; a few words may all be spelled otherwise."""
    words = _WORD.findall(old.casefold()), _WORD.findall(new.casefold())
    if SequenceMatcher(None, *words, autojunk=False).ratio() >= ALIKE:
        return True
    return SequenceMatcher(None, old.casefold(), new.casefold(), autojunk=False).ratio() >= 0.8
