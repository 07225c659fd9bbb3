"""Which states and triggers the source asks for by name, and of which kind of subject."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casework.kinds import gathered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.house.source import Source

# What a variable holds, where its name is not that of the table.
OWNERS = {"decision": "delegated_decision", "delegateddecision": "delegated_decision"}
OWNERS |= {"notice": "board_notice", "boardnotice": "board_notice"}
# What has a state and no workflow: a letter, a deadline, a reminder, a publication.
OTHERS = {"message", "letter", "leased", "settled", "deadline", "reminder", "publication", "link"}
# Rooms whose own rows have a state and no workflow: there only what says its table is looked at.
OWN_STATES = ("casework/mail/", "casework/deadlines/", "casework/publishing/", "casework/jobs/")
UNKNOWN = "?"  # a name that a reader of the source cannot say
FIRING = {"fire": 2, "check": 2, "step": 0}  # where the engine's methods take their trigger


@dataclass(frozen=True)
class Asked:
    """A name that the source asks for; `noun` is "" where the line does not say of what."""

    place: str
    noun: str
    name: str


def states(source: Source) -> Iterator[Asked]:
    """Each state that something's is compared with."""
    for function, node in _nodes(source.tree):
        for owner, named in _compared(node):
            noun = _noun(owner)
            is_other = noun is None or (not noun and source.path.startswith(OWN_STATES))
            if not is_other:
                found = resolved(named, source, function)
                place = f"{source.path}:{node.lineno}"
                names = [UNKNOWN] if found is None else found
                yield from (Asked(place, noun or "", name) for name in names)


def recorded(source: Source) -> Iterator[Asked]:
    """Each entry of the record that is asked for by its name: a step's or a verb's."""
    for _function, node in _nodes(source.tree):
        match node:
            case ast.Compare(
                left=ast.Attribute(attr="action", value=ast.Name(id="AuditEntry")),
                comparators=[ast.Constant(value=str(name))],
            ):
                yield Asked(f"{source.path}:{node.lineno}", "", name)


def triggers(source: Source) -> Iterator[Asked]:
    """Each trigger that the source itself takes, or asks a definition for."""
    for function, call in _nodes(source.tree):
        if not isinstance(call, ast.Call):
            continue
        match call.func:
            case ast.Attribute(attr="fire" | "check" as name, value=ast.Attribute(attr="engine")):
                pass
            case ast.Attribute(attr="fire" | "check" as name, value=ast.Name(id="engine")):
                pass
            case ast.Attribute(attr="step" as name):
                pass
            case _:
                continue
        if len(call.args) > FIRING[name]:
            place = f"{source.path}:{call.lineno}"
            found = resolved(call.args[FIRING[name]], source, function)
            names = [UNKNOWN] if found is None else found
            yield from (Asked(place, _subject(call, name), each) for each in names)


def resolved(node: ast.AST, source: Source, function: ast.FunctionDef | None) -> list[str] | None:
    """The strings that an expression can be; None where a reader of the source cannot say."""
    match node:
        case ast.Constant(value=str(value)):
            return [value]
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return _all(parts, source, function)
        case ast.Starred(value=inner) | ast.Subscript(value=inner):
            return resolved(inner, source, function)
        case ast.IfExp(body=one, orelse=other):
            return _all([one, other], source, function)
        case ast.Name(id=name):
            return _of_name(name, source, function)
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return _strings(getattr(getattr(source.module(), owner, None), name, None))
    return None


def _of_name(name: str, source: Source, function: ast.FunctionDef | None) -> list[str] | None:
    """What a local name was given, else what callers in the module hand it, else the constant."""
    if function is None:
        return _strings(getattr(source.module(), name, None))
    given = [
        (node.value, function)
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and any(isinstance(each, ast.Name) and each.id == name for each in node.targets)
    ]
    names = [argument.arg for argument in function.args.args]
    if name in names:
        given = [
            (call.args[names.index(name)], caller)
            for caller, call in _nodes(source.tree)
            if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id == function.name
            and caller is not function
            and len(call.args) > names.index(name)
        ]
        if not given:
            return None
    if given:
        return _joined(resolved(node, source, where) for node, where in given)
    return _strings(getattr(source.module(), name, None))


def _all(
    nodes: Iterable[ast.AST], source: Source, function: ast.FunctionDef | None
) -> list[str] | None:
    return _joined(resolved(node, source, function) for node in nodes)


def _joined(parts: Iterable[list[str] | None]) -> list[str] | None:
    found: list[str] = []
    for part in parts:
        if part is None:
            return None
        found += part
    return found


def _strings(value: Any) -> list[str] | None:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, Iterable):
        values = list(value)
        return values if all(isinstance(each, str) for each in values) else None
    return None


def _compared(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What has the state, and what it is compared with."""
    match node:
        case ast.Compare(left=ast.Attribute(attr="state", value=owner), comparators=[other]):
            yield owner, other
        case ast.Call(
            func=ast.Attribute(
                attr="in_" | "not_in", value=ast.Attribute(attr="state", value=owner)
            ),
            args=[other],
        ):
            yield owner, other


def _noun(owner: ast.expr) -> str | None:
    """The table that an expression names; "" where it says nothing, None for a table of others."""
    match owner:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            name = OWNERS.get(name.lower(), name.lower())
            if name in OTHERS:
                return None
            return name if gathered().get(name) else ""
    return ""


def _subject(call: ast.Call, name: str) -> str:
    """What is moved, where a variable says it."""
    return (_noun(call.args[1]) or "") if name != "step" else ""


def _nodes(tree: ast.AST) -> Iterator[tuple[ast.FunctionDef | None, Any]]:
    """Every node with the outermost function that it stands in."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inner: set[int] = set()
    for function in functions:
        for node in ast.walk(function):
            if id(node) not in inner:
                inner.add(id(node))
                yield function, node
    yield from ((None, node) for node in ast.walk(tree) if id(node) not in inner)
