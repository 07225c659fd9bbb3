"""Firing a transition: role and guards first, then the state, the effects and the audit entry.

Everything happens in the caller's transaction. The same function that refuses also explains:
`options` gives what `fire` would say, for every step from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from transitions import Machine

from casework.db import lock
from casework.errors import Invalid, Stale
from casework.workflow.blockers import Blocker, UnknownTrigger, refusal
from casework.workflow.definition import WORKFLOW_ROLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from transitions import EventData

    from casework.context import Context
    from casework.workflow.definition import Definition, Input, Transition
    from casework.workflow.loading import RefusedFile
    from casework.workflow.reading import Fault

    Guard = Callable[..., Blocker | None]
    Effect = Callable[..., Mapping[str, Any] | None]
    Leaving = Callable[[Context, Any, Transition], None]

MAX_CASCADE = 2


class Roles(Protocol):
    """Who may: answers whether the context's actor holds one of these roles for the subject."""

    def __call__(self, context: Context, subject: Any, roles: tuple[str, ...]) -> bool: ...


class Definitions(Protocol):
    """Where definitions are found, whatever version a subject started on."""

    def get(self, name: str, version: int) -> Definition: ...

    def current(self, name: str) -> Definition: ...

    def latest(self, name: str) -> Definition: ...

    def of_subject(self, subject: str) -> list[Definition]: ...

    @property
    def refused(self) -> Mapping[str, RefusedFile]: ...

    @property
    def faults(self) -> list[Fault]: ...
    def is_current(self, definition: Definition) -> bool: ...


@dataclass(frozen=True)
class Option:
    """One step from here; it is open when it has no blockers."""

    transition: Transition
    blockers: tuple[Blocker, ...]

    @property
    def is_open(self) -> bool:
        return not self.blockers


@dataclass(frozen=True)
class _Firing:
    """What travels through the machine with one event."""

    context: Context
    transition: Transition
    source: str


def _unnoticed(_context: Context, _subject: Any, _step: Transition) -> None:
    pass


