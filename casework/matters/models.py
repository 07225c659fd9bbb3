"""Tables of matters and their parts."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.audit.models import Audited
from casework.context import STOCKHOLM
from casework.db import Base, Id, Owned, owned, refers
from casework.documents.models import Document
from casework.matters.outside import SEALED, sealed_name
from casework.people.models import Body, Person
from casework.workflow.subject import Versioned, WorkflowSubject

if TYPE_CHECKING:
    from collections.abc import Iterable


class RegisterSeries(Versioned, Audited, Owned, Base):
    """A register series (diarieserie) and how its numbers are written.

    `pattern` holds `{series}`, `{number}` and `{year}`: `{series}/{number}/{year}` gives
    `RUN/78/2022`.
    """

    __tablename__ = "register_series"

    code: Mapped[str]
    name: Mapped[str]
    pattern: Mapped[str] = mapped_column(default="{series}/{number}/{year}")

    __table_args__ = owned(UniqueConstraint("organisation_id", "code"))


class Matter(WorkflowSubject, Owned, Base):
    """A matter (ärende), from registration to archive. Its visits to meetings are agenda items.

    `kind` is the name of its workflow file before `-matter`: see `casework.matters.kinds`.

    `initiative` is how it was raised where the law sets a time for that: motion (a member's bill
    in the assembly) or citizen_proposal; else "".
    """

    __tablename__ = "matter"

    kind: Mapped[str]
    title: Mapped[str]
    body_id: Mapped[int] = mapped_column(Id)
    registration_number: Mapped[str]
    series_code: Mapped[str]
    register_year: Mapped[int]
    register_number: Mapped[int]
    registered_on: Mapped[date]
    registered_at: Mapped[datetime]
    case_officer_id: Mapped[int | None] = mapped_column(Id)
    drafted_by_id: Mapped[int | None] = mapped_column(Id)
    sender: Mapped[str] = mapped_column(default="")
    initiative: Mapped[str] = mapped_column(default="")
    decision_lead_in: Mapped[str] = mapped_column(default="")
    appeal_route: Mapped[str] = mapped_column(default="legality_review")
    secrecy_reviewed_at: Mapped[datetime | None]
    secrecy_provision: Mapped[str] = mapped_column(default="")
    closed_on: Mapped[date | None]
    search_text: Mapped[str] = mapped_column(default="")

    __table_args__ = owned(
        refers("body_id", "body"),
        refers("case_officer_id", "person"),
        refers("drafted_by_id", "person"),
        UniqueConstraint("organisation_id", "registration_number"),
        UniqueConstraint("organisation_id", "series_code", "register_year", "register_number"),
        CheckConstraint("kind != ''", name="kind"),
        CheckConstraint("initiative IN ('', 'motion', 'citizen_proposal')", name="initiative"),
        CheckConstraint(
            "appeal_route IN ('legality_review', 'administrative_appeal', 'none')",
            name="appeal_route",
        ),
        CheckConstraint(
            "state IN ('registered', 'withdrawn', 'struck_off', 'archived', 'closed')"
            " OR case_officer_id IS NOT NULL",
            name="prepared_by_someone",
        ),
        CheckConstraint("state != 'closed' OR closed_on IS NOT NULL", name="closed_on_a_day"),
        Index("ix_matter_body_state", "organisation_id", "body_id", "state"),
        Index("ix_matter_officer", "organisation_id", "case_officer_id", "state"),
        Index(
            "ix_matter_secret",
            "organisation_id",
            "id",
            sqlite_where=text("secrecy_provision != ''"),
            postgresql_where=text("secrecy_provision != ''"),
        ),
    )

    body: Mapped[Body] = relationship(foreign_keys=[body_id])
    case_officer: Mapped[Person | None] = relationship(foreign_keys=[case_officer_id])

    @property
    def is_confidential(self) -> bool:
        """It carries a secrecy mark: what `casework.secrecy` sets, changes and lifts."""
        return bool(self.secrecy_provision)

    @property
    def sealed_as(self) -> str:
        """All that a letter tells of it, since it carries a mark; "" if it carries none."""
        return sealed_name(self.registration_number) if self.is_confidential else ""

    @property
    def name_outside(self) -> str:
        """Its title, or what it is called where others read: in a letter, a summons, a list."""
        return self.sealed_as or self.title

    @property
    def clock_was_behind(self) -> bool:
        """It was registered while the clock showed an earlier day than the register had come to."""
        return self.registered_at.astimezone(STOCKHOLM).date() < self.registered_on

    def facts(self) -> dict[str, str]:
        """What a letter says of the matter."""
        title = SEALED if self.sealed_as else self.title
        return {"title": title, "registration_number": self.registration_number}

    sections: Mapped[list[Section]] = relationship(
        back_populates="matter",
        foreign_keys="Section.matter_id",
        order_by="Section.position",
        cascade="all, delete-orphan",
    )
    decision_points: Mapped[list[DecisionPoint]] = relationship(
        back_populates="matter",
        foreign_keys="DecisionPoint.matter_id",
        order_by="DecisionPoint.position",
        cascade="all, delete-orphan",
    )
    signatories: Mapped[list[Signatory]] = relationship(
        back_populates="matter",
        foreign_keys="Signatory.matter_id",
        order_by="Signatory.position",
        cascade="all, delete-orphan",
    )
    recipients: Mapped[list[MatterRecipient]] = relationship(
        back_populates="matter",
        foreign_keys="MatterRecipient.matter_id",
        order_by="MatterRecipient.position",
        cascade="all, delete-orphan",
    )
    attachment_record: Mapped[list[Attachment]] = relationship(
        back_populates="matter",
        foreign_keys="Attachment.matter_id",
        order_by="Attachment.id",
        cascade="all, delete-orphan",
    )

    @property
    def attachments(self) -> list[Attachment]:
        """The attachments as they are now, in their order."""
        return _in_order(each for each in self.attachment_record if each.until is None)

    def attachments_at(self, moment: datetime | None) -> list[Attachment]:
        """The attachments as they were right after that moment; None is now."""
        if moment is None:
            return self.attachments
        return _in_order(
            each
            for each in self.attachment_record
            if each.since <= moment and (each.until is None or each.until > moment)
        )


class Section(Owned, Base):
    """A part of the text under its heading, kept as Markdown."""

    __tablename__ = "section"

    matter_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    heading: Mapped[str]
    body: Mapped[str]

    __table_args__ = owned(
        refers("matter_id", "matter", ondelete="CASCADE"),
        Index("ix_section_matter", "organisation_id", "matter_id", "position"),
    )

    matter: Mapped[Matter] = relationship(back_populates="sections", foreign_keys=[matter_id])


class DecisionPoint(Owned, Base):
    """A proposed decision point, and the assignment that it gives, if any."""

    __tablename__ = "decision_point"

    matter_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    text: Mapped[str]
    assignee_id: Mapped[int | None] = mapped_column(Id)
    task: Mapped[str] = mapped_column(default="")
    report_back_on: Mapped[date | None]

    __table_args__ = owned(
        refers("matter_id", "matter", ondelete="CASCADE"),
        refers("assignee_id", "person"),
        CheckConstraint("assignee_id IS NULL OR task != ''", name="assignment_has_task"),
        CheckConstraint("length(text) > 0", name="not_empty"),
        Index("ix_decision_point_matter", "organisation_id", "matter_id", "position"),
    )

    matter: Mapped[Matter] = relationship(
        back_populates="decision_points", foreign_keys=[matter_id]
    )
    assignee: Mapped[Person | None] = relationship(foreign_keys=[assignee_id])


class Signatory(Owned, Base):
    """Who signs the proposal, in order; an acting one is printed with Tf."""

    __tablename__ = "signatory"

    matter_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    name: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    is_acting: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(Id)

    __table_args__ = owned(
        refers("matter_id", "matter", ondelete="CASCADE"),
        refers("person_id", "person"),
        Index("ix_signatory_matter", "organisation_id", "matter_id", "position"),
    )

    matter: Mapped[Matter] = relationship(back_populates="signatories", foreign_keys=[matter_id])


class MatterRecipient(Owned, Base):
    """A recipient as the proposal writes it, and whom in the address book it means.

    Unsettled while it names neither a recipient nor a group.
    """

    __tablename__ = "matter_recipient"

    matter_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    name: Mapped[str]
    recipient_id: Mapped[int | None] = mapped_column(Id)
    group_id: Mapped[int | None] = mapped_column(Id)

    __table_args__ = owned(
        refers("matter_id", "matter", ondelete="CASCADE"),
        refers("recipient_id", "recipient"),
        refers("group_id", "recipient_group"),
        CheckConstraint("recipient_id IS NULL OR group_id IS NULL", name="one_meaning"),
        Index("ix_matter_recipient_matter", "organisation_id", "matter_id", "position"),
    )

    matter: Mapped[Matter] = relationship(back_populates="recipients", foreign_keys=[matter_id])

    @property
    def is_settled(self) -> bool:
        return self.recipient_id is not None or self.group_id is not None


class Attachment(Owned, Base):
    """A document that belongs to the proposal: how it was listed, from when and until when.

    A row is never rewritten: a new title or place is a new row, and one that is removed has
    ended, so that a pack or minutes of before can be read as they were. `pages` is None for a
    file that has none, `until` for what stands now. `document_id` names it through all changes.
    """

    __tablename__ = "attachment"

    matter_id: Mapped[int] = mapped_column(Id)
    position: Mapped[int]
    title: Mapped[str]
    document_id: Mapped[int] = mapped_column(Id)
    pages: Mapped[int | None]
    since: Mapped[datetime]
    until: Mapped[datetime | None]

    __table_args__ = owned(
        refers("matter_id", "matter", ondelete="CASCADE"),
        refers("document_id", "document"),
        Index(
            "uq_attachment_current",
            "organisation_id",
            "matter_id",
            "document_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_began"),
        CheckConstraint("position > 0 AND length(title) > 0", name="listed"),
    )

    matter: Mapped[Matter] = relationship(
        back_populates="attachment_record", foreign_keys=[matter_id]
    )
    document: Mapped[Document] = relationship(foreign_keys=[document_id], lazy="joined")

    @property
    def version(self) -> int:
        """The matter's: whoever changes one attachment has read the list."""
        return self.matter.version


def _in_order(attachments: Iterable[Attachment]) -> list[Attachment]:
    return sorted(attachments, key=lambda each: each.position)
