"""Commands for those who use an installation: their accounts, roles and API tokens."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from casework.accounts import queries, service, tokens
from casework.app import now
from casework.cli.bodies import found_organisation, organisation_option
from casework.cli.speaking import json_option, language
from casework.cli.terminal import LINE, only_organisation, opened
from casework.errors import NotFound
from casework.meetings.planning.appointments import revise, take_back, used_days
from casework.people.queries import appointments, body_named
from casework.people.role_names import LABELS
from casework.people.service import appoint, create_person, holds_already
from casework.phrases import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from casework.accounts.models import ApiToken, User
    from casework.context import Context
    from casework.people.models import Appointment, Body, Person

PAGE = 200
DAY = timedelta(days=1)
# On the record of an appointment that never began to count.
MISTAKEN = "casework user roles --end"


@contextmanager
def _acting() -> Iterator[Context]:
    """One unit of work in the organisation of the installation."""
    casework = opened()
    with casework.acting(only_organisation(casework), moment=now()) as context:
        yield context


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
    """Add a person with an account and roles.

    Somebody who has the address already, and no account, is given the account: nobody is added a
    second time, and what is known of them stays.
    """
    password = sys.stdin.readline().rstrip("\n") if password_stdin else ""
    casework = opened()
    found_organisation(casework, organisation_name)
    with casework.acting(only_organisation(casework), moment=now()) as context:
        body = body_named(context, body_name) if body_name else None
        person = service.person_for(context, email)
        if person is None:
            person = create_person(context, name=name, title=title, email=email)
        context.session.flush()
        _appoint(context, person, roles, body)
        service.open_account(context, person, email, password)
    print(email)


@user.command("invite")
@click.argument("email", type=LINE)
def user_invite(email: str) -> None:
    """Send a letter with a link to choose a password, and open the account if there is none.

    Where letters go to a folder the link is printed, alone on the last line.
    """
    with _acting() as context:
        account = _account_or_new(context, email)
        link = service.send_invitation(context, account)
        _tell(context, account, link)


@user.command("reset")
@click.argument("email", type=LINE)
def user_reset(email: str) -> None:
    """Send a letter with a link to choose a new password; the old one serves until then.

    Where letters go to a folder the link is printed, alone on the last line.
    """
    with _acting() as context:
        account = service.find_user(context, email)
        _tell(context, account, service.send_reset(context, account))


@user.command("unlock")
@click.argument("email", type=LINE)
def user_unlock(email: str) -> None:
    """Forget the failed attempts at an account, so that its owner need not wait."""
    with _acting() as context:
        service.unlock(context, service.find_user(context, email))
    print(email)


@user.command("close")
@click.argument("email", type=LINE)
def user_close(email: str) -> None:
    """Close an account: sessions end, tokens are revoked. Its person and roles stay."""
    with _acting() as context:
        service.close(context, service.find_user(context, email))
    print(email)


@user.command("reopen")
@click.argument("email", type=LINE)
def user_reopen(email: str) -> None:
    """Reopen an account that was closed, with the password it had."""
    with _acting() as context:
        service.reopen(context, service.find_user(context, email))
    print(email)


@user.command("roles")
@click.argument("email", type=LINE)
@click.option("--add", "added", type=LINE, multiple=True, metavar="ROLE", help="From today.")
@click.option("--end", "ended", type=LINE, multiple=True, metavar="ROLE", help="Until yesterday.")
@click.option(
    "--body", "body_name", type=LINE, default="", help="The body of the roles; default is all."
)
def user_roles(email: str, added: tuple[str, ...], ended: tuple[str, ...], body_name: str) -> None:
    """Give or end roles, and list those that are held.

    A role with which something has been done today is held until tonight.
    """
    with _acting() as context:
        person = service.find_user(context, email).person
        body = body_named(context, body_name) if body_name else None
        for role in ended:
            _end(context, person, role, body)
        _appoint(context, person, added, body)
        context.session.flush()
        for each in _held(context, person):
            days = f"{each.valid_from} – {each.valid_to or ''}".rstrip()
            print(f"{each.role}\t{each.body.short_name if each.body else '*'}\t{days}")


@user.command("list")
@json_option
def user_list(as_json: bool) -> None:
    """Every account, with whose it is and whether it is open."""
    with _acting() as context:
        found = [
            {"email": each.email, "name": each.person.name, "state": _state(each)}
            for each in _everybody(context)
        ]
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for each in found:
        state = sentence(f"account_{each['state']}_now", {}, language())
        print(f"{each['email']}\t{each['name']}\t{state}")


@click.group()
def token() -> None:
    """API tokens."""


@token.command("create")
@click.argument("email", type=LINE)
@click.option("--scope", "scopes", multiple=True, help="read, write or admin; default is read.")
@click.option("--name", type=LINE, default="", help="What the token is for.")
def token_create(email: str, scopes: tuple[str, ...], name: str) -> None:
    """Make a token; it is printed once, alone on the last line."""
    with _acting() as context:
        account = service.find_user(context, email)
        secret = tokens.create_token(context, account, list(scopes), name)
    print(secret)


@token.command("list")
@click.argument("email", type=LINE)
@json_option
def token_list(email: str, as_json: bool) -> None:
    """The tokens of an account, the newest first, with the number by which each is revoked."""
    with _acting() as context:
        account = service.find_user(context, email)
        found = [_told(each, context) for each in tokens.tokens_of(context, account)]
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for each in found:
        state = sentence(f"token_{each['state']}_now", each, language())
        print(f"{each['id']}\t{each['scope']}\t{each['name']}\t{state}")


@token.command("revoke")
@click.argument("email", type=LINE)
@click.argument("token_id", type=click.IntRange(1, 2**63 - 1), metavar="ID")
def token_revoke(email: str, token_id: int) -> None:
    """Revoke a token by its number in the list; it opens nothing from now on."""
    with _acting() as context:
        account = service.find_user(context, email)
        tokens.revoke_token(context, tokens.token_with(context, account, token_id))
    print(token_id)


def _account_or_new(context: Context, email: str) -> User:
    """The account with the address, or a new one for the person who has it; raises NotFound."""
    account = service.account_at(context, email)
    if account is not None:
        return account
    person = service.person_for(context, email)
    if person is None:
        raise NotFound("person_without_address", email=email)
    return service.open_account(context, person, email)


def _tell(context: Context, account: User, link: str) -> None:
    """That the letter is on its way; where none leaves the machine, the link that is in it."""
    print(sentence("account_letter_queued", {"email": account.email}, language()))
    if context.services.settings.mail_url.startswith("file:"):
        print(link)


def _appoint(context: Context, person: Person, roles: Sequence[str], body: Body | None) -> None:
    """Give the roles that the person does not hold already."""
    today = context.today
    for role in roles:
        if not holds_already(context, person, role, body, today, today):
            appoint(context, person, role, body=body)


def _end(context: Context, person: Person, role: str, body: Body | None) -> None:
    """End each appointment to the role there; raises NotFound for none."""
    wanted = (role, body.id if body else None)
    held = [each for each in _held(context, person) if (each.role, each.body_id) == wanted]
    if not held:
        label = LABELS.get(role, {}).get(language(), role)
        raise NotFound("role_not_held", name=person.name, role=label)
    for each in held:
        last = _last_day(context, each)
        if last < each.valid_from:
            take_back(context, each, reason=MISTAKEN)
        else:
            revise(context, each, valid_to=last)


def _last_day(context: Context, appointment: Appointment) -> date:
    """Yesterday, or the last day on which something rests on the appointment."""
    used = used_days(context, appointment)
    yesterday = context.today - DAY
    return max(yesterday, used[1]) if used else yesterday


def _held(context: Context, person: Person) -> list[Appointment]:
    """Today's appointments of the person, and those to come."""
    every = context.session.scalars(appointments(context.organisation_id, person.id))
    return [each for each in every if each.valid_to is None or each.valid_to >= context.today]


def _everybody(context: Context) -> Iterator[User]:
    after = None
    while page := context.session.scalars(
        queries.accounts(context.organisation_id, after=after, limit=PAGE)
    ).all():
        yield from page
        after = page[-1].id


def _state(account: User) -> str:
    if not account.is_active:
        return "closed"
    return "open" if account.password_hash else "without_password"


def _told(each: ApiToken, context: Context) -> dict[str, object]:
    ended = each.revoked_at or (each.expires_at if each.expires_at <= context.moment else None)
    return {
        "id": each.id,
        "name": each.name,
        "scope": " ".join(each.scopes),
        "state": "revoked" if each.revoked_at else "expired" if ended else "living",
        "day": (ended or each.expires_at).date().isoformat(),
    }
