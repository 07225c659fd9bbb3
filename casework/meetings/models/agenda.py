"""Tables of meetings, their agenda, and who is there."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.context import STOCKHOLM
from casework.db import Base, Id, Owned, among, owned, refers
from casework.matters.models import Matter
from casework.matters.outside import in_every_language, sealed_name
from casework.people.models import Body, Person
from casework.workflow.subject import Versioned, WorkflowSubject

if TYPE_CHECKING:
    from casework.meetings.models.floor import Decision, FloorProposal, Proposition, Statement
    from casework.meetings.models.minutes import Mending, Minutes, MinutesItem

ITEM_TYPES = ("decision", "information", "notification", "formality")
REPORTS = ("delegated_decisions", "urgent_decisions", "assignments")
CAPACITIES = ("chair", "vice_chair", "member", "serving_substitute", "substitute", "other")
DECIDING = ("chair", "vice_chair", "member", "serving_substitute")
OUTCOMES = (
    "pending",
    "decided",
    "recommended",
    "proposed",
    "noted",
    "tabled",
    "referred_back",
    "withdrawn",
    "not_handled",
)


class Meeting(WorkflowSubject, Owned, Base):
    """A sitting of a body. `starts_at` is a moment; the meeting day is its date in Stockholm.

    It was summoned to end at `ends_at`; it was closed at `ended_at`.
    """

    __tablename__ = "meeting"

    body_id: Mapped[int] = mapped_column(Id)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(default="")
    is_public: Mapped[bool] = mapped_column(default=False)
    remote_link: Mapped[str] = mapped_column(default="")
    group_meetings: Mapped[str] = mapped_column(default="")
    supplements: Mapped[int] = mapped_column(default=0)
    chair_id: Mapped[int | None] = mapped_column(Id)
    secretary_id: Mapped[int | None] = mapped_column(Id)
    summoned_at: Mapped[datetime | None]
    attested_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("body_id", "body"),
        refers("chair_id", "person"),
        refers("secretary_id", "person"),
        Index(
            "uq_meeting_of_body",
            "organisation_id",
            "body_id",
            "starts_at",
            unique=True,
            sqlite_where=text("state != 'cancelled'"),
            postgresql_where=text("state != 'cancelled'"),
        ),
        CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_start"),
        CheckConstraint("ended_at IS NULL OR ended_at >= starts_at", name="ended_after_start"),
        CheckConstraint("state != 'attested' OR attested_at IS NOT NULL", name="attested_at"),
    )

    body: Mapped[Body] = relationship(foreign_keys=[body_id])
    chair: Mapped[Person | None] = relationship(foreign_keys=[chair_id])
    secretary: Mapped[Person | None] = relationship(foreign_keys=[secretary_id])
    agenda: Mapped[list[AgendaItem]] = relationship(
        back_populates="meeting",
        foreign_keys="AgendaItem.meeting_id",
        order_by="AgendaItem.position",
    )
    attendances: Mapped[list[Attendance]] = relationship(
        foreign_keys="Attendance.meeting_id", order_by="Attendance.position"
    )
    absences: Mapped[list[Absence]] = relationship(
        foreign_keys="Absence.meeting_id", order_by="Absence.id"
    )
    breaks: Mapped[list[MeetingBreak]] = relationship(
        foreign_keys="MeetingBreak.meeting_id", order_by="MeetingBreak.id"
    )
    attestations: Mapped[list[Attestation]] = relationship(
        foreign_keys="Attestation.meeting_id", order_by="Attestation.position"
    )
    minutes: Mapped[Minutes | None] = relationship(
        primaryjoin="and_(Minutes.meeting_id == Meeting.id, Minutes.kind == 'meeting')",
        foreign_keys="Minutes.meeting_id",
        overlaps="meeting",
    )

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(STOCKHOLM).date()

    @property
    def adjournment(self) -> MeetingBreak | None:
        """The break that goes on now."""
        return next((each for each in self.breaks if each.ended_at is None), None)

    def facts(self) -> dict[str, str]:
        """What a letter says of the meeting."""
        return {"meeting_date": self.day.isoformat()}


class AgendaItem(Versioned, Owned, Base):
    """One visit of a matter to a meeting, or an item without a matter.

    `reports` names the list that the item shows by itself (REPORTS), "" for none. A `supplement`
    of 1 or more came after the summons; `late_reason` says why, `all_agreed` that everybody present
    let it be taken up all the same (KL 5:52). `position` is its place in the order of handling,
    `summoned_number` the number it was summoned under, which stands whatever the order becomes.
    `is_closed`: behind closed doors. `elected_chair` was elected to lead it where neither chair nor
    vice chair took part; `led_by` is who led it, known when it is concluded.
    `proposed_by` names the body that prepared it, whose proposal is before this one; "" where that
    is the officer's. `sent_title` is the title as the summons or a supplement last sent it out;
    none for what was never sent out, or before that was kept. An election or hiring is settled by
    lot, not by the casting vote (KL 5:56).
    """

    __tablename__ = "agenda_item"

    meeting_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    summoned_number: Mapped[int | None]
    item_type: Mapped[str]
    title: Mapped[str]
    matter_id: Mapped[int | None] = mapped_column(Id)
    presenter: Mapped[str] = mapped_column(default="")
    proposed_by: Mapped[str] = mapped_column(default="")
    sent_title: Mapped[str | None]
    outcome: Mapped[str] = mapped_column(default="pending")
    outcome_reason: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    section: Mapped[str] = mapped_column(default="")
    minutes_planned: Mapped[int | None]
    supplement: Mapped[int] = mapped_column(default=0)
    late_reason: Mapped[str] = mapped_column(default="")
    all_agreed: Mapped[bool] = mapped_column(default=False)
    is_closed: Mapped[bool] = mapped_column(default=False)
    is_election: Mapped[bool] = mapped_column(default=False)
    exercises_authority: Mapped[bool] = mapped_column(default=False)
    reports: Mapped[str] = mapped_column(default="")
    elected_chair_id: Mapped[int | None] = mapped_column(Id)
    led_by_id: Mapped[int | None] = mapped_column(Id)
    concluded_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("meeting_id", "meeting"),
        refers("matter_id", "matter"),
        refers("elected_chair_id", "person"),
        refers("led_by_id", "person"),
        CheckConstraint(among("item_type", ITEM_TYPES), name="item_type"),
        CheckConstraint(among("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("(outcome = 'pending') = (concluded_at IS NULL)", name="concluded_at"),
        CheckConstraint(
            "outcome != 'referred_back' OR outcome_reason != ''", name="referred_back_with_reason"
        ),
        Index("ix_agenda_item_meeting", "organisation_id", "meeting_id", "position"),
        Index("ix_agenda_item_matter", "organisation_id", "matter_id"),
    )

    @property
    def number(self) -> int:
        """What readers call it: its number in the summons; before that its place."""
        return self.summoned_number or self.position

    @property
    def is_as_sent(self) -> bool:
        """Its title is what was sent out, as far as that is known."""
        return self.sent_title in (None, self.title)

    @property
    def is_preparing(self) -> bool:
        """The matter is another body's to decide: this one proposes to it what it should decide."""
        return (
            self.matter is not None
            and self.item_type == "decision"
            and self.matter.body_id != self.meeting.body_id
        )

    @property
    def is_confidential(self) -> bool:
        """Not for everybody: behind closed doors, authority over somebody, or a secret matter;
        and a matter that is hidden from the reader may be one."""
        return self.is_closed or self.exercises_authority or self.is_sealed

    @property
    def is_sealed(self) -> bool:
        """Its matter carries a secrecy mark, or is hidden from the reader and may carry one."""
        return self.matter_id is not None and (self.matter is None or self.matter.is_confidential)

    @property
    def name_outside(self) -> str:
        """Its title, or what it is called where others than its readers read."""
        return sealed_name(self._number) if self.is_sealed else self.title

    @property
    def told_of(self) -> str | dict[str, str]:
        """The same as a parameter of a sentence, which is made when it is shown."""
        return in_every_language(self._number) if self.is_sealed else self.title

    @property
    def _number(self) -> str:
        return self.matter.registration_number if self.matter else ""

    meeting: Mapped[Meeting] = relationship(back_populates="agenda", foreign_keys=[meeting_id])
    matter: Mapped[Matter | None] = relationship(foreign_keys=[matter_id])
    elected_chair: Mapped[Person | None] = relationship(foreign_keys=[elected_chair_id])
    led_by: Mapped[Person | None] = relationship(foreign_keys=[led_by_id])
    decision: Mapped[Decision | None] = relationship(
        foreign_keys="Decision.agenda_item_id", back_populates="agenda_item"
    )
    minutes_item: Mapped[MinutesItem | None] = relationship(
        foreign_keys="MinutesItem.agenda_item_id", back_populates="agenda_item"
    )
    mendings: Mapped[list[Mending]] = relationship(
        foreign_keys="Mending.agenda_item_id", order_by="Mending.number"
    )
    participants: Mapped[list[Participant]] = relationship(
        foreign_keys="Participant.agenda_item_id", order_by="Participant.position"
    )
    recusals: Mapped[list[Recusal]] = relationship(
        foreign_keys="Recusal.agenda_item_id", order_by="Recusal.id"
    )
    floor_proposals: Mapped[list[FloorProposal]] = relationship(
        foreign_keys="FloorProposal.agenda_item_id",
        order_by="FloorProposal.position",
        back_populates="agenda_item",
    )
    propositions: Mapped[list[Proposition]] = relationship(
        foreign_keys="Proposition.agenda_item_id",
        order_by="Proposition.position",
        back_populates="agenda_item",
    )
    statements: Mapped[list[Statement]] = relationship(
        foreign_keys="Statement.agenda_item_id", order_by="Statement.id"
    )


