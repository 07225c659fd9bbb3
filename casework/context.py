"""What every verb is told: in whose name, when, in which transaction and with which input.

Time and actor are never read from the clock or the request by the code that acts, so the same
code runs today, in a test and in a replay.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from casework.audit.service import AuditLog
    from casework.config import Settings
    from casework.documents.press import Press
    from casework.workflow.engine import Engine
    from casework.workflow.kinds import Kinds

STOCKHOLM = ZoneInfo("Europe/Stockholm")
IN_PLACE_OF = "in_place_of"  # whose right was used last in a session: `casework.people.policy`


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, or the system itself (`person_id` None)."""

    person_id: int | None
    name: str


SYSTEM = Actor(None, "Casework")


@dataclass(frozen=True)
class Services:
    """What an installation has: made once in `casework.app`, handed to every verb.

    `kinds` say what each subject is; `recused` gives the persons with a conflict of interest in a
    matter that something is about, `is_secret` whether that matter is marked secret, `may_know`
    whether a person, by id, may know what it says all the same.
    """

    settings: Settings
    audit: AuditLog
    engine: Engine
    press: Press
    kinds: Kinds
    recused: Callable[[Context, Iterable[Any]], set[int]]
    is_secret: Callable[[Context, Any], bool]
    may_know: Callable[[Context, Any, int], bool]


@dataclass(frozen=True)
class Context:
    """One action: session (one transaction), organisation, actor, moment (aware) and input."""

    session: Session
    organisation_id: int
    actor: Actor
    moment: datetime
    services: Services
    input: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    cause: str = ""
    depth: int = 0

    @property
    def today(self) -> date:
        """The legal day: the date in Stockholm."""
        return self.moment.astimezone(STOCKHOLM).date()

    def record(self, subject: Any, action: str, **detail: Any) -> None:
        """Write an audit entry for something done to `subject` in this transaction.

        What a stand-in does says in whose place it was done.
        """
        absent = self.session.info.get(IN_PLACE_OF)
        if absent is not None and self.actor.person_id is not None:
            detail["in_place_of"] = absent
        self.services.audit.record(
            self.session,
            subject,
            action,
            actor_id=self.actor.person_id,
            actor_name=self.actor.name,
            moment=self.moment,
            detail=detail,
            cause=self.cause,
        )

    def given(self, **values: Any) -> Context:
        """The same action with this input."""
        return replace(self, input=MappingProxyType(values))

    def caused_by(self, subject: Any, trigger: str) -> Context:
        """The action that follows in another machine; its audit entry names the cause."""
        cause = f"{subject.__tablename__}/{subject.id}:{trigger}"
        return replace(self, cause=cause, depth=self.depth + 1)
