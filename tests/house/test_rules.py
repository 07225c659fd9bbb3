"""The code keeps the rules of the house, and each rule can be broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.house.exceptions import ALLOWED
from tests.house.rules import RULES
from tests.house.source import Source, sources

if TYPE_CHECKING:
    from tests.house.rules import Rule

BROKEN = {
    "commits": "def save(session):\n    session.commit()\n",
    "sets_state": "def close(matter):\n    matter.state = 'closed'\n",
    "reads_clock": "def today():\n    return datetime.datetime.now()\n",
    "is_too_long": "def long():\n" + "    pass\n" * 60,
    "opens_silently": "x = 1\n",
    "reads_any_number": "given = form.get('row', type=int)\n",
}
ALSO_BROKEN = {
    "sets_state": "session.execute(update(Matter).values(state='closed'))\n",
    "reads_clock": "from sqlalchemy import func\nat = func.now()\n",
    "is_too_long": "\n" * 451,
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_code_keeps_the_rule(rule: Rule) -> None:
    """Each line names the file to open and what to do there."""
    allowed = ALLOWED[rule.__name__]
    broken = [place for source in sources() if source.path not in allowed for place in rule(source)]
    assert broken == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_exception_is_left_over(rule: Rule) -> None:
    """An exception that no code needs any more hides the next mistake."""
    breaking = {source.path for source in sources() if list(rule(source))}
    assert set(ALLOWED[rule.__name__]) - breaking == set()


@pytest.mark.parametrize("examples", [BROKEN, ALSO_BROKEN])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_can_be_broken(rule: Rule, examples: dict[str, str]) -> None:
    """A rule that never bites is no rule."""
    example = examples.get(rule.__name__, BROKEN[rule.__name__])
    [found] = rule(Source.of(example))
    assert found.startswith("casework/example.py:")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_lawful_code_passes(rule: Rule) -> None:
    """A rule that bites everything is no rule either."""
    lawful = '"""What lives here."""\n\n\ndef name(self, state):\n    self.name = state\n'
    assert list(rule(Source.of(lawful))) == []
