"""Excerpts reach each recipient once, frozen, by a link that is only theirs."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.background import deliver
from casework.context import STOCKHOLM, Actor
from casework.demo.road import attest, dispatch, hold, prepare, summon, texts
from casework.distribution.links import dispatch_of, token_for
from casework.distribution.models import Dispatch, Recipient, RecipientGroup
from casework.distribution.service import acknowledge, set_members
from casework.errors import Invalid, NotFound
from casework.mail.models import Message
from casework.matters.models import Matter
from casework.workflow.blockers import Blocked
from tests.demo.conftest import furnished, opened, road_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.demo.road import Road
    from casework.demo.world import World
    from tests.support.databases import DatabaseMaker

DAY, NEXT = date(2025, 6, 3), date(2025, 8, 26)
LATER = datetime(2025, 6, 11, 12, tzinfo=STOCKHOLM)


def attested(url: str, folder: Path) -> tuple[World, Matter]:
    """A decided matter; the recipients are a group and one of its members besides."""
    world = furnished(url, folder)
    casework = opened(url, folder)
    road = road_of((casework, world), folder)
    text = {**texts()["plan"], "recipients": ["Kommunerna i länet", "Bräcke kommun"]}
    matter = prepare(road, "decision", road.world.committee, text, date(2025, 4, 7))
    meeting = summon(road, road.world.committee, DAY, [(matter, "decision", "")])
    hold(road, meeting, DAY, {"decision": "decided"})
    attest(road, meeting, date(2025, 6, 10))
    casework.database.close()
    return world, matter


@pytest.fixture
def copy(database_maker: DatabaseMaker, tmp_path: Path) -> Iterator[tuple[Road, Matter]]:
    with database_maker.copied("attested", tmp_path, attested) as (url, (world, matter)):
        casework = opened(url, tmp_path)
        yield road_of((casework, world), tmp_path), matter
        casework.database.close()


@pytest.fixture
def road(copy: tuple[Road, Matter]) -> Road:
    return copy[0]


@pytest.fixture
def decided(copy: tuple[Road, Matter]) -> Matter:
    """Decided and attested, on that road."""
    return copy[1]


def acting(road: Road, moment: datetime = LATER) -> Any:
    secretary = road.cast.secretary
    return road.casework.acting(
        road.world.organisation_id, Actor(secretary.id, secretary.name), moment
    )


def sent(road: Road) -> list[Dispatch]:
    with road.casework.database.read() as session:
        return list(session.scalars(select(Dispatch).order_by(Dispatch.position)))


def test_nothing_leaves_before_attestation(road: Road) -> None:
    """KL 5:69: a decided matter cannot be dispatched, and says so."""
    matter = prepare(road, "decision", road.world.committee, texts()["plan"], date(2025, 4, 7))
    meeting = summon(road, road.world.committee, NEXT, [(matter, "decision", "")])
    hold(road, meeting, NEXT, {"decision": "decided"})
    with pytest.raises(Blocked):
        dispatch(road, matter, NEXT)
    assert sent(road) == []


def test_each_recipient_gets_one_and_the_list_is_frozen(road: Road, decided: Matter) -> None:
    """A member who is also named alone gets one; a later change of the group changes nothing."""
    dispatch(road, decided, date(2025, 6, 11))
    names = [each.recipient_name for each in sent(road)]
    assert len(names) == len(set(names)) == 8
    with acting(road) as context:
        group = context.session.scalars(select(RecipientGroup)).one()
        set_members(context, group, [])
    assert [each.recipient_name for each in sent(road)] == names


def test_a_link_opens_for_its_recipient_alone(road: Road, decided: Matter) -> None:
    """Forged, withdrawn or expired, it is refused with one and the same sentence."""
    dispatch(road, decided, date(2025, 6, 11))
    secret = road.casework.settings.secret_key
    row = sent(road)[0]
    token = token_for(secret, row)
    with acting(road) as context:
        session = context.session
        assert dispatch_of(session, secret, token, LATER).id == row.id
        middle = "A" if token[-9] != "A" else "B"
        for wrong in (
            token[:-9] + middle + token[-8:],
            "",
            "WzEsMSwwXQ",
            token_for("another secret", row),
        ):
            with pytest.raises(NotFound, match="link_dead"):
                dispatch_of(session, secret, wrong, LATER)
        with pytest.raises(NotFound, match="link_dead"):
            dispatch_of(session, secret, token, LATER + timedelta(days=400))
        session.get_one(Dispatch, row.id).link_epoch += 1
        session.flush()
        with pytest.raises(NotFound, match="link_dead"):
            dispatch_of(session, secret, token, LATER)


def test_acknowledging_twice_is_once(road: Road, decided: Matter) -> None:
    """The first name and time stay."""
    dispatch(road, decided, date(2025, 6, 11))
    row = sent(road)[0]
    for hours, name in ((0, "Registratorn"), (5, "Någon annan")):
        with acting(road, LATER + timedelta(hours=hours)) as context:
            acknowledge(context, context.session.get_one(Dispatch, row.id), name)
    first = sent(road)[0]
    assert (first.state, first.acknowledged_by) == ("acknowledged", "Registratorn")
    assert first.acknowledged_at == LATER


def test_a_letter_that_fails_waits_for_a_person(road: Road, decided: Matter) -> None:
    """Failed, with its reason; sent again it has a new link, and the old one is dead."""
    with acting(road) as context:
        matter = context.session.get_one(Matter, decided.id)
        matter.secrecy_reviewed_at = LATER
        context.services.engine.fire(context, matter, "dispatch")
        context.session.flush()
        letter = context.session.scalars(select(Message).where(Message.key == "dispatch:1:0")).one()
        letter.attachments = [{**letter.attachments[0], "sha256": "0" * 64}]
    result = deliver(road.casework, LATER)
    assert [each.key for each in result.failed] == ["dispatch:1:0"]
    failed = sent(road)[0]
    assert (failed.state, failed.failure != "") == ("failed", True)
    old = token_for(road.casework.settings.secret_key, failed)
    with acting(road) as context:
        context.services.engine.fire(context, context.session.get_one(Dispatch, failed.id), "retry")
    deliver(road.casework, LATER + timedelta(minutes=1))
    assert sent(road)[0].state == "sent"
    with acting(road) as context, pytest.raises(NotFound, match="link_dead"):
        dispatch_of(context.session, road.casework.settings.secret_key, old, LATER)


def test_one_bad_address_does_not_stop_the_dispatch(road: Road, decided: Matter) -> None:
    """An entry from before addresses were tried waits for a person; the others are sent."""
    with acting(road) as context:
        entry = context.session.scalars(select(Recipient).filter_by(name="Bräcke kommun")).one()
        entry.email = "a@b"
    dispatch(road, decided, date(2025, 6, 11))
    deliver(road.casework, LATER)
    states = {each.recipient_name: (each.state, each.failure) for each in sent(road)}
    assert states.pop("Bräcke kommun") == ("failed", "mail_address_wrong")
    assert set(states.values()) == {("sent", "")}
    with acting(road) as context, pytest.raises(Invalid, match="mail_address_wrong"):
        failed = context.session.scalars(select(Dispatch).filter_by(state="failed")).one()
        context.services.engine.fire(context, failed, "retry")


def test_two_deliverers_at_once_try_each_letter_once(road: Road, decided: Matter) -> None:
    """Eight letters wait; whichever of the two takes one, the other does not."""
    with acting(road) as context:
        matter = context.session.get_one(Matter, decided.id)
        matter.secrecy_reviewed_at = LATER
        context.services.engine.fire(context, matter, "dispatch")
    deliverers = [threading.Thread(target=deliver, args=(road.casework, LATER)) for _ in range(2)]
    for thread in deliverers:
        thread.start()
    for thread in deliverers:
        thread.join()
    with road.casework.database.read() as session:
        letters = session.scalars(select(Message).where(Message.subject_type == "dispatch")).all()
        assert [(each.state, each.fence) for each in letters] == [("sent", 1)] * 8
    assert {each.state for each in sent(road)} == {"sent"}
