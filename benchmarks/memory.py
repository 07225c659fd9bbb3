"""Memory of `casework serve`: does it grow with the requests it has answered?"""

from __future__ import annotations

import os
import tempfile
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path

from benchmarks.demo_server import HOST, PATIENCE, installed, server
from benchmarks.figure import Figure

FEW, MANY = 100, 10_000
LIMIT = 1.2
TOKENS = 20  # each may be used 600 times a minute
CASE_OFFICER = "handlaggare@example.org"
ADDRESSES = (
    "/styleguide",
    "/api/v1/matters",
    "/api/v1/matters/1",
    "/api/v1/matters/1/actions",
    "/api/v1/matters/1/history",
    "/api/v1/matters/999999",
)


def memory() -> Figure:
    """Megabytes of the whole process tree after 10,000 requests, beside the same after 100."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "demo"
        tokens = installed(data, CASE_OFFICER, "read", TOKENS)
        with server(data) as (pid, port):
            _ask(port, tokens, FEW)
            floor = _megabytes(pid)
            _ask(port, tokens, MANY - FEW)
            figure = _megabytes(pid)
    ratio = figure / floor
    return Figure(
        name=f"memory of casework serve after {MANY:,} requests (MB)",
        figure=figure,
        floor=floor,
        ratio=ratio,
        goal=f"at most {LIMIT} times that after {FEW}",
        ok=ratio <= LIMIT,
    )


def _ask(port: int, tokens: list[str], count: int) -> None:
    for address, token in islice(zip(cycle(ADDRESSES), cycle(tokens), strict=False), count):
        connection = HTTPConnection(HOST, port, timeout=PATIENCE)
        connection.request("GET", address, headers={"Authorization": f"Bearer {token}"})
        response = connection.getresponse()
        response.read()
        connection.close()
        expected = 404 if address.endswith("/999999") else 200
        assert response.status == expected, (address, response.status)


def _megabytes(root: int) -> float:
    """Resident memory of a process and all its descendants."""
    tree = tree_of(root)
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in tree)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def tree_of(root: int) -> set[int]:
    """A process and all its descendants."""
    parents = {pid: _parent(pid) for pid in _processes()}
    tree = {root}
    while grown := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= grown
    return tree


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except FileNotFoundError:  # ended meanwhile
        return 0
