"""A pack in the making: set by a thread, told of in a file, and kept until its papers change.

A large pack takes a minute, longer than a page may. Every process of the server reads how far it
has come. Whoever makes it holds a lock that the system takes away with the process: what a dead
one left half-made is made anew by the next who asks, and never waited for.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from casework.documents.pack import PackMaker
from casework.errors import Refusal
from casework.logs import get_logger
from casework.meetings.reading.pack import fingerprint
from casework.private import FILE, made, opener

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from casework.context import Context
    from casework.documents.pack import PackContext
    from casework.meetings.models import AgendaItem, Meeting

log = get_logger(__name__)


@dataclass(frozen=True)
class Progress:
    """How many steps of all are done; `problem` is the code of what went wrong, with `params`."""

    done: int
    steps: int
    problem: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def making_of(context: Context, meeting: Meeting, items: Sequence[AgendaItem]) -> Making:
    """The pack of these items of the meeting, made or not: one for each set of papers."""
    folder = context.services.settings.packs_dir
    made(folder)
    return Making(folder, fingerprint(context, meeting, items))


class Making:
    """One pack by its `key`: its `file` when it is done, and beside it how far it has come."""

    def __init__(self, folder: Path, key: str) -> None:
        self.key = key
        self.file = folder / f"{key}.pdf"
        self._folder = folder
        self._told = folder / f"{key}.json"
        self._lock = folder / f"{key}.lock"

    def is_made(self) -> bool:
        """Whether its file is there; it is then kept for as long again as packs are."""
        try:
            os.utime(self.file)
        except FileNotFoundError:
            return False
        return True

    def progress(self) -> Progress | None:
        """How far it has come, or what stopped it; None if nobody makes it."""
        try:
            told = Progress(**json.loads(self._told.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        if told.problem:
            return told
        probe = self._locked(fcntl.LOCK_SH)
        if probe is None:
            return told
        os.close(probe)
        return None

    def start(self, content: PackContext, templates_dir: Path) -> Progress:
        """Make it, in a thread of its own, unless somebody else has begun meanwhile."""
        begun = Progress(0, 1)
        lock = self._locked(fcntl.LOCK_EX)
        if lock is None:
            return begun
        if self.file.exists():
            os.close(lock)
            return begun
        os.utime(self._lock)
        self._tell(begun)
        maker = PackMaker(templates_dir, workshop=self._folder)
        thread = threading.Thread(target=self._make, args=(lock, maker, content), daemon=True)
        thread.start()
        return begun

    def forget(self) -> None:
        """What stopped it has been told: the next who asks has it made anew."""
        self._told.unlink(missing_ok=True)

    def _locked(self, how: int) -> int | None:
        """An open file with the lock, None where another has it. It is not inherited."""
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, FILE)
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor

    def _make(self, lock: int, maker: PackMaker, content: PackContext) -> None:
        try:
            pack = maker.make(content, lambda done, steps: self._tell(Progress(done, steps)))
            unfinished = self.file.with_suffix(".part")
            with open(unfinished, "wb", opener=opener) as file:
                file.write(pack)
            unfinished.rename(self.file)
            self.forget()
        except Refusal as refusal:
            self._tell(Progress(0, 1, refusal.code, refusal.params))
        except Exception:
            log.exception("pack_failed")
            self._tell(Progress(0, 1, "pack_failed"))
        finally:
            os.close(lock)

    def _tell(self, progress: Progress) -> None:
        unfinished = self._told.with_suffix(".new")
        with open(unfinished, "w", encoding="utf-8", opener=opener) as file:
            json.dump(asdict(progress), file, default=str)
        unfinished.rename(self._told)
