"""A road on which somebody is told, and what they find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.inbox.models import InboxEntry
from casework.mail.models import Message
from tests.demo.conftest import road_of, world
from tests.meetings.conftest import table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from casework.app import Casework
    from casework.demo.road import Road
    from casework.demo.world import World
    from casework.people.models import Person

__all__ = ["table", "world"]


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    return road_of(world, tmp_path)


def entries(road: Road, person: Person) -> Sequence[InboxEntry]:
    """What the person has been told, the oldest first."""
    with road.casework.database.read() as session:
        statement = select(InboxEntry).filter_by(person_id=person.id).order_by(InboxEntry.id)
        return session.scalars(statement).all()


def standing(road: Road, person: Person) -> list[tuple[str, str]]:
    """What still stands for the person: its kind and its reason, the oldest first."""
    return [(each.kind, each.reason) for each in entries(road, person) if not each.settled_at]


def letters(road: Road, person: Person, mail: str = "") -> list[Message]:
    """The letters to the person, of one kind if named, the oldest first."""
    with road.casework.database.read() as session:
        statement = select(Message).filter_by(to_address=person.email).order_by(Message.id)
        return [each for each in session.scalars(statement) if each.key.startswith(mail)]
