"""Who may do what with an account: its owner some things, an administrator most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.errors import Conflict
from casework.people.policy import lacking
from casework.people.service import may_keep

if TYPE_CHECKING:
    from casework.accounts.models import User
    from casework.context import Context

ADMINISTRATOR = ("administrator",)


def is_administrator(context: Context) -> bool:
    """Whether the actor keeps the accounts of the organisation: an administrator, or the system."""
    return context.actor.person_id is None or may_keep(context, None, ADMINISTRATOR)


def require_administrator(context: Context) -> None:
    """Raise Forbidden for all but administrators and the system."""
    if not is_administrator(context):
        raise lacking(ADMINISTRATOR)


def require_owner(context: Context, user: User) -> None:
    """Raise Forbidden for all but the account's owner, administrators and the system."""
    if context.actor.person_id != user.person_id:
        require_administrator(context)


def require_open(user: User) -> None:
    """Raise Conflict for an account that is closed."""
    if not user.is_active:
        raise Conflict("account_closed", email=user.email)
