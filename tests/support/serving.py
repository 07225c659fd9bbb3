"""A real `casework serve` or `casework worker`, as a process with children of its own."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

import casework

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from casework.config import Settings

SECONDS = 60.0
ROOT = Path(casework.__file__).parents[1]
_never = Event()


@dataclass(frozen=True)
class Running:
    """The process that keeps the others, and its port (0 for a worker)."""

    process: subprocess.Popen[bytes]
    port: int

    def children(self, verb: str = "") -> set[int]:
        """The processes it keeps: those that `answer`, those that `tick`, or all."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {int(pid) for pid in listed.split() if f" {verb}" in _command(int(pid))}

    def status(self, path: str = "/board") -> int:
        """What the server answers; 0 if it does not."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()


def until(holds: Callable[[], object], what: str) -> None:
    """Wait until it holds; fails when it does not within a minute."""
    last = monotonic() + SECONDS
    while not holds():
        assert monotonic() < last, f"waited {SECONDS:.0f} s in vain: {what}"
        _never.wait(0.05)


def is_alive(pid: int) -> bool:
    """Whether it runs; a dead one that nobody has buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@contextmanager
def running(
    settings: Settings, command: str = "serve", environ: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """`casework serve` or `worker` with these settings; killed at the end with all it keeps."""
    port = free_port() if command == "serve" else 0
    arguments = ["--port", str(port)] if port else []
    process = subprocess.Popen(
        [sys.executable, "-m", "casework.cli", command, *arguments],
        cwd=ROOT,
        env={**os.environ, **settings.as_environ(), **(environ or {})},
        stdout=subprocess.DEVNULL,
    )
    run = Running(process, port)
    try:
        until(lambda: run.children("tick") or process.poll() is not None, f"{command} to begin")
        if port:
            until(lambda: run.status() == 200, "an answer")
        yield run
    finally:
        children = run.children() if process.poll() is None else set()
        for pid in (process.pid, *children) if process.poll() is None else ():
            os.kill(pid, 9)
        process.wait()


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
