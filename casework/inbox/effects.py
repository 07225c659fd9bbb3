"""What a workflow file says of who is told: by role, with the reason that was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.inbox.kinds import KINDS
from casework.inbox.service import tell
from casework.people.service import holders

if TYPE_CHECKING:
    from casework.context import Context

# The letters that workflow files before the inbox named, and what each of them tells.
KIND_OF_MAIL = {each.mail: name for name, each in KINDS.items()}


def notify(context: Context, subject: Any, *, mail: str, to: str) -> None:
    """Tell everybody who holds the role `to` for the subject, by the letter `mail`."""
    for person in holders(context, subject, to):
        tell(
            context,
            person,
            subject,
            KIND_OF_MAIL.get(mail, "told"),
            letter=mail,
            reason=str(context.input.get("reason", "")),
        )
