"""The command itself: its groups, and how a refusal leaves it."""

from __future__ import annotations

import json
import secrets
import sys
from dataclasses import asdict

import click
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from casework import __version__
from casework.audit.verify import verify
from casework.cli.accounts import token, user
from casework.cli.bodies import body, organisation
from casework.cli.documents import document
from casework.cli.keeping import backup, db, restore
from casework.cli.minutes import minutes
from casework.cli.persons import person
from casework.cli.running import deliver, demo, remind, serve, worker
from casework.cli.terminal import json_option, language, opened, refused
from casework.cli.workflows import workflow
from casework.deadlines.calendar import LEGAL_RULES, due, parse_day, to_json
from casework.errors import Conflict, Declined, Refusal, Unavailable
from casework.logs import configure, get_logger, told
from casework.phrases import sentence
from casework.private import keep_to_oneself
from casework.workflow.definition import DefinitionFaults

log = get_logger()


@click.group()
@click.version_option(__version__)
def casework() -> None:
    """Carries a committee's matters from preparation to decision to distribution."""


@casework.group()
def audit() -> None:
    """The record of everything that happened."""


@audit.command("verify")
@json_option
def audit_verify(as_json: bool) -> None:
    """Prove the whole record; exit 1 at the first break, naming it."""
    installation = opened()
    with installation.database.read() as session:
        result = verify(session, installation.services.audit.key)
    if as_json:
        print(json.dumps(asdict(result), ensure_ascii=False))
    elif result.breaks:
        first = result.breaks[0]
        print(sentence(first.code, {"place": first.place}, language()))
    else:
        params = {"chains": result.chains, "entries": result.entries, "anchors": result.anchors}
        print(sentence("audit_whole", params, language()))
    sys.exit(1 if result.breaks else 0)


@casework.command(help=f"A legal date: RULE is one of {', '.join(LEGAL_RULES)}; DATE starts it.")
@click.argument("rule")
@click.argument("day", metavar="DATE")
@json_option
def deadline(rule: str, day: str, as_json: bool) -> None:
    found = due(rule, parse_day(day))
    if as_json:
        print(json.dumps(to_json(found), ensure_ascii=False))
    else:
        shown = to_json(found) | {"unshifted": found.raw.isoformat()}
        print(sentence("deadline_due", shown, language()))


for command in (
    demo,
    serve,
    worker,
    db,
    workflow,
    document,
    remind,
    deliver,
    organisation,
    body,
    user,
    token,
    person,
    backup,
    restore,
    minutes,
):
    casework.add_command(command)


def main() -> None:
    """Run the command; whatever a user can cause is one line and exit code 2.

    A fault of the program is one line too, with the reference of what stands in the log.
    """
    keep_to_oneself()
    configure()
    try:
        casework(prog_name="casework")
    except DefinitionFaults as broken:
        print(*(fault.sentence(language()) for fault in broken.faults), sep="\n", file=sys.stderr)
        sys.exit(2)
    except Declined as refusal:
        refused(_explained(refusal))
    except SQLAlchemyError as error:
        refused(_unusable(error))
    except Exception as error:
        reference = secrets.token_hex(4)
        log.error("fault", reference=reference, exc_info=error)  # noqa: TRY400 (in our form)
        print(sentence("unexpected", {"reference": reference}, language()), file=sys.stderr)
        sys.exit(1)


def _explained(refusal: Declined) -> Declined:
    """Whoever sits at the terminal is told what the database answered, or that nobody did."""
    if isinstance(refusal, Unavailable) and refusal.code == "database_away":
        return _unusable(refusal.__cause__ or refusal)
    return refusal


def _unusable(error: BaseException) -> Refusal:
    """The driver's first line where it speaks of server and tables; of rows it would quote."""
    if isinstance(error, OperationalError | ProgrammingError):
        return Conflict("database_unusable", reason=str(error.orig).splitlines()[0])
    return Conflict("database_unusable", reason=told(error))
