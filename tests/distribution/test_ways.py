"""The excerpt of a marked matter does not go by open mail: by sign-in, by post, or as decided."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.accounts.service import close, find_user, open_account
from casework.audit import queries as record
from casework.background import deliver
from casework.context import Actor
from casework.distribution import mending
from casework.distribution.guards import no_open_dispatches
from casework.distribution.links import asks_to_sign_in, dispatch_of, token_for
from casework.distribution.models import Dispatch, DispatchWay, Recipient
from casework.distribution.queries import letters
from casework.distribution.service import acknowledge, note_fetched
from casework.distribution.ways import STATUTE, choose_way, ways_of
from casework.errors import Conflict, Forbidden, Invalid, NotFound
from casework.mail.addresses import Mailbox
from casework.matters.models import Matter
from casework.meetings.models import AgendaItem, Recusal
from casework.people.letters import post
from casework.people.service import create_person
from casework.secrecy.service import lift_mark, mark, review_secrecy
from casework.workflow.blockers import Blocked
from tests.demo.conftest import opened, road_of
from tests.distribution.test_distribution import LATER, attested

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.context import Context
    from casework.demo.road import Road
    from casework.people.models import Person
    from tests.support.databases import SqliteMaker

SOON = LATER + timedelta(hours=1)
SIGNING_IN, POSTED, MAILED = "Bräcke kommun", "Bergs kommun", "Åre kommun"


@pytest.fixture
def road(sqlite_maker: SqliteMaker, tmp_path: Path) -> Iterator[Road]:
    """A decided and attested matter, marked since: eight recipients."""
    with sqlite_maker.copied("attested", tmp_path, attested) as (url, (world, _matter)):
        casework = opened(url, tmp_path)
        road = road_of((casework, world), tmp_path)
        with acting(road) as (context, matter):
            mark(context, matter, "OSL 26:1", "Rör en enskild.")
            review_secrecy(context, matter)
        yield road
        casework.database.close()


@contextmanager
def acting(
    road: Road, who: Person | None = None, moment: Any = LATER
) -> Iterator[tuple[Context, Matter]]:
    """The secretary, or another, at the matter."""
    person = who or road.cast.secretary
    actor = Actor(person.id, person.name)
    with road.casework.acting(road.world.organisation_id, actor, moment) as context:
        yield context, context.session.scalars(select(Matter)).one()


def named(context: Context, name: str) -> Recipient:
    return context.session.scalars(select(Recipient).filter_by(name=name)).one()


def reader(road: Road) -> Person:
    """Somebody at the municipality, who has an account and no role."""
    with road.casework.acting(road.world.organisation_id, moment=LATER) as context:
        person = create_person(context, name="Kommunens läsare", email="lasare@bracke.example")
        context.session.flush()
        open_account(context, person, "lasare@bracke.example")
        return person


@contextmanager
def refused(code: str) -> Iterator[None]:
    """The step is blocked, for this reason among others."""
    with pytest.raises(Blocked) as refusal:
        yield
    assert code in [each.code for each in refusal.value.blockers]


def decided(road: Road) -> Person:
    """A way for each recipient: one signs in, one by decided open mail, the others by post."""
    person = reader(road)
    with acting(road) as (context, matter):
        choose_way(context, matter, named(context, SIGNING_IN), "sign_in", reader=person)
        choose_way(context, matter, named(context, MAILED), "open_mail", reason="Parten vill det.")
        everybody = context.session.scalars(select(Recipient).where(Recipient.name.like("%kommun")))
        for each in everybody:
            if each.id not in ways_of(context.session, matter):
                choose_way(context, matter, each, "post")
    return person


def dispatched(road: Road) -> dict[str, Dispatch]:
    """Sent as decided; the dispatches by their recipients."""
    with acting(road) as (context, matter):
        context.services.engine.fire(context, matter, "dispatch")
    return known(road)


def known(road: Road) -> dict[str, Dispatch]:
    with road.casework.database.read() as session:
        return {each.recipient_name: each for each in session.scalars(select(Dispatch))}


def test_open_mail_is_refused_and_says_where_to_mend_it(road: Road) -> None:
    """OSL 8:1: all recipients without a way are named, and nothing is queued."""
    with acting(road) as (context, matter), pytest.raises(Blocked) as refused:
        context.services.engine.fire(context, matter, "dispatch")
    [blocker] = refused.value.blockers
    assert (blocker.code, blocker.statute, blocker.place) == ("open_mail_refused", STATUTE, "#ways")
    assert len(blocker.params["names"]) == 8
    assert known(road) == {}


def test_each_goes_as_was_decided(road: Road) -> None:
    """By sign-in a letter with the number alone, by post none, by decided open mail the excerpt;
    in no letter the title."""
    decided(road)
    sent = dispatched(road)
    states = {name: (each.state, each.way) for name, each in sent.items()}
    assert states[SIGNING_IN] == ("queued", "sign_in")
    assert states[MAILED] == ("queued", "open_mail")
    assert states[POSTED] == ("to_post", "post")
    with acting(road) as (context, matter):
        [sealed] = letters(context.session, sent[SIGNING_IN])
        [mailed] = letters(context.session, sent[MAILED])
        assert letters(context.session, sent[POSTED]) == []
        assert (sealed.to_address, sealed.attachments) == ("lasare@bracke.example", [])
        assert len(mailed.attachments) == 1
        for each in (sealed, mailed):
            assert matter.title not in each.subject + each.text + each.html
            assert matter.registration_number in each.subject
        assert no_open_dispatches(context, matter) is not None


def test_a_link_with_sign_in_opens_for_its_reader_alone(road: Road) -> None:
    """Whoever else holds it gets the sentence of a dead link, and so does who holds one of what
    goes by post."""
    person = decided(road)
    sent = dispatched(road)
    secret = road.casework.settings.secret_key
    with acting(road) as (context, _matter):
        session, token = context.session, token_for(secret, sent[SIGNING_IN])
        assert asks_to_sign_in(session, secret, token, LATER)
        assert dispatch_of(session, secret, token, LATER, person.id).way == "sign_in"
        for another in (None, road.cast.secretary.id):
            with pytest.raises(NotFound, match="link_dead"):
                dispatch_of(session, secret, token, LATER, another)
        posted = token_for(secret, sent[POSTED])
        with pytest.raises(NotFound, match="link_dead"):
            dispatch_of(session, secret, posted, LATER, person.id)
        assert not asks_to_sign_in(session, secret, token_for(secret, sent[MAILED]), LATER)
        assert dispatch_of(session, secret, token_for(secret, sent[MAILED]), LATER).id


def test_what_the_reader_reads_is_on_record_in_their_name(road: Road) -> None:
    """Not as a scanner's fetching; then they confirm."""
    person = decided(road)
    sent = dispatched(road)
    with acting(road, person, SOON) as (context, _matter):
        row = context.session.get_one(Dispatch, sent[SIGNING_IN].id)
        note_fetched(context, row)
        acknowledge(context, row, person.name)
        context.session.flush()
        entries = context.session.scalars(
            record.of_subject(row.organisation_id, "dispatch", row.id)
        ).all()
        assert ("read_signed_in", person.name) in [(e.action, e.actor_name) for e in entries]
        assert row.state == "acknowledged"