class Attendance(Owned, Base):
    """The roll as it stands: who is in the room (or was), as what, and for whom."""

    __tablename__ = "attendance"

    meeting_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    capacity: Mapped[str]
    serves_for_id: Mapped[int | None] = mapped_column(Id)
    is_present: Mapped[bool] = mapped_column(default=True)
    is_remote: Mapped[bool] = mapped_column(default=False)
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("meeting_id", "meeting"),
        refers("person_id", "person"),
        refers("serves_for_id", "person"),
        UniqueConstraint("organisation_id", "meeting_id", "person_id"),
        CheckConstraint(among("capacity", CAPACITIES), name="capacity"),
        CheckConstraint(
            "serves_for_id IS NULL OR capacity = 'serving_substitute'", name="serves_for"
        ),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined", innerjoin=True)
    serves_for: Mapped[Person | None] = relationship(foreign_keys=[serves_for_id], lazy="joined")


class MeetingBreak(Owned, Base):
    """An adjournment of a meeting in session, from one moment to another; open without the end."""

    __tablename__ = "meeting_break"

    meeting_id: Mapped[int] = mapped_column(Id)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = owned(
        refers("meeting_id", "meeting"),
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="ends_after_start"),
        Index("ix_meeting_break_meeting", "organisation_id", "meeting_id"),
    )


