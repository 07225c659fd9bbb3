"""Who acts in these tests, and when."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.accounts.models import User
from casework.accounts.sessions import Lifetime
from casework.context import SYSTEM, Actor
from tests.demo.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.world import World
    from casework.people.models import Person

    World_ = tuple[Casework, World]

LIFETIME = Lifetime(idle=timedelta(hours=8), life=timedelta(days=7))
MINUTE = timedelta(minutes=1)


@contextmanager
def acting(world: World_, who: str = "", moment: datetime = NOW) -> Iterator[Context]:
    """In the name of somebody of the cast, or of the system."""
    casework, made = world
    person: Person | None = getattr(made.cast, who) if who else None
    actor = Actor(person.id, person.name) if person else SYSTEM
    with casework.acting(made.organisation_id, actor, moment) as context:
        yield context


def account(context: Context, world: World_, who: str) -> User:
    """The account of somebody of the cast."""
    person = getattr(world[1].cast, who)
    return context.session.scalars(select(User).where(User.person_id == person.id)).one()
