"""The verbs of the board: a notice is posted, with every date counted from the one day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.board import papers
from casework.board.models import BoardNotice, NoticeSpan
from casework.board.queries import notice_of
from casework.board.screening import masked
from casework.board.watch import GAP, Absence, extend
from casework.db import lock
from casework.deadlines.calendar import due
from casework.errors import Conflict
from casework.people.models import Organisation

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from casework.context import Context
    from casework.people.models import Body, Person


def post(
    context: Context,
    *,
    body: Body,
    subject_type: str,
    subject_id: int,
    title: str,
    sections: str = "",
    attested_on: date | None = None,
    meeting_on: date | None = None,
    decided_on: date | None = None,
    number: str = "",
    decided_as: str = "",
    kept_at: str = "",
    responsible: Person | None = None,
) -> BoardNotice:
    """Announce what was attested, today (KL 8:12); raises Conflict if it is announced already."""
    if notice_of(context.session, context.organisation_id, subject_type, subject_id) is not None:
        raise Conflict("notice_posted_already")
    announced = context.today
    appeal = due("appeal", announced)
    notice = BoardNotice(
        organisation_id=context.organisation_id,
        body_id=body.id,
        subject_type=subject_type,
        subject_id=subject_id,
        title=masked(title),
        sections=sections,
        meeting_on=meeting_on,
        attested_on=attested_on,
        decided_on=decided_on,
        number=number,
        decided_as=decided_as,
        announced_on=announced,
        announced_at=context.moment,
        appeal_until=appeal.due,
        take_down_on=due("take_down", announced).due,
        kept_at=kept_at,
        body=body,
        responsible=responsible,
        responsible_id=responsible.id if responsible else None,
        spans=[_span(context.organisation_id, context.moment)],
    )
    context.services.engine.start(notice, "board-notice", follows=True)
    context.session.add(notice)
    context.record(
        notice,
        "posted",
        announced_on=announced.isoformat(),
        appeal_until=appeal.due.isoformat(),
        statute=appeal.statute,
    )
    context.session.flush()
    notice.document_id = _draw_up(context, notice)
    return notice


def names_on(context: Context, notice: BoardNotice) -> tuple[str, str]:
    """What the organisation and the body are called on the notice, from when it was posted."""
    names = context.services.press.names_in(context.session, notice.document_id)
    if not names:
        organisation = context.session.get_one(Organisation, notice.organisation_id)
        return organisation.name, notice.body.name
    return names["organisation"], names["body"]


def kept_at(context: Context, body: Body) -> str:
    """Where what is announced can be had: one of the two facts that KL 8:12 asks of a notice."""
    return papers.address_of(context.session.get_one(Organisation, body.organisation_id), body)


def note_sighting(context: Context, notice: BoardNotice, gap: timedelta = GAP) -> None:
    """The notice has been seen now. It was away if a look missed it, or if more than `gap` passed
    without one; then the period is longer (KL 13:5)."""
    lock(context.session, notice)
    if notice.taken_down_at is not None:
        return
    last = notice.spans[-1]
    if context.moment <= last.up_until:
        return
    if last.missed_at is None and context.moment - last.up_until <= gap:
        waited = int((context.moment - last.up_until).total_seconds())
        last.longest_wait = max(last.longest_wait, waited)
        last.up_until, last.sightings = context.moment, last.sightings + 1
        return
    _note_absence(context, notice, Absence(last.up_until, context.moment))


def note_missing(context: Context, notice: BoardNotice) -> None:
    """The board was read now and the notice was not on it: its absence begins (KL 13:5)."""
    lock(context.session, notice)
    if notice.taken_down_at is not None:
        return
    last = notice.spans[-1]
    if last.missed_at is not None or context.moment <= last.up_until:
        return
    last.missed_at = context.moment
    context.record(notice, "missing", since=last.up_until.isoformat(), statute="KL 13:5")


def _note_absence(context: Context, notice: BoardNotice, absence: Absence) -> None:
    """The notice is up again; the period is counted anew, and the notice says so."""
    before = notice.appeal_until
    notice.spans.append(_span(notice.organisation_id, absence.until))
    extend(notice)
    context.record(
        notice,
        "interrupted",
        since=absence.since.isoformat(),
        until=absence.until.isoformat(),
        days=notice.days_interrupted,
        appeal_until=notice.appeal_until.isoformat(),
        statute="KL 13:5",
    )
    if notice.appeal_until != before:
        notice.document_id = _draw_up(context, notice)


def _span(organisation_id: int, since: datetime) -> NoticeSpan:
    return NoticeSpan(organisation_id=organisation_id, up_from=since, up_until=since)


def _draw_up(context: Context, notice: BoardNotice) -> int:
    """The notice as a document, in place of the one before it; gives its id."""
    day = notice.announced_on.isoformat()
    session, former = context.session, notice.document_id
    document = context.services.press.draw_up(
        context,
        notice,
        papers.notice(notice, *names_on(context, notice)),
        title=f"Anslag: {notice.title}",
        name=f"{notice.body.short_name}_{day}_anslag_{notice.id}",
        is_record=True,
        supersedes=context.services.press.document(session, former) if former else None,
    )
    return document.id
