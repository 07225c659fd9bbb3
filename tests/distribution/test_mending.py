"""A dispatch that did not arrive is mended by a person, and its letter never goes twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from casework.audit import queries as record
from casework.background import deliver
from casework.context import Actor
from casework.distribution import mending
from casework.distribution.effects import letter_sent
from casework.distribution.guards import no_open_dispatches
from casework.distribution.links import dispatch_of, token_for
from casework.distribution.models import Dispatch, Recipient
from casework.distribution.queries import letter_key, letters
from casework.distribution.service import acknowledge
from casework.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from casework.inbox.models import InboxEntry
from casework.mail.delivery import LEASE
from casework.mail.models import Message
from casework.matters.models import Matter
from casework.workflow.blockers import Blocked
from tests.distribution.test_distribution import LATER, acting, copy, decided, road, sent
from tests.house.source import ROOT
from tests.mail.conftest import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casework.context import Context
    from casework.demo.road import Road
    from casework.people.models import Person
    from tests.mail.conftest import MailServer

__all__ = ["copy", "decided", "road", "serve"]

pytestmark = pytest.mark.smtp

UNKNOWN = "550 5.1.1 <x@y.se>: Recipient address rejected: User unknown"
SOON = LATER + timedelta(minutes=1)


@pytest.fixture
def queued(road: Road, decided: Matter) -> Road:
    """Eight dispatches, none of whose letters has been tried."""
    with acting(road) as context:
        matter = context.session.get_one(Matter, decided.id)
        matter.secrecy_reviewed_at = LATER
        context.services.engine.fire(context, matter, "dispatch")
    return road


@pytest.fixture
def server(serve: Callable[..., Any]) -> Iterator[MailServer]:
    """A mail server that takes every letter but what it is told to refuse."""
    with serve() as running:
        yield running


def delivered(road: Road, server: MailServer, moment: Any = LATER) -> Any:
    """One sweep of the outbox to that server."""
    casework, url = road.casework, f"smtp://127.0.0.1:{server.port}"
    return deliver(replace(casework, settings=replace(casework.settings, mail_url=url)), moment)


@pytest.fixture
def failed(queued: Road, server: MailServer) -> Dispatch:
    """The first of eight has an address that nobody has; the others have arrived."""
    server.answers["RCPT"] = [UNKNOWN]
    delivered(queued, server)
    [row] = [each for each in sent(queued) if each.state == "failed"]
    server.letters.clear()
    server.recipients.clear()
    return row


@contextmanager
def mended(road: Road, row: Dispatch, person: Person | None = None) -> Iterator[Any]:
    """The secretary, or another, at the dispatch."""
    who = person or road.cast.secretary
    with road.casework.acting(road.world.organisation_id, Actor(who.id, who.name), SOON) as context:
        yield context, context.session.get_one(Dispatch, row.id)


def again(road: Road, row: Dispatch) -> Dispatch:
    return next(each for each in sent(road) if each.id == row.id)


def history(context: Context, row: Dispatch) -> list[str]:
    entries = record.of_subject(row.organisation_id, "dispatch", row.id)
    return [entry.action for entry in context.session.scalars(entries)]


def test_it_says_why_in_plain_words(failed: Dispatch) -> None:
    """The server's answer is read; the letter keeps it word for word."""
    assert (failed.failure, failed.reason) == ("mail_address_refused", "reason_address_unknown")


def test_those_who_dispatch_are_told_once_until_it_is_mended(
    queued: Road, failed: Dispatch
) -> None:
    """An entry first on the secretary's page and a letter with the reason; both end with it."""

    def told(context: Context) -> list[tuple[int, bool]]:
        found = context.session.scalars(
            select(InboxEntry).where(
                InboxEntry.kind == "dispatch_failed", InboxEntry.subject_id == failed.id
            )
        )
        return [(each.person_id, each.settled_at is None) for each in found]

    secretary = queued.cast.secretary.id
    with mended(queued, failed) as (context, row):
        assert told(context) == [(secretary, True)]
        letter = context.session.scalars(
            select(Message).where(Message.key.startswith("dispatch_failed:"))
        ).one()
        assert "E-postadressen finns inte." in letter.text
        assert f"/dispatches/{failed.id}" in letter.text
        mending.send_again(context, row, email="ratt@kommunen.se")
        context.session.flush()
        assert told(context) == [(secretary, False)]


