"""A change of what was decided as it is read before it is saved, and what of it is asked twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.documents.minutes_item import item_checksum, item_text
from casework.meetings.minutes.mending import told
from casework.web.frame.language import reader_language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casework.documents.contexts import MinutesItem as Content
    from casework.meetings.minutes.changes import Touched


@dataclass(frozen=True)
class Review:
    """What a change makes of a §, to be read before it is saved; `touched` is asked twice."""

    before: str
    after: str
    checksum: str
    touched: list[tuple[str, list[str]]]


def review_of(before: Content, after: Content, found: Iterable[Touched]) -> Review:
    """The two wordings, and by kind in words what is asked twice."""
    kinds: dict[str, list[str]] = {}
    for each in found:
        kinds.setdefault(each.kind, []).append(told(each)[reader_language()])
    return Review(item_text(before), item_text(after), item_checksum(after), list(kinds.items()))
