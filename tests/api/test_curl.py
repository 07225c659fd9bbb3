"""What the printed pages do with curl works as it is printed, on the demonstration, on a server."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from casework.accounts.service import find_user
from casework.accounts.tokens import create_token
from casework.app import create_app
from tests.api.conftest import Api
from tests.demo.conftest import PASSWORD, demonstrated, settings_of
from tests.house.source import ROOT
from tests.support import tools

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.databases import SqliteMaker

pytestmark = pytest.mark.loopback
PAGE = ROOT / "docs" / "api.md"
FIFTH = '  {\\"person_id\\": $(person \'Andra ledamoten\'), \\"capacity\\": \\"member\\"}]}'


class Server(ThreadingMixIn, WSGIServer):
    """Serves each request in a thread of its own, on loopback."""


class Silent(WSGIRequestHandler):
    """Tells nobody of the requests it answers."""

    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory, sqlite_maker: SqliteMaker) -> Iterator[Api]:
    """The demonstration itself, as the pages say: its committee has nine seats by now."""
    folder = tmp_path_factory.mktemp("demonstration")
    with sqlite_maker.copied("demonstrated", folder, demonstrated) as (url, world):
        api = Api(create_app(settings_of(url, folder)), world, {})
        with api.casework.acting(world.organisation_id) as context:
            for role, person in vars(world.cast).items():
                user = find_user(context, person.email)
                api.tokens[role] = create_token(context, user, ["write"])
        yield api
        api.casework.database.close()


@pytest.fixture(scope="module")
def address(region: Api) -> Iterator[str]:
    """Where the API is served."""
    server = make_server("127.0.0.1", 0, region.app, server_class=Server, handler_class=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def commands(text: str) -> str:
    """The commands of a page, in order."""
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def hand_out_tokens(api: Api, folder: Path) -> None:
    """A `casework` that knows one command: `token create EMAIL` prints that person's token."""
    cases = [
        f"{person.email}) echo {api.tokens[role]};;"
        for role, person in vars(api.world.cast).items()
    ]
    script = folder / "casework"
    script.write_text('#!/bin/sh\ncase "$3" in\n' + "\n".join(cases) + "\nesac\n")
    script.chmod(0o755)


def run(shell: str, script: str, api: Api, address: str, folder: Path) -> Any:
    """The commands, each of which must succeed, in a folder of their own."""
    tools.needed("curl")
    hand_out_tokens(api, folder)
    environment = {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "API": address,
        "PASSWORD": PASSWORD,
    }
    return subprocess.run(
        [shell, "-eu"],
        input=script,
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def newest(api: Api) -> Any:
    """The matter that was registered last."""
    found = api.get("registrar", "/matters?q=cykelväg").json
    assert found is not None
    return max(found["items"], key=lambda matter: matter["id"])


def test_the_printed_walk_reaches_every_recipient(
    region: Api, address: str, tmp_path: Path
) -> None:
    """Copied from the page, the commands take a matter from draft to nine dispatches.

    The decision is taken by a quorate committee: five of its nine seats (KL 6:27).
    """
    done = run("sh", commands(PAGE.read_text()), region, address, tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    matter = newest(region)
    assert matter["state"] == "dispatched"
    sent = region.get("registrar", f"/dispatches?matter_id={matter['id']}").json
    assert sent is not None
    assert len(sent["items"]) == 9

    meetings: Any = region.get("secretary", "/meetings").json
    sitting = f"/meetings/{max(each['id'] for each in meetings['items'])}"
    agenda: Any = region.get("secretary", f"{sitting}/agenda").json
    [item] = [each for each in agenda["items"] if each["matter_id"] == matter["id"]]
    table: Any = region.get("secretary", f"{sitting}/agenda/{item['id']}").json
    quorum = table["quorum"]
    assert (item["outcome"], quorum["seats"], quorum["serving"], quorum["missing"]) == (
        "decided",
        9,
        5,
        0,
    )


def test_the_printed_walk_has_nobody_to_spare(region: Api, address: str, tmp_path: Path) -> None:
    """With one of the printed five away nothing is decided, as the page says (KL 6:27)."""
    printed = commands(PAGE.read_text())
    assert FIFTH in printed
    another_day = printed.replace("timedelta(21)", "timedelta(22)")
    done = run("sh", another_day.replace(",\n" + FIFTH, "]}"), region, address, tmp_path)
    assert done.returncode != 0
    assert '"code": "no_quorum"' in done.stdout, done.stdout[-2000:] + done.stderr[-2000:]
    assert newest(region)["state"] == "on_agenda"


def test_the_readme_begins_a_matter(region: Api, address: str, tmp_path: Path) -> None:
    """The commands under "With curl" register a matter and assign that very one."""
    readme = (ROOT / "README.md").read_text()
    section = readme.partition("## With curl")[2].partition("\n## ")[0]
    done = run("bash", commands(section), region, address, tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert (newest(region)["state"], "about:blank" in done.stdout) == ("in_preparation", False)
