"""A committee with a delegation scheme, and people who act on it on a day."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from casework.context import STOCKHOLM, Actor
from casework.delegation.models import DelegatedDecision, DelegationItem
from casework.delegation.service import add_delegation_item, draft_decision, subdelegate
from casework.people.models import Body, Person
from tests.demo.conftest import world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.world import Cast, World

__all__ = ["world"]

DAY = date(2025, 3, 3)
SCHEME = "RUN 2025-02-11 § 12"


@dataclass
class Office:
    """The committee's office: `with office.acting(person, day) as context`."""

    casework: Casework
    world: World
    item: DelegationItem
    silent: DelegationItem

    @property
    def cast(self) -> Cast:
        return self.world.cast

    @contextmanager
    def acting(self, who: Person, day: date = DAY) -> Iterator[Context]:
        """A unit of work in somebody's name, at ten o'clock on a day."""
        moment = datetime(day.year, day.month, day.day, 10, tzinfo=STOCKHOLM)
        with self.casework.acting(
            self.world.organisation_id, Actor(who.id, who.name), moment
        ) as context:
            yield context

    def line(self, context: Context) -> DelegationItem:
        """The director's line, in this unit of work."""
        return context.session.get_one(DelegationItem, self.item.id)

    def lend(
        self, who: Person, until: date | None, day: date = DAY, giver: Person | None = None
    ) -> None:
        """The director, or whoever claims to be the delegate, lets somebody else decide."""
        with self.acting(giver or self.cast.director, day) as context:
            person = context.session.get_one(Person, who.id)
            subdelegate(context, self.line(context), person, valid_to=until)

    def mandate(self, decision: str = "RUN 2023-01-17 § 8") -> None:
        """The committee lets its chair decide what cannot wait; by no decision, it does not."""
        with self.acting(self.cast.secretary) as context:
            body = context.session.get_one(Body, self.world.committee.id)
            body.urgent_mandate = decision

    def draft(self, who: Person, day: date = DAY, **given: Any) -> int:
        """A draft on the director's line, whole enough to be decided; its id."""
        given = {"kind": "delegated", "title": "Stöd", "text": "Stödet beviljas."} | given
        with self.acting(who, day) as context:
            if given["kind"] == "delegated":
                own = self.silent if given.get("reporting") == "separately" else self.item
                line = given.get("item", own)
                given["item"] = context.session.get_one(DelegationItem, line.id)
            body = context.session.get_one(Body, self.world.committee.id)
            decision = draft_decision(context, body, **given)
            context.session.flush()
            return int(decision.id)

    def fire(
        self, who: Person, decision_id: int, trigger: str, day: date = DAY, **given: Any
    ) -> None:
        with self.acting(who, day) as context:
            decision = context.session.get_one(DelegatedDecision, decision_id)
            context.services.engine.fire(context.given(**given), decision, trigger)

    def decide(self, who: Person, day: date = DAY, **given: Any) -> int:
        """Draft and sign; the id."""
        decision_id = self.draft(who, day, **given)
        vouched = {} if given.get("kind") == "urgent" else {"delegable": True}
        self.fire(who, decision_id, "decide", day, **vouched)
        return decision_id

    def read(self, decision_id: int) -> DelegatedDecision:
        with self.casework.database.read() as session:
            decision = session.get_one(DelegatedDecision, decision_id)
            assert decision.body
            return decision


@pytest.fixture
def office(world: tuple[Casework, World]) -> Office:
    """The director decides in line 3.2 from 1 March 2025, and may lend it; also in line 9, of
    which the committee does not want to be told."""
    casework, made = world
    given: dict[str, Any] = {
        "adopted": SCHEME,
        "title": "Stöd till förstudier om högst 200 000 kronor",
        "valid_from": date(2025, 3, 1),
        "valid_to": date(2026, 12, 31),
        "may_subdelegate": True,
    }
    with casework.acting(made.organisation_id) as context:
        body = context.session.get_one(Body, made.committee.id)
        given["delegate"] = context.session.get_one(Person, made.cast.director.id)
        silent = add_delegation_item(context, body, number="9", reporting="separately", **given)
        item = add_delegation_item(context, body, number="3.2", **given)
        context.session.flush()
    return Office(casework, made, item, silent)
