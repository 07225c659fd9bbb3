"""The workflows that come with the program: without fault, and lawful on every path."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework import app
from casework.config import load_settings
from casework.workflow.check import Vocabulary, check
from casework.workflow.definition import Definition, Proof
from casework.workflow.proofs import counterexample
from tests.support.workflows import shipped_workflows

SHIPPED = shipped_workflows()


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    """The names that the rooms really have."""
    data_dir = str(tmp_path_factory.mktemp("data"))
    return app.vocabulary(load_settings({"CASEWORK_DATA_DIR": data_dir}))


@pytest.fixture(params=sorted(SHIPPED))
def definition(request: pytest.FixtureRequest) -> Definition:
    return SHIPPED[request.param]


def test_every_shipped_workflow_passes_the_check(
    definition: Definition, vocabulary: Vocabulary
) -> None:
    assert [fault.sentence("en") for fault in check(definition, vocabulary)] == []


def test_every_shipped_workflow_proves_that_it_ends(definition: Definition) -> None:
    """A subject that can never be closed would stay in somebody's list for ever."""
    assert "every_state" in [proof.kind for proof in definition.proofs]


def test_an_input_of_a_person_has_words(definition: Definition) -> None:
    """Every field of a form is labelled in both languages."""
    for step in definition.transitions:
        for each in step.inputs:
            assert each.label, f"{definition.file}: {step.trigger}.{each.name}"


@pytest.mark.parametrize(
    ("workflow", "proof"),
    [
        # KL 5:69: the minutes are attested before an excerpt of them leaves.
        ("decision-matter", Proof("between", ("decided", "dispatched"), "attested")),
        # A matter that is opened again goes the whole road again.
        ("decision-matter", Proof("between", ("in_preparation", "closed"), "dispatched")),
        ("decision-matter", Proof("between", ("in_preparation", "on_agenda"), "in_review")),
        ("decision-matter", Proof("between", ("decided", "decided"), "on_agenda")),
        ("decision-matter", Proof("before", ("archived",), "closed")),
        ("advisory-matter", Proof("between", ("recommended", "dispatched"), "confirmed")),
        ("advisory-matter", Proof("between", ("in_preparation", "on_agenda"), "in_review")),
        # KL 6:17: those who decide are called.
        ("meeting", Proof("before", ("in_session",), "summoned")),
        ("assignment", Proof("before", ("accepted",), "reported")),
        ("assignment", Proof("between", ("open", "accepted"), "reported")),
    ],
)
def test_what_the_law_orders_holds_on_every_lap(workflow: str, proof: Proof) -> None:
    assert str(counterexample(SHIPPED[workflow], proof) or "holds") == "holds"


def test_the_law_is_not_proved_by_a_hole() -> None:
    """Without its attestation step checked, the proof of KL 5:69 fails and shows the shortcut."""
    matter = SHIPPED["decision-matter"]
    shortcut = tuple(
        replace(step, sources=(*step.sources, "decided")) if step.trigger == "dispatch" else step
        for step in matter.transitions
    )
    broken = replace(matter, transitions=shortcut)
    proof = next(proof for proof in matter.proofs if "5:69" in proof.because)
    assert str(counterexample(broken, proof)) == "decided –dispatch→ dispatched"


@pytest.mark.parametrize("trigger", ["decide", "attest", "table", "release", "schedule"])
def test_what_a_meeting_does_no_person_may_press(trigger: str) -> None:
    """Only the meeting's own machine decides, tables or attests a matter."""
    steps = [step for step in SHIPPED["decision-matter"].transitions if step.trigger == trigger]
    assert steps
    assert {step.by for step in steps} == {("workflow",)}


def test_an_advisory_body_announces_nothing() -> None:
    """No notice, no appeal: the effects that give them are not in its files."""
    for name in ("advisory-matter", "advisory-meeting"):
        effects = {call.name for step in SHIPPED[name].transitions for call in step.effects}
        assert "post_notice" not in effects
        rules = [
            call.arguments["rule"]
            for step in SHIPPED[name].transitions
            for call in step.effects
            if call.name == "start_deadline" and "rule" in call.arguments
        ]
        assert {"appeal", "announce", "attest"}.isdisjoint(rules)
