"""Small worlds for the tests of the workflow room: a file that is right, and a vocabulary."""

from __future__ import annotations

import pytest

from casework.workflow.check import Vocabulary

LEAVE = """\
workflow: leave
version: 1
subject: matter
label: {sv: Ledighet, en: Leave}
initial: asked
states:
  asked: {label: {sv: Begärd, en: Asked for}, edit: {text: [case_officer]}}
  tried: {label: {sv: Prövad, en: Tried}}
  granted: {label: {sv: Beviljad, en: Granted}, final: true, holds: decision}
  refused: {label: {sv: Nekad, en: Refused}, final: true}
transitions:
  - trigger: try
    label: {sv: Pröva, en: Try}
    from: asked
    to: tried
    by: [manager]
    require: [has_text]
    effects: [{render: proposal}, {notify: {mail: assigned, to: manager}}]
    deadlines: {start: {name: answer, rule: working_days, days: 5}}
  - trigger: send_back
    label: {sv: Lämna tillbaka, en: Send back}
    from: tried
    to: asked
    by: [manager]
    input: {reason: {type: text, required: true, label: {sv: Skäl, en: Reason}}}
    deadlines: {cancel: answer}
  - {trigger: grant, from: tried, to: granted, by: [workflow], because: "avtalet"}
  - trigger: refuse
    label: {sv: Neka, en: "No"}
    from: [asked, tried]
    to: refused
    by: [manager]
proofs:
  - {before: granted, always: tried, because: "avtalet"}
  - {every_state: reaches_end}
"""


@pytest.fixture
def leave() -> str:
    """The text of a workflow without a fault."""
    return LEAVE


@pytest.fixture
def vocabulary() -> Vocabulary:
    return Vocabulary(
        guards=frozenset({"has_text", "has_report"}),
        effects=frozenset({"render", "notify"}),
        roles=frozenset({"manager", "case_officer", "workflow"}),
        subjects=frozenset({"matter", "meeting"}),
        mails=frozenset({"assigned"}),
        documents=frozenset({"proposal"}),
    )
