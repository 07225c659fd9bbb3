"""API tokens: shown once, kept as hashes, withdrawn by their owner or an administrator."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.accounts.models import ApiToken
from casework.accounts.rights import require_open, require_owner
from casework.db import newest
from casework.errors import Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from casework.accounts.models import User
    from casework.context import Context

TOKEN_LIFE = timedelta(days=365)
SCOPES = ("read", "write", "admin")
LONGEST_NAME = 200


def create_token(context: Context, user: User, scopes: list[str], name: str = "") -> str:
    """A new bearer token, shown this once; only its SHA-256 is kept.

    Raises Forbidden for all but the owner, administrators and the system, Conflict for a closed
    account, Invalid for an unknown scope.
    """
    require_owner(context, user)
    require_open(user)
    for scope in scopes:
        if scope not in SCOPES:
            raise Invalid("scope_unknown", scope=scope, known=list(SCOPES))
    secret = f"cw_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        organisation_id=user.organisation_id,
        user_id=user.id,
        name=name.strip()[:LONGEST_NAME],
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


def listed(user: User, *, before: int | None = None, limit: int | None = None) -> Select[ApiToken]:
    """The tokens of the account, the newest first; a page of them: those older than an id."""
    return newest(ApiToken, user.organisation_id, before=before, limit=limit, user_id=user.id)


def tokens_of(context: Context, user: User) -> Sequence[ApiToken]:
    """Every token of the account, the newest first."""
    return context.session.scalars(listed(user)).all()


def token_with(context: Context, user: User, token_id: int) -> ApiToken:
    """One of `tokens_of`; raises NotFound for any other."""
    token = context.session.scalar(
        select(ApiToken).where(
            ApiToken.organisation_id == user.organisation_id,
            ApiToken.user_id == user.id,
            ApiToken.id == token_id,
        )
    )
    if token is None:
        raise NotFound("token_unknown", id=token_id)
    return token


def revoke_token(context: Context, token: ApiToken) -> None:
    """From now on the token opens nothing; one that is revoked already stays as it was.

    Raises Forbidden for all but the owner, administrators and the system.
    """
    require_owner(context, token.user)
    if token.revoked_at is None:
        token.revoked_at = context.moment
        context.record(token, "token_revoked", user=token.user.email)


def revoke_all(context: Context, user: User) -> None:
    """Revoke every living token of the account."""
    for token in tokens_of(context, user):
        revoke_token(context, token)


def _token_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
