"""What a crash left half-written is cleared away, and nothing else ever is."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from casework.accounts.limits import Lane, count
from casework.background import tidy
from casework.config import load_settings
from casework.documents.store import FileStore
from casework.once import Answer, Key, keep, take
from casework.people.models import Organisation, Person

if TYPE_CHECKING:
    from pathlib import Path

    from casework.db import Database

MOMENT = datetime(2025, 6, 10, 2, 30, tzinfo=UTC)


@pytest.fixture
def casework(tmp_path: Path, database: Database) -> Any:
    settings = load_settings({"CASEWORK_DATA_DIR": str(tmp_path)})
    return SimpleNamespace(settings=settings, database=database)


def aged(path: Path, age: timedelta) -> Path:
    """A file at `path`, written so long before the moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    written = (MOMENT - age).timestamp()
    os.utime(path, (written, written))
    return path


def test_only_old_leftovers_go(casework: Any) -> None:
    """Stored files, files being written and whatever else lies there stay, however old."""
    folder = casework.settings.files_dir
    stored = FileStore(folder)
    kept = [
        aged(stored.path(stored.put(b"old")), timedelta(days=900)),
        aged(folder / "ab" / ".new-today", timedelta(hours=23)),
        aged(folder / "ab" / "notes.txt", timedelta(days=900)),
        aged(folder / ".new-elsewhere", timedelta(days=900)),
    ]
    old = aged(folder / "ab" / ".new-crashed", timedelta(hours=25))
    assert tidy(casework, MOMENT) == 1
    assert not old.exists()
    assert all(path.exists() for path in kept)


def test_packs_that_nobody_asks_for_go(casework: Any) -> None:
    """A finished one after a week, what a dead maker left after a day; what lives stays."""
    folder = casework.settings.packs_dir
    kept = [
        aged(folder / "a.pdf", timedelta(days=6)),
        aged(folder / "b.json", timedelta(hours=23)),
        aged(folder / "b.lock", timedelta(hours=23)),
        aged(folder / "notes.txt", timedelta(days=900)),
    ]
    gone = [
        aged(folder / "c.pdf", timedelta(days=8)),
        *(aged(folder / f"d.{end}", timedelta(days=2)) for end in ("part", "new", "json", "lock")),
    ]
    picture = aged(folder / "casework-pack-x" / "1.svg", timedelta(days=2))
    written = picture.stat().st_mtime
    os.utime(picture.parent, (written, written))
    assert tidy(casework, MOMENT) == 6
    assert not any(path.exists() for path in [*gone, picture.parent])
    assert all(path.exists() for path in kept)


def test_nothing_stored_yet(casework: Any) -> None:
    """A new installation has no folder of files to tidy."""
    assert tidy(casework, MOMENT) == 0


def test_keys_go_when_they_protect_nothing_any_more(
    casework: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batch by batch; a key that may still be sent again stays, and an old one is unused again."""
    monkeypatch.setattr("casework.once.TIDIED_AT_ONCE", 2)
    monkeypatch.setattr("casework.background.TIDIED_AT_ONCE", 2)
    with casework.database.unit_of_work() as session:
        session.add(Organisation(name="Region Exempel", short_name="RE"))
        session.flush()
        session.add(Person(organisation_id=1, name="Ada", sort_key="ada"))
        session.flush()
        for number, days in enumerate((1, 1, 1, 1, 1, 0)):
            key = Key(1, 1, f"key-{number}", "same", timedelta(days=1))
            assert take(session.connection(), key, MOMENT - timedelta(days=days)) is None
            keep(session.connection(), key, Answer(201, {"Location": "/1"}))
    assert tidy(casework, MOMENT) == 5
    with casework.database.unit_of_work() as session:
        kept = Key(1, 1, "key-5", "same", timedelta(days=1))
        assert take(session.connection(), kept, MOMENT) == Answer(201, {"Location": "/1"})
        late = MOMENT + timedelta(days=1)
        assert take(session.connection(), kept, late) is None


def test_accounts_are_tidied_too(casework: Any) -> None:
    """What was tried in vain a day ago counts no longer, and is not kept."""
    lane = Lane("source", "203.0.113.9")
    with casework.database.unit_of_work() as session:
        count(session, [lane], MOMENT - timedelta(days=1))
        count(session, [Lane("source", "203.0.113.10")], MOMENT - timedelta(hours=23))
    assert tidy(casework, MOMENT) == 1
    assert tidy(casework, MOMENT) == 0
