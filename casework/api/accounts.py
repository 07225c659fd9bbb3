"""Accounts: one's own, and everybody's for the administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.accounts import (
    calendar_links,
    newcomers,
    preferences,
    queries,
    service,
    sessions,
    tokens,
)
from casework.accounts.rights import require_administrator
from casework.api.endpoint import Created, Room
from casework.api.people import APPOINTER, read_person
from casework.api.schemas import accounts as shapes
from casework.api.schemas.common import Before
from casework.api.schemas.people import Appointment as AppointmentShape
from casework.errors import NotFound, Stale
from casework.people import queries as people
from casework.people.service import appoint

if TYPE_CHECKING:
    from casework.accounts.models import User
    from casework.api.endpoint import Call, Page

OWNER = "The owner of the token."
ADMINISTRATOR = "The administrators."

room = Room("accounts")


@room.get("/account", "One's own account.", who=OWNER, answer=shapes.Account, tagged=True)
def read_own_account(call: Call) -> User:
    person = people.person(call.session, call.organisation_id, call.caller.person_id)
    user = service.user_of(call.context, person)
    if user is None:
        raise NotFound("not_found")
    return user


@room.patch(
    "/account",
    "Choose the language of one's letters and calendar.",
    who=OWNER,
    body=shapes.OwnChange,
    answer=shapes.Account,
    tagged=True,
    current=read_own_account,
    errors=(412,),
)
def change_own_account(call: Call) -> User:
    user = _unchanged(call, read_own_account(call))
    preferences.change_language(call.begin(), user, call.body["language"])
    return user


@room.put(
    "/account/password",
    "Change one's own password; every sign-in ends, tokens stay. A wrong `current` is counted.",
    who=OWNER,
    body=shapes.NewPassword,
    answer=shapes.Account,
    tagged=True,
    confirms=("current", "password_wrong"),
    is_kept=False,
)
def change_own_password(call: Call) -> User:
    user: User = read_own_account(call)
    service.change_password(call.begin(), user, call.body["current"], call.body["new"])
    return user


@room.get(
    "/account/sessions",
    "Where one is signed in, the one used last first.",
    who=OWNER,
    query=Before,
    answer=shapes.SignedIn,
    paged=True,
)
def list_own_sessions(call: Call) -> Page:
    return _sessions(call, read_own_account(call))


@room.delete(
    "/account/sessions", "Sign out everywhere.", who=OWNER, answer=shapes.SignedIn, paged=True
)
def end_own_sessions(call: Call) -> Page:
    return _end_all(call, read_own_account(call))


@room.delete(
    "/account/sessions/<row:item_id>",
    "Sign out in one browser.",
    who=OWNER,
    answer=shapes.SignedIn,
    paged=True,
    errors=(404,),
)
def end_own_session(call: Call, item_id: int) -> Page:
    return _end_one(call, read_own_account(call), item_id)


@room.delete(
    "/account/calendar",
    "The secret address of one's own calendar is dead: one signs in anew and finds another.",
    who=OWNER,
    answer=shapes.Account,
)
def withdraw_calendar(call: Call) -> User:
    user: User = read_own_account(call)
    context = call.begin()
    calendar_links.withdraw(context, user)
    sessions.end_all(context, user)
    return user


@room.get(
    "/account/tokens",
    "One's own tokens, the newest first.",
    who=OWNER,
    query=Before,
    answer=shapes.Token,
    paged=True,
)
def list_own_tokens(call: Call) -> Page:
    return call.page(tokens.listed, read_own_account(call))


@room.post(
    "/account/tokens",
    "Make a token, no wider than the one that asks; its secret is told this once.",
    who=OWNER,
    body=shapes.NewToken,
    answer=shapes.MadeToken,
    status=201,
    confirms=("password", "password_wrong"),
    is_kept=False,
)
def make_token(call: Call) -> dict[str, Any]:
    call.caller.require(call.body["scope"])
    user: User = read_own_account(call)
    context = call.begin()
    secret = tokens.create_token(context, user, [call.body["scope"]], call.body["name"])
    call.session.flush()
    return {"secret": secret, "tokens": tokens.tokens_of(context, user)}


@room.delete(
    "/account/tokens/<row:item_id>",
    "Revoke a token of one's own.",
    who=OWNER,
    answer=shapes.Token,
    paged=True,
    errors=(404,),
)
def revoke_own_token(call: Call, item_id: int) -> Page:
    return _revoke(call, read_own_account(call), item_id)


@room.get(
    "/accounts",
    "Every account, in the alphabetical order of its person.",
    who=ADMINISTRATOR,
    query=shapes.AccountsAsked,
    answer=shapes.Account,
    paged=True,
)
def list_accounts(call: Call) -> Page:
    require_administrator(call.context)
    return call.page(queries.accounts, call.organisation_id, question=call.query["q"])


@room.get(
    "/accounts/<row:row_id>", "An account.", who=ADMINISTRATOR, answer=shapes.Account, tagged=True
)
def read_account(call: Call, row_id: int) -> User:
    require_administrator(call.context)
    return queries.account(call.session, call.organisation_id, row_id)


@room.post(
    "/accounts",
    "A new person with an account, who gets a letter to choose a password.",
    who=ADMINISTRATOR,
    scope="admin",
    body=shapes.Newcomer,
    answer=shapes.Account,
    status=201,
    tagged=True,
    errors=(404, 409),
)
def welcome(call: Call) -> Created:
    given = dict(call.body)
    body_id = given.pop("body_id")
    body = people.body(call.session, call.organisation_id, body_id) if body_id else None
    return _made(call, newcomers.welcome(call.begin(), body=body, **given))


@room.post(
    "/persons/<row:row_id>/invitation",
    "Send the person the letter, with an account if there is none; earlier links are dead.",
    who=ADMINISTRATOR,
    scope="admin",
    body=shapes.Invitation,
    answer=shapes.Account,
    status=201,
    tagged=True,
    errors=(404, 409),
)
def invite(call: Call, row_id: int) -> Created:
    person = read_person(call, row_id)
    return _made(call, service.invite(call.begin(), person, call.body["email"]))


@room.patch(
    "/accounts/<row:row_id>",
    "Another address to sign in with; links sent to the former are dead.",
    who=ADMINISTRATOR,
    scope="admin",
    body=shapes.NewAddress,
    answer=shapes.Account,
    tagged=True,
    conditional=True,
    current=read_account,
    errors=(404, 409, 412, 428),
)
def change_account(call: Call, row_id: int) -> User:
    user = _unchanged(call, read_account(call, row_id))
    service.change_email(call.begin(), user, call.body["email"])
    return user


def _verb(name: str, summary: str, verb: Any) -> None:
    """An endpoint that does one thing to an account."""

    @room.post(
        f"/accounts/<row:row_id>/{name}",
        summary,
        name=f"account_{name}",
        who=ADMINISTRATOR,
        scope="admin",
        answer=shapes.Account,
        tagged=True,
        current=read_account,
        errors=(404, 409, 412),
    )
    def act(call: Call, row_id: int) -> User:
        user = _unchanged(call, read_account(call, row_id))
        verb(call.begin(), user)
        return user


_verb("reset", "Send the owner a link to choose a new password.", service.send_reset)
_verb("closing", "Close the account: sign-ins end, tokens are revoked.", service.close)
_verb("reopening", "Open an account that was closed.", service.reopen)
_verb("unlocking", "Forget failed attempts, so that nobody need wait.", service.unlock)


@room.get(
    "/accounts/<row:row_id>/sessions",
    "Where the account is signed in.",
    who=ADMINISTRATOR,
    query=Before,
    answer=shapes.SignedIn,
    paged=True,
)
def list_sessions(call: Call, row_id: int) -> Page:
    return _sessions(call, read_account(call, row_id))


@room.delete(
    "/accounts/<row:row_id>/sessions",
    "Sign the account out everywhere.",
    who=ADMINISTRATOR,
    scope="admin",
    answer=shapes.SignedIn,
    paged=True,
    errors=(404,),
)
def end_sessions(call: Call, row_id: int) -> Page:
    return _end_all(call, read_account(call, row_id))


@room.delete(
    "/accounts/<row:row_id>/sessions/<row:item_id>",
    "Sign the account out in one browser.",
    who=ADMINISTRATOR,
    scope="admin",
    answer=shapes.SignedIn,
    paged=True,
    errors=(404,),
)
def end_session(call: Call, row_id: int, item_id: int) -> Page:
    return _end_one(call, read_account(call, row_id), item_id)


@room.get(
    "/accounts/<row:row_id>/tokens",
    "The tokens of the account, the newest first.",
    who=ADMINISTRATOR,
    query=Before,
    answer=shapes.Token,
    paged=True,
)
def list_tokens(call: Call, row_id: int) -> Page:
    return call.page(tokens.listed, read_account(call, row_id))


@room.delete(
    "/accounts/<row:row_id>/tokens/<row:item_id>",
    "Revoke a token of the account.",
    who=ADMINISTRATOR,
    scope="admin",
    answer=shapes.Token,
    paged=True,
    errors=(404,),
)
def revoke_token(call: Call, row_id: int, item_id: int) -> Page:
    return _revoke(call, read_account(call, row_id), item_id)


@room.post(
    "/persons/<row:row_id>/appointments",
    "Give a person a role, in a body or the whole organisation.",
    who=APPOINTER,
    body=shapes.NewRole,
    answer=AppointmentShape,
    status=201,
    errors=(404, 409),
)
def give_role(call: Call, row_id: int) -> Created:
    person, given = read_person(call, row_id), dict(call.body)
    body_id = given.pop("body_id")
    body = people.body(call.session, call.organisation_id, body_id) if body_id else None
    made = appoint(call.begin(), person, given.pop("role"), body=body, **given)
    call.session.flush()
    return Created(made, f"/persons/{person.id}/appointments/{made.id}")


def _unchanged(call: Call, user: User) -> User:
    if call.expected(user) not in (None, user.version):
        raise Stale("stale")
    return user


def _made(call: Call, user: User) -> Created:
    call.session.flush()
    return Created(user, f"/accounts/{user.id}")


def _sessions(call: Call, user: User) -> Page:
    settings = call.context.services.settings
    lifetime = sessions.Lifetime(settings.session_idle, settings.session_life)
    return call.page(sessions.listed, call.context, user, lifetime)


def _end_all(call: Call, user: User) -> Page:
    sessions.end_all(call.begin(), user)
    return _sessions(call, user)


def _end_one(call: Call, user: User, session_id: int) -> Page:
    row = sessions.session_with(call.context, user, session_id)
    sessions.end_one(call.begin(), row)
    call.session.flush()
    return _sessions(call, user)


def _revoke(call: Call, user: User, token_id: int) -> Page:
    token = tokens.token_with(call.context, user, token_id)
    tokens.revoke_token(call.begin(), token)
    call.session.flush()
    return call.page(tokens.listed, user)
