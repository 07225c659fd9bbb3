"""Commands that furnish an installation: bodies, users with their roles, API tokens."""

from __future__ import annotations

import sys

import click
from sqlalchemy import select

from casework.app import now
from casework.cli.terminal import only_organisation, opened
from casework.errors import NotFound
from casework.matters.service import establish_body
from casework.people import accounts, service
from casework.people.body_kinds import BODY_KINDS
from casework.people.models import Organisation
from casework.people.queries import body_named


@click.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--title", default="")
@click.option("--role", "roles", multiple=True, help="May be given several times.")
@click.option("--body", "body_name", default="", help="The body of the roles; default is all.")
@click.option("--organisation", "organisation_name", default="", help="Founded if it is new.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def user_add(
    email: str,
    name: str,
    title: str,
    roles: tuple[str, ...],
    body_name: str,
    organisation_name: str,
    password_stdin: bool,
) -> None:
    """Add a person with an account and roles."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else ""
    casework = opened()
    if organisation_name:
        _found(organisation_name)
    with casework.acting(only_organisation(casework), moment=now()) as context:
        body = body_named(context, body_name) if body_name else None
        person = service.create_person(context, name=name, title=title, email=email)
        for role in roles:
            service.appoint(context, person, role, body=body)
        service.add_user(context, person, email, password)
    print(email)


@click.group()
def body() -> None:
    """Committees, boards, presidiums and forums."""


@body.command("add")
@click.argument("name")
@click.option("--short-name", required=True, help="As in RUN.")
@click.option("--kind", required=True, type=click.Choice(list(BODY_KINDS)))
@click.option("--series", "series_code", default="", help="Its register series; opened if new.")
@click.option("--email", default="")
@click.option("--organisation", "organisation_name", default="", help="Founded if it is new.")
def body_add(
    name: str, short_name: str, kind: str, series_code: str, email: str, organisation_name: str
) -> None:
    """Add a body with its register series."""
    casework = opened()
    if organisation_name:
        _found(organisation_name)
    with casework.acting(only_organisation(casework), moment=now()) as context:
        establish_body(
            context,
            kind=kind,
            name=name,
            short_name=short_name,
            series_code=series_code,
            email=email,
        )
    print(short_name)


@click.group()
def token() -> None:
    """API tokens."""


@token.command("create")
@click.argument("email")
@click.option("--scope", "scopes", multiple=True, help="read, write or admin; default is read.")
@click.option("--name", default="", help="What the token is for.")
def token_create(email: str, scopes: tuple[str, ...], name: str) -> None:
    """Make a token; it is printed once, alone on the last line."""
    casework = opened()
    with casework.acting(only_organisation(casework), moment=now()) as context:
        account = service.find_user(context, email)
        secret = accounts.create_token(context, account, list(scopes), name)
    print(secret)


def _found(name: str) -> None:
    casework = opened()
    with casework.acting(0, moment=now()) as context:
        known = context.session.scalar(select(Organisation.id).where(Organisation.name == name))
        others = context.session.scalar(select(Organisation.id).limit(1))
        if known is None and others is not None:
            raise NotFound("organisation_other", name=name)
        if known is None:
            service.create_organisation(context, name=name, short_name=name)
