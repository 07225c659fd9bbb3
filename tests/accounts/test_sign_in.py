"""Signing in: failures are counted by source and account, and nobody is told who has an account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.accounts import limits, sessions
from casework.accounts.limits import LIMITS, Lane, account_key, source_of
from casework.accounts.models import SignInFailure
from casework.accounts.service import ask_for_reset, unlock
from casework.accounts.sign_in import KNOWN_FOR, confirmed, sign_in
from casework.errors import Forbidden
from tests.accounts.people import MINUTE, account, acting
from tests.demo.conftest import NOW, PASSWORD

if TYPE_CHECKING:
    from datetime import datetime

    from tests.accounts.people import World_

WRONG = "fel lösenord"
CHAIR, NOBODY = "ordforande@example.org", "ingen@example.org"
OWN, STRANGE = "192.0.2.7", "203.0.113.9"


def tried(
    world: World_,
    email: str = CHAIR,
    password: str = WRONG,
    source: str = STRANGE,
    moment: datetime = NOW,
) -> str:
    """What comes of it: in, wrong, or the refusal with its minutes."""
    casework, _made = world
    try:
        with casework.database.unit_of_work() as session:
            return "in" if sign_in(session, email, password, moment, source) else "wrong"
    except Forbidden as refusal:
        return f"{refusal.code} {refusal.params['minutes']}"


def known(world: World_, source: str = OWN, moment: datetime = NOW) -> None:
    """The chair signs in from there."""
    assert tried(world, password=PASSWORD, source=source, moment=moment) == "in"
    with acting(world, "chair", moment) as context:
        user = account(context, world, "chair")
        sessions.begin(context.session, user, moment, source, "Firefox")


@pytest.mark.parametrize("email", [CHAIR, NOBODY])
def test_waits_grow_alike_for_everybody_and_nobody(world: World_, email: str) -> None:
    """The same words after the same number of tries, whether there is such an account or not."""
    assert [tried(world, email) for _ in range(7)] == ["wrong"] * 5 + ["too_many_tries 1"] * 2
    later = NOW + MINUTE
    assert tried(world, email, moment=later) == "wrong"
    assert tried(world, email, moment=later) == "too_many_tries 2"
    assert tried(world, email, moment=later + 2 * MINUTE) == "wrong"
    assert tried(world, email, moment=later + 2 * MINUTE) == "too_many_tries 4"


def test_a_refused_try_is_not_looked_at(world: World_) -> None:
    """Nobody learns from it whether the password was right, and it makes nobody wait longer."""
    for _ in range(5):
        tried(world)
    assert tried(world, password=PASSWORD) == "too_many_tries 1"
    assert tried(world, password=PASSWORD, moment=NOW + MINUTE) == "in"
    assert tried(world, moment=NOW + MINUTE) == "wrong"


def test_a_wait_has_an_end(world: World_) -> None:
    """A quarter of an hour at most; and after a day all is forgotten."""
    moment = NOW
    for _ in range(20):
        tried(world, moment=moment)
        moment += timedelta(minutes=15)
    assert tried(world, moment=moment) == "wrong"
    assert tried(world, moment=moment + timedelta(minutes=14)).startswith("too_many_tries")
    moment += timedelta(days=1)
    assert [tried(world, moment=moment) for _ in range(5)] == ["wrong"] * 5


def test_one_source_does_not_try_account_after_account(world: World_) -> None:
    """Twenty-five accounts, one try each: the last are not heard, the right password neither."""
    heard = [tried(world, f"person{number}@example.org") for number in range(25)]
    assert heard == ["wrong"] * 20 + ["too_many_tries 1"] * 5
    assert tried(world, password=PASSWORD) == "too_many_tries 1"
    assert tried(world, password=PASSWORD, source="203.0.113.10") == "in"


def test_many_sources_do_not_try_one_account(world: World_) -> None:
    """One try from each address: soon the account answers only sources that it knows."""
    known(world)
    heard = [tried(world, source=f"198.51.100.{number}") for number in range(15)]
    assert heard == ["wrong"] * 10 + ["too_many_tries 1"] * 5
    assert tried(world, password=PASSWORD, source=OWN) == "in"


def test_strangers_never_lock_the_owner_out(world: World_) -> None:
    """Fifty failures from elsewhere, and the account tried from the owner's own address besides."""
    known(world)
    for number in range(50):
        tried(world, moment=NOW + number * 20 * MINUTE)
    moment = NOW + 50 * 20 * MINUTE
    for number in range(25):
        tried(world, f"person{number}@example.org", source=OWN, moment=moment)
    assert tried(world, NOBODY, source=OWN, moment=moment).startswith("too_many_tries")
    assert tried(world, password=PASSWORD, source=OWN, moment=moment) == "in"


def test_a_known_source_is_no_free_road(world: World_) -> None:
    """From there too the account's own failures wait, and then the source's."""
    known(world)
    heard = [tried(world, source=OWN) for _ in range(7)]
    assert heard == ["wrong"] * 5 + ["too_many_tries 1"] * 2
    with acting(world) as context:
        assert limits.failures_in(context.session, Lane("source", OWN), NOW) == 5


