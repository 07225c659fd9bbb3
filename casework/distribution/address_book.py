"""Changing the address book: a recipient's name and address, in use or not, and a group's name.

What was dispatched keeps the name and the address that it was sent with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.addresses import LONGEST, checked_address
from casework.distribution.models import Recipient, RecipientGroup
from casework.distribution.service import require_free, require_keeper
from casework.errors import Invalid, Stale
from casework.people.sorting import sort_key
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from casework.context import Context

# Each field of a recipient that is written, and the most characters it holds.
FIELDS = {"name": 200, "email": LONGEST, "note": 500}


def revise_recipient(
    context: Context, recipient: Recipient, *, expected_version: int | None = None, **given: Any
) -> None:
    """Change what is `given` of `FIELDS` and `is_active`; what stood before stays on record.

    One who is not active is offered nowhere and gets nothing new through a group. Raises Forbidden,
    Invalid, Conflict for a name that is taken, Stale when somebody else was first.
    """
    require_keeper(context)
    if expected_version not in (None, recipient.version):
        raise Stale("stale")
    found = {field: _checked(field, value) for field, value in given.items()}
    if found.get("name", recipient.name) != recipient.name:
        require_free(context, Recipient, found["name"])
    before = {field: getattr(recipient, field) for field in found}
    changed = {field: value for field, value in found.items() if value != before[field]}
    for field, value in changed.items():
        setattr(recipient, field, value)
    recipient.sort_key = sort_key(recipient.name)
    if changed:
        former = {field: before[field] for field in changed}
        context.record(recipient, _what(changed), before=former, after=changed)


def rename_group(
    context: Context, group: RecipientGroup, name: str, expected_version: int | None = None
) -> None:
    """Another name for a group; raises Forbidden, Invalid, Conflict, Stale."""
    require_keeper(context)
    if expected_version not in (None, group.version):
        raise Stale("stale")
    before, after = group.name, _checked("name", name)
    if after == before:
        return
    require_free(context, RecipientGroup, after)
    group.name, group.sort_key = after, sort_key(after)
    context.record(group, "revised", before={"name": before}, after={"name": after})


def _what(changed: dict[str, Any]) -> str:
    if set(changed) == {"is_active"}:
        return "taken_into_use" if changed["is_active"] else "taken_out_of_use"
    return "revised"


def _checked(field: str, value: Any) -> Any:
    if field == "is_active":
        return bool(value)
    text = cleaned_line(value)
    if len(text) > FIELDS[field]:
        raise Invalid("text_too_long", beginning=text[:40], length=len(text), most=FIELDS[field])
    if field == "name" and not text:
        raise Invalid("name_missing")
    return checked_address(text) if field == "email" else text
