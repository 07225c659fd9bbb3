"""Accounts are opened, invited, reset and closed; each verb is on record and nothing secret is."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from casework.accounts import limits, service, sessions, tidy, tokens
from casework.accounts.calendar_links import calendar_token, user_of
from casework.accounts.limits import Lane, account_key
from casework.accounts.models import AccountLink, User
from casework.accounts.passwords import password_fits
from casework.accounts.preferences import change_language
from casework.accounts.sign_in import confirming, sign_in
from casework.accounts.tidy import LINKS_KEPT
from casework.audit.models import AuditEntry
from casework.audit.verify import verify
from casework.background import deliver
from casework.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from casework.mail.models import Message
from casework.people.models import Appointment
from casework.people.service import appoint, create_person
from tests.accounts.people import LIFETIME, account, acting
from tests.demo.conftest import NOW, PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from casework.context import Context
    from tests.accounts.people import World_

NEW = "ett alldeles nytt lösenord"
ADMINISTRATOR = "registrar"


def letters(context: Context) -> list[Message]:
    """What waits to be sent."""
    return list(context.session.scalars(select(Message).order_by(Message.id)))


def secret_in(message: Message) -> str:
    """The secret of the link in a letter."""
    [found] = re.findall(r"/account/link/(\S+)", message.text)
    return str(found)


def actions(context: Context, user: User) -> list[str]:
    """What the record says of the account, since it was opened."""
    return list(
        context.session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.subject_type == "user_account", AuditEntry.subject_id == user.id)
            .order_by(AuditEntry.sequence)
            .offset(1)
        )
    )


def newcomer(context: Context, email: str = "ny@example.org") -> User:
    """Somebody new, invited."""
    person = create_person(context, name="Åsa Nykomling", email=email)
    context.session.flush()
    return service.invite(context, person)


def test_an_invitation_leads_in(world: World_) -> None:
    """The letter comes from the organisation, in both forms, and its link chooses a password."""
    with acting(world, ADMINISTRATOR) as context:
        user = newcomer(context)
        [letter] = letters(context)
        assert (letter.to_address, letter.to_name) == ("ny@example.org", "Åsa Nykomling")
        assert letter.from_name == "Region Jämtland Härjedalen"
        assert letter.subject.startswith("Ditt konto")
        assert "Hej Åsa," in letter.text
        assert "2026-11-27 kl. 09.00" in letter.text
        secret = secret_in(letter)
        assert f"/account/link/{secret}" in letter.html
        assert service.link_owner(context, secret) is user
    casework, _made = world
    with casework.acting(0, moment=NOW) as context:
        assert service.set_password_by_link(context, secret, NEW).email == "ny@example.org"
    with casework.database.unit_of_work() as session:
        assert sign_in(session, "ny@example.org", NEW, NOW) is not None
    with acting(world) as context:
        assert actions(context, user) == ["invited", "sessions_ended", "password_chosen"]


def refused(world: World_, secret: str, moment: datetime = NOW) -> str:
    """Why the link does not choose a password."""
    with pytest.raises(Refusal) as refusal, world[0].acting(0, moment=moment) as context:
        service.set_password_by_link(context, secret, NEW)
    return refusal.value.code


def test_a_link_lives_once_and_shortly(world: World_) -> None:
    """Used, voided by a newer, run out, of a closed account, or never made: told alike."""
    with acting(world, ADMINISTRATOR) as context:
        user = newcomer(context)
        service.send_invitation(context, user)
        first, second = (secret_in(each) for each in letters(context))
    dead = "account_link_dead"
    assert refused(world, first) == dead
    assert refused(world, "påhittad") == dead
    assert refused(world, second, NOW + service.INVITED_FOR) == dead
    with world[0].acting(0, moment=NOW + service.INVITED_FOR - timedelta(minutes=1)) as context:
        service.set_password_by_link(context, second, NEW)
    assert refused(world, second) == dead
    with acting(world, ADMINISTRATOR) as context:
        chair = account(context, world, "chair")
        service.send_reset(context, chair)
        third = secret_in(letters(context)[-1])
        service.close(context, chair)
    assert refused(world, third) == dead


def test_a_closed_account_is_closed_whatever_is_left_of_it(world: World_) -> None:
    """A link, a sign-in and a calendar that somebody still has open nothing; no letter goes."""
    with acting(world, ADMINISTRATOR) as context:
        chair, key = account(context, world, "chair"), "k" * 32
        service.send_reset(context, chair)
        secret, [letter] = secret_in(letters(context)[0]), letters(context)
        begun = sessions.begin(context.session, chair, NOW, "", "")
        calendar = calendar_token(key, chair)
        assert user_of(context.session, key, calendar) is chair
        chair.is_active = False
        context.session.flush()
        with pytest.raises(NotFound, match="link_dead"):
            user_of(context.session, key, calendar)
        with pytest.raises(Invalid, match="account_link_dead"):
            service.link_owner(context, secret)
        own = (context.organisation_id, chair.id, begun, NOW, context.today, LIFETIME)
        assert sessions.living(context.session, *own) is None
        service.ask_for_reset(context, chair.email)
        assert letters(context) == [letter]
    with acting(world, "chair") as context:
        chair = account(context, world, "chair")
        for verb in (
            lambda: service.change_password(context, chair, PASSWORD, NEW),
            lambda: change_language(context, chair, "en"),
        ):
            with pytest.raises(Conflict, match="account_closed"):
                verb()
    assert refused(world, secret) == "account_link_dead"


def test_a_password_by_link_ends_every_wait(world: World_) -> None:
    """Whoever has forgotten has mostly tried too often, at the door and at a signature."""
    with acting(world, ADMINISTRATOR) as context:
        chair = account(context, world, "chair")
        service.send_reset(context, chair)
        secret = secret_in(letters(context)[0])
        lane = confirming(chair.organisation_id, chair.person_id)
        for _ in range(12):
            tried = [Lane("pair", "192.0.2.7", account_key(chair.email)), lane]
            limits.count(context.session, tried, NOW)
        assert limits.wait_for(context.session, tried, NOW)
    with world[0].acting(0, moment=NOW) as context:
        service.set_password_by_link(context, secret, NEW)
        assert not limits.wait_for(context.session, tried, NOW)


def test_dead_links_are_tidied(world: World_) -> None:
    """A month after they ran out: until then the administrator sees what became of them."""
    gone = NOW + service.INVITED_FOR + LINKS_KEPT
    with acting(world, ADMINISTRATOR) as context:
        newcomer(context)
        assert tidy.forget_old(context.session, gone - timedelta(minutes=1), LIFETIME) == 0
        assert tidy.forget_old(context.session, gone, LIFETIME) == 1


def test_a_language_is_one_of_ours(world: World_) -> None:
    """Letters are written in no other."""
    with acting(world, "chair") as context, pytest.raises(Invalid, match="language_unknown"):
        change_language(context, account(context, world, "chair"), "de")


def test_a_link_used_twice_at_once_works_once(world: World_) -> None:
    """Two browsers press the button in the same moment."""
    with acting(world, ADMINISTRATOR) as context:
        newcomer(context)
        secret = secret_in(letters(context)[0])

    def use(number: int) -> str:
        try:
            with world[0].acting(0, moment=NOW) as context:
                service.set_password_by_link(context, secret, f"{NEW} {number}")
        except Invalid as refusal:
            return refusal.code
        return "chosen"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == ["account_link_dead"] * 3 + ["chosen"]


def test_a_short_password_leaves_the_link_alive(world: World_) -> None:
    """Whoever chooses badly chooses again."""
    with acting(world, ADMINISTRATOR) as context:
        newcomer(context)
        secret = secret_in(letters(context)[0])
    with (
        pytest.raises(Invalid, match="password_short"),
        world[0].acting(0, moment=NOW) as context,
    ):
        service.set_password_by_link(context, secret, "kort")
    with world[0].acting(0, moment=NOW) as context:
        assert service.link_owner(context, secret).email == "ny@example.org"


def test_nothing_secret_is_on_record(world: World_) -> None:
    """Neither links nor passwords nor tokens, in no entry and in no row but the letter itself."""
    with acting(world, ADMINISTRATOR) as context:
        newcomer(context)
        chair = account(context, world, "chair")
        service.send_reset(context, chair)
        token = tokens.create_token(context, chair, ["read"])
        secrets = [secret_in(each) for each in letters(context)]
    with world[0].acting(0, moment=NOW) as context:
        service.set_password_by_link(context, secrets[1], NEW)
    with acting(world) as context:
        entries = [json.dumps(each) for each in context.session.scalars(select(AuditEntry.detail))]
        links = [each.token_hash for each in context.session.scalars(select(AccountLink))]
        for secret in (*secrets, token, NEW, PASSWORD):
            assert not any(secret in each for each in (*entries, *links))
        assert verify(context.session, world[0].services.audit.key).breaks == ()


def test_a_letter_that_has_left_holds_no_link(world: World_) -> None:
    """The outbox is kept, and backed up; what was sent had the link."""
    casework, _made = world
    with acting(world, ADMINISTRATOR) as context:
        newcomer(context)
        secret = secret_in(letters(context)[0])
    [sent] = deliver(casework, NOW).sent
    letter = message_from_bytes(Path(sent.receipt).read_bytes(), policy=default)
    assert secret in letter.get_body(("plain",)).get_content()
    with acting(world) as context:
        [kept] = letters(context)
        assert secret not in kept.text + kept.html
        assert "/account/link/…" in kept.text
        assert '/account/link/…"' in kept.html


def test_resetting_ends_every_session(world: World_) -> None:
    """Sent by an administrator, or asked for at the door; the old password serves until then."""
    with acting(world, "chair") as context:
        chair = account(context, world, "chair")
        sessions.begin(context.session, chair, NOW, "", "")
    with world[0].acting(0, moment=NOW) as context:
        service.ask_for_reset(context, " Ordforande@example.org ", "192.0.2.7")
        service.ask_for_reset(context, "ingen@example.org", "192.0.2.7")
    with acting(world) as context:
        [letter] = letters(context)
        assert letter.subject == "Välj ett nytt lösenord"
        chair = account(context, world, "chair")
        assert password_fits(chair, PASSWORD)
        assert len(sessions.sessions_of(context, chair, LIFETIME)) == 1
    with world[0].acting(0, moment=NOW) as context:
        service.set_password_by_link(context, secret_in(letter), NEW)
    with acting(world) as context:
        chair = account(context, world, "chair")
        assert not password_fits(chair, PASSWORD)
        assert sessions.sessions_of(context, chair, LIFETIME) == []
        assert actions(context, chair) == ["reset_asked", "sessions_ended", "password_chosen"]


def test_changing_ones_password(world: World_) -> None:
    """With the present one; the other sessions end and this one stays, and links are dead."""
    with acting(world, "chair") as context:
        chair = account(context, world, "chair")
        here, _there = (sessions.begin(context.session, chair, NOW, "", "") for _ in range(2))
        for current, new, code in (
            ("fel", NEW, "password_wrong"),
            (PASSWORD, PASSWORD, "password_same"),
            (PASSWORD, "kort", "password_short"),
        ):
            with pytest.raises(Refusal, match=code):
                service.change_password(context, chair, current, new, here)
        service.change_password(context, chair, PASSWORD, NEW, here)
        [left] = sessions.sessions_of(context, chair, LIFETIME)
        assert sessions.is_secret_of(left, here)
        assert password_fits(chair, NEW)
    with acting(world, ADMINISTRATOR) as context, pytest.raises(Forbidden):
        service.change_password(context, account(context, world, "chair"), NEW, PASSWORD)


def test_a_closed_account_opens_nothing(world: World_) -> None:
    """Sessions end and tokens are revoked; reopened, it has its password but not those."""
    with acting(world, ADMINISTRATOR) as context:
        chair = account(context, world, "chair")
        sessions.begin(context.session, chair, NOW, "", "")
        token = tokens.create_token(context, chair, ["read"])
        service.close(context, chair)
        assert tokens.token_of(context.session, token, NOW) is None
        assert sessions.sessions_of(context, chair, LIFETIME) == []
        for verb in (service.close, service.send_reset):
            with pytest.raises(Conflict, match="account_closed"):
                verb(context, chair)
        with pytest.raises(Conflict, match="account_closed"):
            tokens.create_token(context, chair, ["read"])
        service.reopen(context, chair)
        with pytest.raises(Conflict, match="account_open"):
            service.reopen(context, chair)
        assert tokens.token_of(context.session, token, NOW) is None
        assert password_fits(chair, PASSWORD)
        assert actions(context, chair) == ["sessions_ended", "account_closed", "account_reopened"]


def test_a_person_has_one_account(world: World_) -> None:
    """Closed or open; the database refuses a second open one besides."""
    with acting(world, ADMINISTRATOR) as context:
        chair = account(context, world, "chair")
        with pytest.raises(Conflict, match="person_has_account"):
            service.open_account(context, chair.person, "annan@example.org")
        service.close(context, chair)
        with pytest.raises(Conflict, match="person_has_account"):
            service.open_account(context, chair.person, "annan@example.org")
        with pytest.raises(Conflict, match="account_closed"):
            service.invite(context, chair.person)
        somebody = create_person(context, name="Annan")
        with pytest.raises(Conflict, match="email_taken"):
            service.open_account(context, somebody, "Ledamot@example.org")
    with pytest.raises(IntegrityError), acting(world) as context:
        member = account(context, world, "member")
        second = User(
            organisation_id=member.organisation_id, person_id=member.person_id, email="x@y.example"
        )
        context.session.add(second)


def test_whoever_has_a_password_is_not_invited(world: World_) -> None:
    """The letter for them is another."""
    with (
        pytest.raises(Conflict, match="account_has_password"),
        acting(world, ADMINISTRATOR) as context,
    ):
        service.invite(context, account(context, world, "chair").person)


def test_the_last_administrator_stays(world: World_) -> None:
    """Another who has the role but cannot sign in is no other."""
    with acting(world, ADMINISTRATOR) as context:
        own = account(context, world, ADMINISTRATOR)
        with pytest.raises(Conflict, match="last_administrator_account"):
            service.close(context, own)
        other = newcomer(context)
        appoint(context, other.person, "administrator")
        context.session.flush()
        with pytest.raises(Conflict, match="last_administrator_account"):
            service.close(context, own)
        other.password_hash = own.password_hash
        context.session.flush()
        service.close(context, own)
        with pytest.raises(Conflict, match="last_administrator_account"):
            service.require_administrator_left(context, other.person_id)


def test_another_address(world: World_) -> None:
    """One signs in with it from now on; the former opens nothing, links to it neither."""
    with acting(world, ADMINISTRATOR) as context:
        user = newcomer(context)
        secret = secret_in(letters(context)[0])
        service.change_email(context, user, "Asa@Example.org")
        assert user.email == "asa@example.org"
        with pytest.raises(Conflict, match="email_taken"):
            service.change_email(context, user, "ordforande@example.org")
    assert refused(world, secret) == "account_link_dead"


VERBS: dict[str, Callable[[Context, User], object]] = {
    "open": lambda context, user: service.open_account(context, user.person, "x@example.org"),
    "invite": lambda context, user: service.invite(context, user.person),
    "reset": service.send_reset,
    "close": service.close,
    "reopen": service.reopen,
    "unlock": service.unlock,
    "address": lambda context, user: service.change_email(context, user, "x@example.org"),
    "token": lambda context, user: tokens.create_token(context, user, ["read"]),
    "revoke": lambda context, user: tokens.revoke_all(context, user),
}


@pytest.mark.parametrize("verb", VERBS)
def test_administrators_alone(world: World_, verb: str) -> None:
    """A secretary keeps bodies, not accounts."""
    with acting(world, ADMINISTRATOR) as context:
        tokens.create_token(context, account(context, world, "chair"), ["read"])
    with acting(world, "secretary") as context, pytest.raises(Forbidden, match="role_missing"):
        VERBS[verb](context, account(context, world, "chair"))


def test_tokens_are_listed_and_revoked(world: World_) -> None:
    """By their owner too; one that is revoked is revoked once."""
    with acting(world, "chair") as context:
        chair = account(context, world, "chair")
        secret = tokens.create_token(context, chair, ["write"], "Kalkylbladet")
        context.session.flush()
        [token] = tokens.tokens_of(context, chair)
        assert (token.name, token.scopes) == ("Kalkylbladet", ["write"])
        tokens.revoke_token(context, tokens.token_with(context, chair, token.id))
        assert tokens.token_of(context.session, secret, NOW) is None
        count = token.audit_count
        tokens.revoke_token(context, token)
        assert token.audit_count == count


def test_a_role_that_begins_later_is_no_help(world: World_) -> None:
    """Whoever is administrator tomorrow cannot let anybody in today."""
    with acting(world, ADMINISTRATOR) as context:
        own = account(context, world, ADMINISTRATOR)
        chair = account(context, world, "chair")
        appoint(context, chair.person, "administrator", valid_from=NOW.date() + timedelta(days=1))
        context.session.flush()
        with pytest.raises(Conflict, match="last_administrator_account"):
            service.close(context, own)
        context.session.scalars(
            select(Appointment).where(
                Appointment.person_id == chair.person_id, Appointment.role == "administrator"
            )
        ).one().valid_from = NOW.date()
        context.session.flush()
        service.close(context, own)
