"""From lines to zones: what each heading of a document opens, and where a list ends."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casework.documents.incoming.headings import (
    RECIPIENTS_INLINE,
    ZoneKind,
    heading_kind,
)
from casework.documents.incoming.layout import (
    ATT_CLAUSE,
    BULLET,
    ENDED,
    EXPECTS_MORE,
    FULL,
    LEADS_IN,
    NUMBER,
    Layout,
    columns,
)
from casework.documents.incoming.people import (
    is_person_name,
    is_title,
    named_and_titled,
    shaped_as_name,
)
from casework.documents.incoming.vocabulary import DECIDES, PAPER, PHONE

if TYPE_CHECKING:
    from casework.documents.incoming.model import Line, Place

HEADING_LENGTH = 70
SIGNING_LINES = 12
SENTENCE_WORDS = 8
LONGEST_ENTRY = 120
INLINE_SECTION = 60
# Where every line stands for itself.
LISTS: set[ZoneKind] = {"recipients", "signatures", "attachments"}
ATTACHMENT = re.compile(
    r"bilag(?:a|or)(?:\s+(?:nr\.? ?)?(?:\d{1,2}[a-z]?|[A-Z])(?=$|[\s.:–—)-]))?"
    r"(?:\s*[.:–—)-]\s*|\s+(?=[^\W\da-zåäö]|[”\"])|$)(?P<title>.*)",
    re.IGNORECASE,
)
CONTACT = re.compile(
    r"@|\bwww\.|\b(?:tfn|tel|telefon|mobil|besöksadress|postadress|org\.? ?nr|box \d)\b"
    r"|\d{3} ?\d\d ",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Zone:
    """A heading and the lines under it; the zone before any heading has none.

    `level` is what the file says of its heading and `numbered` that Word counts it, `left` the
    lines of a list that are no entries.
    """

    kind: ZoneKind
    heading: str | None
    place: Place
    lines: list[Line] = field(default_factory=list)
    uncertain: bool = False
    level: int | None = None
    numbered: bool = False
    left: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Around:
    """A line with its neighbours that hold text, and the empty lines before it and after it."""

    line: Line
    before: Line | None
    after: Line | None
    gap: int
    room: int
    left: int


def zones(lines: list[Line], layout: Layout) -> list[Zone]:
    """The text cut at its headings; a heading known only by its looks makes its zone uncertain."""
    filled = [index for index, line in enumerate(lines) if line.text]
    if not filled:
        return []
    found = [Zone("section", None, lines[filled[0]].place)]
    for order, index in enumerate(filled):
        following = filled[order + 1] if order + 1 < len(filled) else None
        at = _Around(
            lines[index],
            lines[filled[order - 1]] if order else None,
            None if following is None else lines[following],
            index - filled[order - 1] - 1 if order else 0,
            0 if following is None else following - index - 1,
            len(filled) - order,
        )
        zone, rest = _opened(at, found[-1], layout)
        if at.gap:
            found[-1].lines += [at.line.saying("")] * at.gap
        if zone:
            zone.numbered = at.line.marker is not None
            found.append(zone)
        if zone is None or rest:
            found[-1].lines.append(at.line.saying(rest) if rest else at.line)
    return found


def _opened(at: _Around, current: Zone, layout: Layout) -> tuple[Zone | None, str]:
    """The zone that a line opens, and what of the line belongs in it."""
    line = at.line
    if line.table or (line.marker and not _headed_item(line, current)):
        return None, ""
    listed = current.kind in LISTS
    opens = listed or line.soft or layout.opens(at.before, line, at.gap)
    if not opens:
        return None, ""
    zone, rest = _known_zone(line)
    if zone and zone.kind == "section" and listed and not _stands_out(at, current):
        zone, rest = None, ""  # an entry that is also a word for a part
    if zone is None:
        zone, rest = _attached(at, current)
    if zone is None and listed:
        zone = _after_list(at, current)
        rest = line.text if zone else ""
    elif zone is None and not line.soft and not (at.before and is_person_name(at.before.text)):
        zone = _looked_zone(at, current, layout)
    return zone, rest


def _headed_item(line: Line, current: Zone) -> bool:
    """Whether a numbered paragraph is a heading: by its style, by what only headings say, or as
    the heading before it was one."""
    kind = heading_kind(line.text)
    known = kind is not None and (line.bold or current.numbered)
    return line.level is not None or kind == "proposal" or known


def _stands_out(at: _Around, current: Zone) -> bool:
    """Whether a line in a list is set as a heading: by its style, or by the space before it."""
    apart = at.gap > (1 if at.line.whole else 0)
    phrase = " " in at.line.text and current.kind != "attachments"
    return apart or phrase or at.line.level is not None or at.line.bold


def _known_zone(line: Line) -> tuple[Zone | None, str]:
    """The zone that a known or styled heading opens, and what follows it on the same line."""
    heading, colon, rest = line.text.partition(":")
    if not line.text[0].isupper() and not line.text[0].isdigit() and line.level is None:
        return None, ""
    kind = heading_kind(line.text)
    if kind:
        return Zone(kind, line.text.removesuffix(":").strip(), line.place, level=line.level), ""
    kind = heading_kind(heading) if colon else None
    if kind and (kind != "section" or len(rest) > INLINE_SECTION):
        return Zone(kind, heading.strip(), line.place), rest.strip()
    if line.level is not None:
        return Zone("section", line.text, line.place, level=line.level), ""
    inline = RECIPIENTS_INLINE.match(line.text)
    if inline and len(line.text) <= LONGEST_ENTRY and " som " not in line.text:
        zone = Zone("recipients", inline[0], line.place, uncertain=True)
        return zone, line.text[inline.end() :].strip().removesuffix(".")
    return None, ""


def _attached(at: _Around, current: Zone) -> tuple[Zone | None, str]:
    """A line such as "Bilaga 1. Karta" that stands for itself."""
    text = at.line.text
    stands = at.gap > 0 or current.kind in LISTS or at.line.whole
    named = ATTACHMENT.match(text)
    if not named or not stands or len(text) > LONGEST_ENTRY or current.kind == "attachments":
        return None, ""
    sentence = ENDED.search(text) and len(text.split()) > SENTENCE_WORDS
    return (None, "") if sentence else (Zone("attachments", None, at.line.place), text)


def _after_list(at: _Around, current: Zone) -> Zone | None:
    """The zone of a line that cannot belong to the list before it."""
    text = at.line.text
    if current.kind != "signatures" and _signs(at, current):
        return Zone("signatures", None, at.line.place, uncertain=True)
    if current.kind == "signatures":
        is_prose = _is_sentence(text) and not CONTACT.search(text)
        return Zone("section", None, at.line.place) if is_prose else None
    if current.kind == "attachments" and current.heading is None and not ATTACHMENT.match(text):
        return Zone("section", None if _is_sentence(text) else text, at.line.place, uncertain=True)
    foot = at.gap > 0 and all(CONTACT.search(c) or PAPER.fullmatch(c) for c in columns(text))
    if _is_sentence(text) or foot:
        return Zone("section", None, at.line.place)
    return None


def _signs(at: _Around, current: Zone) -> bool:
    """Whether a name that stands apart signs, and is no entry of the list before it."""
    if BULLET.match(at.line.text) or NUMBER.match(at.line.text) or at.line.marker:
        return False
    cells = columns(at.line.text)
    if not all(map(named_and_titled, cells)):
        return False
    entries = [line.text for line in current.lines if line.text]
    # Each paragraph of Word has a gap after it: there a list of others must come before.
    apart = any(map(named_and_titled, entries)) is False if at.line.whole else at.gap > 0
    if apart and entries and any((named_and_titled(cell) or ("", None))[1] for cell in cells):
        return True
    under = columns(at.after.text) if at.after and at.room <= at.line.whole else []
    return bool(under) and all(is_title(each) and not shaped_as_name(each) for each in under)


def _is_sentence(text: str) -> bool:
    words = len(text.split())
    return len(text) > LONGEST_ENTRY or (words >= SENTENCE_WORDS and text.endswith((".", ":")))


def _looked_zone(at: _Around, current: Zone, layout: Layout) -> Zone | None:
    """A zone whose heading shows only by its looks."""
    line, after = at.line, at.after
    if after is None:
        return None
    near_end = at.left <= SIGNING_LINES
    if near_end and line.text.isupper() and all(map(is_person_name, columns(after.text))):
        return Zone("signatures", None, line.place)
    if _looks_like_heading(at, after, layout, decides=current.kind in {"decision", "proposal"}):
        return Zone("section", line.text, line.place, uncertain=True)
    return None


def _looks_like_heading(at: _Around, after: Line, layout: Layout, *, decides: bool) -> bool:
    text = at.line.text
    short = len(text) <= min(HEADING_LENGTH, FULL * layout.width)
    plain = not re.search(r"[.,:;!?@–-]$", text) and len(columns(text)) == 1
    leads = LEADS_IN.search(text) or EXPECTS_MORE.search(text) or ATT_CLAUSE.match(text)
    alone = at.gap > 0 and at.room > 0 and not at.line.whole
    stands_out = at.line.bold or (alone and ENDED.search(after.text) is not None)
    followed = after.text[0].isupper() and (len(after.text) > len(text) or stands_out)
    return bool(
        short
        and plain
        and not leads
        and followed
        and text[0].isupper()
        and not named_and_titled(text)
        and not CONTACT.search(text)
        and not PHONE.search(text)
        and not (decides and DECIDES.search(text))
    )
