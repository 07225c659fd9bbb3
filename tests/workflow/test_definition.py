"""Reading workflow files: what they say is kept exactly, what is wrong is told with its line."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from casework.workflow.definition import (
    Call,
    DefinitionFaults,
    Input,
    Proof,
    read_definition,
)
from casework.workflow.loading import load

if TYPE_CHECKING:
    from pathlib import Path

    from casework.workflow.reading import Fault


def faults_of(source: str) -> list[Fault]:
    with pytest.raises(DefinitionFaults) as caught:
        read_definition(source, "leave.yaml")
    return caught.value.faults


def test_a_file_is_read_whole(leave: str) -> None:
    """Name, version, states, steps, inputs and proofs are what the file says."""
    definition = read_definition(leave, "leave.yaml")
    assert (definition.name, definition.version, definition.subject) == ("leave", 1, "matter")
    assert definition.sha256 == hashlib.sha256(leave.encode()).hexdigest()
    assert list(definition.states) == ["asked", "tried", "granted", "refused"]
    assert definition.states["asked"].edit == {"text": ("case_officer",)}
    assert definition.states["granted"].final
    assert definition.states["granted"].holds == "decision"
    send_back = definition.step("send_back", "tried")
    assert send_back is not None
    label = {"sv": "Skäl", "en": "Reason"}
    assert send_back.inputs == (Input("reason", "text", True, label, ()),)
    assert definition.proofs[0] == Proof("before", ("granted",), "tried", "avtalet")
    assert definition.proofs[1] == Proof("every_state", (), "reaches_end", "")


def test_effects_keep_their_arguments_and_deadlines_are_effects(leave: str) -> None:
    """A lone argument stands under "value"; start, meet and cancel become effects."""
    definition = read_definition(leave, "leave.yaml")
    tried, back = definition.step("try", "asked"), definition.step("send_back", "tried")
    assert tried is not None
    assert back is not None
    assert tried.effects == (
        Call("render", {"value": "proposal"}),
        Call("notify", {"mail": "assigned", "to": "manager"}),
        Call("start_deadline", {"name": "answer", "rule": "working_days", "days": 5}),
    )
    assert back.effects == (Call("cancel_deadline", {"value": "answer"}),)


def test_what_is_met_may_start_anew_in_the_same_step(leave: str) -> None:
    """A deadline is met or cancelled before one of the same name starts, however it is written."""
    source = leave.replace(
        "deadlines: {cancel: answer}", "deadlines: {start: {name: answer}, meet: [answer, other]}"
    )
    step = read_definition(source, "leave.yaml").step("send_back", "tried")
    assert step is not None
    names = [call.name for call in step.effects]
    assert names == ["meet_deadline", "meet_deadline", "start_deadline"]


def test_steps_and_triggers_follow_the_file(leave: str) -> None:
    definition = read_definition(leave, "leave.yaml")
    assert [step.trigger for step in definition.steps("tried")] == ["send_back", "grant", "refuse"]
    assert definition.triggers() == ("try", "send_back", "grant", "refuse")
    assert definition.step("grant", "asked") is None
    assert definition.step("unknown", "tried") is None
    assert definition.steps("unknown") == ()


def test_a_step_of_another_machine_is_called_by_its_target(leave: str) -> None:
    step = read_definition(leave, "leave.yaml").step("grant", "tried")
    assert step is not None
    assert step.label == {"sv": "Beviljad", "en": "Granted"}


def test_a_label_no_is_a_word(leave: str) -> None:
    """YAML takes an unquoted No for false; a label is what is written."""
    source = leave.replace('en: "No"', "en: No")
    step = read_definition(source, "leave.yaml").step("refuse", "tried")
    assert step is not None
    assert step.label["en"] == "No"


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("version: 1", "version: 0", "workflow_wants_number", 2),
        ("version: 1", "version: true", "workflow_wants_number", 2),
        ("version: 1\n", "version: 1\nversion: 2\n", "workflow_key_twice", 3),
        ("subject: matter\n", "", "workflow_key_absent", 1),
        ("subject: matter", "subject: Mitt ärende", "workflow_name", 3),
        ("{sv: Ledighet, en: Leave}", "{sv: Ledighet}", "workflow_key_absent", 4),
        ("{sv: Ledighet, en: Leave}", "{sv: Ledighet, en: ''}", "workflow_label_empty", 4),
        ("{sv: Ledighet, en: Leave}", "Ledighet", "workflow_wants_mapping", 4),
        ("initial: asked", "initial: askd", "workflow_unknown_state", 5),
        ("final: true}", "final: kanske}", "workflow_wants_flag", 10),
        ("    to: tried", "    too: tried", "workflow_key_stray", 15),
        ("type: text", "type: prose", "workflow_input_type_unknown", 25),
        ("type: text", "type: choice", "workflow_choices", 25),
        ("[{render: proposal},", "[{render: proposal, x: y},", "workflow_call", 18),
        ("{before: granted, always: tried", "{before: granted", "workflow_proof_states", 34),
        ("{before: granted, always", "{always", "workflow_proof_kind", 34),
        ("reaches_end", "is_fine", "workflow_proof_unknown", 35),
        ("    from: [asked, tried]", "    from: [asked, &a tired]", "workflow_unknown_state", 28),
        ("[asked, tried]", "[asked, tried", "workflow_yaml", 31),
        ('    label: {sv: Neka, en: "No"}\n', "", "workflow_key_absent", 28),
        ("require: [has_text]", "require:", "workflow_wants_list", 17),
    ],
)
def test_a_fault_is_told_with_its_line(
    leave: str, old: str, new: str, code: str, line: int
) -> None:
    """Whatever is wrong, the first sentence names the place and what to do."""
    assert old in leave
    faults = faults_of(leave.replace(old, new, 1))
    assert (code, line) in [(fault.code, fault.line) for fault in faults]
    for fault in faults:
        assert fault.sentence("sv").startswith("leave.yaml")
        assert fault.sentence("en") != fault.sentence("sv")


@pytest.mark.parametrize(
    "source", ["", "a: &a [*a]", "\x01", "[" * 5000, "- a", "{[a]: b}", "x: 2026-13-45", "text"]
)
def test_what_is_no_workflow_is_refused_and_nothing_breaks(source: str) -> None:
    assert faults_of(source)


def test_a_wrong_name_is_answered_with_the_nearest(leave: str) -> None:
    faults = faults_of(leave.replace("initial: asked", "initial: askd"))
    assert "Menas ”asked”?" in faults[0].sentence("sv")
    assert "Is “asked” meant?" in faults[0].sentence("en")


def test_a_version_has_room_in_the_database(leave: str) -> None:
    """Numbered by day it has; by the minute it would stop every start."""
    assert faults_of(leave.replace("version: 1", "version: 202612010830"))[0].code == (
        "workflow_number_too_large"
    )
    largest = leave.replace("version: 1", "version: 2147483647")
    assert read_definition(largest, "leave.yaml").version == 2147483647


def test_a_folder_tells_the_faults_of_all_its_files(leave: str, tmp_path: Path) -> None:
    """One look at the list is enough to mend everything."""
    (tmp_path / "a.yaml").write_text(leave, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(leave, encoding="utf-8")
    (tmp_path / "c.yaml").write_text(leave.replace("version: 1", "version: x"), encoding="utf-8")
    (tmp_path / "d.yaml").write_bytes("label: Sjö".encode("latin-1"))
    faults = load(tmp_path, lambda _definition: []).faults
    assert [(fault.file, fault.code) for fault in faults] == [
        ("b.yaml", "workflow_name_taken"),
        ("c.yaml", "workflow_wants_number"),
        ("d.yaml", "workflow_not_utf8"),
    ]
