"""A Kind says once what a subject is: nothing that code relies on, or a page says, is forgotten."""

from __future__ import annotations

import ast
import inspect
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from casework.deadlines.models import OPEN_STATES
from casework.kinds import gathered
from casework.matters import letters as matter_letters
from casework.meetings import letters as meeting_letters
from casework.phrases import catalogue
from casework.workflow.kinds import place_code
from tests.house import relied
from tests.house.source import ROOT, Source, dotted, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casework.workflow.kinds import Kind
    from tests.house.relied import Asked

KINDS = list(gathered())
# The demonstration walks the roads of the shipped files, and the tools know no subject.
LOOKED_AT = [
    each for each in sources() if not each.path.startswith(("casework/demo/", "casework/workflow/"))
]
# What a reader of the source cannot name, and why it is right.
UNNAMED = {
    "casework/api/subjects.py": "the step that the caller asked for",
    "casework/distribution/mending.py": "whatever states the workflow has",
    "casework/waiting.py": "the states that the workflows themselves name",
    "casework/web/assignments.py": "the state that the reader chose in a list",
    "casework/web/components/steps.py": "the step that the person chose",
    Path("casework/web/work", "waiting.py").as_posix(): "the state that the reader chose in a list",
}
# What the next steps of a page mend by themselves has no link beside them.
ON_THE_SPOT = "#next-steps"
IN_TEMPLATES = re.compile(r"\b(\w+)\.state (?:==|!=|in|not in) (\"\w+\"|\([^)]*\))")


def needed(kind: Kind, *parts: str) -> set[str]:
    """What any workflow file of the kind must have, of these parts of its needs."""
    return {name for needs in kind.needs for part in parts for name in getattr(needs, part)}


def declared_states(noun: str) -> set[str]:
    """The states of the kind that code may ask for; of all where it is not known of which."""
    kinds = [kind for kind in KINDS if noun in ("", kind.noun)]
    return {name for kind in kinds for name in (*needed(kind, "states"), *kind.knows)}


def in_templates() -> Iterator[relied.Asked]:
    """Each state that a page compares its subject's with."""
    for path in sorted((ROOT / "templates" / "web").rglob("*.html")):
        for owner, names in IN_TEMPLATES.findall(path.read_text(encoding="utf-8")):
            noun = relied.OWNERS.get(owner, owner)
            for name in re.findall(r"\w+", names) if gathered().get(noun) else ():
                yield relied.Asked(path.relative_to(ROOT).as_posix(), noun, name)


def states_asked_for(looked_at: list[Source]) -> list[Asked]:
    return [asked for source in looked_at for asked in relied.states(source)]


def undeclared(asked: list[Asked]) -> list[str]:
    deadlines = {*OPEN_STATES, "met", "cancelled"}
    return [
        f"{each.place} asks for {each.name!r}; declare it in the kind.py of {each.noun or 'whose?'}"
        for each in asked
        if each.name not in declared_states(each.noun)
        and (each.noun or each.name not in deadlines)
        and (each.name != relied.UNKNOWN or each.place.partition(":")[0] not in UNNAMED)
    ]


def test_every_state_that_code_asks_for_is_declared() -> None:
    """A file that lacks it would be sound to the check, and break the program."""
    asked = [*states_asked_for(LOOKED_AT), *in_templates()]
    assert len(asked) > 150
    assert undeclared(asked) == []


def test_no_state_is_declared_that_nobody_asks_for() -> None:
    """What code does not need is an organisation's own to rename."""
    asked = {(each.noun, each.name) for each in (*states_asked_for(LOOKED_AT), *in_templates())}
    unasked = [
        f"{kind.noun}: {name}"
        for kind in KINDS
        for name in sorted(declared_states(kind.noun))
        if (kind.noun, name) not in asked and ("", name) not in asked
    ]
    assert unasked == []


def test_every_trigger_that_code_takes_is_declared() -> None:
    asked = [asked for source in LOOKED_AT for asked in relied.triggers(source)]
    asked += [asked for source in LOOKED_AT for asked in relied.recorded(source)]
    assert len(asked) > 40
    missing = []
    for each in asked:
        kinds = [kind for kind in KINDS if each.noun in ("", kind.noun)]
        known = {name for kind in kinds for name in needed(kind, "fired", "taken")}
        is_verb = f"verb_{each.name}" in catalogue()
        is_chosen = each.name == relied.UNKNOWN and each.place.partition(":")[0] in UNNAMED
        if each.name not in known and not is_verb and not is_chosen:
            missing.append(f"{each.place} takes {each.name!r}; declare it in a kind.py")
    assert missing == []


