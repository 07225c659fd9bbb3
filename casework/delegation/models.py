"""Tables of the delegation scheme, sub-delegations, and the decisions made on them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.db import Base, Id, Owned, among, owned, refers
from casework.matters.models import Matter
from casework.matters.outside import SEALED
from casework.people.models import Body, Person
from casework.workflow.subject import Versioned, WorkflowSubject

KINDS = ("delegated", "urgent")
REPORTING = ("report", "separately")


class DelegationItem(Versioned, Owned, Base):
    """A line of a body's delegation scheme: what may be decided, and by whom (KL 6:37, 7:5).

    `delegate_id` is a person; `adopted` cites the body's own decision ("RUN 2024-02-13 § 12").
    `reporting` says whether what is decided in the line is reported to the body, or minuted and
    announced by itself: that is the body's to decide (KL 6:40, 7:8).
    """

    __tablename__ = "delegation_item"

    body_id: Mapped[int] = mapped_column(Id)
    number: Mapped[str]
    title: Mapped[str]
    delegate_id: Mapped[int] = mapped_column(Id)
    may_subdelegate: Mapped[bool] = mapped_column(default=False)
    is_appealable: Mapped[bool] = mapped_column(default=True)
    reporting: Mapped[str] = mapped_column(default="report")
    adopted: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    __table_args__ = owned(
        refers("body_id", "body"),
        refers("delegate_id", "person"),
        UniqueConstraint("organisation_id", "body_id", "number", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
        CheckConstraint("adopted != ''", name="cites_its_decision"),
        CheckConstraint(among("reporting", REPORTING), name="reporting"),
    )

    body: Mapped[Body] = relationship(foreign_keys=[body_id])
    delegate: Mapped[Person] = relationship(foreign_keys=[delegate_id])
    subdelegations: Mapped[list[SubDelegation]] = relationship(
        foreign_keys="SubDelegation.item_id", order_by="SubDelegation.id"
    )


class SubDelegation(Owned, Base):
    """The delegate lets somebody else decide in the same line (KL 7:6)."""

    __tablename__ = "sub_delegation"

    item_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(Id)
    given_by_id: Mapped[int] = mapped_column(Id)
    given_on: Mapped[date]
    valid_to: Mapped[date | None]

    __table_args__ = owned(
        refers("item_id", "delegation_item"),
        refers("person_id", "person"),
        refers("given_by_id", "person"),
        UniqueConstraint("organisation_id", "item_id", "person_id", "given_on"),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    given_by: Mapped[Person] = relationship(foreign_keys=[given_by_id])


class DelegatedDecision(WorkflowSubject, Owned, Base):
    """A decision on delegation, or an urgent one (KL 6:39), with its own number; the chair's, or
    `by_member` whom the body has appointed to it.

    `reporting` says whether it is reported to the body, or minuted and announced by itself
    (KL 6:40, 8:10). `agenda_item_id` is where it was reported; `notified` names those who are told
    of it, one a line. `designation` is `RUN D 12/2025`, "" before it has been decided; it stays
    when the body gets another short name.
    """

    __tablename__ = "delegated_decision"

    body_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str]
    matter_id: Mapped[int | None] = mapped_column(Id)
    delegation_item_id: Mapped[int | None] = mapped_column(Id)
    decider_id: Mapped[int] = mapped_column(Id)
    by_member: Mapped[bool] = mapped_column(default=False)
    year: Mapped[int | None]
    number: Mapped[int | None]
    designation: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[date | None]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    reasons: Mapped[str] = mapped_column(default="")
    urgency: Mapped[str] = mapped_column(default="")
    basis: Mapped[str] = mapped_column(default="")
    notified: Mapped[str] = mapped_column(default="")
    is_appealable: Mapped[bool] = mapped_column(default=True)
    reporting: Mapped[str] = mapped_column(default="report")
    document_id: Mapped[int | None] = mapped_column(Id)
    agenda_item_id: Mapped[int | None] = mapped_column(Id)
    signed_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("body_id", "body"),
        refers("matter_id", "matter"),
        refers("delegation_item_id", "delegation_item"),
        refers("decider_id", "person"),
        refers("document_id", "document"),
        refers("agenda_item_id", "agenda_item"),
        UniqueConstraint("organisation_id", "body_id", "year", "number"),
        Index("ix_delegated_decision_of_body", "organisation_id", "body_id", "state"),
        CheckConstraint(among("kind", KINDS), name="kind"),
        CheckConstraint(among("reporting", REPORTING), name="reporting"),
        CheckConstraint("kind = 'urgent' OR NOT by_member", name="member_decides_urgent"),
        CheckConstraint("kind = 'delegated' OR reporting = 'report'", name="urgent_is_reported"),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR (number IS NOT NULL AND decided_on IS NOT NULL"
            " AND signed_at IS NOT NULL)",
            name="decided_with_number",
        ),
        CheckConstraint("state != 'reported' OR agenda_item_id IS NOT NULL", name="reported_where"),
    )

    body: Mapped[Body] = relationship(foreign_keys=[body_id])
    matter: Mapped[Matter | None] = relationship(foreign_keys=[matter_id])
    delegation_item: Mapped[DelegationItem | None] = relationship(foreign_keys=[delegation_item_id])
    decider: Mapped[Person] = relationship(foreign_keys=[decider_id])

    @property
    def appeal_route(self) -> str:
        """none, legality_review (KL 13 kap.) or administrative_appeal (FL 40–44), by its matter."""
        if not self.is_appealable:
            return "none"
        by_party = self.matter is not None and self.matter.appeal_route == "administrative_appeal"
        return "administrative_appeal" if by_party else "legality_review"

    @property
    def is_confidential(self) -> bool:
        """Its matter is secret, or hidden from the reader."""
        return self.matter_id is not None and (self.matter is None or self.matter.is_confidential)

    @property
    def sealed_as(self) -> str:
        """All that a letter tells of it; "" where its matter is open."""
        return f"Beslut {self.designation} {SEALED}" if self.is_confidential else ""

    @property
    def name_outside(self) -> str:
        """Its title, or what stands for it where others than its readers read."""
        return SEALED if self.sealed_as else self.title

    @property
    def is_chairs(self) -> bool:
        """An urgent decision is the chair's unless a member was appointed to make it (KL 6:39)."""
        return self.kind == "urgent" and not self.by_member
