"""Whatever the program keeps is for its own user: files 0600, folders 0700, whatever the umask."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import casework
from casework.app import installation
from casework.background import remind
from casework.config import load_settings
from casework.documents.store import FileStore
from casework.mail.transports import Envelope, open_transport
from casework.meetings.reading.making import Making, Progress
from casework.private import made, tighten
from casework.schema import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(casework.__file__).parents[1]


@pytest.fixture(autouse=True)
def _open_to_all() -> Iterator[None]:
    """The most careless umask there is."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """What others may read or write, the folder itself among it."""
    return [
        f"{path.relative_to(folder)} {stat.S_IMODE(path.lstat().st_mode):o}"
        for path in (folder, *folder.rglob("*"))
        if stat.S_IMODE(path.lstat().st_mode) & 0o077
    ]


def test_the_command_makes_nothing_that_others_read(tmp_path: Path) -> None:
    """Database, key and backup, made by the command as it is started."""
    data = tmp_path / "data"
    environ = {"PATH": os.environ["PATH"], "CASEWORK_DATA_DIR": str(data)}

    def run(*arguments: str) -> None:
        command = [sys.executable, "-m", "casework.cli", *arguments]
        subprocess.run(command, cwd=ROOT, env=environ, check=True, umask=0, capture_output=True)

    who = ("--name", "Ada", "--organisation", "Region Exempel", "--role", "registrar")
    run("user", "add", "ada@example.org", *who)
    (tmp_path / "backups").mkdir(mode=0o700)
    run("backup", str(tmp_path / "backups/whole.tar"))
    assert {"casework.db", "secret-key"} <= {path.name for path in data.iterdir()}
    assert open_to_others(data) == []
    assert open_to_others(tmp_path / "backups") == []


def test_what_is_written_while_it_runs_is_closed_from_the_start(tmp_path: Path) -> None:
    """Without the command's umask too: in a server of another kind, the modes are explicit."""
    settings = load_settings({"CASEWORK_DATA_DIR": str(tmp_path / "data")})
    upgrade(settings.database_url)
    running = installation(settings)
    remind(running, datetime(2026, 1, 2, tzinfo=UTC))
    with running.database.unit_of_work():
        letter = Envelope("1", "a@example.org", ["b@example.org"], b"Subject: x\r\n\r\nHej")
        open_transport(settings.mail_url).send(letter)
        FileStore(settings.files_dir).put(b"en handling")
        Making(made(settings.packs_dir), "a" * 64)._tell(Progress(0, 1))
        assert len(list(settings.data_dir.rglob("*.eml"))) == 1
        assert open_to_others(settings.data_dir) == []
    running.database.close()


def test_what_was_left_open_is_closed_at_the_start(tmp_path: Path) -> None:
    """An installation of an earlier version; links and what lies elsewhere stay as they are."""
    settings = load_settings({"CASEWORK_DATA_DIR": str(tmp_path / "data")})
    upgrade(settings.database_url)
    letters, elsewhere = settings.data_dir / "mail", tmp_path / "elsewhere"
    letters.mkdir()
    elsewhere.write_text("mitt")
    (letters / "1.eml").write_text("Hej")
    (letters / "link").symlink_to(elsewhere)
    FileStore(settings.files_dir).put(b"en handling")
    for path in (settings.data_dir, *settings.data_dir.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o777 if path.is_dir() else 0o666)
    installation(settings).database.close()
    assert [each for each in open_to_others(settings.data_dir) if "link" not in each] == []
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o666


def test_a_shared_folder_is_left_alone(tmp_path: Path) -> None:
    """A folder like /tmp, and what others keep in it, is none of ours."""
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "theirs").write_text("x")
    shared.chmod(0o1777)
    tighten([shared])
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777
    assert stat.S_IMODE((shared / "theirs").stat().st_mode) == 0o666
