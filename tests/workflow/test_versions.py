"""A subject keeps the version it started on, and moves to another only as a whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from casework.errors import Conflict, Invalid, NotFound
from casework.phrases import sentence
from casework.workflow.definition import Definition, read_definition
from casework.workflow.models import WorkflowVersion
from casework.workflow.versions import (
    Library,
    migrate,
    older_source,
    plan_migration,
    register,
    versions_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from casework.db import Database

MOMENT = datetime(2025, 6, 10, 8, tzinfo=UTC)


class Own(DeclarativeBase):
    """Tables of these tests alone: the room knows no subject of its own."""


class Leave(Own):
    __tablename__ = "test_leave"

    id: Mapped[int] = mapped_column(primary_key=True)
    workflow: Mapped[str] = mapped_column(default="leave")
    workflow_version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str]


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    Own.metadata.create_all(database.engine)
    with database.session(writing=True) as opened:
        yield opened
        opened.rollback()
    Own.metadata.drop_all(database.engine)


@pytest.fixture
def first(leave: str) -> Definition:
    return read_definition(leave, "leave.yaml")


@pytest.fixture
def second(leave: str) -> Definition:
    """The second version: what was `tried` is called `weighed`."""
    source = leave.replace("version: 1", "version: 2").replace("tried", "weighed")
    return read_definition(source, "leave.yaml")


def ask(session: Session, *states: str) -> list[Leave]:
    rows = [Leave(state=state) for state in states]
    session.add_all(rows)
    session.flush()
    return rows


def test_a_new_version_is_kept_with_its_day(session: Session, first: Definition) -> None:
    register(session, [first], MOMENT)
    row = session.get_one(WorkflowVersion, ("leave", 1))
    assert (row.source, row.sha256, row.first_used_at) == (first.source, first.sha256, MOMENT)


def test_registering_again_changes_nothing(session: Session, first: Definition) -> None:
    register(session, [first], MOMENT)
    register(session, [first], MOMENT.replace(year=2026))
    assert session.get_one(WorkflowVersion, ("leave", 1)).first_used_at == MOMENT


def test_a_version_with_another_text_is_refused(
    session: Session, first: Definition, leave: str
) -> None:
    """Subjects under way would otherwise change their rules in silence."""
    register(session, [first], MOMENT)
    changed = read_definition(leave.replace("[has_text]", "[has_report]"), "leave.yaml")
    with pytest.raises(Conflict) as refused:
        register(session, [changed], MOMENT)
    assert "höj det till 2" in sentence(refused.value.code, refused.value.params)
    assert older_source(session, "leave", 1) == first.source


def test_the_library_gives_the_version_that_a_subject_started_on(
    session: Session, first: Definition, second: Definition
) -> None:
    """New subjects start on the file; the old text is asked for once."""
    register(session, [first, second], MOMENT)
    asked = []

    def older(name: str, version: int) -> str | None:
        asked.append((name, version))
        return older_source(session, name, version)

    library = Library({"leave": second}, older)
    assert library.names() == ("leave",)
    assert library.current("leave") is second
    assert library.get("leave", 2) is second
    assert library.get("leave", 1).source == first.source
    assert library.get("leave", 1) is library.get("leave", 1)
    assert asked == [("leave", 1)]


def test_a_workflow_without_a_usable_file_goes_by_its_highest_version(
    session: Session, first: Definition, second: Definition
) -> None:
    register(session, [second, first], MOMENT)
    assert versions_of(session, "leave") == (2, 1)
    assert versions_of(session, "another") == ()
    library = Library(
        {},
        lambda name, version: older_source(session, name, version),
        kept=lambda name: versions_of(session, name),
    )
    assert library.latest("leave").source == second.source


def test_an_unknown_workflow_or_version_is_said_in_one_sentence(first: Definition) -> None:
    library = Library({"leave": first}, lambda _name, _version: None)
    with pytest.raises(NotFound) as unknown:
        library.current("leav")
    assert sentence(unknown.value.code, unknown.value.params).endswith("Menas ”leave”?")
    with pytest.raises(NotFound) as version:
        library.get("leave", 7)
    assert version.value.params == {"name": "leave", "version": 7}


def test_a_plan_counts_and_changes_nothing(session: Session, second: Definition) -> None:
    """The dry run says how many move and which would be stuck; the rows stay as they are."""
    asked, one, two = ask(session, "asked", "tried", "tried")
    session.add(Leave(state="weighed", workflow_version=2))
    session.add(Leave(state="tried", workflow="other"))
    session.flush()
    plan = plan_migration(session, Leave, "leave", 1, second, {})
    assert plan.moves == {("asked", "asked"): (asked.id,)}
    assert plan.stuck == {"tried": (one.id, two.id)}
    assert (plan.moving, plan.left) == (1, 2)
    wrong = plan_migration(session, Leave, "leave", 1, second, {"tried": "nowhere"})
    assert wrong.stuck == plan.stuck
    mended = plan_migration(session, Leave, "leave", 1, second, {"tried": "weighed"})
    assert (mended.moving, mended.left) == (3, 0)
    assert session.scalars(select(Leave.workflow_version).order_by(Leave.id)).all()[:3] == [1, 1, 1]


def test_a_move_takes_every_subject_and_records_each(session: Session, second: Definition) -> None:
    rows = ask(session, "asked", "tried")
    recorded: list[tuple[int, str, str]] = []
    plan = migrate(
        session,
        Leave,
        "leave",
        1,
        second,
        {"tried": "weighed"},
        lambda subject, before, after: recorded.append((subject.id, before, after)),
    )
    assert plan.moving == 2
    assert recorded == [(rows[0].id, "asked", "asked"), (rows[1].id, "tried", "weighed")]
    session.expire_all()
    assert [(row.workflow_version, row.state) for row in rows] == [(2, "asked"), (2, "weighed")]


def test_a_move_that_would_leave_one_behind_moves_none(
    session: Session, second: Definition
) -> None:
    rows = ask(session, "asked", "tried")
    with pytest.raises(Conflict) as refused:
        migrate(session, Leave, "leave", 1, second, {}, lambda *_: pytest.fail("recorded"))
    assert refused.value.params == {"count": 1, "states": ["tried"]}
    session.expire_all()
    assert [row.workflow_version for row in rows] == [1, 1]


def test_subjects_are_not_moved_to_another_workflow(session: Session, leave: str) -> None:
    other = read_definition(leave.replace("workflow: leave", "workflow: absence"), "absence.yaml")
    with pytest.raises(Invalid) as refused:
        plan_migration(session, Leave, "leave", 1, other, {})
    assert refused.value.code == "migration_wrong_workflow"
