"""Accounts by command: whoever administers a new installation gets in, and keeps the others'."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from casework.accounts.service import set_password_by_link
from casework.app import create_app, installation
from casework.cli.main import casework
from casework.config import load_settings
from casework.errors import Conflict, Invalid, NotFound, Refusal
from casework.people.service import create_person
from tests.cli.test_first_hour import run as run_as_told
from tests.house.source import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from casework.app import Casework

    Run = Callable[..., str]

FIRST, SECOND = "forsta@example.org", "andra@example.org"
PASSWORD = "ett långt lösenord"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`run("user", "list")` gives what was printed, or raises what was refused."""

    def go(*arguments: str, typed: str = "", **environ: str) -> str:
        here = {"CASEWORK_DATA_DIR": str(tmp_path), "LC_ALL": "sv_SE.UTF-8", **environ}
        result = CliRunner().invoke(casework, list(arguments), env=here, input=typed)
        if isinstance(result.exception, Refusal):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output.strip()

    body = ("body", "add", "Regionala utvecklingsnämnden", "--short-name", "RUN")
    go(*body, "--kind", "committee", "--series", "RUN", "--organisation", "Region Exempel")
    go("user", "add", FIRST, "--name", "Första Administratören", "--role", "administrator")
    return go


@pytest.fixture
def opened(tmp_path: Path, run: Run) -> Casework:
    """The installation that the commands work on."""
    run("user", "list")
    return installation(load_settings({"CASEWORK_DATA_DIR": str(tmp_path)}))


def chosen(casework: Casework, link: str) -> None:
    """The owner follows the link."""
    with casework.acting(0) as context:
        set_password_by_link(context, link.rpartition("/")[2], PASSWORD)


