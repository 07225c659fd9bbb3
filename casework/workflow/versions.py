"""Versions of the workflows: kept as they were first used, and the move from one to another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from casework.errors import Conflict, Invalid, NotFound
from casework.workflow.definition import Definition, read_definition
from casework.workflow.models import WorkflowVersion
from casework.workflow.reading import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from casework.phrases import Language
    from casework.workflow.definition import Transition
    from casework.workflow.loading import RefusedFile
    from casework.workflow.reading import Fault
    from casework.workflow.subject import WorkflowSubject

    Record = Callable[[WorkflowSubject, str, str], None]


def register(session: Session, definitions: Iterable[Definition], moment: datetime) -> None:
    """Keep each version that is new; raises Conflict if a kept one has another text now."""
    for definition in definitions:
        key = (definition.name, definition.version)
        kept = session.get(WorkflowVersion, key) or _keep(session, definition, moment)
        if kept.sha256 != definition.sha256:
            raise Conflict(
                "workflow_changed",
                name=definition.name,
                version=definition.version,
                next=definition.version + 1,
            )


def _keep(session: Session, definition: Definition, moment: datetime) -> WorkflowVersion:
    row = WorkflowVersion(
        name=definition.name,
        version=definition.version,
        sha256=definition.sha256,
        source=definition.source,
        first_used_at=moment,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # another process has started with the same files at the same time
        return session.get_one(WorkflowVersion, (definition.name, definition.version))
    return row


def older_source(session: Session, name: str, version: int) -> str | None:
    """The kept text of a version, None if it was never used here."""
    row = session.get(WorkflowVersion, (name, version))
    return row.source if row else None


def versions_of(session: Session, name: str) -> tuple[int, ...]:
    """Every version of a workflow that was used here, the highest first."""
    version = WorkflowVersion.version
    found = select(version).where(WorkflowVersion.name == name).order_by(version.desc())
    return tuple(session.scalars(found))


def kept_versions(session: Session) -> list[tuple[str, int]]:
    """Every workflow and version that a subject may stand on, by name and number."""
    key = (WorkflowVersion.name, WorkflowVersion.version)
    return [(name, version) for name, version in session.execute(select(*key).order_by(*key))]


def only_adds(newer: Definition, older: Definition) -> bool:
    """Whether whatever is under way in `older` can go on by `newer`, as if it had begun there.

    It begins in the same state of the same table, each state is there and means the same, and each
    step leads from and to the same states, asks for the same and is held by the same guards; steps,
    roles and effects may have come to it. So the road that a subject has behind it is a road of
    `newer` too, and what `newer` proves of every road holds for this one.
    """
    if (newer.subject, newer.initial) != (older.subject, older.initial):
        return False
    same_states = all(
        (found := newer.states.get(name)) is not None
        and (found.final, found.holds) == (state.final, state.holds)
        and all(set(roles) <= set(found.edit.get(part, ())) for part, roles in state.edit.items())
        for name, state in older.states.items()
    )
    return same_states and all(
        (goes := newer.step(step.trigger, source)) is not None and _goes_on(goes, step)
        for step in older.transitions
        for source in step.sources
    )


def _goes_on(found: Transition, step: Transition) -> bool:
    """Whether a step is the earlier one still: nobody is shut out of it, nothing is left out."""
    effects = iter(found.effects)
    return (
        (found.target, found.inputs, found.require) == (step.target, step.inputs, step.require)
        and set(step.by) <= set(found.by)
        and all(effect in effects for effect in step.effects)
    )


class Library:
    """Every version that a subject may have started on: the files' own, then the kept ones.

    `older` gives the kept text of a version, such as `older_source`, and `kept` the numbers there
    are, the highest first, such as `versions_of`; each is asked for once. A subject on an earlier
    version goes by the latest that only adds to it. By a file that is `refused` nothing begins that
    people begin; what is under way goes on by what is kept.
    """

    def __init__(
        self,
        files: Mapping[str, Definition],
        older: Callable[[str, int], str | None],
        refused: Mapping[str, RefusedFile] = MappingProxyType({}),
        kept: Callable[[str], tuple[int, ...]] = lambda _name: (),
    ) -> None:
        self._current = dict(files)
        self._known = {(each.name, each.version): each for each in files.values()}
        self._followed: dict[tuple[str, int], Definition] = {}
        self._older = older
        self._numbers = cache(kept)
        self.refused = refused

    def names(self) -> tuple[str, ...]:
        """The workflows that new subjects can start on."""
        return tuple(self._current)

    @property
    def faults(self) -> list[Fault]:
        """Every fault of the files that are refused."""
        return [fault for each in self.refused.values() for fault in each.faults]

    def of_subject(self, subject: str) -> list[Definition]:
        """The workflows of a table, by name, as `latest` gives each; what was never used is left
        out."""
        names = sorted({*self._current, *self.refused})
        found = (self._latest(name) for name in names)
        return [each for each in found if each is not None and each.subject == subject]

    def current(self, name: str) -> Definition:
        """The version that new subjects start on.

        Raises NotFound for an unknown workflow, Conflict with the first fault for a refused one.
        """
        if name in self.refused:
            raise _no_start(self.refused[name])
        if name not in self._current:
            raise NotFound("workflow_unknown", name=name, hint=nearest(name, self._current))
        return self._current[name]

    def latest(self, name: str) -> Definition:
        """The version by which things are called, and by which follows what nobody begins.

        That of the file, or of a refused one the latest that is kept. Raises as `current` where
        there is none.
        """
        return self._latest(name) or self.current(name)

    def is_current(self, definition: Definition) -> bool:
        """Whether new subjects start on it."""
        return self._current.get(definition.name) is definition

    def get(self, name: str, version: int) -> Definition:
        """What a subject on that version goes by: the latest version that only adds to it.

        Raises NotFound if neither the files nor the kept ones have it.
        """
        key = (name, version)
        if key not in self._followed:
            self._followed[key] = self._latest_that_adds(self.exactly(name, version))
        return self._followed[key]

    def exactly(self, name: str, version: int) -> Definition:
        """That version as it was first used here; raises NotFound as `get`."""
        found = self._kept(name, version)
        if found is None:
            raise NotFound("workflow_version_unknown", name=name, version=version)
        return found

    def _latest_that_adds(self, older: Definition) -> Definition:
        """Of those that are there: a version can be numbered by its day, far from the last one."""
        latest = self._latest(older.name)
        if latest is None or latest.version <= older.version:
            return older
        for version in sorted({latest.version, *self._numbers(older.name)}, reverse=True):
            newer = self._kept(older.name, version)
            if newer and older.version < version <= latest.version and only_adds(newer, older):
                return newer
        return older

    def _latest(self, name: str) -> Definition | None:
        if name in self._current:
            return self._current[name]
        numbers = self._numbers(name)
        return self._kept(name, numbers[0]) if numbers else None

    def _kept(self, name: str, version: int) -> Definition | None:
        key = (name, version)
        if key not in self._known:
            source = self._older(name, version)
            if source is None:
                return None
            self._known[key] = read_definition(source, f"{name} {version}")
        return self._known[key]


def _no_start(refused: RefusedFile) -> Conflict:
    languages: tuple[Language, ...] = ("sv", "en")
    fault = {language: refused.faults[0].sentence(language) for language in languages}
    return Conflict("workflow_refused", label=refused.label, fault=fault)


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """What a move would do. `moves` holds ids by (state now, state then), `stuck` ids by state."""

    name: str
    from_version: int
    to_version: int
    moves: dict[tuple[str, str], tuple[int, ...]]
    stuck: dict[str, tuple[int, ...]]

    @property
    def moving(self) -> int:
        """How many subjects move."""
        return sum(map(len, self.moves.values()))

    @property
    def left(self) -> int:
        """How many subjects would be stuck."""
        return sum(map(len, self.stuck.values()))


def plan_migration(
    session: Session,
    model: type[Any],
    name: str,
    from_version: int,
    to: Definition,
    state_map: Mapping[str, str],
) -> MigrationPlan:
    """What `migrate` would do, without doing it.

    A state that `state_map` leaves out keeps its name. A subject is stuck when the state that it
    would come to does not exist in `to`. Raises Invalid if `to` is another workflow.
    """
    if to.name != name:
        raise Invalid("migration_wrong_workflow", name=name, other=to.name)
    moves: dict[tuple[str, str], tuple[int, ...]] = {}
    stuck: dict[str, tuple[int, ...]] = {}
    statement = (
        select(model.id, model.state)
        .where(model.workflow == name, model.workflow_version == from_version)
        .order_by(model.id)
    )
    for subject_id, state in session.execute(statement):
        target = state_map.get(state, state)
        if target in to.states:
            moves[state, target] = (*moves.get((state, target), ()), subject_id)
        else:
            stuck[state] = (*stuck.get(state, ()), subject_id)
    return MigrationPlan(name, from_version, to.version, moves, stuck)


def migrate(
    session: Session,
    model: type[Any],
    name: str,
    from_version: int,
    to: Definition,
    state_map: Mapping[str, str],
    record: Record,
) -> MigrationPlan:
    """Move every subject in the caller's transaction, or none; gives what was done.

    `record(subject, from_state, to_state)` writes the audit entry of each. Raises Conflict if a
    single subject would be stuck, else as `plan_migration`.
    """
    plan = plan_migration(session, model, name, from_version, to, state_map)
    if plan.stuck:
        raise Conflict("migration_stuck", count=plan.left, states=sorted(plan.stuck))
    statement = (
        select(model)
        .where(model.workflow == name, model.workflow_version == from_version)
        .order_by(model.id)
        .with_for_update()
    )
    for subject in session.scalars(statement):
        before = subject.state
        subject.workflow_version = to.version
        subject.state = state_map.get(before, before)
        record(subject, before, subject.state)
    session.flush()
    return plan
