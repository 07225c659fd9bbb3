"""What a command and a server cost before they have done anything: time to start, and memory."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from time import sleep

from benchmarks.demo_server import CASEWORK, server
from benchmarks.figure import Figure, interleaved
from benchmarks.memory import tree_of

ROUNDS = 7
MOST_SECONDS = 0.4
MOST_MEGABYTES = 300
SETTLED = 5  # seconds until each process has opened what it opens
WORKERS = 2  # what `casework serve` begins by itself


def date() -> Figure:
    """Seconds of `casework deadline`, beside a Python that does nothing."""
    asked, nothing = interleaved(
        lambda: _run([*CASEWORK, "deadline", "attest", "2026-11-02"]),
        lambda: _run([sys.executable, "-c", "pass"]),
        ROUNDS,
    )
    return Figure(
        "casework deadline, beside an empty Python (s)",
        asked,
        nothing,
        asked / nothing,
        f"at most {MOST_SECONDS} s",
        asked <= MOST_SECONDS,
    )


def served() -> Figure:
    """Megabytes of `casework serve` with two workers and its scheduler, beside bare Pythons.

    What the processes share is counted once (Pss of proc(5)).
    """
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (pid, _port):
        sleep(SETTLED)
        tree = tree_of(pid)
        figure = sum(map(_megabytes, tree))
    bare = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    sleep(1)
    floor = _megabytes(bare.pid) * len(tree)
    bare.communicate(b"\n")
    return Figure(
        f"memory of casework serve with {WORKERS} workers and the scheduler (MB)",
        figure,
        floor,
        figure / floor,
        f"at most {MOST_MEGABYTES} MB",
        figure <= MOST_MEGABYTES,
    )


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _megabytes(pid: int) -> float:
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", told, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0
