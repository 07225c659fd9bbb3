"""The web under gunicorn, with the scheduler in a process of its own beside it.

Sync workers: threads that write to SQLite at once have bad tails. The scheduler watches its
parent and ends with it, so that a server that was killed leaves nothing running.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from casework.app import create_app, installation, now
from casework.background import start_ticking

if TYPE_CHECKING:
    from flask import Flask

    from casework.config import Settings

WATCH_SECONDS = 1.0


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self._settings)


def serve_web(settings: Settings, host: str, port: int, *, workers: int, ticking: bool) -> None:
    """Serve until ended by a signal."""
    if ticking:
        ticker = multiprocessing.get_context("spawn").Process(
            target=tick, args=(settings, os.getpid()), daemon=True
        )
        ticker.start()
    options = {
        "bind": f"{host}:{port}",
        "workers": workers,
        "worker_class": "sync",
        "loglevel": "warning",
        "timeout": 60,
        "limit_request_line": 8190,
        "control_socket_disable": True,
    }
    _Server(settings, options).run()


def tick(settings: Settings, parent: int) -> None:
    """The scheduler's process: ticks until its parent is gone."""
    scheduler = start_ticking(installation(settings), now)
    ended = threading.Event()
    try:
        while os.getppid() == parent:
            ended.wait(WATCH_SECONDS)
    except KeyboardInterrupt:
        pass
    scheduler.shutdown(wait=True)
