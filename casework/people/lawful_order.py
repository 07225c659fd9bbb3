"""The order of steps that the law gives to what bodies do, as data beside its statute.

It holds for every workflow file that a body with such duties uses, whatever `proofs` the file has:
those may add to it. KL is kommunallagen (2017:725).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.people.body_kinds import BODY_KINDS
from casework.workflow.lawful import THE_END, Before, HeldBy, NobodyBy

if TYPE_CHECKING:
    from casework.workflow.definition import Definition
    from casework.workflow.lawful import Rule

# Any body can take up any kind of matter, so every file of matters is held to this.
OF_MATTERS: tuple[Rule, ...] = (
    # The minutes are attested before an excerpt of them is sent, on each lap.
    Before(("queue_excerpts", "dispatch"), ("attest",), "KL 5:69, 6:35", ("decide", "recommend")),
    HeldBy(("queue_excerpts",), ("minutes_attested",), "KL 5:69, 6:35"),
    # What is decided has stood on the agenda that the members were called to, each time.
    Before(
        ("decide",),
        ("schedule", "reconsider"),
        "KL 5:13, 6:17",
        ("decide", "release", "table", "propose", "refer_back"),
    ),
    # The body decides at its meeting, and its signers attest; nobody else does.
    NobodyBy(("decide", "attest"), "KL 5:69, 6:1–6"),
)

OF_MEETINGS: tuple[Rule, ...] = (
    Before(("open", "begin_session"), ("send_summons",), "KL 5:13, 6:17"),
    # What is attested is the document that was signed, drawn up after the meeting had ended.
    Before(
        ("attest", "lock_minutes"),
        ("sign_as_secretary",),
        "KL 5:69, 6:35",
        ("end", "resume", "recall"),
    ),
    Before(("sign_as_secretary",), ("end",), "KL 5:65, 6:35", ("resume",)),
    HeldBy(("attest", "lock_minutes"), ("all_signed",), "KL 5:69, 6:35"),
    NobodyBy(("attest", "lock_minutes"), "KL 5:69, 6:35"),
    # What is announced is that the minutes have been attested.
    Before(("post_notice",), ("attest",), "KL 8:12", ("end", "resume", "recall")),
)

OF_SIGNINGS: tuple[Rule, ...] = (
    HeldBy(("lock", "set_locked"), ("signed_by_all",), "KL 5:69, 6:35"),
    NobodyBy(("lock", "set_locked"), "KL 5:69, 6:35"),
)

OF_NOTICES: tuple[Rule, ...] = (
    # The notice stays up until the time to appeal has gone by.
    HeldBy(("take_down", "take_notice_down"), ("appeal_period_over",), "KL 8:12, 13:5"),
    Before(("confirm_legal_force",), ("take_notice_down",), "KL 13:5"),
)

OF_DELEGATED: tuple[Rule, ...] = (
    HeldBy(("number_and_sign",), ("line_in_force", "decider_holds_line"), "KL 6:37, 7:5"),
    Before(("report",), ("number_and_sign",), "KL 6:40, 7:8"),
    Before(("announce", "post_decision_notice"), ("number_and_sign",), "KL 8:10 p. 3"),
)

OF_URGENT: tuple[Rule, ...] = (
    HeldBy(("number_and_sign",), ("has_urgent_mandate", "decider_is_mandated"), "KL 6:39"),
    Before(("report",), ("number_and_sign",), "KL 6:40"),
    # A decision that was made is reported at the next meeting, without exception.
    Before((THE_END,), ("report",), "KL 6:40", ("number_and_sign",), from_the_beginning=False),
)

OF_WORKFLOWS: dict[str, tuple[Rule, ...]] = {
    **{kind.meeting_workflow: OF_MEETINGS for kind in BODY_KINDS.values() if kind.statutory},
    "minutes": OF_SIGNINGS,
    "board-notice": OF_NOTICES,
    "delegated-decision": OF_DELEGATED,
    "urgent-decision": OF_URGENT,
}


def law_of(definition: Definition) -> tuple[Rule, ...]:
    """What the law says of the steps in a workflow file."""
    if definition.subject == "matter":
        return OF_MATTERS
    return OF_WORKFLOWS.get(definition.name, ())
