"""Each letter leaves once; what does not leave says why, and when it is tried again."""

from __future__ import annotations

import hashlib
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from casework.errors import NotFound
from casework.mail.addresses import Mailbox
from casework.mail.delivery import BACKOFF, LEASE, SWEEP, deliver
from casework.mail.outbox import Attachment, seen, send_again
from casework.mail.transports import (
    Envelope,
    Failure,
    OutcomeUnknown,
    PermanentFailure,
    TransientFailure,
    Unreachable,
)
from casework.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from casework.db import Database
    from casework.mail.delivery import DeliveryResult
    from casework.mail.models import Message

    Post = Callable[..., Message]
    Reread = Callable[[Message], Message]

PDF = b"%PDF-1.7 utdrag"
EXCERPT = Attachment("utdrag.pdf", "application/pdf", hashlib.sha256(PDF).hexdigest(), len(PDF))


class Postman:
    """A transport that notes what it is given and fails as it is told, the last answer for ever."""

    def __init__(self, *answers: Failure | None) -> None:
        self.answers = list(answers) or [None]
        self.carried: list[Envelope] = []

    def send(self, envelope: Envelope) -> str:
        self.carried.append(envelope)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer:
            raise answer
        return "250 OK"


def no_file(digest: str) -> bytes:
    raise NotFound("file_missing", sha256=digest)


def test_sent_with_its_receipt(
    post: Post, reread: Reread, database: Database, moment: datetime
) -> None:
    """A letter that was taken is sent, dated, with the server's words, and told to the hook."""
    message, told = post(cc=[]), []
    postman = Postman()
    result = deliver(
        database, postman, no_file, moment, on_sent=lambda _, sent: told.append(sent.key)
    )
    row = reread(message)
    assert (row.state, row.sent_at, row.receipt) == ("sent", moment, "250 OK")
    assert (row.possibly_repeated, row.next_attempt_at, row.error("sv")) == (False, None, "")
    assert [sent.id for sent in result.sent] == [message.id]
    assert told == ["dispatch:1"]
    assert deliver(database, postman, no_file, moment).sent == []
    assert len(postman.carried) == 1


def test_not_before_it_is_due(post: Post, database: Database, moment: datetime) -> None:
    """A sweep as at an earlier moment leaves the letter where it is."""
    post()
    postman = Postman()
    deliver(database, postman, no_file, moment - timedelta(seconds=1))
    assert postman.carried == []


def test_envelope_has_copies_and_a_name_of_its_own(
    post: Post, database: Database, organisation: int, moment: datetime
) -> None:
    """Copies get the letter too; the name tells date and key, and no other letter has it."""
    with database.unit_of_work() as session:
        session.add(neighbour := Organisation(name="Kommunen", short_name="K"))
        session.flush()
    for owner in (organisation, neighbour.id):
        post("reminder:17:late:7", organisation_id=owner, cc=[Mailbox("Chef", "chef@example.org")])
    postman = Postman()
    deliver(database, postman, no_file, moment)
    first, second = postman.carried
    assert first.name.startswith("2025-06-10_reminder-17-late-7_")
    assert first.name != second.name
    assert first.recipients == ["registrator@example.org", "chef@example.org"]


def test_retry_follows_the_table_and_ends(
    post: Post, reread: Reread, database: Database, moment: datetime
) -> None:
    """Each wait is longer; after the last try the letter has failed, once, with its reason."""
    message, told, waits, at = post(), [], [], moment
    postman = Postman(TransientFailure("mail_put_off", answer="451 later"))
    while reread(message).state == "queued":
        deliver(database, postman, no_file, at, on_failed=lambda _, failed: told.append(failed.key))
        due = reread(message).next_attempt_at
        if due:
            waits.append(due - at)
            at = due
    row = reread(message)
    assert tuple(waits) == BACKOFF
    assert (row.state, row.attempts, len(postman.carried)) == ("failed", 10, 10)
    assert row.error("sv") == "E-postservern ber om ett nytt försök senare: 451 later"
    assert row.error("en") == "The mail server asks for another try later: 451 later"
    assert told == ["dispatch:1"]
    assert len({envelope.content for envelope in postman.carried}) == 1


