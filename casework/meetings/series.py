"""A year of meetings before it is planned: the days, what is in their way, where they lead."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from casework.people.models import Body


def paper_stop(body: Body, day: date) -> date:
    """The day by which papers are in for a meeting on `day`, by the body's own rules."""
    return day - timedelta(days=body.paper_stop_days)
