"""The demonstration's installation under `casework serve`, for benchmarks that call it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from http.client import HTTPConnection
from time import sleep
from typing import TYPE_CHECKING

from casework.accounts import service, tokens
from casework.app import installation
from casework.config import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds for the server to start, to answer and to end
CASEWORK = [sys.executable, "-m", "casework.cli"]


def installed(data: Path, email: str, scope: str, count: int) -> list[str]:
    """The demonstration in `data`; gives so many tokens, each good for 600 calls a minute."""
    command = [*CASEWORK, "demo", "--data", str(data), "--no-serve"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    casework = installation(load_settings({"CASEWORK_DATA_DIR": str(data)}))
    try:
        with casework.acting(1) as context:
            user = service.find_user(context, email)
            return [tokens.create_token(context, user, [scope]) for _ in range(count)]
    finally:
        casework.database.close()


@contextmanager
def server(data: Path) -> Iterator[tuple[int, int]]:
    """`casework serve` on a free port, once it answers; gives its process id and the port."""
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
    """Until the server holds the port; it then lets callers wait until a process answers."""
    for _ in range(int(PATIENCE * 20)):
        connection = HTTPConnection(HOST, port, timeout=PATIENCE)
        try:
            connection.request("GET", "/board")
            connection.getresponse().read()
        except ConnectionRefusedError:
            sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise TimeoutError(f"casework serve did not answer within {PATIENCE:.0f} seconds")
