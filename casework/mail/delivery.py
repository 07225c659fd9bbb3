"""Out of the outbox: a small machine that sends each letter once, or says that it cannot know.

Each letter is its own: one short transaction leases it under a new fence number, the letter goes
out with no transaction open, and a second short transaction writes down what became of it, if the
fence still stands. Whoever is killed in between leaves a lease that runs out; the next deliverer
sends the letter with the same Message-ID and marks it as possibly repeated.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from casework.errors import Refusal
from casework.mail.mime import to_mime
from casework.mail.models import Message
from casework.mail.transports import (
    Envelope,
    Failure,
    OutcomeUnknown,
    PermanentFailure,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from casework.db import Database
    from casework.mail.transports import Transport

    Hook = Callable[[Session, Message], None]
    Gate = Callable[[Session, Message], str]

LEASE = timedelta(minutes=15)
# A sweep takes no new lease after this, so that none runs out in its own hands.
SWEEP = timedelta(minutes=5)
# The waits between the tries; after the last try the letter has failed. Four days outlast a
# weekend with the server down.
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
    timedelta(hours=24),
)


@dataclass
class DeliveryResult:
    """The letters of one sweep by what became of them; `unreachable` if the server was."""

    sent: list[Message] = field(default_factory=list)
    retrying: list[Message] = field(default_factory=list)
    failed: list[Message] = field(default_factory=list)
    unreachable: bool = False


def _let_go(_session: Session, _message: Message) -> str:
    return ""


def _tell_nobody(_session: Session, _message: Message) -> None:
    pass


def deliver(
    database: Database,
    transport: Transport,
    read_file: Callable[[str], bytes],
    moment: datetime,
    limit: int = 1000,
    *,
    gate: Gate = _let_go,
    on_sent: Hook = _tell_nobody,
    on_failed: Hook = _tell_nobody,
) -> DeliveryResult:
    """Send what is due at `moment`, at most `limit` letters; any number may deliver at once.

    `read_file` gives a stored file by its sha256, and raises Refusal if it is missing or damaged.
    `gate` gives the code of why a letter must not go as it is written, "" for one that may.
    `on_sent` and `on_failed` run in the transaction that writes down the outcome. The sweep stops
    when the server cannot be reached: the letters not tried are still due.
    """
    result = DeliveryResult()
    ends = time.monotonic() + SWEEP.total_seconds()
    hooks = {"sent": on_sent, "failed": on_failed, "queued": _tell_nobody}
    for _ in range(limit):
        leased = _lease(database, moment)
        if leased is None:
            break
        with database.read() as session:
            shut = gate(session, leased)
        answer = PermanentFailure(shut) if shut else _attempt(leased, transport, read_file)
        outcome = _outcome(leased, answer, moment)
        settled = _settle(database, leased, outcome, hooks[outcome["state"]])
        if settled:
            groups = {"sent": result.sent, "failed": result.failed, "queued": result.retrying}
            groups[settled.state].append(settled)
        result.unreachable = isinstance(answer, Unreachable)
        if result.unreachable or time.monotonic() > ends:
            break
    return result


def _lease(database: Database, moment: datetime) -> Message | None:
    """The letter that has waited longest, now this deliverer's own until the lease runs out."""
    waiting = (
        select(Message.id)
        .where(Message.next_attempt_at <= moment)
        .order_by(Message.next_attempt_at, Message.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    with database.unit_of_work() as session:
        return session.scalars(
            update(Message)
            .where(Message.id == waiting)
            .values(
                possibly_repeated=or_(Message.possibly_repeated, Message.state == "sending"),
                state="sending",
                attempts=Message.attempts + 1,
                fence=Message.fence + 1,
                next_attempt_at=moment + LEASE,
            )
            .returning(Message)
        ).one_or_none()


def _attempt(
    message: Message, transport: Transport, read_file: Callable[[str], bytes]
) -> str | Failure:
    """The receipt, or why there is none."""
    tries = len(BACKOFF) + 1
    if message.attempts > tries:
        return PermanentFailure("mail_gave_up", tries=tries)
    try:
        return transport.send(_envelope(message, read_file))
    except Failure as failure:
        return failure


def _envelope(message: Message, read_file: Callable[[str], bytes]) -> Envelope:
    day = message.queued_at.strftime("%Y-%m-%d")
    key = "".join(letter if letter.isalnum() else "-" for letter in message.key)
    recipients = [message.to_address, *(copy["address"] for copy in message.cc)]
    addresses = (*recipients, message.from_address, message.reply_to)
    return Envelope(
        name=f"{day}_{key[:80]}_{message.message_id[1:9]}",
        sender=message.from_address,
        recipients=recipients,
        content=to_mime(message, lambda digest: _attached(message, digest, read_file)),
        international=next((each for each in addresses if not each.isascii()), ""),
    )


def _attached(message: Message, digest: str, read_file: Callable[[str], bytes]) -> bytes:
    try:
        return read_file(digest)
    except Refusal as refusal:
        names = [item["filename"] for item in message.attachments if item["sha256"] == digest]
        raise PermanentFailure("mail_attachment_missing", filename=names[0]) from refusal


def _outcome(message: Message, answer: str | Failure, moment: datetime) -> dict[str, Any]:
    """The columns that change with the answer."""
    if isinstance(answer, str):
        return {
            "state": "sent",
            "next_attempt_at": None,
            "sent_at": moment,
            "receipt": answer,
            "error_code": "",
            "error_params": {},
        }
    reason = {
        "error_code": answer.code,
        "error_params": answer.params,
        "possibly_repeated": message.possibly_repeated or isinstance(answer, OutcomeUnknown),
    }
    if isinstance(answer, PermanentFailure) or message.attempts > len(BACKOFF):
        return {"state": "failed", "next_attempt_at": None, **reason}
    wait = BACKOFF[message.attempts - 1]
    return {"state": "queued", "next_attempt_at": moment + wait, **reason}


def _settle(
    database: Database, leased: Message, outcome: dict[str, Any], hook: Hook
) -> Message | None:
    """Write down what became of the letter; None if another deliverer has taken it over.

    A letter that has left is written down as sent even if the hook breaks: the fault is raised,
    and nobody gets the letter twice for it.
    """
    try:
        with database.unit_of_work() as session:
            settled = _write(session, leased, outcome)
            if settled:
                hook(session, settled)
            return settled
    except Exception:
        with database.unit_of_work() as session:
            _write(session, leased, outcome)
        raise


def _write(session: Session, leased: Message, outcome: dict[str, Any]) -> Message | None:
    return session.scalars(
        update(Message)
        .where(Message.id == leased.id, Message.state == "sending", Message.fence == leased.fence)
        .values(**outcome)
        .returning(Message)
    ).one_or_none()
