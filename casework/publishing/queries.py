"""What there is to try of a meeting, as the public would see it, and the meetings that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from casework.context import STOCKHOLM
from casework.errors import NotFound
from casework.meetings.models import AgendaItem, Correction, Meeting, Minutes, MinutesItem
from casework.people.body_kinds import ANNOUNCED, STATUTORY
from casework.people.models import Body
from casework.people.policy import ROLES
from casework.publishing.findings import runs
from casework.publishing.models import Publication
from casework.publishing.public_pages import is_announced, is_shown, publications
from casework.publishing.service import PUBLISHERS
from casework.publishing.wording import is_secret, is_untried, section_of, title_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from casework.publishing.findings import Run
    from casework.publishing.public_pages import Publications
    from casework.publishing.wording import Wording

# How it stands: nobody has tried it; other words than were tried; public before anybody had to
# try it; on the board by law; shown, not yet, no longer; tried and not shown.
STANDINGS = (
    "waiting",
    "changed",
    "review",
    "announced",
    "published",
    "planned",
    "ended",
    "held",
    "taken_back",
)
OPEN = ("waiting", "changed", "review")
OBSTACLES = ("", "secret", "untried", "not_summoned")
UP = ("announced", "published", "planned")
AWAY = ("ended", "held", "taken_back")


@dataclass(frozen=True)
class Candidate:
    """A § or a title that can be shown to everybody, with what was found in it and how it stands.

    `obstacle` (of OBSTACLES) says why it cannot be published now, "" for nothing.
    """

    item: AgendaItem
    kind: str
    wording: Wording
    row: Publication | None
    standing: str
    obstacle: str

    @property
    def is_clean(self) -> bool:
        """It waits, and nothing was found in it: one press publishes all such."""
        return self.standing in OPEN and not self.obstacle and not self.wording.found

    @property
    def lines(self) -> list[list[Run]]:
        """As the public would see it, line by line, the title first."""
        return [runs(line) for line in self.wording.lines]


@dataclass(frozen=True)
class Announced:
    """A line of an assembly's announcement; without its `title` where that is not for everybody."""

    number: int
    title: list[Run] | None


def candidates(session: Session, meeting: Meeting, today: date) -> list[Candidate]:
    """All of the meeting that the session sees, in the order of the agenda.

    The § of an item once it is attested, and its title until then or while that is shown.
    """
    known = publications(session, [meeting])
    return [each for item in meeting.agenda for each in _of_item(item, known, today)]


def candidate(found: Sequence[Candidate], item_id: int, kind: str) -> Candidate:
    """One of `candidates`; raises NotFound for any other."""
    for each in found:
        if each.item.id == item_id and each.kind == kind:
            return each
    raise NotFound("not_found")


def announcement(session: Session, meeting: Meeting) -> list[Announced]:
    """The agenda as an assembly's announcement has it once the summons or supplement goes (KL
    5:13-15): what the secretary sees before it is up."""
    known = publications(session, [meeting])
    return [
        Announced(item.number, None if _stays_away(item, known) else runs(item.title))
        for item in meeting.agenda
    ]


