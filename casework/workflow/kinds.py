"""What a subject is, said once: each room's `kind.py` declares its Kinds, `casework.kinds` gathers.

Endpoints and addresses are plain strings and words are codes of `casework/sentences`: a Kind knows
no face and no language. Of a guard `x` the words are `guard_x`, of an effect `effect_x`, of a
deadline `deadline_x`, of a place `#x` on the subject's page `place_x`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sqlalchemy import select, true

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from casework.context import Context
    from casework.workflow.blockers import Blocker
    from casework.workflow.definition import Definition

    Guard = Callable[..., Blocker | None]
    Effect = Callable[..., Mapping[str, Any] | None]
    Paper = Callable[[Context, Any], Any]
    Turn = Callable[[int], ColumnElement[bool]]
    Find = Callable[[Session, int, int], Any]
    Reminder = Callable[[Context, Any, Any], None]

Tone = Literal["neutral", "done", "late", "attention"]
EVERY = ""  # every workflow file of a kind, or every kind of subject
Function = TypeVar("Function", bound="Callable[..., Any]")


def by_name(*functions: Function) -> dict[str, Function]:
    """Each function under its own name, by which a workflow file calls it."""
    return {function.__name__: function for function in functions}


def place_code(place: str) -> str:
    """The code of the words that lead to a place on a page, such as `#decision-points`."""
    return f"place_{place.removeprefix('#').replace('-', '_')}"


@dataclass(frozen=True, kw_only=True)
class Offers:
    """What a room lets the workflow files of one subject name.

    `checks` are effects that do nothing but refuse what was stated, and so have a guard's words.
    `turns` are guards that say whose turn it is, as the condition on the rows for which they let a
    person through; `laws` hold for a trigger whatever the file says.
    """

    guards: Mapping[str, Guard] = field(default_factory=dict)
    turns: Mapping[str, Turn] = field(default_factory=dict)
    effects: Mapping[str, Effect] = field(default_factory=dict)
    checks: Mapping[str, Effect] = field(default_factory=dict)
    papers: Mapping[str, Paper] = field(default_factory=dict)
    laws: Mapping[str, tuple[Guard, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What code relies on in a workflow file, which is refused without it.

    Of the file of one `workflow`, of those with the step `trigger` or the guard `guard`, or of all.
    `states` are asked for by name, `fired` are triggers that code takes by itself, so that
    `workflow` must be among those who may; `taken` are those that a verb takes for a person, and
    `ended` deadlines that code starts and a step of the file must meet or cancel.
    """

    workflow: str = EVERY
    trigger: str = EVERY
    guard: str = EVERY
    states: tuple[str, ...] = ()
    fired: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Page:
    """Where one is shown in the web: the `endpoint` with its `argument`, and the `path` before the
    number in an address. The number is in the column `row`: what has no page of its own is shown
    on another's, at `anchor`."""

    endpoint: str
    argument: str
    path: str
    row: str = "id"
    anchor: str = ""

    def of(self, subject: Any) -> str:
        """The address of a row's page, from the beginning of the site."""
        return f"{self.path}/{getattr(subject, self.row)}{self.anchor}"


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Who reads the rows: who holds one of `roles` for them, and `members` of the body once the
    column `laid_open` is filled in. Everybody else is shown none."""

    roles: tuple[str, ...]
    members: tuple[str, ...] = ()
    laid_open: InstrumentedAttribute[Any] | None = None


def _every_row(*_asked: Any) -> ColumnElement[bool]:
    return true()


def _open_to_all(*_asked: Any) -> None:
    """Nobody is refused."""


def _matter_id_of(subject: Any) -> int | None:
    found: int | None = getattr(subject, "matter_id", None)
    return found


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A subject that moves through a workflow.

    `find(session, organisation_id, id)` gives the one that the session may see, or raises NotFound.
    `name` is what a person calls one, `line` how a list tells of it; `nouns` its address in the
    API. `has_file` says that it has a history and papers on pages of their own, of which
    `open_entries(session, subject, person_id, day)` and `open_papers(subject, person_id, day)` are
    for a person to read, and `require_open_papers` raises for whom no paper is, with the reason.
    `loads` is what a list of them loads at once.

    `readers` are None for what is not hidden by itself, but with what it belongs to: `rows` joins
    that. `matter_id` is the column of the matter that one follows from, `matter_of` the same of a
    row: a conflict of interest in the matter hides both.

    `knows` are states that mean something to code where a file has them, `needs` what a file must
    have. `deadlines` can be started on one; `reminder` writes the letter.
    `places` are the sections of its page where a guard is mended.
    """

    model: type[Any]
    find: Find
    name: Callable[[Any], str]
    page: Page
    nouns: str
    offers: Offers
    line: Callable[[Any], str] | None = None
    has_file: bool = True
    open_entries: Callable[[Session, Any, int, date], ColumnElement[bool]] = _every_row
    open_papers: Callable[[Any, int, date], ColumnElement[bool]] = _every_row
    require_open_papers: Callable[[Session, Any, int, date], None] = _open_to_all
    loads: tuple[Any, ...] = ()
    readers: Readers | None = None
    rows: Callable[[], Select[int]] | None = None
    matter_id: InstrumentedAttribute[Any] | None = None
    matter_of: Callable[[Any], int | None] = _matter_id_of
    needs: tuple[Needs, ...] = ()
    knows: tuple[str, ...] = ()
    tones: Mapping[str, Tone] = field(default_factory=dict)
    deadlines: tuple[str, ...] = ()
    reminder: Reminder | None = None
    places: tuple[str, ...] = ()

    @property
    def noun(self) -> str:
        """The name of its table, which is what a workflow file calls it."""
        return str(self.model.__tablename__)

    def line_of(self, subject: Any) -> str:
        return (self.line or self.name)(subject)

    def ids(self) -> Select[int]:
        """The numbers of those that the session may see."""
        return self.rows() if self.rows else select(self.model.id)

    def needed(self, definition: Definition) -> list[Needs]:
        """What code relies on in a workflow file."""
        guards = {guard.name for step in definition.transitions for guard in step.require}
        return [
            each
            for each in self.needs
            if each.workflow in (EVERY, definition.name)
            and each.trigger in (EVERY, *definition.triggers())
            and each.guard in (EVERY, *guards)
        ]


