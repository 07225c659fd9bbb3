"""The workflow files that are shipped, read as the program reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.config import shipped
from casework.workflow.loading import load

if TYPE_CHECKING:
    from casework.workflow.definition import Definition


def shipped_workflows() -> dict[str, Definition]:
    """By name; one that cannot be read fails, and is not passed over."""
    files = load(shipped("workflows"), lambda _definition: [])
    assert files.faults == []
    return files.usable
