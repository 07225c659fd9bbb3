"""Proofs over every path of a definition, however many laps it takes.

A path is a walk along the transitions, whoever takes them and whatever the guards say: what
holds here holds for every subject that the engine ever moves.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.workflow.definition import Definition, Proof


@dataclass(frozen=True, slots=True)
class Path:
    """A walk: where it starts, then each trigger with the state that it leads to."""

    start: str
    steps: tuple[tuple[str, str], ...] = ()

    @property
    def end(self) -> str:
        return self.steps[-1][1] if self.steps else self.start

    def then(self, trigger: str, state: str) -> Path:
        return Path(self.start, (*self.steps, (trigger, state)))

    def __str__(self) -> str:
        return self.start + "".join(f" –{trigger}→ {state}" for trigger, state in self.steps)


def counterexample(definition: Definition, proof: Proof) -> Path | None:
    """The shortest path that breaks `proof`; None when it holds on every path.

    before X always Y: nothing reaches X from the beginning without having been in Y.
    between A, B always Y: on every lap, nothing that has left A reaches B without passing Y.
    every_state reaches_end: from every state that can be reached, a final one can be reached.

    Raises LookupError if it speaks of a state that is not there: of that, anything would hold.
    """
    missing = [state for state in states_named(proof) if state not in definition.states]
    if missing:
        raise LookupError(f"{definition.name} has no state {', '.join(missing)}.")
    if proof.kind == "every_state":
        return _without_end(definition)
    if proof.kind == "before":
        (goal,) = proof.states
        return _shortest_avoiding(definition, [Path(definition.initial)], goal, proof.always)
    left, goal = proof.states
    if left not in reachable(definition, definition.initial):
        return None
    return _shortest_avoiding(definition, _first_steps(definition, left), goal, proof.always)


def states_named(proof: Proof) -> tuple[str, ...]:
    """The states that a proof speaks of."""
    return proof.states if proof.kind == "every_state" else (*proof.states, proof.always)


def reachable(definition: Definition, start: str) -> dict[str, Path]:
    """Every state that can be reached from `start`, itself included, with a shortest path."""
    return _walk(definition, [Path(start)], lambda _state: True)


def dead_ends(definition: Definition) -> list[str]:
    """States that cannot be left and are not final."""
    return [
        name
        for name, state in definition.states.items()
        if not state.final and all(step.target == name for step in definition.steps(name))
    ]


def left_only_aside(definition: Definition) -> list[str]:
    """States that nothing but steps aside lead on from: what stands there waits for nobody."""
    return [
        name
        for name in definition.states
        if (onward := [step for step in definition.steps(name) if step.target != name])
        and all(step.is_aside for step in onward)
    ]


def _without_end(definition: Definition) -> Path | None:
    final = {name for name, state in definition.states.items() if state.final}
    for state, path in reachable(definition, definition.initial).items():
        if final.isdisjoint(reachable(definition, state)):
            return path
    return None


def _shortest_avoiding(
    definition: Definition, starts: list[Path], goal: str, avoided: str
) -> Path | None:
    """A path that has come to `goal` goes no further, and one in `avoided` proves nothing."""
    starts = [path for path in starts if path.end != avoided]
    found = _walk(definition, starts, lambda state: state not in (goal, avoided))
    return found.get(goal) if goal != avoided else None


def _first_steps(definition: Definition, state: str) -> list[Path]:
    """What leaves the state; a step that stays in it begins no lap."""
    leaving = (step for step in definition.steps(state) if not step.stays)
    return [Path(state).then(step.trigger, step.target) for step in leaving]


def _walk(
    definition: Definition, starts: list[Path], goes_on: Callable[[str], bool]
) -> dict[str, Path]:
    """Breadth first: each state found, with the first and so a shortest path to it."""
    found: dict[str, Path] = {}
    waiting = deque(starts)
    while waiting:
        path = waiting.popleft()
        if path.end in found:
            continue
        found[path.end] = path
        if goes_on(path.end):
            waiting.extend(
                path.then(step.trigger, step.target) for step in definition.steps(path.end)
            )
    return found
