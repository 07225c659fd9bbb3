"""Lighthouse's four marks for the public pages on a phone, beside those of an empty page."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen
from wsgiref.simple_server import WSGIRequestHandler, make_server

from benchmarks.demo_server import CASEWORK, HOST, server
from benchmarks.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HERE = Path(__file__).parent
LIGHTHOUSE = HERE / "node_modules" / ".bin" / "lighthouse"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
BEST = 100
BARE = b"""<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>Tom</title>
<meta name="viewport" content="width=device-width"><meta name="description" content="Tom sida">
<link rel="icon" href="data:,"></head><body><main><h1>Tom</h1></main></body></html>"""


def lighthouse() -> list[Figure]:
    """The lowest of the marks for the board, signing in and a public meeting; 100 is the goal.

    Without npm and Chromium nothing is measured, and the terminal is told so.
    """
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if not chromium or not shutil.which("npm"):
        print("lighthouse: not measured, it needs npm and chromium", file=sys.stderr)
        return []
    _install()
    with _bare_page() as address:
        floor = _marks(chromium, address)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "demo"
        command = [*CASEWORK, "demo", "--data", str(data), "--no-serve"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with server(data) as (_, port):
            site = f"http://{HOST}:{port}"
            paths = ("/board", "/sign-in", _a_meeting(site))
            return [_figure(path, _marks(chromium, site + path), floor) for path in paths]


def _figure(path: str, marks: dict[str, int], floor: dict[str, int]) -> Figure:
    told = ", ".join(f"{name} {mark}" for name, mark in marks.items())
    lowest, least = min(marks.values()), min(floor.values())
    return Figure(
        name=f"Lighthouse on a phone, {path}: {told}",
        figure=lowest,
        floor=least,
        ratio=lowest / least,
        goal=f"{BEST} in all",
        ok=lowest == BEST,
    )


def _install() -> None:
    """Once, what package.json beside this file names."""
    if not LIGHTHOUSE.exists():
        told = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--silent")
        subprocess.run(["npm", "install", "--prefix", HERE, *told], check=True)


def _marks(chromium: str, address: str) -> dict[str, int]:
    """Each category's mark out of 100."""
    command = [LIGHTHOUSE, address, "--quiet", "--output=json", f"--chrome-flags={FLAGS}"]
    environment = {**os.environ, "CHROME_PATH": chromium}
    done = subprocess.run(command, check=True, capture_output=True, env=environment)
    categories = json.loads(done.stdout)["categories"]
    return {name: round(BEST * each["score"]) for name, each in categories.items()}


def _a_meeting(site: str) -> str:
    with urlopen(f"{site}/public/meetings") as answer:  # noqa: S310 (our own server)
        found = re.search(r'href="(/public/meetings/\d+)"', answer.read().decode())
    if not found:
        raise LookupError("the demonstration has no public meeting")
    return found[1]


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: object) -> None: ...


@contextmanager
def _bare_page() -> Iterator[str]:
    """The address of a page with one heading and nothing to load."""

    def page(environ: dict[str, str], start: Callable[..., object]) -> Iterable[bytes]:
        here = environ["PATH_INFO"] == "/"
        start("200 OK" if here else "404 Not Found", [("Content-Type", "text/html; charset=utf-8")])
        return [BARE if here else b""]

    with make_server(HOST, 0, page, handler_class=_Silent) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            yield f"http://{HOST}:{serving.server_port}/"
        finally:
            serving.shutdown()
            thread.join()
