"""Whoever edits, deletes, inserts or reorders an entry in the database is found out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from casework.audit.verify import Verification, verify
from casework.matters.service import register

if TYPE_CHECKING:
    from casework.app import Casework
    from casework.demo.world import World

CHANGES = {
    "subject_type": "'stranger'",
    "subject_id": "subject_id + 1000",
    "sequence": "sequence + 100",
    "at": "'2001-01-01 00:00:00'",
    "actor_id": "999",
    "actor_name": "'Någon annan'",
    "action": "'approved'",
    "detail": "'{\"x\": 1}'",
    "cause": "'påhittad'",
    "previous_hash": "'0000'",
    "hash": "'0000'",
}


@pytest.fixture
def recorded(world: tuple[Casework, World]) -> Casework:
    """A matter with a chain of four entries, and an anchor over all chains."""
    casework, scene = world
    with casework.acting(scene.organisation_id) as context:
        matter = register(context, kind="decision", title="Ett ärende", body=scene.committee)
        for number in range(3):
            context.record(matter, "noted", number=number)
        context.session.flush()
        casework.services.audit.anchor(context.session, scene.organisation_id, context.today)
    return casework


def checked(casework: Casework) -> Verification:
    with casework.database.read() as session:
        return verify(session, casework.services.audit.key)


def tamper(casework: Casework, *statements: str) -> None:
    """As somebody with the database's password would."""
    with casework.database.unit_of_work() as session:
        for statement in statements:
            session.execute(text(statement))


SECOND = "subject_type = 'matter' AND sequence = 2"


def test_an_honest_record_holds(recorded: Casework) -> None:
    """Four entries for the matter, and nothing to complain of."""
    found = checked(recorded)
    assert found.breaks == ()
    assert found.entries > 4
    assert found.anchors == 1


@pytest.mark.parametrize("column", CHANGES)
def test_every_column_is_covered(recorded: Casework, column: str) -> None:
    """No column of an entry can be changed unseen."""
    tamper(recorded, f"UPDATE audit_entry SET {column} = {CHANGES[column]} WHERE {SECOND}")  # noqa: S608
    assert checked(recorded).breaks


def test_an_entry_that_is_gone_is_missed(recorded: Casework) -> None:
    """In the middle of a chain."""
    tamper(recorded, f"DELETE FROM audit_entry WHERE {SECOND}")  # noqa: S608
    assert checked(recorded).breaks[0].code == "audit_gap"


def test_a_cut_end_is_missed_even_if_the_count_is_mended(recorded: Casework) -> None:
    """The head is sealed: the count alone does not make it fit."""
    tamper(
        recorded,
        "DELETE FROM audit_entry WHERE subject_type = 'matter' AND sequence = 4",
        "UPDATE matter SET audit_count = 3",
    )
    assert "audit_cut" in {each.code for each in checked(recorded).breaks}


def test_a_cut_end_with_the_last_hash_for_a_head_is_missed(recorded: Casework) -> None:
    """What stands in the database is not enough to make a head."""
    tamper(
        recorded,
        "DELETE FROM audit_entry WHERE subject_type = 'matter' AND sequence = 4",
        "UPDATE matter SET audit_count = 3, audit_head = (SELECT hash FROM audit_entry"
        " WHERE subject_type = 'matter' AND sequence = 3)",
    )
    assert "audit_cut" in {each.code for each in checked(recorded).breaks}


def test_a_whole_chain_that_is_gone_is_missed(recorded: Casework) -> None:
    """The subject remembers that it had one; and if it forgets, the anchor does."""
    tamper(recorded, "DELETE FROM audit_entry WHERE subject_type = 'matter'")
    assert "audit_missing" in {each.code for each in checked(recorded).breaks}
    tamper(recorded, "UPDATE matter SET audit_count = 0, audit_head = ''")
    assert {each.code for each in checked(recorded).breaks} == {"audit_anchor_differs"}


def test_two_entries_in_each_others_place_are_found(recorded: Casework) -> None:
    """Reordered, with both numbers right."""
    tamper(
        recorded,
        f"UPDATE audit_entry SET sequence = 99 WHERE {SECOND}",  # noqa: S608
        "UPDATE audit_entry SET sequence = 2 WHERE subject_type = 'matter' AND sequence = 3",
        "UPDATE audit_entry SET sequence = 3 WHERE subject_type = 'matter' AND sequence = 99",
    )
    assert checked(recorded).breaks


def test_an_entry_put_in_is_found(recorded: Casework) -> None:
    """A copy of the last with the next number, and the count raised."""
    tamper(
        recorded,
        "INSERT INTO audit_entry (organisation_id, subject_type, subject_id, sequence, at,"
        " actor_id, actor_name, action, detail, cause, previous_hash, hash)"
        " SELECT organisation_id, subject_type, subject_id, 5, at, actor_id, actor_name,"
        " action, detail, cause, hash, hash FROM audit_entry"
        " WHERE subject_type = 'matter' AND sequence = 4",
        "UPDATE matter SET audit_count = 5",
    )
    assert {"audit_changed", "audit_cut"} <= {each.code for each in checked(recorded).breaks}


def test_a_changed_anchor_is_found(recorded: Casework) -> None:
    """Its root is signed."""
    tamper(recorded, "UPDATE audit_anchor SET root = 'abc'")
    assert checked(recorded).breaks[0].code == "audit_anchor_changed"


def test_another_key_proves_nothing(recorded: Casework) -> None:
    """Without the installation's secret no chain can be made or believed."""
    with recorded.database.read() as session:
        assert verify(session, b"another key").breaks
