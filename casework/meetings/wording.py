"""How meetings are written in Swedish documents: days, times, people and sections."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casework.context import STOCKHOLM

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from casework.meetings.models import Meeting

NBSP = "\u00a0"

_WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)
_CAPACITIES = {"chair": ", ordförande", "vice_chair": ", vice ordförande"}


def long_date(day: date) -> str:
    """`tisdag 10 juni 2025`."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day}{NBSP}{_MONTHS[day.month - 1]} {day.year}"


def says_day(text: str, day: date) -> bool:
    """Whether a text says the day, as `2025-10-01` or as `1 oktober 2025`."""
    spaced = text.replace(NBSP, " ")
    in_words = rf"(?<!\d){day.day} {_MONTHS[day.month - 1]} {day.year}(?!\d)"
    return day.isoformat() in spaced or re.search(in_words, spaced) is not None


def in_the_act(statute: str) -> dict[str, str] | None:
    """`KL 6:28–32` as its chapter and sections, for a text that cites them in full; None for ""."""
    chapter, _colon, sections = statute.removeprefix("KL ").partition(":")
    return {"chapter": chapter, "sections": sections} if sections else None


def clock(moment: datetime) -> str:
    """`09.00`, in Stockholm."""
    return moment.astimezone(STOCKHOLM).strftime("%H.%M")


def time_of(meeting: Meeting) -> str:
    """`kl. 09.00–11.45` as summoned, or only the start where no end was planned."""
    return _span(meeting.starts_at, meeting.ends_at)


def hours_of(meeting: Meeting) -> str:
    """`kl. 09.00–11.50, ajournering kl. 10.00–10.20` as it was held, for the minutes."""
    held = _span(meeting.starts_at, meeting.ended_at)
    breaks = [
        f"kl.{NBSP}{clock(each.began_at)}–{clock(each.ended_at)}"
        for each in meeting.breaks
        if each.ended_at is not None
    ]
    return ", ajournering ".join(filter(None, (held, enumerate_names(breaks))))


def _span(start: datetime, end: datetime | None) -> str:
    return f"kl.{NBSP}{clock(start)}" + (f"–{clock(end)}" if end else "")


def section_range(numbers: Sequence[int]) -> str:
    """`45–52`, `45`, or nothing."""
    if not numbers:
        return ""
    first, last = min(numbers), max(numbers)
    return str(first) if first == last else f"{first}–{last}"


def capacity(name: str, code: str) -> str:
    """`Namn (S), ordförande`."""
    return name + _CAPACITIES.get(code, "")


def with_title(name: str, title: str) -> str:
    """`Namn, regional utvecklare`; a name that says the title itself stands alone."""
    if not title or name.casefold().startswith(title.casefold()):
        return name
    is_abbreviated = title[1:2].isupper()  # VD, IT-chef
    return f"{name}, {title if is_abbreviated else title[0].lower() + title[1:]}"


def task_of(text: str) -> str:
    """What is to be done, without the words that give the assignment and without full stop."""
    _given, _by, task = text.rpartition(" i uppdrag att ")
    task = task.strip().rstrip(".")
    return task[:1].upper() + task[1:]


def stamp(moment: datetime) -> str:
    """`2025-06-10 kl. 14.05`, in Stockholm."""
    local = moment.astimezone(STOCKHOLM)
    return f"{local:%Y-%m-%d} kl.{NBSP}{local:%H.%M}"


def enumerate_names(names: Sequence[str]) -> str:
    """`A`, `A och B`, or `A, B och C`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} och {names[-1]}"


def section_ranges(numbers: Sequence[int]) -> str:
    """`45–47, 49`: every run of §§ in one."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(section_range(run) for run in runs)


def in_a_sentence(name: str) -> str:
    """`regionala utvecklingsnämnden`; a name with more capitals stays: Kommunalt Forum, AU."""
    return name if name[1:] != name[1:].lower() else name[:1].lower() + name[1:]


def proposal_of_body(name: str) -> str:
    """`Arbetsutskottets förslag`; a name that ends in s, x or z is its own genitive; "" for ""."""
    ending = "" if name.endswith(("s", "x", "z")) else "s"
    return f"{name}{ending} förslag" if name else ""