def test_the_address_is_corrected_and_one_letter_goes(
    queued: Road, failed: Dispatch, server: MailServer
) -> None:
    """To the new address, with a new link that lives; also in the address book; on record."""
    secret = queued.casework.settings.secret_key
    old = token_for(secret, failed)
    with mended(queued, failed) as (context, row):
        mending.send_again(context, row, email="ratt@kommunen.se", in_address_book=True)
    delivered(queued, server, SOON)
    assert server.recipients == [["ratt@kommunen.se"]]
    now = again(queued, failed)
    assert (now.state, now.failure, now.reason) == ("sent", "", "")
    assert now.link_expires_at > failed.link_expires_at
    with mended(queued, failed) as (context, row):
        assert row.recipient.email == "ratt@kommunen.se"
        assert dispatch_of(context.session, secret, token_for(secret, row), SOON).id == row.id
        with pytest.raises(NotFound, match="link_dead"):
            dispatch_of(context.session, secret, old, SOON)
        assert history(context, row)[:3] == ["send", "retry", "address_corrected"]
        assert [each.state for each in letters(context.session, row)] == ["sent", "seen"]


def test_the_address_book_is_left_alone_unless_asked(queued: Road, failed: Dispatch) -> None:
    """An address for this letter only."""
    with mended(queued, failed) as (context, row):
        before = row.recipient.email
        mending.send_again(context, row, email="annan@kommunen.se")
    with mended(queued, failed) as (_context, row):
        assert (row.recipient_email, row.recipient.email) == ("annan@kommunen.se", before)


def test_the_address_that_was_used_is_no_correction_of_the_book(
    queued: Road, failed: Dispatch
) -> None:
    """No address was given: the one that somebody has corrected in the book since stays there."""
    with mended(queued, failed) as (context, row):
        row.recipient.email = "ratt@kommunen.se"
        mending.send_again(context, row, in_address_book=True)
    with mended(queued, failed) as (_context, row):
        assert row.recipient.email == "ratt@kommunen.se"
        assert row.recipient_email == failed.recipient_email


def test_two_press_at_once_and_one_letter_goes(
    queued: Road, failed: Dispatch, server: MailServer
) -> None:
    """The second is told that it is sent again already."""
    begun = Barrier(2)

    def press(_: int) -> str:
        try:
            begun.wait()
            with mended(queued, failed) as (context, row):
                mending.send_again(context, row)
        except Conflict:
            return "refused"
        return "sent again"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(press, range(2))) == ["refused", "sent again"]
    delivered(queued, server, SOON)
    assert [len(server.letters), again(queued, failed).link_epoch] == [1, 1]


def test_a_press_on_an_old_page_is_stale(queued: Road, failed: Dispatch) -> None:
    """Somebody else has done something about it since the page was shown."""
    with pytest.raises(Stale), mended(queued, failed) as (context, row):
        mending.give_up(context, row, "Ingen adress", failed.version - 1)


def test_a_waiting_letter_is_redirected(queued: Road, server: MailServer) -> None:
    """It is withdrawn: the server never sees it, and one letter goes to the corrected address."""
    first = sent(queued)[0]
    with mended(queued, first) as (context, row):
        mending.send_again(context, row, email="ratt@kommunen.se")
    delivered(queued, server, SOON)
    officer = queued.cast.officer.email  # is told that it has been sent
    addresses = [to for [to] in server.recipients if to != officer]
    assert len(addresses) == len(set(addresses)) == 8
    assert "ratt@kommunen.se" in addresses
    assert first.recipient_email not in addresses


