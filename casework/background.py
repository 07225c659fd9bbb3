"""The jobs that nobody presses a button for, and their runner on one machine.

Each job is a function of an installation and a moment; running one twice, or two at once, sends
nothing twice. APScheduler only ticks: it stores nothing, the rows are the truth.
"""

from __future__ import annotations

import shutil
import stat
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol
from urllib.request import urlopen

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select

from casework.board.models import BoardNotice
from casework.board.service import note_missing, note_sighting
from casework.board.watch import GAP, seal
from casework.context import STOCKHOLM, SYSTEM, Context, Services
from casework.deadlines.sweep import SweepResult, sweep
from casework.delegation import letters as delegation_letters
from casework.distribution.effects import letter_failed, letter_sent
from casework.documents.pack import WORKING
from casework.followup import letters as followup_letters
from casework.mail.delivery import DeliveryResult
from casework.mail.delivery import deliver as deliver_mail
from casework.mail.transports import open_transport
from casework.matters import letters as matter_letters
from casework.meetings import letters as meeting_letters
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

log = structlog.get_logger()

LETTERS: dict[str, Callable[[Context, Reminder, Deadline], None]] = {
    "assignment": followup_letters.reminder,
    "meeting": meeting_letters.legal_reminder,
    "matter": matter_letters.reminder,
    "delegated_decision": delegation_letters.reminder,
}

DELIVER_SECONDS = 15
REMIND_MINUTES = 5
WATCH_SECONDS = 60
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
    """How many notices were seen on the board, and how many came down."""

    seen: int
    taken_down: int


def remind(casework: Installation, moment: datetime) -> SweepResult:
    """Queue every reminder that is due."""

    def announce(session: Session, reminder: Reminder, deadline: Deadline) -> None:
        context = _context(casework, session, deadline.organisation_id, moment)
        LETTERS[deadline.subject_type](context, reminder, deadline)

    return sweep(casework.database, moment, announce)


def deliver(casework: Installation, moment: datetime) -> DeliveryResult:
    """Send what waits in the outbox; dispatches follow their letters."""

    def sent(session: Session, message: Message) -> None:
        letter_sent(_context(casework, session, message.organisation_id, moment), message)

    def failed(session: Session, message: Message) -> None:
        letter_failed(_context(casework, session, message.organisation_id, moment), message)

    return deliver_mail(
        casework.database,
        open_transport(casework.settings.mail_url),
        casework.services.press.files.read,
        moment,
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
    return Watched(seen, taken_down)


def anchor(casework: Installation, moment: datetime) -> None:
    """Sign the state of the record, for each organisation, once a day."""
    day = moment.astimezone(STOCKHOLM).date()
    with casework.database.unit_of_work() as session:
        for organisation_id in session.scalars(select(Organisation.id)):
            casework.services.audit.anchor(session, organisation_id, day)


def tidy(casework: Installation, moment: datetime) -> int:
    """Remove what a crash left half-made a day ago or more, packs that nobody asks for, used keys.

    Gives how many. A pack that is gone is made again for whoever asks for it.
    """
    files, packs = casework.settings.files_dir, casework.settings.packs_dir
    half_made = [*files.glob("*/.new-*"), *packs.glob(f"{WORKING}*")]
    half_made += [each for ending in UNFINISHED for each in packs.glob(f"*{ending}")]
    removed = sum(_remove(each, moment - LEFTOVER) for each in half_made)
    removed += sum(_remove(each, moment - PACK_KEPT) for each in packs.glob("*.pdf"))
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
        with urlopen(f"{base_url}/board", timeout=WATCH_SECONDS / 4) as answer:  # noqa: S310 (our own address, from the settings)
            return str(answer.read().decode())
    except OSError as problem:
        log.warning("board_not_reached", problem=str(problem))
        return ""


def start_ticking(casework: Installation, clock: Callable[[], datetime]) -> BackgroundScheduler:
    """APScheduler in this process, calling the jobs with the clock's moment."""
    scheduler = BackgroundScheduler(timezone=STOCKHOLM)
    once: dict[str, Any] = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}

    def tick(job: Callable[[Installation, datetime], object]) -> Callable[[], None]:
        def run() -> None:
            try:
                job(casework, clock())
            except Exception:
                log.exception("job_failed", job=job.__name__)

        return run

    def look_at_board(casework: Installation, moment: datetime) -> object:
        return watch(casework, moment, lambda: board_page(casework.settings.base_url))

    scheduler.add_job(tick(deliver), "interval", seconds=DELIVER_SECONDS, **once)
    scheduler.add_job(tick(remind), "interval", minutes=REMIND_MINUTES, **once)
    scheduler.add_job(tick(look_at_board), "interval", seconds=WATCH_SECONDS, **once)
    scheduler.add_job(tick(anchor), "cron", hour=1, minute=30, **once)
    scheduler.add_job(tick(tidy), "cron", hour=2, minute=30, **once)
    scheduler.start()
    return scheduler


def _context(
    casework: Installation, session: Session, organisation_id: int, moment: datetime
) -> Context:
    return Context(session, organisation_id, SYSTEM, moment, casework.services)
