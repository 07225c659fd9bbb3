"""A process that answers, kept by the server: waitress on the socket that the server listens on.

Waitress takes in a request whole before a thread sees it, and sends the answer without one: slow
callers cost a connection each and nothing else (decision 0016).
"""

from __future__ import annotations

import logging
import os
import resource
import socket
from threading import Event, Thread, get_ident
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.server import create_server

from casework.app import create_app
from casework.cli.supervising import BEAT_SECONDS, GRACE_SECONDS, beat, ended_by_signal
from casework.config import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

THREADS = 4
MOST_CONNECTIONS = 1000
MOST_FILES = 4096  # a connection may hold its request and its answer on the disk besides
IDLE_SECONDS = 60  # a connection on which nothing has moved is closed
STUCK_SECONDS = 60.0  # no thread free for so long: a fault, and no slow work
LARGEST_HEADERS = 32 * 1024
# An upload that is somewhat too large is still told so on a page; far beyond, the server cuts it.
BODY_MARGIN = 2


class Busy:
    """An application that knows whether anybody is left to answer."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._begun: dict[int, float] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        thread = get_ident()
        self._begun[thread] = monotonic()
        try:
            return self._app(environ, start_response)
        finally:
            del self._begun[thread]

    def is_stuck(self) -> bool:
        """Every thread has been at one and the same request for too long."""
        begun = list(self._begun.values())
        return len(begun) == THREADS and monotonic() - max(begun) > STUCK_SECONDS


def answer(listening: int, pulse: int) -> None:
    """Answer what comes to the socket `listening` until ended, then finish what was begun."""
    settings = load_settings()
    ended = ended_by_signal()
    _allow_files()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a full house is no fault
    app = Busy(create_app(settings))
    connections: dict[int, Any] = {}
    server = create_server(
        app,
        map=connections,
        sockets=[socket.socket(fileno=listening)],
        threads=THREADS,
        ident=None,
        asyncore_use_poll=True,
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        max_request_header_size=LARGEST_HEADERS,
        max_request_body_size=BODY_MARGIN * settings.max_upload,
        # Whose word counts is decided in one place, web.frame.proxies; the server has no belief.
        clear_untrusted_proxy_headers=False,
    )
    loop = _Loop(connections)
    Thread(target=_tell, args=(pulse, app, loop, ended), daemon=True).start()
    while not ended.is_set():
        loop.turn()
    server.accepting = False
    last = monotonic() + GRACE_SECONDS - 5
    while _owes(server) and monotonic() < last:
        loop.turn()
    server.task_dispatcher.shutdown(timeout=1)


class _Loop:
    """Takes in requests and sends answers, for all connections at once."""

    def __init__(self, connections: dict[int, Any]) -> None:
        self._connections = connections
        self.turned = monotonic()

    def turn(self) -> None:
        wasyncore.loop(timeout=BEAT_SECONDS, use_poll=True, map=self._connections, count=1)
        self.turned = monotonic()


def _owes(server: Any) -> bool:
    """Whether somebody still waits for an answer, or for the rest of one."""
    return any(
        connection.requests or connection.total_outbufs_len
        for connection in list(server.active_channels.values())
    )


def _tell(pulse: int, app: Busy, loop: _Loop, ended: Event) -> None:
    """Say every second how this process is; end with the server, even if that was killed."""
    while beat(pulse, well=not app.is_stuck() and monotonic() - loop.turned < STUCK_SECONDS):
        sleep(BEAT_SECONDS)
    ended.set()
    sleep(GRACE_SECONDS)
    os._exit(1)


def _allow_files() -> None:
    few, many = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if many == resource.RLIM_INFINITY else min(MOST_FILES, many)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(few, wanted), many))
