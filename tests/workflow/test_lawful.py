"""The law's own proofs: they hold for each file that a body with duties uses, and none leaves them
out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from casework import app
from casework.config import load_settings
from casework.kinds import gathered
from casework.people import lawful_order
from casework.people.body_kinds import BODY_KINDS
from casework.people.lawful_order import law_of
from casework.workflow.check import Vocabulary, check
from casework.workflow.definition import (
    Definition,
    DefinitionFaults,
    Proof,
    read_definition,
)
from casework.workflow.lawful import THE_END, Before, HeldBy, NobodyBy, Rule, is_named
from casework.workflow.proofs import counterexample
from tests.support.workflows import shipped_workflows

if TYPE_CHECKING:
    from casework.workflow.definition import Transition

SHIPPED = shipped_workflows()
RULES = [
    (name, rule) for name, definition in sorted(SHIPPED.items()) for rule in law_of(definition)
]


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    data_dir = str(tmp_path_factory.mktemp("data"))
    return app.vocabulary(load_settings({"CASEWORK_DATA_DIR": data_dir}))


def customers(name: str, *changes: tuple[str, str]) -> str:
    """A shipped file without any `proofs:` of its own, and with these changes."""
    source = SHIPPED[name].source.partition("\nproofs:\n")[0]
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    return source


def told(source: str, vocabulary: Vocabulary) -> list[tuple[int, str]]:
    """The line and the sentence of each fault."""
    faults = check(read_definition(source, "own.yaml"), vocabulary)
    return [(fault.line, fault.sentence("sv")) for fault in faults]


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_file_without_proofs_that_keeps_the_law_is_right(
    name: str, vocabulary: Vocabulary
) -> None:
    """Proofs in the file are the customer's to have or to leave; the law asks for none."""
    assert told(customers(name), vocabulary) == []


@pytest.mark.parametrize(
    ("name", "changes", "statute", "path"),
    [
        (
            "decision-matter",
            [
                (
                    "from: attested\n    to: dispatched",
                    "from: [decided, attested]\n    to: dispatched",
                )
            ],
            "KL 5:69, 6:35",
            "decided –dispatch→ dispatched",
        ),
        (
            "advisory-matter",
            [("from: confirmed\n    to: dis", "from: [confirmed, recommended]\n    to: dis")],
            "KL 5:69, 6:35",
            "recommended –dispatch→ dispatched",
        ),
        (
            "decision-matter",
            [("from: on_agenda\n    to: decided", "from: [ready, on_agenda]\n    to: decided")],
            "KL 5:13, 6:17",
            "ready –decide→ decided",
        ),
        (
            "meeting",
            [
                (
                    "from: summoned\n    to: in_session",
                    "from: [planned, summoned]\n    to: in_session",
                )
            ],
            "KL 5:13, 6:17",
            "planned –open→ in_session",
        ),
        (
            "meeting",
            [
                ("from: attesting\n    to: attested", "from: [ended, attesting]\n    to: attested"),
            ],
            "KL 5:69, 6:35",
            "ended –attest→ attested",
        ),
        (
            "meeting",
            [("      - sign_as_secretary\n", "      - sign_as_secretary\n      - post_notice\n")],
            "KL 8:12",
            "minutes_drafted –send_for_attestation→ attesting",
        ),
        ("minutes", [("require: [signed_by_all]", "require: []")], "KL 5:69, 6:35", ""),
        (
            "board-notice",
            [("from: down\n    to: has_", "from: [up, down]\n    to: has_")],
            "KL 13:5",
            "up –confirm_legal_force→ has_legal_force",
        ),
        (
            "delegated-decision",
            [("from: decided\n    to: announced", "from: [draft, decided]\n    to: announced")],
            "KL 8:10 p. 3",
            "draft –announce→ announced",
        ),
        (
            "urgent-decision",
            [("from: draft\n    to: withdrawn", "from: [draft, decided]\n    to: withdrawn")],
            "KL 6:40",
            "decided –withdraw→ withdrawn",
        ),
    ],
)
def test_removing_the_proofs_does_not_remove_the_law(
    name: str,
    changes: list[tuple[str, str]],
    statute: str,
    path: str,
    vocabulary: Vocabulary,
) -> None:
    """A short cut past the law is refused at its line, with the statute and the path, whatever
    the file proves."""
    source = customers(name, *changes)
    found = [line for line in told(source, vocabulary) if f"({statute})" in line[1]]
    assert found, told(source, vocabulary)
    assert any(path in sentence for _line, sentence in found)
    for number, sentence in found:
        trigger = re.search("”(.*?)”", sentence)
        assert trigger
        assert f"trigger: {trigger[1]}" in source.splitlines()[number - 1]


