"""Begins to make the pack "key" in the folder that is the argument, and never comes to its end."""

from __future__ import annotations

import sys
from pathlib import Path

from casework.config import shipped
from casework.documents.pack import Attachment
from casework.meetings.reading.making import Making
from tests.documents.test_pack import PackPaper, pack_of


def waiting() -> bytes:
    """Says that it has come so far, and waits for what is never sent."""
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    return sys.stdin.buffer.read()


paper = PackPaper("Bilaga", Attachment("a.txt", waiting))
Making(Path(sys.argv[1]), "key").start(pack_of(paper), shipped("templates"))
sys.stdin.buffer.read()
