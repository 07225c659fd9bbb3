"""What the law keeps for the body is kept in every workflow file, whatever step it invents."""

from __future__ import annotations

import pytest

from casework.kinds import gathered
from tests.support.workflows import shipped_workflows

DEFINITIONS = shipped_workflows()
MATTERS = [each for each in DEFINITIONS.values() if each.subject == "matter"]
PEOPLE_AWAY = {
    (definition.name, step.trigger)
    for definition in MATTERS
    for step in definition.transitions
    if "on_agenda" in step.sources and step.target != "on_agenda" and step.by != ("workflow",)
}


@pytest.mark.parametrize(("name", "trigger"), sorted(PEOPLE_AWAY))
def test_nobody_takes_a_matter_from_the_agenda_past_the_law(name: str, trigger: str) -> None:
    """KL 6:1-6, 6:13: each step by which a person takes it off is asked whether it lies there."""
    assert ("matter", trigger) in gathered().laws, name


def test_nobody_ends_or_moves_an_assignment_past_the_law() -> None:
    """Each step that ends it, or gives it another day, is the body's."""
    definition = DEFINITIONS["assignment"]
    ends = {
        step.trigger for step in definition.transitions if step.target in ("accepted", "cancelled")
    }
    moves = {
        step.trigger
        for step in definition.transitions
        if any(effect.name == "move_report_back" for effect in step.effects)
    }
    assert ends
    assert moves
    assert {("assignment", trigger) for trigger in ends | moves} <= gathered().laws.keys()


def test_there_are_such_steps() -> None:
    """A test over an empty list would pass whatever happens."""
    assert {trigger for _name, trigger in PEOPLE_AWAY} >= {"withdraw", "refer_back"}
