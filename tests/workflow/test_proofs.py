"""Proofs hold on every path and every lap; a brute force over walks must agree with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from casework.workflow.definition import Definition, Proof, State, Transition
from casework.workflow.proofs import Path, counterexample, dead_ends, reachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import DrawFn

STATES = ("a", "b", "c", "d", "e")
NO_LABEL = {"sv": "", "en": ""}
Edges = list[tuple[str, str]]


def graph(edges: Edges, final: frozenset[str] = frozenset()) -> Definition:
    """A definition that begins in `a`, with one step for each edge."""
    return Definition(
        name="graph",
        version=1,
        subject="matter",
        label=NO_LABEL,
        initial="a",
        states={name: State(name, NO_LABEL, final=name in final) for name in STATES},
        transitions=tuple(
            Transition(f"t{number}", NO_LABEL, (source,), target, ("manager",))
            for number, (source, target) in enumerate(edges)
        ),
        proofs=(),
        source="",
    )


@st.composite
def edge_lists(draw: DrawFn) -> Edges:
    state = st.sampled_from(STATES)
    return draw(st.lists(st.tuples(state, state), max_size=10))


def walks(edges: Edges, start: str, steps: int) -> Iterator[tuple[str, ...]]:
    """Every walk of at most so many steps: the long way, with no cleverness."""
    yield (start,)
    if steps:
        for source, target in edges:
            if source == start:
                for rest in walks(edges, target, steps - 1):
                    yield (start, *rest)


def shortest_breaking(edges: Edges, proof: Proof) -> int | None:
    """How many steps the shortest walk has that breaks the proof, by trying them all.

    A shortest one visits no state twice, so five steps beyond the start are enough.
    """
    if proof.kind == "before":
        goal = proof.states[0]
        lengths = [
            len(walk) - 1
            for walk in walks(edges, "a", 5)
            if walk[-1] == goal and proof.always not in walk
        ]
    else:
        left, goal = proof.states
        if left not in {walk[-1] for walk in walks(edges, "a", 5)}:
            return None
        lengths = [
            len(walk) - 1
            for walk in walks(edges, left, 5)
            if len(walk) > 1 and walk[-1] == goal and proof.always not in walk[1:]
        ]
    return min(lengths, default=None)


def is_walk(definition: Definition, path: Path) -> bool:
    at = path.start
    for trigger, state in path.steps:
        step = definition.step(trigger, at)
        if step is None or step.target != state:
            return False
        at = state
    return True


@given(edge_lists(), st.sampled_from(STATES), st.sampled_from(STATES))
def test_before_agrees_with_brute_force(edges: Edges, goal: str, always: str) -> None:
    """`before` fails exactly when some walk gets there without, and shows a shortest one."""
    definition, proof = graph(edges), Proof("before", (goal,), always)
    path = counterexample(definition, proof)
    assert (len(path.steps) if path else None) == shortest_breaking(edges, proof)
    if path:
        assert is_walk(definition, path)
        assert (path.start, path.end) == ("a", goal)
        assert always not in {path.start, *(state for _, state in path.steps)}


@given(edge_lists(), st.sampled_from(STATES), st.sampled_from(STATES), st.sampled_from(STATES))
def test_between_agrees_with_brute_force(edges: Edges, left: str, goal: str, always: str) -> None:
    """`between` looks at every lap, also when a lap begins and ends in the same state."""
    definition, proof = graph(edges), Proof("between", (left, goal), always)
    path = counterexample(definition, proof)
    assert (len(path.steps) if path else None) == shortest_breaking(edges, proof)
    if path:
        assert is_walk(definition, path)
        assert (path.start, path.end) == (left, goal)
        assert always not in [state for _, state in path.steps]


@given(edge_lists(), st.frozensets(st.sampled_from(STATES)))
def test_every_state_reaches_an_end_agrees_with_brute_force(
    edges: Edges, final: frozenset[str]
) -> None:
    """It fails exactly when some state that is reached can reach no final one."""
    definition = graph(edges, final)
    path = counterexample(definition, Proof("every_state", (), "reaches_end"))
    reached = {walk[-1] for walk in walks(edges, "a", 4)}
    stuck = {
        state for state in reached if final.isdisjoint(walk[-1] for walk in walks(edges, state, 4))
    }
    assert (path is not None) == bool(stuck)
    if path:
        assert is_walk(definition, path)
        assert path.end in stuck


@given(edge_lists())
def test_reachable_agrees_with_brute_force(edges: Edges) -> None:
    found = reachable(graph(edges), "a")
    assert set(found) == {walk[-1] for walk in walks(edges, "a", 4)}


def test_a_second_lap_needs_its_own_attestation() -> None:
    """A first lap that was in order satisfies `before`, and hides nothing from `between`."""
    edges = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "b"), ("d", "e"), ("b", "e")]
    definition = graph(edges, frozenset("e"))
    assert counterexample(definition, Proof("before", ("d",), "c")) is None
    broken = counterexample(definition, Proof("between", ("b", "e"), "c"))
    assert str(broken) == "b –t5→ e"
    later = counterexample(definition, Proof("between", ("d", "e"), "c"))
    assert str(later) == "d –t4→ e"


def test_a_state_that_only_returns_to_itself_is_a_dead_end() -> None:
    definition = graph([("a", "b"), ("b", "b"), ("a", "c")], frozenset("c"))
    assert dead_ends(definition) == ["b", "d", "e"]
