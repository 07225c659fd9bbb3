"""The order of a register: no matter is dated or numbered before those that came before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from casework.db import lock
from casework.logs import get_logger
from casework.matters.models import Matter

if TYPE_CHECKING:
    from datetime import date

    from casework.context import Context
    from casework.matters.models import RegisterSeries

log = get_logger(__name__)


def day_in_order(context: Context, series: RegisterSeries) -> date:
    """The day on which the next matter of the series is registered: today, or that of the latest
    one where the clock of the installation has been set back since (OSL 5:2).

    The series is held until the transaction ends, so that two who register at once keep the order.
    """
    lock(context.session, series)
    latest = context.session.scalar(
        select(func.max(Matter.registered_on)).where(
            Matter.organisation_id == context.organisation_id, Matter.series_code == series.code
        )
    )
    if latest is None or latest <= context.today:
        return context.today
    log.warning(
        "clock_set_back",
        series=series.code,
        clock=context.today.isoformat(),
        registered_on=latest.isoformat(),
    )
    return latest
