"""What /readyz tells: each part well or not, in numbers and codes, on any number of machines."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, update

from casework import background
from casework.errors import Unavailable
from casework.jobs import health
from casework.jobs.models import Tick
from casework.jobs.rhythm import RHYTHMS
from casework.mail import transports
from casework.mail.models import Message
from tests.demo.conftest import NOW, world
from tests.jobs.conftest import Clock
from tests.mail.conftest import organisation, post

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.app import Casework
    from casework.jobs.health import Part

__all__ = ["organisation", "post", "world"]


@pytest.fixture
def casework(world: Any) -> Casework:
    """The furnished region, whose jobs have all just run."""
    made: Casework = world[0]
    for name in background.JOBS:
        background.run_job(made, name, Clock())
    return made


def told(casework: Casework, later: timedelta = timedelta()) -> dict[str, Part]:
    parts = health.readiness(casework.settings, casework.database, NOW + later)
    return {part.name: part for part in parts}


def unwell(casework: Casework, later: timedelta = timedelta()) -> dict[str, Any]:
    return {
        name: part.detail.get("trouble")
        for name, part in told(casework, later).items()
        if not part.ok
    }


def test_all_is_well(casework: Casework) -> None:
    """Every part that the operator is promised is told, and all are well."""
    parts = told(casework)
    jobs = {f"job_{name}" for name in ("deliver", "remind", "watch", "anchor", "tidy")}
    assert parts.keys() >= {"database", "files", "queue", "anchor"} | jobs
    assert unwell(casework) == {}
    assert parts["job_deliver"].detail["age"] == 0
    assert set(RHYTHMS) == set(background.JOBS)


def test_what_is_told_is_numbers_and_codes(casework: Casework) -> None:
    """The page is open to the network: no address, no name, no path."""
    for part in told(casework).values():
        for value in part.detail.values():
            assert value is None or isinstance(value, int) or re.fullmatch(r"[a-z0-9_]+", value)


def test_nobody_has_ever_started_a_scheduler(world: Any) -> None:
    """The web alone, without a worker: said at once, not after a day."""
    found = unwell(world[0])
    assert {name for name, why in found.items() if why == "never_run"} == {
        f"job_{name}" for name in RHYTHMS
    }


def test_the_ticking_stops(casework: Casework) -> None:
    """Within two minutes for letters; the slower jobs follow at their own pace."""
    assert unwell(casework, timedelta(seconds=80)) == {}
    assert unwell(casework, timedelta(minutes=2)) == {"job_deliver": "not_run"}
    assert {"job_deliver", "job_remind", "job_watch"} == unwell(casework, timedelta(hours=2)).keys()
    two_days = unwell(casework, timedelta(days=2))
    assert {"job_anchor", "job_tidy", "anchor"} <= two_days.keys()


def test_a_run_that_never_ends(casework: Casework) -> None:
    """A long sweep is let be for a quarter of an hour; then it hangs, or was killed in it."""
    background.ticks.begin(casework.database, "deliver", NOW)
    with casework.database.unit_of_work() as session:
        session.execute(update(Tick).values(ended_at=NOW - timedelta(minutes=1)))
    assert "job_deliver" not in unwell(casework, timedelta(minutes=10))
    assert unwell(casework, timedelta(minutes=20))["job_deliver"] == "run_not_ended"


def test_a_job_that_fails_again_and_again(
    casework: Casework, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once is a mishap; when nothing has gone well for long it is told, with its code."""

    def broken(*_: Any) -> str:
        raise RuntimeError("x")

    monkeypatch.setitem(background.JOBS, "deliver", broken)
    background.run_job(casework, "deliver", Clock(timedelta(seconds=15)))
    part = told(casework, timedelta(seconds=15))["job_deliver"]
    assert (part.ok, part.detail["trouble"], part.detail["failures"]) == (True, "fault", 1)
    background.run_job(casework, "deliver", Clock(timedelta(minutes=10)))
    part = told(casework, timedelta(minutes=10))["job_deliver"]
    assert (part.ok, part.detail["trouble"], part.detail["failures"]) == (False, "fault", 2)
    monkeypatch.undo()
    background.run_job(casework, "deliver", Clock(timedelta(minutes=11)))
    assert "job_deliver" not in unwell(casework, timedelta(minutes=11))


