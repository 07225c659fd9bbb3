"""Reading meetings, their agenda and the decisions made at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.board.queries import notice_of as notice_of_subject
from casework.meetings.models import AgendaItem, Meeting

if TYPE_CHECKING:
    from casework.board.models import BoardNotice
    from casework.context import Context
    from casework.matters.models import Matter
    from casework.meetings.models import Minutes

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, true
from sqlalchemy.orm import joinedload, selectinload

from casework.audit.models import AuditEntry
from casework.audit.queries import of_subject
from casework.db import newest
from casework.documents.models import Document
from casework.errors import Forbidden, NotFound
from casework.matters.models import Matter
from casework.meetings.demands import SECRETARIES
from casework.meetings.knowing import items_unknown_to
from casework.meetings.models import (
    Attestation,
    Correction,
    Decision,
    Minutes,
    MinutesItem,
    Recusal,
    Signature,
)
from casework.people.policy import may
from casework.secrecy.readings import note_shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session
    from sqlalchemy.orm.interfaces import ORMOption

    from casework.context import Context

LETTERS_SENT = ("summons_sent", "supplement_sent", "change_sent", "cancellation_sent")


# What a page of the whole meeting shows, in few questions however long its agenda.
WITH_AGENDA = (
    joinedload(Meeting.body),
    joinedload(Meeting.minutes),
    selectinload(Meeting.agenda).options(
        selectinload(AgendaItem.matter), selectinload(AgendaItem.minutes_item)
    ),
)


def find(session: Session, organisation_id: int, meeting_id: int, *loading: ORMOption) -> Meeting:
    """The meeting that the session may see; raises NotFound for none and a hidden one alike.

    `loading` is what is read with it, such as WITH_AGENDA.
    """
    meeting = session.scalar(
        select(Meeting)
        .where(Meeting.organisation_id == organisation_id, Meeting.id == meeting_id)
        .options(*loading)
    )
    if meeting is None:
        raise NotFound("not_found")
    return meeting


def meetings(
    organisation_id: int,
    *,
    body_id: int | None = None,
    state: str = "",
    before: int | None = None,
    limit: int = 50,
) -> Select[Meeting]:
    """Meetings, the one planned last first, one page: those older than the id `before`."""
    return newest(
        Meeting, organisation_id, before=before, limit=limit, body_id=body_id, state=state
    ).options(joinedload(Meeting.body))


def by_day(
    organisation_id: int, *, before: Meeting | None = None, limit: int = 50
) -> Select[Meeting]:
    """Meetings by their day and hour, the last first, one page: those held earlier than `before`.

    Of two at the same hour the one planned last comes first.
    """
    statement = (
        select(Meeting)
        .where(Meeting.organisation_id == organisation_id)
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
        .limit(limit)
        .options(joinedload(Meeting.body))
    )
    if before is None:
        return statement
    same_hour = and_(Meeting.starts_at == before.starts_at, Meeting.id < before.id)
    return statement.where(or_(Meeting.starts_at < before.starts_at, same_hour))


def agenda(session: Session, meeting: Meeting) -> Sequence[AgendaItem]:
    """The agenda in order with how each item ended, in one statement however long it is."""
    return session.scalars(_agenda(meeting)).all()


def agenda_as_seen(
    session: Session, meeting: Meeting, person_id: int, day: date
) -> list[tuple[AgendaItem, bool]]:
    """The whole agenda, each item with whether the person is free of a conflict of interest and
    may know of its matter."""
    recusal = Recusal.__table__
    own = exists().where(
        recusal.c.agenda_item_id == AgendaItem.id, recusal.c.person_id == person_id
    )
    secret = AgendaItem.id.in_(items_unknown_to(meeting.organisation_id, person_id, day))
    rows = session.execute(_agenda(meeting).add_columns(~own & ~secret))
    return [(item, is_shown) for item, is_shown in rows]


def _agenda(meeting: Meeting) -> Select[AgendaItem]:
    return (
        select(AgendaItem)
        .where(
            AgendaItem.organisation_id == meeting.organisation_id,
            AgendaItem.meeting_id == meeting.id,
        )
        .order_by(AgendaItem.position)
        .options(joinedload(AgendaItem.minutes_item), joinedload(AgendaItem.decision))
    )


def item(session: Session, meeting: Meeting, item_id: int) -> AgendaItem:
    """An item of the meeting's own agenda; raises NotFound for any other."""
    found = session.scalar(
        select(AgendaItem).where(
            AgendaItem.organisation_id == meeting.organisation_id,
            AgendaItem.meeting_id == meeting.id,
            AgendaItem.id == item_id,
        )
    )
    if found is None:
        raise NotFound("not_found")
    return found


