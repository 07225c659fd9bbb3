"""How the installation is: each part of it by name, well or not, in numbers and codes alone.

Whoever asks needs no account, so nothing here names a person, an address or a secret. A new part
is a function in `PARTS`, or in `STORED` if the database is asked.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from casework.audit.models import AuditAnchor
from casework.context import STOCKHOLM
from casework.errors import Unavailable
from casework.jobs.models import Tick
from casework.jobs.rhythm import RHYTHMS, Rhythm
from casework.mail.models import Message
from casework.people.models import Organisation
from casework.schema import head, stands_on

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from casework.config import Settings
    from casework.db import Database
    from casework.workflow.reading import Fault

MEGABYTE = 1024 * 1024
LEAST_FREE = 200 * MEGABYTE
LONGEST_RUN = timedelta(minutes=15)
# A letter that is due leaves within seconds; one that nobody fetches in this time waits in vain.
UNFETCHED = timedelta(minutes=5)
REFUSED_LONG = timedelta(hours=1)
# Why a letter did not leave that would hold back any other as well.
SERVER_TROUBLE = (
    "mail_folder_unwritable",
    "mail_server_silent",
    "mail_server_unfit",
    "mail_server_untrusted",
    "mail_sign_in_refused",
)

Detail = dict[str, int | str | None]


@dataclass(frozen=True)
class Part:
    """One part of the installation; `detail` is numbers and codes."""

    name: str
    ok: bool
    detail: Detail


def readiness(
    settings: Settings, database: Database, moment: datetime, faults: Sequence[Fault] = ()
) -> list[Part]:
    """Every part; a database that is away takes with it those that are read from it.

    `faults` are those of the workflow files.
    """
    parts = [*(tell(settings) for tell in PARTS), _workflows(faults)]
    try:
        with database.read() as session:
            stored = [part for tell in STORED for part in tell(session, moment)]
    except Unavailable as away:
        stored = [Part(name, ok=False, detail={"trouble": away.code}) for name in STORED_NAMES]
    return [*stored, *parts]


def standing_still(session: Session, moment: datetime) -> list[Late]:
    """The jobs that have not run as they should, in the order of `RHYTHMS`."""
    ticks = _ticks(session)
    late = (_late(rhythm, ticks.get(name), moment) for name, rhythm in RHYTHMS.items())
    return [each for each in late if each is not None]


@dataclass(frozen=True)
class Late:
    """A job that stands still: since when, None if it never ran, and the code of the reason."""

    job: str
    since: datetime | None
    trouble: str


def _late(rhythm: Rhythm, tick: Tick | None, moment: datetime) -> Late | None:
    """None where the job runs as it should."""
    if tick is None:
        return Late(rhythm.job, None, "never_run")
    runs = tick.ended_at is None or tick.ended_at < tick.started_at
    last = tick.started_at if runs else tick.ended_at or tick.started_at
    if moment - last > (LONGEST_RUN if runs else rhythm.late_after):
        return Late(rhythm.job, last, "run_not_ended" if runs else "not_run")
    succeeded = tick.succeeded_at
    if tick.trouble and (succeeded is None or moment - succeeded > rhythm.failing_after):
        return Late(rhythm.job, succeeded, tick.trouble)
    return None


def _ticks(session: Session) -> dict[str, Tick]:
    return {tick.job: tick for tick in session.scalars(select(Tick))}


def _files(settings: Settings) -> Part:
    """The file store can be written and read, and has room left."""
    folder = settings.files_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder, prefix=".new-") as probe:
            probe.write(b"x")
            probe.seek(0)
            whole = probe.read() == b"x"
        free = shutil.disk_usage(folder).free
    except OSError:
        return Part("files", False, {"trouble": "storage_away"})
    detail: Detail = {"free_mb": free // MEGABYTE}
    if not whole or free < LEAST_FREE:
        detail["trouble"] = "storage_full"
    return Part("files", "trouble" not in detail, detail)


def _database(session: Session, _moment: datetime) -> list[Part]:
    """It answers, and has the tables of this program."""
    revision, newest = stands_on(session.connection()), _newest()
    detail: Detail = {"revision": revision, "newest": newest}
    return [Part("database", revision == newest, detail)]


@cache
def _newest() -> str | None:
    return head()


def _jobs(session: Session, moment: datetime) -> list[Part]:
    """Each job's last run, and whether it came when it should."""
    ticks = _ticks(session)
    return [_job(rhythm, ticks.get(name), moment) for name, rhythm in RHYTHMS.items()]


