"""The engine refuses with every reason, says the same beforehand, and leaves nothing half done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from casework.audit.models import AuditEntry
from casework.audit.verify import verify
from casework.context import STOCKHOLM, Actor
from casework.demo.road import begin, prepare, texts, write
from casework.documents.models import Document
from casework.errors import Invalid, Stale
from casework.kinds import gathered
from casework.mail.models import Message
from casework.matters.models import Matter
from casework.people.policy import may
from casework.people.role_names import LABELS
from casework.workflow.blockers import Blocked, UnknownTrigger
from casework.workflow.engine import Engine
from tests.demo.conftest import road_of, world

if TYPE_CHECKING:
    from pathlib import Path

    from casework.app import Casework
    from casework.demo.road import Road
    from casework.demo.world import World

__all__ = ["world"]

DAY = datetime(2025, 1, 13, 10, tzinfo=STOCKHOLM)


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    return road_of(world, tmp_path)


@pytest.fixture
def matter(road: Road) -> Matter:
    """Assigned to its case officer, with nothing written."""
    return begin(road, "decision", road.world.committee, texts()["planning"], DAY.date())


def fire(road: Road, who: Any, matter: Matter, trigger: str, *args: Any, **given: Any) -> None:
    actor = who if isinstance(who, Actor) else Actor(who.id, who.name)
    with road.casework.acting(road.world.organisation_id, actor, DAY) as context:
        row = context.session.get_one(Matter, matter.id)
        context.services.engine.fire(context.given(**given), row, trigger, *args)


def test_every_reason_is_told_at_once_and_beforehand(road: Road, matter: Matter) -> None:
    """An empty proposal lacks text, points, signatories and recipients: four reasons, not one."""
    with pytest.raises(Blocked) as refused:
        fire(road, road.cast.officer, matter, "submit")
    told = [blocker.code for blocker in refused.value.blockers]
    assert told == [
        "text_missing",
        "decision_points_missing",
        "signatories_missing",
        "recipients_missing",
    ]
    officer = Actor(road.cast.officer.id, road.cast.officer.name)
    with road.casework.acting(road.world.organisation_id, officer, DAY) as context:
        row = context.session.get_one(Matter, matter.id)
        options = {o.transition.trigger: o for o in context.services.engine.options(context, row)}
    assert list(options["submit"].blockers) == refused.value.blockers
    assert refused.value.status == 409


def test_the_role_alone_is_forbidden(road: Road, matter: Matter) -> None:
    """403, with the roles that may."""
    write(road, matter, texts()["planning"], DAY.date())
    with pytest.raises(Blocked) as refused:
        fire(road, road.cast.registrar, matter, "submit")
    assert refused.value.status == 403
    assert "handläggare" in refused.value.blockers[0].sentence("sv")


def test_an_unknown_step_is_not_found(road: Road, matter: Matter) -> None:
    """404 for a step that no state has."""
    with pytest.raises(UnknownTrigger):
        fire(road, road.cast.officer, matter, "fly")


def test_a_step_from_another_state_is_refused(road: Road, matter: Matter) -> None:
    """409, naming step and state."""
    with pytest.raises(Blocked, match="blocked") as refused:
        fire(road, road.cast.manager, matter, "approve")
    assert refused.value.blockers[0].code == "wrong_state"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "input_missing"),
        ({"reason": ""}, "input_missing"),
        ({"reason": 17}, "input_wrong"),
        ({"reason": "skäl", "mood": "glad"}, "input_unknown"),
    ],
)
def test_wrong_input_is_told(road: Road, matter: Matter, given: dict[str, Any], code: str) -> None:
    """422 for what is missing, of the wrong kind, or not asked for."""
    with pytest.raises(Invalid, match=code):
        fire(road, road.cast.registrar, matter, "withdraw", **given)


def test_a_stale_page_does_not_fire(road: Road, matter: Matter) -> None:
    """412 when the row is no longer what was read."""
    with pytest.raises(Stale):
        fire(road, road.cast.registrar, matter, "withdraw", matter.version - 1, reason="skäl")


def test_nobody_presses_what_another_machine_drives(road: Road, matter: Matter) -> None:
    """`decide` and `attest` belong to the meeting, whoever asks."""
    ready = prepare(road, "decision", road.world.committee, texts()["plan"], DAY.date())
    for who in road.cast.everybody():
        with pytest.raises(Blocked):
            fire(road, who, ready, "schedule")
    with pytest.raises(Blocked):
        fire(road, Actor(None, "Casework"), ready, "schedule")


def test_a_cascade_is_at_most_two_deep(road: Road) -> None:
    """A machine may move another, which may move one more, and no further."""
    ready = prepare(road, "decision", road.world.committee, texts()["plan"], DAY.date())
    with road.casework.acting(road.world.organisation_id, moment=DAY) as context:
        row = context.session.get_one(Matter, ready.id)
        deep = context.caused_by(row, "a").caused_by(row, "b").caused_by(row, "c")
        with pytest.raises(Blocked):
            context.services.engine.fire(deep, row, "schedule")


class Crash(RuntimeError):
    """What an effect raises in the tests."""


def crashing(name: str) -> dict[str, Any]:
    """The effects, of which one does its work and then fails."""

    def fail(*args: Any, **kwargs: Any) -> None:
        gathered().effects[name](*args, **kwargs)
        args[0].session.flush()
        raise Crash(name)

    return {**gathered().effects, name: fail}


STEPS = {
    "set_case_officer": "assign",
    "notify": "assign",
    "render": "submit",
    "start_deadline": "submit",
    "meet_deadline": "approve",
    "reset_secrecy_review": "refer_back",
    "cancel_deadline": "refer_back",
}


@pytest.mark.parametrize("name", STEPS)
def test_a_failing_effect_leaves_nothing_behind(road: Road, name: str) -> None:
    """State, documents, letters and record are as before, whichever effect fails."""
    trigger, cast = STEPS[name], road.cast
    text = texts()["planning"]
    day = DAY.date()
    if trigger == "assign":
        with road.casework.acting(road.world.organisation_id, moment=DAY) as context:
            from casework.matters.service import register

            subject = register(
                context, kind="decision", title="Ett ärende", body=road.world.committee
            )
        who: Any = cast.manager
        given: dict[str, Any] = {"case_officer": cast.officer.id}
    else:
        subject = begin(road, "decision", road.world.committee, text, day)
        write(road, subject, text, day)
        who, given = cast.officer, {}
        if trigger != "submit":
            fire(road, cast.officer, subject, "submit")
            who = cast.manager
            given = {"reason": "skäl"} if trigger == "refer_back" else {}
    before = standing(road, subject)
    broken = Engine(
        road.casework.services.engine.definitions, gathered().guards, crashing(name), may, LABELS
    )
    actor = Actor(who.id, who.name)
    with (
        pytest.raises(Crash, match=name),
        road.casework.acting(road.world.organisation_id, actor, DAY + timedelta(days=1)) as context,
    ):
        broken.fire(context.given(**given), context.session.get_one(Matter, subject.id), trigger)
    assert standing(road, subject) == before
    fire(road, who, subject, trigger, **given)  # and the step can still be taken
    assert standing(road, subject) != before


def standing(road: Road, matter: Matter) -> list[Any]:
    """All that a step could have changed."""
    with road.casework.database.read() as session:
        row = session.get_one(Matter, matter.id)
        tables = (AuditEntry, Document, Message)
        counts = [session.scalar(select(func.count()).select_from(table)) for table in tables]
        assert verify(session, road.casework.services.audit.key).breaks == ()
        return [row.state, row.version, row.case_officer_id, row.audit_head, *counts]
