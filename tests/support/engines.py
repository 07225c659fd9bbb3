"""Which tests are asked on one engine, though their database can be had on both, and why.

The engines may answer differently to a statement, about a type, a key, an order or a lock. So the
rooms' own services and queries, migrations, hostile texts and whatever happens at once are asked
on both. What stands here tries branches of the law, or what a face shows of a room's answer, over
statements that others ask of both: it runs on SQLite. The first test of each such module, which
goes the common way, is asked of PostgreSQL as well. The choice is the same in every run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_A_FACE = "translates what a room answers"
_THE_LAW = "tries branches of the law over the statements of the whole road"

MOSTLY_ON_SQLITE = {
    "tests/accounts/test_sign_in.py": "passwords, codes and times, over few statements",
    "tests/accounts/test_stand_ins.py": _THE_LAW,
    "tests/api/test_accounts.py": _A_FACE,
    "tests/api/test_attachments.py": _A_FACE,
    "tests/api/test_board.py": _A_FACE,
    "tests/api/test_bodies.py": _A_FACE,
    "tests/api/test_callers.py": _A_FACE,
    "tests/api/test_corrections.py": _A_FACE,
    "tests/api/test_delegation.py": _A_FACE,
    "tests/api/test_dispatches.py": _A_FACE,
    "tests/api/test_origin.py": _A_FACE,
    "tests/api/test_pack.py": _A_FACE,
    "tests/api/test_publishing.py": _A_FACE,
    "tests/api/test_reading.py": _A_FACE,
    "tests/api/test_stand_ins.py": _A_FACE,
    "tests/api/test_standing.py": _A_FACE,
    "tests/api/test_steps.py": _A_FACE,
    "tests/delegation/test_authority.py": _THE_LAW,
    "tests/delegation/test_scheme.py": _THE_LAW,
    "tests/distribution/test_letters_and_guards.py": "one letter's ways, over few statements",
    "tests/distribution/test_mending.py": "one letter's ways, over the statements of the dispatch",
    "tests/followup/test_assignments.py": _THE_LAW,
    "tests/followup/test_before_the_body.py": _THE_LAW,
    "tests/inbox/test_assignments_and_signing.py": "whom each step tells, over one table",
    "tests/inbox/test_matters.py": "whom each step tells, over one table",
    "tests/meetings/test_adjournment.py": _THE_LAW,
    "tests/meetings/test_attestation.py": _THE_LAW,
    "tests/meetings/test_calendar_feed.py": "what a calendar says of the same meetings",
    "tests/meetings/test_formal_decisions.py": _THE_LAW,
    "tests/meetings/test_immediate.py": _THE_LAW,
    "tests/meetings/test_preparing.py": _THE_LAW,
    "tests/meetings/test_reopening.py": _THE_LAW,
    "tests/meetings/test_sections.py": _THE_LAW,
    "tests/meetings/test_stand_in_secretary.py": _THE_LAW,
    "tests/meetings/test_standing.py": _THE_LAW,
    "tests/meetings/test_summons.py": _THE_LAW,
    "tests/publishing/test_public_pages.py": _A_FACE,
    "tests/web/test_dispatches.py": _A_FACE,
    "tests/web/test_inbox.py": _A_FACE,
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what stands above; pytest tells how many."""
    met: set[str] = set()
    left_out = []
    for item in items:
        module, again = item.nodeid.partition("::")[::2]
        if module in MOSTLY_ON_SQLITE and "postgresql" in again:
            if module in met:
                left_out.append(item)
            met.add(module)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]
