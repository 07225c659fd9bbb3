"""What the law says of the steps of a workflow, whatever its file says: proved on every path.

A rule knows a step by its trigger or by one of its effects, never by the name of a state: a state
can be called anything, and a way round it can be given a new name. What decides, seals and sends
is called what the code calls it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from casework.workflow.proofs import Path, reachable
from casework.workflow.reading import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.workflow.definition import Definition, Transition

# In the place of a step's name: whatever step leads to a final state.
THE_END = "(end)"


class Rule(Protocol):
    """Something that the law says of every path, with its statute."""

    @property
    def statute(self) -> str: ...

    def faults(self, definition: Definition) -> Iterator[Fault]: ...


@dataclass(frozen=True, slots=True)
class Before:
    """`goal` is not taken before one of `always`: from the beginning, and anew after each `since`.

    `from_the_beginning` false: only what has been through one of `since` is bound.
    """

    goal: tuple[str, ...]
    always: tuple[str, ...]
    statute: str
    since: tuple[str, ...] = ()
    from_the_beginning: bool = True

    def faults(self, definition: Definition) -> Iterator[Fault]:
        """At most one: the shortest path that breaks it, at its last step."""
        found = self.counterexample(definition)
        if found is not None:
            path, step = found
            params = {
                "trigger": step.trigger,
                "always": " / ".join(self.always),
                "statute": self.statute,
                "path": str(path),
            }
            yield Fault(definition.file, step.line, "workflow_law_before", params)

    def counterexample(self, definition: Definition) -> tuple[Path, Transition] | None:
        """The shortest path to `goal` past `always`, and its last step; None if there is none."""
        waiting, seen = deque(self._starts(definition)), set[str]()
        while waiting:
            path = waiting.popleft()
            if path.end in seen:
                continue
            seen.add(path.end)
            for step in definition.steps(path.end):
                if is_named(definition, step, self.always):
                    continue
                further = path.then(step.trigger, step.target)
                if is_named(definition, step, self.goal):
                    return further, step
                waiting.append(further)
        return None

    def _starts(self, definition: Definition) -> Iterator[Path]:
        if self.from_the_beginning:
            yield Path(definition.initial)
        for state in reachable(definition, definition.initial):
            for step in definition.steps(state):
                if is_named(definition, step, self.since):
                    yield Path(state).then(step.trigger, step.target)


@dataclass(frozen=True, slots=True)
class HeldBy:
    """Every step named in `goal` is held by each of the guards."""

    goal: tuple[str, ...]
    guards: tuple[str, ...]
    statute: str

    def faults(self, definition: Definition) -> Iterator[Fault]:
        """One for each guard that a step lacks."""
        for step in definition.transitions:
            if not is_named(definition, step, self.goal):
                continue
            held = {call.name for call in step.require}
            for guard in self.guards:
                if guard not in held:
                    params = {"trigger": step.trigger, "guard": guard, "statute": self.statute}
                    yield Fault(definition.file, step.line, "workflow_law_guard", params)


@dataclass(frozen=True, slots=True)
class NobodyBy:
    """No person takes a step named in `goal`: it follows from what a body or its signers did."""

    goal: tuple[str, ...]
    statute: str

    def faults(self, definition: Definition) -> Iterator[Fault]:
        """One for each step that people may take."""
        for step in definition.transitions:
            if step.people and is_named(definition, step, self.goal):
                roles = list(step.people)
                params = {"trigger": step.trigger, "roles": roles, "statute": self.statute}
                yield Fault(definition.file, step.line, "workflow_law_person", params)


def is_named(definition: Definition, step: Transition, names: tuple[str, ...]) -> bool:
    """Whether a step is one of these: by its trigger, by an effect, or by leading to the end."""
    return (
        step.trigger in names
        or any(call.name in names for call in step.effects)
        or (THE_END in names and definition.states[step.target].final)
    )