def test_post_is_ticked_with_day_and_name(road: Road) -> None:
    """Until then the matter does not close; it never becomes a letter by mail meanwhile."""
    decided(road)
    sent = dispatched(road)
    with acting(road, moment=SOON) as (context, matter):
        row = context.session.get_one(Dispatch, sent[POSTED].id)
        with refused("goes_by_post"):
            mending.send_again(context, row)
        with refused("goes_by_post"):
            mending.send_again(context, row, email="annan@example.org")
    with acting(road, moment=SOON) as (context, matter):
        row = context.session.get_one(Dispatch, sent[POSTED].id)
        mending.sent_otherwise(context, row, how="letter", day=context.today, by="Vaktmästaren")
        assert (row.state, row.otherwise_by) == ("sent_otherwise", "Vaktmästaren")
        choose_way(context, matter, row.recipient, "open_mail", reason="Brevet kom i retur.")
        mending.send_again(context, row)
        assert (row.state, row.way) == ("queued", "open_mail")


def test_a_mark_that_comes_later_shuts_the_links(road: Road) -> None:
    """A personal link that was sent by mail before the mark shows nothing after it, and is not
    sent anew until a way is decided."""
    with acting(road) as (context, matter):
        matter.secrecy_provision = ""
        context.services.engine.fire(context, matter, "dispatch")
    row = known(road)[SIGNING_IN]
    secret = road.casework.settings.secret_key
    with acting(road) as (context, matter):
        token = token_for(secret, row)
        assert dispatch_of(context.session, secret, token, LATER).id == row.id
        matter.secrecy_provision = "OSL 26:1"
        context.session.flush()
        with pytest.raises(NotFound, match="link_dead"):
            dispatch_of(context.session, secret, token, LATER)
        dispatch = context.session.get_one(Dispatch, row.id)
        with refused("open_mail_refused"):
            mending.send_again(context, dispatch, email="annan@example.org")