def test_a_full_disk_is_told_by_the_job(
    casework: Casework, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database answers, the disk does not: the run ends, with its code."""

    def full(*_: Any) -> str:
        raise Unavailable("storage_away")

    monkeypatch.setitem(background.JOBS, "tidy", full)
    background.run_job(casework, "tidy", Clock(timedelta(hours=27)))
    assert unwell(casework, timedelta(hours=27))["job_tidy"] == "storage_away"


def test_the_board_is_not_reached(casework: Casework, monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch that sees nothing is no watch, even if it runs every minute."""
    monkeypatch.setattr(background, "watch", lambda *_: background.Watched(0, 0, reached=False))
    background.run_job(casework, "watch", Clock(timedelta(minutes=10)))
    assert unwell(casework, timedelta(minutes=10))["job_watch"] == "board_not_reached"


class TestQueue:
    """Letters leave, or somebody hears of it."""

    def test_a_letter_that_nobody_fetches(
        self, casework: Casework, letter: Callable[..., None]
    ) -> None:
        """Due since ten minutes."""
        letter()
        assert told(casework)["queue"].detail["waiting"] == 1
        later = told(casework, timedelta(minutes=10))["queue"]
        assert (later.ok, later.detail["overdue"]) == (False, 1)

    def test_a_lease_that_ran_out(self, casework: Casework, letter: Callable[..., None]) -> None:
        """Whoever took it was killed, and nobody took it over."""
        letter(state="sending", fence=1, attempts=1)
        later = told(casework, timedelta(minutes=10))["queue"]
        assert (later.ok, later.detail["stuck"]) == (False, 1)

    def test_a_mail_server_that_refuses_for_long(
        self, casework: Casework, letter: Callable[..., None]
    ) -> None:
        """The letter tries again tomorrow, so nothing is overdue; yet no letter gets out."""
        refused = {"error_code": "mail_sign_in_refused", "fence": 3, "attempts": 3}
        letter(**refused, next_attempt_at=NOW + timedelta(days=1))
        assert told(casework)["queue"].ok
        later = told(casework, timedelta(hours=2))["queue"]
        assert (later.ok, later.detail["held_back"]) == (False, 1)
        letter(key="later", state="sent", sent_at=NOW, next_attempt_at=None)
        assert told(casework, timedelta(hours=2))["queue"].ok

    def test_a_letter_that_failed_is_a_persons_to_see_to(
        self, casework: Casework, letter: Callable[..., None]
    ) -> None:
        """Counted, and no alarm: the work page shows it to those who mend addresses."""
        letter(state="failed", error_code="mail_letter_refused", next_attempt_at=None)
        part = told(casework)["queue"]
        assert (part.ok, part.detail["failed"]) == (True, 1)

    def test_every_trouble_of_a_server_is_known(self) -> None:
        """A new reason that holds back all letters is not forgotten here."""
        source = Path(transports.__file__).read_text(encoding="utf-8")
        raised = set(re.findall(r'Unreachable\(\s*"(\w+)"', source))
        assert raised == set(health.SERVER_TROUBLE)


@pytest.fixture
def letter(casework: Casework) -> Callable[..., None]:
    """Put a letter into the outbox in some state."""

    def put(**changes: Any) -> None:
        texts = dict.fromkeys(
            ["to_name", "from_name", "from_address", "reply_to", "group_name", "subject", "text"],
            "",
        )
        row = {"key": "one", "html": "", "language": "sv", "to_address": "a@example.org"}
        rest: dict[str, Any] = {"cc": [], "attachments": [], "message_id": "<1@x>"}
        moments = {"queued_at": NOW, "next_attempt_at": NOW}
        with casework.database.unit_of_work() as session:
            session.add(
                Message(organisation_id=1, **(texts | row | rest | moments | changes)),
            )

    return put


def test_tables_of_another_version(casework: Casework, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program was exchanged and the database not yet upgraded."""
    monkeypatch.setattr(health, "_newest", lambda: "9999")
    assert "database" in unwell(casework)


def test_files_that_cannot_be_written(casework: Casework, tmp_path: Path) -> None:
    """A file stands where the store should be, as good as a volume that is not mounted."""
    blocked = tmp_path / "blocked"
    blocked.write_bytes(b"")
    object.__setattr__(casework.settings, "data_dir", blocked)
    assert unwell(casework)["files"] == "storage_away"


def test_little_room_left(casework: Casework, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told before the disk is full."""
    monkeypatch.setattr(health, "LEAST_FREE", 2**62)
    assert unwell(casework)["files"] == "storage_full"


def test_the_anchor_of_yesterday_is_missing(casework: Casework) -> None:
    """The record is sealed each night; an organisation without is told, also before its first."""
    assert told(casework, timedelta(days=1))["anchor"].ok
    late = told(casework, timedelta(days=2))["anchor"]
    assert (late.ok, late.detail) == (False, {"age_days": 2, "missing": 1})
    with casework.database.unit_of_work() as session:
        session.execute(delete(health.AuditAnchor))
    assert told(casework)["anchor"].detail == {"age_days": None, "missing": 1}
