"""The whole demonstration, in the order of the calendar."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from casework.background import anchor
from casework.demo.afterwards import correct_a_slip, follow_up
from casework.demo.full_meeting import hold_full_meeting, leave_on_the_table
from casework.demo.road import (
    decide_in_june,
    inform_of_planning,
    leave_on_the_desk,
    prepare,
    propose_planning,
    texts,
    tourism,
)
from casework.demo.secret_matter import on_agenda, prepare_secret, send_secret

if TYPE_CHECKING:
    from datetime import datetime

    from casework.demo.road import Road


def travel(road: Road, now: datetime) -> None:
    """All the matters, in the order of the calendar, and one left for whoever looks in."""
    written = texts()
    tourism(road, written["tourism"])
    planning = inform_of_planning(road, written["planning"])
    plan = prepare(road, "decision", road.world.committee, written["plan"], date(2025, 4, 7))
    propose_planning(road, planning, written["planning"])
    decide_in_june(road, [planning, plan])
    correct_a_slip(road, hold_full_meeting(road))
    secret = prepare_secret(road, written["secret"])
    heard = follow_up(road, plan, written["report"], on_agenda(secret))
    send_secret(road, secret, heard)
    leave_on_the_table(road, now)
    leave_on_the_desk(road, written["desk"], now)
    anchor(road.casework, now)
