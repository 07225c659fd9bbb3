"""The verbs of accounts: opened, invited, reset, closed; passwords and addresses changed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from sqlalchemy import func, select, update

from casework.accounts import letters, limits, sessions, tokens
from casework.accounts.letters import Written
from casework.accounts.limits import Lane, account_key, source_of
from casework.accounts.models import AccountLink, User
from casework.accounts.passwords import hash_password, password_fits
from casework.accounts.rights import (
    require_administrator,
    require_open,
)
from casework.accounts.sign_in import confirming
from casework.addresses import checked_address
from casework.context import Actor
from casework.errors import Conflict, Forbidden, Invalid, NotFound
from casework.people.models import Appointment, Person
from casework.people.policy import is_valid

if TYPE_CHECKING:
    from casework.context import Context
    from casework.phrases import Language

INVITED_FOR = timedelta(days=7)
RESET_FOR = timedelta(days=1)
LIVES = {"invite": INVITED_FOR, "reset": RESET_FOR}


def open_account(context: Context, person: Person, email: str, password: str = "") -> User:
    """An account for a person who has none; with tokens alone until it has a password.

    Raises Forbidden for all but administrators and the system, Invalid, Conflict if the person has
    an account, open or closed, or somebody else has the address.
    """
    require_administrator(context)
    address = checked_address(email).lower()
    if user_of(context, person) is not None:
        raise Conflict("person_has_account", name=person.name)
    _require_free(context, address)
    user = User(
        organisation_id=context.organisation_id,
        person_id=person.id,
        email=address,
        password_hash=hash_password(password) if password else "",
    )
    user.person = person
    context.session.add(user)
    context.record(user, "created", email=address)
    return user


def find_user(context: Context, email: str) -> User:
    """The user with this address; raises NotFound."""
    user = account_at(context, email)
    if user is None:
        raise NotFound("user_unknown", email=email)
    return user


def account_at(context: Context, email: str) -> User | None:
    """The account with this address, None for nobody's."""
    return context.session.scalar(
        select(User).where(
            User.organisation_id == context.organisation_id, User.email == email.strip().lower()
        )
    )


def user_of(context: Context, person: Person) -> User | None:
    """The person's account, the open one before any closed, None for a person without."""
    return context.session.scalar(
        select(User)
        .where(User.organisation_id == person.organisation_id, User.person_id == person.id)
        .order_by(User.is_active.desc(), User.id.desc())
        .limit(1)
    )


def person_for(context: Context, email: str) -> Person | None:
    """The one person who has the address and no account, None for nobody.

    Raises Conflict where several have it.
    """
    address = email.strip().lower()
    accounts = select(User.person_id).where(User.organisation_id == context.organisation_id)
    found = context.session.scalars(
        select(Person)
        .where(
            Person.organisation_id == context.organisation_id,
            func.lower(Person.email) == address,  # ASCII, which every database lowers alike
            Person.id.not_in(accounts),
        )
        .limit(2)
    ).all()
    if len(found) > 1:
        raise Conflict("person_ambiguous", email=address)
    return found[0] if found else None


def invite(context: Context, person: Person, email: str = "") -> User:
    """Send the person a letter with a link to choose a password.

    Opens the account if there is none, with `email` or the person's own address. Raises as
    `open_account` and `send_invitation` do.
    """
    require_administrator(context)
    user = user_of(context, person) or open_account(context, person, email or person.email)
    send_invitation(context, user)
    return user


def send_invitation(context: Context, user: User) -> str:
    """Send the owner of a new account the letter; gives the link, which voids earlier ones.

    Raises Forbidden for all but administrators and the system, Conflict for an account that is
    closed or has a password.
    """
    require_administrator(context)
    require_open(user)
    if user.password_hash:
        raise Conflict("account_has_password", email=user.email)
    link = _send_link(context, user, "invite")
    context.record(user, "invited", email=user.email)
    return link