def test_refused_for_good(post: Post, reread: Reread, database: Database, moment: datetime) -> None:
    """A refused address fails at once, and the letters after it still go."""
    first, second = post("dispatch:1"), post("dispatch:2")
    no_user = PermanentFailure("mail_address_refused", address="a@example.org", answer="550 No")
    result = deliver(database, Postman(no_user, None), no_file, moment)
    assert (reread(first).state, reread(second).state) == ("failed", "sent")
    assert "a@example.org" in reread(first).error("sv")
    assert [failed.id for failed in result.failed] == [first.id]


def test_server_down_stops_the_sweep(post: Post, database: Database, moment: datetime) -> None:
    """When nobody answers, the letters not tried are still due and have lost no try."""
    letters = [post(f"dispatch:{number}") for number in range(3)]
    postman = Postman(Unreachable("mail_server_silent", server="mail"), None)
    result = deliver(database, postman, no_file, moment)
    assert result.unreachable
    assert len(postman.carried) == 1
    again = deliver(database, postman, no_file, moment)
    assert [sent.attempts for sent in again.sent] == [1, 1]
    assert len(deliver(database, postman, no_file, moment + BACKOFF[0]).sent) == 1
    assert len({envelope.name for envelope in postman.carried}) == len(letters)


def test_unknown_outcome_is_marked(
    post: Post, reread: Reread, database: Database, moment: datetime
) -> None:
    """When nobody can know, the letter goes again, the same to the byte, and says so."""
    message = post()
    postman = Postman(OutcomeUnknown("mail_outcome_unknown"), None)
    deliver(database, postman, no_file, moment)
    assert (reread(message).state, reread(message).possibly_repeated) == ("queued", True)
    deliver(database, postman, no_file, moment + BACKOFF[0])
    assert (reread(message).state, reread(message).possibly_repeated) == ("sent", True)
    first, second = postman.carried
    assert first == second


def test_lease_protects_and_runs_out(
    post: Post, reread: Reread, database: Database, moment: datetime
) -> None:
    """A dead deliverer's letter waits for the lease, then goes again as possibly repeated."""
    message = post()

    class Killed(BaseException):
        pass

    class Dying:
        def send(self, envelope: Envelope) -> str:
            raise Killed

    with pytest.raises(Killed):
        deliver(database, Dying(), no_file, moment)
    postman = Postman()
    assert deliver(database, postman, no_file, moment + LEASE / 2).sent == []
    assert reread(message).state == "sending"
    deliver(database, postman, no_file, moment + LEASE)
    assert (reread(message).state, reread(message).possibly_repeated) == ("sent", True)


def test_deliverer_that_always_dies_is_not_followed_for_ever(
    post: Post, reread: Reread, database: Database, moment: datetime
) -> None:
    """A letter that kills whoever carries it fails after the last try."""
    message = post()

    class Dying:
        def send(self, envelope: Envelope) -> str:
            raise KeyboardInterrupt

    for _ in range(len(BACKOFF) + 1):
        with pytest.raises(KeyboardInterrupt):
            deliver(database, Dying(), no_file, moment)
        moment += LEASE
    deliver(database, Dying(), no_file, moment)
    assert reread(message).state == "failed"
    assert "avbröts vid 10 försök" in reread(message).error("sv")