def test_a_source_is_known_for_a_while(world: World_) -> None:
    """Somebody else has the address one day."""
    known(world)
    moment = NOW + KNOWN_FOR
    for number in range(10):
        tried(world, source=f"198.51.100.{number}", moment=moment)
    assert tried(world, password=PASSWORD, source=OWN, moment=moment) == "too_many_tries 1"


def test_where_all_look_alike_nobody_is_counted_by_address(world: World_) -> None:
    """Then the account alone is counted, and no other waits for it."""
    heard = [tried(world, NOBODY, source="") for _ in range(12)]
    assert heard == ["wrong"] * 10 + ["too_many_tries 1"] * 2
    assert tried(world, password=PASSWORD, source="") == "in"


def test_two_failures_at_once_both_count(world: World_) -> None:
    """Over threads and processes: the database counts, not who reads it."""
    with ThreadPoolExecutor(4) as pool:
        heard = list(pool.map(lambda _: tried(world), range(4)))
    assert heard == ["wrong"] * 4
    with acting(world) as context:
        for lane in (Lane("source", STRANGE), Lane("pair", STRANGE, account_key(CHAIR))):
            assert limits.failures_in(context.session, lane, NOW) == 4


def test_many_at_once_are_no_more_than_one_after_another(world: World_) -> None:
    """Whoever sends twelve tries in the same moment gets no more of them heard."""
    for _ in range(4):
        tried(world)
    with ThreadPoolExecutor(6) as pool:
        heard = list(pool.map(lambda _: tried(world), range(12)))
    assert heard.count("wrong") == 1


def test_nothing_that_was_typed_is_kept(world: World_) -> None:
    """Some type their password where the address belongs."""
    tried(world, "Mitt hemliga lösenord")
    with acting(world) as context:
        for row in context.session.scalars(select(SignInFailure)):
            assert "hemliga" not in f"{row.kind} {row.source} {row.account}".lower()


def test_unlocking_ends_every_wait_of_an_account(world: World_) -> None:
    """At the door from everywhere, and at signing; other accounts wait on."""
    for number in range(12):
        tried(world, source=f"198.51.100.{number}")
        tried(world, NOBODY)
    with acting(world, "registrar") as context:
        unlock(context, account(context, world, "chair"))
    assert tried(world, password=PASSWORD, source="198.51.100.99") == "in"
    assert tried(world, NOBODY).startswith("too_many_tries")


def proved(world: World_, password: str, moment: datetime = NOW) -> bool:
    """Whether the chair proves who they are at a signature."""
    casework, made = world
    with casework.database.unit_of_work() as session:
        return confirmed(session, made.organisation_id, made.cast.chair.id, password, moment)


def test_the_chair_signs_though_a_stranger_fails(world: World_) -> None:
    """Decision 0007 asks for the password; it is the signer's own failures that count."""
    for number in range(50):
        tried(world, moment=NOW + number * MINUTE)
        tried(world, source=OWN, moment=NOW + number * MINUTE)
    assert proved(world, PASSWORD, NOW + 50 * MINUTE)


def test_signing_has_a_limit_of_its_own(world: World_) -> None:
    """Five wrong ones, then a quarter of an hour; right ones in between begin it anew."""
    assert [proved(world, "fel") for _ in range(4)] == [False] * 4
    assert proved(world, PASSWORD)
    assert [proved(world, "fel") for _ in range(5)] == [False] * 5
    with pytest.raises(Forbidden, match=r"confirmed_too_often\(minutes=15\)"):
        proved(world, PASSWORD)
    assert tried(world, password=PASSWORD, source=OWN) == "in"
    assert proved(world, PASSWORD, NOW + timedelta(minutes=15))


def test_a_closed_account_is_nobodys(world: World_) -> None:
    """It does not even prove who one is."""
    with acting(world) as context:
        account(context, world, "chair").is_active = False
    assert tried(world, password=PASSWORD) == "wrong"
    assert not proved(world, PASSWORD)


def test_asking_for_a_letter_is_counted_alike(world: World_) -> None:
    """With an account or without: three letters, then a wait, and at most ten from one source."""

    def asked(email: str, source: str) -> str:
        try:
            with acting(world) as context:
                ask_for_reset(context, email, source)
        except Forbidden as refusal:
            return f"{refusal.code} {refusal.params['minutes']}"
        return "sent"

    for email in (CHAIR, NOBODY):
        assert [asked(email, "") for _ in range(4)] == ["sent"] * 3 + ["asked_too_often 15"]
    heard = [asked(f"person{number}@example.org", STRANGE) for number in range(11)]
    assert heard == ["sent"] * 10 + ["asked_too_often 1"]


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_a_subscriber_is_one_source(address: str, source: str) -> None:
    """Who has IPv6 has more addresses than there are tries."""
    assert source_of(address) == source


def test_old_counters_are_tidied(world: World_) -> None:
    """What counts no longer is not kept."""
    tried(world)
    with acting(world) as context:
        assert limits.forget_old(context.session, NOW) == 0
        assert limits.forget_old(context.session, NOW + timedelta(days=1)) == 3


def test_every_kind_of_counter_has_its_limit() -> None:
    """No wait is so long that it shuts anybody out for a day."""
    assert all(each.longest <= timedelta(hours=4) for each in LIMITS.values())
