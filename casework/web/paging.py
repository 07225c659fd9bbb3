"""How a long list is told on a page: how many rows it has, and the page after this one."""

from __future__ import annotations

from flask_babel import format_decimal
from flask_babel import gettext as _

from casework.db import COUNTED


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
