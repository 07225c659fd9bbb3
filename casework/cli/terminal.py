"""What all commands share: the installation, the reader's language, one line per refusal."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from rich.console import Console

from casework.app import Casework, installation, now
from casework.config import load_settings
from casework.context import STOCKHOLM
from casework.errors import Invalid, NotFound
from casework.phrases import Language, sentence
from casework.schema import upgrade
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.config import Settings
    from casework.errors import Declined

USAGE = 2

Command = TypeVar("Command", bound="Callable[..., Any]")


class _Line(click.ParamType[str]):
    """A text of one line, as it is kept: it has passed the door."""

    name = "text"

    def convert(self, value: Any, *_where: Any) -> str:
        return cleaned_line(str(value))


# For names, titles and addresses; never for paths, passwords and tokens.
LINE = _Line()


def console() -> Console:
    """Standard output; on a terminal in colour, else plain lines."""
    return Console(highlight=False)


def language() -> Language:
    """English for an English locale, else Swedish."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if locale.lower().startswith("en") else "sv"


def refused(refusal: Declined) -> NoReturn:
    """The refusal as one line on stderr, and exit code 2."""
    blockers = getattr(refusal, "blockers", [])
    lines = [blocker.sentence(language()) for blocker in blockers]
    print(" ".join(lines) or sentence(refusal.code, refusal.params, language()), file=sys.stderr)
    sys.exit(USAGE)


def opened(settings: Settings | None = None) -> Casework:
    """The installation; an embedded one is migrated first, and the templates here are kept."""
    settings = settings or load_settings()
    if settings.embedded:
        upgrade(settings.database_url)
    casework = installation(settings)
    casework.services.press.keep_templates()
    return casework


def moment(text: str | None) -> datetime:
    """The moment that `--at` names (ISO 8601; Stockholm without an offset), or now."""
    if text is None:
        return now()
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("moment_wrong", text=text) from error
    return given if given.tzinfo else given.replace(tzinfo=STOCKHOLM)


def only_organisation(casework: Casework) -> int:
    """The organisation of an installation that has one; raises NotFound or Invalid otherwise."""
    from sqlalchemy import select

    from casework.people.models import Organisation

    with casework.database.read() as session:
        found = session.scalars(select(Organisation.id).limit(2)).all()
    if not found:
        raise NotFound("organisation_missing")
    if len(found) > 1:
        raise Invalid("organisation_ambiguous")
    return found[0]


def at_option(command: Command) -> Command:
    """`--at ISO`: act as at that moment."""
    return click.option("--at", metavar="ISO", help="As at that moment; default is now.")(command)


def json_option(command: Command) -> Command:
    """`--json`: for other programs."""
    return click.option("--json", "as_json", is_flag=True, help="For other programs.")(command)
