"""When the meeting was closed: mended until attestation, and never shown as what was summoned."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.context import STOCKHOLM, Actor
from casework.errors import Conflict, Forbidden, Invalid
from casework.meetings.models import Meeting
from casework.meetings.planning.revising import revise_meeting
from casework.meetings.wording import hours_of, time_of

from .conftest import DAY
from .test_attestation import drafted

if TYPE_CHECKING:
    from casework.people.models import Person

    from .conftest import Table


def mend(table: Table, hour: int, minute: int = 0, who: Person | None = None) -> None:
    noon = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=STOCKHOLM)
    ended = noon.replace(hour=hour, minute=minute)
    person = who or table.cast.secretary
    actor = Actor(person.id, person.name)
    with table.road.casework.acting(table.road.world.organisation_id, actor, noon) as context:
        meeting = context.session.get_one(Meeting, table.meeting_id)
        revise_meeting(context, meeting, ended_at=ended)


def test_the_end_is_mended_until_the_minutes_are_sent(table: Table) -> None:
    """KL 5:66 (6:35): the minutes say when it was held; the record keeps what they said before.

    It did not end before the last thing decided at it (10.00), nor tomorrow.
    """
    with pytest.raises(Conflict, match="end_stands"):
        mend(table, 10, 45)
    planned = table.read(time_of)
    drafted(table)
    assert table.read(hours_of) == "kl.\u00a009.00–10.00"
    mend(table, 10, 45)
    assert table.read(hours_of) == "kl.\u00a009.00–10.45"
    assert table.read(time_of) == planned  # what those who came were told
    for hour in (8, 9, 13):
        with pytest.raises(Invalid, match="ended_wrong_hour"):
            mend(table, hour)
    with pytest.raises(Forbidden, match="role_missing"):
        mend(table, 10, 50, table.cast.member)
    table.fire("send_for_attestation")
    with pytest.raises(Conflict, match="end_stands"):
        mend(table, 10, 50)
    with table.road.casework.database.read() as session:
        entry = session.scalars(
            select(AuditEntry).filter_by(action="revised", subject_type="meeting")
        ).one()
        assert entry.detail == {"fields": ["ended_at"], "from": "2025-06-03T08:00:00+00:00"}
