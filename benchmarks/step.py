"""What a step costs: statements and processor, beside plain `transitions` and SQLAlchemy that
write the same rows."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from transitions import Machine

from benchmarks.engine import _MOMENT, _acting, _installed, _ready
from benchmarks.figure import Figure, interleaved
from casework.audit.models import AuditEntry
from casework.matters.models import Matter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.app import Casework
    from casework.demo.world import World

ROUNDS, BATCH, BATCHES = 200, 20, 15
MOST_STATEMENTS = 6  # with the beginning of the transaction and what the guard asks
MOST_MILLISECONDS = 1.0
# To the agenda and off it again: one is held by a guard that asks the database, neither writes.
LAP = ("schedule", "release")
MACHINE = Machine(
    model=None,
    states=["ready", "on_agenda"],
    transitions=[[LAP[0], "ready", "on_agenda"], [LAP[1], "on_agenda", "ready"]],
    initial=None,
    auto_transitions=False,
)


def step() -> list[Figure]:
    """One audited step on SQLite, every commit on the disk before it is answered."""
    with TemporaryDirectory() as folder, _installed("", Path(folder)) as (casework, world):
        ours, plain = _ready(casework, world), _ready(casework, world)
        laps, plain_laps = cycle(LAP), cycle(LAP)
        for _ in range(10):
            _fire(casework, world, ours, next(laps))
        statements = max(_statements(casework, world, ours, next(laps)) for _ in LAP)
        fewest = max(_statements(casework, world, plain, next(plain_laps), _plain) for _ in LAP)
        fired, written = interleaved(
            lambda: _fire(casework, world, ours, next(laps)),
            lambda: _plain(casework, world, plain, next(plain_laps)),
            ROUNDS,
        )
        spent = min(_spent(casework, world, ours, laps, _fire) for _ in range(BATCHES))
        least = min(_spent(casework, world, plain, plain_laps, _plain) for _ in range(BATCHES))
    return [
        Figure(
            "statements of an audited step",
            statements,
            fewest,
            statements / fewest,
            f"at most {MOST_STATEMENTS}",
            statements <= MOST_STATEMENTS,
        ),
        Figure(
            "processor of an audited step (ms)",
            spent,
            least,
            spent / least,
            f"at most {MOST_MILLISECONDS}",
            spent <= MOST_MILLISECONDS,
        ),
        Figure(
            "audited steps a second, beside plain transitions and SQLAlchemy",
            1 / fired,
            1 / written,
            written / fired,
            "told, not judged: the plain ones check nothing and seal nothing",
            ok=True,
        ),
    ]


def _fire(casework: Casework, world: World, matter_id: int, trigger: str) -> None:
    with _acting(casework, world) as context:
        matter = context.session.get_one(Matter, matter_id)
        cause = context.caused_by(matter, "benchmark")
        cause.services.engine.fire(cause, matter, trigger)


def _plain(casework: Casework, world: World, matter_id: int, trigger: str) -> None:
    """The state and a line of a log, as one writes them without guard, lock, role or seal."""
    with casework.database.unit_of_work() as session:
        matter = session.get_one(Matter, matter_id)
        source = matter.state
        MACHINE.events[trigger].trigger(matter)
        matter.audit_count += 1
        session.add(
            AuditEntry(
                organisation_id=matter.organisation_id,
                subject_type="matter",
                subject_id=matter.id,
                sequence=matter.audit_count,
                at=_MOMENT,
                actor_id=world.cast.secretary.id,
                actor_name=world.cast.secretary.name,
                action=trigger,
                detail={"from": source, "to": matter.state},
                cause="",
                previous_hash="",
                hash=str(matter.audit_count),
            )
        )


def _statements(
    casework: Casework, world: World, matter_id: int, trigger: str, work: Any = _fire
) -> int:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(casework.database.engine, "before_cursor_execute", note)
    work(casework, world, matter_id, trigger)
    event.remove(casework.database.engine, "before_cursor_execute", note)
    return len(sent)


def _spent(
    casework: Casework, world: World, matter_id: int, laps: Iterator[str], work: Any
) -> float:
    """Milliseconds of processor for one step, of a batch; the least is the least disturbed."""
    start = process_time()
    for _ in range(BATCH):
        work(casework, world, matter_id, next(laps))
    return (process_time() - start) / BATCH * 1000
