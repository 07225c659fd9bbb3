"""The address book, excerpts and their dispatch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.api import subjects
from casework.api.endpoint import EVERYBODY, Created, Room
from casework.api.schemas import distribution as shapes
from casework.api.schemas.common import After
from casework.distribution import queries
from casework.distribution.service import add_group, add_recipient, set_members

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.distribution.models import Dispatch, Excerpt, RecipientGroup

room = Room("distribution")

KEEPERS = "Registrars, secretaries and administrators."


@room.get(
    "/recipients",
    "The address book in alphabetical order.",
    who=EVERYBODY,
    query=After,
    answer=shapes.Recipient,
    paged=True,
)
def list_recipients(call: Call) -> Page:
    return call.page(
        queries.recipients(call.organisation_id, after=call.query["after"], limit=call.limit)
    )


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
    return Created(recipient, "/recipients")


@room.get(
    "/recipient-groups",
    "The groups with their members, in alphabetical order.",
    who=EVERYBODY,
    query=After,
    answer=shapes.Group,
    paged=True,
)
def list_groups(call: Call) -> Page:
    return call.page(
        queries.groups(call.organisation_id, after=call.query["after"], limit=call.limit)
    )


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
    return Created(_as_stored(call, group), f"/recipient-groups/{group.id}/members")


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
        queries.excerpts(
            call.organisation_id,
            matter_id=asked["matter_id"],
            before=asked["before"],
            limit=call.limit,
        )
    )


@room.get("/excerpts/<row:row_id>", "An excerpt.", answer=shapes.Excerpt)
def read_excerpt(call: Call, row_id: int) -> Excerpt:
    return queries.excerpt(call.session, call.organisation_id, row_id)


@room.get(
    "/dispatches",
    "Dispatches, newest first: of a matter, of an excerpt, in a state.",
    query=shapes.DispatchesAsked,
    answer=shapes.Dispatch,
    paged=True,
)
def list_dispatches(call: Call) -> Page:
    asked = call.query
    return call.page(
        queries.dispatches(
            call.organisation_id,
            matter_id=asked["matter_id"],
            excerpt_id=asked["excerpt_id"],
            state=asked["state"],
            before=asked["before"],
            limit=call.limit,
        )
    )


def find(call: Call, row_id: int) -> Dispatch:
    return queries.dispatch(call.session, call.organisation_id, row_id)


@room.get("/dispatches/<row:row_id>", "A dispatch.", answer=shapes.Dispatch, tagged=True)
def read_dispatch(call: Call, row_id: int) -> Dispatch:
    return find(call, row_id)


subjects.steps(room, "dispatches", "dispatch", find, shapes.Dispatch)


def _as_stored(call: Call, group: RecipientGroup) -> RecipientGroup:
    call.session.flush()
    call.session.refresh(group)
    return group