def test_no_trigger_is_needed_that_nobody_takes() -> None:
    """By code, by a verb that asks the record for it, or by a law that holds for it."""
    asked = {a.name for source in LOOKED_AT for a in relied.triggers(source)}
    asked |= {a.name for source in LOOKED_AT for a in relied.recorded(source)}
    asked |= {trigger for _noun, trigger in gathered().laws}
    needs = {name for kind in KINDS for name in needed(kind, "fired", "taken")}
    assert needs - asked == set()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('meeting.state == "adjourned"', "'adjourned'"),
        ('item.meeting.state in ("planned", "put_off")', "'put_off'"),
        ('Matter.state.not_in(["shelved"])', "'shelved'"),
        ('row.state != "nowhere"', "'nowhere'"),
        ("matter.state == anything", "'?'"),
    ],
)
def test_a_forgotten_state_would_be_found(line: str, told: str) -> None:
    example = Source.of(f'"""Example."""\n{line}\n', "casework/matters/guards.py")
    [found] = undeclared(states_asked_for([example]))
    assert told in found


def test_a_forgotten_trigger_would_be_found() -> None:
    text = '"""Example."""\ncontext.services.engine.fire(cause, matter, "shelve")\n'
    [found] = relied.triggers(Source.of(text, "casework/matters/guards.py"))
    assert (found.noun, found.name) == ("matter", "shelve")


def started() -> set[str]:
    """The name of each deadline that a workflow file or code starts."""
    found = set()
    for path in (ROOT / "workflows").glob("*.yaml"):
        for transition in yaml.safe_load(path.read_text(encoding="utf-8"))["transitions"]:
            if start := transition.get("deadlines", {}).get("start"):
                found.add(start["name"])
    for source in sources():
        for call in ast.walk(source.tree):
            if isinstance(call, ast.Call) and dotted(call.func).startswith("deadlines.start"):
                names = {word.arg: word.value for word in call.keywords}
                found.add(ast.literal_eval(names["name"]))
    return found


def test_every_deadline_has_its_kind() -> None:
    """None that is started is unknown, none is declared in vain, each has somebody to remind."""
    assert Counter(name for kind in KINDS for name in kind.deadlines) == Counter(started())
    assert [
        kind.noun for kind in KINDS if bool(kind.deadlines) != (kind.reminder is not None)
    ] == []
    assert set(matter_letters.TASKS) == set(gathered()["matter"].deadlines)
    assert set(meeting_letters.KINDS) == set(gathered()["meeting"].deadlines)


def test_everything_declared_has_its_words_and_no_word_stands_alone() -> None:
    """A step says all that it does and asks; no word is left of what is gone."""
    kinds = gathered()
    laws = {law.__name__ for laws in kinds.laws.values() for law in laws}
    places = {place for kind in KINDS for place in kind.places}
    wanted = {f"guard_{name}" for name in {*kinds.guards, *laws, *kinds.checks}}
    wanted |= {f"effect_{name}" for name in kinds.effects.keys() - kinds.checks.keys()}
    wanted |= {f"deadline_{name}" for kind in KINDS for name in kind.deadlines}
    wanted |= {place_code(place) for place in places}
    written = yaml.safe_load((ROOT / "casework/sentences/steps.yaml").read_text(encoding="utf-8"))
    assert set(written) == wanted


def _places(guard: Callable[..., object], *, with_helpers: bool = False) -> set[str]:
    """Where a guard says that it is mended; with what it calls in its module if asked."""
    function = inspect.unwrap(guard)
    constants = vars(inspect.getmodule(function))
    found: set[str] = set()
    for node in ast.walk(ast.parse(inspect.getsource(function))):
        named = constants.get(node.id) if isinstance(node, ast.Name) else None
        said = node.value if isinstance(node, ast.Constant) else named
        if isinstance(said, str) and said.startswith("#"):
            found.add(said)
        is_near = inspect.isfunction(named) and named.__module__ == function.__module__
        if with_helpers and is_near and named is not function:
            found |= _places(named)
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.noun)
def test_every_place_where_a_guard_is_mended_is_on_the_page(kind: Kind) -> None:
    """What refuses also leads there."""
    guards = [guard for offers in gathered().offered(kind.noun) for guard in offers.guards.values()]
    guards += [
        law for (noun, _), laws in gathered().laws.items() if noun == kind.noun for law in laws
    ]
    said = {place for guard in guards for place in _places(guard)}
    meant = {place for guard in guards for place in _places(guard, with_helpers=True)}
    assert said - {ON_THE_SPOT} <= set(kind.places) <= meant