def test_the_first_administrator_gets_in(run: Run, tmp_path: Path, opened: Casework) -> None:
    """Without a mail server: the link stands alone on the last line, and the password it lets
    choose opens the door."""
    told = run("user", "invite", FIRST).splitlines()
    assert FIRST in told[-2]
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/account/link/\S{43}", told[-1])
    chosen(opened, told[-1])
    client = create_app(load_settings({"CASEWORK_DATA_DIR": str(tmp_path)})).test_client()
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/sign-in").text)[0]
    given = {"email": FIRST, "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=given).status_code == 303


def test_a_link_that_goes_by_mail_is_not_printed(run: Run) -> None:
    """Where there is a mail server the letter alone carries it."""
    told = run("user", "invite", FIRST, CASEWORK_MAIL_URL="smtp://mail.example.org")
    assert "/account/link/" not in told
    assert len(told.splitlines()) == 1


def test_whoever_was_added_on_the_web_is_no_second_person(run: Run, opened: Casework) -> None:
    """`add` and `invite` give the account to the person who has the address."""
    with opened.acting(1) as context:
        for name, email in (("Andra", "Andra@Example.org"), ("Tredje", "tredje@example.org")):
            create_person(context, name=name, email=email)
        for name in ("Ena", "Andra igen"):
            create_person(context, name=name, email="delad@example.org")
    run("user", "add", SECOND, "--name", "Ett annat namn", "--role", "registrar")
    run("user", "invite", "tredje@example.org")
    names = {each["email"]: each["name"] for each in json.loads(run("user", "list", "--json"))}
    assert names == {
        FIRST: "Första Administratören",
        SECOND: "Andra",
        "tredje@example.org": "Tredje",
    }
    for command in (("add", "delad@example.org", "--name", "X"), ("invite", "delad@example.org")):
        with pytest.raises(Conflict, match="person_ambiguous"):
            run("user", *command)
    with pytest.raises(NotFound, match="person_without_address"):
        run("user", "invite", "okand@example.org")
    with pytest.raises(Conflict, match="email_taken"):
        run("user", "add", SECOND, "--name", "X")


def test_an_account_from_beginning_to_end(run: Run, opened: Casework) -> None:
    """Invited, reset, closed, reopened, unlocked; its state is told."""
    chosen(opened, run("user", "invite", FIRST).splitlines()[-1])
    run("user", "add", SECOND, "--name", "Andra")
    assert run("user", "list").splitlines() == [
        f"{SECOND}\tAndra\tinget lösenord valt",
        f"{FIRST}\tFörsta Administratören\töppet",
    ]
    with pytest.raises(Conflict, match="account_has_password"):
        run("user", "invite", FIRST)
    chosen(opened, run("user", "reset", FIRST).splitlines()[-1])
    with pytest.raises(Conflict, match="last_administrator_account"):
        run("user", "close", FIRST)
    run("user", "close", SECOND)
    assert "stängt" in run("user", "list").splitlines()[0]
    with pytest.raises(Conflict, match="account_closed"):
        run("user", "reset", SECOND)
    run("user", "reopen", SECOND)
    run("user", "unlock", SECOND)
    with pytest.raises(NotFound, match="user_unknown"):
        run("user", "close", "okand@example.org")


def test_roles_are_given_and_ended(run: Run, opened: Casework) -> None:
    """In a body or everywhere; giving one twice changes nothing, ending one not held is refused."""
    chosen(opened, run("user", "invite", FIRST).splitlines()[-1])
    run("user", "add", SECOND, "--name", "Andra")
    given = ("user", "roles", SECOND, "--add", "member", "--body", "RUN")
    assert run(*given).startswith("member\tRUN\t")
    assert run(*given).count("member") == 1
    told = run("user", "roles", SECOND, "--add", "registrar", "--add", "manager")
    assert {line.split("\t")[0] for line in told.splitlines()} == {"member", "registrar", "manager"}
    told = run("user", "roles", SECOND, "--end", "registrar", "--end", "manager")
    assert [line.split("\t")[0] for line in told.splitlines()] == ["member"]
    with pytest.raises(NotFound, match="role_not_held"):
        run("user", "roles", SECOND, "--end", "member")
    assert run("user", "roles", SECOND, "--end", "member", "--body", "RUN") == ""
    with pytest.raises(Invalid, match="role_unknown"):
        run("user", "roles", SECOND, "--add", "kung")


def test_the_last_administrator_keeps_the_role(run: Run, opened: Casework) -> None:
    """Another with the role but without a password would shut everybody out."""
    chosen(opened, run("user", "invite", FIRST).splitlines()[-1])
    with pytest.raises(Conflict, match="last_administrator"):
        run("user", "roles", FIRST, "--end", "administrator")
    run("user", "add", SECOND, "--name", "Andra", "--role", "administrator")
    with pytest.raises(Conflict, match="last_administrator_account"):
        run("user", "roles", FIRST, "--end", "administrator")
    chosen(opened, run("user", "invite", SECOND).splitlines()[-1])
    told = run("user", "roles", FIRST, "--end", "administrator")
    assert re.fullmatch(r"administrator\t\*\t\S+ – \S+", told)  # something was done today


def test_tokens_by_number(run: Run) -> None:
    """Made, listed without their secret, revoked."""
    secret = run("token", "create", FIRST, "--scope", "write", "--name", "Kalkylbladet")
    run("token", "create", FIRST)
    newest, oldest = run("token", "list", FIRST).splitlines()
    assert newest.startswith("2\tread\t\tgäller till ")
    assert oldest.startswith("1\twrite\tKalkylbladet\tgäller till ")
    assert secret not in oldest
    run("token", "revoke", FIRST, "1")
    assert [each["state"] for each in json.loads(run("token", "list", FIRST, "--json"))] == [
        "living",
        "revoked",
    ]
    with pytest.raises(NotFound, match="token_unknown"):
        run("token", "revoke", FIRST, "99")


def test_what_readme_says_about_accounts(run: Run, tmp_path: Path) -> None:
    """Each command under "Accounts" succeeds, in its order."""
    run("user", "add", "registrator@example.org", "--name", "Registratorn")
    section = (ROOT / "README.md").read_text().partition("## Accounts")[2].partition("\n## ")[0]
    [commands] = re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert commands.count("casework ") == 11
    run_as_told(commands, {"CASEWORK_DATA_DIR": str(tmp_path)})
