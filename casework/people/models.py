"""Tables of organisations, bodies, persons and their dated appointments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.addresses import is_usable
from casework.audit.models import Audited
from casework.db import Base, Id, Owned, owned, refers
from casework.people.body_kinds import BODY_KINDS, BodyKind
from casework.people.section_roles import DEFAULT
from casework.workflow.subject import Versioned


class Organisation(Versioned, Audited, Base):
    """A region or a municipality. Everything else belongs to one."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(Id, primary_key=True, sort_order=-2)
    name: Mapped[str] = mapped_column(unique=True)
    short_name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")


class Body(Versioned, Audited, Owned, Base):
    """An assembly, board, committee, presidium or forum. Its kind decides its legal machinery.

    `email`, `address` and `phone` are the body's own, "" where the organisation's serve.
    `seats` is how many members were elected; None counts those appointed. `urgent_mandate` cites
    the decision that lets the chair decide urgent matters, or the member appointed to it as
    `urgent_decider` (KL 6:39); "" where there is none.
    `agenda_template` lists the formal items of each meeting: {title, item_type, text, reports}.
    `agenda_sections` names the sections of the agenda in their order: {title, item_type}, the kind
    of items that go there by themselves, "" for none. `minuted_roles` are those whose sections of a
    proposal its minutes sum the matter up with (`section_roles.ROLES`).
    """

    __tablename__ = "body"

    kind: Mapped[str]
    name: Mapped[str]
    short_name: Mapped[str]
    series_code: Mapped[str] = mapped_column(default="")
    parent_id: Mapped[int | None] = mapped_column(Id)
    decision_style: Mapped[str] = mapped_column(default="sentences")
    proposal_heading: Mapped[str] = mapped_column(default="Förslag till beslut")
    proposer: Mapped[str] = mapped_column(default="Förvaltningen")
    email: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    summons_days: Mapped[int] = mapped_column(default=7)
    paper_stop_days: Mapped[int] = mapped_column(default=14)
    seats: Mapped[int | None]
    open_doors: Mapped[bool] = mapped_column(default=False)
    allows_remote: Mapped[bool] = mapped_column(default=False)
    urgent_mandate: Mapped[str] = mapped_column(default="")
    agenda_template: Mapped[list[Any]] = mapped_column(default=list)
    agenda_sections: Mapped[list[Any]] = mapped_column(default=list)
    minuted_roles: Mapped[list[Any]] = mapped_column(default=lambda: [*DEFAULT])

    __table_args__ = owned(
        refers("parent_id", "body"),
        UniqueConstraint("organisation_id", "short_name"),
        CheckConstraint("decision_style IN ('att', 'sentences')", name="decision_style"),
        CheckConstraint(
            "kind IN ({})".format(", ".join(f"'{code}'" for code in BODY_KINDS)), name="kind"
        ),
    )

    @property
    def legal(self) -> BodyKind:
        return BODY_KINDS[self.kind]

    @property
    def is_statutory(self) -> bool:
        return self.legal.statutory


class Person(Versioned, Audited, Owned, Base):
    """Somebody who prepares, decides, signs or is responsible."""

    __tablename__ = "person"

    name: Mapped[str]
    sort_key: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    party_code: Mapped[str] = mapped_column(default="")

    __table_args__ = owned(Index("ix_person_sorted", "organisation_id", "sort_key"))

    @property
    def is_reachable(self) -> bool:
        """Whether a letter can be sent to this person."""
        return is_usable(self.email)

    @property
    def name_with_party(self) -> str:
        return f"{self.name} ({self.party_code})" if self.party_code else self.name


class Appointment(Versioned, Owned, Base):
    """A person's role, in a body or the whole organisation, from a day to a day (inclusive)."""

    __tablename__ = "appointment"

    person_id: Mapped[int] = mapped_column(Id)
    role: Mapped[str]
    body_id: Mapped[int | None] = mapped_column(Id)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    is_acting: Mapped[bool] = mapped_column(default=False)
    call_order: Mapped[int | None]
    recorded_at: Mapped[datetime]

    __table_args__ = owned(
        refers("person_id", "person"),
        refers("body_id", "body"),
        UniqueConstraint("organisation_id", "person_id", "role", "body_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
        Index("ix_appointment_role", "organisation_id", "role", "body_id"),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    body: Mapped[Body | None] = relationship(foreign_keys=[body_id])


class StandIn(Versioned, Owned, Base):
    """Who does an official's tasks while they are away, from a day to a day (inclusive).

    `ended_at` is the moment from which it no longer holds, though its last day is to come.
    """

    __tablename__ = "stand_in"

    person_id: Mapped[int] = mapped_column(Id)
    stand_in_id: Mapped[int] = mapped_column(Id)
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("person_id", "person"),
        refers("stand_in_id", "person"),
        CheckConstraint("valid_to >= valid_from", name="ends_after_start"),
        CheckConstraint("person_id <> stand_in_id", name="somebody_else"),
        Index("ix_stand_in_person", "organisation_id", "person_id", "valid_to"),
        Index("ix_stand_in_stand_in", "organisation_id", "stand_in_id", "valid_to"),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")
    stand_in: Mapped[Person] = relationship(foreign_keys=[stand_in_id], lazy="joined")
