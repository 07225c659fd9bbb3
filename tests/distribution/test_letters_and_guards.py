"""How a dispatch follows its letter, and until when it holds its matter open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.context import Actor
from casework.distribution.effects import letter_failed, letter_sent
from casework.distribution.guards import no_open_dispatches
from casework.distribution.models import Dispatch
from casework.distribution.queries import letters_of
from casework.inbox.models import InboxEntry
from casework.matters.models import Matter
from casework.people.models import Organisation
from tests.distribution.test_distribution import LATER, acting, copy, decided, road

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.context import Context
    from casework.demo.road import Road

__all__ = ["copy", "decided", "road"]


@pytest.fixture
def context(road: Road, decided: Matter) -> Iterator[Context]:
    """The moment at which eight letters were queued, in the secretary's name; nothing is kept."""
    with acting(road) as context:
        matter = context.session.get_one(Matter, decided.id)
        matter.secrecy_reviewed_at = LATER
        context.services.engine.fire(context, matter, "dispatch")
        context.session.flush()
        yield context


def first(context: Context) -> tuple[Dispatch, Any]:
    row = context.session.scalars(select(Dispatch).order_by(Dispatch.position)).all()[0]
    return row, letters_of(context.session, [row])[row.id]


def test_what_waits_or_failed_holds_the_matter_open(context: Context) -> None:
    """A letter that failed is not let go unseen; one that is mended or given up is."""
    rows = context.session.scalars(select(Dispatch)).all()
    matter = rows[0].excerpt.matter

    def held() -> int:
        context.session.flush()
        blocker = no_open_dispatches(context, matter)
        return blocker.params["count"] if blocker else 0

    assert held() == len(rows) == 8
    letters = letters_of(context.session, rows)
    for row in rows[1:]:
        letter_sent(context, letters[row.id])
    assert held() == 1
    bounced(context, letters[rows[0].id])
    assert (rows[0].state, held()) == ("failed", 1)
    context.services.engine.fire(context.given(reason="Ingen adress"), rows[0], "give_up")
    assert held() == 0


def bounced(context: Context, letter: Any) -> None:
    letter.error_code, letter.error_params = "mail_address_refused", {"answer": "550"}
    letter_failed(context, letter)


def test_a_dispatch_follows_its_letter_once(context: Context) -> None:
    """Sent, also after it was held to have failed; what has arrived does not fail afterwards."""
    row, letter = first(context)
    bounced(context, letter)
    bounced(context, letter)
    assert (row.state, row.failure) == ("failed", "mail_address_refused")
    letter_sent(context, letter)
    assert (row.state, row.sent_at) == ("sent", LATER)
    letter_failed(context, letter)
    letter_sent(context, letter)
    assert row.state == "sent"


def test_a_letter_of_something_else_moves_no_dispatch(context: Context) -> None:
    """Its number may be that of a dispatch, or none at all."""
    row, letter = first(context)
    for subject_type, subject_id in (("matter", row.id), ("dispatch", None), ("dispatch", 10**6)):
        letter.subject_type, letter.subject_id = subject_type, subject_id
        letter_sent(context, letter)
        letter_failed(context, letter)
    assert row.state == "queued"


def test_the_letter_says_what_was_decided_where_and_who_answers(context: Context) -> None:
    """And of which group somebody gets it, in a letter of the body's own."""
    rows = context.session.scalars(select(Dispatch).order_by(Dispatch.position)).all()
    letters = letters_of(context.session, rows)
    item = rows[0].excerpt.minutes_item
    for row in rows:
        text = letters[row.id].text.replace("\xa0", " ")
        for fact in (f"§ {item.section_number}", "2025-06-03", "2025-06-10", item.content["title"]):
            assert fact in text, fact
        assert row.link_expires_at.date().isoformat() in text
        assert ("Kommunerna i länet" in text) == (row.group_name == "Kommunerna i länet")
        assert context.actor.name in text
    assert context.session.get_one(Organisation, context.organisation_id).phone in text


def test_whoever_dispatches_is_told_of_a_returned_one(context: Context, road: Road) -> None:
    """The first role that somebody holds, each person once; not whoever says so."""
    row, letter = first(context)
    letter_sent(context, letter)
    registrar = road.cast.registrar
    another = replace(context, actor=Actor(registrar.id, registrar.name))
    another.services.engine.fire(another.given(), row, "returned")
    context.session.flush()
    told = context.session.scalars(select(InboxEntry).filter_by(kind="dispatch_failed")).all()
    assert [each.person_id for each in told] == [road.cast.secretary.id]
