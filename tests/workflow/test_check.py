"""`casework workflow check`: one sentence for each fault, none for a file that is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from casework.cli.workflows import workflow
from casework.config import shipped
from casework.workflow.check import check
from casework.workflow.definition import read_definition

if TYPE_CHECKING:
    from pathlib import Path

    from casework.workflow.check import Vocabulary
    from casework.workflow.reading import Fault


def faults_of(source: str, vocabulary: Vocabulary) -> list[Fault]:
    return check(read_definition(source, "leave.yaml"), vocabulary)


def test_a_right_file_has_no_fault(leave: str, vocabulary: Vocabulary) -> None:
    assert faults_of(leave, vocabulary) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("subject: matter", "subject: mater", "workflow_unknown_subject", 1),
        ("by: [manager]", "by: [manger]", "workflow_unknown_role", 12),
        ("text: [case_officer]", "text: [officer]", "workflow_unknown_role", 7),
        ("[has_text]", "[has_txt]", "workflow_unknown_guard", 17),
        ("{notify: {mail: assigned", "{notfy: {mail: assigned", "workflow_unknown_effect", 18),
        ("render: proposal", "render: proposals", "workflow_unknown_document", 18),
        ("mail: assigned", "mail: asigned", "workflow_unknown_mail", 18),
        ("to: manager}", "to: reason}", "workflow_unknown_addressee", 18),
        ("by: [manager]", "by: []", "workflow_by_nobody", 12),
        ("from: tried\n", "from: []\n", "workflow_from_nowhere", 20),
        ("trigger: send_back", "trigger: refuse", "workflow_trigger_twice", 28),
        ("from: [asked, tried]", "from: [tried, tried]", "workflow_trigger_twice", 28),
        ("from: tried, to: granted", "from: tried, to: tried", "workflow_unreachable", 9),
        ("en: Refused}, final: true", "en: Refused}", "workflow_dead_end", 10),
        ("[asked, tried]", "[asked, tried, granted]", "workflow_final_left", 9),
        ("final: true", "final: false", "workflow_no_end", 1),
    ],
)
def test_a_fault_is_found_with_its_line(
    leave: str, vocabulary: Vocabulary, old: str, new: str, code: str, line: int
) -> None:
    """Each kind of mistake is called by its name, in both languages, at its place."""
    assert old in leave
    count = -1 if code == "workflow_no_end" else 1
    faults = faults_of(leave.replace(old, new, count), vocabulary)
    assert (code, line) in [(fault.code, fault.line) for fault in faults]
    for fault in faults:
        swedish, english = fault.sentence("sv"), fault.sentence("en")
        assert "{" not in swedish + english
        assert "\n" not in swedish + english
        assert swedish != english


def test_a_letter_may_go_to_a_person_that_the_step_names(
    leave: str, vocabulary: Vocabulary
) -> None:
    source = leave.replace(
        "    deadlines: {cancel: answer}", "    effects: [{notify: {mail: assigned, to: reason}}]"
    )
    assert faults_of(source, vocabulary) == []


@pytest.mark.parametrize(
    ("proof", "path"),
    [
        ("{before: refused, always: tried, because: lagen}", "asked –refuse→ refused"),
        ("{between: [tried, tried], always: granted}", "tried –send_back→ asked –try→ tried"),
        ("{between: [tried, refused], always: asked}", "tried –refuse→ refused"),
    ],
)
def test_a_proof_that_fails_shows_the_shortest_path(
    leave: str, vocabulary: Vocabulary, proof: str, path: str
) -> None:
    """The secretary sees which way leads around the law."""
    (fault,) = faults_of(f"{leave}  - {proof}\n", vocabulary)
    assert fault.line == 36
    assert fault.sentence("sv").endswith(f": {path}.")
    assert ("(lagen)" in fault.sentence("sv")) == ("because" in proof)


def test_a_state_without_an_end_is_shown_with_the_way_to_it(
    leave: str, vocabulary: Vocabulary
) -> None:
    """Two states that only lead to each other are no dead ends, yet nothing ever ends there."""
    source = leave.replace(
        "states:\n",
        "states:\n  limbo: {label: {sv: A, en: B}}\n  void: {label: {sv: C, en: D}}\n",
    ).replace(
        "proofs:\n",
        "  - {trigger: lose, from: [asked, void], to: limbo, by: [workflow]}\n"
        "  - {trigger: sink, from: limbo, to: void, by: [workflow]}\n"
        "proofs:\n",
    )
    (fault,) = faults_of(source, vocabulary)
    assert fault.code == "workflow_proof_end"
    assert fault.sentence("en").endswith("asked –lose→ limbo.")


def test_faults_come_in_the_order_of_the_file(leave: str, vocabulary: Vocabulary) -> None:
    source = leave.replace("by: [manager]", "by: [boss]").replace("[has_text]", "[has_pen]")
    lines = [fault.line for fault in faults_of(source, vocabulary)]
    assert lines == sorted(lines)
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("locale", "said"),
    [("sv_SE.UTF-8", "Arbetsflöden som håller: 1."), ("en_GB.UTF-8", "Workflows that hold: 1.")],
)
def test_one_file_that_holds_is_told_as_one(tmp_path: Path, locale: str, said: str) -> None:
    """The count stands where it is right for one file as for many."""
    one = shipped("workflows") / "dispatch.yaml"
    environ = {"CASEWORK_DATA_DIR": str(tmp_path), "LC_ALL": locale}
    ended = CliRunner().invoke(workflow, ["check", str(one)], env=environ)
    assert (ended.exit_code, ended.output) == (0, said + "\n")