def test_a_waiting_letter_is_not_sent_again_unchanged(queued: Road) -> None:
    """It goes by itself."""
    first = sent(queued)[0]
    for email in ("", first.recipient_email):
        with (
            pytest.raises(Conflict, match="waits_already"),
            mended(queued, first) as (context, row),
        ):
            mending.send_again(context, row, email=email)


def test_a_letter_in_a_deliverers_hands_is_left_there(queued: Road) -> None:
    """By whichever way it is asked: it may arrive, and a second one would be one too many."""
    first = sent(queued)[0]
    with acting(queued) as context:
        context.session.execute(
            update(Message)
            .where(Message.key == letter_key(first))
            .values(state="sending", fence=1, next_attempt_at=LATER + LEASE)
        )
    with pytest.raises(Blocked) as told, mended(queued, first) as (context, row):
        mending.send_again(context, row, email="ratt@kommunen.se")
    assert [each.code for each in told.value.blockers] == ["letter_in_flight"]
    # Leased after the guard had looked.
    with pytest.raises(Conflict, match="letter_in_flight"), mended(queued, first) as (context, row):
        mending.new_try(context, row, email="ratt@kommunen.se", in_address_book=False)


@pytest.mark.crash
@pytest.mark.parametrize(("when", "arrivals"), [(("RCPT", 1), 1), (("DATA", 1), 2)])
def test_a_deliverer_is_killed_between(
    queued: Road, server: MailServer, when: tuple[str, int], arrivals: int
) -> None:
    """Nobody sends it again while it may be on its way; then it goes as the same letter."""
    first = sent(queued)[0]
    casework = queued.casework
    server.kill_at = when
    url = f"smtp://127.0.0.1:{server.port}"
    child = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.distribution.delivering"),
            *(str(casework.settings.data_dir), casework.settings.database_url, url, str(LATER)),
        ],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
    )
    server.kill(child.pid)
    assert child.wait(timeout=60) == -9
    server.kill_at = ("", 0)
    with pytest.raises(Blocked), mended(queued, first) as (context, row):
        mending.send_again(context, row, email="ratt@kommunen.se")
    delivered(queued, server, LATER + LEASE)
    assert {each.state for each in sent(queued)} == {"sent"}
    arrived = Counter(letter["Message-ID"] for letter in server.letters)
    with acting(queued) as context:
        letter = context.session.scalars(
            select(Message).where(Message.key == letter_key(first))
        ).one()
    assert arrived.pop(letter.message_id) == arrivals
    assert set(arrived.values()) == {1}
    assert letter.possibly_repeated


def test_what_was_handed_over_is_noted_as_a_persons_act(queued: Road, failed: Dispatch) -> None:
    """How, on which day and by whom; no earlier than the decision, and no day to come."""
    meeting_day = failed_day(queued, failed)
    for day, code in (
        (SOON.date() + timedelta(days=1), "otherwise_day_ahead"),
        (meeting_day - timedelta(days=1), "otherwise_before_decision"),
    ):
        with pytest.raises(Invalid, match=code), mended(queued, failed) as (context, row):
            mending.sent_otherwise(context, row, how="letter", day=day)
    with pytest.raises(Invalid), mended(queued, failed) as (context, row):
        mending.sent_otherwise(context, row, how="smoke", day=SOON.date())
    with mended(queued, failed) as (context, row):
        mending.sent_otherwise(context, row, how="in_person", day=meeting_day, by="Vaktmästaren")
    now = again(queued, failed)
    assert (now.state, now.otherwise_how) == ("sent_otherwise", "in_person")
    assert (now.otherwise_on, now.otherwise_by) == (meeting_day, "Vaktmästaren")
    with mended(queued, failed) as (context, row):
        assert history(context, row)[0] == "send_otherwise"
        acknowledge(context, row, "Registratorn")
    assert again(queued, failed).state == "acknowledged"


def failed_day(road: Road, row: Dispatch) -> Any:
    with mended(road, row) as (_context, found):
        return found.excerpt.minutes_item.minutes.meeting.day


