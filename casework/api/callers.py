"""Who calls: the person behind a bearer token, its scopes, and how often it may call."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Literal, cast

from flask import request

from casework.accounts.limits import Lane, count, source_of, wait_for
from casework.accounts.sign_in import confirmed
from casework.accounts.tokens import token_of
from casework.api.problems import TooMany, Unauthorised
from casework.context import Actor
from casework.errors import Forbidden

if TYPE_CHECKING:
    from datetime import datetime

    from casework.app import Casework

Scope = Literal["read", "write", "admin"]

# A wider scope holds the narrower ones.
WIDTH: dict[str, int] = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True)
class Caller:
    """The person in whose name a request acts, and how wide the token is."""

    token_id: int
    organisation_id: int
    actor: Actor
    scopes: tuple[str, ...]

    @property
    def person_id(self) -> int:
        return cast("int", self.actor.person_id)

    def require(self, scope: Scope) -> None:
        """Raise Forbidden unless a scope of the token is at least as wide."""
        if all(WIDTH[held] < WIDTH[scope] for held in self.scopes):
            raise Forbidden("scope_missing", scope=scope)


@dataclass
class Window:
    """At most `limit` calls of a token in any `seconds` seconds, counted in this process."""

    limit: int = 600
    seconds: int = 60
    _calls: dict[int, deque[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def count(self, token_id: int, moment: datetime) -> None:
        """Note a call; raises TooMany when there is no room for it."""
        at = moment.timestamp()
        with self._lock:
            calls = self._calls.setdefault(token_id, deque())
            while calls and calls[0] <= at - self.seconds:
                calls.popleft()
            if len(calls) >= self.limit:
                raise TooMany("too_many_calls", seconds=max(1, int(calls[0] + self.seconds - at)))
            calls.append(at)


def caller_of(casework: Casework, window: Window) -> Caller:
    """The caller of this request; raises Unauthorised without a living token, or TooMany.

    Only the header is read: a cookie never gives access to the API.
    """
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise Unauthorised("token_needed")
    with casework.database.read() as session:
        moment = casework.context(session, 0).moment
        token = token_of(session, secret.strip(), moment)
        if token is not None:
            person = token.user.person
            actor = Actor(person.id, person.name)
            caller = Caller(token.id, token.organisation_id, actor, tuple(token.scopes))
    if token is None:
        _count_unknown(casework, moment)
        raise Unauthorised("token_needed")
    window.count(caller.token_id, moment)
    return caller


def _count_unknown(casework: Casework, moment: datetime) -> None:
    """Raises TooMany for who sends many, where callers are told apart. A living one never waits."""
    source = source_of(request.remote_addr or "") if casework.settings.sees_callers else ""
    if not source:
        return
    lanes = [Lane("token", source)]
    with casework.database.read() as session:
        wait = wait_for(session, lanes, moment)
    if wait:
        raise TooMany("too_many_token_tries", seconds=ceil(wait.total_seconds()))
    casework.database.in_passing(lambda session: count(session, lanes, moment))


def confirm(casework: Casework, caller: Caller, password: str, wrong: str) -> None:
    """Raise Forbidden (`wrong`) unless the caller's own password is given: a token is not enough.

    In a transaction of its own, so that a failure counts whatever comes of the request.
    """
    with casework.database.unit_of_work() as session:
        moment = casework.context(session, caller.organisation_id).moment
        if confirmed(session, caller.organisation_id, caller.person_id, password, moment):
            return
    raise Forbidden(wrong)
