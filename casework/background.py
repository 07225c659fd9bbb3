"""The jobs that nobody presses a button for, and their runner on one machine.

Each job is a function of an installation and a moment; running one twice, or two at once, sends
nothing twice. APScheduler only ticks: it stores nothing, the rows are the truth.
"""

from __future__ import annotations

import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from urllib.request import urlopen

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import select

from casework.accounts.letters import forget_secret
from casework.accounts.sessions import Lifetime
from casework.accounts.tidy import forget_old
from casework.audit.models import AuditAnchor
from casework.board.models import BoardNotice
from casework.board.service import note_missing, note_sighting
from casework.board.watch import GAP, seal
from casework.context import STOCKHOLM, SYSTEM, Context, Services
from casework.deadlines.sweep import SweepResult, sweep
from casework.distribution.effects import letter_failed, letter_sent
from casework.distribution.sealing import was_written_openly
from casework.documents.pack import WORKING
from casework.errors import Unavailable
from casework.jobs import ticks
from casework.jobs.rhythm import RHYTHMS
from casework.logs import get_logger, told
from casework.mail.delivery import DeliveryResult
from casework.mail.delivery import deliver as deliver_mail
from casework.mail.transports import open_transport
from casework.once import TIDIED_AT_ONCE, forget_expired
from casework.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from casework.config import Settings
    from casework.db import Database
    from casework.deadlines.models import Deadline, Reminder
    from casework.mail.models import Message

log = get_logger(__name__)

# Hour and minute in Stockholm. Every job also runs when the ticking starts, for what was missed.
NIGHTLY = {"anchor": (1, 30), "tidy": (2, 30)}
# The board is looked at when the server beside has had time to open.
FIRST_LOOK = timedelta(seconds=20)
BOARD_SECONDS = 15
LEFTOVER = timedelta(days=1)
PACK_KEPT = timedelta(days=7)
UNFINISHED = (".part", ".new", ".json", ".lock")


class Installation(Protocol):
    """What the jobs need of a running installation."""

    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> Database: ...
    @property
    def services(self) -> Services: ...


@dataclass(frozen=True)
class Watched:
    """How many notices were seen on the board, and how many came down; `reached` is false where
    notices are up and nobody reached the board."""

    seen: int
    taken_down: int
    reached: bool = True


def remind(casework: Installation, moment: datetime) -> SweepResult:
    """Queue every reminder that is due."""

    def announce(session: Session, reminder: Reminder, deadline: Deadline) -> None:
        context = _context(casework, session, deadline.organisation_id, moment)
        write = casework.services.kinds[deadline.subject_type].reminder
        if write is None:
            raise LookupError(deadline.subject_type)  # `workflow check` lets no such deadline start
        write(context, reminder, deadline)

    return sweep(casework.database, moment, announce)


def deliver(casework: Installation, moment: datetime) -> DeliveryResult:
    """Send what waits in the outbox; dispatches follow their letters."""

    def sent(session: Session, message: Message) -> None:
        letter_sent(_context(casework, session, message.organisation_id, moment), message)
        forget_secret(message)

    def failed(session: Session, message: Message) -> None:
        letter_failed(_context(casework, session, message.organisation_id, moment), message)

    def gate(session: Session, message: Message) -> str:
        return "mail_sealed" if was_written_openly(session, message) else ""

    return deliver_mail(
        casework.database,
        open_transport(casework.settings.mail_url),
        casework.services.press.files.read,
        moment,
        gate=gate,
        on_sent=sent,
        on_failed=failed,
    )


def watch(
    casework: Installation,
    moment: datetime,
    page: Callable[[], str],
    gap: timedelta = GAP,
) -> Watched:
    """Look at the board as the public does, and note which notices are on it.

    `page` gives the HTML of the board. A notice whose period has run out comes down by itself.
    """
    with casework.database.read() as session:
        waiting = session.execute(
            select(BoardNotice.organisation_id, BoardNotice.id).where(
                BoardNotice.taken_down_at.is_(None)
            )
        ).all()
    html = page() if waiting else ""
    seen = taken_down = 0
    for organisation_id, notice_id in waiting:
        with casework.database.unit_of_work() as session:
            context = _context(casework, session, organisation_id, moment)
            notice = session.get_one(BoardNotice, notice_id)
            if seal(notice) not in html:
                if html:  # else nobody reached the board, and this was no look
                    note_missing(context, notice)
                continue
            note_sighting(context, notice, gap)
            seen += 1
            if context.today >= notice.take_down_on and notice.taken_down_at is None:
                cause = context.caused_by(notice, "watch")
                casework.services.engine.fire(cause, notice, "take_down")
                taken_down += 1
    return Watched(seen, taken_down, reached=bool(html) or not waiting)


def anchor(casework: Installation, moment: datetime) -> None:
    """Sign the state of the record, for each organisation, once a day: the first time it counts."""
    day = moment.astimezone(STOCKHOLM).date()
    signed = select(AuditAnchor.organisation_id).where(AuditAnchor.day == day)
    with casework.database.unit_of_work() as session:
        for organisation_id in session.scalars(
            select(Organisation.id).where(Organisation.id.not_in(signed))
        ):
            casework.services.audit.anchor(session, organisation_id, day)


