"""Commands for what the organisation and its bodies are: founded, established, edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import select

from casework.app import now
from casework.cli.terminal import LINE, Command, only_organisation, opened
from casework.errors import Conflict, Invalid
from casework.matters.service import establish_body
from casework.people import queries, service
from casework.people.body_kinds import BODY_KINDS
from casework.people.identity import BODY_FACTS, DECISION_STYLES, ORGANISATION_FACTS
from casework.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casework.app import Casework
    from casework.people.identity import Fact

NAMES = ("name", "short_name")


def fact_options(
    facts: Mapping[str, Fact], besides: tuple[str, ...] = ()
) -> Callable[[Command], Command]:
    """An option for each fact; one that is not given stays None."""

    def declare(command: Command) -> Command:
        for name, fact in reversed(list(facts.items())):
            if name not in besides:
                choice = click.Choice(list(DECISION_STYLES)) if name == "decision_style" else LINE
                option = f"--{name.replace('_', '-')}"
                command = click.option(option, type=choice, help=fact.label["en"] + ".")(command)
        return command

    return declare


def organisation_option(command: Command) -> Command:
    """`--organisation NAME`: founded by the first command that names it."""
    return click.option(
        "--organisation",
        "organisation_name",
        type=LINE,
        default="",
        metavar="NAME",
        help="Founded if there is none yet. An installation has one organisation.",
    )(command)


@click.group()
def organisation() -> None:
    """The organisation of the installation."""


@organisation.command("edit")
@fact_options(ORGANISATION_FACTS)
def organisation_edit(**options: str | None) -> None:
    """Change what it is called and how it is reached; what is not given stays.

    Documents that have been drawn up keep what they were made with.
    """
    given = _given(options)
    casework = opened()
    with casework.acting(only_organisation(casework), moment=now()) as context:
        row = queries.organisation(context.session, context.organisation_id)
        service.revise_organisation(context, row, **given)
        print(row.name)


@click.group()
def body() -> None:
    """Committees, boards, presidiums and forums."""


@body.command("add")
@click.argument("name", type=LINE)
@click.option("--short-name", type=LINE, required=True, help="As in RUN.")
@click.option("--kind", required=True, type=click.Choice(list(BODY_KINDS)))
@click.option(
    "--series", "series_code", type=LINE, default="", help="Its register series; opened if new."
)
@fact_options(BODY_FACTS, besides=NAMES)
@organisation_option
def body_add(
    name: str,
    short_name: str,
    kind: str,
    series_code: str,
    organisation_name: str,
    **facts: str | None,
) -> None:
    """Add a body with its register series."""
    casework = opened()
    found_organisation(casework, organisation_name)
    with casework.acting(only_organisation(casework), moment=now()) as context:
        row = establish_body(
            context,
            kind=kind,
            name=name,
            short_name=short_name,
            series_code=series_code,
            **{fact: value for fact, value in facts.items() if value is not None},
        )
        print(row.short_name)


@body.command("edit")
@click.argument("body_name", type=LINE, metavar="SHORT_NAME")
@fact_options(BODY_FACTS)
def body_edit(body_name: str, **options: str | None) -> None:
    """Change what a body is called, how it is reached and how it decides; what is not given stays.

    Its register series stays, and documents that have been drawn up keep what they were made with.
    """
    given = _given(options)
    casework = opened()
    with casework.acting(only_organisation(casework), moment=now()) as context:
        row = queries.body_named(context, body_name)
        service.revise_body(context, row, **given)
        print(row.short_name)


def found_organisation(casework: Casework, name: str) -> None:
    """Found the organisation if there is none; raises Conflict beside another, for there is one."""
    if not name:
        return
    with casework.acting(0, moment=now()) as context:
        present = context.session.scalars(select(Organisation.name)).all()
        if not present:
            service.create_organisation(context, name=name, short_name=name)
        elif name not in present:
            raise Conflict("organisation_other", name=name, present=present[0])


def _given(options: Mapping[str, str | None]) -> dict[str, Any]:
    """The options that were given; raises Invalid where none was."""
    given = {name: value for name, value in options.items() if value is not None}
    if not given:
        shown = [f"--{name.replace('_', '-')}" for name in options]
        raise Invalid("nothing_to_change", options=shown)
    return given
