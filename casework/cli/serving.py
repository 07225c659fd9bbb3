"""The server: the socket, and the processes that answer on it and tick beside it.

What keeps them is a program begun anew, in the same process, which holds nothing but that: the
installation was opened to see that it is in order, and takes a hundred megabytes.
"""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING

from casework.cli.supervising import Kept, supervise
from casework.errors import Conflict
from casework.logs import configure
from casework.private import keep_to_oneself

if TYPE_CHECKING:
    from casework.config import Settings

BACKLOG = 1024


def listening(host: str, port: int) -> socket.socket:
    """A socket that callers may wait on already; raises Conflict if the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        raise Conflict("port_taken", host=host, port=port) from error


def serve_web(settings: Settings, own: socket.socket, *, workers: int, ticking: bool) -> None:
    """Serve until ended by a signal. Who calls while a process is begun anew just waits."""
    own.set_inheritable(True)
    _become(settings, f"keep_web({own.fileno()}, {workers}, {ticking})")


def work(settings: Settings) -> None:
    """Run the jobs by the clock until ended by a signal."""
    _become(settings, "keep_jobs()")


def keep_web(listening_on: int, workers: int, ticking: bool) -> None:
    """Keep the processes that answer on a socket, and the one that ticks."""
    answering = f"from casework.cli.answering import answer; answer({listening_on}, {{pulse}})"
    kept = [Kept("web", answering, (listening_on,)) for _ in range(workers)]
    _keep([*kept, _ticker()] if ticking else kept)


def keep_jobs() -> None:
    """Keep the process that ticks."""
    _keep([_ticker()])


def _ticker() -> Kept:
    return Kept("jobs", "from casework.cli.ticking import tick; tick({pulse})")


def _keep(kept: list[Kept]) -> None:
    keep_to_oneself()
    configure()
    supervise(kept, os.environ)


def _become(settings: Settings, call: str) -> None:
    """Go on as a program begun anew, with the same number and the same settings."""
    sys.stdout.flush()
    sys.stderr.flush()
    command = [sys.executable, "-c", f"from casework.cli import serving; serving.{call}"]
    os.execve(sys.executable, command, {**os.environ, **settings.as_environ()})  # noqa: S606 (our own program, no shell)
