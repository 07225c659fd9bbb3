"""The table of ticks: when each background job last ran, and how it went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base


class Tick(Base):
    """The last run of one job on any machine of the installation.

    `started_at` later than `ended_at` is a run that goes on, or that was killed. `trouble` is the
    code of what the last run met, "" for nothing; `failures` counts such runs in a row.
    """

    __tablename__ = "tick"

    job: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(default="")

    __table_args__ = (CheckConstraint("failures >= 0", name="failures_counted"),)
