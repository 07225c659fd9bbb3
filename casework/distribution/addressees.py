"""Whom the recipients as written mean today: each one once, groups member by member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.distribution.models import Recipient, RecipientGroup

if TYPE_CHECKING:
    from casework.context import Context
    from casework.matters.models import Matter


@dataclass(frozen=True)
class Expanded:
    """One addressee of an excerpt, and the group through which it gets it, if any."""

    recipient: Recipient
    group_name: str = ""


def expand(context: Context, matter: Matter) -> list[Expanded]:
    """All addressees of the matter's excerpt, groups member by member, each one once."""
    found: dict[int, Expanded] = {}
    for written in matter.recipients:
        if written.recipient_id is not None:
            recipient = context.session.get_one(Recipient, written.recipient_id)
            found.setdefault(recipient.id, Expanded(recipient))
        elif written.group_id is not None:
            group = context.session.get_one(RecipientGroup, written.group_id)
            for member in group.members:
                found.setdefault(
                    member.recipient_id, Expanded(member.recipient, group_name=group.name)
                )
    return [each for each in found.values() if each.recipient.is_active]