class Kinds:
    """All Kinds by noun, and all that workflow files may name."""

    def __init__(self, kinds: tuple[Kind, ...], besides: tuple[tuple[str, Offers], ...]) -> None:
        """`besides` is what rooms offer the files of other rooms' subjects, EVERY for all."""
        self._by_noun = {kind.noun: kind for kind in kinds}
        self._offers = (*((kind.noun, kind.offers) for kind in kinds), *besides)

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._by_noun.values())

    def __getitem__(self, noun: str) -> Kind:
        return self._by_noun[noun]

    def get(self, noun: str | None) -> Kind | None:
        return self._by_noun.get(noun or "")

    def of(self, subject: Any) -> Kind:
        """The Kind of a row."""
        return self._by_noun[subject.__tablename__]

    @cached_property
    def guards(self) -> dict[str, Guard]:
        return _merged(offers.guards for _noun, offers in self._offers)

    @cached_property
    def turns(self) -> dict[str, Turn]:
        return _merged(offers.turns for _noun, offers in self._offers)

    @cached_property
    def papers(self) -> dict[str, Paper]:
        return _merged(offers.papers for _noun, offers in self._offers)

    @cached_property
    def effects(self) -> dict[str, Effect]:
        every = _merged(offers.effects for _noun, offers in self._offers)
        return {**every, **self.checks, "render": self._render}

    @cached_property
    def checks(self) -> dict[str, Effect]:
        return _merged(offers.checks for _noun, offers in self._offers)

    @cached_property
    def laws(self) -> dict[tuple[str, str], tuple[Guard, ...]]:
        """What the law says of a step, whatever the workflow file does: by noun and trigger."""
        found: dict[tuple[str, str], tuple[Guard, ...]] = {}
        for noun, offers in self._offers:
            for trigger, laws in offers.laws.items():
                found[noun, trigger] = (*found.get((noun, trigger), ()), *laws)
        return found

    def offered(self, noun: str) -> list[Offers]:
        """What the workflow files of a subject may name."""
        return [offers for of, offers in self._offers if of in (noun, EVERY)]

    def _render(self, context: Context, subject: Any, value: str) -> None:
        """Draw up the paper that the workflow file names."""
        self.papers[value](context, subject)


Named = TypeVar("Named")


def _merged(parts: Iterator[Mapping[str, Named]]) -> dict[str, Named]:
    """One name is one thing; raises ValueError where two rooms give it to different ones."""
    found: dict[str, Named] = {}
    for part in parts:
        for name, thing in part.items():
            if found.setdefault(name, thing) is not thing:
                raise ValueError(name)
    return found
