"""Numbers have neither gap nor duplicate, however many draw at once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from casework.counters import draw
from casework.people.models import Organisation

if TYPE_CHECKING:
    from casework.db import Database

WRITERS, EACH = 50, 20


@pytest.fixture
def organisation_id(database: Database) -> int:
    with database.unit_of_work() as session:
        session.add(Organisation(name="Region Exempel", short_name="RE"))
        session.flush()
        return 1


def test_fifty_writers_at_once(database: Database, organisation_id: int) -> None:
    """Fifty threads draw a thousand numbers: 1 to 1000, each once."""
    drawn: list[int] = []

    def write() -> None:
        for _ in range(EACH):
            with database.unit_of_work() as session:
                drawn.append(draw(session, organisation_id, "matter RUN 2025"))

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(drawn) == list(range(1, WRITERS * EACH + 1))


def test_a_roll_back_gives_the_number_back(database: Database, organisation_id: int) -> None:
    """A number that nobody kept is drawn by the next."""
    with pytest.raises(RuntimeError), database.unit_of_work() as session:
        draw(session, organisation_id, "section 1 2025", 5)
        raise RuntimeError
    with database.unit_of_work() as session:
        assert draw(session, organisation_id, "section 1 2025", 5) == 1
        assert draw(session, organisation_id, "section 1 2025") == 6
        assert draw(session, organisation_id, "section 1 2026") == 1
