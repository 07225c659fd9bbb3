"""A clock that stands still where the test wants it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.demo.conftest import NOW


@dataclass
class Clock:
    """So much after the demonstration's now."""

    later: timedelta = timedelta()

    def __call__(self) -> datetime:
        return NOW + self.later
