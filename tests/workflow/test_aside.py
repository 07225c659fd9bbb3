"""Steps aside of the road, steps that lead nowhere, versions that only add to an earlier one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from casework.workflow.check import check
from casework.workflow.definition import DefinitionFaults, read_definition
from casework.workflow.diagram import svg, text
from casework.workflow.versions import Library, only_adds

if TYPE_CHECKING:
    from casework.workflow.check import Vocabulary
    from casework.workflow.definition import Definition

BACK = "    from: tried\n    to: asked\n    by: [manager]\n"
ASIDE = BACK + "    aside: true\n"
HAND_OVER = """\
  - trigger: hand_over
    label: {sv: Lämna över, en: Hand over}
    from: [asked, tried]
    to: same
    aside: true
    by: [manager]
"""
KEPT = Path(__file__).parents[1] / "upgrade" / "workflows"


def read(source: str) -> Definition:
    return read_definition(source, "leave.yaml")


def with_hand_over(leave: str) -> str:
    return leave.replace("proofs:\n", HAND_OVER + "proofs:\n")


def test_a_step_aside_is_marked_in_the_file(leave: str, vocabulary: Vocabulary) -> None:
    marked = read(leave.replace(BACK, ASIDE))
    assert [step.trigger for step in marked.transitions if step.is_aside] == ["send_back"]
    assert check(marked, vocabulary) == []
    assert "Lämna tillbaka → Begärd (vid sidan av)" in text(marked)
    assert "Lämna tillbaka → Begärd\n" in text(read(leave))


def test_a_step_aside_is_dashed(leave: str) -> None:
    assert 'dasharray="4 3"' in loops(svg(read(leave.replace(BACK, ASIDE))))
    assert "dasharray" not in loops(svg(read(leave)))


def loops(picture: str) -> str:
    return "".join(line for line in picture.splitlines() if 'class="workflow-loop"' in line)


def test_a_state_left_only_aside_is_a_fault(leave: str, vocabulary: Vocabulary) -> None:
    """What stands there would wait for nobody."""
    source = leave.replace(
        "from: [asked, tried]\n    to: refused\n",
        "from: [asked, tried]\n    to: refused\n    aside: true\n",
    ).replace(
        "from: tried, to: granted, by: [workflow]", "from: asked, to: granted, by: [workflow]"
    )
    codes = [fault.code for fault in check(read(source.replace(BACK, ASIDE)), vocabulary)]
    assert "workflow_only_aside" in codes


def test_a_step_that_no_person_takes_is_not_aside(leave: str, vocabulary: Vocabulary) -> None:
    source = leave.replace("by: [workflow], because", "by: [workflow], aside: true, because")
    assert "workflow_aside_by_nobody" in [f.code for f in check(read(source), vocabulary)]


def test_a_step_that_stays_is_one_for_each_of_its_states(
    leave: str, vocabulary: Vocabulary
) -> None:
    staying = read(with_hand_over(leave))
    steps = [staying.step("hand_over", state) for state in ("asked", "tried", "granted")]
    assert [step and (step.sources, step.target) for step in steps] == [
        (("asked",), "asked"),
        (("tried",), "tried"),
        None,
    ]
    assert check(staying, vocabulary) == []
    assert "Lämna över → samma läge (vid sidan av)" in text(staying)
    assert "In the same state" in svg(staying, language="en")


def test_a_step_that_stays_is_no_lap(leave: str, vocabulary: Vocabulary) -> None:
    """A proof of every lap is about those that leave the state; one written out is a lap."""
    proof = "proofs:\n  - {between: [tried, tried], always: asked}\n"
    source = with_hand_over(leave).replace("proofs:\n", proof)
    assert check(read(source), vocabulary) == []
    written_out = source.replace("from: [asked, tried]\n    to: same", "from: tried\n    to: tried")
    assert "workflow_proof_between" in [f.code for f in check(read(written_out), vocabulary)]


def test_a_state_cannot_bear_the_word(leave: str) -> None:
    with pytest.raises(DefinitionFaults) as wrong:
        read(leave.replace("tried", "same"))
    assert "workflow_state_reserved" in [fault.code for fault in wrong.value.faults]


@pytest.mark.parametrize(
    ("old", "new", "adds"),
    [
        ("by: [manager]\n    require", "by: [manager, case_officer]\n    require", True),
        (
            "{notify: {mail: assigned, to: manager}}",
            "{render: proposal}, {render: proposal}",
            False,
        ),
        ("effects: [{render", "effects: [{render: proposal}, {render", True),
        ("[has_text]", "[has_text, has_report]", False),
        ("required: true, label", "required: false, label", False),
        ("from: [asked, tried]", "from: [tried]", False),
        ("to: asked\n", "to: asked\n    aside: true\n", True),
        ("final: true, holds: decision", "final: true", False),
        ("edit: {text: [case_officer]}", "edit: {text: [manager]}", False),
        ("edit: {text: [case_officer]}", "edit: {text: [case_officer, manager]}", True),
        ("initial: asked", "initial: tried", False),
        ("subject: matter", "subject: assignment", False),
    ],
)
def test_whether_a_version_only_adds(leave: str, old: str, new: str, *, adds: bool) -> None:
    """Roles, steps and effects may come to it; what holds a step or a state means may not."""
    assert old in leave
    assert only_adds(read(leave.replace(old, new)), read(leave)) is adds


def test_what_is_under_way_takes_the_steps_that_are_added(leave: str) -> None:
    """Else a matter from before an upgrade would never have its officer changed."""
    second = read(with_hand_over(leave).replace("version: 1", "version: 2"))
    library = Library({"leave": second}, lambda *_which: leave)
    assert library.get("leave", 1) is second
    assert library.exactly("leave", 1).version == 1


def test_what_is_under_way_goes_by_the_latest_that_adds(leave: str) -> None:
    """The third holds a step harder: what is under way stops at the second."""
    second = with_hand_over(leave).replace("version: 1", "version: 2")
    third = second.replace("version: 2", "version: 3").replace("[has_text]", "[has_report]")
    kept = {("leave", 1): leave, ("leave", 2): second}
    library = Library(
        {"leave": read(third)},
        lambda name, version: kept.get((name, version)),
        kept=lambda _name: (2, 1),
    )
    assert library.get("leave", 1).version == 2
    assert library.get("leave", 3).version == 3


def test_a_version_may_be_numbered_by_its_day(leave: str) -> None:
    """What is under way asks for the versions there are, not for each number up to the day's."""
    harder = leave.replace("[has_text]", "[has_report]").replace("version: 1", "version: 20261201")
    asked: list[int] = []

    def older(_name: str, version: int) -> str:
        asked.append(version)
        assert len(asked) < 3, "each number is asked for"
        return leave

    library = Library({"leave": read(harder)}, older, kept=lambda _name: (20261201, 1))
    assert library.get("leave", 1).version == 1
    assert asked == [1]


@pytest.mark.parametrize(
    "name", ["decision-matter", "advisory-matter", "information-matter", "assignment"]
)
def test_matters_and_assignments_under_way_can_change_hands(name: str) -> None:
    """An installation on any earlier version can hand over what is open, with nothing migrated."""
    versions = sorted(
        (read(file.read_text(encoding="utf-8")) for file in KEPT.glob(f"{name}-?.yaml")),
        key=lambda each: each.version,
    )
    newest = versions[-1]
    assert all(only_adds(newest, each) for each in versions)
    trigger = "change_assignee" if name == "assignment" else "change_officer"
    still_open = {state.name for state in newest.states.values() if not state.final} - {
        "registered",  # has no officer yet: it is assigned
        "closed",
    }
    assert {s for s in newest.states if newest.step(trigger, s)} == still_open
