"""A clock that is set back puts no matter before its predecessors in the register."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.context import STOCKHOLM
from casework.matters.service import register
from tests.demo.conftest import world  # noqa: F401 (a fixture)

if TYPE_CHECKING:
    from typing import Any

    from casework.matters.models import Matter


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("days", "dated", "numbers"),
    [
        (
            ("2026-01-02", "2025-12-30", "2026-01-03"),
            ("2026-01-02", "2026-01-02", "2026-01-03"),
            ("RUN/1/2026", "RUN/2/2026", "RUN/3/2026"),
        ),
        (
            ("2026-03-02", "2026-03-01", "2026-03-02"),
            ("2026-03-02", "2026-03-02", "2026-03-02"),
            ("RUN/1/2026", "RUN/2/2026", "RUN/3/2026"),
        ),
        (
            ("2025-12-31", "2026-01-01", "2026-01-01"),
            ("2025-12-31", "2026-01-01", "2026-01-01"),
            ("RUN/1/2025", "RUN/1/2026", "RUN/2/2026"),
        ),
    ],
)
def test_day_and_number_go_forward(
    world: Any,  # noqa: F811
    days: tuple[str, ...],
    dated: tuple[str, ...],
    numbers: tuple[str, ...],
) -> None:
    """Whatever the clock shows, the next matter has the day and the year of the latest, or later;
    the record says what the clock showed (OSL 5:2)."""
    casework, made = world
    matters: list[Matter] = []
    for day in days:
        with casework.acting(made.organisation_id, moment=at(day)) as context:
            body = context.session.merge(made.committee)
            matters.append(register(context, kind="decision", title=day, body=body))
    assert tuple(each.registered_on.isoformat() for each in matters) == dated
    assert tuple(each.registration_number for each in matters) == numbers
    behind = [shown != day for shown, day in zip(dated, days, strict=True)]
    with casework.database.read() as session:
        entries = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.subject_type == "matter", AuditEntry.action == "registered")
            .order_by(AuditEntry.subject_id)
        ).all()
    assert [each.detail.get("clock") for each in entries] == [
        day if is_behind else None for day, is_behind in zip(days, behind, strict=True)
    ]
    assert [each.clock_was_behind for each in matters] == behind


def test_each_series_has_its_own_order(world: Any) -> None:  # noqa: F811
    """A matter of another series says nothing of this one."""
    casework, made = world
    with casework.acting(made.organisation_id, moment=at("2026-05-01")) as context:
        forum = context.session.merge(made.forum)
        register(context, kind="advisory", title="Framåt", body=forum)
    with casework.acting(made.organisation_id, moment=at("2026-04-01")) as context:
        committee = context.session.merge(made.committee)
        matter = register(context, kind="decision", title="I ordning", body=committee)
        assert (matter.registered_on.isoformat(), matter.clock_was_behind) == ("2026-04-01", False)
