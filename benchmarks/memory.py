"""Memory of `casework serve`: does it grow with the requests it has answered?"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from benchmarks.figure import Figure
from casework.app import installation
from casework.config import load_settings
from casework.people import accounts, service

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW, MANY = 100, 10_000
LIMIT = 1.2
PATIENCE = 30.0  # seconds for the server to start
HOST = "127.0.0.1"
TOKENS = 20  # each may be used 600 times a minute
CASEWORK = [sys.executable, "-m", "casework.cli"]
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
        tokens = _installation(data)
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


def _installation(data: Path) -> list[str]:
    """The demonstration's installation in `data`; gives enough tokens for all the requests."""
    command = [*CASEWORK, "demo", "--data", str(data), "--no-serve"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    casework = installation(load_settings({"CASEWORK_DATA_DIR": str(data)}))
    try:
        with casework.acting(1) as context:
            user = service.find_user(context, CASE_OFFICER)
            return [accounts.create_token(context, user, ["read"]) for _ in range(TOKENS)]
    finally:
        casework.database.close()


@contextmanager
def server(data: Path) -> Iterator[tuple[int, int]]:
    """`casework serve` on a free port; gives its process id and the port."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*CASEWORK, "serve", "--port", str(port)],
        env={"PATH": os.environ["PATH"], "CASEWORK_DATA_DIR": str(data)},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(port: int) -> None:
    ends = monotonic() + PATIENCE
    while monotonic() < ends:
        try:
            socket.create_connection((HOST, port)).close()
        except ConnectionRefusedError:
            sleep(0.05)
        else:
            return
    raise TimeoutError(f"casework serve did not answer within {PATIENCE:.0f} seconds")


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
    parents = {pid: _parent(pid) for pid in _processes()}
    tree = {root}
    while grown := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= grown
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in tree)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except FileNotFoundError:  # ended meanwhile
        return 0