def _job(rhythm: Rhythm, tick: Tick | None, moment: datetime) -> Part:
    late = _late(rhythm, tick, moment)
    detail: Detail = {"every": int(rhythm.every.total_seconds()), "age": None}
    if tick is not None:
        detail |= {
            "age": _seconds(moment, tick.started_at),
            "succeeded": _seconds(moment, tick.succeeded_at),
            "failures": tick.failures,
        }
    trouble = late.trouble if late else tick.trouble if tick else ""
    if trouble:
        detail["trouble"] = trouble
    return Part(_job_name(rhythm.job), late is None, detail)


def _job_name(job: str) -> str:
    return f"job_{job}"


def _seconds(moment: datetime, at: datetime | None) -> int | None:
    return None if at is None else max(0, int((moment - at).total_seconds()))


def _queue(session: Session, moment: datetime) -> list[Part]:
    """Letters leave: none that is due lies unfetched, and the mail server takes them.

    A letter that failed for good is a person's to see to, and no fault of the installation.
    """
    unfetched = Message.next_attempt_at < moment - UNFETCHED
    refused = Message.error_code.in_(SERVER_TROUBLE) & (Message.queued_at < moment - REFUSED_LONG)
    row = session.execute(
        select(
            func.count(),
            func.count().filter(unfetched, Message.state == "queued"),
            func.count().filter(unfetched, Message.state == "sending"),
            func.count().filter(refused),
            func.max(Message.id).filter(refused),
        ).where(Message.next_attempt_at.is_not(None))
    ).one()
    waiting, overdue, stuck, held_back, last = row
    if held_back and _left_since(session, last):
        held_back = 0
    failed = session.scalar(
        select(func.count()).select_from(Message).where(Message.state == "failed")
    )
    detail: Detail = {
        "waiting": waiting,
        "overdue": overdue,
        "stuck": stuck,
        "held_back": held_back,
        "failed": failed,
    }
    return [Part("queue", not (overdue or stuck or held_back), detail)]


def _left_since(session: Session, message_id: int) -> bool:
    """Whether a later letter has left: then the server is back, and the others follow."""
    later = select(Message.id).where(Message.id > message_id, Message.state == "sent").limit(1)
    return session.scalar(later) is not None


def _anchor(session: Session, moment: datetime) -> list[Part]:
    """The record was sealed yesterday or today, for every organisation."""
    today = moment.astimezone(STOCKHOLM).date()
    last = session.execute(
        select(Organisation.id, func.max(AuditAnchor.day))
        .outerjoin(AuditAnchor, AuditAnchor.organisation_id == Organisation.id)
        .group_by(Organisation.id)
    ).all()
    days = [None if day is None else (today - day).days for _organisation, day in last]
    missing = sum(age is None or age > 1 for age in days)
    oldest = max((age for age in days if age is not None), default=None)
    return [Part("anchor", not missing, {"age_days": oldest, "missing": missing})]


def _settings(settings: Settings) -> Part:
    """What whoever runs this should mend; it runs nevertheless, and well."""
    return Part("settings", True, dict.fromkeys(settings.warnings(), 1))


def _workflows(faults: Sequence[Fault]) -> Part:
    """What a refused file holds back; all else goes on, and so this is no reason to turn to
    another server."""
    detail: Detail = {"refused": len({fault.file for fault in faults})}
    detail |= {f"{fault.file}:{fault.line}": fault.code for fault in faults}
    return Part("workflows", True, detail)


PARTS: Sequence[Callable[[Settings], Part]] = (_files, _settings)
STORED: Sequence[Callable[[Session, datetime], list[Part]]] = (_database, _jobs, _queue, _anchor)
STORED_NAMES = ("database", *map(_job_name, RHYTHMS), "queue", "anchor")
