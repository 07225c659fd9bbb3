"""How a long list is told on a page: how many rows it has, and the way to the rest of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from flask_babel import format_decimal
from flask_babel import gettext as _

from casework.db import COUNTED

if TYPE_CHECKING:
    from casework.web.shapes import Link

Line = TypeVar("Line")


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