def send_reset(context: Context, user: User) -> str:
    """Send the owner a letter with a link to choose a new password; gives the link.

    The old password serves until then. Raises Forbidden for all but administrators and the system,
    Conflict for a closed account.
    """
    require_administrator(context)
    require_open(user)
    link = _send_link(context, user, "reset")
    context.record(user, "reset_sent", email=user.email)
    return link


def ask_for_reset(context: Context, email: str, source: str = "") -> None:
    """Somebody at the door has forgotten their password: a letter goes to the account's address.

    Nothing tells the caller whether there is such an account: the same is counted, and a letter is
    written even if nobody gets it. The caller commits. Raises Forbidden when asked too often.
    """
    source, key = source_of(source), account_key(email)
    lanes = [Lane("asked_account", account=key)]
    lanes += [Lane("asked_source", source)] if source else []
    limits.require_room(context.session, lanes, context.moment, "asked_too_often")
    limits.count(context.session, lanes, context.moment)
    user = context.session.scalar(
        select(User).where(User.email == email.strip().lower(), User.is_active)
    )
    if user is None:
        nobody = Written("reset", "", "", "", context.moment + RESET_FOR, "sv")
        letters.written(context, nobody)
        return
    own = _as_owner(context, user)
    _send_link(own, user, "reset")
    own.record(user, "reset_asked", email=user.email)


def set_password_by_link(context: Context, secret: str, password: str) -> User:
    """Whoever has the link chooses the password, once; every session ends, every wait is over.

    Raises Invalid for a password that does not do, or a link that has run out, was used, was voided
    by a newer one, or never was: those are told alike.
    """
    hashed = hash_password(password)
    used = context.session.scalar(
        update(AccountLink)
        .where(
            AccountLink.token_hash == _hash(secret),
            AccountLink.used_at.is_(None),
            AccountLink.expires_at > context.moment,
        )
        .values(used_at=context.moment)
        .returning(AccountLink)
    )
    if used is None:
        raise Invalid("account_link_dead")
    user = context.session.get_one(User, used.user_id)
    if not user.is_active:
        raise Invalid("account_link_dead")
    own = _as_owner(context, user)
    user.password_hash = hashed
    _void_links(own, user)
    _forget_failures(own, user)
    sessions.end_all(own, user)
    own.record(user, "password_chosen", by="link", purpose=used.purpose)
    return user


def link_owner(context: Context, secret: str) -> User:
    """Whose password the link lets choose; raises Invalid as `set_password_by_link` does."""
    user = context.session.scalar(
        select(User)
        .join(AccountLink, AccountLink.user_id == User.id)
        .where(
            AccountLink.token_hash == _hash(secret),
            AccountLink.used_at.is_(None),
            AccountLink.expires_at > context.moment,
            User.is_active,
        )
    )
    if user is None:
        raise Invalid("account_link_dead")
    return user


def change_password(
    context: Context, user: User, current: str, new: str, here: str | None = None
) -> None:
    """The owner changes their own password; every session ends but the one with the secret `here`.

    The face counts wrong passwords before (`sign_in.confirmed`): what is refused leaves no count.
    Raises Forbidden for anybody else or a wrong password, Invalid for a new one that does not do.
    """
    if context.actor.person_id != user.person_id:
        raise Forbidden("forbidden")
    require_open(user)
    if not password_fits(user, current):
        raise Forbidden("password_wrong")
    if new == current:
        raise Invalid("password_same")
    user.password_hash = hash_password(new)
    _void_links(context, user)
    sessions.end_all(context, user, but=here)
    context.record(user, "password_changed")


def change_email(context: Context, user: User, email: str) -> None:
    """Another address to sign in with and to get letters at; links sent to the former are dead.

    Raises Forbidden for all but administrators and the system, Invalid, Conflict if it is taken.
    """
    require_administrator(context)
    address = checked_address(email).lower()
    if address == user.email:
        return
    _require_free(context, address)
    before, user.email = user.email, address
    _void_links(context, user)
    context.record(user, "revised", before={"email": before}, after={"email": address})