def open_entries(
    session: Session, meeting: Meeting, person_id: int, day: date
) -> ColumnElement[bool]:
    """Which entries of the meeting's history the person may read (KL 6:28-30).

    None that concerns an item in which they have a conflict of interest, or one of a secret matter
    that they may not know of; which item it concerns, if it does not say, is told by the title.
    """
    # The tables themselves: of an entity the session would leave out what is hidden.
    item, recusal = AgendaItem.__table__, Recusal.__table__
    own = exists().where(recusal.c.agenda_item_id == item.c.id, recusal.c.person_id == person_id)
    secret = item.c.id.in_(items_unknown_to(meeting.organisation_id, person_id, day))
    hidden = session.execute(
        select(item.c.id, item.c.title).where(
            item.c.organisation_id == meeting.organisation_id,
            item.c.meeting_id == meeting.id,
            own | secret,
        )
    ).all()
    of_item = AuditEntry.detail["item_id"].as_integer()
    title = AuditEntry.detail["title"].as_string()
    return case(
        (of_item.is_not(None), of_item.not_in([row.id for row in hidden])),
        (title.is_not(None), title.not_in([row.title for row in hidden])),
        else_=true(),
    )


def open_papers(meeting: Meeting, person_id: int, day: date) -> ColumnElement[bool]:
    """Which of the meeting's documents the person may read (KL 6:28-30).

    None of a § alone, attested at once or corrected, in which they have a conflict of interest. And
    none at all of a meeting with an item of a secret matter that they may not know of: its summons
    and its minutes tell of every item.
    """
    unlike_conflict = Document.id.not_in(_of_conflict(meeting.organisation_id, person_id))
    return unlike_conflict & ~_has_secret(meeting, person_id, day)


def require_open_papers(session: Session, meeting: Meeting, person_id: int, day: date) -> None:
    """Raise Forbidden for who may read no document of the meeting, as `open_papers` has it.

    Whoever reads one reads of each marked matter on its agenda.
    """
    if session.scalar(select(_has_secret(meeting, person_id, day))):
        raise Forbidden("secrecy_papers_closed")
    marked = select(AgendaItem.matter_id).join(Matter, Matter.id == AgendaItem.matter_id)
    of_meeting = AgendaItem.organisation_id == meeting.organisation_id
    rows = marked.where(
        of_meeting, AgendaItem.meeting_id == meeting.id, Matter.secrecy_provision != ""
    )
    note_shown(session, [each for each in session.scalars(rows) if each is not None])


def _has_secret(meeting: Meeting, person_id: int, day: date) -> ColumnElement[bool]:
    own, item = meeting.organisation_id, AgendaItem.__table__.alias("item_with_papers")
    return exists().where(
        item.c.organisation_id == own,
        item.c.meeting_id == meeting.id,
        item.c.id.in_(items_unknown_to(own, person_id, day)),
    )


def _of_conflict(organisation_id: int, person_id: int | None) -> Select[int | None]:
    """The documents of one § alone in which the person has a conflict of interest."""
    # The tables themselves: of an entity the session would leave out what is hidden.
    alone, row = Minutes.__table__, MinutesItem.__table__
    item, recusal, recused = AgendaItem.__table__, Recusal.__table__, AgendaItem.__table__.alias()
    return (
        select(alone.c.document_id)
        .join(item, item.c.meeting_id == alone.c.meeting_id)
        .join(
            row,
            (row.c.agenda_item_id == item.c.id) & (row.c.section_number == alone.c.first_section),
        )
        .join(recused, (recused.c.id == item.c.id) | (recused.c.matter_id == item.c.matter_id))
        .join(recusal, recusal.c.agenda_item_id == recused.c.id)
        .where(
            alone.c.organisation_id == organisation_id,
            alone.c.kind != "meeting",
            alone.c.document_id.is_not(None),
            recusal.c.person_id == person_id,
        )
    )


def decision(session: Session, organisation_id: int, decision_id: int) -> Decision:
    """The decision that the session may see, in a matter or of none; raises NotFound."""
    found = session.scalar(_decisions(organisation_id).where(Decision.id == decision_id))
    if found is None:
        raise NotFound("not_found")
    return found


def decisions(
    organisation_id: int, matter_id: int, *, before: int | None = None, limit: int | None = None
) -> Select[Decision]:
    """The decisions in a matter, the newest first, those before the id `before`; what is only
    proposed (KL 13:2) is not one."""
    statement = _decisions(organisation_id).where(
        Decision.matter_id == matter_id, AgendaItem.outcome != "proposed"
    )
    if before is not None:
        statement = statement.where(Decision.id < before)
    return statement.order_by(Decision.id.desc()).limit(limit)


def _decisions(organisation_id: int) -> Select[Decision]:
    """Joined with the item and the matter, so that what hides one of them hides the decision.

    One of no matter belongs to those who see its meeting.
    """
    return (
        select(Decision)
        .outerjoin(Matter, Decision.matter_id == Matter.id)
        .join(AgendaItem, Decision.agenda_item_id == AgendaItem.id)
        .outerjoin(Meeting, AgendaItem.meeting_id == Meeting.id)
        .where(
            Decision.organisation_id == organisation_id,
            Matter.id.is_not(None) | (Decision.matter_id.is_(None) & Meeting.id.is_not(None)),
        )
        .options(selectinload(Decision.points))
    )


