"""A pack is made once for all who ask, and made anew when whoever made it has died."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import casework
from casework.config import shipped
from casework.documents.pack import Attachment
from casework.errors import Conflict
from casework.meetings.reading.making import Making, Progress
from tests.documents.test_pack import PackPaper, pack_of

TEMPLATES = shipped("templates")
PATIENCE = 60  # seconds; no test waits so long


def paper(content: Any) -> PackPaper:
    return PackPaper("Bilaga", Attachment("a.txt", content))


def finish() -> None:
    """Wait for the threads that make packs."""
    for thread in threading.enumerate():
        if thread.daemon and "_make" in thread.name:
            thread.join()


def test_it_is_made_once_and_told_of(tmp_path: Path) -> None:
    """The second who asks meanwhile starts nothing; then there is a file, and no trace of it."""
    begun, going, reads = threading.Event(), threading.Event(), []

    def slow() -> bytes:
        begun.set()
        reads.append(going.wait(PATIENCE))
        return b"Hej"

    making = Making(tmp_path, "key")
    assert making.progress() is None
    making.start(pack_of(paper(slow)), TEMPLATES)
    assert begun.wait(PATIENCE)
    assert making.progress() == Progress(0, 2)
    making.start(pack_of(paper(slow)), TEMPLATES)
    going.set()
    finish()
    assert making.is_made()
    assert making.file.read_bytes().startswith(b"%PDF")
    assert making.progress() is None
    making.start(pack_of(paper(slow)), TEMPLATES)
    finish()
    assert reads == [True]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["key.lock", "key.pdf"]


def test_what_stopped_it_is_told_until_it_is_read(tmp_path: Path) -> None:
    """A refusal comes to whoever asks, with its code; then it may be tried again."""

    def gone() -> bytes:
        raise Conflict("file_damaged", sha256="0" * 64)

    making = Making(tmp_path, "key")
    making.start(pack_of(paper(gone)), TEMPLATES)
    finish()
    assert making.progress() == Progress(0, 1, "file_damaged", {"sha256": "0" * 64})
    making.forget()
    assert making.progress() is None
    assert not making.is_made()


@pytest.mark.crash
def test_a_killed_maker_is_not_waited_for(tmp_path: Path) -> None:
    """kill -9 in the middle: the next who asks has it made."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.meetings.making", str(tmp_path)],
        cwd=Path(casework.__file__).parents[1],
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == b"begun\n"
    making = Making(tmp_path, "key")
    assert making.progress() == Progress(0, 2)
    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()
    assert making.progress() is None
    making.start(pack_of(paper(lambda: b"Hej")), TEMPLATES)
    finish()
    assert making.is_made()
