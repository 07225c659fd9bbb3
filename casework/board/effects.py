"""What follows when a notice comes down, an appeal comes in, or a decision gains legal force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.board import papers
from casework.people.models import Organisation

if TYPE_CHECKING:
    from casework.board.models import BoardNotice
    from casework.context import Context


def take_notice_down(context: Context, notice: BoardNotice) -> None:
    """Down, with a proof of how long it was up."""
    notice.taken_down_at = context.moment
    organisation = context.session.get_one(Organisation, context.organisation_id)
    context.services.press.draw_up(
        context,
        notice,
        papers.proof(notice, organisation, context.today),
        title=f"Anslagsbevis: {notice.title}",
        name=f"{notice.body.short_name}_{notice.announced_on.isoformat()}_bevis_{notice.id}",
        is_record=True,
    )


def set_legal_force(context: Context, notice: BoardNotice) -> None:
    notice.has_legal_force_on = context.today


def note_appeal(context: Context, notice: BoardNotice) -> None:
    notice.appealed_on = context.input["appealed_on"]
    notice.taken_down_at = notice.taken_down_at or context.moment


EFFECTS: dict[str, Any] = {
    "take_notice_down": take_notice_down,
    "set_legal_force": set_legal_force,
    "note_appeal": note_appeal,
}
