"""How often one may try in vain: counters in the database, and waits that grow.

A refused try is not looked at and counts for nothing, so nobody learns from it whether a password
was right, and nobody's wait grows by it. See docs/decisions/0019-accounts.md.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from casework.accounts.models import SignInFailure
from casework.errors import Forbidden

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

FORGOTTEN_AFTER = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Limit:
    """So many are free; then each waits `first`, and after every one more twice as long."""

    free: int
    first: timedelta
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long after the last of so many failures the next try is heard."""
        if failures < self.free:
            return timedelta()
        doubled: int = 2 ** min(failures - self.free, 20)
        return min(self.first * doubled, self.longest)


LIMITS = {
    # Signing in: an account from one source, all accounts from it, an account from all sources.
    "pair": Limit(5, MINUTE, 15 * MINUTE),
    "source": Limit(20, MINUTE, 15 * MINUTE),
    "account": Limit(10, MINUTE, 15 * MINUTE),
    # The password asked for anew of somebody who is signed in.
    "confirming": Limit(5, 15 * MINUTE, 15 * MINUTE),
    # Letters asked for by who has forgotten their password.
    "asked_account": Limit(3, 15 * MINUTE, timedelta(hours=4)),
    "asked_source": Limit(10, MINUTE, 15 * MINUTE),
    # Unknown tokens of the API.
    "token": Limit(20, MINUTE, 15 * MINUTE),
}


@dataclass(frozen=True, order=True)
class Lane:
    """One counter. `account` is `account_key` of what was typed, or "" for all."""

    kind: str
    source: str = ""
    account: str = ""


def account_key(text: str) -> str:
    """What an account is counted by: what was typed may be no address at all, and is not kept."""
    return hashlib.sha256(text.strip().lower().encode("utf-8", "replace")).hexdigest()


def source_of(address: str) -> str:
    """What a caller is counted by: the address, or the network of one subscriber (IPv6, /64)."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:100]
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found) >> 64 << 64, 64)))


def failures_in(session: Session, lane: Lane, moment: datetime) -> int:
    """How many the lane has counted and not yet forgotten."""
    row = session.get(SignInFailure, (lane.kind, lane.source, lane.account))
    return _left(row, moment) if row else 0


def wait_for(session: Session, lanes: Sequence[Lane], moment: datetime) -> timedelta:
    """How long until a try in all the lanes is heard; whoever tries beside waits for this one."""
    if not lanes:
        return timedelta()
    rows = session.scalars(
        select(SignInFailure)
        .where(or_(*(_is(lane) for lane in lanes)))
        .order_by(SignInFailure.kind, SignInFailure.source, SignInFailure.account)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    waits = [row.last_at + LIMITS[row.kind].wait(_left(row, moment)) - moment for row in rows]
    return max(timedelta(), max(waits, default=timedelta()))


def require_room(
    session: Session, lanes: Sequence[Lane], moment: datetime, refusal: str = "too_many_tries"
) -> None:
    """Raise Forbidden, with the minutes to wait, while one of the lanes is closed."""
    wait = wait_for(session, lanes, moment)
    if wait:
        raise Forbidden(refusal, minutes=ceil(wait / MINUTE))


def count(session: Session, lanes: Sequence[Lane], moment: datetime) -> None:
    """Count one more in each lane; several at the same moment are all counted."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    is_old = SignInFailure.last_at <= moment - FORGOTTEN_AFTER
    for lane in sorted(lanes):
        session.execute(
            insert(SignInFailure)
            .values(
                kind=lane.kind,
                source=lane.source,
                account=lane.account,
                failures=1,
                last_at=moment,
            )
            .on_conflict_do_update(
                index_elements=["kind", "source", "account"],
                set_={
                    "failures": case((is_old, 1), else_=SignInFailure.failures + 1),
                    "last_at": moment,
                },
            )
        )


def clear(session: Session, lanes: Sequence[Lane]) -> None:
    """Begin anew in each lane."""
    session.execute(delete(SignInFailure).where(or_(*(_is(lane) for lane in lanes))))


def clear_accounts(session: Session, keys: Sequence[str]) -> None:
    """Forget what was counted against accounts, from every source."""
    session.execute(delete(SignInFailure).where(SignInFailure.account.in_(keys)))


def forget_old(session: Session, moment: datetime) -> int:
    """Remove the counters that no longer count; gives how many."""
    old = delete(SignInFailure).where(SignInFailure.last_at <= moment - FORGOTTEN_AFTER)
    return session.connection().execute(old).rowcount


def _left(row: SignInFailure, moment: datetime) -> int:
    return 0 if row.last_at <= moment - FORGOTTEN_AFTER else row.failures


def _is(lane: Lane) -> ColumnElement[bool]:
    return and_(
        SignInFailure.kind == lane.kind,
        SignInFailure.source == lane.source,
        SignInFailure.account == lane.account,
    )
