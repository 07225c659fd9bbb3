"""A process that ticks: beside a server until that is gone, or as a worker until it is ended."""

from __future__ import annotations

import os
import signal
import threading

from casework.app import installation, now
from casework.background import start_ticking
from casework.config import load_settings
from casework.private import keep_to_oneself

WATCH_SECONDS = 1.0


def tick(parent: int | None = None) -> None:
    """Run the jobs by the clock until a signal, or until process `parent` is gone.

    Any number may tick at once on PostgreSQL: each row is taken by one of them.
    """
    keep_to_oneself()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    scheduler = start_ticking(installation(load_settings()), now)
    while parent in (None, os.getppid()) and not ended.wait(WATCH_SECONDS):
        pass
    scheduler.shutdown(wait=True)
