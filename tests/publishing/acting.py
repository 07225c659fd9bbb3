"""Publishing in somebody's name, for tests: everything that waits, or one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.meetings.models import Meeting
from casework.publishing.queries import OPEN, Candidate, candidates
from casework.publishing.service import Seen, publish_many

if TYPE_CHECKING:
    from datetime import date

    from casework.context import Context
    from casework.demo.road import Road


def seen(each: Candidate) -> Seen:
    """It as it was looked at."""
    return Seen(each.item, each.kind, each.wording.checksum)


def waiting(context: Context, meeting: Meeting) -> list[Candidate]:
    """What waits to be tried of the meeting."""
    found = candidates(context.session, meeting, context.today)
    return [each for each in found if each.standing in OPEN]


def publish_all(road: Road, meeting: Meeting, day: date) -> None:
    """The secretary's one press for what nothing was found in."""

    def act(context: Context) -> Meeting:
        row = context.session.get_one(Meeting, meeting.id)
        clean = [each for each in waiting(context, row) if each.is_clean]
        publish_many(context, row, [seen(each) for each in clean])
        return row

    road.step(day, road.cast.secretary, "publicerar", act, hour=16)
