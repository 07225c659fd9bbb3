"""What code needs of a workflow file: states, triggers and deadlines that a Kind relies on."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from casework.workflow.definition import WORKFLOW_ROLE
from casework.workflow.reading import Fault, nearest, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casework.workflow.definition import Definition, Transition
    from casework.workflow.kinds import Kind, Kinds, Needs

START = "start_deadline"
ENDING = ("meet_deadline", "cancel_deadline")


def strangers(definition: Definition, kinds: Kinds) -> Iterator[Fault]:
    """Guards, effects and papers of another kind of subject, and deadlines that nobody knows: code
    would meet a row it cannot read, or have no words and no letter for what is due."""
    kind = kinds.get(definition.subject)
    if kind is None:  # the subject itself is the fault, if there are Kinds at all
        return
    offered = kinds.offered(definition.subject)
    own = {
        "guard": {name for each in offered for name in each.guards},
        "effect": {name for each in offered for name in (*each.effects, *each.checks)} | {"render"},
        "document": {name for each in offered for name in each.papers},
    }
    known = {
        "guard": set(kinds.guards),
        "effect": set(kinds.effects),
        "document": set(kinds.papers),
    }
    for step in definition.transitions:
        for what, line, name in _named(step):
            if name in known[what] and name not in own[what]:
                params = {"name": name, "subject": definition.subject}
                yield Fault(definition.file, line, f"workflow_stray_{what}", params)
        for _verb, line, name in _deadlines(step):
            if name not in kind.deadlines:
                yield unknown(definition.file, line, "deadline", name, kind.deadlines)


def lacks(definition: Definition, kinds: Kinds) -> Iterator[Fault]:
    """What the file must have and has not, and deadlines that it starts and no step ends."""
    kind = kinds.get(definition.subject)
    if kind is None:
        return
    for needs in kind.needed(definition):
        yield from _states(definition, needs)
        yield from _triggers(definition, needs)
    yield from _unended(definition, kind)


def _states(definition: Definition, needs: Needs) -> Iterator[Fault]:
    lines = {name: state.line for name, state in definition.states.items()}
    for name in needs.states:
        if name not in lines:
            params = {"state": name, "hint": nearest(name, lines)}
            yield Fault(definition.file, _place(name, lines), "workflow_lacks_state", params)


def _triggers(definition: Definition, needs: Needs) -> Iterator[Fault]:
    lines = {step.trigger: step.line for step in definition.transitions}
    by_itself = {step.trigger for step in definition.transitions if WORKFLOW_ROLE in step.by}
    for name in (*needs.fired, *needs.taken):
        if name not in lines:
            params = {"trigger": name, "hint": nearest(name, lines)}
            yield Fault(definition.file, _place(name, lines), "workflow_lacks_trigger", params)
        elif name in needs.fired and name not in by_itself:
            params = {"trigger": name}
            yield Fault(definition.file, lines[name], "workflow_not_by_itself", params)


def _place(name: str, lines: Mapping[str, int]) -> int:
    """The line of what may be meant, else where such names begin."""
    near = get_close_matches(name, lines, n=1)
    return lines[near[0]] if near else min(lines.values(), default=0)


def _unended(definition: Definition, kind: Kind) -> Iterator[Fault]:
    """A deadline that no step meets or cancels runs on, with its reminders, for ever."""
    named = [each for step in definition.transitions for each in _deadlines(step)]
    ended = {name for verb, _line, name in named if verb in ENDING}
    started = {name: line for verb, line, name in named if verb == START}
    first = min((step.line for step in definition.transitions), default=0)
    for needs in kind.needed(definition):
        started |= dict.fromkeys(needs.ended, first)
    for name, line in started.items():
        if name not in ended:
            yield Fault(definition.file, line, "workflow_deadline_unended", {"deadline": name})


def _named(step: Transition) -> Iterator[tuple[str, int, str]]:
    for guard in step.require:
        yield "guard", guard.line, guard.name
    for effect in step.effects:
        yield "effect", effect.line, effect.name
        if effect.name == "render":
            yield "document", effect.line, str(effect.arguments.get("value"))


def _deadlines(step: Transition) -> Iterator[tuple[str, int, str]]:
    """Each deadline that the step starts, meets or cancels: the verb, its line and the name."""
    for call in step.effects:
        if call.name == START:
            yield call.name, call.line, str(call.arguments.get("name"))
        elif call.name in ENDING:
            yield call.name, call.line, str(call.arguments.get("value"))
