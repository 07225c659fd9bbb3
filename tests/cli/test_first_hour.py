"""The first hour: what README says under "Run it" leads the whole way, from an empty folder."""

from __future__ import annotations

import re
import shlex
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

from click.testing import CliRunner

from casework.app import create_app
from casework.cli.main import casework
from casework.config import load_settings
from tests.house.source import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

PASSWORD = "ett långt lösenord"
NEW = {"body": "1", "kind": "decision", "sender": "", "initiative": ""}


def blocks() -> list[str]:
    """The commands under "Run it": the first hour, and the change of what one is."""
    section = (ROOT / "README.md").read_text().partition("## Run it")[2].partition("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def run(commands: str, environ: dict[str, str]) -> None:
    """The commands as a shell reads them, `echo … |` before one too; each must succeed."""
    for line in commands.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        typed = None
        if words[:1] == ["echo"]:
            typed = " ".join(words[1 : words.index("|")]) + "\n"
            words = words[words.index("|") + 1 :]
        assert words[0] == "casework", line
        done = CliRunner().invoke(casework, words[1:], input=typed, env=environ)
        assert done.exit_code == 0, (line, done.output, done.exception)


def send(browser: FlaskClient, page: str, **written: str) -> str:
    """Fill in the form on a page and send it; gives where it leads."""
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(page).text)[-1]
    answer = browser.post(page, data={"csrf_token": token, **written})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def senders(data: Path) -> set[str]:
    """Who the letters in the folder come from."""
    letters = [
        message_from_bytes(file.read_bytes(), policy=default) for file in data.glob("mail/*")
    ]
    return {str(letter["From"]) for letter in letters}


def test_the_first_hour_ends_in_no_wall(tmp_path: Path) -> None:
    """A body without an address of its own, an account, a matter, an officer and the letter.

    Then the body gets its address by README's own line, and its letters come from there.
    """
    environ = {"CASEWORK_DATA_DIR": str(tmp_path), "CASEWORK_MAIL_FROM": ""}
    first_hour, changed = blocks()
    before, after = first_hour.split("casework serve\n")
    assert "--email" not in before
    run(before, environ)
    run('casework user add handlaggare@region.example --name "Handläggaren"', environ)

    app = create_app(load_settings(environ))  # what `casework serve` serves, without its port
    with app.test_client() as browser:
        send(browser, "/sign-in", email="registrator@example.org", password=PASSWORD)
        matter = send(browser, "/matters/new", **NEW, title="Ny cykelväg")
        send(browser, f"{matter}/steps/assign", case_officer="2")
        assert "Under beredning" in browser.get(matter).text
        run(f"{after}casework deliver\n", environ)
        derived = "Regionala utvecklingsnämnden <casework@localhost.localdomain>"
        assert senders(tmp_path) == {derived}

        run(changed, environ)
        other = send(browser, "/matters/new", **NEW, title="Ny bro")
        send(browser, f"{other}/steps/assign", case_officer="2")
        run("casework deliver\ncasework audit verify\n", environ)
        own = "Regionala utvecklingsnämnden <run@region.example>"
        assert senders(tmp_path) == {derived, own}
    app.extensions["casework"].database.close()
