"""What follows when a meeting moves: summons, the minutes' text, their PDF, locks and notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import select

from casework.documents.contexts import item_from_json
from casework.errors import Conflict
from casework.meetings import letters
from casework.meetings.agenda import items as agenda
from casework.meetings.agenda import paper
from casework.meetings.agenda.proposed import summons_of
from casework.meetings.agenda.reporting import listed_lines
from casework.meetings.guards import day_has_come
from casework.meetings.holding import read_sections_anew
from casework.meetings.minutes import signing
from casework.meetings.minutes.asking import ask_for_signatures
from casework.meetings.minutes.text import draw_up_text as write_minutes
from casework.meetings.models import AgendaItem, Recusal
from casework.meetings.signatories import settle_chairs
from casework.people.models import Organisation, Person
from casework.workflow.blockers import refusal

if TYPE_CHECKING:
    from casework.context import Context
    from casework.documents.models import Document
    from casework.matters.models import Matter
    from casework.meetings.models import Meeting, Minutes


class Assigned(Protocol):
    """What somebody is asked to do in a matter."""

    id: Any
    matter_id: Any


def require_unbiased(context: Context, subject: Matter | Assigned) -> None:
    """Nobody takes over a matter, or an assignment in it, with a conflict of interest in it.

    Raises Conflict for them (KL 6:28-30, 7:4): they would not even see it.
    """
    person_id = context.input.get("case_officer", context.input.get("assignee"))
    matter_id = getattr(subject, "matter_id", subject.id)
    recused = (
        select(Person.name)
        .join(Recusal, Recusal.person_id == Person.id)
        .join(AgendaItem, AgendaItem.id == Recusal.agenda_item_id)
        .where(
            Recusal.organisation_id == context.organisation_id,
            Recusal.person_id == person_id,
            AgendaItem.matter_id == matter_id,
        )
    )
    name = context.session.scalar(recused.limit(1))
    if name is not None:
        raise Conflict("recused_from_matter", name=name, statute="KL 6:28-30, 7:4")


def draw_up_summons(context: Context, meeting: Meeting) -> Document:
    """The summons with its agenda, as PDF."""
    meeting.summoned_at = context.moment
    for item in meeting.agenda:
        item.summoned_number = item.position
    return _summons(context, meeting, 0)


def draw_up_supplement(context: Context, meeting: Meeting) -> Document:
    """What has come onto the agenda since the summons, or since the supplement before."""
    meeting.supplements += 1
    return _summons(context, meeting, meeting.supplements)


def send_summons(context: Context, meeting: Meeting) -> None:
    """What was drawn up just now goes to members and substitutes (KL 6:17)."""
    count = letters.send_summons(context, meeting, _drawn_up(context, meeting))
    _record_letters(context, meeting, "summons_sent", count)
    _note_titles(meeting)


def send_supplement(context: Context, meeting: Meeting) -> None:
    """What has come since the summons goes to those who had the summons."""
    count = letters.send_supplement(context, meeting, _drawn_up(context, meeting))
    _record_letters(context, meeting, "supplement_sent", count)
    _note_titles(meeting)


def _note_titles(meeting: Meeting) -> None:
    """As they have been sent out: of an assembly they are announced so, and not otherwise."""
    for item in meeting.agenda:
        item.sent_title = item.title


def _drawn_up(context: Context, meeting: Meeting) -> Document:
    summons = summons_of(context, meeting)
    if summons is None:
        raise Conflict("summons_not_drawn_up")
    return summons


def begin_session(context: Context, meeting: Meeting) -> None:
    """The meeting is opened, or goes on after all; when it ends is not known yet.

    Raises Blocked before its day: versions of the workflow from before that was a guard are in use.
    """
    ahead = day_has_come(context, meeting)
    if ahead is not None:
        raise refusal("open", [ahead])
    meeting.ended_at = None


def release_items(context: Context, meeting: Meeting) -> None:
    """What stood on the agenda waits for another meeting."""
    agenda.release_items(context, meeting, context.input["reason"])


def send_cancellation(context: Context, meeting: Meeting) -> None:
    """Those who were summoned are told that there is no meeting, and why."""
    if meeting.summoned_at is not None:
        count = letters.send_cancellation(context, meeting, context.input["reason"])
        _record_letters(context, meeting, "cancellation_sent", count)


def _record_letters(context: Context, meeting: Meeting, action: str, count: int) -> None:
    """How many letters went out, and whom none could reach."""
    missed = letters.out_of_reach(context, meeting)
    context.record(meeting, action, letters=count, out_of_reach=missed)


def end_session(context: Context, meeting: Meeting) -> None:
    """When it ended, and who led it and so attests its minutes."""
    settle_chairs(context, meeting)
    meeting.ended_at = max(context.moment, meeting.starts_at)


def draft_minutes(context: Context, meeting: Meeting) -> None:
    """Each item has its §, written from what was recorded."""
    write_minutes(context, meeting)


def draw_up_minutes(context: Context, meeting: Meeting) -> Document:
    """The minutes as the PDF that will be signed, with the §§ as they stand now."""
    read_sections_anew(context.session, meeting)
    items = [
        item_from_json(item.minutes_item.in_force.content)
        for item in meeting.agenda
        if item.minutes_item
    ]
    return signing.draw_up(context, _minutes(meeting), items)


def sign_as_secretary(context: Context, meeting: Meeting) -> None:
    signing.sign_as_secretary(context, _minutes(meeting))


def notify_signers(context: Context, meeting: Meeting) -> None:
    ask_for_signatures(context, _minutes(meeting))


def void_signatures(context: Context, meeting: Meeting) -> None:
    signing.void_signatures(context, _minutes(meeting))


def lock_minutes(context: Context, meeting: Meeting) -> None:
    """From now on the minutes are what they are, and the matters that they decided are attested."""
    meeting.attested_at = context.moment
    signing.lock(context, _minutes(meeting))


def post_notice(context: Context, meeting: Meeting) -> None:
    """Announce the attested minutes on the board (KL 8:12)."""
    signing.announce(context, _minutes(meeting))


def _minutes(meeting: Meeting) -> Minutes:
    if meeting.minutes is None:
        raise Conflict("no_minutes_to_sign")
    return meeting.minutes


def _summons(context: Context, meeting: Meeting, supplement: int) -> Document:
    organisation = context.session.get_one(Organisation, meeting.organisation_id)
    short, day = meeting.body.short_name, meeting.day.isoformat()
    return context.services.press.draw_up(
        context,
        meeting,
        paper.summons(
            meeting,
            organisation,
            context.today,
            supplement,
            {item.reports: listed_lines(context, item) for item in meeting.agenda if item.reports},
        ),
        title=f"{'Tillägg till kallelse' if supplement else 'Kallelse'} {short} {day}",
        name=f"{short}_{day}_{f'tillagg-{supplement}' if supplement else 'kallelse'}",
        is_record=True,
    )
