"""What waits for somebody is asked of the database, and it is what the engine would let them do."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from casework.context import Actor
from casework.delegation.models import DelegatedDecision
from casework.followup.models import Assignment
from casework.matters.models import Matter
from casework.people.models import Person, StandIn
from casework.people.policy import ROLES, Named, holds_any
from casework.sight import restrict_to
from casework.waiting import is_aside, waits_for
from casework.workflow.definition import read_definition
from casework.workflow.versions import register
from tests.api.conftest import api
from tests.api.test_reading import entered
from tests.demo.conftest import demonstrated, opened
from tests.support.crowd import crowd

if TYPE_CHECKING:
    from casework.context import Context
    from tests.api.conftest import Api
    from tests.support.databases import DatabaseMaker

__all__ = ["api"]

REGISTERED = 52
KEPT = Path(__file__).parents[1] / "upgrade" / "workflows"


def is_theirs(context: Context, subject: Any, person_id: int) -> bool:
    """As the engine has it: a step on that is open but for what is left to do."""
    definition = context.services.engine.definition_of(subject)
    for option in context.services.engine.options(context, subject):
        step = option.transition
        turns = {call.name for call in step.require if call.name in context.services.kinds.turns}
        blockers = [
            context.services.engine._guards[name](context, subject) for name in sorted(turns)
        ]
        lacks_role = any(each.code == "role_missing" for each in option.blockers)
        if is_aside(context, definition, step) or lacks_role or any(blockers):
            continue
        named = [role for name in step.by if isinstance(role := ROLES.get(name), Named)]
        is_named = any(getattr(subject, role.attribute, None) for role in named)
        names = [role.name for role in named]
        if not is_named or holds_any(context.session, person_id, subject, context.today, names):
            return True
    return False


def _stand_in(context: Context, absent: Person, stand_in: Person) -> None:
    """As no verb would let two of them: a chain lends nothing further."""
    context.session.add(
        StandIn(
            organisation_id=context.organisation_id,
            person_id=absent.id,
            stand_in_id=stand_in.id,
            valid_from=context.today,
            valid_to=context.today + timedelta(days=1),
            recorded_at=context.moment,
        )
    )


@pytest.mark.parametrize("model", [Matter, Assignment, DelegatedDecision])
def test_the_list_is_what_the_engine_lets_them_do(
    database_maker: DatabaseMaker, tmp_path: Path, model: type[Any]
) -> None:
    """For everybody and every subject, in each state and version that there is; for who stands in
    as well."""
    with database_maker.copied("demonstrated", tmp_path, demonstrated) as (url, world):
        casework = opened(url, tmp_path)
        with casework.acting(world.organisation_id) as context:
            crowd(context, matters=120, assignments=40, decisions=60)
            _stand_in(context, world.cast.officer, world.cast.registrar)
            _stand_in(context, world.cast.manager, world.cast.officer)
        found: dict[str, int] = {}
        with casework.database.read() as session:
            for person in session.scalars(select(Person).order_by(Person.id)).all():
                context = casework.context(
                    session, world.organisation_id, Actor(person.id, person.name)
                )
                session.info.pop("visible", None)
                rows = session.scalars(select(model)).all()
                listed = session.scalars(
                    select(model.id).where(waits_for(context, model, person.id))
                )
                theirs = {row.id for row in rows if is_theirs(context, row, person.id)}
                assert set(listed) == theirs, person.name
                found[person.name] = len(theirs)
                restrict_to(context, person.id)
                seen = session.scalars(select(model.id).where(waits_for(context, model, person.id)))
                assert set(seen) <= theirs
        casework.database.close()
    assert sum(1 for count in found.values() if count) >= 2


def test_each_version_in_flight_says_for_whom_it_waits(api: Api) -> None:
    """A matter that began on another version waits for whom that one names."""
    with api.casework.acting(api.world.organisation_id) as context:
        current = context.services.engine.definitions.current("decision-matter")
        version = f"version: {current.version}\n"
        older = current.source.replace(version, "version: 77\n", 1).replace(
            "by: [committee_secretary, workflow]", "by: [chair, workflow]", 1
        )
        assert older.count("by: [chair, workflow]") == 1
        register(context.session, [read_definition(older, "older")], context.moment)
        crowd(context, matters=3, state="ready")
        moved = update(Matter).where(Matter.id.in_([1, 2]))
        context.session.execute(moved.values(workflow_version=77))
    assert section(entered(api, "secretary").get("/").text, "waiting") == ("1", 1)
    assert section(entered(api, "chair").get("/").text, "waiting") == ("2", 2)


def test_what_began_before_an_upgrade_waits_by_the_steps_it_goes_by(api: Api) -> None:
    """A version that only adds to it is followed, and the row still names the one it began on."""
    with api.casework.acting(api.world.organisation_id) as context:
        first = (KEPT / "decision-matter-1.yaml").read_text(encoding="utf-8")
        register(context.session, [read_definition(first, "first")], context.moment)
        crowd(context, matters=2, state="ready")
        context.session.execute(update(Matter).values(workflow_version=1))
    with api.casework.acting(api.world.organisation_id) as context:
        matter = context.session.get_one(Matter, 1)
        assert context.services.engine.definition_of(matter).version > 1
    assert section(entered(api, "secretary").get("/").text, "waiting") == ("2", 2)


def test_those_that_wait_for_others_crowd_out_nobodys(api: Api) -> None:
    """Fifty-two registered matters wait for the registrar; the secretary's own two are there."""
    for number in range(REGISTERED):
        api.registered(f"Nyinkommet ärende {number}")
    with api.casework.acting(api.world.organisation_id) as context:
        crowd(context, matters=2, state="ready")
    page = entered(api, "secretary").get("/").text
    assert section(page, "waiting") == ("2", 2)
    registrar = entered(api, "registrar")
    page = registrar.get("/").text
    assert section(page, "waiting") == (str(REGISTERED), 10)
    assert f"Visa alla {REGISTERED}" in page
    told = walked_through(registrar, "/my-work/waiting")
    assert len(told) == len(set(told)) == REGISTERED
    assert "52 i listan" in registrar.get("/my-work/waiting").text
    assert walked_through(registrar, "/my-work/waiting?state=ready") == []


def section(page: str, name: str) -> tuple[str, int]:
    """The count that a section tells, and how many lines it shows."""
    part = page.split(f'<section id="{name}"')[1].split("</section>")[0]
    return re.findall(r'class="count">([^<]+)<', part)[0], part.count('class="matter-title"')


def walked_through(client: Any, path: str) -> list[str]:
    """The addresses of all rows of a list, page by page."""
    told: list[str] = []
    while path:
        page = client.get(path).text
        told += re.findall(r'class="matter-title" href="([^"]+)"', page)
        path = next(iter(re.findall(r'rel="next" href="([^"]+)"', page)), "").replace("&amp;", "&")
    return told
