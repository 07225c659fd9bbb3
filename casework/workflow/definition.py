"""What a workflow file says, as values, and how it is read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from yaml.nodes import MappingNode, Node, ScalarNode

from casework.errors import Invalid
from casework.workflow.proofs import states_named
from casework.workflow.reading import Fault, Label, Reading, line_of, unknown

ProofKind = Literal["before", "between", "every_state"]
PROOF_KINDS: tuple[ProofKind, ...] = ("before", "between", "every_state")
INPUT_TYPES = (
    "text",
    "line",
    "person",
    "date",
    "meeting",
    "body",
    "integer",
    "boolean",
    "choice",
    "points",
)
WORKFLOW_ROLE = "workflow"
SAME = "same"  # `to: same`: the step leads nowhere, whichever of its states it is taken in
# What has been met or cancelled may start anew in the same step.
_DEADLINE_VERBS = ("meet", "cancel", "start")


class DefinitionFaults(Invalid):
    """A workflow file that cannot be used; `faults` holds every reason."""

    def __init__(self, faults: list[Fault]) -> None:
        first = {"sv": faults[0].sentence("sv"), "en": faults[0].sentence("en")}
        super().__init__("workflow_file_wrong", count=len(faults), first=first)
        self.faults = faults


def _line() -> int:
    """Where something stands in the file: told with a fault, without meaning otherwise."""
    line: int = field(default=0, compare=False, repr=False)
    return line


@dataclass(frozen=True, slots=True)
class Call:
    """A guard or an effect by name; an argument that is no mapping stands under "value"."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Input:
    """What a person states when taking a step; `type` is one of INPUT_TYPES."""

    name: str
    type: str
    required: bool = False
    label: Label | None = None
    choices: tuple[str, ...] = ()
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Transition:
    """A step: who may take it, from where to where, what must hold and what follows.

    `deadlines` in the file are effects here: meet_deadline, cancel_deadline, start_deadline.
    One that says `to: same` is one transition here for each of its states, and `stays`: it is
    no lap for a proof. A step aside (`aside: true`) is no part of the road: whoever may take it is
    not waited for.
    """

    trigger: str
    label: Label
    sources: tuple[str, ...]
    target: str
    by: tuple[str, ...]
    inputs: tuple[Input, ...] = ()
    require: tuple[Call, ...] = ()
    effects: tuple[Call, ...] = ()
    because: str = ""
    is_aside: bool = False
    stays: bool = False
    line: int = _line()

    @property
    def people(self) -> tuple[str, ...]:
        """The roles of those who may take it: it may also follow by itself."""
        return tuple(role for role in self.by if role != WORKFLOW_ROLE)