def test_what_waits_when_the_mark_comes_does_not_go(road: Road) -> None:
    """Letters that name the title and lie in the outbox as the matter is marked: the dispatch waits
    for a person with the reason, and so does any other letter. What is written since goes."""
    with acting(road) as (context, matter):
        lift_mark(context, matter, "Provad om.", is_confirmed=True)
    with acting(road, moment=SOON) as (context, matter):
        context.services.engine.fire(context, matter, "dispatch")
    later = SOON + timedelta(minutes=1)
    with acting(road, moment=later) as (context, matter):
        mark(context, matter, "OSL 26:1", "Rör en enskild.")
        title = matter.title
        told = {"first_name": "Kim", "by": "Kim", "reason": None, "due": None, **matter.facts()}
        to = Mailbox("Kim", "kim@example.org")
        post(context, "assigned", key="since", subject=matter, to=to, content=told)
    sent = deliver(road.casework, later + timedelta(minutes=1)).sent
    assert "since" in [each.key for each in sent]
    assert not [each.key for each in sent if title in each.subject + each.text + each.html]
    assert {(each.state, each.reason) for each in known(road).values()} == {
        ("failed", "reason_sealed")
    }


def test_the_letter_goes_to_the_readers_own_account(road: Road) -> None:
    """No address of somebody else's, and none once the account is closed."""
    decided(road)
    row = dispatched(road)[SIGNING_IN]
    with acting(road, moment=SOON) as (context, _matter):
        dispatch = context.session.get_one(Dispatch, row.id)
        with pytest.raises(Conflict, match="reader_has_own_address"):
            mending.send_again(context, dispatch, email="annan@example.org")
    with road.casework.acting(road.world.organisation_id, moment=SOON) as context:
        close(context, find_user(context, "lasare@bracke.example"))
    with acting(road, moment=SOON) as (context, _matter):
        dispatch = context.session.get_one(Dispatch, row.id)
        with pytest.raises(Conflict, match="reader_without_account"):
            mending.new_try(context, dispatch, email="", in_address_book=False)


def test_who_decides_and_what_is_refused(road: Road) -> None:
    """Open mail is decided by those who dispatch, with a reason; a reader has an account and no
    conflict of interest; nobody outside the matter decides."""
    cast = road.cast
    with acting(road, cast.officer) as (context, matter):
        recipient = named(context, SIGNING_IN)
        assert choose_way(context, matter, recipient, "post").way == "post"
        with pytest.raises(Forbidden):
            choose_way(context, matter, recipient, "open_mail", reason="Bråttom.")
    for outsider in (cast.registrar, cast.director, cast.chair):
        with acting(road, outsider) as (context, matter), pytest.raises(Forbidden):
            choose_way(context, matter, named(context, SIGNING_IN), "post")
    with acting(road) as (context, matter):
        recipient = named(context, SIGNING_IN)
        for way, given, code in (
            ("open_mail", {}, "open_mail_needs_reason"),
            ("open_mail", {"reason": " "}, "open_mail_needs_reason"),
            ("open_mail", {"reason": "x" * 501}, "open_mail_needs_reason"),
            ("sign_in", {}, "reader_without_account"),
            ("mail", {}, "way_unknown"),
            ("fax", {}, "way_unknown"),
        ):
            with pytest.raises(Invalid, match=code):
                choose_way(context, matter, recipient, way, **given)
        item = context.session.scalars(select(AgendaItem).filter_by(matter_id=matter.id)).one()
        own: dict[str, Any] = {"organisation_id": matter.organisation_id, "agenda_item_id": item.id}
        own |= {"reason": "Släkt.", "declared_at": LATER}
        context.session.add(Recusal(person_id=cast.chair.id, **own))
        context.session.flush()
        with pytest.raises(Conflict, match="is_recused"):
            choose_way(context, matter, recipient, "sign_in", reader=cast.chair)
        matter.secrecy_provision = ""
        with pytest.raises(Conflict, match="way_needs_no_choice"):
            choose_way(context, matter, recipient, "post")


def test_every_decision_stays_on_record(road: Road) -> None:
    """Another way ends the one before; both are told, with who, when and why."""
    with acting(road) as (context, matter):
        recipient = named(context, SIGNING_IN)
        choose_way(context, matter, recipient, "open_mail", reason="Parten vill det.")
        choose_way(context, matter, recipient, "post")
        rows = context.session.scalars(select(DispatchWay).order_by(DispatchWay.id)).all()
        assert [(row.way, row.until is None) for row in rows] == [
            ("open_mail", False),
            ("post", True),
        ]
        entries = context.session.scalars(
            record.of_subject(matter.organisation_id, "matter", matter.id)
        ).all()
        [told] = [each for each in entries if each.action == "open_mail_decided"]
        assert told.detail["reason"] == "Parten vill det."
        assert told.actor_name == road.cast.secretary.name
