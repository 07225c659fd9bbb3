"""What waits for whom, as the workflows say, asked of the database before anything is counted.

A subject waits for a person when a step on from its state is theirs to take: not a step aside
(to withdraw, to refer back), not one that somebody whom the row names takes first, and not one
that a guard leaves to another (the `turns` of a Kind). What else it asks for is left to do. A
signature, a trial before publishing and a request to a body are steps of no workflow, and wait too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select

from casework.deadlines.models import OPEN_STATES, Deadline
from casework.delegation.models import DelegatedDecision
from casework.followup.models import Assignment
from casework.followup.queries import waits_for_a_meeting
from casework.matters.models import Matter
from casework.meetings.models import Meeting, Minutes
from casework.meetings.queries import awaits_signature
from casework.people.policy import first_in_line
from casework.publishing.queries import waits_for_trial
from casework.workflow.versions import kept_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from casework.context import Context
    from casework.workflow.definition import Definition, Transition

    Place = tuple[str, int, str]


@dataclass(frozen=True)
class Waiting:
    """A list of what waits for somebody: which rows of `model`, asked for a person on a day."""

    model: type[Any]
    which: Callable[[Context, int], ColumnElement[bool]]


def is_aside(context: Context, definition: Definition, step: Transition) -> bool:
    """Whether the step leads off the road, back or past the turn: nobody is waited for to take it.

    The mark in the file decides. A version that is kept from before files had the mark bears none,
    and there such a step is one that asks for its reason.
    """
    if step.is_aside or not any(each.name == "reason" for each in step.inputs):
        return step.is_aside
    is_marked = any(each.is_aside for each in definition.transitions)
    return not is_marked and not context.services.engine.definitions.is_current(definition)


def waits_for(context: Context, model: type[Any], person_id: int) -> ColumnElement[bool]:
    """Which subjects of `model` wait for the person on the context's day."""
    turn_of = context.services.kinds.turns
    asked: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Place]] = {}
    for place, step, _definition in _steps_on(context, model):
        turns = tuple(call.name for call in step.require if call.name in turn_of)
        asked.setdefault((step.people, turns), []).append(place)
    states = sorted({state for places in asked.values() for _name, _version, state in places})
    theirs = or_(
        false(),
        *(
            and_(
                _stands_at(model, places),
                first_in_line(roles, person_id, model, context.today),
                *(turn_of[name](person_id) for name in turns),
            )
            for (roles, turns), places in asked.items()
        ),
    )
    return and_(model.state.in_(states), theirs)  # the states alone are what an index answers


def at_the_end(context: Context, model: type[Any]) -> ColumnElement[int]:
    """1 for subjects of which nothing is left but to end them (a closed matter to archive),
    else 0."""
    targets: dict[Place, set[bool]] = {}
    for place, step, definition in _steps_on(context, model):
        targets.setdefault(place, set()).add(definition.states[step.target].final)
    ending = [place for place, are_final in targets.items() if are_final == {True}]
    return case((_stands_at(model, ending), 1), else_=0)


def stands_before(context: Context, model: type[Any], trigger: str) -> ColumnElement[bool]:
    """Which subjects stand where a step `trigger` leads on, whoever takes it."""
    places = [
        place
        for place, definition in _places(context, model)
        if definition.step(trigger, place[2]) is not None
    ]
    return _stands_at(model, places)


def next_due(model: type[Any], never: date) -> ColumnElement[date]:
    """The nearest day of a deadline that runs on the subject; `never` where none does."""
    nearest = (
        select(func.min(Deadline.due_on))
        .where(
            Deadline.organisation_id == model.organisation_id,
            Deadline.subject_type == model.__tablename__,
            Deadline.subject_id == model.id,
            Deadline.state.in_(OPEN_STATES),
        )
        .correlate(model)
        .scalar_subquery()
    )
    return func.coalesce(nearest, never, type_=Deadline.due_on.type)


def _of_workflow(model: type[Any]) -> Waiting:
    return Waiting(model, lambda context, person_id: waits_for(context, model, person_id))


# Every list of what waits, by its name in an address.
LISTS: dict[str, Waiting] = {
    "signatures": Waiting(
        Minutes, lambda context, person_id: awaits_signature(context.organisation_id, person_id)
    ),
    "waiting": _of_workflow(Matter),
    "assignments": _of_workflow(Assignment),
    "requests": Waiting(
        Assignment,
        lambda context, person_id: waits_for_a_meeting(
            context.organisation_id, person_id, context.today
        ),
    ),
    "publishing": Waiting(
        Meeting,
        lambda context, person_id: waits_for_trial(
            context.organisation_id, person_id, context.today
        ),
    ),
    "decisions": _of_workflow(DelegatedDecision),
}


def _steps_on(context: Context, model: type[Any]) -> Iterator[tuple[Place, Transition, Definition]]:
    """Each step that people take on from each state."""
    for place, definition in _places(context, model):
        for step in definition.steps(place[2]):
            if step.people and not is_aside(context, definition, step):
                yield place, step, definition


def _places(context: Context, model: type[Any]) -> Iterator[tuple[Place, Definition]]:
    """Each state in every version that a subject stands on, with what it goes by from there.

    The place names the version of the subject, which may go by the steps of a later one.
    """
    definitions = context.services.engine.definitions
    for name, version in kept_versions(context.session):
        definition = definitions.get(name, version)
        if definition.subject == model.__tablename__:
            yield from (((name, version, state), definition) for state in definition.states)


def _stands_at(model: type[Any], places: Iterable[Place]) -> ColumnElement[bool]:
    """Which subjects are in one of these states, each of its own workflow and version."""
    states: dict[tuple[str, int], list[str]] = {}
    for name, version, state in places:
        states.setdefault((name, version), []).append(state)
    return or_(
        false(),
        *(
            and_(
                model.workflow == name,
                model.workflow_version == version,
                model.state.in_(there),
            )
            for (name, version), there in states.items()
        ),
    )
