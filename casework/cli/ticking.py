"""The scheduler's own process: ticks until the server that started it is gone."""

from __future__ import annotations

import os
import signal
import sys
import threading

from casework.app import installation, now
from casework.background import start_ticking
from casework.config import load_settings

WATCH_SECONDS = 1.0


def tick(parent: int) -> None:
    """Run the jobs by the clock while process `parent` lives."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    scheduler = start_ticking(installation(load_settings()), now)
    while os.getppid() == parent and not ended.wait(WATCH_SECONDS):
        pass
    scheduler.shutdown(wait=True)


if __name__ == "__main__":
    tick(int(sys.argv[1]))
