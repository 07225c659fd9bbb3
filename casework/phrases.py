"""Sentences for codes, in Swedish and English, made when shown and never stored."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

Language = Literal["sv", "en"]


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every code with its sentence per language: `{code: {"sv": ..., "en": ...}}`."""
    folder = resources.files("casework") / "sentences"
    merged: dict[str, dict[str, str]] = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            merged.update(yaml.safe_load(entry.read_text(encoding="utf-8")))
    return merged


def sentence(code: str, params: dict[str, Any], language: Language = "sv") -> str:
    """The sentence for `code` in `language`; raises KeyError for a code without one."""
    return catalogue()[code][language].format_map(_Shown(params, language))


class _Shown(dict[str, Any]):
    """Parameters as a reader sees them: a label per language is narrowed to the reader's."""

    def __init__(self, params: dict[str, Any], language: Language) -> None:
        super().__init__({name: _narrow(value, language) for name, value in params.items()})


def _narrow(value: Any, language: Language) -> Any:
    if isinstance(value, dict) and language in value:
        return value[language]
    if isinstance(value, list):
        return ", ".join(str(_narrow(item, language)) for item in value)
    return value
