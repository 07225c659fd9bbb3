"""Planning a meeting, or a year of them: its day, what every agenda has, the days it runs by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.deadlines.calendar import before
from casework.meetings.demands import require_secretary
from casework.meetings.models import AgendaItem, Meeting

if TYPE_CHECKING:
    from datetime import date

    from casework.context import Context

from datetime import datetime
from typing import TYPE_CHECKING, Any

from casework.context import STOCKHOLM
from casework.deadlines import service as deadlines
from casework.errors import Conflict, Invalid
from casework.meetings.planning.urgent_reports import follow_meetings
from casework.meetings.sections import in_sections, section_for
from casework.people.service import holder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, time

    from casework.context import Context
    from casework.people.models import Body, Person

REMIND_OF_SUMMONS = (7, 2, 0)  # days before the last day for the summons


def plan_meeting(
    context: Context,
    body: Body,
    starts_at: datetime,
    *,
    ends_at: datetime | None = None,
    place: str = "",
    is_public: bool | None = None,
    chair: Person | None = None,
    secretary: Person | None = None,
    **given: Any,
) -> Meeting:
    """A new meeting of a body, with the formal items of its template on the agenda.

    `is_public` is the body's own way unless given; `remote_link` and `group_meetings` may be
    given. Raises Conflict if the body already meets at that moment, unless that was cancelled;
    Invalid for a day that has passed, and for doors that the law does not allow (KL 5:42, 6:25).
    """
    require_day_to_come(context, starts_at)
    require_free(context, body, starts_at)
    if ends_at is not None and ends_at < starts_at:
        raise Invalid("meeting_ends_before_start")
    if is_public is None:
        is_public = body.open_doors or body.legal.law.open_doors
    check_doors(body, is_public=is_public)
    meeting = Meeting(
        organisation_id=context.organisation_id,
        body_id=body.id,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        is_public=is_public,
        chair_id=chair.id if chair else None,
        secretary_id=secretary.id if secretary else None,
        agenda=_formal_items(context, body),
        **given,
    )
    if context.actor.person_id is not None:
        require_secretary(context, meeting)
    context.services.engine.start(meeting, body.legal.meeting_workflow)
    context.session.add(meeting)
    context.record(meeting, "planned", body=body.name, starts_at=starts_at.isoformat())
    context.session.flush()
    watch_summons(context, meeting, body)
    follow_meetings(context, body.id)
    return meeting


def watch_summons(context: Context, meeting: Meeting, body: Body) -> None:
    """The secretary is reminded of the last day for the summons (KL 5:13; the body's own rules)."""
    if not body.is_statutory or not body.summons_days:
        return
    deadlines.start(
        context.session,
        rule="days_before",
        start=meeting.day,
        days=body.summons_days,
        organisation_id=meeting.organisation_id,
        subject_type=meeting.__tablename__,
        subject_id=meeting.id,
        name="summons",
        moment=context.moment,
        remind=REMIND_OF_SUMMONS,
        late=(),
        legal=True,
        responsible_person_id=meeting.secretary_id,
    )


def plan_series(
    context: Context,
    body: Body,
    moments: Sequence[datetime],
    *,
    place: str = "",
    ends: time | None = None,
) -> list[Meeting]:
    """The meetings of a year at once; all or none, as `plan_meeting` refuses.

    Each is led and kept by those who are the body's chair and secretary on its own day, an acting
    one before the ordinary, and ends that day at the hour `ends` (Swedish time).
    """
    if not moments:
        raise Invalid("series_empty")
    return [
        plan_meeting(
            context,
            body,
            moment,
            place=place,
            ends_at=datetime.combine(_day(moment), ends, STOCKHOLM) if ends else None,
            chair=holder(context, "chair", body, _day(moment)),
            secretary=holder(context, "committee_secretary", body, _day(moment)),
        )
        for moment in sorted(set(moments))
    ]


def require_day_to_come(context: Context, starts_at: datetime) -> None:
    """A meeting on a day that has passed would have no step to take."""
    if _day(starts_at) < context.today:
        raise Invalid("meeting_in_the_past", day=_day(starts_at).isoformat())


def _day(moment: datetime) -> date:
    return moment.astimezone(STOCKHOLM).date()


def check_doors(body: Body, *, is_public: bool) -> None:
    """An assembly meets in public (KL 5:42), a committee only if it is allowed to (KL 6:25)."""
    law = body.legal.law
    if law.open_doors and not is_public:
        raise Invalid("doors_open_by_law", statute=law.doors_statute)
    if is_public and law.doors_statute and not (law.open_doors or body.open_doors):
        raise Invalid("doors_closed_by_law", body=body.name, statute=law.doors_statute)


def require_free(context: Context, body: Body, starts_at: datetime) -> None:
    """Raise Conflict if the body meets at that moment already."""
    taken = context.session.scalar(
        select(Meeting.id).where(
            Meeting.organisation_id == context.organisation_id,
            Meeting.body_id == body.id,
            Meeting.starts_at == starts_at,
            Meeting.state != "cancelled",
        )
    )
    if taken is not None:
        raise Conflict("meeting_taken", body=body.name)


def _formal_items(context: Context, body: Body) -> list[AgendaItem]:
    """The items of the body's template, each in its section."""
    items = in_sections(body, [_formal(context, body, each) for each in body.agenda_template])
    for position, item in enumerate(items, start=1):
        item.position = position
    return items


def _formal(context: Context, body: Body, entry: dict[str, Any]) -> AgendaItem:
    """An item of the body's template, with the words that it usually ends in."""
    item_type = entry.get("item_type", "formality")
    return AgendaItem(
        organisation_id=context.organisation_id,
        title=entry["title"],
        item_type=item_type,
        section=section_for(body, item_type, entry.get("section", "")),
        reports=entry.get("reports", ""),
        outcome_reason=entry.get("text", ""),
    )


def last_summons_day(meeting: Meeting) -> date:
    """Counted back from the meeting; a day off moves it earlier, never later."""
    return before(meeting.day, meeting.body.summons_days)
