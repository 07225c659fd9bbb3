"""The table of messages: the outbox, whose row is the truth about a letter."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base, Id, Owned, owned
from casework.phrases import Language, sentence

State = Literal["queued", "sending", "sent", "failed", "seen"]


class Message(Owned, Base):
    """One letter to one person, with copies.

        queued -> sending -> sent
        | ^          |-----> queued   again later, or the lease ran out
        | |          '-----> failed -> seen by a person
        | '--- sent again by a person
        '-----> seen   withdrawn by a person before it went

    `key` is unique in the organisation: what has been enqueued once cannot be sent twice.
    `next_attempt_at` is when a deliverer may take the row: due if queued, abandoned if sending.
    `attempts` counts the tries since it was queued; `fence` counts all of them and never falls,
    so that a deliverer that slept through its lease finds that it is no longer its letter.
    `body_id` is the body it is sent for, none where it concerns an account; those who keep that
    body's dispatches mend the letter.
    `cc` is a list of {name, address}; `attachments` of {filename, media_type, sha256, size}.
    `receipt` is what the server answered, or the path of the file.
    """

    __tablename__ = "message"

    key: Mapped[str]
    subject_type: Mapped[str | None]
    subject_id: Mapped[int | None] = mapped_column(Id)
    body_id: Mapped[int | None] = mapped_column(Id)
    to_name: Mapped[str]
    to_address: Mapped[str]
    cc: Mapped[list[Any]]
    from_name: Mapped[str]
    from_address: Mapped[str]
    reply_to: Mapped[str]
    group_name: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    attachments: Mapped[list[Any]]
    language: Mapped[str]
    message_id: Mapped[str]
    state: Mapped[State] = mapped_column(String, default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    possibly_repeated: Mapped[bool] = mapped_column(default=False)
    error_code: Mapped[str] = mapped_column(default="")
    error_params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    receipt: Mapped[str] = mapped_column(default="")
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = owned(
        UniqueConstraint("organisation_id", "key"),
        CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed', 'seen')", name="state"),
        CheckConstraint(
            "(state IN ('queued', 'sending')) = (next_attempt_at IS NOT NULL)", name="due_if_open"
        ),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="dated_if_sent"),
        CheckConstraint(
            "state NOT IN ('failed', 'seen') OR error_code <> ''", name="reason_if_failed"
        ),
        CheckConstraint("state <> 'sending' OR fence > 0", name="fenced_if_sending"),
        CheckConstraint("attempts >= 0 AND attempts <= fence", name="tries_counted"),
        CheckConstraint(
            "(subject_type IS NULL) = (subject_id IS NULL)", name="subject_whole_or_none"
        ),
        Index(
            "ix_message_due",
            "next_attempt_at",
            sqlite_where=sql("next_attempt_at IS NOT NULL"),
            postgresql_where=sql("next_attempt_at IS NOT NULL"),
        ),
        Index(
            "ix_message_failed",
            "organisation_id",
            sqlite_where=sql("state = 'failed'"),
            postgresql_where=sql("state = 'failed'"),
        ),
    )

    def error(self, language: Language) -> str:
        """Why the last try did not succeed, in one sentence; empty if there is no reason."""
        return sentence(self.error_code, self.error_params, language) if self.error_code else ""
