"""§ numbers and register numbers side by side: fifty writers, no gap and no duplicate."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from casework.counters import draw
from casework.db import Database
from casework.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

SECTIONS, REGISTER = "section 1 2025", "matter RUN 2025"
WRITERS, ROUNDS, ITEMS = 50, 25, 3  # each round: the §§ of a meeting, and one matter: 5,000 in all


class _Abandoned(Exception):
    pass


def test_five_thousand_numbers(database: Database, database_url: str) -> None:
    """Connections of their own, §§ drawn several at a time, every fifth try rolled back."""
    with database.unit_of_work() as session:
        organisation = Organisation(name="Region Exempel", short_name="RE")
        session.add(organisation)
        session.flush()
        organisation_id = organisation.id

    def keep(session: Session) -> tuple[int, int]:
        first = draw(session, organisation_id, SECTIONS, ITEMS)
        return first, draw(session, organisation_id, REGISTER)

    def write(_writer: int) -> list[tuple[int, int]]:
        own, kept = Database(database_url), []
        try:
            for number in range(ROUNDS):
                if number % 5 == 0:
                    _give_up(own, keep)
                with own.unit_of_work() as session:
                    drawn = keep(session)
                kept.append(drawn)
        finally:
            own.close()
        return kept

    with ThreadPoolExecutor(WRITERS) as writers:
        drawn = [pair for kept in writers.map(write, range(WRITERS)) for pair in kept]
    sections = [first + place for first, _ in drawn for place in range(ITEMS)]
    assert sorted(sections) == list(range(1, WRITERS * ROUNDS * ITEMS + 1))
    assert sorted(number for _, number in drawn) == list(range(1, WRITERS * ROUNDS + 1))


def _give_up(own: Database, keep: Callable[[Session], object]) -> None:
    with suppress(_Abandoned), own.unit_of_work() as session:
        keep(session)
        raise _Abandoned
