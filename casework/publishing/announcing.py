"""The gate before an assembly's announcement (KL 5:13-15): what goes up is what was looked at."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import object_session

from casework.errors import Stale, Unseen
from casework.meetings.models import Meeting
from casework.publishing.queries import announcement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.publishing.queries import Announced

# The steps of a meeting with which its agenda goes up on the board.
STEPS = ("summon", "summon_late", "supplement")


class AnnouncementChanged(Stale):
    """Something else would go up than what was looked at."""


def announced_with(subject: Any, trigger: str) -> list[Announced]:
    """What goes up on the board with a step of an assembly's meeting; nothing for another step."""
    if not isinstance(subject, Meeting) or trigger not in STEPS:
        return []
    session = object_session(subject)
    if session is None or not subject.body.legal.law.summons_is_public:
        return []
    return announcement(session, subject)


def checksum_of(lines: Sequence[Announced]) -> str:
    """The SHA-256 by which somebody says which announcement they have seen, in hexadecimal."""
    told = json.dumps([asdict(line) for line in lines], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def require_seen(subject: Any, trigger: str, seen: str) -> None:
    """Raise Unseen, or AnnouncementChanged, unless `seen` is of what goes up with the step."""
    lines = announced_with(subject, trigger)
    if not lines:
        return
    if not seen:
        raise Unseen("announcement_unseen")
    if seen != checksum_of(lines):
        raise AnnouncementChanged("announcement_changed")