def tidy(casework: Installation, moment: datetime) -> int:
    """Remove what a crash left half-made a day ago or more, packs that nobody asks for, used keys,
    and of accounts what no longer opens or counts.

    Gives how many. A pack that is gone is made again for whoever asks for it.
    """
    files, packs = casework.settings.files_dir, casework.settings.packs_dir
    half_made = [*files.glob("*/.new-*"), *packs.glob(f"{WORKING}*")]
    half_made += [each for ending in UNFINISHED for each in packs.glob(f"*{ending}")]
    removed = sum(_remove(each, moment - LEFTOVER) for each in half_made)
    removed += sum(_remove(each, moment - PACK_KEPT) for each in packs.glob("*.pdf"))
    lifetime = Lifetime(casework.settings.session_idle, casework.settings.session_life)
    with casework.database.unit_of_work() as session:
        removed += forget_old(session, moment, lifetime)
    return removed + _forget_keys(casework.database, moment)


def _forget_keys(database: Database, moment: datetime) -> int:
    """Batch by batch, so that nobody waits long for the one writer of SQLite."""
    forgotten = 0
    while True:
        with database.unit_of_work() as session:
            count = forget_expired(session, moment)
        forgotten += count
        if count < TIDIED_AT_ONCE:
            return forgotten


def _remove(path: Path, oldest_kept: datetime) -> bool:
    """Remove a file, or a folder that a pack was made in, last written before that moment."""
    try:
        found = path.lstat()
        is_working = stat.S_ISDIR(found.st_mode) and path.name.startswith(WORKING)
        is_ours = is_working or stat.S_ISREG(found.st_mode)
        if not is_ours or found.st_mtime >= oldest_kept.timestamp():
            return False
        shutil.rmtree(path) if is_working else path.unlink()
    except FileNotFoundError:
        return False  # written and renamed meanwhile, or another worker was first
    return True


def board_page(base_url: str) -> str:
    """The public board as it is served, "" when it cannot be reached."""
    try:
        with urlopen(f"{base_url}/board", timeout=BOARD_SECONDS) as answer:  # noqa: S310 (our own address, from the settings)
            return str(answer.read().decode())
    except OSError as problem:
        log.warning("board_not_reached", problem=told(problem))
        return ""


def start_ticking(casework: Installation, clock: Callable[[], datetime]) -> BackgroundScheduler:
    """APScheduler in this process, calling the jobs with the clock's moment."""
    scheduler = BackgroundScheduler(timezone=STOCKHOLM)
    once: dict[str, Any] = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    for name in JOBS:
        if name in NIGHTLY:
            hour, minute = NIGHTLY[name]
            trigger: Any = CronTrigger(hour=hour, minute=minute, timezone=STOCKHOLM)
        else:
            trigger = IntervalTrigger(seconds=int(RHYTHMS[name].every.total_seconds()))
        first = clock() + (FIRST_LOOK if name == "watch" else timedelta())
        job = partial(run_job, casework, name, clock)
        scheduler.add_job(job, trigger, id=name, name=name, next_run_time=first, **once)
    scheduler.start()
    return scheduler


def run_job(casework: Installation, name: str, clock: Callable[[], datetime]) -> None:
    """Run a job of `JOBS` once and write down how it went. Raises nothing: the next run tries
    again, and whoever reads the ticks sees it."""
    try:
        ticks.begin(casework.database, name, clock())
        trouble = JOBS[name](casework, clock())
    except Unavailable as away:
        log.warning("job_failed", job=name, trouble=away.code, cause=told(away.__cause__ or away))
        trouble = away.code
    except Exception:
        log.exception("job_failed", job=name)
        trouble = "fault"
    with suppress(Unavailable):
        ticks.end(casework.database, name, clock(), trouble)


def _deliver(casework: Installation, moment: datetime) -> str:
    deliver(casework, moment)
    return ""  # a mail server that refuses is told by the letters that wait for it


def _remind(casework: Installation, moment: datetime) -> str:
    return "reminder_failed" if remind(casework, moment).failures else ""


def _watch(casework: Installation, moment: datetime) -> str:
    looked = watch(casework, moment, lambda: board_page(casework.settings.base_url))
    return "" if looked.reached else "board_not_reached"


def _anchor(casework: Installation, moment: datetime) -> str:
    anchor(casework, moment)
    return ""


def _tidy(casework: Installation, moment: datetime) -> str:
    tidy(casework, moment)
    return ""


JOBS: dict[str, Callable[[Installation, datetime], str]] = {
    "deliver": _deliver,
    "remind": _remind,
    "watch": _watch,
    "anchor": _anchor,
    "tidy": _tidy,
}


def _context(
    casework: Installation, session: Session, organisation_id: int, moment: datetime
) -> Context:
    return Context(session, organisation_id, SYSTEM, moment, casework.services)
