"""Which fields a Word template reads, held against the dataclasses of its context."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, fields, is_dataclass
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from jinja2 import nodes

from casework.documents.docx_sandbox import Sandbox

# What a name stands for where no more is known than that it exists.
_ANYTHING = object()
_LOOP_FIELDS = ("depth", "first", "index", "index0", "last", "length")
_KEEPS_TYPE = {"default", "d", "list", "reverse", "selectattr", "trim", "upper", "lower"}
_TAKES_ONE = {"first", "last"}

Scope = dict[str, Any]


@dataclass(frozen=True)
class Unknown:
    """A field that does not exist, on which line, with the nearest one that does or ""."""

    line: int
    variable: str
    suggestion: str


@dataclass(frozen=True)
class _Loop:
    """The type of `loop` inside a loop over `element`s."""

    element: Any


def unknown_fields(source: str, context: type) -> list[Unknown]:
    """Every read in the Jinja `source` of a field that the dataclass `context` does not have."""
    reader = _Reader()
    scope = {"self": _ANYTHING, **_members(context)}
    reader.statements(Sandbox().parse(source).body, scope)
    return sorted(reader.unknown, key=lambda one: one.line)


class _Reader:
    """Walks statements with the types of all names in sight; collects what is unknown."""

    def __init__(self) -> None:
        self.unknown: list[Unknown] = []

    def statements(self, body: list[nodes.Node], scope: Scope) -> None:
        for node in body:
            self._statement(node, scope)

    def _statement(self, node: nodes.Node, scope: Scope) -> None:
        if isinstance(node, nodes.For):
            self._loop(node, scope)
        elif isinstance(node, nodes.Assign):
            self._bind(node.target, self._type(node.node, scope), scope)
        elif isinstance(node, nodes.Macro):
            scope[node.name] = _ANYTHING
            names = {argument.name: _ANYTHING for argument in node.args}
            self.statements(node.body, scope | names)
        elif isinstance(node, nodes.Expr):
            self._type(node, scope)
        else:
            for child in node.iter_child_nodes():
                self._statement(child, scope)

    def _loop(self, node: nodes.For, scope: Scope) -> None:
        element = _element(self._type(node.iter, scope))
        inside = scope | {"loop": _Loop(element)}
        self._bind(node.target, element, inside)
        if node.test:
            self._type(node.test, inside)
        self.statements(node.body, inside)
        self.statements(node.else_, scope)

    def _bind(self, target: nodes.Node, value: Any, scope: Scope) -> None:
        for name in [target] if isinstance(target, nodes.Name) else target.find_all(nodes.Name):
            scope[name.name] = value if name is target else _ANYTHING

    def _type(self, node: nodes.Node, scope: Scope) -> Any:
        if isinstance(node, nodes.Name):
            return self._member(node, scope, "", node.name)
        if isinstance(node, nodes.Getattr):
            return self._attribute(node, node.node, node.attr, scope)
        if isinstance(node, nodes.Getitem):
            return self._item(node, scope)
        if isinstance(node, nodes.Filter):
            return self._filtered(node, scope)
        types = [self._type(child, scope) for child in node.iter_child_nodes()]
        return types[1] if isinstance(node, nodes.CondExpr) else _ANYTHING

    def _attribute(self, node: nodes.Node, owner: nodes.Node, name: str, scope: Scope) -> Any:
        owner_type = self._type(owner, scope)
        if owner_type is _ANYTHING:
            return _ANYTHING
        return self._member(node, _members(owner_type), _path(owner), name)

    def _item(self, node: nodes.Getitem, scope: Scope) -> Any:
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._attribute(node, node.node, node.arg.value, scope)
        owner = self._type(node.node, scope)
        self._type(node.arg, scope)
        return owner if isinstance(node.arg, nodes.Slice) else _element(owner)

    def _filtered(self, node: nodes.Filter, scope: Scope) -> Any:
        value = self._type(node.node, scope) if node.node else _ANYTHING
        for argument in node.args:
            self._type(argument, scope)
        if node.name == "selectattr" and node.node and isinstance(node.args[0], nodes.Const):
            element = _element(value)
            if element is not _ANYTHING:
                self._member(node, _members(element), _path(node.node), node.args[0].value)
        if node.name in _TAKES_ONE:
            return _element(value)
        return value if node.name in _KEEPS_TYPE else _ANYTHING

    def _member(self, node: nodes.Node, members: Scope, owner: str, name: str) -> Any:
        if name in members:
            return members[name]
        near = difflib.get_close_matches(name, members, 1)
        before = f"{owner}." if owner else ""
        self.unknown.append(Unknown(node.lineno, before + name, before + near[0] if near else ""))
        return _ANYTHING


def _members(kind: Any) -> Scope:
    """The fields that a value of this type has, with their types; a text or number has none."""
    if isinstance(kind, _Loop):
        neighbours = {"nextitem": kind.element, "previtem": kind.element}
        return dict.fromkeys(_LOOP_FIELDS, _ANYTHING) | neighbours
    if not is_dataclass(kind):
        return {}
    types = get_type_hints(kind)
    return {one.name: _bare(types[one.name]) for one in fields(kind)}


def _bare(kind: Any) -> Any:
    """The type without its "or None"; a guard in the template is proved by the samples."""
    return get_args(kind)[0] if isinstance(kind, UnionType) else kind


def _element(kind: Any) -> Any:
    return _bare(get_args(kind)[0]) if get_origin(kind) is tuple else _ANYTHING


def _path(node: nodes.Node) -> str:
    """The expression as it stands in the template, as far as names and dots go."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    inner = next(iter(node.iter_child_nodes()), None)
    return _path(inner) if inner else ""
