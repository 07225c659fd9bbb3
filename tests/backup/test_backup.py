"""A backup comes back whole, on either engine; a damaged one changes nothing."""

from __future__ import annotations

import io
import tarfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from casework.app import Casework, installation
from casework.audit.verify import verify
from casework.backup import backup, restore
from casework.config import Settings, load_settings
from casework.context import STOCKHOLM
from casework.demo.world import found_organisation, furnish
from casework.errors import Conflict, Invalid, NotFound, Refusal
from casework.matters.models import Matter
from casework.matters.service import register
from casework.people.models import Body, Person

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOMENT = datetime(2025, 1, 2, 8, tzinfo=STOCKHOLM)
SECRET = "s" * 40


@pytest.fixture
def settings_in(tmp_path: Path) -> Callable[[str, str], Settings]:
    """Settings with a data folder of their own, on the database given."""

    def make(name: str, url: str) -> Settings:
        environ = {"CASEWORK_DATA_DIR": str(tmp_path / name), "CASEWORK_DATABASE_URL": url}
        if not url.startswith("sqlite"):
            environ["CASEWORK_SECRET_KEY"] = SECRET
        return load_settings(environ)

    return make


def filled(settings: Settings) -> None:
    """A small world: an organisation, its people, a matter with a stored file."""
    casework = installation(settings)
    with casework.acting(0, moment=MOMENT) as context:
        organisation_id = found_organisation(context)
    with casework.acting(organisation_id, moment=MOMENT) as context:
        world = furnish(context, "")
        first, *_, last = context.session.scalars(select(Body).order_by(Body.id))
        first.parent_id, last.parent_id = last.id, None  # a parent that was added later
        matter = register(context, kind="decision", title="Ett ärende", body=world.committee)
        context.services.press.receive(context, matter, b"inneh\xc3\xa5ll", "brev.txt")
    casework.database.close()


@pytest.fixture
def kept(
    database_url: str, settings_in: Callable[[str, str], Settings], tmp_path: Path
) -> tuple[Settings, Path]:
    """An installation with its backup."""
    settings = settings_in("first", database_url)
    filled(settings)
    file = tmp_path / "whole.tar"
    backup(settings, file, MOMENT)
    return settings, file


def test_a_backup_comes_back_whole(
    kept: tuple[Settings, Path],
    sqlite_maker: Any,
    settings_in: Callable[[str, str], Settings],
) -> None:
    """Every row and file is there again, and the record still proves itself."""
    first, file = kept
    with sqlite_maker.fresh(empty=True) as url:
        second = settings_in("second", url)
        if not first.embedded:  # the key travels by hand where it was given by hand
            second = load_settings({**second.as_environ(), "CASEWORK_SECRET_KEY": SECRET})
        report = restore(second, file)
        again = load_settings({**second.as_environ(), "CASEWORK_SECRET_KEY": first.secret_key})
        casework = installation(again)
        assert report.files == 1
        assert counts(casework) == (10, 1)
        with casework.database.read() as session:
            assert verify(session, casework.services.audit.key).breaks == ()
        casework.database.close()


def test_sqlite_becomes_postgresql(
    sqlite_maker: Any,
    postgres_maker: Any,
    settings_in: Callable[[str, str], Settings],
    tmp_path: Path,
) -> None:
    """Moving to more machines is a backup and a restore; new rows get numbers after the old."""
    with sqlite_maker.fresh() as small, postgres_maker.fresh(empty=True) as large:
        first = settings_in("small", small)
        filled(first)
        backup(first, tmp_path / "b.tar", MOMENT)
        environ = {**settings_in("large", large).as_environ()}
        second = load_settings({**environ, "CASEWORK_SECRET_KEY": first.secret_key})
        restore(second, tmp_path / "b.tar")
        casework = installation(second)
        with casework.acting(1, moment=MOMENT) as context:
            person = Person(organisation_id=1, name="Ny", sort_key="ny")
            context.session.add(person)
            context.session.flush()
            assert person.id == 11
        casework.database.close()


def test_only_an_empty_installation_takes_a_backup(kept: tuple[Settings, Path]) -> None:
    """What is there is never mixed with what was."""
    settings, file = kept
    with pytest.raises(Conflict, match="restore_not_empty"):
        restore(settings, file)


def damaged(file: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> None:
    """The same tar with each member as `change` wants it."""
    with tarfile.open(file) as tar:
        members = [(each.name, tar.extractfile(each).read()) for each in tar]  # type: ignore[union-attr]
    with tarfile.open(file, "w") as tar:
        for name, content in members:
            new_name, new_content = change(name, content)
            entry = tarfile.TarInfo(new_name)
            entry.size = len(new_content)
            tar.addfile(entry, io.BytesIO(new_content))


@pytest.mark.parametrize(
    "change",
    [
        lambda name, content: (
            (name, content + b" ") if name.endswith("matter.jsonl") else (name, content)
        ),
        lambda name, content: ("../../stranger", content) if "files/" in name else (name, content),
        lambda name, content: (name, b"{}") if name == "manifest.json" else (name, content),
        lambda name, content: (name, content[:-1]) if "files/" in name else (name, content),
    ],
    ids=["changed row", "path out", "no manifest", "cut file"],
)
def test_a_damaged_backup_changes_nothing(
    sqlite_maker: Any,
    settings_in: Callable[[str, str], Settings],
    tmp_path: Path,
    change: Callable[[str, bytes], tuple[str, bytes]],
) -> None:
    """One sentence, and the empty installation is as empty as before."""
    with sqlite_maker.fresh() as one, sqlite_maker.fresh(empty=True) as other:
        first = settings_in("first", one)
        filled(first)
        backup(first, tmp_path / "b.tar", MOMENT)
        damaged(tmp_path / "b.tar", change)
        second = settings_in("second", other)
        with pytest.raises(Invalid, match=r"backup_(damaged|unreadable)"):
            restore(second, tmp_path / "b.tar")
        casework = installation(second)
        assert counts(casework) == (0, 0)
        casework.database.close()
        assert not (tmp_path / "stranger").exists()


@pytest.mark.parametrize("content", [b"", b"no tar at all", b"PK\x03\x04"])
def test_what_is_no_backup_is_refused(
    sqlite_maker: Any,
    settings_in: Callable[[str, str], Settings],
    tmp_path: Path,
    content: bytes,
) -> None:
    """Any other file, or none."""
    (tmp_path / "odd").write_bytes(content)
    with sqlite_maker.fresh(empty=True) as url:
        settings = settings_in("empty", url)
        with pytest.raises(Refusal, match="backup_unreadable"):
            restore(settings, tmp_path / "odd")
        with pytest.raises(NotFound, match="backup_missing"):
            restore(settings, tmp_path / "nowhere")


def test_a_backup_is_secret(kept: tuple[Settings, Path]) -> None:
    """Only its owner reads it: it may hold the installation's key."""
    assert kept[1].stat().st_mode & 0o777 == 0o600


def counts(casework: Casework) -> tuple[int, int]:
    """How many persons and matters there are."""
    with casework.database.read() as session:
        people = session.scalar(select(func.count()).select_from(Person)) or 0
        matters = session.scalar(select(func.count()).select_from(Matter)) or 0
    return people, matters
