"""What a command and a process load: a date needs no database, and a server no typesetter."""

from __future__ import annotations

import subprocess
import sys

import pytest

from casework.cli.main import COMMANDS, casework

# Each takes megabytes, or a tenth of a second, and is for one task.
HEAVY = ("alembic", "docx", "docxtpl", "icalendar", "lxml", "pypdf", "rich", "typst")


def loaded_by(program: str) -> set[str]:
    """The packages that a fresh Python holds after it."""
    command = f"import sys\n{program}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", command], capture_output=True, check=True)
    return set(run.stdout.decode().splitlines()[-1].split())


def test_a_date_needs_neither_database_nor_web() -> None:
    """`casework deadline` is asked from scripts, once a date."""
    asked = "sys.argv = ['casework', 'deadline', 'attest', '2026-11-02']"
    found = loaded_by(
        f"{asked}\nfrom contextlib import suppress\nfrom casework.cli import main\n"
        "with suppress(SystemExit): main()"
    )
    assert found.isdisjoint({"sqlalchemy", "flask", "transitions", *HEAVY})


@pytest.mark.parametrize(
    ("program", "also"),
    [
        ("import casework.cli.answering, casework.web, casework.api", ()),
        ("import casework.cli.ticking", ("flask",)),
        ("import casework.cli.serving", ("flask", "sqlalchemy")),
    ],
)
def test_a_process_of_the_server_holds_what_it_needs(program: str, also: tuple[str, ...]) -> None:
    """Each of them is kept for days: what one task in a thousand needs is loaded by that task."""
    assert loaded_by(program).isdisjoint({*HEAVY, *also})


def test_every_command_is_found_where_the_table_says() -> None:
    """A command that is imported late is missed late: each is loaded here, under its name."""
    context = casework.make_context("casework", ["--help"], resilient_parsing=True)
    names = casework.list_commands(context)
    assert set(names) == set(COMMANDS)
    for name in names:
        command = casework.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.help
