"""Sentences for codes, in Swedish and English, made when shown and never stored."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

try:
    from yaml import CSafeLoader as Loader  # ten times as fast, where PyYAML has it
except ImportError:
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

Language = Literal["sv", "en"]


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every code with its sentence per language: `{code: {"sv": ..., "en": ...}}`."""
    folder = resources.files("casework") / "sentences"
    merged: dict[str, dict[str, str]] = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            merged.update(yaml.load(entry.read_text(encoding="utf-8"), Loader))
    return merged


def sentence(code: str, params: dict[str, Any], language: Language = "sv") -> str:
    """The sentence for `code` in `language`; raises KeyError for a code without one."""
    return catalogue()[code][language].format_map(_Shown(params, language))


class _Shown(dict[str, Any]):
    """Parameters as a reader sees them: a label per language is narrowed to the reader's, and a
    list is joined, with "or" where it names what would do (`any_of`)."""

    def __init__(self, params: dict[str, Any], language: Language) -> None:
        last = _OR[language] if "any_of" in params else None
        super().__init__({name: _narrow(value, language, last) for name, value in params.items()})


_OR = {"sv": " eller ", "en": " or "}


def _narrow(value: Any, language: Language, last: str | None) -> Any:
    if isinstance(value, dict) and language in value:
        return value[language]
    if isinstance(value, list):
        words = [str(_narrow(item, language, last)) for item in value]
        if last and len(words) > 1:
            return last.join([", ".join(words[:-1]), words[-1]])
        return ", ".join(words)
    return value
