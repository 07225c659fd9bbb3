"""Tables of accounts: who may sign in, where they are, links by letter, tokens, failures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.audit.models import Audited
from casework.db import Base, Id, Owned, among, owned, refers
from casework.people.models import Person
from casework.workflow.subject import Versioned

PURPOSES = ("invite", "reset")


class User(Versioned, Audited, Owned, Base):
    """An account of a person, who has at most one that is open.

    `password_hash` is "" until a password has been chosen: such an account has tokens alone.
    `calendar_epoch` counts how often the secret address of the calendar was withdrawn.
    """

    __tablename__ = "user_account"

    person_id: Mapped[int] = mapped_column(Id)
    email: Mapped[str]
    password_hash: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="sv")
    is_active: Mapped[bool] = mapped_column(default=True)
    calendar_epoch: Mapped[int] = mapped_column(default=0)

    __table_args__ = owned(
        refers("person_id", "person"),
        UniqueConstraint("organisation_id", "email"),
        CheckConstraint("language IN ('sv', 'en')", name="language"),
        Index(
            "ix_user_account_one_open",
            "organisation_id",
            "person_id",
            unique=True,
            sqlite_where=sql("is_active"),
            postgresql_where=sql("is_active"),
        ),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")


class ApiToken(Audited, Owned, Base):
    """A bearer token: only its hash is kept; scopes narrow what its user may do."""

    __tablename__ = "api_token"

    user_id: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(default="")
    token_hash: Mapped[str]
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("user_id", "user_account"),
        UniqueConstraint("organisation_id", "token_hash"),
    )

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined")


class AccountSession(Owned, Base):
    """A browser in which somebody is signed in; the secret in its cookie is kept as a hash.

    `seen_at` is when it was last used, to the minute. `source` is the address it was begun from,
    "" where all callers look alike, and `device` what the browser called itself.
    """

    __tablename__ = "account_session"

    user_id: Mapped[int] = mapped_column(Id)
    key_hash: Mapped[str]
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    source: Mapped[str] = mapped_column(default="")
    device: Mapped[str] = mapped_column(default="")

    __table_args__ = owned(
        refers("user_id", "user_account"),
        UniqueConstraint("organisation_id", "key_hash"),
        Index("ix_account_session_user", "organisation_id", "user_id", "begun_at"),
    )


class AccountLink(Owned, Base):
    """A link that lets the owner of an account choose a password, once; kept as a hash.

    One that a newer link has voided has run out at that moment.
    """

    __tablename__ = "account_link"

    user_id: Mapped[int] = mapped_column(Id)
    purpose: Mapped[str]
    token_hash: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("user_id", "user_account"),
        UniqueConstraint("organisation_id", "token_hash"),
        CheckConstraint(among("purpose", PURPOSES), name="purpose"),
        Index("ix_account_link_user", "organisation_id", "user_id"),
    )

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class SignInFailure(Base):
    """How often something was tried in vain: one counter for each `kind`, source and account.

    `account` is a hash of what was typed, whether there is such an account or not, and "" in the
    counter of a source. The kinds are those of `limits.LIMITS`.
    """

    __tablename__ = "sign_in_failure"

    kind: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (CheckConstraint("failures > 0", name="counted"),)
