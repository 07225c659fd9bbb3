"""How often each background job runs, and how late it may be before somebody is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Rhythm:
    """A job by name; `late_after` its last run it stands still, whatever the reason."""

    job: str
    every: timedelta
    late_after: timedelta

    @property
    def failing_after(self) -> timedelta:
        """A job that runs but meets trouble gets a little longer: a failover takes a while."""
        return self.late_after + timedelta(minutes=5)


_DAY, _LATE_DAY = timedelta(days=1), timedelta(hours=26)
RHYTHMS: dict[str, Rhythm] = {
    rhythm.job: rhythm
    for rhythm in (
        Rhythm("deliver", timedelta(seconds=15), timedelta(seconds=90)),
        Rhythm("remind", timedelta(minutes=5), timedelta(minutes=12)),
        Rhythm("watch", timedelta(minutes=1), timedelta(minutes=4)),
        Rhythm("anchor", _DAY, _LATE_DAY),
        Rhythm("tidy", _DAY, _LATE_DAY),
    )
}
