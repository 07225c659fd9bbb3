"""How a long list is told on a page: how many rows it has, and the way to the rest of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask import request
from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy import literal, tuple_

from casework.db import COUNTED
from casework.errors import NotFound
from casework.web.frame.asked import whole_number
from casework.web.shapes import Link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select

Line = TypeVar("Line")
NEVER = date.max
FURTHEST = 1_000_000
PLACE = re.compile(r"(\d)~(\d{4}-\d\d-\d\d)~(-?\d{1,18})")


@dataclass(frozen=True)
class Part(Generic[Line]):
    """The beginning of a list, and where the whole of it is; None where this is the whole."""

    lines: list[Line]
    rest: Link | None = None


def number_of(count: int) -> str:
    """A count as `casework.db.counted` gives it, for a reader."""
    if count <= COUNTED:
        return str(format_decimal(count))
    more: str = _("fler än %(count)s", count=format_decimal(COUNTED))
    return more


def show_all(count: int) -> str:
    """What leads from the beginning of a list to the whole of it."""
    if count > COUNTED:
        return str(_("Visa alla"))
    return str(_("Visa alla %(count)s", count=number_of(count)))


@dataclass(frozen=True)
class Stretch:
    """What the address asks for of a part of the page: its beginning, or `all` of it from a row on.

    Such a part is a small list of one subject, so that its rows can be counted off.
    """

    name: str
    first: int
    whole: int

    @property
    def is_opened(self) -> bool:
        return request.args.get("all") == self.name

    @property
    def start(self) -> int:
        """So many rows were read on the pages before."""
        asked = request.args.get("from", 0, type=whole_number) if self.is_opened else 0
        return min(max(asked, 0), FURTHEST)

    @property
    def size(self) -> int:
        return self.whole if self.is_opened else self.first

    def of(self, statement: Select[Any]) -> Select[Any]:
        """The rows to show, and one more if there are more."""
        return statement.offset(self.start).limit(self.size + 1)

    def rest(self, own_page: str, count: int) -> Link:
        """The way to what is not shown of the list, which has `count` rows in all."""
        address = f"{own_page}?all={self.name}"
        if self.is_opened:
            return Link(_("Fler"), f"{address}&from={self.start + self.size}#{self.name}")
        return Link(show_all(count), f"{address}#{self.name}")


def is_further() -> bool:
    """Whether the address asks for another page than the first."""
    return PLACE.fullmatch(request.args.get("after", "")) is not None


def ordered(statement: Select[Any], key: Sequence[Any], limit: int) -> Select[Any]:
    """A page of the rows by `key`: rank, day and number; after the place that the address names.

    The place is written out, so that it stands wherever the row that was there moves meanwhile.
    """
    place = PLACE.fullmatch(request.args.get("after", ""))
    if place:
        statement = statement.where(tuple_(*key) > tuple_(*_values(place)))
    return statement.order_by(*key).limit(limit)


def place_of(rank: int, day: date, number: int) -> str:
    """A place as an address names it."""
    return f"{rank}~{day}~{number}"


def _values(place: re.Match[str]) -> tuple[ColumnElement[Any], ...]:
    try:
        day = date.fromisoformat(place[2])
    except ValueError as error:
        raise NotFound("not_found") from error
    return literal(int(place[1])), literal(day), literal(int(place[3]))