class Absence(Owned, Base):
    """Somebody who has said beforehand that they cannot come, and who is called in for them."""

    __tablename__ = "absence"

    meeting_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(Id)
    substitute_id: Mapped[int | None] = mapped_column(Id)
    reported_at: Mapped[datetime]

    __table_args__ = owned(
        refers("meeting_id", "meeting"),
        refers("person_id", "person"),
        refers("substitute_id", "person"),
        UniqueConstraint("organisation_id", "meeting_id", "person_id"),
        UniqueConstraint("organisation_id", "meeting_id", "substitute_id"),
        CheckConstraint("substitute_id != person_id", name="somebody_else"),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined", innerjoin=True)
    substitute: Mapped[Person | None] = relationship(foreign_keys=[substitute_id], lazy="joined")


class Participant(Owned, Base):
    """Who took part in handling an item, fixed when it was concluded."""

    __tablename__ = "participant"

    agenda_item_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    capacity: Mapped[str]
    serves_for_id: Mapped[int | None] = mapped_column(Id)
    is_remote: Mapped[bool] = mapped_column(default=False)

    __table_args__ = owned(
        refers("agenda_item_id", "agenda_item"),
        refers("person_id", "person"),
        refers("serves_for_id", "person"),
        UniqueConstraint("organisation_id", "agenda_item_id", "person_id"),
        CheckConstraint(among("capacity", CAPACITIES), name="capacity"),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined", innerjoin=True)
    serves_for: Mapped[Person | None] = relationship(foreign_keys=[serves_for_id], lazy="joined")


class Recusal(Owned, Base):
    """A conflict of interest in an item: the person is not there, and does not see it (KL 6:28)."""

    __tablename__ = "recusal"

    agenda_item_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(Id)
    substitute_id: Mapped[int | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(default="")
    declared_at: Mapped[datetime]

    __table_args__ = owned(
        refers("agenda_item_id", "agenda_item"),
        refers("person_id", "person"),
        refers("substitute_id", "person"),
        UniqueConstraint("organisation_id", "agenda_item_id", "person_id"),
        Index("ix_recusal_person", "organisation_id", "person_id"),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined", innerjoin=True)
    substitute: Mapped[Person | None] = relationship(foreign_keys=[substitute_id], lazy="joined")


class Attestation(Owned, Base):
    """Who is to attest the minutes of the meeting: the chair and those elected to it."""

    __tablename__ = "attestation"

    meeting_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    capacity: Mapped[str]

    __table_args__ = owned(
        refers("meeting_id", "meeting"),
        refers("person_id", "person"),
        UniqueConstraint("organisation_id", "meeting_id", "person_id"),
        CheckConstraint("capacity IN ('chair', 'attester')", name="capacity"),
    )

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined", innerjoin=True)
