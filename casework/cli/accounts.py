"""Commands for those who use an installation: accounts with their roles, API tokens."""

from __future__ import annotations

import sys

import click

from casework.accounts import service, tokens
from casework.app import now
from casework.cli.bodies import found_organisation, organisation_option
from casework.cli.terminal import LINE, only_organisation, opened
from casework.people.queries import body_named
from casework.people.service import appoint, create_person


@click.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("email", type=LINE)
@click.option("--name", type=LINE, required=True)
@click.option("--title", type=LINE, default="")
@click.option("--role", "roles", type=LINE, multiple=True, help="May be given several times.")
@click.option(
    "--body", "body_name", type=LINE, default="", help="The body of the roles; default is all."
)
@organisation_option
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
    found_organisation(casework, organisation_name)
    with casework.acting(only_organisation(casework), moment=now()) as context:
        body = body_named(context, body_name) if body_name else None
        person = create_person(context, name=name, title=title, email=email)
        for role in roles:
            appoint(context, person, role, body=body)
        service.open_account(context, person, email, password)
    print(email)


@click.group()
def token() -> None:
    """API tokens."""


@token.command("create")
@click.argument("email", type=LINE)
@click.option("--scope", "scopes", multiple=True, help="read, write or admin; default is read.")
@click.option("--name", type=LINE, default="", help="What the token is for.")
def token_create(email: str, scopes: tuple[str, ...], name: str) -> None:
    """Make a token; it is printed once, alone on the last line."""
    casework = opened()
    with casework.acting(only_organisation(casework), moment=now()) as context:
        account = service.find_user(context, email)
        secret = tokens.create_token(context, account, list(scopes), name)
    print(secret)
