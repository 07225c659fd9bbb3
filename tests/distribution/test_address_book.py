"""The address book is kept: entries are changed and taken out of use, and what was sent stays."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.audit import queries as record
from casework.context import Actor
from casework.demo.road import dispatch
from casework.distribution import queries
from casework.distribution.address_book import rename_group, revise_recipient
from casework.distribution.guards import recipients_settled
from casework.distribution.models import Recipient, RecipientGroup
from casework.distribution.service import add_recipient, expand, settle_as, settle_recipients
from casework.errors import Conflict, Forbidden, Invalid, Stale
from casework.matters.models import Matter
from tests.distribution.test_distribution import LATER, acting, copy, decided, road, sent

if TYPE_CHECKING:
    from casework.context import Context
    from casework.demo.road import Road

__all__ = ["copy", "decided", "road"]


def named(context: Context, name: str) -> Recipient:
    return context.session.scalars(select(Recipient).filter_by(name=name)).one()


def test_what_was_dispatched_keeps_name_and_address(road: Road, decided: Matter) -> None:
    """The entry changes; the dispatch, and the group's name on it, do not."""
    dispatch(road, decided, date(2025, 6, 11))
    before = {each.id: (each.recipient_name, each.recipient_email) for each in sent(road)}
    with acting(road) as context:
        entry = named(context, "Bräcke kommun")
        revise_recipient(context, entry, name="Bräcke", email="ny@bracke.se", note="Ring först")
        group = context.session.scalars(select(RecipientGroup)).one()
        rename_group(context, group, "Alla kommuner")
    after = {each.id: (each.recipient_name, each.recipient_email) for each in sent(road)}
    assert after == before
    assert {each.group_name for each in sent(road)} <= {"Kommunerna i länet", ""}
    with acting(road) as context:
        entry = named(context, "Bräcke")
        [newest, *_] = context.session.scalars(
            record.of_subject(road.world.organisation_id, "recipient", entry.id)
        )
        assert newest.action == "revised"
        assert newest.detail["before"]["name"] == "Bräcke kommun"


def test_names_are_unique_and_addresses_usable(road: Road) -> None:
    """And an old version is refused, and so is somebody who does not keep the book."""
    with acting(road) as context:
        entry = named(context, "Bräcke kommun")
        for given, error in (
            ({"name": "Åre kommun"}, Conflict),
            ({"name": "  "}, Invalid),
            ({"email": "a@b"}, Invalid),
            ({"note": "x" * 501}, Invalid),
        ):
            with pytest.raises(error):
                revise_recipient(context, entry, **given)
        with pytest.raises(Stale):
            revise_recipient(context, entry, name="Bräcke", expected_version=entry.version - 1)
        revise_recipient(context, entry, name="Bräcke kommun", email=entry.email)
        assert entry.audit_count == 1
    officer = road.cast.officer
    with (
        road.casework.acting(
            road.world.organisation_id, Actor(officer.id, officer.name), LATER
        ) as context,
        pytest.raises(Forbidden),
    ):
        revise_recipient(context, named(context, "Bräcke kommun"), is_active=False)


def test_one_out_of_use_gets_nothing_through_a_group(road: Road, decided: Matter) -> None:
    """It stays in the group, whose page says so, and is not offered."""
    with acting(road) as context:
        revise_recipient(context, named(context, "Åre kommun"), is_active=False)
        matter = context.session.get_one(Matter, decided.id)
        names = [each.recipient.name for each in expand(context, matter)]
        assert "Åre kommun" not in names
        assert len(names) == 7
        offered = queries.recipients(road.world.organisation_id, is_active=True, limit=100)
        assert "Åre kommun" not in {each.name for each in context.session.scalars(offered)}
        group = context.session.scalars(select(RecipientGroup)).one()
        assert "Åre kommun" in {each.recipient.name for each in group.members}


def test_a_named_recipient_out_of_use_is_told_before_dispatch(road: Road, decided: Matter) -> None:
    """Nobody is left out in silence: another is chosen, or it is taken into use again."""
    with acting(road) as context:
        entry = named(context, "Bräcke kommun")
        revise_recipient(context, entry, is_active=False)
        matter = context.session.get_one(Matter, decided.id)
        told = recipients_settled(context, matter)
        assert told is not None
        assert (told.code, told.params["names"]) == ("recipients_inactive", ["Bräcke kommun"])
        written = next(each for each in matter.recipients if each.name == "Bräcke kommun")
        with pytest.raises(Conflict, match="recipient_inactive"):
            settle_as(context, matter, written, entry)
        written.recipient_id = None
        assert settle_recipients(context, matter) == ["Bräcke kommun"]
        settle_as(context, matter, written, named(context, "Åre kommun"))
        assert recipients_settled(context, matter) is None


def test_a_group_with_nobody_in_use_is_told_too(road: Road, decided: Matter) -> None:
    """It would reach nobody."""
    with acting(road) as context:
        group = context.session.scalars(select(RecipientGroup)).one()
        for member in group.members:
            revise_recipient(context, member.recipient, is_active=False)
        context.session.flush()
        told = recipients_settled(context, context.session.get_one(Matter, decided.id))
        assert told is not None
        assert told.params["names"] == ["Kommunerna i länet", "Bräcke kommun"]


def test_the_book_is_found_by_a_word_page_by_page(road: Road) -> None:
    """In Swedish order, whatever the case; the count is of all pages."""
    own = road.world.organisation_id
    with acting(road) as context:
        for number in range(12):
            add_recipient(context, name=f"Älvdalens {number:02}", email=f"a{number}@alv.se")
        context.session.flush()
        first = list(context.session.scalars(queries.recipients(own, question="ÄLVDAL", limit=7)))
        rest = list(
            context.session.scalars(
                queries.recipients(own, question="älvdal", after=first[-1].id, limit=7)
            )
        )
        assert [each.name[-2:] for each in first + rest] == [f"{n:02}" for n in range(12)]
        assert queries.count_recipients(context.session, own, "älvdal") == 12
        assert queries.count_recipients(context.session, own, "a1@ALV.se") == 1
        assert queries.count_recipients(context.session, own, "%") == 0