@dataclass(frozen=True, slots=True)
class State:
    """A state; `edit` says which roles may change which part of the subject while it is here."""

    name: str
    label: Label
    final: bool = False
    holds: str = ""
    edit: dict[str, tuple[str, ...]] = field(default_factory=dict)
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Proof:
    """What must hold on every path: see `casework.workflow.proofs`."""

    kind: ProofKind
    states: tuple[str, ...]
    always: str
    because: str = ""
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Definition:
    """A workflow in one version; `source` is the file's text and `sha256` its checksum."""

    name: str
    version: int
    subject: str
    label: Label
    initial: str
    states: dict[str, State]
    transitions: tuple[Transition, ...]
    proofs: tuple[Proof, ...]
    source: str = field(repr=False)
    file: str = field(default="", compare=False)
    sha256: str = field(init=False)
    _leaving: dict[str, dict[str, Transition]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        leaving: dict[str, dict[str, Transition]] = {}
        for step in self.transitions:
            for source in step.sources:
                leaving.setdefault(source, {}).setdefault(step.trigger, step)
        object.__setattr__(self, "_leaving", leaving)
        object.__setattr__(self, "sha256", hashlib.sha256(self.source.encode()).hexdigest())

    def step(self, trigger: str, state: str) -> Transition | None:
        """The transition that `trigger` means in `state`."""
        return self._leaving.get(state, {}).get(trigger)

    def steps(self, state: str) -> tuple[Transition, ...]:
        """Every transition that leaves `state`, in the file's order."""
        return tuple(self._leaving.get(state, {}).values())

    def triggers(self) -> tuple[str, ...]:
        """Every trigger once, in the file's order."""
        return tuple(dict.fromkeys(step.trigger for step in self.transitions))


def read_definition(source: str, filename: str) -> Definition:
    """The definition in `source`; raises DefinitionFaults with every fault in its form."""
    reading = Reading(filename)
    root = reading.root(source)
    if reading.faults:
        raise DefinitionFaults(reading.faults)
    definition = _definition(reading, root, source)
    if reading.faults:
        raise DefinitionFaults(reading.faults)
    return definition


def _definition(reading: Reading, root: Node | None, source: str) -> Definition:
    required = ("workflow", "version", "subject", "label", "initial", "states", "transitions")
    parts = reading.record(root, "workflow", required, ("proofs",))
    states = {
        name: _state(reading, name, node)
        for name, node in reading.optional_entries(parts.get("states"), "states").items()
    }
    proofs = [_proof(reading, node) for node in reading.items(parts.get("proofs"), "proofs")]
    if SAME in states:
        reading.fault(parts.get("states"), "workflow_state_reserved", state=SAME)
    steps = [
        step
        for node in reading.items(parts.get("transitions"), "transitions")
        for step in _from_each(_transition(reading, node, states))
    ]
    definition = Definition(
        name=reading.name(parts.get("workflow"), "workflow"),
        version=reading.whole_number(parts.get("version"), "version"),
        subject=reading.name(parts.get("subject"), "subject"),
        label=reading.label(parts.get("label"), "label"),
        initial=reading.name(parts.get("initial"), "initial"),
        states=states,
        transitions=tuple(steps),
        proofs=tuple(proof for proof in proofs if proof is not None),
        source=source,
        file=reading.file,
    )
    if not reading.faults:
        reading.faults += _unknown_states(definition, line_of(parts["initial"]))
    return definition


def _state(reading: Reading, name: str, node: Node) -> State:
    parts = reading.record(node, name, ("label",), ("final", "holds", "edit"))
    edit = reading.optional_entries(parts.get("edit"), "edit")
    return State(
        name=name,
        label=reading.label(parts.get("label"), name),
        final=reading.flag(parts.get("final"), "final"),
        holds=reading.name(parts.get("holds"), "holds"),
        edit={part: reading.names(roles, part) for part, roles in edit.items()},
        line=line_of(node),
    )


def _transition(reading: Reading, node: Node, states: dict[str, State]) -> Transition:
    required = ("trigger", "from", "to", "by")
    optional = ("label", "input", "require", "effects", "deadlines", "because", "aside")
    parts = reading.record(node, "transitions", required, optional)
    inputs = reading.optional_entries(parts.get("input"), "input")
    trigger = reading.name(parts.get("trigger"), "trigger")
    target = reading.name(parts.get("to"), "to")
    by = reading.names(parts.get("by"), "by")
    label = reading.label(parts.get("label"), trigger)
    if "label" not in parts:
        label = _label_of_target(reading, node, by, states.get(target))
    effects = _calls(reading, parts.get("effects"), "effects")
    return Transition(
        trigger=trigger,
        label=label,
        sources=reading.names(parts.get("from"), "from"),
        target=target,
        by=by,
        inputs=tuple(_input(reading, name, each) for name, each in inputs.items()),
        require=_calls(reading, parts.get("require"), "require"),
        effects=(*effects, *_deadlines(reading, parts.get("deadlines"))),
        because=reading.text(parts.get("because"), "because"),
        is_aside=reading.flag(parts.get("aside"), "aside"),
        stays=target == SAME,
        line=line_of(node),
    )


def _from_each(step: Transition) -> list[Transition]:
    """A step that stays leads from each of its states to that state itself."""
    if not step.stays:
        return [step]
    return [replace(step, sources=(state,), target=state) for state in step.sources]


def _label_of_target(
    reading: Reading, node: Node, by: tuple[str, ...], target: State | None
) -> Label:
    """A step that only another machine takes may be called by the state that it leads to."""
    if by != (WORKFLOW_ROLE,):
        reading.fault(node, "workflow_key_absent", key="label", what="transitions")
    return target.label if target else {}


def _input(reading: Reading, name: str, node: Node) -> Input:
    parts = reading.record(node, name, ("type",), ("required", "label", "choices"))
    kind = reading.name(parts.get("type"), "type")
    if "type" in parts and kind not in INPUT_TYPES:
        params = {"type": kind, "input": name, "known": list(INPUT_TYPES)}
        reading.fault(parts["type"], "workflow_input_type_unknown", **params)
    choices = reading.names(parts.get("choices"), "choices")
    if (kind == "choice") != (len(choices) > 1):
        reading.fault(node, "workflow_choices", input=name)
    return Input(
        name=name,
        type=kind,
        required=reading.flag(parts.get("required"), "required"),
        label=reading.label(parts.get("label"), name) or None,
        choices=choices,
        line=line_of(node),
    )


def _calls(reading: Reading, node: Node | None, what: str) -> tuple[Call, ...]:
    return tuple(_call(reading, item, what) for item in reading.items(node, what))


def _call(reading: Reading, node: Node, what: str) -> Call:
    if isinstance(node, ScalarNode):
        return Call(reading.name(node, what), line=line_of(node))
    entries = reading.entries(node, what)
    if len(entries) != 1:
        reading.fault(node, "workflow_call", what=what)
        return Call("")
    ((name, argument),) = entries.items()
    return Call(name, _arguments(reading, argument), line_of(node))


def _arguments(reading: Reading, node: Node) -> dict[str, Any]:
    plain = reading.plain(node)
    return plain if isinstance(node, MappingNode) else {"value": plain}


def _deadlines(reading: Reading, node: Node | None) -> list[Call]:
    parts = reading.record(node, "deadlines", (), _DEADLINE_VERBS) if node else {}
    return [
        Call(f"{verb}_deadline", _arguments(reading, item), line_of(item))
        for verb in _DEADLINE_VERBS
        for item in reading.items(parts.get(verb), verb)
    ]


def _proof(reading: Reading, node: Node) -> Proof | None:
    parts = reading.record(node, "proofs", (), (*PROOF_KINDS, "always", "because"))
    named = [kind for kind in PROOF_KINDS if kind in parts]
    if len(named) != 1:
        reading.fault(node, "workflow_proof_kind", known=list(PROOF_KINDS))
        return None
    kind = named[0]
    states = reading.names(parts[kind], kind)
    because = reading.text(parts.get("because"), "because")
    if kind == "every_state":
        if states != ("reaches_end",):
            reading.fault(node, "workflow_proof_unknown")
        return Proof(kind, (), "reaches_end", because, line_of(node))
    if len(states) != (2 if kind == "between" else 1) or "always" not in parts:
        reading.fault(node, "workflow_proof_states", kind=kind)
        return None
    return Proof(kind, states, reading.name(parts["always"], "always"), because, line_of(node))


def _unknown_states(definition: Definition, line: int) -> list[Fault]:
    """Every state that is named must exist, or nothing else can be said about the file."""
    named = [(line, definition.initial)]
    for step in definition.transitions:
        named += [(step.line, state) for state in (*step.sources, step.target)]
    for proof in definition.proofs:
        named += [(proof.line, state) for state in states_named(proof)]
    return [
        unknown(definition.file, line, "state", state, definition.states)
        for line, state in dict.fromkeys(named)
        if state not in definition.states
    ]
