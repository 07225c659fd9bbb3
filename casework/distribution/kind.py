"""What a dispatch is: an excerpt on its way to a recipient."""

from __future__ import annotations

from sqlalchemy import Select, select

from casework.distribution import effects, guards, laws, queries
from casework.distribution.models import Dispatch, Excerpt
from casework.people.policy import READERS
from casework.workflow.kinds import Kind, Needs, Offers, Page, Readers, by_name


def _rows() -> Select[int]:
    return select(Dispatch.id).join(Excerpt, Excerpt.id == Dispatch.excerpt_id)


DISPATCH = Kind(
    model=Dispatch,
    find=queries.dispatch,
    name=lambda dispatch: str(dispatch.recipient_name),
    page=Page(endpoint="dispatches.show", argument="dispatch_id", path="dispatches"),
    nouns="dispatches",
    has_file=False,
    readers=Readers(roles=READERS),
    rows=_rows,
    matter_id=Excerpt.matter_id,
    matter_of=lambda dispatch: int(dispatch.excerpt.matter_id),
    offers=Offers(
        guards=by_name(guards.letter_at_rest),
        effects=by_name(
            effects.send_letter_again,
            effects.note_returned,
            effects.note_sent_otherwise,
            effects.note_given_up,
        ),
        laws={"retry": (laws.way_decided,), "redirect": (laws.way_decided,)},
    ),
    needs=(
        Needs(
            states=("queued", "to_post", "failed"),
            fired=("send", "fail", "hold", "acknowledge"),
            taken=("redirect", "retry", "returned", "send_otherwise", "give_up"),
        ),
    ),
    tones={
        "queued": "neutral",
        "acknowledged": "done",
        "sent": "done",
        "sent_otherwise": "done",
        "given_up": "neutral",
        "failed": "late",
        "to_post": "attention",
    },
    places=("#otherwise",),
)

KINDS = (DISPATCH,)
OFFERS = {
    "matter": Offers(
        guards=by_name(guards.recipients_settled, guards.no_open_dispatches),
        turns={"no_open_dispatches": guards.all_sent},
        effects=by_name(effects.queue_excerpts),
        laws={"dispatch": (laws.ways_decided,)},
    )
}