def to_sign(session: Session, organisation_id: int, person_id: int) -> Sequence[Minutes]:
    """The minutes, single §§ and corrections that await the person's signature."""
    statement = select(Minutes).where(awaits_signature(organisation_id, person_id))
    return session.scalars(statement.order_by(Minutes.id)).all()


def awaits_signature(organisation_id: int, person_id: int) -> ColumnElement[bool]:
    """Which minutes, single §§ and corrections await the person's signature.

    A § alone is signed by the chair who led it, and by those elected to attest, but for
    the recused (KL 6:28-30).
    """
    signed = exists().where(Signature.minutes_id == Minutes.id, Signature.person_id == person_id)
    attests = and_(Attestation.meeting_id == Minutes.meeting_id, Attestation.person_id == person_id)
    as_one = exists().where(
        attests, Meeting.id == Attestation.meeting_id, Meeting.state == "attesting"
    )
    alone = exists().where(attests, Meeting.id == Attestation.meeting_id) & or_(
        exists().where(attests, Attestation.capacity == "attester"), _led(person_id)
    )
    return and_(
        Minutes.organisation_id == organisation_id,
        Minutes.state == "open",
        Minutes.document_id.is_not(None),
        Minutes.document_id.not_in(_of_conflict(organisation_id, person_id)),
        case((Minutes.kind == "meeting", as_one), else_=alone),
        ~signed,
    )


def _led(person_id: int) -> ColumnElement[bool]:
    """The person led the § that the minutes are of, or no chair who is to attest did.

    As `signatories` has it. Of the tables themselves: of an entity the session would leave out
    the § in which the person has a conflict of interest, and who led it.
    """
    row, item = MinutesItem.__table__.alias(), AgendaItem.__table__.alias()
    attesting = Attestation.__table__.alias()
    section = (
        (item.c.id == row.c.agenda_item_id)
        & (item.c.meeting_id == Minutes.meeting_id)
        & (row.c.section_number == Minutes.first_section)
    )
    chair_led = section & (
        (attesting.c.meeting_id == Minutes.meeting_id)
        & (attesting.c.capacity == "chair")
        & (attesting.c.person_id == item.c.led_by_id)
    )
    return exists().where(section, item.c.led_by_id == person_id) | ~exists().where(chair_led)


def all_minutes(session: Session, meeting: Meeting) -> Sequence[Minutes]:
    """What is signed of a meeting: §§ attested at once, the minutes, corrections, in that order."""
    return session.scalars(
        select(Minutes)
        .where(Minutes.organisation_id == meeting.organisation_id, Minutes.meeting_id == meeting.id)
        .options(selectinload(Minutes.signatures))
        .order_by(Minutes.id)
    ).all()


def minutes(session: Session, meeting: Meeting, minutes_id: int) -> Minutes:
    """One of `all_minutes`; raises NotFound for any other."""
    found = next((each for each in all_minutes(session, meeting) if each.id == minutes_id), None)
    if found is None:
        raise NotFound("not_found")
    return found


def any_minutes(session: Session, organisation_id: int, minutes_id: int) -> Minutes:
    """What is signed of any meeting that the session may see; raises NotFound."""
    found = session.scalar(
        select(Minutes)
        .join(Meeting, Minutes.meeting_id == Meeting.id)
        .where(Minutes.organisation_id == organisation_id, Minutes.id == minutes_id)
    )
    if found is None:
        raise NotFound("not_found")
    return found


def out_of_reach(session: Session, meeting: Meeting) -> list[str]:
    """The names of those whom the latest letter to everybody summoned could not reach."""
    entry = session.scalar(
        of_subject(meeting.organisation_id, "meeting", meeting.id, limit=1).where(
            AuditEntry.action.in_(LETTERS_SENT)
        )
    )
    return list(entry.detail.get("out_of_reach", ())) if entry else []


def may_read_minutes(context: Context, meeting: Meeting) -> bool:
    """What is being written is the secretary's; others read it once it is with the attesters."""
    return meeting.state in ("attesting", "attested") or may(context, meeting, SECRETARIES)


def notice_of(context: Context, meeting: Meeting) -> BoardNotice | None:
    """The notice of the meeting's minutes, if it has been posted."""
    if meeting.minutes is None:
        return None
    return notice_of_subject(
        context.session, meeting.organisation_id, "minutes", meeting.minutes.id
    )


def latest_decided_item(context: Context, matter: Matter) -> AgendaItem | None:
    """The matter's newest visit that ended in a decision or recommendation."""
    return (
        context.session.scalars(
            select(AgendaItem)
            .join(Meeting, AgendaItem.meeting_id == Meeting.id)
            .where(
                AgendaItem.organisation_id == matter.organisation_id,
                AgendaItem.matter_id == matter.id,
                AgendaItem.outcome.in_(("decided", "recommended")),
            )
            .options(
                joinedload(AgendaItem.minutes_item)
                .joinedload(MinutesItem.corrections)
                .joinedload(Correction.minutes)
            )
            .order_by(Meeting.starts_at.desc(), AgendaItem.id.desc())
            .limit(1)
        )
        .unique()
        .one_or_none()
    )
