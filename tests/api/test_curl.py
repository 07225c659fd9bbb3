"""The walk in docs/api.md works as it is printed, against a server, with curl."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from tests.api.conftest import PASSWORD
from tests.house.source import ROOT
from tests.support import tools

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.api.conftest import Api

pytestmark = pytest.mark.loopback
PAGE = ROOT / "docs" / "api.md"


class Server(ThreadingMixIn, WSGIServer):
    """Serves each request in a thread of its own, on loopback."""


class Silent(WSGIRequestHandler):
    """Tells nobody of the requests it answers."""

    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.fixture
def address(shared: Api) -> Iterator[str]:
    """Where the API is served."""
    server = make_server("127.0.0.1", 0, shared.app, server_class=Server, handler_class=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def walk() -> str:
    """The commands of the page, in order."""
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL))


def hand_out_tokens(api: Api, folder: Path) -> None:
    """A `casework` that knows one command: `token create EMAIL` prints that person's token."""
    cases = [
        f"{person.email}) echo {api.tokens[role]};;"
        for role, person in vars(api.world.cast).items()
    ]
    script = folder / "casework"
    script.write_text('#!/bin/sh\ncase "$3" in\n' + "\n".join(cases) + "\nesac\n")
    script.chmod(0o755)


def test_the_printed_walk_reaches_every_recipient(
    shared: Api, address: str, tmp_path: Path
) -> None:
    """Copied from the page, the commands take a matter from draft to nine dispatches."""
    tools.needed("curl")
    hand_out_tokens(shared, tmp_path)
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "API": address,
        "PASSWORD": PASSWORD,
    }
    done = subprocess.run(
        ["sh", "-eu"],
        input=walk(),
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    matter = shared.get("registrar", "/matters?q=cykelväg").json
    assert matter is not None
    assert matter["items"][0]["state"] == "dispatched"
    sent = shared.get("registrar", f"/dispatches?matter_id={matter['items'][0]['id']}").json
    assert sent is not None
    assert len(sent["items"]) == 9
