"""Personal links: signed, expiring, withdrawn by raising the dispatch's link epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from casework.distribution.models import SIGN_IN, Dispatch
from casework.distribution.ways import opens_for
from casework.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def token_for(secret: str, dispatch: Dispatch) -> str:
    """What stands after `/r/`: says which dispatch, and that it was made here."""
    payload = [dispatch.organisation_id, dispatch.id, dispatch.link_epoch]
    return str(_serializer(secret).dumps(payload))


def dispatch_of(
    session: Session, secret: str, token: str, moment: datetime, reader_id: int | None = None
) -> Dispatch:
    """The dispatch behind a personal link, for whoever holds it or has signed in as `reader_id`.

    Raises NotFound, with one and the same sentence, for a forged, withdrawn or expired link, and
    for one that shows a marked matter to somebody else than was decided.
    """
    dispatch = _living(session, secret, token, moment)
    if not opens_for(session, dispatch, reader_id):
        raise NotFound("link_dead")
    return dispatch


def asks_to_sign_in(session: Session, secret: str, token: str, moment: datetime) -> bool:
    """Whether the link is read by somebody who has signed in; raises NotFound for a dead one."""
    dispatch = _living(session, secret, token, moment)
    return bool(dispatch.sealed_as) and dispatch.way == SIGN_IN


def _living(session: Session, secret: str, token: str, moment: datetime) -> Dispatch:
    try:
        organisation_id, dispatch_id, epoch = _serializer(secret).loads(token)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound("link_dead") from error
    dispatch = session.scalar(
        select(Dispatch).where(
            Dispatch.organisation_id == organisation_id,
            Dispatch.id == dispatch_id,
            Dispatch.link_epoch == epoch,
        )
    )
    if dispatch is None or dispatch.link_expires_at <= moment:
        raise NotFound("link_dead")
    return dispatch


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="casework.recipient-link")
