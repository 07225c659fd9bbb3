"""An endpoint is declared once: what goes in, what comes out, who may, and what may go wrong.

The declaration serves the request (`casework.api.serving`) and describes it
(`casework.api.openapi`); nothing about an endpoint stands anywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from casework.db import COUNTED, counted
from casework.people.policy import lift
from casework.people.queries import persons_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Unpack

    from marshmallow import Schema
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from casework.api.callers import Caller, Scope
    from casework.context import Context
    from casework.people.models import Person
    from casework.phrases import Language

    View = Callable[..., Any]
    Declare = Callable[[View], View]
    Listing = Callable[..., Select[Any]]

# Who may, beside the token's scope: said in the OpenAPI description, kept by services and policy.
SEES = "Whoever may read the row; others get 404."
EVERYBODY = "Everybody in the organisation."
STEP = "The roles that the workflow names for the step."

FIRST_PAGE = 50


@dataclass(frozen=True)
class Endpoint:
    """One method of one address.

    `answer` describes the body of the answer, each item of a page if `paged`; None is a file.
    `tagged` answers carry the row's version as ETag. `current` is the view that tells how the row
    stands now, for whoever changes a stale version; `upload` reads multipart/form-data. `confirms`
    is the field of the body that holds the caller's own password, and the refusal of a wrong one:
    it is proved, and a failure counted, before the transaction begins. An answer that holds a
    secret is not kept (`is_kept`): an Idempotency-Key is not looked at.
    """

    method: str
    rule: str
    name: str
    summary: str
    view: View
    scope: Scope
    who: str
    answer: type[Schema] | None = None
    paged: bool = False
    body: type[Schema] | None = None
    upload: bool = False
    query: type[Schema] | None = None
    status: int = 200
    tagged: bool = False
    conditional: bool = False
    current: View | None = None
    confirms: tuple[str, str] | None = None
    is_kept: bool = True
    errors: tuple[int, ...] = ()

    @property
    def writes(self) -> bool:
        return self.method != "GET"


class Declared(TypedDict, total=False):
    """What an endpoint may declare beside its address and summary; see `Endpoint`."""

    name: str
    scope: Scope
    who: str
    answer: type[Schema]
    paged: bool
    body: type[Schema]
    upload: bool
    query: type[Schema]
    status: int
    tagged: bool
    conditional: bool
    current: View
    confirms: tuple[str, str]
    is_kept: bool
    errors: tuple[int, ...]


@dataclass
class Room:
    """The endpoints of one noun, under its tag in the OpenAPI document."""

    tag: str
    endpoints: list[Endpoint] = field(default_factory=list)

    def get(self, rule: str, summary: str, **declared: Unpack[Declared]) -> Declare:
        return self._declare("GET", rule, summary, {"scope": "read", "who": SEES} | declared)

    def post(self, rule: str, summary: str, **declared: Unpack[Declared]) -> Declare:
        return self._declare("POST", rule, summary, {"scope": "write"} | declared)

    def put(self, rule: str, summary: str, **declared: Unpack[Declared]) -> Declare:
        return self._declare("PUT", rule, summary, {"scope": "write"} | declared)

    def patch(self, rule: str, summary: str, **declared: Unpack[Declared]) -> Declare:
        return self._declare("PATCH", rule, summary, {"scope": "write"} | declared)

    def delete(self, rule: str, summary: str, **declared: Unpack[Declared]) -> Declare:
        return self._declare("DELETE", rule, summary, {"scope": "write"} | declared)

    def _declare(self, method: str, rule: str, summary: str, declared: Declared) -> Declare:
        def declaring(view: View) -> View:
            stated: dict[str, Any] = {"name": view.__name__, **declared}
            self.endpoints.append(
                Endpoint(method=method, rule=rule, summary=summary, view=view, **stated)
            )
            return view

        return declaring


def by_id(row: Any) -> int:
    """The cursor of most lists."""
    return int(row.id)


@dataclass(frozen=True)
class Call:
    """One request, understood: in whose name, in which transaction, with which content."""

    context: Context
    caller: Caller
    language: Language
    body: Mapping[str, Any]
    query: Mapping[str, Any]
    versions: frozenset[str] | None = None

    @property
    def session(self) -> Session:
        return self.context.session

    @property
    def organisation_id(self) -> int:
        return self.context.organisation_id

    def expected(self, row: Any) -> int | None:
        """The version that the caller has read, None where it does not say.

        A version that is not the row's is given as -1, which no row has: the verb refuses it.
        """
        if self.versions is None:
            return None
        return int(row.version) if str(row.version) in self.versions else -1

    def begin(self) -> Context:
        """The context for a verb: all that the caller asked for is loaded, and was visible."""
        lift(self.session)
        return self.context

    def persons(self, person_ids: Iterable[int | None]) -> Sequence[Person]:
        """The persons that are named, in order; raises NotFound unless each exists here."""
        wanted = [person_id for person_id in person_ids if person_id is not None]
        return persons_with(self.session, self.organisation_id, wanted)

    def whole(self, rows: Iterable[Any]) -> Page:
        """A list that is short by nature, on one page."""
        items = list(rows)
        return Page(items, len(items))

    def part(self, ids: Sequence[int], fetch: Callable[[Sequence[int]], list[Any]]) -> Page:
        """A page of a list whose order no database has: `ids` are all of it, in order."""
        after, size = self.query["after"], self.query["limit"]
        start = 0 if after is None else ids.index(after) + 1 if after in ids else len(ids)
        shown = ids[start : start + size]
        return Page(fetch(shown), len(ids), shown[-1] if start + size < len(ids) else None)

    def page(
        self, listing: Listing, *given: Any, key: Callable[[Any], int] = by_id, **asked: Any
    ) -> Page:
        """A page of the list, how many rows it has in all, and where the next page begins.

        `listing` makes the statement of what is `given` and `asked`: of the page when it gets the
        cursor (`before` or `after`) and a `limit` too; `key` tells the cursor of a row.
        """
        name = "after" if "after" in self.query else "before"
        place = {name: self.query.get(name), "limit": self.limit}
        rows = list(self.session.scalars(listing(*given, **asked, **place)))
        everything = listing(*given, **asked)
        number = everything.column_descriptions[0]["entity"].id
        return self.page_of(rows, counted(self.session, everything, number), key)

    @property
    def limit(self) -> int:
        """One row more than the page holds: it tells whether there is a next page."""
        return int(self.query.get("limit", FIRST_PAGE)) + 1

    def page_of(self, rows: Sequence[Any], count: int, key: Callable[[Any], int] = by_id) -> Page:
        """The page of rows fetched up to `limit`, of `count` in all."""
        shown = rows[: self.limit - 1]
        return Page(list(shown), count, key(shown[-1]) if len(rows) > len(shown) else None)


@dataclass(frozen=True)
class Page:
    """Some rows of a list; `next` is the cursor of the page after, None on the last.

    `counted` is how many there are on all pages, as `casework.db.counted` gives it.
    """

    items: list[Any]
    counted: int
    next: int | None = None

    @property
    def count(self) -> int:
        return min(self.counted, COUNTED)

    @property
    def is_exact(self) -> bool:
        """There are as many as `count` says, and not more."""
        return self.counted <= COUNTED


@dataclass(frozen=True)
class Created:
    """A new row, and its own address below /api/v1."""

    row: Any
    address: str


@dataclass(frozen=True)
class File:
    """A file as an answer; `headers` are those that it needs beside the usual."""

    content: bytes
    media_type: str
    filename: str
    sha256: str
    headers: Mapping[str, str] = field(default_factory=dict)
