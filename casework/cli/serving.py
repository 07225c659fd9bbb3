"""The server: the socket, and the processes that answer on it and tick beside it."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from casework.cli.supervising import Kept, supervise
from casework.errors import Conflict

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
    answering = f"from casework.cli.answering import answer; answer({own.fileno()}, {{pulse}})"
    kept = [Kept("web", answering, (own.fileno(),)) for _ in range(workers)]
    if ticking:
        kept.append(ticker())
    supervise(kept, {**os.environ, **settings.as_environ()})


def ticker() -> Kept:
    """The process that runs the jobs by the clock."""
    return Kept("jobs", "from casework.cli.ticking import tick; tick({pulse})")
