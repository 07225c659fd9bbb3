"""The table of workflow versions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base


class WorkflowVersion(Base):
    """The text of a workflow version, for the whole installation; it never changes."""

    __tablename__ = "workflow_version"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str]
    source: Mapped[str]
    first_used_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("version >= 1", name="counts_from_one"),)