def test_fence_keeps_out_whoever_overslept(
    post: Post, reread: Reread, database: Database, moment: datetime
) -> None:
    """A deliverer whose lease ran out while it spoke does not overwrite what the next one wrote."""
    message = post()

    class Slow:
        def send(self, envelope: Envelope) -> str:
            deliver(database, Postman(), no_file, moment + LEASE)
            raise PermanentFailure("mail_letter_refused", answer="554 too late")

    result = deliver(database, Slow(), no_file, moment)
    assert (result.sent, result.retrying, result.failed) == ([], [], [])
    row = reread(message)
    assert (row.state, row.receipt, row.possibly_repeated) == ("sent", "250 OK", True)


def test_two_deliverers_at_once(post: Post, database: Database, moment: datetime) -> None:
    """Four sweeps side by side: each letter goes exactly once."""
    for number in range(24):
        post(f"dispatch:{number}")
    postman, start = Postman(), threading.Barrier(4)
    results: list[DeliveryResult] = []

    def sweep() -> None:
        start.wait()
        results.append(deliver(database, postman, no_file, moment))

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [envelope.name for envelope in postman.carried]
    assert len(names) == len(set(names)) == 24
    sent = [message for result in results for message in result.sent]
    assert len(sent) == 24
    assert not any(message.possibly_repeated for message in sent)


def test_missing_attachment_fails_in_one_sentence(
    post: Post, reread: Reread, database: Database, moment: datetime
) -> None:
    """No letter without its excerpt and no loop: it fails, a person sees it, mends it, sends it."""
    message = post(attachments=[EXCERPT])
    postman = Postman()
    deliver(database, postman, no_file, moment)
    assert postman.carried == []
    assert reread(message).state == "failed"
    assert reread(message).error("sv").startswith("Bilagan utdrag.pdf är borta")
    with database.unit_of_work() as session:
        seen(session, message)
    assert reread(message).state == "seen"
    with database.unit_of_work() as session:
        send_again(session, message, moment)
    deliver(database, postman, {EXCERPT.sha256: PDF}.__getitem__, moment)
    row = reread(message)
    assert (row.state, row.error_code, row.message_id) == ("sent", "", message.message_id)


def test_hook_writes_in_the_same_transaction(
    post: Post, database: Database, moment: datetime
) -> None:
    """What the hook writes about the letter stands or falls with the letter's own state."""
    post()

    def note(session: Session, message: Message) -> None:
        session.add(Organisation(name=f"{message.key} {message.state}", short_name="x"))

    deliver(database, Postman(), no_file, moment, on_sent=note)
    with database.read() as session:
        assert session.query(Organisation).filter_by(name="dispatch:1 sent").count() == 1


def test_broken_hook_repeats_no_letter(
    post: Post, reread: Reread, database: Database, moment: datetime
) -> None:
    """The fault is raised and its half-done work undone, but what has left is written as sent."""
    message = post()

    def broken(session: Session, _message: Message) -> None:
        session.add(Organisation(name="half done", short_name="x"))
        session.flush()
        raise RuntimeError("a fault in the hook")

    with pytest.raises(RuntimeError, match="a fault in the hook"):
        deliver(database, Postman(), no_file, moment, on_sent=broken)
    assert reread(message).state == "sent"
    with database.read() as session:
        assert session.query(Organisation).filter_by(name="half done").count() == 0


def test_sweep_ends_before_its_leases(
    post: Post, database: Database, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow server cannot stretch a sweep until its own leases run out."""
    assert SWEEP < LEASE
    post("dispatch:1")
    post("dispatch:2")
    hours = iter(range(0, 36000, 3600))
    monkeypatch.setattr("casework.mail.delivery.time.monotonic", lambda: float(next(hours)))
    assert len(deliver(database, Postman(), no_file, moment).sent) == 1


def test_limit(post: Post, database: Database, moment: datetime) -> None:
    """A sweep takes no more letters than it was told, the longest waiting first."""
    late = post("dispatch:2", moment=moment)
    early = post("dispatch:1", moment=moment - timedelta(hours=1))
    sent: list[Any] = deliver(database, Postman(), no_file, moment, limit=1).sent
    assert [message.id for message in sent] == [early.id] != [late.id]
