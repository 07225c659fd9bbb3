"""The small world of the deadline tests: one organisation, an official and a manager."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from casework.context import STOCKHOLM
from casework.db import Database
from casework.deadlines import service
from casework.deadlines.models import Deadline
from casework.people.models import Organisation, Person


def at(day: str, clock: str = "12:00") -> datetime:
    """A moment by the clock in Stockholm."""
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=STOCKHOLM)


@dataclass(frozen=True)
class World:
    """The database with the ids that deadlines hang on."""

    database: Database
    organisation_id: int
    official_id: int
    manager_id: int

    def which(self, subject_id: int = 1, name: str = "report_back") -> dict[str, Any]:
        return {
            "organisation_id": self.organisation_id,
            "subject_type": "assignment",
            "subject_id": subject_id,
            "name": name,
        }

    def start_on(self, due_on: str, *, moment: datetime, subject_id: int = 1, **plan: Any) -> int:
        """Start a report-back for the official; gives the deadline's id."""
        with self.database.unit_of_work() as session:
            return service.start_on(
                session,
                due_on=date.fromisoformat(due_on),
                moment=moment,
                responsible_person_id=self.official_id,
                escalate_to_person_id=self.manager_id,
                **self.which(subject_id),
                **plan,
            ).id

    def states(self, deadline_id: int) -> tuple[str, dict[int, str]]:
        """The deadline's state, and each reminder's by its offset in days."""
        with self.database.read() as session:
            deadline = session.get_one(Deadline, deadline_id)
            return deadline.state, {r.offset_days: r.state for r in deadline.reminders}


@pytest.fixture
def world(database: Database) -> World:
    with database.unit_of_work() as session:
        organisation = Organisation(name="Region Provlandet", short_name="RP")
        session.add(organisation)
        session.flush()
        official, manager = (
            Person(organisation_id=organisation.id, name=name, sort_key=name)
            for name in ("Handläggaren", "Områdeschefen")
        )
        session.add_all([official, manager])
        session.flush()
        return World(database, organisation.id, official.id, manager.id)