def test_giving_up_ends_it_with_a_reason(queued: Road, failed: Dispatch, decided: Matter) -> None:
    """It is in nobody's way any more, and can still be sent when an address is found."""
    with mended(queued, failed) as (context, row):
        matter = context.session.get_one(Matter, decided.id)
        assert no_open_dispatches(context, matter) is not None
        for nothing in ("", " \n"):
            with pytest.raises(Invalid, match="input_missing"):
                mending.give_up(context, row, nothing)
    with mended(queued, failed) as (context, row):
        mending.give_up(context, row, "Föreningen är upplöst.")
    with mended(queued, failed) as (context, row):
        assert (row.state, row.given_up_because) == ("given_up", "Föreningen är upplöst.")
        assert no_open_dispatches(context, context.session.get_one(Matter, decided.id)) is None
        assert [each.state for each in letters(context.session, row)] == ["seen"]
        mending.send_again(context, row, email="ny@foreningen.se")
    assert (again(queued, failed).state, again(queued, failed).given_up_because) == ("queued", "")


def test_a_letter_that_came_back_is_mended_as_any_other(queued: Road, server: MailServer) -> None:
    """The server took it, so only a person knows."""
    delivered(queued, server)
    first = sent(queued)[0]
    with mended(queued, first) as (context, row):
        mending.returned(context, row, "550 no such user")
    now = again(queued, first)
    assert (now.state, now.failure, now.reason) == ("failed", "mail_returned", "reason_returned")
    with mended(queued, first) as (context, row):
        mending.send_again(context, row, email="ratt@kommunen.se")
    delivered(queued, server, SOON)
    assert server.recipients[-1] == ["ratt@kommunen.se"]


def test_an_older_letter_moves_nothing(queued: Road, failed: Dispatch) -> None:
    """What is told of a letter whose link is dead says nothing of the one that waits."""
    with mended(queued, failed) as (context, row):
        mending.send_again(context, row)
        context.session.flush()
        older = letters(context.session, row)[-1]
        letter_sent(context, older)
        assert (row.state, row.sent_at) == ("queued", None)


def test_those_who_do_not_dispatch_mend_nothing(queued: Road, failed: Dispatch) -> None:
    """The officer reads; the secretary and the registrar mend."""
    with mended(queued, failed, queued.cast.officer) as (context, row):
        assert mending.open_verbs(context, row) == {}
        with pytest.raises(Forbidden):
            mending.give_up(context, row, "Skäl")
    with mended(queued, failed, queued.cast.registrar) as (context, row):
        assert set(mending.open_verbs(context, row)) == {"retry", "send_otherwise", "give_up"}


def test_one_that_began_on_the_first_version_is_mended_too(queued: Road, failed: Dispatch) -> None:
    """It moves to the steps of today when somebody takes one, and its record says so."""
    first = (ROOT / "tests/upgrade/workflows/dispatch-1.yaml").read_text()
    library: Any = queued.casework.services.engine.definitions
    library._older = lambda _name, _version: first
    with acting(queued) as context:
        context.session.execute(
            update(Dispatch).where(Dispatch.id == failed.id).values(workflow_version=1)
        )
    with mended(queued, failed) as (context, row):
        assert "give_up" in mending.open_verbs(context, row)
        mending.give_up(context, row, "Ingen adress")
        assert (row.state, row.workflow_version) == ("given_up", 3)
        assert history(context, row)[:2] == ["give_up", "migrated"]


def test_the_address_in_the_book_must_be_usable(queued: Road, failed: Dispatch) -> None:
    """A misspelt one changes nothing anywhere."""
    with pytest.raises(Invalid, match="address_wrong"), mended(queued, failed) as (context, row):
        mending.send_again(context, row, email="a@b", in_address_book=True)
    with mended(queued, failed) as (context, row):
        assert row.state == "failed"
        assert context.session.get_one(Recipient, row.recipient_id).email == row.recipient_email
