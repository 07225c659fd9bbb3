"""What everybody may know of a meeting: its planned facts, and what nothing hides of the rest.

Deny by default: an item shows its title only when the summons has gone with it, it is not held
behind closed doors, concerns no individual, and its matter carries no secrecy marking. The
decision of such an item is told when its minutes are attested. Names of presenters and voters,
proposals and papers are never among it, and a personal identity number is masked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, selectinload

from casework.board.models import BoardNotice
from casework.board.screening import masked
from casework.context import STOCKHOLM
from casework.documents.contexts import item_from_json
from casework.errors import NotFound
from casework.meetings.models import AgendaItem, Meeting, Minutes
from casework.meetings.sections import headed
from casework.people.body_kinds import ANNOUNCED, STATUTORY
from casework.people.models import Body

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from casework.documents.contexts import Point


@dataclass(frozen=True)
class PublicItem:
    """A line of the agenda for everybody; without its title where that is not for everybody.

    `section` is its § in the minutes, `heading` that of the section of the agenda it opens.
    """

    number: int
    title: str
    section: int = 0
    decision: tuple[str, ...] = ()
    heading: str = ""


def upcoming(organisation_id: int, moment: datetime) -> Select[Meeting]:
    """What is to come, the soonest first; what was cancelled is said to be."""
    statement = _meetings().where(
        Meeting.organisation_id == organisation_id, Meeting.starts_at >= moment
    )
    return statement.order_by(Meeting.starts_at, Meeting.id)


def past(organisation_id: int, year: int, moment: datetime) -> Select[Meeting]:
    """What was held in a year before the moment, the latest first."""
    begins, ends = (datetime(each, 1, 1, tzinfo=STOCKHOLM) for each in (year, year + 1))
    statement = _meetings().where(
        Meeting.organisation_id == organisation_id,
        Meeting.starts_at >= begins,
        Meeting.starts_at < min(ends, moment),
        Meeting.state != "cancelled",
    )
    return statement.order_by(Meeting.starts_at.desc(), Meeting.id.desc())


def announced(organisation_id: int, moment: datetime) -> Select[Meeting]:
    """The meetings that are posted on the board, the soonest first (KL 5:13-15).

    An assembly's, from its summons until it begins; one that was cancelled since is said to be.
    """
    return (
        upcoming(organisation_id, moment)
        .where(Body.kind.in_(ANNOUNCED), Meeting.summoned_at.is_not(None))
        .options(selectinload(Meeting.agenda).joinedload(AgendaItem.matter))
    )


def years(session: Session, moment: datetime) -> list[int]:
    """The years to look back on, this one first."""
    first = session.scalar(
        select(func.min(Meeting.starts_at))
        .join(Body, Meeting.body_id == Body.id)
        .where(Body.kind.in_(STATUTORY))
    )
    last = moment.astimezone(STOCKHOLM).year
    begins = last if first is None else min(last, first.astimezone(STOCKHOLM).year)
    return list(range(last, begins - 1, -1))


def find(session: Session, meeting_id: int) -> Meeting:
    """A meeting of a statutory body, with its agenda; raises NotFound for any other."""
    statement = _meetings().options(selectinload(Meeting.agenda).joinedload(AgendaItem.matter))
    meeting = session.scalar(statement.where(Meeting.id == meeting_id))
    if meeting is None:
        raise NotFound("not_found")
    return meeting


def public_agenda(meeting: Meeting) -> list[PublicItem]:
    """The agenda as the summons sent it out; empty before that and for a cancelled meeting."""
    if meeting.summoned_at is None or meeting.state == "cancelled":
        return []
    sent = [
        item
        for item in meeting.agenda
        if item.supplement <= meeting.supplements or meeting.attested_at is not None
    ]
    return [
        replace(
            PublicItem(item.number, "") if item.is_confidential else _open(item), heading=heading
        )
        for heading, item in headed(sent)
    ]


def notices_up(session: Session, meeting: Meeting) -> list[BoardNotice]:
    """The notices of the meeting's minutes, or of single §§, that are up on the board now."""
    own = select(Minutes.id).where(
        Minutes.organisation_id == meeting.organisation_id, Minutes.meeting_id == meeting.id
    )
    return list(
        session.scalars(
            select(BoardNotice)
            .where(
                BoardNotice.organisation_id == meeting.organisation_id,
                BoardNotice.subject_type == Minutes.__tablename__,
                BoardNotice.subject_id.in_(own),
                BoardNotice.taken_down_at.is_(None),
            )
            .order_by(BoardNotice.id)
        )
    )


def meeting_announced(session: Session, notice: BoardNotice) -> int | None:
    """The id of the meeting whose minutes, or a § of them, the notice announces."""
    if notice.subject_type != Minutes.__tablename__:
        return None
    return session.scalar(
        select(Minutes.meeting_id).where(
            Minutes.organisation_id == notice.organisation_id, Minutes.id == notice.subject_id
        )
    )


def _open(item: AgendaItem) -> PublicItem:
    """The title, and after attestation the § as it is in force: its lead-in and its points."""
    row = item.minutes_item
    if row is None or row.minutes.locked_at is None:
        return PublicItem(item.number, masked(item.title))
    content = item_from_json(row.in_force.content)
    said = [content.decision_lead_in, *(_numbered(point) for point in content.points)]
    is_told = item.outcome in ("decided", "proposed")  # what was noted names those who spoke
    decision = tuple(masked(line) for line in said if line) if is_told else ()
    return PublicItem(item.number, masked(content.title), row.section_number, decision)


def _numbered(point: Point) -> str:
    return f"{point.number}. {point.text}" if point.number else point.text


def _meetings() -> Select[Meeting]:
    return (
        select(Meeting)
        .join(Body, Meeting.body_id == Body.id)
        .where(Body.kind.in_(STATUTORY))
        .options(contains_eager(Meeting.body))
    )
