"""Keeps the processes of a server or a worker going: one that ends or hangs is begun anew.

Each is a fresh program, for the typesetter's threads do not survive a fork, and tells every second
by a pipe that it is well. The pipe is also how it learns that this process is gone.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from casework.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BEAT_SECONDS = 1.0
LOOK_SECONDS = 0.2
SILENT_SECONDS = 60.0  # so long unwell, and it is taken to hang
SETTLED_SECONDS = 60.0  # having lived so long, it is begun anew at once
LONGEST_PAUSE = 30.0  # between two beginnings of one that cannot live
GRACE_SECONDS = 30.0  # to finish what was begun, when all are to end
WELL, UNWELL = b"+", b"-"

log = get_logger(__name__)


@dataclass
class Kept:
    """A process that is kept going: `call` is Python, in which {pulse} is where it tells."""

    name: str
    call: str
    fds: tuple[int, ...] = ()
    _process: subprocess.Popen[bytes] | None = None
    _pulse: int = -1
    _begun: float = 0.0
    _well: float = 0.0
    _pause: float = 0.0
    _again_at: float = field(default=0.0)

    def tend(self, environ: Mapping[str, str]) -> None:
        """Begin it, begin it anew, or end it if it hangs; whatever is due."""
        if self._process is None:
            if monotonic() >= self._again_at:
                self._begin(environ)
        elif (code := self._process.poll()) is not None:
            self._bury(self._process.pid, code)
        elif self._hangs():
            log.error("process_hangs", name=self.name, pid=self._process.pid)
            self._process.kill()

    def terminate(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def wait(self, until: float) -> None:
        """Until it has ended; at the moment `until` of the monotonic clock it is killed."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, until - monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("process_killed", name=self.name, pid=self._process.pid)
            self._process.kill()
            self._process.wait()
        os.close(self._pulse)
        self._process = None

    def _begin(self, environ: Mapping[str, str]) -> None:
        self._pulse, theirs = os.pipe()
        os.set_blocking(self._pulse, False)
        os.set_blocking(theirs, False)
        command = [sys.executable, "-c", self.call.format(pulse=theirs)]
        self._process = subprocess.Popen(  # noqa: S603 (our own program, no shell)
            command, env=environ, pass_fds=(theirs, *self.fds)
        )
        os.close(theirs)
        self._begun = self._well = monotonic()

    def _bury(self, pid: int, code: int) -> None:
        """Note that it has ended, and when to begin it again: later each time it lived briefly."""
        lived = monotonic() - self._begun
        self._pause = 0.0 if lived >= SETTLED_SECONDS else min(LONGEST_PAUSE, 2 * self._pause + 0.5)
        self._again_at = monotonic() + self._pause
        log.error("process_ended", name=self.name, pid=pid, code=code, again_in=self._pause)
        os.close(self._pulse)
        self._process = None

    def _hangs(self) -> bool:
        try:
            if WELL in os.read(self._pulse, 4096):
                self._well = monotonic()
        except BlockingIOError:
            pass
        return monotonic() - self._well > SILENT_SECONDS


def supervise(kept: Sequence[Kept], environ: Mapping[str, str]) -> None:
    """Keep them going until a signal ends this process, and them with it."""
    ended = ended_by_signal()
    while not ended.wait(LOOK_SECONDS):
        for one in kept:
            one.tend(environ)
    for one in kept:
        one.terminate()
    until = monotonic() + GRACE_SECONDS
    for one in kept:
        one.wait(until)


def ended_by_signal() -> Event:
    """Set when this process is asked to end."""
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    return ended


def beat(pulse: int, *, well: bool) -> bool:
    """Tell the one that keeps this process how it is; False when that one is gone."""
    try:
        os.write(pulse, WELL if well else UNWELL)
    except BlockingIOError:  # it does not look, as when it is stopped in a terminal
        return True
    except BrokenPipeError:
        return False
    return True
