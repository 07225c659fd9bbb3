"""No step hands work to somebody who is not told: every workflow file is walked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casework.config import shipped
from casework.inbox.effects import KIND_OF_MAIL
from casework.inbox.kinds import KINDS
from casework.people.policy import ROLES
from tests.support.workflows import shipped_workflows

if TYPE_CHECKING:
    from casework.workflow.definition import Definition, Transition

WORKFLOWS = shipped_workflows()
# Steps after which somebody else may go on, and no letter of the step's own goes.
AT_THE_TABLE = "the secretary takes it, in the meeting"
UNTOLD = {
    **dict.fromkeys(("schedule", "table", "propose", "release", "reconsider"), AT_THE_TABLE),
    "attest": "one letter for the whole meeting: minutes_attested",
    "decide": "the decider goes on; the meeting lists what is unreported, and deadlines remind",
    "send": "it has left, and nothing is to be done unless it comes back",
    "hold": "whoever dispatches chose the post, and it stands in their list until it has gone",
    "fail": "the letter goes from the dispatch itself, with the reason of the mail server",
}


def told(step: Transition) -> set[str]:
    """The roles that the step writes to."""
    return {str(call.arguments["to"]) for call in step.effects if call.name == "notify"}


def waiting(definition: Definition, step: Transition) -> set[str]:
    """The roles that go on from where the step leads, and do not take it themselves."""
    onwards = [each for each in definition.steps(step.target) if not each.is_aside]
    going_on = {role for each in onwards for role in each.by}
    return (going_on & ROLES.keys()) - set(step.by)


STEPS = [
    pytest.param(definition, step, id=f"{definition.name}-{step.trigger}-{step.target}")
    for definition in WORKFLOWS.values()
    for step in definition.transitions
    if step.target not in step.sources
]


@pytest.mark.parametrize(("definition", "step"), STEPS)
def test_whoever_goes_on_is_told(definition: Definition, step: Transition) -> None:
    """Where others go on from here the step tells somebody; else it says above why not."""
    going_on = waiting(definition, step)
    if going_on and step.trigger not in UNTOLD:
        assert told(step), f"tell one of {going_on}: effects: [{{notify: ...}}]"


def test_a_step_that_tells_nobody_would_be_found() -> None:
    """The rule sees a step after which another role goes on, and not one that its taker follows."""
    definition = WORKFLOWS["decision-matter"]
    submit = next(each for each in definition.transitions if each.trigger == "submit")
    archive = next(each for each in definition.transitions if each.trigger == "archive")
    assert "manager" in waiting(definition, submit)
    assert waiting(definition, archive) == set()


@pytest.mark.parametrize("trigger", ["refer_back", "send_back", "reopen", "withdraw", "strike_off"])
def test_whatever_is_sent_back_or_ended_tells_its_own_person(trigger: str) -> None:
    """In every workflow: the officer of a matter, the assignee of an assignment."""
    steps = [
        step
        for definition in WORKFLOWS.values()
        if definition.subject in ("matter", "assignment")
        for step in definition.transitions
        if step.trigger == trigger
    ]
    assert steps
    for step in steps:
        assert told(step) & {"case_officer", "assignee"}


def test_every_letter_of_a_workflow_has_its_kind() -> None:
    """What a workflow file sends is told as a kind of its own, whose letter is there."""
    sent = {
        str(call.arguments["mail"])
        for definition in WORKFLOWS.values()
        for step in definition.transitions
        for call in step.effects
        if call.name == "notify"
    }
    assert sent <= set(KIND_OF_MAIL)
    letters = {folder.name for folder in (shipped("templates") / "mail").iterdir()}
    assert {kind.mail for kind in KINDS.values() if kind.mail} <= letters
