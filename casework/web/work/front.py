"""The front page: what waits for the person who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload

from casework.distribution import queries as distribution
from casework.distribution import undelivered
from casework.jobs.health import standing_still
from casework.meetings.demands import SECRETARIES
from casework.meetings.models import AgendaItem, Meeting
from casework.people.policy import holding
from casework.web.components import steps
from casework.web.components.showing import moment
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, permits, reading, signed_in
from casework.web.persons.stand_ins import stood_in_for
from casework.web.shapes import Link, StateLabel
from casework.web.work.inbox import news
from casework.web.work.waiting import SECTIONS, beginning_of, nearest_deadlines

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from casework.context import Context

MEETINGS = 5
TOLD_OF_STANDSTILL = {"administrator", "committee_secretary", "registrar"}
MOST_FAULTS = 5  # all of them are told at the terminal, and by `casework workflow check`
TOLD_OF_WORKFLOWS = {"administrator", "registrar"}
BEFORE_MINUTES = ("planned", "summoned", "in_session")
WRITING_MINUTES = ("ended", "minutes_drafted")

blueprint = Blueprint("work", __name__)


@dataclass(frozen=True)
class NextMeeting:
    """A meeting that is not attested yet, and what the reader does there next."""

    body: str
    starts_at: datetime
    url: str
    state: StateLabel
    to_do: Link | None


@blueprint.get("/")
@permits(SIGNED_IN)
def mine() -> str:
    """My work, most urgent first."""
    with reading() as context:
        person_id = signed_in().person_id
        new = news(context)
        begun = {name: beginning_of(context, name, person_id, new.minutes) for name in SECTIONS}
        dues, all_dues = nearest_deadlines(context)
        return render_template(
            "work/mine.html",
            today=context.today,
            news=new,
            away=stood_in_for(context),
            person_id=person_id,
            sections=begun,
            dues=dues,
            all_dues=all_dues,
            meetings=_next_meetings(context, person_id),
            standing_still=[*_standing_still(context), *_refused_workflows(context)],
            failed=distribution.count_to_mend(context),
            failed_letters=undelivered.count(context),
        )


def _standing_still(context: Context) -> list[str]:
    """What those who look after the work are told when the background jobs do not run."""
    if not signed_in().roles & TOLD_OF_STANDSTILL:
        return []
    labels = {
        "deliver": _("utskick"),
        "remind": _("påminnelser"),
        "watch": _("bevakningen av anslagstavlan"),
        "anchor": _("den dagliga förseglingen av loggen"),
    }
    late = [each for each in standing_still(context.session, context.moment) if each.job in labels]
    never = [labels[each.job] for each in late if each.since is None]
    stopped = {labels[each.job]: each.since for each in late if each.since is not None}
    told = []
    if stopped:
        since = moment(min(stopped.values()))
        text = _("%(jobs)s står stilla sedan %(since)s; kontakta den som sköter systemet.")
        told.append(text % {"jobs": _sentence_start(list(stopped)), "since": since})
    if len(never) == len(labels):  # else the ticking has just begun, and each has its turn
        text = _("%(jobs)s har aldrig kommit igång; kontakta den som sköter systemet.")
        told.append(text % {"jobs": _sentence_start(never)})
    return told


def _refused_workflows(context: Context) -> list[str]:
    """What is wrong in the workflow files, told to those who can have it mended."""
    if not signed_in().roles & TOLD_OF_WORKFLOWS:
        return []
    text = _("Inget nytt kan börja enligt ett arbetsflöde som är felaktigt: %(fault)s")
    faults = context.services.engine.definitions.faults[:MOST_FAULTS]
    return [text % {"fault": fault.sentence(reader_language())} for fault in faults]


def _sentence_start(words: list[str]) -> str:
    """`utskick`, `påminnelser`: "Utskick och påminnelser"."""
    *first, last = words
    joined = _("%(some)s och %(last)s", some=", ".join(first), last=last) if first else last
    return joined[:1].upper() + joined[1:]


def _next_meetings(context: Context, person_id: int) -> tuple[list[NextMeeting], Link | None]:
    """The nearest meetings, each with what the reader does there next; and where all are.

    Those whose minutes are being written wait for the secretary, for nobody else.
    """
    keeps = holding(SECRETARIES, person_id, Meeting, context.today)
    rows = context.session.execute(
        select(Meeting, keeps.label("keeps"), _has_agenda().label("has_agenda"))
        .where(
            Meeting.organisation_id == context.organisation_id,
            or_(Meeting.state.in_(BEFORE_MINUTES), Meeting.state.in_(WRITING_MINUTES) & keeps),
        )
        .options(joinedload(Meeting.body))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MEETINGS + 1)
    ).all()
    lines = [
        NextMeeting(
            meeting.body.name,
            meeting.starts_at,
            url_for("meetings.show", meeting_id=meeting.id),
            steps.state_label(context, meeting),
            _to_do(context, meeting, keeps=is_kept, has_agenda=has_agenda),
        )
        for meeting, is_kept, has_agenda in rows[:MEETINGS]
    ]
    rest = Link(_("Alla sammanträden"), url_for("meetings.listing"))
    return lines, rest if len(rows) > MEETINGS else None


def _has_agenda() -> ColumnElement[bool]:
    return exists().where(
        AgendaItem.organisation_id == Meeting.organisation_id, AgendaItem.meeting_id == Meeting.id
    )


def _to_do(context: Context, meeting: Meeting, *, keeps: bool, has_agenda: bool) -> Link | None:
    is_now = meeting.state == "in_session" or (
        meeting.state == "summoned" and meeting.day <= context.today
    )
    if keeps and meeting.state == "planned":
        return _page_of(meeting, _("Bygg dagordningen"), "agenda.build")
    if keeps and meeting.state == "ended":
        return _page_of(meeting, _("Skriv protokollet"), "meetings.show")
    if keeps and meeting.state == "minutes_drafted":
        return _page_of(meeting, _("Skriv protokollet"), "minutes.read")
    if keeps and is_now and has_agenda:
        return _page_of(meeting, _("Öppna mötesskärmen"), "table.start")
    if meeting.summoned_at and has_agenda:
        return _page_of(meeting, _("Läs handlingarna"), "reading.read")
    return None


def _page_of(meeting: Meeting, label: str, endpoint: str) -> Link:
    return Link(label, url_for(endpoint, meeting_id=meeting.id))
