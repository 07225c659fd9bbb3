"""What commands on an installation share: opening it, its moments, its words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from casework.app import Casework, installation, now
from casework.config import load_settings
from casework.context import STOCKHOLM
from casework.errors import Invalid, NotFound
from casework.schema import upgrade
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from casework.config import Settings

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
    from rich.console import Console

    return Console(highlight=False)


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
