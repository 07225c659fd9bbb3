"""Every code that can reach a person has its sentence in both languages, ready to be filled in."""

from __future__ import annotations

import ast
import inspect
from string import Formatter
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from casework.errors import Declined
from casework.phrases import catalogue
from tests.house.source import ROOT, Source, sources

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = sorted((ROOT / "casework" / "sentences").glob("*.yaml"))


def placeholders(sentence: str) -> set[str]:
    """The names a sentence wants filled in."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def stop(sentence: str) -> str:
    """How a sentence or a question ends; nothing for a mere word."""
    return sentence[-1] if " " in sentence and sentence[-1] in ".?" else ""


def code_position(function: Any) -> int | None:
    """Where in its call `function` takes the code of a sentence; None if it takes none."""
    if inspect.isclass(function) and not (
        issubclass(function, Declined) or hasattr(function, "sentence")
    ):
        return None
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return None
    return names.index("code") if "code" in names else None


def codes(source: Source) -> Iterator[tuple[int, str, set[str] | None]]:
    """Each code that the module names in a call: line, code, the parameters given if known."""
    module = source.module()
    for call in ast.walk(source.tree):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            continue
        function = getattr(module, call.func.id, None)
        position = code_position(function) if callable(function) else None
        if position is None or len(call.args) <= position:
            continue
        code = call.args[position]
        if isinstance(code, ast.Constant) and isinstance(code.value, str):
            yield call.lineno, code.value, given(call, position, function)


def given(call: ast.Call, position: int, function: Any) -> set[str] | None:
    """The parameters a call fills in; None where they are not written out in the call."""
    if any(
        parameter.kind is parameter.VAR_KEYWORD
        for parameter in inspect.signature(function).parameters.values()
    ):
        names = {keyword.arg for keyword in call.keywords}
        return None if None in names else {name for name in names if name}
    after = call.args[position + 1 :] + [k.value for k in call.keywords if k.arg == "params"]
    if not after:
        return set()
    params = after[0]
    if not isinstance(params, ast.Dict):
        return None
    keys = [key.value if isinstance(key, ast.Constant) else None for key in params.keys]
    return None if None in keys else {str(key) for key in keys}


def faults(source: Source) -> Iterator[str]:
    """What is wrong with the codes of a module, and where to mend it."""
    for line, code, params in codes(source):
        if code not in catalogue():
            yield f"{source.path}:{line} {code} has no sentence in casework/sentences/"
        elif params is not None:
            for language, sentence in catalogue()[code].items():
                missing = placeholders(sentence) - params
                if missing:
                    yield f"{source.path}:{line} {code} ({language}) lacks {sorted(missing)}"


def test_every_code_has_a_sentence_that_can_be_filled_in() -> None:
    """Nobody is ever shown a code, or an error because of one."""
    assert [fault for source in sources() for fault in faults(source)] == []


def recorded(source: Source) -> Iterator[tuple[int, str]]:
    """Each word that the module writes into the record: line, word."""
    for call in ast.walk(source.tree):
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="context" | "cause"), attr="record"),
                args=[_, ast.Constant(value=str(action)), *_],
            ):
                yield call.lineno, action


def test_every_entry_of_the_record_has_its_word() -> None:
    """A history is read by people: no entry in it is a code."""
    found = [(source, *entry) for source in sources() for entry in recorded(source)]
    assert len(found) > 50
    assert [
        f"{source.path}:{line} verb_{action} has no sentence in casework/sentences/verbs.yaml"
        for source, line, action in found
        if f"verb_{action}" not in catalogue()
    ] == []


def test_a_forgotten_sentence_would_be_found() -> None:
    """The look-out sees an unknown code and a parameter that is not given."""
    text = '"""Example."""\nConflict("no_such_code")\nTooLarge("too_large")\n'
    path = "casework/documents/press.py"
    example = Source.of(text.replace("Conflict", "NotFound"), path)
    assert [fault.split(" ", 1)[1] for fault in faults(example)] == [
        "no_such_code has no sentence in casework/sentences/",
        "too_large (sv) lacks ['limit_mb']",
        "too_large (en) lacks ['limit_mb']",
    ]


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_both_languages_say_the_same(code: str) -> None:
    """Swedish and English exist, end alike and want the same filled in."""
    assert set(catalogue()[code]) == {"sv", "en"}
    swedish, english = catalogue()[code]["sv"], catalogue()[code]["en"]
    assert placeholders(swedish) == placeholders(english)
    assert stop(swedish) == stop(english)


def test_no_code_has_two_sentences() -> None:
    """One code stands in one file, once: the second would silently win."""
    seen: dict[str, str] = {}
    for file in FILES:
        written = yaml.compose(file.read_text(encoding="utf-8"))
        for key in [key.value for key, _ in written.value] if written else []:
            assert key not in seen, f"{key} stands in {seen.get(key)} and in {file.name}"
            seen[key] = file.name
