"""The address book and excerpts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from casework.api import subjects
from casework.api.endpoint import EVERYBODY, Created, Room
from casework.api.schemas import distribution as shapes
from casework.api.schemas.common import After
from casework.distribution import queries
from casework.distribution.address_book import rename_group, revise_recipient
from casework.distribution.service import add_group, add_recipient, set_members

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.distribution.models import Excerpt, Recipient, RecipientGroup

Row = TypeVar("Row")

room = Room("distribution")

KEEPERS = "Registrars, secretaries and administrators."


@room.get(
    "/recipients",
    "The address book in alphabetical order.",
    who=EVERYBODY,
    query=shapes.RecipientsAsked,
    answer=shapes.Recipient,
    paged=True,
)
def list_recipients(call: Call) -> Page:
    asked = call.query
    return call.page(
        queries.recipients,
        call.organisation_id,
        question=asked["q"],
        is_active=asked["is_active"],
    )


@room.get(
    "/recipients/<row:row_id>",
    "An entry of the address book.",
    who=EVERYBODY,
    answer=shapes.Recipient,
    tagged=True,
)
def read_recipient(call: Call, row_id: int) -> Recipient:
    return queries.recipient(call.session, call.organisation_id, row_id)


@room.post(
    "/recipients",
    "Add an entry to the address book.",
    who=KEEPERS,
    body=shapes.NewRecipient,
    answer=shapes.Recipient,
    status=201,
    errors=(409,),
)
def new_recipient(call: Call) -> Created:
    recipient = add_recipient(call.begin(), **call.body)
    return Created(_as_stored(call, recipient), f"/recipients/{recipient.id}")


@room.patch(
    "/recipients/<row:row_id>",
    "Change the facts given, or take it out of use; what was dispatched keeps name and address.",
    who=KEEPERS,
    body=shapes.RecipientChange,
    answer=shapes.Recipient,
    tagged=True,
    conditional=True,
    current=read_recipient,
    errors=(404, 409, 412, 428),
)
def change_recipient(call: Call, row_id: int) -> Recipient:
    recipient: Recipient = read_recipient(call, row_id)
    expected = call.expected(recipient)
    revise_recipient(call.begin(), recipient, expected_version=expected, **call.body)
    return recipient


subjects.history(room, "recipient", read_recipient)


@room.get(
    "/recipient-groups",
    "The groups with their members, in alphabetical order.",
    who=EVERYBODY,
    query=After,
    answer=shapes.Group,
    paged=True,
)
def list_groups(call: Call) -> Page:
    return call.page(queries.groups, call.organisation_id)


@room.post(
    "/recipient-groups",
    "Add a group.",
    who=KEEPERS,
    body=shapes.NewGroup,
    answer=shapes.Group,
    status=201,
    errors=(404, 409),
)
def new_group(call: Call) -> Created:
    members = queries.recipients_named(
        call.session, call.organisation_id, call.body["recipient_ids"]
    )
    group = add_group(call.begin(), name=call.body["name"], members=members)
    return Created(_as_stored(call, group), f"/recipient-groups/{group.id}")


@room.get(
    "/recipient-groups/<row:row_id>",
    "A group with its members.",
    who=EVERYBODY,
    answer=shapes.Group,
    tagged=True,
)
def read_group(call: Call, row_id: int) -> RecipientGroup:
    return queries.group(call.session, call.organisation_id, row_id)


@room.patch(
    "/recipient-groups/<row:row_id>",
    "Give a group another name; what was dispatched keeps the one it had.",
    who=KEEPERS,
    body=shapes.GroupChange,
    answer=shapes.Group,
    tagged=True,
    conditional=True,
    current=read_group,
    errors=(404, 409, 412, 428),
)
def change_group(call: Call, row_id: int) -> RecipientGroup:
    group: RecipientGroup = read_group(call, row_id)
    expected = call.expected(group)
    rename_group(call.begin(), group, call.body["name"], expected)
    return group


subjects.history(room, "recipient_group", read_group, "recipient-groups")


@room.put(
    "/recipient-groups/<row:row_id>/members",
    "Say who is in the group from now on; what was dispatched stays as it was.",
    who=KEEPERS,
    body=shapes.Members,
    answer=shapes.Group,
    errors=(404,),
)
def change_members(call: Call, row_id: int) -> RecipientGroup:
    group = queries.group(call.session, call.organisation_id, row_id)
    members = queries.recipients_named(
        call.session, call.organisation_id, call.body["recipient_ids"]
    )
    set_members(call.begin(), group, members)
    return _as_stored(call, group)


@room.get(
    "/excerpts",
    "Excerpts, newest first.",
    query=shapes.ExcerptsAsked,
    answer=shapes.Excerpt,
    paged=True,
)
def list_excerpts(call: Call) -> Page:
    asked = call.query
    return call.page(
        queries.excerpts,
        call.organisation_id,
        matter_id=asked["matter_id"],
    )


@room.get("/excerpts/<row:row_id>", "An excerpt.", answer=shapes.Excerpt)
def read_excerpt(call: Call, row_id: int) -> Excerpt:
    return queries.excerpt(call.session, call.organisation_id, row_id)


def _as_stored(call: Call, row: Row) -> Row:
    call.session.flush()
    call.session.refresh(row)
    return row
