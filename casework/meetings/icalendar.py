"""Writing a calendar as RFC 5545 wants it: escaped, folded at 75 octets, every moment in UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST_LINE = 75  # octets, without the line break (RFC 5545 3.1)
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_ESCAPED = {ord(sign): f"\\{sign}" for sign in "\\;,"}


@dataclass(frozen=True)
class Event:
    """Something in a calendar: from a moment to a moment (aware), or a whole day (`starts`, a
    date). `uid` stays the same as long as the thing exists, `sequence` grows when it changes."""

    uid: str
    summary: str
    starts: datetime | date
    changed_at: datetime
    sequence: int
    ends: datetime | None = None
    place: str = ""
    description: str = ""
    url: str = ""
    is_cancelled: bool = False


def calendar(name: str, events: Iterable[Event]) -> bytes:
    """The whole calendar as text/calendar, UTF-8. The same events give the same bytes."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Casework//Casework//SV",
        "CALSCALE:GREGORIAN",
        f"NAME:{escape(name)}",
        f"X-WR-CALNAME:{escape(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        *(line for event in events for line in _event(event)),
        "END:VCALENDAR",
    ]
    return b"".join(fold(line) for line in lines)


def escape(text: str) -> str:
    """A TEXT value (3.3.11): signs of the format escaped, unwritable ones left out."""
    clean = _UNWRITABLE.sub("", _LINE_BREAK.sub("\n", text))
    return clean.translate(_ESCAPED).replace("\n", "\\n")


def fold(line: str) -> bytes:
    """The line with its break, in pieces of at most 75 octets; no character is cut in two."""
    pieces, piece = [], b""
    for sign in line:
        octets = sign.encode()
        if len(piece) + len(octets) > LONGEST_LINE:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{_utc(event.changed_at)}"
    yield f"LAST-MODIFIED:{_utc(event.changed_at)}"
    yield f"SEQUENCE:{event.sequence}"
    yield from _time(event)
    yield f"SUMMARY:{escape(event.summary)}"
    if event.place:
        yield f"LOCATION:{escape(event.place)}"
    if event.description:
        yield f"DESCRIPTION:{escape(event.description)}"
    if event.url:
        yield f"URL:{event.url}"
    yield f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}"
    yield "END:VEVENT"


def _time(event: Event) -> Iterator[str]:
    """A day of its own occupies nobody; an end at the start is no end (3.6.1)."""
    if not isinstance(event.starts, datetime):
        yield f"DTSTART;VALUE=DATE:{event.starts:%Y%m%d}"
        yield "TRANSP:TRANSPARENT"
        return
    yield f"DTSTART:{_utc(event.starts)}"
    if event.ends is not None and event.ends > event.starts:
        yield f"DTEND:{_utc(event.ends)}"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
