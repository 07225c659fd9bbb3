"""The web under gunicorn, with the scheduler in a process of its own beside it.

Sync workers: threads that write to SQLite at once have bad tails.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from casework.app import create_app

if TYPE_CHECKING:
    from flask import Flask

    from casework.config import Settings


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
        # It watches this process and ends with it, even if this one is killed.
        subprocess.Popen(  # noqa: S603 (our own program, no shell)
            [sys.executable, "-c", f"from casework.cli.ticking import tick; tick({os.getpid()})"],
            env={**os.environ, **settings.as_environ()},
        )
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
