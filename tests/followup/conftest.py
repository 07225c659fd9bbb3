"""A committee that has given an assignment, with the table it sits at."""

from __future__ import annotations

from tests.meetings.conftest import table, world

__all__ = ["table", "world"]
