"""The command itself: its groups, and how a refusal leaves it.

A command is imported when it is asked for: a date needs neither database nor web.
"""

from __future__ import annotations

import secrets
import sys
from importlib import import_module

import click

from casework import __version__
from casework.cli.speaking import USAGE, language, refused
from casework.errors import Conflict, Declined, Refusal, Unavailable
from casework.phrases import sentence
from casework.private import keep_to_oneself

# Each command and the module of this package where it stands under that name.
COMMANDS = {
    "audit": "auditing",
    "backup": "keeping",
    "body": "bodies",
    "db": "keeping",
    "deadline": "dates",
    "deliver": "running",
    "demo": "running",
    "document": "documents",
    "minutes": "minutes",
    "organisation": "bodies",
    "person": "persons",
    "remind": "running",
    "restore": "keeping",
    "serve": "running",
    "token": "accounts",
    "user": "accounts",
    "worker": "running",
    "workflow": "workflows",
}
# What opens nothing has nothing to log; whatever breaks in it is logged all the same.
WITHOUT_LOG = {"deadline"}


class _Commands(click.Group):
    """The groups and commands by name, none imported before its time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(import_module(f"casework.cli.{module}"), cmd_name)
        return found


@click.group(cls=_Commands)
@click.version_option(__version__)
def casework() -> None:
    """Carries a committee's matters from preparation to decision to distribution."""


def main() -> None:
    """Run the command; whatever a user can cause is one line and exit code 2.

    A fault of the program is one line too, with the reference of what stands in the log.
    """
    keep_to_oneself()
    if not WITHOUT_LOG.intersection(sys.argv[1:2]):
        _keep_log()
    try:
        casework(prog_name="casework")
    except Declined as refusal:
        _decline(refusal)
    except Exception as error:
        _fail(error)


def _keep_log() -> None:
    from casework.logs import configure

    configure()


def _decline(refusal: Declined) -> None:
    """One line, or one for each fault of a workflow file."""
    faults = getattr(refusal, "faults", None)
    if faults:
        print(*(fault.sentence(language()) for fault in faults), sep="\n", file=sys.stderr)
        sys.exit(USAGE)
    refused(_explained(refusal))


def _fail(error: Exception) -> None:
    from sqlalchemy.exc import SQLAlchemyError

    from casework.logs import get_logger

    if isinstance(error, SQLAlchemyError):
        refused(_unusable(error))
    _keep_log()
    reference = secrets.token_hex(4)
    get_logger(__name__).error("fault", reference=reference, exc_info=error)
    print(sentence("unexpected", {"reference": reference}, language()), file=sys.stderr)
    sys.exit(1)


def _explained(refusal: Declined) -> Declined:
    """Whoever sits at the terminal is told what the database answered, or that nobody did."""
    if isinstance(refusal, Unavailable) and refusal.code == "database_away":
        return _unusable(refusal.__cause__ or refusal)
    return refusal


def _unusable(error: BaseException) -> Refusal:
    """The driver's first line where it speaks of server and tables; of rows it would quote."""
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from casework.logs import told

    if isinstance(error, OperationalError | ProgrammingError):
        return Conflict("database_unusable", reason=str(error.orig).splitlines()[0])
    return Conflict("database_unusable", reason=told(error))
