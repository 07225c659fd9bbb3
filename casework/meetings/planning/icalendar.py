"""Meetings and days as a calendar (RFC 5545), every moment in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from casework.text.door import cleaned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from icalendar import Event as Entry

REFRESHED = timedelta(hours=6)


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
    from icalendar import Calendar  # eighty modules, which few processes need

    whole = Calendar()
    whole.add("prodid", "-//Casework//Casework//SV")
    whole.add("version", "2.0")
    whole.add("calscale", "GREGORIAN")
    whole.add("name", cleaned(name))
    whole.add("x-wr-calname", cleaned(name))
    whole.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
    whole.add("x-published-ttl", "PT6H")
    for event in events:
        whole.add_component(_entry(event))
    return bytes(whole.to_ical())


def _entry(event: Event) -> Entry:
    from icalendar import Event as Entry

    entry = Entry()
    entry.add("uid", event.uid)
    entry.add("dtstamp", event.changed_at.astimezone(UTC))
    entry.add("last-modified", event.changed_at.astimezone(UTC))
    entry.add("sequence", event.sequence)
    _add_time(entry, event)
    texts = {
        "summary": event.summary,
        "location": event.place,
        "description": event.description,
        "url": event.url,
    }
    for field, text in texts.items():
        if text:
            entry.add(field, cleaned(text))
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    return entry


def _add_time(entry: Entry, event: Event) -> None:
    """A day of its own occupies nobody; an end at the start is no end (3.6.1)."""
    if not isinstance(event.starts, datetime):
        entry.add("dtstart", event.starts)
        entry.add("transp", "TRANSPARENT")
        return
    entry.add("dtstart", event.starts.astimezone(UTC))
    if event.ends is not None and event.ends > event.starts:
        entry.add("dtend", event.ends.astimezone(UTC))