def test_another_name_is_no_way_round(vocabulary: Vocabulary) -> None:
    """States and steps may be called anything: what sends the excerpts is held all the same."""
    early = """
  - trigger: send_now
    label: {sv: Sänd genast, en: Send at once}
    from: resolved
    to: resolved
    by: [registrar]
    require: [minutes_attested]
    effects: [queue_excerpts]
"""
    source = customers("decision-matter", ("decided", "resolved")) + early
    [(_line, sentence)] = told(source, vocabulary)
    assert "”send_now” kan tas utan att ”attest” har gått före (KL 5:69, 6:35)" in sentence
    assert "resolved –send_now→ resolved" in sentence


def test_it_holds_for_a_kind_of_matter_of_the_customers_own(vocabulary: Vocabulary) -> None:
    """Any body may take up any kind of matter."""
    changes = [
        ("workflow: decision-matter", "workflow: permit-matter"),
        ("from: attested\n    to: dispatched", "from: decided\n    to: dispatched"),
    ]
    assert any(
        "KL 5:69" in each
        for _line, each in told(customers("decision-matter", *changes), vocabulary)
    )


def test_a_meeting_of_notes_has_no_such_law() -> None:
    """KL orders nothing for a forum or a presidium: its file is its own."""
    for kind in BODY_KINDS.values():
        assert bool(law_of(SHIPPED[kind.meeting_workflow])) is kind.statutory


@pytest.mark.parametrize(
    ("name", "rule"), RULES, ids=[f"{name}-{n}" for n, (name, _r) in enumerate(RULES)]
)
def test_no_rule_is_kept_by_a_hole(name: str, rule: Rule) -> None:
    """Each rule fails for some file that it holds for, once what it asks for is taken away."""
    assert rule.statute.startswith("KL ")
    for definition in SHIPPED.values():
        if rule in law_of(definition):
            assert list(rule.faults(definition)) == []
    assert any(
        list(rule.faults(_without(definition, rule)))
        for definition in SHIPPED.values()
        if rule in law_of(definition)
    ), (name, rule)


def _without(definition: Definition, rule: Rule) -> Definition:
    def other(step: Transition) -> Transition:
        if isinstance(rule, NobodyBy):
            return replace(step, by=(*step.by, "registrar"))
        if isinstance(rule, HeldBy):
            return replace(step, require=())
        assert isinstance(rule, Before)
        if not is_named(definition, step, rule.always):
            return step
        left = tuple(call for call in step.effects if call.name not in rule.always)
        trigger = "instead" if step.trigger in rule.always else step.trigger
        return replace(step, trigger=trigger, effects=left)

    return replace(definition, transitions=tuple(map(other, definition.transitions)))


def test_every_rule_names_what_exists() -> None:
    """A name that no file, guard or effect has would hold nothing."""
    triggers = {step.trigger for each in SHIPPED.values() for step in each.transitions}
    known = triggers | set(gathered().effects) | {THE_END}
    tables = (lawful_order.OF_MATTERS, *lawful_order.OF_WORKFLOWS.values())
    for rule in (rule for rules in tables for rule in rules):
        if isinstance(rule, HeldBy):
            assert set(rule.guards) <= set(gathered().guards)
        if isinstance(rule, Before):
            assert {*rule.always, *rule.since} <= known
        if isinstance(rule, Before | HeldBy | NobodyBy):
            assert set(rule.goal) <= known
    assert set(lawful_order.OF_WORKFLOWS) <= set(SHIPPED)


def test_a_proof_of_a_state_that_is_not_there_proves_nothing() -> None:
    """It is an error, and no success: anything holds of what does not exist."""
    with pytest.raises(LookupError, match="announced"):
        counterexample(SHIPPED["meeting"], Proof("before", ("announced",), "attested"))


def test_a_proof_in_the_file_of_a_state_that_is_not_there_is_refused_at_its_line() -> None:
    source = SHIPPED["meeting"].source + "  - {before: announced, always: attested}\n"
    with pytest.raises(DefinitionFaults) as refused:
        read_definition(source, "own.yaml")
    [fault] = refused.value.faults
    assert (fault.line, fault.code) == (len(source.splitlines()), "workflow_unknown_state")
