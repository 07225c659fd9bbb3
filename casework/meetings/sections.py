"""The sections of an agenda: which one an item belongs to, where that puts it, what is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm.attributes import set_committed_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from casework.meetings.models import AgendaItem, Meeting
    from casework.people.models import Body

CLOSING = "closing"  # the section of template items that stay last, of a body without sections


def section_for(body: Body, item_type: str, wanted: str = "") -> str:
    """The body's section that is wanted, else the one that takes such items, else its last.

    What a template merely calls closing, and is nothing but a formality, is for the last one. A
    body without sections of its own has the one wanted.
    """
    titles = [each["title"] for each in body.agenda_sections]
    if not titles or wanted in titles:
        return wanted
    fitting = [e["title"] for e in body.agenda_sections if e["item_type"] == item_type]
    if not fitting or (wanted == CLOSING and item_type == "formality"):
        return str(titles[-1])
    return str(fitting[0])


def in_sections(body: Body, items: Iterable[AgendaItem]) -> list[AgendaItem]:
    """The items section by section, within each in the order they had."""
    return sorted(items, key=lambda item: _rank(body, item.section))


def insert(meeting: Meeting, item: AgendaItem) -> None:
    """Put an item, new or moved, last in its section, before what waits in a later one.

    After the summons it takes the number after the last one: what was summoned keeps its own.
    """
    if meeting.summoned_at is not None and item.summoned_number is None:
        item.summoned_number = max((each.number for each in meeting.agenda), default=0) + 1
    own = _rank(meeting.body, item.section)
    ordered = [each for each in meeting.agenda if each is not item]
    later = [
        _rank(meeting.body, each.section) > own
        and each.outcome == "pending"
        and each.minutes_item is None
        for each in ordered
    ]
    place = later.index(True) if True in later else len(later)
    ordered.insert(place, item)
    if item in meeting.agenda:
        set_committed_value(meeting, "agenda", ordered)
    else:
        meeting.agenda.insert(place, item)
    for position, each in enumerate(ordered, start=1):
        each.position = position


def headed(items: Sequence[AgendaItem]) -> Iterator[tuple[str, AgendaItem]]:
    """Each item with the heading to print above it, "" where the section goes on or has none."""
    before = ""
    for item in items:
        section = "" if item.section == CLOSING else item.section
        yield ("" if section == before else section), item
        before = section


def _rank(body: Body, section: str) -> int:
    titles = [each["title"] for each in body.agenda_sections]
    return titles.index(section) if section in titles else len(titles) + (section == CLOSING)
