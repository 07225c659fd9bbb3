"""What follows when a notice comes down, an appeal comes in, or a decision gains legal force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.board import papers
from casework.errors import Invalid
from casework.people.models import Organisation

if TYPE_CHECKING:
    from datetime import date

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


def check_court_asked(context: Context, notice: BoardNotice) -> None:
    """The court knows of every appeal only when the last day is over (KL 13:5)."""
    asked: date = context.input["court_asked_on"]
    if not notice.appeal_until < asked <= context.today:
        raise Invalid("court_asked_wrong_day", last_day=notice.appeal_until.isoformat())


def note_appeal(context: Context, notice: BoardNotice) -> None:
    """Appealed from the day the first appeal came; the notice stays up for all others (KL 13:5)."""
    came: date = context.input["appealed_on"]
    if not notice.announced_on <= came <= context.today:
        raise Invalid("appealed_wrong_day", announced_on=notice.announced_on.isoformat())
    notice.appealed_on = min(came, notice.appealed_on or came)


EFFECTS: dict[str, Any] = {
    "take_notice_down": take_notice_down,
    "check_court_asked": check_court_asked,
    "set_legal_force": set_legal_force,
    "note_appeal": note_appeal,
}
