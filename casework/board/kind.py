"""What a notice on the public board is."""

from __future__ import annotations

from casework.board import effects, guards, queries
from casework.board.models import BoardNotice
from casework.workflow.kinds import Kind, Needs, Offers, Page, by_name

BOARD_NOTICE = Kind(
    model=BoardNotice,
    find=queries.find,
    name=lambda notice: str(notice.title),
    page=Page(endpoint="notices.show", argument="notice_id", path="notices"),
    nouns="notices",
    offers=Offers(
        guards=by_name(
            guards.appeal_period_over,
            guards.posted_throughout,
            guards.notice_is_up,
            guards.notice_is_down,
            guards.several_appeals,
            guards.last_appeal,
        ),
        effects=by_name(
            effects.take_notice_down,
            effects.set_legal_force,
            effects.note_appeal,
            effects.settle_appeal,
            effects.settle_appeals,
        ),
        checks=by_name(effects.check_court_asked),
    ),
    needs=(Needs(fired=("take_down",)),),
    tones={"has_legal_force": "done", "appealed": "late", "annulled": "late"},
    places=("#notice", "#proof", "#appeals"),
)

KINDS = (BOARD_NOTICE,)
OFFERS: dict[str, Offers] = {}
