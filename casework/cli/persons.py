"""Commands for what is kept about a person."""

from __future__ import annotations

import json

import click

from casework.accounts.service import account_at
from casework.app import now
from casework.cli.terminal import LINE, only_organisation, opened
from casework.errors import NotFound
from casework.people import queries
from casework.personal_data.service import extract


@click.group()
def person() -> None:
    """Persons."""


@person.command("extract")
@click.argument("who", type=LINE, metavar="EMAIL|ID")
def person_extract(who: str) -> None:
    """Print everything that is kept about a person as JSON; that it was made is on record."""
    casework = opened()
    with casework.acting(only_organisation(casework), moment=now()) as context:
        if who.isdecimal() and len(who) <= 18:
            found = queries.person(context.session, context.organisation_id, int(who))
        else:
            account = account_at(context, who)
            if account is None:
                raise NotFound("user_unknown", email=who)
            found = account.person
        made = extract(context, found)
    print(json.dumps(made, ensure_ascii=False, indent=1))
