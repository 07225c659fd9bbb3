"""Where somebody is signed in: rows that live until they are ended, unused too long, or too old.

The browser holds a secret that only its row can tell as living, so a copied cookie is dead when its
owner has signed out.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select, tuple_, update

from casework.accounts.limits import source_of
from casework.accounts.models import AccountSession, User
from casework.accounts.rights import require_owner
from casework.accounts.sign_in import KNOWN_FOR
from casework.errors import NotFound
from casework.people.models import Appointment, Organisation
from casework.people.policy import ROLES, is_for, is_valid
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from casework.context import Context

# A session is written down as used at most so often.
SEEN_EVERY = timedelta(minutes=1)
LONGEST_DEVICE = 200


@dataclass(frozen=True)
class Lifetime:
    """How long a session lives: unused at most `idle`, in all at most `life`."""

    idle: timedelta
    life: timedelta


@dataclass(frozen=True)
class Living:
    """A session that lives, with the account, its organisation and the roles held today."""

    row: AccountSession
    user: User
    organisation: Organisation
    roles: frozenset[str]

    def is_unseen(self, moment: datetime) -> bool:
        """Whether it is time to write down that it is used."""
        return moment - self.row.seen_at >= SEEN_EVERY


def begin(session: Session, user: User, moment: datetime, source: str, device: str) -> str:
    """Sign the user in somewhere; gives the secret for the browser to keep."""
    secret = secrets.token_urlsafe(32)
    session.add(
        AccountSession(
            organisation_id=user.organisation_id,
            user_id=user.id,
            key_hash=_key_hash(secret),
            begun_at=moment,
            seen_at=moment,
            source=source_of(source),
            device=cleaned_line(device)[:LONGEST_DEVICE],
        )
    )
    return secret


def living(
    session: Session,
    organisation_id: int,
    user_id: int,
    secret: str,
    moment: datetime,
    day: date,
    lifetime: Lifetime,
) -> Living | None:
    """The living session with this secret, in one statement; None if it has ended."""
    rows = session.execute(
        select(AccountSession, User, Organisation, Appointment.role)
        .join(
            User,
            (User.organisation_id == AccountSession.organisation_id)
            & (User.id == AccountSession.user_id),
        )
        .join(Organisation, Organisation.id == User.organisation_id)
        .outerjoin(
            Appointment,
            (Appointment.organisation_id == User.organisation_id)
            & is_for(tuple(ROLES), User.person_id, day)
            & is_valid(day),
        )
        .where(
            AccountSession.organisation_id == organisation_id,
            AccountSession.key_hash == _key_hash(secret),
            AccountSession.user_id == user_id,
            User.is_active,
            _lives(moment, lifetime),
        )
    ).all()
    if not rows:
        return None
    row, user, organisation, _role = rows[0]
    return Living(row, user, organisation, frozenset(role for *_, role in rows if role))


def note_seen(session: Session, row: AccountSession, moment: datetime) -> None:
    """Write down that the session is used, unless another request of it is just doing so."""
    mine = (
        select(AccountSession.id)
        .where(AccountSession.id == row.id, AccountSession.seen_at < moment)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    session.execute(
        update(AccountSession)
        .where(AccountSession.id == mine)
        .values(seen_at=moment)
        .execution_options(synchronize_session=False)
    )


def end(session: Session, organisation_id: int, secret: str, moment: datetime) -> None:
    """Sign out: from now on the secret opens nothing, whoever has a copy of it."""
    session.execute(
        update(AccountSession)
        .where(
            AccountSession.organisation_id == organisation_id,
            AccountSession.key_hash == _key_hash(secret),
            AccountSession.ended_at.is_(None),
        )
        .values(ended_at=moment)
    )


def sessions_of(context: Context, user: User, lifetime: Lifetime) -> Sequence[AccountSession]:
    """Where the user is signed in, the one used last first."""
    return context.session.scalars(listed(context, user, lifetime)).all()


def listed(
    context: Context,
    user: User,
    lifetime: Lifetime,
    *,
    before: int | None = None,
    limit: int | None = None,
) -> Select[AccountSession]:
    """As `sessions_of`; a page: those used before the one with the id `before`."""
    key = (AccountSession.seen_at, AccountSession.id)
    statement = (
        _of(user)
        .where(_lives(context.moment, lifetime))
        .order_by(*(column.desc() for column in key))
        .limit(limit)
    )
    if before is None:
        return statement
    own = AccountSession.organisation_id == user.organisation_id
    place = select(*key).where(own, AccountSession.id == before).correlate(None)
    return statement.where(tuple_(*key) < place.scalar_subquery())


def session_with(context: Context, user: User, session_id: int) -> AccountSession:
    """One session of the user, living or not; raises NotFound for any other."""
    row = context.session.scalar(_of(user).where(AccountSession.id == session_id))
    if row is None:
        raise NotFound("session_unknown")
    return row


def is_secret_of(row: AccountSession, secret: str) -> bool:
    """Whether it is the session of whoever has this secret."""
    return secrets.compare_digest(row.key_hash, _key_hash(secret))


def end_one(context: Context, row: AccountSession) -> None:
    """Sign the user out in one browser; raises Forbidden for all but owner and administrators."""
    user = context.session.get_one(User, row.user_id)
    require_owner(context, user)
    if row.ended_at is None:
        row.ended_at = context.moment
        context.record(user, "session_ended", device=row.device)


def end_all(context: Context, user: User, but: str | None = None) -> None:
    """Sign the user out everywhere but where the secret `but` is.

    Raises Forbidden for all but owner and administrators.
    """
    require_owner(context, user)
    statement = update(AccountSession).where(
        AccountSession.organisation_id == user.organisation_id,
        AccountSession.user_id == user.id,
        AccountSession.ended_at.is_(None),
    )
    if but is not None:
        statement = statement.where(AccountSession.key_hash != _key_hash(but))
    context.session.execute(statement.values(ended_at=context.moment))
    context.record(user, "sessions_ended")


def forget_old(session: Session, moment: datetime, lifetime: Lifetime) -> int:
    """Remove sessions that have ended and by which no source is known any more; gives how many."""
    old = delete(AccountSession).where(
        AccountSession.begun_at <= moment - KNOWN_FOR,
        or_(
            AccountSession.ended_at.is_not(None),
            AccountSession.begun_at <= moment - lifetime.life,
            AccountSession.seen_at <= moment - lifetime.idle,
        ),
    )
    return session.connection().execute(old).rowcount


def _of(user: User) -> Select[AccountSession]:
    return select(AccountSession).where(
        AccountSession.organisation_id == user.organisation_id, AccountSession.user_id == user.id
    )


def _lives(moment: datetime, lifetime: Lifetime) -> ColumnElement[bool]:
    return (
        AccountSession.ended_at.is_(None)
        & (AccountSession.begun_at > moment - lifetime.life)
        & (AccountSession.seen_at > moment - lifetime.idle)
    )


def _key_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
