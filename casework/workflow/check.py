"""Whether a definition can be trusted: its names, its shape, its proofs and those of the law."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from casework.workflow.definition import WORKFLOW_ROLE
from casework.workflow.kinds import Kinds
from casework.workflow.needs import lacks, strangers
from casework.workflow.proofs import counterexample, dead_ends, left_only_aside, reachable
from casework.workflow.reading import Fault, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from casework.workflow.definition import Call, Definition, Proof, Transition
    from casework.workflow.lawful import Rule

_DEADLINE_EFFECTS = ("start_deadline", "meet_deadline", "cancel_deadline")


def _no_law(_definition: Definition) -> tuple[Rule, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that the rooms give a meaning, a workflow file may use no others; and the law.

    `law` gives what holds for a file whatever it says itself, such as `people.lawful_order.law_of`.
    """

    guards: frozenset[str]
    effects: frozenset[str]
    roles: frozenset[str]
    subjects: frozenset[str]
    mails: frozenset[str]
    documents: frozenset[str]
    law: Callable[[Definition], tuple[Rule, ...]] = _no_law
    kinds: Kinds = field(default_factory=lambda: Kinds((), ()))


def check(definition: Definition, vocabulary: Vocabulary, *, is_kept: bool = False) -> list[Fault]:
    """Every fault of a definition that has been read, in the order of the file.

    One that is kept for what began on it (`is_kept`) need not have what verbs of today ask for.
    """
    checking = _Checking(definition, vocabulary)
    found = [
        *checking.names(),
        *checking.steps(),
        *checking.shape(),
        *checking.proofs(),
        *checking.law(),
        *strangers(definition, vocabulary.kinds),
    ]
    found += [] if is_kept else lacks(definition, vocabulary.kinds)
    return sorted(found, key=lambda fault: fault.line)


@dataclass(frozen=True, slots=True)
class _Checking:
    definition: Definition
    vocabulary: Vocabulary

    def fault(self, line: int, code: str, **params: Any) -> Fault:
        return Fault(self.definition.file, line, code, params)

    def known(self, kind: str, line: int, name: Any, known: Iterable[str]) -> Iterator[Fault]:
        if name not in known:
            yield unknown(self.definition.file, line, kind, str(name), known)

    def names(self) -> Iterator[Fault]:
        """Subject, roles, guards and effects are known, and what the effects name in turn."""
        yield from self.known("subject", 1, self.definition.subject, self.vocabulary.subjects)
        for state in self.definition.states.values():
            for roles in state.edit.values():
                for role in roles:
                    yield from self.known("role", state.line, role, self.vocabulary.roles)
        for step in self.definition.transitions:
            for role in step.by:
                if role != WORKFLOW_ROLE:
                    yield from self.known("role", step.line, role, self.vocabulary.roles)
            for guard in step.require:
                yield from self.known("guard", guard.line, guard.name, self.vocabulary.guards)
            for effect in step.effects:
                yield from self.effect(step, effect)

    def effect(self, step: Transition, call: Call) -> Iterator[Fault]:
        if call.name not in _DEADLINE_EFFECTS:
            yield from self.known("effect", call.line, call.name, self.vocabulary.effects)
        if call.name == "render":
            document = call.arguments.get("value")
            yield from self.known("document", call.line, document, self.vocabulary.documents)
        if call.name == "notify":
            mail, addressee = call.arguments.get("mail"), call.arguments.get("to")
            yield from self.known("mail", call.line, mail, self.vocabulary.mails)
            addressees = {*self.vocabulary.roles, *(each.name for each in step.inputs)}
            yield from self.known("addressee", call.line, addressee, addressees)

    def steps(self) -> Iterator[Fault]:
        """Every step starts somewhere, somebody may take it, and it is the only one of its kind."""
        taken: dict[tuple[str, str], Transition] = {}
        for step in self.definition.transitions:
            if not step.by:
                yield self.fault(step.line, "workflow_by_nobody", trigger=step.trigger)
            if step.is_aside and step.by == (WORKFLOW_ROLE,):
                yield self.fault(step.line, "workflow_aside_by_nobody", trigger=step.trigger)
            if not step.sources:
                yield self.fault(step.line, "workflow_from_nowhere", trigger=step.trigger)
            for state in step.sources:
                other = taken.setdefault((step.trigger, state), step)
                if other is not step or step.sources.count(state) > 1:
                    params = {"trigger": step.trigger, "state": state, "other": other.line}
                    yield self.fault(step.line, "workflow_trigger_twice", **params)

    def shape(self) -> Iterator[Fault]:
        """Every state can be reached; only final ones cannot be left."""
        states, initial = self.definition.states, self.definition.initial
        if not any(state.final for state in states.values()):
            yield self.fault(1, "workflow_no_end")
        found = reachable(self.definition, initial)
        for name, state in states.items():
            if name not in found:
                yield self.fault(state.line, "workflow_unreachable", state=name, initial=initial)
            if state.final and (steps := self.definition.steps(name)):
                trigger = steps[0].trigger
                yield self.fault(state.line, "workflow_final_left", state=name, trigger=trigger)
        for name in dead_ends(self.definition):
            yield self.fault(states[name].line, "workflow_dead_end", state=name)
        for name in left_only_aside(self.definition):
            yield self.fault(states[name].line, "workflow_only_aside", state=name)

    def proofs(self) -> Iterator[Fault]:
        for proof in self.definition.proofs:
            yield from self.proof(proof)

    def law(self) -> Iterator[Fault]:
        """No file can say otherwise, nor leave the proof out."""
        for rule in self.vocabulary.law(self.definition):
            yield from rule.faults(self.definition)

    def proof(self, proof: Proof) -> Iterator[Fault]:
        path = counterexample(self.definition, proof)
        if path is None:
            return
        params = {"always": proof.always, "path": str(path)}
        because = f" ({proof.because})" if proof.because else ""
        if proof.kind == "every_state":
            yield self.fault(proof.line, "workflow_proof_end", state=path.end, **params)
        elif proof.kind == "before":
            code = "workflow_proof_before"
            yield self.fault(proof.line, code, goal=path.end, because=because, **params)
        else:
            start, goal = proof.states
            code = "workflow_proof_between"
            ends = {"start": start, "goal": goal}
            yield self.fault(proof.line, code, because=because, **ends, **params)
