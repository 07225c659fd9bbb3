"""What is enqueued is one letter, once, with addresses that hold."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, func, select, text, update
from sqlalchemy.exc import IntegrityError

from casework.errors import Conflict, Invalid
from casework.mail.addresses import Mailbox
from casework.mail.compose import Composed
from casework.mail.models import Message
from casework.mail.outbox import Attachment, seen, send_again, withdraw
from casework.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import ORMExecuteState

    from casework.db import Database


def test_same_key_is_the_same_letter(post: Callable[..., Message], database: Database) -> None:
    """A reminder swept twice is one row: the second enqueue gives the first letter."""
    first = post("reminder:17:late:7")
    second = post("reminder:17:late:7", to_address="annan@example.org")
    assert second.id == first.id
    assert second.to_address == "registrator@example.org"
    with database.read() as session:
        assert session.scalar(select(func.count(Message.id))) == 1


def test_two_organisations_have_keys_of_their_own(
    post: Callable[..., Message], database: Database
) -> None:
    """The same key in another organisation is another letter with another Message-ID."""
    with database.unit_of_work() as session:
        session.add(neighbour := Organisation(name="Kommunen", short_name="K"))
        session.flush()
    first, second = post("dispatch:1"), post("dispatch:1", organisation_id=neighbour.id)
    assert first.id != second.id
    assert first.message_id != second.message_id


def test_a_letter_put_back_while_it_is_withdrawn_is_not_forgotten(
    post: Callable[..., Message], database: Database, moment: datetime
) -> None:
    """A deliverer had it, could not reach the server and lets it wait: it would go after all."""
    if database.engine.dialect.name == "sqlite":
        pytest.skip("nobody else writes in the meantime")
    letter = post()
    became = update(Message).where(Message.id == letter.id)
    with database.unit_of_work() as session:
        session.execute(became.values(state="sending", fence=1, next_attempt_at=moment))

    def put_back(asked: ORMExecuteState) -> None:
        if asked.is_select:
            with database.unit_of_work() as deliverer:
                deliverer.execute(became.values(state="queued"))

    with (
        pytest.raises(Conflict, match="letter_in_flight"),
        database.unit_of_work() as session,
    ):
        event.listen(session, "do_orm_execute", put_back)
        withdraw(session, letter.organisation_id, [letter.key])


def test_enqueued_by_two_at_once(post: Callable[..., Message]) -> None:
    """Two sweeps at the same moment make one letter, and neither of them fails."""
    start, ids = threading.Barrier(4), []

    def sweep() -> None:
        start.wait()
        ids.extend(post(f"reminder:{number}").id for number in range(10))

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 40
    assert len(set(ids)) == 10


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ingen",
        "två@@example.org",
        "a@b@example.org",
        "en adress@example.org",
        "åsa@example.org",
        "a@example.org\nBcc: b@example.org",
        "<a@example.org>",
        "a@example",
        "a@.example.org",
        "a@-example.org",
        ".a@example.org",
        '"a b"@example.org',
        "a@example.org, b@example.org",
        "a" * 65 + "@example.org",
        "a@" + "x" * 64 + ".org",
        "a@exa mple.org",
    ],
)
def test_bad_address_stops_its_own_letter_alone(post: Callable[..., Message], address: str) -> None:
    """No address that could smuggle in a header or never arrive; the sentence shows it."""
    with pytest.raises(Invalid) as refused:
        post(sender=Mailbox("N", address))
    assert refused.value.code == "mail_address_wrong"
    message = post(to_address=address, cc=[Mailbox("N", address)])
    assert (message.state, message.next_attempt_at, message.cc) == ("failed", None, [])
    assert message.error("sv").startswith("E-postadressen")
    assert "\n" not in message.error("sv")


BREAKING = ["A\nBcc: b@example.org", "A\r", "A\x00", "A\N{LINE SEPARATOR}B"]


@pytest.mark.parametrize("bad", BREAKING)
def test_no_line_break_in_a_header(post: Callable[..., Message], bad: str) -> None:
    """What stands in a header stands on one line, also what was kept before texts were cleaned."""
    mailbox = Mailbox(bad, "a@example.org")
    given = {"to_name": bad, "sender": mailbox, "cc": [mailbox], "group_name": bad}
    message = post(**given, composed=Composed(bad, "", ""))
    shown = [message.to_name, message.from_name, message.group_name, message.subject]
    for line in (*shown, *(copy["name"] for copy in message.cc)):
        assert line.startswith("A")
        assert line.isprintable()


@pytest.mark.parametrize("bad", BREAKING)
def test_no_line_break_in_a_file_name(post: Callable[..., Message], bad: str) -> None:
    """The names of our files are our own: one that would break a header is a fault."""
    with pytest.raises(Invalid) as refused:
        post(attachments=[Attachment(bad, "application/pdf", "0" * 64, 1)])
    assert refused.value.code == "mail_text_wrong"


def test_international_domain_is_written_in_ascii(post: Callable[..., Message]) -> None:
    """Åre has its domain with å; the letter carries the form that every server takes."""
    assert post(to_address="kommun@åre.example").to_address == "kommun@xn--re-xia.example"


@pytest.mark.parametrize(
    "change",
    [
        "state = 'delivered'",
        "state = 'sent', next_attempt_at = NULL",
        "state = 'queued', next_attempt_at = NULL",
        "state = 'failed', next_attempt_at = NULL",
        "state = 'sending'",
        "subject_type = 'dispatch'",
        "attempts = 3",
    ],
)
def test_database_ties_state_to_data(
    post: Callable[..., Message], database: Database, change: str
) -> None:
    """No row claims to be sent without a date, failed without a reason or due without a time."""
    post()
    with (
        pytest.raises(IntegrityError),
        database.unit_of_work() as session,
    ):
        session.execute(text(f"UPDATE message SET {change}"))  # noqa: S608 (the test's own words)


def test_only_a_failed_letter_is_seen_or_sent_again(
    post: Callable[..., Message],
    reread: Callable[[Message], Message],
    database: Database,
    moment: datetime,
) -> None:
    """What has not failed cannot be waved away, and cannot be sent once more."""
    message = post()
    with database.unit_of_work() as session, pytest.raises(Conflict, match="message_not_failed"):
        seen(session, message)
    with database.unit_of_work() as session, pytest.raises(Conflict, match="message_not_failed"):
        send_again(session, message, moment)
    assert reread(message).state == "queued"


def test_due_letters_are_found_by_index(database: Database) -> None:
    """A sweep costs what is due, not what was ever sent."""
    if database.engine.dialect.name != "sqlite":
        pytest.skip("an empty table on PostgreSQL is always scanned")
    due = "SELECT id FROM message WHERE next_attempt_at <= 1 ORDER BY next_attempt_at, id LIMIT 1"
    with database.read() as session:
        plan = session.execute(text(f"EXPLAIN QUERY PLAN {due}")).all()
    assert "ix_message_due" in str(plan)
