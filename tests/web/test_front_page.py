"""The front page tells each reader of the meetings that are theirs to come to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update

from casework.meetings.models import Meeting
from casework.meetings.planning.plan import plan_meeting
from casework.web.work.front import MEETINGS
from tests.api.conftest import api
from tests.api.test_reading import entered

if TYPE_CHECKING:
    from tests.api.conftest import Api

__all__ = ["api"]


def test_old_minutes_crowd_out_no_coming_meeting(api: Api) -> None:
    """Those whose minutes are still being written wait for the secretary, for nobody else."""
    with api.casework.acting(api.world.organisation_id) as context:
        body = context.session.merge(api.world.committee)
        for number in range(MEETINGS):
            plan_meeting(context, body, context.moment + timedelta(days=number))
        coming = plan_meeting(context, body, context.moment + timedelta(days=30))
        context.session.flush()
        at = f'href="/meetings/{coming.id}/read"'
        told = update(Meeting).values(summoned_at=context.moment)
        context.session.execute(told.values(state="ended").where(Meeting.id != coming.id))
        context.session.execute(told.values(state="summoned").where(Meeting.id == coming.id))
    assert at in entered(api, "member").get("/").text
