"""Workflow files: reading YAML into definitions that the engine executes and the proofs walk.

A definition is immutable. Whatever is wrong with a file is told with its line, all at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import yaml

from casework.phrases import Language, sentence

if TYPE_CHECKING:
    from pathlib import Path

Label = dict[str, str]

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


@dataclass(frozen=True)
class Fault:
    """Something wrong with a workflow file. `line` counts from 1; 0 where it has no place."""

    file: str
    line: int
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def sentence(self, language: Language = "sv") -> str:
        """One line: file, line and what is wrong."""
        return f"{self.file}:{self.line}: {sentence(self.code, self.params, language)}"


class DefinitionFaults(Exception):
    """A workflow file that cannot be read; `faults` holds everything wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(fault.sentence("en") for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Call:
    """A guard or effect by name, with its arguments; a lone argument stands under `value`."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Input:
    """What a person gives with a step. `type` is one of INPUT_TYPES."""

    name: str
    type: str
    required: bool = False
    label: Label | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transition:
    """A step: who may take it, from where to where, what must hold and what follows."""

    trigger: str
    label: Label
    sources: tuple[str, ...]
    target: str
    by: tuple[str, ...]
    inputs: tuple[Input, ...] = ()
    require: tuple[Call, ...] = ()
    effects: tuple[Call, ...] = ()
    because: str = ""


@dataclass(frozen=True)
class State:
    """A state; `edit` says which roles may change which part of the subject while it is here."""

    name: str
    label: Label
    final: bool = False
    holds: str = ""
    edit: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Proof:
    """A promise that must hold on every path: `before`, `between` (every lap) or `every_state`."""

    kind: str
    states: tuple[str, ...]
    always: str
    because: str = ""


@dataclass(frozen=True)
class Definition:
    """A workflow in one version."""

    name: str
    version: int
    subject: str
    label: Label
    initial: str
    states: dict[str, State]
    transitions: tuple[Transition, ...]
    proofs: tuple[Proof, ...]
    source: str = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.source.encode()).hexdigest()

    @cached_property
    def _steps(self) -> dict[tuple[str, str], Transition]:
        return {
            (step.trigger, source): step for step in self.transitions for source in step.sources
        }

    def step(self, trigger: str, state: str) -> Transition | None:
        """The step that `trigger` takes from `state`, or None."""
        return self._steps.get((trigger, state))

    def steps(self, state: str) -> tuple[Transition, ...]:
        """All steps from `state`, in the order of the file."""
        return tuple(step for step in self.transitions if state in step.sources)

    def triggers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(step.trigger for step in self.transitions))


def load_folder(folder: Path) -> dict[str, Definition]:
    """Every `*.yaml` of the folder by its workflow's name; raises DefinitionFaults for all."""
    definitions: dict[str, Definition] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            definition = read_definition(path.read_text(encoding="utf-8"), path.name)
        except DefinitionFaults as found:
            faults += found.faults
            continue
        if definition.name in definitions:
            faults.append(Fault(path.name, 1, "workflow_doubled", {"name": definition.name}))
        definitions[definition.name] = definition
    if faults:
        raise DefinitionFaults(faults)
    return definitions


def read_definition(source: str, filename: str) -> Definition:
    """The definition that a file's text holds; raises DefinitionFaults."""
    try:
        node = yaml.compose(source, Loader=yaml.SafeLoader)
        data = yaml.safe_load(source)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        reason = getattr(error, "problem", None) or "?"
        raise DefinitionFaults(
            [Fault(filename, line, "workflow_unreadable", {"reason": reason})]
        ) from error
    reader = _Reader(filename, _Lines(node))
    definition = reader.definition(data, source)
    if reader.faults or definition is None:
        raise DefinitionFaults(reader.faults)
    return definition


class _Lines:
    """Where in the file a thing stands, by its path of keys and indexes."""

    def __init__(self, root: yaml.Node | None) -> None:
        self._lines = dict(self._walk(root, ())) if root is not None else {}

    def of(self, path: tuple[str | int, ...]) -> int:
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def _walk(
        self, node: yaml.Node, path: tuple[str | int, ...]
    ) -> Iterator[tuple[tuple[str | int, ...], int]]:
        yield path, node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                yield from self._walk(value, (*path, str(key.value)))
                yield (*path, str(key.value)), key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                yield from self._walk(value, (*path, index))


_TOP = {"workflow", "version", "subject", "label", "initial", "states", "transitions", "proofs"}
_STATE = {"label", "final", "holds", "edit"}
_TRANSITION = {
    "trigger",
    "label",
    "from",
    "to",
    "by",
    "input",
    "require",
    "effects",
    "deadlines",
    "because",
}
_PROOF_KINDS = ("before", "between", "every_state")
Place = tuple[str | int, ...]


class _Reader:
    """Turns plain data into a definition and collects every fault on the way."""

    def __init__(self, filename: str, lines: _Lines) -> None:
        self.filename = filename
        self.lines = lines
        self.faults: list[Fault] = []

    def definition(self, data: Any, source: str) -> Definition | None:
        top = self.mapping(data, (), _TOP, required=_TOP - {"proofs"})
        if self.faults:
            return None
        states = {
            str(name): self.state(str(name), value or {}, ("states", str(name)))
            for name, value in self.mapping(top["states"], ("states",)).items()
        }
        transitions = tuple(
            self.transition(value, ("transitions", index))
            for index, value in enumerate(self.sequence(top["transitions"], ("transitions",)))
        )
        proofs = tuple(
            self.proof(value, ("proofs", index))
            for index, value in enumerate(self.sequence(top.get("proofs", []), ("proofs",)))
        )
        definition = Definition(
            name=self.text(top["workflow"], ("workflow",)),
            version=self.whole(top["version"], ("version",)),
            subject=self.text(top["subject"], ("subject",)),
            label=self.label(top["label"], ("label",)),
            initial=self.text(top["initial"], ("initial",)),
            states=states,
            transitions=transitions,
            proofs=proofs,
            source=source,
        )
        self.names(definition)
        return definition

    def state(self, name: str, data: Any, path: Place) -> State:
        found = self.mapping(data, path, _STATE, required={"label"})
        edit = self.mapping(found.get("edit", {}), (*path, "edit"))
        return State(
            name=name,
            label=self.label(found.get("label"), (*path, "label")),
            final=bool(found.get("final", False)),
            holds=str(found.get("holds", "")),
            edit={part: self.texts(roles, (*path, "edit", part)) for part, roles in edit.items()},
        )

    def transition(self, data: Any, path: Place) -> Transition:
        found = self.mapping(
            data, path, _TRANSITION, required={"trigger", "label", "from", "to", "by"}
        )
        inputs = self.mapping(found.get("input", {}), (*path, "input"))
        effects = self.calls(found.get("effects", []), (*path, "effects"))
        return Transition(
            trigger=self.text(found.get("trigger"), (*path, "trigger")),
            label=self.label(found.get("label"), (*path, "label")),
            sources=self.texts(found.get("from"), (*path, "from")),
            target=self.text(found.get("to"), (*path, "to")),
            by=self.texts(found.get("by"), (*path, "by")),
            inputs=tuple(
                self.input(name, value, (*path, "input", name)) for name, value in inputs.items()
            ),
            require=self.calls(found.get("require", []), (*path, "require")),
            effects=effects + self.deadlines(found.get("deadlines", {}), (*path, "deadlines")),
            because=str(found.get("because", "")),
        )

    def input(self, name: str, data: Any, path: Place) -> Input:
        found = self.mapping(data, path, {"type", "required", "label", "choices"}, {"type"})
        kind = self.text(found.get("type"), (*path, "type"))
        if kind not in INPUT_TYPES:
            self.fault(path, "workflow_input_type", name=kind, known=list(INPUT_TYPES))
        label = found.get("label")
        return Input(
            name=name,
            type=kind,
            required=bool(found.get("required", False)),
            label=self.label(label, (*path, "label")) if label is not None else None,
            choices=self.texts(found.get("choices", []), (*path, "choices")),
        )

    def calls(self, data: Any, path: Place) -> tuple[Call, ...]:
        return tuple(
            self.call(value, (*path, index))
            for index, value in enumerate(self.sequence(data, path))
        )

    def call(self, data: Any, path: Place) -> Call:
        if isinstance(data, str):
            return Call(data)
        found = self.mapping(data, path)
        if len(found) != 1:
            self.fault(path, "workflow_call_wrong")
            return Call("?")
        name, arguments = next(iter(found.items()))
        if isinstance(arguments, Mapping):
            return Call(str(name), dict(arguments))
        return Call(str(name), {"value": arguments})

    def deadlines(self, data: Any, path: Place) -> tuple[Call, ...]:
        found = self.mapping(data, path, {"start", "meet", "cancel"})
        calls = []
        for verb in ("meet", "cancel", "start"):
            given = found.get(verb, [])
            for one in given if isinstance(given, list) else [given]:
                arguments = dict(one) if isinstance(one, Mapping) else {"value": one}
                calls.append(Call(f"{verb}_deadline", arguments))
        return tuple(calls)

    def proof(self, data: Any, path: Place) -> Proof:
        found = self.mapping(data, path, {*_PROOF_KINDS, "always", "because"})
        kinds = [kind for kind in _PROOF_KINDS if kind in found]
        if len(kinds) != 1:
            self.fault(path, "workflow_proof_wrong")
            return Proof("every_state", (), "reaches_end")
        kind = kinds[0]
        because = str(found.get("because", ""))
        if kind == "every_state":
            return Proof(kind, (), self.text(found[kind], (*path, kind)), because)
        states = self.texts(found[kind], (*path, kind))
        if len(states) != (2 if kind == "between" else 1) or "always" not in found:
            self.fault(path, "workflow_proof_wrong")
        return Proof(kind, states, str(found.get("always", "")), because)

    def names(self, definition: Definition) -> None:
        """Every state that is named must exist."""
        known = definition.states
        if definition.initial not in known:
            self.fault(("initial",), "workflow_state_unknown", name=definition.initial)
        for index, step in enumerate(definition.transitions):
            for name in (*step.sources, step.target):
                if name not in known:
                    self.fault(("transitions", index), "workflow_state_unknown", name=name)
        for index, proof in enumerate(definition.proofs):
            named = proof.states if proof.kind == "every_state" else (*proof.states, proof.always)
            for name in named:
                if name not in known:
                    self.fault(("proofs", index), "workflow_state_unknown", name=name)

    def mapping(
        self,
        data: Any,
        path: Place,
        known: set[str] | None = None,
        required: set[str] | frozenset[str] = frozenset(),
    ) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            self.fault(path, "workflow_not_mapping", name=_shown(path))
            return {}
        found = {str(key): value for key, value in data.items()}
        for name in found:
            if known is not None and name not in known:
                self.fault((*path, name), "workflow_key_unknown", name=name, known=sorted(known))
        for name in sorted(required - found.keys()):
            self.fault(path, "workflow_key_missing", name=name, place=_shown(path))
        return found

    def sequence(self, data: Any, path: Place) -> list[Any]:
        if isinstance(data, list):
            return data
        self.fault(path, "workflow_not_list", name=_shown(path))
        return []

    def texts(self, data: Any, path: Place) -> tuple[str, ...]:
        if isinstance(data, str):
            return (data,)
        return tuple(
            self.text(value, (*path, i)) for i, value in enumerate(self.sequence(data, path))
        )

    def text(self, data: Any, path: Place) -> str:
        if not isinstance(data, str) or not data:
            self.fault(path, "workflow_not_text", name=_shown(path))
            return "?"
        return data

    def whole(self, data: Any, path: Place) -> int:
        if not isinstance(data, int) or isinstance(data, bool) or data < 1:
            self.fault(path, "workflow_version_wrong")
            return 1
        return data

    def label(self, data: Any, path: Place) -> Label:
        found = self.mapping(data, path, {"sv", "en"}, required={"sv", "en"})
        return {language: str(found.get(language, "?")) for language in ("sv", "en")}

    def fault(self, path: Place, code: str, **params: Any) -> None:
        self.faults.append(Fault(self.filename, self.lines.of(path), code, params))


def _shown(path: Place) -> str:
    return ".".join(str(part) for part in path) or "workflow"
