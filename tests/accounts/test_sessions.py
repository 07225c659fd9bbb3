"""A sign-in is a row that the server ends: by signing out, by time, or by an administrator."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, func, select

from casework.accounts import sessions
from casework.accounts.models import AccountSession
from casework.accounts.sign_in import KNOWN_FOR
from casework.errors import Forbidden
from tests.accounts.people import LIFETIME, MINUTE, account, acting
from tests.demo.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from casework.accounts.sessions import Living
    from tests.accounts.people import World_


def begun(world: World_, who: str = "chair", device: str = "Firefox") -> str:
    """Somebody signs in."""
    with acting(world, who) as context:
        user = account(context, world, who)
        return sessions.begin(context.session, user, NOW, "192.0.2.7", device)


def living(world: World_, secret: str, moment: datetime = NOW, who: str = "chair") -> Living | None:
    """What the program finds of the secret in a cookie."""
    with acting(world, "", moment) as context:
        user = account(context, world, who)
        return sessions.living(
            context.session,
            context.organisation_id,
            user.id,
            secret,
            moment,
            context.today,
            LIFETIME,
        )


def test_a_living_session_tells_who_it_is(world: World_) -> None:
    """Account, organisation and today's roles, of whoever has the secret and of nobody else."""
    secret = begun(world)
    found = living(world, secret)
    assert found is not None
    assert found.user.person.name == "Ordföranden"
    assert found.organisation.name == "Region Jämtland Härjedalen"
    assert found.roles == {"chair"}
    assert living(world, f"{secret}x") is None
    assert living(world, secret, who="secretary") is None


def test_one_statement_reads_it(world: World_) -> None:
    """Every page asks."""
    secret, casework = begun(world), world[0]
    asked: list[str] = []
    with acting(world, "chair") as context:
        user = account(context, world, "chair")
        event.listen(
            casework.database.engine, "before_cursor_execute", lambda *a: asked.append(a[2])
        )
        sessions.living(
            context.session, user.organisation_id, user.id, secret, NOW, context.today, LIFETIME
        )
    assert len(asked) == 1


def test_a_copy_is_dead_after_signing_out(world: World_) -> None:
    """The cookie may lie anywhere: its secret opens nothing."""
    secret, other = begun(world), begun(world)
    with acting(world) as context:
        sessions.end(context.session, context.organisation_id, secret, NOW)
    assert living(world, secret) is None
    assert living(world, other) is not None


def test_a_session_ends_unused_and_in_the_end(world: World_) -> None:
    """Eight hours without a page, and seven days whatever one does."""
    secret = begun(world)
    assert living(world, secret, NOW + LIFETIME.idle - MINUTE) is not None
    assert living(world, secret, NOW + LIFETIME.idle) is None
    moment = NOW
    while moment < NOW + LIFETIME.life:
        found = living(world, secret, moment)
        assert found is not None, moment
        with acting(world) as context:
            sessions.note_seen(context.session, found.row, moment)
        moment += LIFETIME.idle - MINUTE
    assert living(world, secret, NOW + LIFETIME.life) is None


def test_use_is_written_down_once_a_minute(world: World_) -> None:
    """A page that asks often costs one writing a minute."""
    found = living(world, begun(world))
    assert found is not None
    assert not found.is_unseen(NOW + MINUTE - timedelta(seconds=1))
    assert found.is_unseen(NOW + MINUTE)


def test_a_reader_waits_for_no_writer(world: World_) -> None:
    """While another writes to the same row, or to SQLite at all, nothing is written down."""
    casework, secret = world[0], begun(world)
    later = NOW + 2 * MINUTE
    found = living(world, secret)
    assert found is not None
    with casework.database.unit_of_work() as session:
        session.get_one(AccountSession, found.row.id).device = "Annan"
        session.flush()
        _in_a_thread(lambda: _note(world, found, later))
    assert _seen(world, found) == NOW
    _note(world, found, later)
    assert _seen(world, found) == later


def _note(world: World_, found: Living, moment: datetime) -> None:
    world[0].database.in_passing(lambda one: sessions.note_seen(one, found.row, moment))


def _seen(world: World_, found: Living) -> datetime | None:
    with acting(world) as context:
        return context.session.scalar(
            select(AccountSession.seen_at).where(AccountSession.id == found.row.id)
        )


def _in_a_thread(work: Callable[[], None]) -> None:
    thread = Thread(target=work)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


def test_ending_sessions(world: World_) -> None:
    """One by one, all, or all but the one that is used."""
    here, there, third = (begun(world, device=name) for name in ("Firefox", "Safari", "Edge"))
    with acting(world, "chair") as context:
        user = account(context, world, "chair")
        [row] = [
            each
            for each in sessions.sessions_of(context, user, LIFETIME)
            if sessions.is_secret_of(each, third)
        ]
        assert row.device == "Edge"
        sessions.end_one(context, sessions.session_with(context, user, row.id))
        assert len(sessions.sessions_of(context, user, LIFETIME)) == 2
        sessions.end_all(context, user, but=here)
    assert [bool(living(world, each)) for each in (here, there, third)] == [True, False, False]
    with acting(world, "registrar") as context:
        sessions.end_all(context, account(context, world, "chair"))
    assert living(world, here) is None


def test_nobody_else_ends_them(world: World_) -> None:
    """Owner and administrators alone."""
    begun(world)
    with acting(world, "secretary") as context:
        user = account(context, world, "chair")
        [row] = sessions.sessions_of(context, user, LIFETIME)
        with pytest.raises(Forbidden, match="role_missing"):
            sessions.end_all(context, user)
        with pytest.raises(Forbidden, match="role_missing"):
            sessions.end_one(context, row)


def test_old_sessions_are_tidied(world: World_) -> None:
    """Once no source is known by them any more."""
    begun(world)
    with acting(world) as context:
        session = context.session
        assert sessions.forget_old(session, NOW + KNOWN_FOR - MINUTE, LIFETIME) == 0
        assert sessions.forget_old(session, NOW + KNOWN_FOR, LIFETIME) == 1
        assert session.scalar(select(func.count(AccountSession.id))) == 0
