"""What accounts leave behind and nobody needs: ended sessions, dead links, forgotten failures."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete

from casework.accounts import limits, sessions
from casework.accounts.models import AccountLink

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from casework.accounts.sessions import Lifetime

LINKS_KEPT = timedelta(days=30)


def forget_old(session: Session, moment: datetime, lifetime: Lifetime) -> int:
    """Remove what no longer opens or counts; gives how many rows."""
    dead = delete(AccountLink).where(AccountLink.expires_at <= moment - LINKS_KEPT)
    links = session.connection().execute(dead).rowcount
    return (
        links + sessions.forget_old(session, moment, lifetime) + limits.forget_old(session, moment)
    )
