"""Who took part in which §§, as the first page of the minutes lists them (KL 5:66, 5:67 p. 5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casework.meetings.table.roll import Present, present_at
from casework.meetings.wording import NBSP, capacity, section_ranges, with_title

if TYPE_CHECKING:
    from collections.abc import Collection

    from casework.meetings.models import Meeting

_ELECTED = ("chair", "vice_chair", "member")


@dataclass(frozen=True)
class FirstPage:
    """The lines of the roll; somebody who was not there for every § has theirs written out."""

    deciding: tuple[str, ...] = ()
    serving: tuple[str, ...] = ()
    substitutes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()


@dataclass
class _Line:
    """One person in one capacity, with the §§ in which they took part so."""

    present: Present
    sections: list[int] = field(default_factory=list)


def first_page(meeting: Meeting, sections: Collection[int] = ()) -> FirstPage:
    """The roll from who took part in each item, or in these §§ alone."""
    numbered = {
        item.minutes_item.section_number: present_at(item)
        for item in meeting.agenda
        if item.minutes_item is not None
        and (not sections or item.minutes_item.section_number in sections)
    }
    lines: dict[tuple[int, str, int], _Line] = {}
    remote: dict[int, _Line] = {}
    for number, present in numbered.items():
        for each in present:
            for_id = each.serves_for.id if each.serves_for else 0
            key = (each.person.id, each.capacity, for_id)
            lines.setdefault(key, _Line(each)).sections.append(number)
            if each.is_remote:
                remote.setdefault(each.person.id, _Line(each)).sections.append(number)
    every = sorted(numbered)
    return FirstPage(
        deciding=_listed(lines, _ELECTED, every),
        serving=_listed(lines, ("serving_substitute",), every),
        substitutes=_listed(lines, ("substitute",), every),
        others=_listed(lines, ("other",), every),
        remote=tuple(
            each.present.person.name_with_party + _which(each.sections, every)
            for each in remote.values()
        ),
    )


def _listed(
    lines: dict[tuple[int, str, int], _Line], capacities: tuple[str, ...], every: list[int]
) -> tuple[str, ...]:
    chosen = [each for each in lines.values() if each.present.capacity in capacities]
    chosen.sort(key=lambda each: capacities.index(each.present.capacity))
    return tuple(_called(each.present) + _which(each.sections, every) for each in chosen)


def _called(present: Present) -> str:
    if present.capacity == "other":
        return with_title(present.person.name, present.person.title)
    name = capacity(present.person.name_with_party, present.capacity)
    return f"{name} för {present.serves_for.name_with_party}" if present.serves_for else name


def _which(sections: list[int], every: list[int]) -> str:
    if sections == every:
        return ""
    sign = "§" if len(sections) == 1 else "§§"
    return f", {sign}{NBSP}{section_ranges(sections)}"
