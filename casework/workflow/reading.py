"""A YAML file read node by node: every fault is collected with its line, none stops the reading."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from casework.phrases import Language, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

Label = dict[str, str]
LANGUAGES = ("sv", "en")
LARGEST = 2**31 - 1  # what a whole number in the database holds
_NAME = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a workflow file; `line` is 0 where it belongs to the file as a whole."""

    file: str
    line: int
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def sentence(self, language: Language = "sv") -> str:
        """One line, as compilers write them: `file:line: sentence`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {sentence(self.code, self.params, language)}"


def unknown(file: str, line: int, kind: str, name: str, known: Iterable[str]) -> Fault:
    """The fault for a name that does not exist, with the nearest one that does."""
    params = {"name": name, "hint": nearest(name, known)}
    return Fault(file, line, f"workflow_unknown_{kind}", params)


def nearest(name: str, known: Iterable[str]) -> Label:
    """What may have been meant, as the end of a sentence; empty where nothing is near."""
    near = get_close_matches(name, list(known), n=1)
    languages: tuple[Language, ...] = ("sv", "en")
    return {
        language: sentence("workflow_hint", {"name": near[0]}, language) if near else ""
        for language in languages
    }


def line_of(node: Node) -> int:
    return int(node.start_mark.line) + 1


class _AliasFound(Exception):
    """An anchor is referred to."""


# The loader in C is faster, but deep nesting makes it end the whole process.
class _Loader(yaml.SafeLoader):
    """Stops at the first alias, before it can refer to itself."""

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            raise _AliasFound
        return super().compose_node(parent, index)


class Reading:
    """One file being read. A part that is wrong becomes a fault and an empty value."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def fault(self, node: Node | None, code: str, **params: Any) -> None:
        self.faults.append(Fault(self.file, line_of(node) if node else 0, code, params))

    def root(self, source: str) -> Node | None:
        """The file's outermost node; anchors are refused, for they can refer to themselves."""
        try:
            return yaml.compose(source, Loader=_Loader)
        except _AliasFound:
            self.fault(None, "workflow_alias")
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 0
            reason = error.problem or error.context or ""
            self.faults.append(Fault(self.file, line, "workflow_yaml", {"reason": reason}))
        except (yaml.YAMLError, RecursionError) as error:
            reason = str(error).splitlines()[0]
            self.faults.append(Fault(self.file, 0, "workflow_yaml", {"reason": reason}))
        return None

    def entries(self, node: Node | None, what: str) -> dict[str, Node]:
        """A mapping's nodes by key; a key that stands twice is a fault (YAML keeps the last)."""
        if not isinstance(node, MappingNode):
            self.fault(node, "workflow_wants_mapping", what=what)
            return {}
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in found:
                self.fault(key, "workflow_key_twice", key=name, what=what)
            found[name] = value
        return found

    def optional_entries(self, node: Node | None, what: str) -> dict[str, Node]:
        return self.entries(node, what) if node is not None else {}

    def record(
        self, node: Node | None, what: str, required: tuple[str, ...], optional: tuple[str, ...]
    ) -> dict[str, Node]:
        """A mapping with these keys and no others."""
        found = self.entries(node, what)
        known = (*required, *optional)
        for key, value in found.items():
            if key not in known:
                self.fault(value, "workflow_key_stray", key=key, what=what, known=list(known))
        if isinstance(node, MappingNode):
            for key in required:
                if key not in found:
                    self.fault(node, "workflow_key_absent", key=key, what=what)
        return found

    def items(self, node: Node | None, what: str) -> list[Node]:
        """A list's nodes; a lone value counts as a list of one."""
        if node is None:
            return []
        if isinstance(node, SequenceNode):
            return list(node.value)
        if isinstance(node, ScalarNode) and not node.value:
            self.fault(node, "workflow_wants_list", what=what)
            return []
        return [node]

    def text(self, node: Node | None, what: str) -> str:
        """A scalar as it is written, so that an English "No" stays a word."""
        if node is None:
            return ""
        if not isinstance(node, ScalarNode):
            self.fault(node, "workflow_wants_text", what=what)
            return ""
        return str(node.value)

    def name(self, node: Node | None, what: str) -> str:
        """A name that code and addresses can carry."""
        name = self.text(node, what)
        if node is not None and isinstance(node, ScalarNode) and not _NAME.fullmatch(name):
            self.fault(node, "workflow_name", name=name, what=what)
        return name

    def names(self, node: Node | None, what: str) -> tuple[str, ...]:
        return tuple(self.name(item, what) for item in self.items(node, what))

    def label(self, node: Node | None, what: str) -> Label:
        """What a person reads, in both languages."""
        if node is None:
            return {}
        found = self.record(node, what, LANGUAGES, ())
        label = {language: self.text(found.get(language), what) for language in LANGUAGES}
        for language in LANGUAGES:
            if language in found and not label[language].strip():
                self.fault(found[language], "workflow_label_empty", what=what, language=language)
        return label

    def whole_number(self, node: Node | None, what: str) -> int:
        value = self.plain(node) if isinstance(node, ScalarNode) else None
        if node is not None and (type(value) is not int or value < 1):
            self.fault(node, "workflow_wants_number", what=what)
            return 0
        if value is not None and value > LARGEST:
            self.fault(node, "workflow_number_too_large", what=what, most=LARGEST)
            return 0
        return value or 0

    def flag(self, node: Node | None, what: str) -> bool:
        value = self.plain(node) if isinstance(node, ScalarNode) else None
        if node is not None and not isinstance(value, bool):
            self.fault(node, "workflow_wants_flag", what=what)
        return value is True

    def plain(self, node: Node) -> Any:
        """The node as ordinary Python values."""
        if isinstance(node, MappingNode):
            return {key: self.plain(value) for key, value in self.entries(node, "argument").items()}
        if isinstance(node, SequenceNode):
            return [self.plain(item) for item in node.value]
        try:
            return SafeConstructor().construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            self.fault(node, "workflow_yaml", reason=str(error).splitlines()[0])
            return None
