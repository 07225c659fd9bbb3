"""Whoever has to lay a request before the body is told, and whoever asked hears the answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.followup.requests import ask
from casework.inbox.models import InboxEntry
from casework.mail.models import Message
from casework.waiting import LISTS
from tests.followup.test_before_the_body import (
    ASKED,
    ASKED_FOR,
    SAT,
    Office,
    as_proposed,
    rejected,
    tabled,
)

if TYPE_CHECKING:
    from casework.followup.models import Assignment
    from casework.people.models import Person
    from tests.meetings.conftest import Table

WHY = "Underlag saknas"


@pytest.fixture
def office(table: Table) -> Office:
    return Office(table)


def asks(office: Office, who: Person, kind: str = "another_day") -> None:
    day = ASKED_FOR if kind == "another_day" else None
    office.act(who, lambda c, a: ask(c, a, kind, reason=WHY, report_back_on=day))


def waits(office: Office, who: Person) -> bool:
    """Whether it stands in the person's list of what is to be laid before the body."""
    waiting = LISTS["requests"]

    def found(context: Any, _assignment: Assignment) -> bool:
        statement = select(waiting.model.id).where(waiting.which(context, who.id))
        return bool(context.session.scalars(statement).all())

    return bool(office.act(who, found))


def told(office: Office, who: Person) -> dict[str, tuple[str, bool]]:
    """What the person was told of requests: the words of whoever caused it, and if it stands."""

    def found(context: Any, _assignment: Assignment) -> dict[str, tuple[str, bool]]:
        rows = context.session.scalars(
            select(InboxEntry).where(
                InboxEntry.person_id == who.id, InboxEntry.kind.startswith("body_")
            )
        )
        return {row.kind: (row.reason or row.caused_by, row.settled_at is None) for row in rows}

    return dict(office.act(who, found))


def letters(office: Office, who: Person, mail: str) -> list[str]:
    def found(context: Any, _assignment: Assignment) -> list[str]:
        rows = select(Message.text).where(
            Message.key.startswith(f"{mail}:"), Message.to_address == who.email
        )
        return list(context.session.scalars(rows))

    return list(office.act(who, found))


def test_the_secretary_is_told_until_it_is_laid(office: Office) -> None:
    """By letter, with the reason; first on the page, and gone when it is on an agenda. Put off by
    the body it waits again."""
    cast = office.cast
    asks(office, cast.director)
    assert told(office, cast.secretary) == {"body_asked": (WHY, True)}
    [letter] = letters(office, cast.secretary, "body_asked")
    assert WHY in letter
    assert ASKED_FOR.isoformat() in letter
    assert waits(office, cast.secretary)
    assert not waits(office, cast.manager)
    office.sit("another_day", tabled)
    assert told(office, cast.secretary) == {"body_asked": (WHY, False)}
    assert waits(office, cast.secretary)
    assert letters(office, cast.director, "body_answered") == []


def test_who_asked_hears_yes_and_the_secretary_carries_it_out(office: Office) -> None:
    """The answer comes from the body; what it granted waits until it is carried out."""
    cast = office.cast
    asks(office, cast.director)
    office.sit("another_day", as_proposed)
    name = office.table.act(lambda _c, meeting: meeting.body.name)
    assert told(office, cast.director) == {"body_answered": (name, True)}
    [letter] = letters(office, cast.director, "body_answered")
    assert "sa ja" in letter
    assert told(office, cast.secretary)["body_granted"] == (name, True)
    assert not waits(office, cast.secretary)
    given = {"report_back_on": ASKED_FOR, "reason": "Nämndens beslut"}
    office.fire(cast.secretary, "extend", SAT, **given)
    assert told(office, cast.secretary)["body_granted"] == (name, False)


def test_who_asked_hears_no(office: Office) -> None:
    cast = office.cast
    asks(office, cast.director, "end")
    office.sit("end", rejected)
    [letter] = letters(office, cast.director, "body_answered")
    assert "sa nej" in letter
    assert "body_granted" not in told(office, cast.secretary)


def test_a_secretary_who_asks_is_told_of_the_answer_alone(office: Office) -> None:
    """It stands in the list all the same, until it is laid."""
    cast = office.cast
    asks(office, cast.secretary, "end")
    assert told(office, cast.secretary) == {}
    assert waits(office, cast.secretary)
    office.sit("end", as_proposed)
    assert list(told(office, cast.secretary)) == ["body_granted"]
    office.fire(cast.secretary, "cancel", SAT, reason="Nämndens beslut")
    assert not any(stands for _why, stands in told(office, cast.secretary).values())


def test_what_is_asked_again_is_told_anew(office: Office) -> None:
    """The newer reason stands, and the older does not."""
    cast = office.cast
    asks(office, cast.director, "end")
    next_day = ASKED + timedelta(days=1)
    again = "Frågan är överspelad"
    office.act(cast.director, lambda c, a: ask(c, a, "end", reason=again), next_day)
    standing = [row for row in told(office, cast.secretary).items() if row[1][1]]
    assert standing == [("body_asked", (again, True))]
    assert len(letters(office, cast.secretary, "body_asked")) == 2
