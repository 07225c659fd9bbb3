"""Tables of what happens on an item: proposals, questions, votes, statements, the decision."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.db import Base, Id, Owned, among, owned, refers
from casework.matters.models import Matter
from casework.people.models import Person

if TYPE_CHECKING:
    from casework.meetings.models.agenda import AgendaItem

PROPOSAL_KINDS = ("approval", "rejection", "amendment", "addition", "referral_back", "tabling")
STAGES = ("settle_today", "main", "counter", "addition", "election")
METHODS = ("acclamation", "vote", "lot", "minority")
CHOICES = ("yes", "no", "abstains")
STATEMENT_KINDS = ("reservation", "separate_statement", "minutes_note", "not_taking_part")
ONCE_EACH = ("reservation", "not_taking_part")  # the others somebody may have several of


class FloorProposal(Owned, Base):
    """What somebody moved at the table (yrkande); `text` is what it would have decided.

    `point` numbers the proposed decision point that an amendment would change, None for all.
    """

    __tablename__ = "floor_proposal"

    agenda_item_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    kind: Mapped[str]
    mover_id: Mapped[int] = mapped_column(Id)
    supporters: Mapped[list[Any]] = mapped_column(default=list)
    text: Mapped[str] = mapped_column(default="")
    point: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("agenda_item_id", "agenda_item"),
        refers("mover_id", "person"),
        UniqueConstraint("organisation_id", "agenda_item_id", "position"),
        CheckConstraint(among("kind", PROPOSAL_KINDS), name="kind"),
        CheckConstraint("kind NOT IN ('amendment', 'addition') OR text != ''", name="says_what"),
    )

    agenda_item: Mapped[AgendaItem] = relationship(
        back_populates="floor_proposals", foreign_keys=[agenda_item_id]
    )
    mover: Mapped[Person] = relationship(foreign_keys=[mover_id], lazy="joined", innerjoin=True)


class Proposition(Owned, Base):
    """One question of the chair (KL 5:53): yes for the first, no for the second, and what won.

    `first_id` and `second_id` are floor proposals; None is the proposal of the papers, or at
    the stage settle_today that the matter is settled at this meeting. At the stage addition a
    `second_id` of None is rejection of the addition. The counts are of a vote or a secret ballot;
    only an open vote has ballots by name (KL 5:54).
    """

    __tablename__ = "proposition"

    agenda_item_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    stage: Mapped[str]
    first_id: Mapped[int | None] = mapped_column(Id)
    second_id: Mapped[int | None] = mapped_column(Id)
    method: Mapped[str]
    winner: Mapped[str]
    is_casting: Mapped[bool] = mapped_column(default=False)
    yes_votes: Mapped[int | None]
    no_votes: Mapped[int | None]
    abstentions: Mapped[int | None]

    __table_args__ = owned(
        refers("agenda_item_id", "agenda_item"),
        refers("first_id", "floor_proposal"),
        refers("second_id", "floor_proposal"),
        UniqueConstraint("organisation_id", "agenda_item_id", "position"),
        CheckConstraint(among("stage", STAGES), name="stage"),
        CheckConstraint(among("method", METHODS), name="method"),
        CheckConstraint("winner IN ('first', 'second')", name="winner"),
        CheckConstraint("NOT is_casting OR method = 'vote'", name="casting_in_a_vote"),
    )

    agenda_item: Mapped[AgendaItem] = relationship(
        back_populates="propositions", foreign_keys=[agenda_item_id]
    )
    first: Mapped[FloorProposal | None] = relationship(foreign_keys=[first_id])
    second: Mapped[FloorProposal | None] = relationship(foreign_keys=[second_id])
    ballots: Mapped[list[Ballot]] = relationship(
        foreign_keys="Ballot.proposition_id", order_by="Ballot.position"
    )


class Ballot(Owned, Base):
    """How one person voted on a proposition, in the open (KL 5:54), and on whose seat."""

    __tablename__ = "ballot"

    proposition_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    choice: Mapped[str]
    capacity: Mapped[str]
    serves_for_id: Mapped[int | None] = mapped_column(Id)

    __table_args__ = owned(
        refers("proposition_id", "proposition"),
        refers("person_id", "person"),
        refers("serves_for_id", "person"),
        UniqueConstraint("organisation_id", "proposition_id", "person_id"),
        CheckConstraint(among("choice", CHOICES), name="choice"),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined", innerjoin=True)
    serves_for: Mapped[Person | None] = relationship(foreign_keys=[serves_for_id], lazy="joined")


class Statement(Owned, Base):
    """A reservation (KL 4:27), a separate statement, a note, or that somebody took no part."""

    __tablename__ = "statement"

    agenda_item_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    favours_id: Mapped[int | None] = mapped_column(Id)
    given_at: Mapped[datetime]

    __table_args__ = owned(
        refers("agenda_item_id", "agenda_item"),
        refers("person_id", "person"),
        refers("favours_id", "floor_proposal"),
        Index(
            "uq_statement_once_each",
            "organisation_id",
            "agenda_item_id",
            "person_id",
            "kind",
            unique=True,
            sqlite_where=sql(among("kind", ONCE_EACH)),
            postgresql_where=sql(among("kind", ONCE_EACH)),
        ),
        CheckConstraint(among("kind", STATEMENT_KINDS), name="kind"),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined", innerjoin=True)
    favours: Mapped[FloorProposal | None] = relationship(foreign_keys=[favours_id])


class Decision(Owned, Base):
    """What a body decided (or recommended, or proposed that another decides) on an item.

    A formal decision, such as an election, is of no matter and gives no assignment.
    """

    __tablename__ = "decision"

    agenda_item_id: Mapped[int] = mapped_column(Id)
    matter_id: Mapped[int | None] = mapped_column(Id)
    decided_on: Mapped[date]
    lead_in: Mapped[str] = mapped_column(default="")

    __table_args__ = owned(
        refers("agenda_item_id", "agenda_item"),
        refers("matter_id", "matter"),
        UniqueConstraint("organisation_id", "agenda_item_id"),
    )

    agenda_item: Mapped[AgendaItem] = relationship(
        back_populates="decision", foreign_keys=[agenda_item_id]
    )
    matter: Mapped[Matter | None] = relationship(foreign_keys=[matter_id])
    points: Mapped[list[DecidedPoint]] = relationship(
        foreign_keys="DecidedPoint.decision_id",
        order_by="DecidedPoint.position",
        back_populates="decision",
    )


class DecidedPoint(Owned, Base):
    """A point of a decision, with the assignment that it gives, if any."""

    __tablename__ = "decided_point"

    decision_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    text: Mapped[str]
    assignee_id: Mapped[int | None] = mapped_column(Id)
    task: Mapped[str] = mapped_column(default="")
    report_back_on: Mapped[date | None]

    __table_args__ = owned(
        refers("decision_id", "decision"),
        refers("assignee_id", "person"),
        UniqueConstraint("organisation_id", "decision_id", "position"),
    )

    assignee: Mapped[Person | None] = relationship(foreign_keys=[assignee_id])
    decision: Mapped[Decision] = relationship(foreign_keys=[decision_id], back_populates="points")
