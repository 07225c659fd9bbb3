"""What follows when a notice comes down, an appeal comes in, or a decision gains legal force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.board import papers
from casework.board.models import Appeal
from casework.board.service import names_on
from casework.errors import Invalid

if TYPE_CHECKING:
    from datetime import date

    from casework.board.models import BoardNotice
    from casework.context import Context


def take_notice_down(context: Context, notice: BoardNotice) -> None:
    """Down, with a proof of how long it was up."""
    notice.taken_down_at = context.moment
    context.services.press.draw_up(
        context,
        notice,
        papers.proof(notice, *names_on(context, notice), context.today),
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
    notice.appeals.append(
        Appeal(
            organisation_id=notice.organisation_id,
            number=len(notice.appeals) + 1,
            received_on=came,
            reference=context.input.get("reference", "").strip(),
        )
    )
    notice.appeals_pending += 1


def settle_appeal(context: Context, notice: BoardNotice) -> None:
    """The one that is named by its number has ended; raises Invalid for none that waits."""
    number: int = context.input["appeal"]
    found = next((each for each in _pending(notice) if each.number == number), None)
    if found is None:
        waiting = [str(each.number) for each in _pending(notice)]
        raise Invalid("appeal_unknown", number=number, any_of=waiting)
    _settle(context, notice, found)


def settle_appeals(context: Context, notice: BoardNotice) -> None:
    """None waits any longer: the last has ended, or the decision is annulled for all."""
    for each in _pending(notice):
        _settle(context, notice, each)


def _pending(notice: BoardNotice) -> list[Appeal]:
    return [each for each in notice.appeals if each.settled_on is None]


def _settle(context: Context, notice: BoardNotice, appeal: Appeal) -> None:
    ruling = context.input["reference"].strip()
    if not ruling:
        raise Invalid("input_missing", field={"sv": "Avgörande", "en": "Ruling"})
    appeal.settled_on, appeal.ruling = context.today, ruling
    notice.appeals_pending -= 1
