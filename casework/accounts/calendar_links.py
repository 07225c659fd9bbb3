"""The secret address of a person's calendar: signed, and dead when it is withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from casework.accounts.models import User
from casework.errors import NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from casework.context import Context


def calendar_token(secret: str, user: User) -> str:
    """What nobody can guess: says whose calendar it is, and that it was made here."""
    payload = [user.organisation_id, user.person_id, user.id, user.calendar_epoch]
    return str(_serializer(secret).dumps(payload))


def user_of(session: Session, secret: str, token: str) -> User:
    """Whose calendar it is; raises NotFound alike for a forged, withdrawn or closed account's."""
    try:
        organisation_id, person_id, user_id, epoch = _serializer(secret).loads(token)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound("link_dead") from error
    user = session.scalar(
        select(User).where(
            User.organisation_id == organisation_id,
            User.person_id == person_id,
            User.id == user_id,
            User.calendar_epoch == epoch,
            User.is_active,
        )
    )
    if user is None:
        raise NotFound("link_dead")
    return user


def withdraw(context: Context, user: User) -> None:
    """The address that got out is dead; its owner finds a new one on their page."""
    user.calendar_epoch += 1
    context.record(user, "calendar_withdrawn")


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="casework.calendar-link")