def to_try(
    organisation_id: int,
    person_id: int,
    today: date,
    *,
    review: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> Select[Meeting]:
    """The meetings in which something waits for the person to try it, the one planned last first.

    An attested § that nobody has decided on, or that was corrected since, and what was public
    before anybody had to try it; of `review` the last alone. Those older than the id `before`.
    """
    statement = (
        select(Meeting)
        .where(waits_for_trial(organisation_id, person_id, today, review=review))
        .options(joinedload(Meeting.body))
        .order_by(Meeting.id.desc())
        .limit(limit)
    )
    return statement if before is None else statement.where(Meeting.id < before)


def waits_for_trial(
    organisation_id: int, person_id: int, today: date, *, review: bool = False
) -> ColumnElement[bool]:
    """Which meetings `to_try` gives; publishing is no workflow, and waits for somebody all the
    same."""
    mine = [ROLES[name].criteria(person_id, Meeting, today) for name in PUBLISHERS]
    statutory = select(Body.id).where(
        Body.organisation_id == organisation_id, Body.kind.in_(STATUTORY)
    )
    return and_(
        Meeting.organisation_id == organisation_id,
        Meeting.body_id.in_(statutory),
        Meeting.state != "cancelled",
        or_(*mine),
        _was_public()
        if review
        else or_(_was_public(), _undecided(), _corrected(), _renamed(today)),
    )


def _stays_away(item: AgendaItem, known: Publications) -> bool:
    row = known.get((item.id, "title"))
    return item.is_confidential or (row is not None and row.state != "published")


def _of_item(item: AgendaItem, known: Publications, today: date) -> Iterator[Candidate]:
    section, title = section_of(item), title_of(item)
    row = known.get((item.id, "title"))
    if section is None or is_shown(row, title, today):
        yield _candidate(item, "title", title, row, today)
    if section is not None:
        yield _candidate(item, "section", section, known.get((item.id, "section")), today)


def _candidate(
    item: AgendaItem, kind: str, wording: Wording, row: Publication | None, today: date
) -> Candidate:
    obstacle = ""
    if is_secret(item):
        obstacle = "secret"
    elif kind == "section" and is_untried(item):
        obstacle = "untried"
    elif item.meeting.summoned_at is None or item.meeting.state == "cancelled":
        obstacle = "not_summoned"
    return Candidate(item, kind, wording, row, _standing(item, kind, wording, row, today), obstacle)


def _standing(
    item: AgendaItem, kind: str, wording: Wording, row: Publication | None, today: date
) -> str:
    if row is None:
        if kind == "section" or not is_announced(item.meeting, today):
            return "waiting"
        if not item.is_as_sent:
            return "changed"
        return "announced" if not wording.marks and not is_secret(item) else "waiting"
    if row.state != "published":
        return row.state
    if row.checksum != wording.checksum:
        return "changed"
    if row.shows_from is not None and row.shows_from > today:
        return "planned"
    if row.shows_until is not None and row.shows_until < today:
        return "ended"
    return "review" if row.decided_by_id is None else "published"


def _was_public() -> ColumnElement[bool]:
    return exists().where(
        Publication.organisation_id == Meeting.organisation_id,
        Publication.decided_by_id.is_(None),
        Publication.state == "published",
        Publication.agenda_item_id == AgendaItem.id,
        AgendaItem.meeting_id == Meeting.id,
    )


def _undecided() -> ColumnElement[bool]:
    """An attested § about which nobody has decided."""
    decided = exists().where(
        Publication.organisation_id == AgendaItem.organisation_id,
        Publication.agenda_item_id == AgendaItem.id,
        Publication.kind == "section",
    )
    return exists().where(
        AgendaItem.organisation_id == Meeting.organisation_id,
        AgendaItem.meeting_id == Meeting.id,
        MinutesItem.agenda_item_id == AgendaItem.id,
        MinutesItem.minutes_id == Minutes.id,
        Minutes.locked_at.is_not(None),
        ~decided,
    )


def _renamed(today: date) -> ColumnElement[bool]:
    """An announced title that says something else than was sent out, and nobody has tried."""
    tried = exists().where(
        Publication.organisation_id == AgendaItem.organisation_id,
        Publication.agenda_item_id == AgendaItem.id,
    )
    announced = select(Body.id).where(Body.kind.in_(ANNOUNCED))
    return and_(
        Meeting.body_id.in_(announced),
        Meeting.starts_at >= datetime.combine(today, time(), STOCKHOLM),
        exists().where(
            AgendaItem.organisation_id == Meeting.organisation_id,
            AgendaItem.meeting_id == Meeting.id,
            AgendaItem.sent_title != AgendaItem.title,
            ~tried,
        ),
    )


def _corrected() -> ColumnElement[bool]:
    """A published § whose correction was signed since."""
    return exists().where(
        AgendaItem.organisation_id == Meeting.organisation_id,
        AgendaItem.meeting_id == Meeting.id,
        and_(Publication.agenda_item_id == AgendaItem.id, Publication.kind == "section"),
        Publication.state == "published",
        MinutesItem.agenda_item_id == AgendaItem.id,
        Correction.minutes_item_id == MinutesItem.id,
        Correction.minutes_id == Minutes.id,
        Minutes.locked_at > Publication.decided_at,
    )
