"""Signing in, and proving once more who one is: what is tried in vain is counted.

Three counters meet at the door: an account from one source, a source for all accounts, and an
account from all sources. A source from which the account lately signed in is known to it: what
strangers do elsewhere, or to other accounts from there, does not keep its owner out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.accounts import limits
from casework.accounts.limits import LIMITS, Lane, account_key, source_of
from casework.accounts.models import AccountSession, User
from casework.accounts.passwords import password_fits

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

# How long a source stays known to an account after a sign-in.
KNOWN_FOR = timedelta(days=30)


def sign_in(
    session: Session, email: str, password: str, moment: datetime, source: str = ""
) -> User | None:
    """The user, or None for a wrong password; the caller commits, also a failure.

    `source` is the caller's address, "" where all callers look alike: then only the account is
    counted. Raises Forbidden while one must wait, alike whether there is such an account or not.
    """
    source, key = source_of(source), account_key(email)
    user = session.scalar(select(User).where(User.email == email.strip().lower(), User.is_active))
    pair, everywhere = Lane("pair", source, key), Lane("account", account=key)
    if not source:
        asked = counted = [everywhere]
    elif _is_known(session, user, source, moment):
        there = Lane("source", source)
        slow = limits.failures_in(session, pair, moment) >= LIMITS["pair"].free
        asked, counted = ([pair, there] if slow else [pair]), [pair, there]
    else:
        asked = counted = [pair, Lane("source", source), everywhere]
    limits.require_room(session, asked, moment)
    if password_fits(user, password):
        limits.clear(session, [pair] if source else [everywhere])
        return user
    limits.count(session, counted, moment)
    return None


def _is_known(session: Session, user: User | None, source: str, moment: datetime) -> bool:
    """Whether the account lately signed in from there; asked of nobody's account too."""
    known = select(AccountSession.id).where(
        AccountSession.organisation_id == (user.organisation_id if user else 0),
        AccountSession.user_id == (user.id if user else 0),
        AccountSession.source == source,
        AccountSession.begun_at > moment - KNOWN_FOR,
    )
    return session.scalar(known.limit(1)) is not None


def confirmed(
    session: Session, organisation_id: int, person_id: int, password: str, moment: datetime
) -> bool:
    """Whether somebody who is signed in proves once more who they are.

    Only their own failures count, by themselves: a stranger's at the door never stop a signature,
    nor the other way round. The caller commits, also a failure. Raises Forbidden after too many.
    """
    user = session.scalar(
        select(User).where(
            User.organisation_id == organisation_id, User.person_id == person_id, User.is_active
        )
    )
    lane = confirming(organisation_id, person_id)
    limits.require_room(session, [lane], moment, "confirmed_too_often")
    if password_fits(user, password):
        limits.clear(session, [lane])
        return True
    limits.count(session, [lane], moment)
    return False


def confirming(organisation_id: int, person_id: int) -> Lane:
    """The counter of the password asked for anew."""
    return Lane("confirming", account=account_key(f"{organisation_id}:{person_id}"))
