"""A process that ticks, kept by a server or as a worker: it runs the jobs by the clock."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from apscheduler import events

from casework.app import installation, now
from casework.background import start_ticking
from casework.cli.supervising import BEAT_SECONDS, beat, ended_by_signal
from casework.config import load_settings
from casework.jobs.rhythm import RHYTHMS
from casework.logs import configure
from casework.private import keep_to_oneself

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

QUIET_SECONDS = 4.0 * RHYTHMS["deliver"].every.total_seconds()  # it is begun the most often
LONGEST_JOB_SECONDS = 900.0  # no job takes so long; one that does waits for what never comes


class Jobs:
    """Knows whether the jobs of a scheduler are begun, and come to an end."""

    def __init__(self, scheduler: BackgroundScheduler) -> None:
        self._last = monotonic()
        self._begun: dict[str, float] = {}
        scheduler.add_listener(self._note_begun, events.EVENT_JOB_SUBMITTED)
        scheduler.add_listener(self._note_ended, events.EVENT_JOB_EXECUTED | events.EVENT_JOB_ERROR)

    def are_well(self) -> bool:
        moment = monotonic()
        oldest = min(list(self._begun.values()), default=moment)
        return moment - self._last < QUIET_SECONDS and moment - oldest < LONGEST_JOB_SECONDS

    def _note_begun(self, event: events.JobSubmissionEvent) -> None:
        self._last = self._begun[event.job_id] = monotonic()

    def _note_ended(self, event: events.JobExecutionEvent) -> None:
        self._begun.pop(event.job_id, None)


def tick(pulse: int) -> None:
    """Run the jobs by the clock until a signal, or until the one that keeps this process is gone.

    Any number may tick at once on PostgreSQL: each row is taken by one of them.
    """
    keep_to_oneself()
    configure()
    ended = ended_by_signal()
    scheduler = start_ticking(installation(load_settings()), now)
    jobs = Jobs(scheduler)
    while beat(pulse, well=jobs.are_well()) and not ended.wait(BEAT_SECONDS):
        pass
    scheduler.shutdown(wait=True)
