"""What the engine costs beside hand-written SQLAlchemy that checks and writes the same."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select
from transitions import Machine

from benchmarks.figure import Figure, interleaved
from casework.app import Casework, installation
from casework.audit.chain import entry_hash, head_seal
from casework.audit.models import AuditEntry
from casework.config import load_settings
from casework.context import STOCKHOLM, Actor, Context
from casework.demo.world import World, found_organisation, furnish
from casework.matters.models import DecisionPoint, Matter, Signatory
from casework.matters.service import register
from casework.people.models import Appointment
from casework.schema import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOMENT = datetime(2025, 1, 2, 8, tzinfo=STOCKHOLM)
_ROUNDS = 150
_GOAL = 1.5
# There and back: two guarded steps with neither document nor letter, eight times.
_LAP = ("propose_to_presidium", "accept_for_agenda")


def transition() -> list[Figure]:
    """Milliseconds for one audited step through `fire` and by hand, on each engine there is."""
    return [figure for url in _databases() for figure in _on(url)]


def _on(url: str) -> Iterator[Figure]:
    engine = "PostgreSQL" if url.startswith("postgresql") else "SQLite"
    with TemporaryDirectory() as folder, _installed(url, Path(folder)) as (casework, world):
        matter_id = _ready(casework, world)
        laps = _laps()
        fired, written = interleaved(
            lambda: _fire(casework, world, matter_id, next(laps)),
            lambda: _by_hand(casework, world, matter_id, next(laps)),
            _ROUNDS,
        )
        yield _figure(
            f"one audited transition, beside the same by hand ({engine}, ms)", fired, written
        )
        whole, bare = interleaved(
            lambda: _eight(casework, world), lambda: _eight_bare(), max(10, _ROUNDS // 10)
        )
        yield Figure(
            name=f"a matter and eight transitions, beside a bare machine per row ({engine}, ms)",
            figure=whole * 1000,
            floor=bare * 1000,
            ratio=whole / bare,
            goal="told, not judged: the bare machine stores nothing",
            ok=True,
        )


def _figure(name: str, figure: float, floor: float) -> Figure:
    ratio = figure / floor
    return Figure(
        name, figure * 1000, floor * 1000, ratio, f"at most {_GOAL} times", ratio <= _GOAL
    )


def _laps() -> Iterator[str]:
    """The next step from where the matter stands; both ways of firing take turns."""
    while True:
        yield from _LAP


def _fire(casework: Casework, world: World, matter_id: int, trigger: str) -> None:
    with _acting(casework, world) as context:
        matter = context.session.get_one(Matter, matter_id)
        context.services.engine.fire(context, matter, trigger)


def _by_hand(casework: Casework, world: World, matter_id: int, trigger: str) -> None:
    """The same locks, checks and rows, written out for this one workflow."""
    source, target = {
        "propose_to_presidium": ("ready", "presidium_review"),
        "accept_for_agenda": ("presidium_review", "ready"),
    }[trigger]
    log = casework.services.audit
    with casework.database.unit_of_work() as session:
        matter = session.scalars(
            select(Matter).where(Matter.id == matter_id).with_for_update()
        ).one()
        if matter.state != source or not _secretary(session, world, matter):
            raise RuntimeError("not now")
        if trigger == "propose_to_presidium" and not matter.decision_points:
            raise RuntimeError("no decision points")
        matter.state = target
        last = session.execute(
            select(AuditEntry.hash).where(
                AuditEntry.organisation_id == matter.organisation_id,
                AuditEntry.subject_type == "matter",
                AuditEntry.subject_id == matter.id,
                AuditEntry.sequence == matter.audit_count,
            )
        ).scalar_one()
        entry = AuditEntry(
            organisation_id=matter.organisation_id,
            subject_type="matter",
            subject_id=matter.id,
            sequence=matter.audit_count + 1,
            at=_MOMENT,
            actor_id=world.cast.secretary.id,
            actor_name=world.cast.secretary.name,
            action=trigger,
            detail={"from": source, "to": target},
            cause="",
            previous_hash=last,
        )
        entry.hash = entry_hash(log.key, entry)
        session.add(entry)
        matter.audit_count = entry.sequence
        matter.audit_head = head_seal(log.key, entry)


def _secretary(session: Any, world: World, matter: Matter) -> bool:
    day = _MOMENT.date()
    statement = select(Appointment.id).where(
        Appointment.organisation_id == matter.organisation_id,
        Appointment.person_id == world.cast.secretary.id,
        Appointment.role.in_(["committee_secretary", "chair"]),
        Appointment.valid_from <= day,
        or_(Appointment.valid_to.is_(None), Appointment.valid_to >= day),
        or_(Appointment.body_id.is_(None), Appointment.body_id == matter.body_id),
    )
    return session.execute(statement.limit(1)).first() is not None


def _eight(casework: Casework, world: World) -> None:
    matter_id = _ready(casework, world)
    for trigger in _LAP * 4:
        _fire(casework, world, matter_id, trigger)


class _Row:
    state = "ready"


def _eight_bare() -> None:
    row = _Row()
    machine = Machine(
        model=row,
        states=["ready", "presidium_review"],
        transitions=[
            [_LAP[0], "ready", "presidium_review"],
            [_LAP[1], "presidium_review", "ready"],
        ],
        initial="ready",
        auto_transitions=False,
    )
    for trigger in _LAP * 4:
        machine.events[trigger].trigger(row)


def _ready(casework: Casework, world: World) -> int:
    """A matter with what its guards ask for, put in the state that the laps start from."""
    with _acting(casework, world) as context:
        matter = register(context, kind="decision", title="Ett ärende", body=world.committee)
        own = matter.organisation_id
        matter.case_officer_id = world.cast.officer.id
        matter.decision_points = [
            DecisionPoint(organisation_id=own, position=1, text="Nämnden beslutar.")
        ]
        matter.signatories = [Signatory(organisation_id=own, position=1, name="Direktören")]
        matter.state = "ready"
        return int(matter.id)


@contextmanager
def _acting(casework: Casework, world: World) -> Iterator[Context]:
    actor = Actor(world.cast.secretary.id, world.cast.secretary.name)
    with casework.acting(world.organisation_id, actor, _MOMENT) as context:
        yield context


@contextmanager
def _installed(url: str, folder: Path) -> Iterator[tuple[Casework, World]]:
    url = url or f"sqlite:///{folder / 'casework.db'}"
    upgrade(url)
    casework = installation(
        load_settings(
            {
                "CASEWORK_DATA_DIR": str(folder),
                "CASEWORK_DATABASE_URL": url,
                "CASEWORK_SECRET_KEY": "b" * 40,
            }
        )
    )
    with casework.acting(0, moment=_MOMENT) as context:
        organisation_id = found_organisation(context)
    with casework.acting(organisation_id, moment=_MOMENT) as context:
        world = furnish(context, "")
    yield casework, world
    casework.database.close()


def _databases() -> list[str]:
    """SQLite always, and the empty PostgreSQL database that CASEWORK_BENCH_POSTGRES names."""
    given = os.environ.get("CASEWORK_BENCH_POSTGRES")
    return ["", given] if given else [""]
