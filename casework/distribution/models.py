"""Tables of recipients, groups, excerpts and dispatches."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.audit.models import Audited
from casework.db import Base, Id, Owned, among, owned, refers
from casework.matters.models import Matter
from casework.meetings.models import MinutesItem
from casework.people.models import Person
from casework.workflow.subject import Versioned, WorkflowSubject

OTHERWISE = ("letter", "in_person", "other_system")
# How an excerpt goes: by open mail with a personal link, to somebody who signs in to read it, by
# post, or by open mail although its matter is secret, since somebody has decided so.
MAIL, SIGN_IN, POST, OPEN_MAIL = WAYS = ("mail", "sign_in", "post", "open_mail")


class Recipient(Versioned, Audited, Owned, Base):
    """Somebody in the address book to whom excerpts are sent; nothing new while not active."""

    __tablename__ = "recipient"

    name: Mapped[str]
    sort_key: Mapped[str]
    email: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = owned(UniqueConstraint("organisation_id", "name"))


class RecipientGroup(Versioned, Audited, Owned, Base):
    """A named list, such as the municipalities of the county; expanded and frozen at dispatch."""

    __tablename__ = "recipient_group"

    name: Mapped[str]
    sort_key: Mapped[str]

    __table_args__ = owned(UniqueConstraint("organisation_id", "name"))

    members: Mapped[list[RecipientGroupMember]] = relationship(
        foreign_keys="RecipientGroupMember.group_id",
        order_by="RecipientGroupMember.position",
        cascade="all, delete-orphan",
    )


class RecipientGroupMember(Owned, Base):
    """One member of a group."""

    __tablename__ = "recipient_group_member"

    group_id: Mapped[int] = mapped_column(Id)
    recipient_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]

    __table_args__ = owned(
        refers("group_id", "recipient_group", ondelete="CASCADE"),
        refers("recipient_id", "recipient"),
        UniqueConstraint("organisation_id", "group_id", "recipient_id"),
    )

    recipient: Mapped[Recipient] = relationship(foreign_keys=[recipient_id])


class DispatchWay(Owned, Base):
    """How the excerpts of a marked matter reach one recipient, decided by somebody; until another
    way was decided. By SIGN_IN `reader` reads it for the recipient; OPEN_MAIL has its `reason`.
    """

    __tablename__ = "dispatch_way"

    matter_id: Mapped[int] = mapped_column(Id)
    recipient_id: Mapped[int] = mapped_column(Id)
    way: Mapped[str]
    reader_id: Mapped[int | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(default="")
    decided_by_id: Mapped[int | None] = mapped_column(Id)
    decided_at: Mapped[datetime]
    until: Mapped[datetime | None]

    __table_args__ = owned(
        refers("matter_id", "matter"),
        refers("recipient_id", "recipient"),
        refers("reader_id", "person"),
        refers("decided_by_id", "person"),
        CheckConstraint("way IN ('sign_in', 'post', 'open_mail')", name="way"),
        CheckConstraint("(way = 'sign_in') = (reader_id IS NOT NULL)", name="read_by_somebody"),
        CheckConstraint("way != 'open_mail' OR reason != ''", name="says_why"),
        Index(
            "uq_dispatch_way_current",
            *("organisation_id", "matter_id", "recipient_id"),
            unique=True,
            sqlite_where=sql("until IS NULL"),
            postgresql_where=sql("until IS NULL"),
        ),
    )

    recipient: Mapped[Recipient] = relationship(foreign_keys=[recipient_id])
    reader: Mapped[Person | None] = relationship(foreign_keys=[reader_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


class Excerpt(Audited, Owned, Base):
    """One § of attested minutes as a document of its own."""

    __tablename__ = "excerpt"

    minutes_item_id: Mapped[int] = mapped_column(Id)
    matter_id: Mapped[int] = mapped_column(Id)
    document_id: Mapped[int] = mapped_column(Id)
    content_sha256: Mapped[str]
    made_at: Mapped[datetime]
    certified_by_id: Mapped[int | None] = mapped_column(Id)
    supersedes_id: Mapped[int | None] = mapped_column(Id)

    __table_args__ = owned(
        refers("minutes_item_id", "minutes_item"),
        refers("matter_id", "matter"),
        refers("document_id", "document"),
        refers("certified_by_id", "person"),
        refers("supersedes_id", "excerpt"),
        UniqueConstraint("organisation_id", "minutes_item_id", "supersedes_id"),
    )

    minutes_item: Mapped[MinutesItem] = relationship(foreign_keys=[minutes_item_id])
    matter: Mapped[Matter] = relationship(foreign_keys=[matter_id])
    dispatches: Mapped[list[Dispatch]] = relationship(
        foreign_keys="Dispatch.excerpt_id", back_populates="excerpt", order_by="Dispatch.position"
    )


class Dispatch(WorkflowSubject, Owned, Base):
    """The sending of an excerpt to one recipient, frozen as it was that day.

    `link_epoch` goes up when the personal link is withdrawn and made anew. `link_fetched_at` and
    `link_last_fetched_at` say when something asked for the link, which may be a scanner; that a
    person has it is `acknowledged_at` alone. `failure` is the code of what went wrong, `reason` the
    code of the same in plain words (`casework.mail.reasons`). `otherwise_*` tell how it went by
    another way: one of OTHERWISE, on which day, by whom. `way` (of WAYS) is how it was to go.
    """

    __tablename__ = "dispatch"

    excerpt_id: Mapped[int] = mapped_column(Id)
    recipient_id: Mapped[int] = mapped_column(Id)
    body_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    recipient_name: Mapped[str]
    recipient_email: Mapped[str]
    group_name: Mapped[str] = mapped_column(default="")
    link_expires_at: Mapped[datetime]
    link_epoch: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    link_fetched_at: Mapped[datetime | None]
    link_last_fetched_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str] = mapped_column(default="")
    failure: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    otherwise_how: Mapped[str] = mapped_column(default="")
    otherwise_on: Mapped[date | None]
    otherwise_by: Mapped[str] = mapped_column(default="")
    given_up_because: Mapped[str] = mapped_column(default="")
    way: Mapped[str] = mapped_column(default=MAIL)

    __table_args__ = owned(
        refers("excerpt_id", "excerpt"),
        refers("recipient_id", "recipient"),
        refers("body_id", "body"),
        UniqueConstraint("organisation_id", "excerpt_id", "recipient_id"),
        CheckConstraint("state != 'sent' OR sent_at IS NOT NULL", name="sent_at_a_time"),
        CheckConstraint(
            "state != 'acknowledged' OR acknowledged_at IS NOT NULL", name="acknowledged_at_a_time"
        ),
        CheckConstraint("state != 'failed' OR failure != ''", name="failed_with_reason"),
        CheckConstraint(
            "state != 'sent_otherwise' OR otherwise_on IS NOT NULL", name="sent_otherwise_on_a_day"
        ),
        CheckConstraint(
            "state != 'given_up' OR given_up_because != ''", name="given_up_with_reason"
        ),
        CheckConstraint(among("way", WAYS), name="way"),
        Index("ix_dispatch_excerpt", "organisation_id", "excerpt_id", "position"),
        Index(
            "ix_dispatch_failed",
            "organisation_id",
            "body_id",
            sqlite_where=sql("state = 'failed'"),
            postgresql_where=sql("state = 'failed'"),
        ),
    )

    excerpt: Mapped[Excerpt] = relationship(foreign_keys=[excerpt_id], back_populates="dispatches")
    recipient: Mapped[Recipient] = relationship(foreign_keys=[recipient_id])

    @property
    def sealed_as(self) -> str:
        """All that a letter tells of it; "" where its matter is open."""
        return self.excerpt.matter.sealed_as
