"""`casework serve` under slow callers, and under many that write at once on SQLite."""

from __future__ import annotations

import json
import socket
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.demo_server import HOST, PATIENCE, installed, server
from benchmarks.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

HALF_SENT = 20
ROUNDS, ASKED = 10, 10
SLOW_LIMIT = 2.0
WRITERS, WRITTEN = 8, 40
TAIL_LIMIT = 5.0
REGISTRAR = "registrator@example.org"
HEAD = b"GET /board HTTP/1.1\r\nHost: localhost\r\nX-Half: "
BODY = (
    b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded"
    b"\r\nContent-Length: 1000\r\n\r\nemail="
)


def serving() -> list[Figure]:
    """An answer beside half-sent requests, and the slowest of many that write at once."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "demo"
        tokens = installed(data, REGISTRAR, "write", WRITERS)
        with server(data) as (_, port):
            return [_slow_callers(port), _writers(port, tokens)]


def _slow_callers(port: int) -> Figure:
    """Milliseconds for the public board, beside the same with nobody else there, in turns."""
    alone: list[float] = []
    beside: list[float] = []
    for _ in range(ROUNDS):
        alone += [_asked(port) for _ in range(ASKED)]
        with _half_sent(port):
            beside += [_asked(port) for _ in range(ASKED)]
    figure, floor = median(beside), median(alone)
    return Figure(
        name=f"the public board beside {HALF_SENT} half-sent requests (ms)",
        figure=figure,
        floor=floor,
        ratio=figure / floor,
        goal=f"at most {SLOW_LIMIT:g} times that without them",
        ok=figure <= SLOW_LIMIT * floor,
    )


def _writers(port: int, tokens: list[str]) -> Figure:
    """Milliseconds at the 99th percentile for a new matter, beside the median of the same run."""
    with ThreadPoolExecutor(WRITERS) as writers:
        times = list(writers.map(lambda token: _wrote(port, token), tokens * WRITTEN))
    figure, floor = quantiles(times, n=100)[-1], median(times)
    return Figure(
        name=f"a new matter while {WRITERS} write at once on SQLite, p99 (ms)",
        figure=figure,
        floor=floor,
        ratio=figure / floor,
        goal=f"at most {TAIL_LIMIT:g} times their median",
        ok=figure <= TAIL_LIMIT * floor,
    )


@contextmanager
def _half_sent(port: int) -> Iterator[None]:
    """Half of them stop in their headers, half in their body."""
    with ExitStack() as stack:
        for number in range(HALF_SENT):
            caller = stack.enter_context(socket.create_connection((HOST, port)))
            caller.sendall(BODY if number % 2 else HEAD)
        yield


def _asked(port: int) -> float:
    start = perf_counter()
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    connection.request("GET", "/board")
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == 200
    return (perf_counter() - start) * 1000


def _wrote(port: int, token: str) -> float:
    start = perf_counter()
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    matter = json.dumps({"kind": "decision", "title": "Ny cykelväg", "body_id": 1})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/matters", matter, headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == 201, response.status
    return (perf_counter() - start) * 1000
