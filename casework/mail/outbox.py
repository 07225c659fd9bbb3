"""Into the outbox: the transaction that decides also inserts the letter that tells of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from casework.addresses import checked_address, is_usable
from casework.errors import Conflict, Invalid
from casework.mail.addresses import Mailbox, one_line
from casework.mail.models import Message

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from casework.mail.compose import Composed
    from casework.phrases import Language


@dataclass(frozen=True)
class Attachment:
    """A stored file that goes with a letter; `size` in bytes."""

    filename: str
    media_type: str
    sha256: str
    size: int


def enqueue(
    session: Session,
    *,
    organisation_id: int,
    key: str,
    to_name: str,
    to_address: str,
    composed: Composed,
    moment: datetime,
    sender: Mailbox,
    domain: str,
    attachments: Sequence[Attachment] = (),
    cc: Sequence[Mailbox] = (),
    subject_type: str | None = None,
    subject_id: int | None = None,
    body_id: int | None = None,
    language: Language = "sv",
    reply_to: str = "",
    group_name: str = "",
) -> Message:
    """The letter in the outbox, due at once; the first one if `key` was enqueued before.

    A letter to an address that cannot be used stands as failed at once, and stops no other; such a
    copy is left out. `domain` is the installation's own and makes the Message-ID unique in the
    world; `group_name` is the recipient group through which it is sent, if any. Raises Invalid
    `mail_address_wrong` for the sender's own address.
    """
    sender = sender.checked()
    values: dict[str, Any] = {
        "organisation_id": organisation_id,
        "key": key,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "body_id": body_id,
        "to_name": one_line(to_name),
        "cc": [asdict(copy.checked()) for copy in cc if is_usable(copy.address)],
        "from_name": sender.name,
        "from_address": sender.address,
        "reply_to": checked_address(reply_to) if reply_to else "",
        "group_name": one_line(group_name),
        "subject": one_line(composed.subject),
        "text": composed.text,
        "html": composed.html,
        "attachments": [asdict(_checked(attachment)) for attachment in attachments],
        "language": language,
        "message_id": message_id(organisation_id, key, domain),
        "queued_at": moment,
        **_due(to_address, moment),
    }
    return _insert_once(session, values)


def message_id(organisation_id: int, key: str, domain: str) -> str:
    """The Message-ID (RFC 5322) that follows from the row, so that a repeat is recognised."""
    digest = sha256(f"{organisation_id}\n{key}\n{domain}".encode()).hexdigest()
    return f"<{digest[:32]}@{domain}>"


def seen(session: Session, message: Message) -> None:
    """A person has seen that the letter failed; raises Conflict `message_not_failed`."""
    changed = session.scalars(
        update(Message)
        .where(Message.id == message.id, Message.state == "failed")
        .values(state="seen")
        .returning(Message.id)
    ).one_or_none()
    if changed is None:
        raise Conflict("message_not_failed")


def send_again(session: Session, message: Message, moment: datetime, to_address: str = "") -> None:
    """A person has mended the reason: try from the beginning, with the same Message-ID.

    `to_address` is where to from now on, if it was the address that was wrong. Raises Conflict
    `message_not_failed`, Invalid `mail_address_wrong`.
    """
    changed = session.scalars(
        update(Message)
        .where(Message.id == message.id, Message.state.in_(("failed", "seen")))
        .values(
            state="queued",
            attempts=0,
            next_attempt_at=moment,
            to_address=checked_address(to_address or message.to_address),
        )
        .returning(Message.id)
    ).one_or_none()
    if changed is None:
        raise Conflict("message_not_failed")


def withdraw(session: Session, organisation_id: int, keys: Sequence[str]) -> None:
    """None of these letters goes any more; those that failed are seen.

    Raises Conflict `letter_in_flight` if a deliverer has one in its hands: it may arrive. So it
    may when the deliverer has just put it back to be tried again.
    """
    own = (Message.organisation_id == organisation_id, Message.key.in_(keys))
    why = case((Message.error_code == "", "mail_withdrawn"), else_=Message.error_code)
    session.execute(
        update(Message)
        .where(*own, Message.state == "queued")
        .values(state="seen", next_attempt_at=None, error_code=why)
    )
    session.execute(update(Message).where(*own, Message.state == "failed").values(state="seen"))
    still_goes = Message.next_attempt_at.is_not(None)
    if session.scalar(select(Message.id).where(*own, still_goes).limit(1)):
        raise Conflict("letter_in_flight")


def _due(address: str, moment: datetime) -> dict[str, Any]:
    """Where to and from when; failed already where no letter can go."""
    try:
        return {"to_address": checked_address(address), "next_attempt_at": moment}
    except Invalid as refusal:
        return {
            "to_address": one_line(address),
            "next_attempt_at": None,
            "state": "failed",
            "error_code": refusal.code,
            "error_params": refusal.params,
        }


def _insert_once(session: Session, values: dict[str, Any]) -> Message:
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    unique = ["organisation_id", "key"]
    session.execute(insert(Message).values(values).on_conflict_do_nothing(index_elements=unique))
    return session.scalars(
        select(Message).filter_by(organisation_id=values["organisation_id"], key=values["key"])
    ).one()


def _checked(attachment: Attachment) -> Attachment:
    main, _, sub = attachment.media_type.partition("/")
    told = attachment.filename + attachment.media_type
    if not main.isalnum() or not sub or " " in sub or "/" in attachment.filename:
        raise Invalid("mail_text_wrong", text=repr(attachment.filename))
    if one_line(told) != told:
        raise Invalid("mail_text_wrong", text=repr(attachment.filename))
    return attachment
