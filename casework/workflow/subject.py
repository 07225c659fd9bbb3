"""The columns of everything that moves through a workflow."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from casework.audit.models import Audited


class Versioned:
    """A row that people edit: its counter refuses the second of two who changed it at once."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class WorkflowSubject(Versioned, Audited):
    """A row that keeps the version of the workflow it started on. Only the engine sets `state`."""

    workflow: Mapped[str]
    workflow_version: Mapped[int]
    state: Mapped[str] = mapped_column(index=True)
