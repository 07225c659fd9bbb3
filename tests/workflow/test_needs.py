"""A file that lacks what code relies on is refused with the place: it would break the program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from casework import app
from casework.config import load_settings
from casework.kinds import gathered
from casework.workflow.check import check
from casework.workflow.definition import read_definition
from tests.support.workflows import shipped_workflows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.workflow.check import Vocabulary
    from casework.workflow.definition import Definition
    from casework.workflow.reading import Fault

FILES = shipped_workflows()
LACKS = {"workflow_lacks_state", "workflow_lacks_trigger"}


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    folder = str(tmp_path_factory.mktemp("needs"))
    return app.vocabulary(load_settings({"CASEWORK_DATA_DIR": folder}))


def renamed(source: str, name: str) -> str:
    """The file with a state, a trigger or a deadline under another name, wherever it stands."""
    return re.sub(rf"(?<![\w-]){name}(?![\w-])", f"{name}_2", source)


def faults_of(source: str, vocabulary: Vocabulary) -> list[Fault]:
    return check(read_definition(source, "own.yaml"), vocabulary)


def _needed() -> Iterator[tuple[str, str, str]]:
    for name, definition in FILES.items():
        for needs in gathered()[definition.subject].needed(definition):
            yield from ((name, "workflow_lacks_state", each) for each in needs.states)
            triggers = (*needs.fired, *needs.taken)
            yield from ((name, "workflow_lacks_trigger", each) for each in triggers)


@pytest.mark.parametrize(("file", "code", "name"), list(_needed()))
def test_what_code_relies_on_is_not_renamed(
    vocabulary: Vocabulary, file: str, code: str, name: str
) -> None:
    """Every state and trigger of every file that a Kind declares to need."""
    source = FILES[file].source
    field = "trigger: " if code == "workflow_lacks_trigger" else ""
    own = (
        re.sub(rf"trigger: {name}(?!\w)", f"trigger: {name}_2", source)
        if field
        else renamed(source, name)
    )
    [found] = [fault for fault in faults_of(own, vocabulary) if fault.code == code]
    lines = own.splitlines()
    assert f"{name}_2" in "".join(lines[found.line - 2 : found.line])  # the line of the new name
    assert f"”{name}_2”?" in found.sentence("sv")
    assert f"Is “{name}_2” meant?" in found.sentence("en")


def test_what_code_does_not_need_is_renamed_freely(vocabulary: Vocabulary) -> None:
    """A matter's own states are the organisation's; code that knows them does without."""
    own = FILES["decision-matter"].source
    for name in ("in_review", "executing", "approve", "begin_execution"):
        own = renamed(own, name)
    assert faults_of(own, vocabulary) == []


def test_a_deadline_that_nobody_knows_is_refused(vocabulary: Vocabulary) -> None:
    """It would have no name on the page and no reminder: both would fail, the second for ever."""
    own = FILES["decision-matter"].source.replace("name: review,", "name: trial,")
    faults = faults_of(own, vocabulary)
    line = own.splitlines().index(next(e for e in own.splitlines() if "name: trial" in e)) + 1
    assert ("workflow_unknown_deadline", line) in [(each.code, each.line) for each in faults]
    whole = renamed(FILES["decision-matter"].source, "review")
    assert [each.code for each in faults_of(whole, vocabulary)] == 4 * ["workflow_unknown_deadline"]


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("decision-matter", "    deadlines: {meet: initiative}\n", "", None),
        ("assignment", "    deadlines: {meet: report_back}\n", "", None),
        ("meeting", " summons\n", " attestation\n", "workflow_deadline_unended"),
        ("decision-matter", "meet: review", "meet: initiative", None),
        (
            *("decision-matter", "by: [workflow]", "by: [manager]"),
            "workflow_not_by_itself workflow_law_person",
        ),
        ("meeting", "require: [has_agenda,", "require: [has_text,", "workflow_stray_guard"),
        ("meeting", "render: summons", "render: proposal", "workflow_stray_document"),
        ("minutes", "effects: [set_locked]", "effects: [lock_minutes]", "workflow_stray_effect"),
    ],
)
def test_a_part_that_does_not_belong_is_refused(
    vocabulary: Vocabulary, file: str, old: str, new: str, code: str | None
) -> None:
    """A guard of another subject would meet a row that it cannot read; a deadline that no step
    ends is reminded of for ever. One end of two is enough."""
    source = FILES[file].source
    assert old in source
    found = {each.code for each in faults_of(source.replace(old, new), vocabulary)}
    assert found == set(code.split() if code else [])


def test_a_deadline_that_code_starts_is_ended(vocabulary: Vocabulary) -> None:
    """A motion's year ends with a decision or with its withdrawal, whoever starts it."""
    own = FILES["decision-matter"].source.replace("    deadlines: {meet: initiative}\n", "")
    own = own.replace("cancel: [review, initiative]", "cancel: review")
    [fault] = faults_of(own, vocabulary)
    assert fault.code == "workflow_deadline_unended"
    assert "initiative" in fault.sentence("sv")


OF_ONES_OWN = """\
workflow: licence-matter
version: 1
subject: matter
label: {sv: Tillståndsärende, en: Licence matter}
initial: received
states:
  received: {label: {sv: Inkommet, en: Received}}
  tried: {label: {sv: Prövat, en: Tried}}
  told: {label: {sv: Meddelat, en: Told}, final: true}
transitions:
  - {trigger: try, label: {sv: Pröva, en: Try}, from: received, to: tried, by: [case_officer]}
  - {trigger: tell, label: {sv: Meddela, en: Tell}, from: tried, to: told, by: [registrar]}
proofs:
  - {every_state: reaches_end}
"""


def test_another_kind_of_matter_needs_what_its_own_steps_ask_for(vocabulary: Vocabulary) -> None:
    """One that never comes before a body needs nothing of code; one that does, comes back too."""
    assert faults_of(OF_ONES_OWN, vocabulary) == []
    before_a_body = OF_ONES_OWN.replace("trigger: try", "trigger: schedule")
    assert {fault.code for fault in faults_of(before_a_body, vocabulary)} >= LACKS
    guarded = OF_ONES_OWN.replace("by: [registrar]", "by: [registrar], require: [not_sole_drafter]")
    assert {fault.code for fault in faults_of(guarded, vocabulary)} == {"workflow_lacks_trigger"}


def test_what_is_kept_need_not_have_the_verbs_of_today(vocabulary: Vocabulary) -> None:
    """What began on an earlier version stays on it."""

    def codes(definition: Definition, *, is_kept: bool) -> set[str]:
        return {fault.code for fault in check(definition, vocabulary, is_kept=is_kept)}

    own = read_definition(renamed(FILES["dispatch"].source, "give_up"), "own.yaml")
    assert codes(own, is_kept=False) & LACKS
    assert not codes(own, is_kept=True)