class Engine:
    """Executes the definitions with the guards and effects of the rooms."""

    def __init__(
        self,
        definitions: Definitions,
        guards: Mapping[str, Guard],
        effects: Mapping[str, Effect],
        roles: Roles,
        role_labels: Mapping[str, dict[str, str]],
        leaving: Leaving = _unnoticed,
        *,
        laws: Mapping[tuple[str, str], tuple[Guard, ...]] = MappingProxyType({}),
    ) -> None:
        """`leaving` runs when a subject has left its state, before the effects of the step; `laws`
        are guards by table and trigger, which hold whatever a workflow file says."""
        self.definitions = definitions
        self._guards = guards
        self._effects = effects
        self._roles = roles
        self._labels = role_labels
        self._laws = laws
        self._leaving = leaving
        self._machines: dict[tuple[str, int], Machine] = {}

    def start(self, subject: Any, workflow: str, *, follows: bool = False) -> None:
        """Put a new subject at the beginning of the current version of `workflow`.

        One that `follows` from something under way begins by the latest kept version, if the file
        is refused now. Raises as `Definitions.current`.
        """
        find = self.definitions.latest if follows else self.definitions.current
        definition = find(workflow)
        subject.workflow = definition.name
        subject.workflow_version = definition.version
        subject.state = definition.initial

    def definition_of(self, subject: Any) -> Definition:
        return self.definitions.get(subject.workflow, subject.workflow_version)

    def options(self, context: Context, subject: Any) -> list[Option]:
        """Every step from here that people take, each with all its blockers."""
        steps = self.definition_of(subject).steps(subject.state)
        return [
            Option(step, tuple(self.blockers(context, subject, step)))
            for step in steps
            if step.by != (WORKFLOW_ROLE,)
        ]

    def blockers(self, context: Context, subject: Any, step: Transition) -> list[Blocker]:
        """All reasons why the actor cannot take `step` now; the form of input is not judged here.

        A law is asked of what somebody does by themselves: what follows from another step is that
        one's doing.
        """
        found = [] if self._may(context, subject, step) else [self._role_missing(step)]
        asked = [
            self._guards[call.name](context, subject, **call.arguments) for call in step.require
        ]
        if context.depth == 0:
            laws = self._laws.get((subject.__tablename__, step.trigger), ())
            asked += [law(context, subject) for law in laws]
        return found + [blocker for blocker in asked if blocker is not None]

    def fire(
        self, context: Context, subject: Any, trigger: str, expected_version: int | None = None
    ) -> Transition:
        """Take one step, whole or not at all.

        Raises Stale (412) if the row is no longer at `expected_version`, UnknownTrigger (404),
        Blocked (409; 403 for the role alone) with all blockers, Invalid (422) for wrong input.
        """
        lock(context.session, subject)
        if expected_version is not None and subject.version != expected_version:
            raise Stale("stale")
        step = self.check(context, subject, trigger)
        machine = self._machine(self.definition_of(subject))
        # The new state and what the effects add to it must reach the database together: a CHECK
        # constraint ties them, and an effect's own query would send the state alone.
        with context.session.no_autoflush:
            machine.events[trigger].trigger(subject, firing=_Firing(context, step, subject.state))
        return step

    def check(self, context: Context, subject: Any, trigger: str) -> Transition:
        """The step that `fire` would take now; raises as it does, but for Stale."""
        step = self._step(subject, trigger)
        blockers = self.blockers(context, subject, step)
        if blockers:
            raise refusal(trigger, blockers)
        check_input(step, context.input)
        return step

    def _step(self, subject: Any, trigger: str) -> Transition:
        definition = self.definition_of(subject)
        if trigger not in definition.triggers():
            raise UnknownTrigger("trigger_unknown", trigger=trigger)
        step = definition.step(trigger, subject.state)
        if step is None:
            label = next(t.label for t in definition.transitions if t.trigger == trigger)
            state = definition.states[subject.state].label
            blocker = Blocker("wrong_state", {"trigger": label, "state": state})
            raise refusal(trigger, [blocker])
        return step

    def _may(self, context: Context, subject: Any, step: Transition) -> bool:
        if 0 < context.depth <= MAX_CASCADE and WORKFLOW_ROLE in step.by:
            return True
        return bool(step.people) and self._roles(context, subject, step.people)

    def _role_missing(self, step: Transition) -> Blocker:
        return Blocker("role_missing", {"any_of": [self._labels.get(r, r) for r in step.people]})

    def _machine(self, definition: Definition) -> Machine:
        key = (definition.name, definition.version)
        if key not in self._machines:
            self._machines[key] = Machine(
                model=None,
                states=list(definition.states),
                transitions=[
                    {"trigger": step.trigger, "source": source, "dest": step.target}
                    for step in definition.transitions
                    for source in step.sources
                ],
                initial=None,
                auto_transitions=False,
                send_event=True,
                after_state_change=self._after,
            )
        return self._machines[key]

    def _after(self, event: EventData) -> None:
        """The declared effects, in order; the audit entry is the last of what happens.

        What an effect gives back is told in that entry.
        """
        firing: _Firing = event.kwargs["firing"]
        context, step, subject = firing.context, firing.transition, event.model
        told: dict[str, Any] = {}
        if step.target != firing.source:
            self._leaving(context, subject, step)
        for call in step.effects:
            told |= self._effects[call.name](context, subject, **call.arguments) or {}
        context.record(
            subject,
            step.trigger,
            **{"from": firing.source, "to": step.target, **_shown_input(context), **told},
        )


def check_input(step: Transition, given: Mapping[str, Any]) -> None:
    """Raise Invalid when an input is missing, unknown or of the wrong type."""
    known = {declared.name: declared for declared in step.inputs}
    for name in given:
        if name not in known:
            raise Invalid("input_unknown", field=name)
    for declared in step.inputs:
        value = given.get(declared.name)
        says_nothing = value is None or value in ("", [])
        if declared.required and (says_nothing or str(value).isspace()):
            raise Invalid("input_missing", field=declared.label or declared.name)
        if not says_nothing and not _fits(declared, value):
            raise Invalid("input_wrong", field=declared.label or declared.name)


_TYPES: dict[str, type | tuple[type, ...]] = {
    "text": str,
    "line": str,
    "choice": str,
    "date": date,
    "person": int,
    "meeting": int,
    "body": int,
    "integer": int,
    "boolean": bool,
    "points": list,
}


def _fits(declared: Input, value: Any) -> bool:
    if declared.type != "boolean" and isinstance(value, bool):
        return False
    if declared.type == "choice" and value not in declared.choices:
        return False
    return isinstance(value, _TYPES[declared.type])


def _shown_input(context: Context) -> dict[str, Any]:
    if not context.input:
        return {}
    shown = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in context.input.items()
    }
    return {"input": shown}
