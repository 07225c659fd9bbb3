"""Every deadline that is started has a name in the reader's words."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import yaml

from casework.web.components.dues import LABELS
from tests.house.source import ROOT, dotted, sources

if TYPE_CHECKING:
    from collections.abc import Iterator


def _started_by_workflows() -> Iterator[str]:
    for path in (ROOT / "workflows").glob("*.yaml"):
        for transition in yaml.safe_load(path.read_text(encoding="utf-8"))["transitions"]:
            if started := transition.get("deadlines", {}).get("start"):
                yield started["name"]


def _started_by_code() -> Iterator[str]:
    for source in sources():
        for call in ast.walk(source.tree):
            if isinstance(call, ast.Call) and dotted(call.func).startswith("deadlines.start"):
                names = {word.arg: word.value for word in call.keywords}
                yield ast.literal_eval(names["name"])


def test_every_deadline_has_a_label() -> None:
    """None that is started lacks one, and none is named that nothing starts."""
    assert {*_started_by_workflows(), *_started_by_code()} == set(LABELS)
