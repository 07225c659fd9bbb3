"""Sign-in and tokens: argon2 passwords, a lock after repeated failures, tokens kept as hashes."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from casework.errors import Forbidden, Invalid
from casework.people.models import ApiToken, User

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from casework.context import Context

ATTEMPTS = 5
LOCKED_FOR = timedelta(minutes=15)
TOKEN_LIFE = timedelta(days=365)
SCOPES = ("read", "write", "admin")
SHORTEST_PASSWORD = 12

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """An argon2id hash; raises Invalid if the password is shorter than twelve characters."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid("password_short", shortest=SHORTEST_PASSWORD)
    return _hasher.hash(password)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


def password_fits(user: User | None, password: str) -> bool:
    """Whether the password is the user's; as slow for an unknown user as for a known one."""
    kept = user.password_hash if user and user.password_hash else _nobodys_hash()
    try:
        fits = _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
    return fits and user is not None and bool(user.password_hash)


def sign_in(session: Session, email: str, password: str, moment: datetime) -> User | None:
    """The user, or None for a wrong password; the caller commits, also a failure.

    Raises Forbidden while the account is locked after five failures in a row.
    """
    user = session.scalar(
        select(User)
        .where(User.email == email.strip().lower(), User.is_active)
        .with_for_update(of=User)
    )
    if user and user.locked_until and user.locked_until > moment:
        raise Forbidden("account_locked", minutes=int(LOCKED_FOR.total_seconds() // 60))
    if password_fits(user, password):
        assert user is not None  # noqa: S101 (password_fits says so; mypy cannot see it)
        user.failed_attempts, user.locked_until = 0, None
        return user
    if user:
        user.failed_attempts += 1
        if user.failed_attempts >= ATTEMPTS:
            user.failed_attempts, user.locked_until = 0, moment + LOCKED_FOR
    return None


def is_confirmed(
    session: Session, organisation_id: int, person_id: int, password: str, moment: datetime
) -> bool:
    """Whether somebody signed in proves once more who they are; counted as `sign_in` counts.

    The caller commits, also a failure. Raises Forbidden while the account is locked.
    """
    email = session.scalar(
        select(User.email).where(
            User.organisation_id == organisation_id, User.person_id == person_id, User.is_active
        )
    )
    return email is not None and sign_in(session, email, password, moment) is not None


def create_token(context: Context, user: User, scopes: list[str], name: str = "") -> str:
    """A new bearer token, shown this once; only its SHA-256 is kept."""
    for scope in scopes:
        if scope not in SCOPES:
            raise Invalid("scope_unknown", scope=scope, known=list(SCOPES))
    secret = f"cw_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        organisation_id=user.organisation_id,
        user_id=user.id,
        name=name,
        token_hash=_token_hash(secret),
        scopes=scopes or ["read"],
        created_at=context.moment,
        expires_at=context.moment + TOKEN_LIFE,
    )
    context.session.add(token)
    context.record(token, "created", user=user.email, scopes=token.scopes)
    return secret


def token_of(session: Session, secret: str, moment: datetime) -> ApiToken | None:
    """The living token that `secret` is, or None."""
    token = session.scalar(select(ApiToken).where(ApiToken.token_hash == _token_hash(secret)))
    if token is None or token.revoked_at or token.expires_at <= moment:
        return None
    return token if token.user.is_active else None


def _token_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
