"""What everybody may know of a meeting: its planned facts, and what somebody has published of it.

Deny by default: of an item nothing but its number is told until its title or its § has been
published, in the wording that was tried, from its day until its last. By itself goes only what
the law has posted on the board: an assembly's announcement, from the summons until the meeting's
day has passed (KL 5:13-15). A secrecy marking hides it all again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from casework.board.models import BoardNotice
from casework.context import STOCKHOLM
from casework.errors import NotFound
from casework.meetings.models import AgendaItem, Meeting, Minutes, MinutesItem
from casework.meetings.sections import headed
from casework.people.body_kinds import ANNOUNCED, STATUTORY
from casework.people.models import Body
from casework.publishing.models import Publication
from casework.publishing.wording import is_secret, section_of, title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sqlalchemy.orm import Session
    from sqlalchemy.orm.strategy_options import _AbstractLoad

    from casework.publishing.wording import Wording

    Publications = Mapping[tuple[int, str], Publication]


@dataclass(frozen=True)
class PublicItem:
    """A line of the agenda for everybody; its title is "" where that is not published.

    `section` is its § in the minutes once they are attested, also where it `is_withheld`: that
    there is such a § is no secret, and whoever wants it can ask for it (TF 2:15). `heading` is that
    of the section of the agenda it opens. `corrected_on` is the day on which a correction gave the
    § the words it has.
    """

    number: int
    title: str = ""
    section: int = 0
    decision: tuple[str, ...] = ()
    heading: str = ""
    corrected_on: date | None = None
    is_withheld: bool = False


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

    An assembly's, from its summons until its day has passed; one that was cancelled since is said
    to be.
    """
    return (
        upcoming(organisation_id, moment)
        .where(Body.kind.in_(ANNOUNCED), Meeting.summoned_at.is_not(None))
        .options(_with_agenda())
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
    statement = _meetings().where(Meeting.id == meeting_id).options(_with_agenda())
    meeting = session.scalar(statement)
    if meeting is None:
        raise NotFound("not_found")
    return meeting


def publications(session: Session, meetings: Iterable[Meeting]) -> Publications:
    """What has been decided of these meetings' items, by item id and kind; one statement."""
    by_organisation = {each.id: each.organisation_id for each in meetings}
    rows = session.scalars(
        select(Publication)
        .join(AgendaItem.__table__, AgendaItem.__table__.c.id == Publication.agenda_item_id)
        .where(
            Publication.organisation_id.in_(set(by_organisation.values())),
            AgendaItem.__table__.c.meeting_id.in_(by_organisation),
        )
    )
    return {(row.agenda_item_id, row.kind): row for row in rows}


def public_agenda(meeting: Meeting, known: Publications, today: date) -> list[PublicItem]:
    """The agenda as the summons sent it out; empty before that and for a cancelled meeting."""
    if meeting.summoned_at is None or meeting.state == "cancelled":
        return []
    sent = [
        item
        for item in meeting.agenda
        if item.supplement <= meeting.supplements or meeting.attested_at is not None
    ]
    return [_public(item, heading, known, today) for heading, item in headed(sent)]


def is_announced(meeting: Meeting, today: date) -> bool:
    """Whether the law has its agenda on the board now, published by nobody (KL 5:13-15)."""
    return (
        meeting.body.legal.law.summons_is_public
        and meeting.summoned_at is not None
        and meeting.day >= today
    )


def is_shown(row: Publication | None, wording: Wording | None, today: date) -> bool:
    """Whether these words were published as they stand, and are to be read today."""
    return (
        row is not None
        and wording is not None
        and row.state == "published"
        and row.checksum == wording.checksum
        and row.shows_from is not None
        and row.shows_from <= today
        and (row.shows_until is None or today <= row.shows_until)
    )


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


def _public(item: AgendaItem, heading: str, known: Publications, today: date) -> PublicItem:
    """The § if it is published, else the title if that is, else the numbers alone."""
    section, title = section_of(item), title_of(item)
    withheld = PublicItem(
        item.number,
        section=section.section if section else 0,
        heading=heading,
        is_withheld=section is not None,
    )
    if is_secret(item):
        return withheld
    if section and is_shown(known.get((item.id, "section")), section, today):
        words, decision = section.public()
        return PublicItem(
            item.number, words, section.section, decision, heading, section.corrected_on
        )
    row = known.get((item.id, "title"))
    by_law = row is None and not title.marks and item.is_as_sent
    if (by_law and is_announced(item.meeting, today)) or is_shown(row, title, today):
        return replace(withheld, title=title.public()[0])
    return withheld


def _with_agenda() -> _AbstractLoad:
    return selectinload(Meeting.agenda).options(
        joinedload(AgendaItem.matter),
        joinedload(AgendaItem.minutes_item).options(
            joinedload(MinutesItem.minutes), selectinload(MinutesItem.corrections)
        ),
    )


def _meetings() -> Select[Meeting]:
    return (
        select(Meeting)
        .join(Body, Meeting.body_id == Body.id)
        .where(Body.kind.in_(STATUTORY))
        .options(contains_eager(Meeting.body))
    )