def close(context: Context, user: User) -> None:
    """Nobody signs in with the account: sessions and links end, tokens are revoked.

    What the person has done and is appointed to stays. Raises Forbidden for all but administrators
    and the system, Conflict for an account that is closed or the last administrator's.
    """
    require_administrator(context)
    require_open(user)
    require_administrator_left(context, user.person_id)
    sessions.end_all(context, user)
    tokens.revoke_all(context, user)
    _void_links(context, user)
    user.is_active = False
    context.record(user, "account_closed")


def reopen(context: Context, user: User) -> None:
    """The account may be used again, with the password it had.

    Raises Forbidden for all but administrators and the system, Conflict for one that is open or
    whose person has another that is.
    """
    require_administrator(context)
    other = user_of(context, user.person)
    if other is not None and other.is_active:
        code = "account_open" if other is user else "person_has_account"
        raise Conflict(code, email=user.email, name=user.person.name)
    user.is_active = True
    context.record(user, "account_reopened")


def unlock(context: Context, user: User) -> None:
    """What has been tried in vain against the account is forgotten, and nobody need wait.

    Raises Forbidden for all but administrators and the system.
    """
    require_administrator(context)
    _forget_failures(context, user)
    context.record(user, "account_unlocked")


def require_administrator_left(context: Context, person_id: int) -> None:
    """Raise Conflict unless somebody else is administrator and can sign in today.

    For whoever takes the account or the role from the person; nothing if they have not both.
    """
    statement = (
        select(User.person_id)
        .join(Appointment, Appointment.person_id == User.person_id)
        .where(
            User.organisation_id == context.organisation_id,
            User.is_active,
            User.password_hash != "",
            Appointment.organisation_id == context.organisation_id,
            Appointment.role == "administrator",
            Appointment.body_id.is_(None),
            is_valid(context.today),
        )
    )
    able = set(context.session.scalars(statement))
    if able == {person_id}:
        person = context.session.get_one(Person, person_id)
        raise Conflict("last_administrator_account", name=person.name)


def _send_link(context: Context, user: User, purpose: str) -> str:
    """Queue the letter with a new link; the earlier ones are dead."""
    _void_links(context, user)
    secret = secrets.token_urlsafe(32)
    link = AccountLink(
        organisation_id=user.organisation_id,
        user_id=user.id,
        purpose=purpose,
        token_hash=_hash(secret),
        created_at=context.moment,
        expires_at=context.moment + LIVES[purpose],
    )
    context.session.add(link)
    context.session.flush()
    address = letters.address_of(context, secret)
    first_name = user.person.name.split()[0]
    language = cast("Language", user.language)
    said = Written(purpose, first_name, user.email, address, link.expires_at, language)
    letters.post(context, user, link, letters.written(context, said))
    return address


def _void_links(context: Context, user: User) -> None:
    context.session.flush()
    context.session.execute(
        update(AccountLink)
        .where(
            AccountLink.organisation_id == user.organisation_id,
            AccountLink.user_id == user.id,
            AccountLink.used_at.is_(None),
            AccountLink.expires_at > context.moment,
        )
        .values(expires_at=context.moment)
    )


def _forget_failures(context: Context, user: User) -> None:
    confirmed = confirming(user.organisation_id, user.person_id)
    limits.clear_accounts(context.session, [account_key(user.email), confirmed.account])


def _as_owner(context: Context, user: User) -> Context:
    """The owner's own doing, in their organisation; at the door nobody is known before."""
    actor = Actor(user.person_id, user.person.name)
    return replace(context, organisation_id=user.organisation_id, actor=actor)


def _require_free(context: Context, address: str) -> None:
    if account_at(context, address) is not None:
        raise Conflict("email_taken", email=address)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
