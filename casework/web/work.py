"""The front page: what waits for the person who is signed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from casework.deadlines import queries as deadlines
from casework.distribution.models import Dispatch
from casework.followup.models import Assignment
from casework.jobs.health import standing_still
from casework.matters import queries
from casework.matters.models import Matter
from casework.meetings.models import Meeting
from casework.meetings.queries import to_sign
from casework.meetings.service import SECRETARIES
from casework.people.policy import holds_any, may
from casework.web import steps
from casework.web.dues import due
from casework.web.inbox import news
from casework.web.lines import line
from casework.web.session import SIGNED_IN, permits, reading, signed_in
from casework.web.shapes import Due, Link, StateLabel
from casework.web.showing import moment
from casework.web.stand_ins import stood_in_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from casework.context import Context
    from casework.deadlines.models import Deadline

AHEAD = timedelta(days=60)
MOST = 50
MEETINGS = 5
TOLD_OF_STANDSTILL = {"administrator", "committee_secretary", "registrar"}
AHEAD_OF_MINUTES = ("planned", "summoned", "in_session", "ended", "minutes_drafted")
# What waits for somebody by role: the state of a matter, and who takes it from there.
WAITS = {
    "registered": ("registrar", "manager"),
    "in_review": ("manager",),
    "ready": ("committee_secretary",),
    "presidium_review": ("chair", "committee_secretary"),
    "attested": ("committee_secretary", "registrar"),
    "confirmed": ("committee_secretary", "registrar"),
}

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
        own = context.session.scalars(queries.of_officer(context.organisation_id, person_id))
        new = news(context)
        return render_template(
            "work/mine.html",
            today=context.today,
            news=new,
            away=stood_in_for(context),
            person_id=person_id,
            waiting=[line(context, matter) for matter in _waiting(context, person_id)],
            own=[line(context, matter) for matter in own],
            assignments=[
                (row, steps.state_label(context, row), _due(row))
                for row in _assignments(context, person_id)
            ],
            to_sign=_to_sign(context, person_id, new.minutes),
            dues=[_deadline(each) for each in _deadlines(context, person_id)],
            meetings=_next_meetings(context),
            standing_still=_standing_still(context),
            failed=context.session.scalar(
                select(func.count())
                .select_from(Dispatch)
                .where(
                    Dispatch.organisation_id == context.organisation_id,
                    Dispatch.state == "failed",
                )
            ),
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


def _sentence_start(words: list[str]) -> str:
    """`utskick`, `påminnelser`: "Utskick och påminnelser"."""
    *first, last = words
    joined = _("%(some)s och %(last)s", some=", ".join(first), last=last) if first else last
    return joined[:1].upper() + joined[1:]


def _waiting(context: Context, person_id: int) -> list[Matter]:
    """Matters in a state from which this person's role takes the next step."""
    rows = context.session.scalars(
        select(Matter)
        .where(Matter.organisation_id == context.organisation_id, Matter.state.in_(WAITS))
        .order_by(Matter.id)
        .limit(MOST)
    )
    day = context.today
    return [
        row
        for row in rows
        if holds_any(context.session, person_id, row, day, WAITS[row.state])
        and not (row.state == "in_review" and row.case_officer_id == person_id)
    ]


def _assignments(context: Context, person_id: int) -> Sequence[Assignment]:
    return context.session.scalars(
        select(Assignment)
        .where(
            Assignment.organisation_id == context.organisation_id,
            Assignment.assignee_id == person_id,
            Assignment.state == "open",
        )
        .order_by(Assignment.report_back_on)
    ).all()


def _to_sign(context: Context, person_id: int, told: frozenset[int]) -> list[Link]:
    """What awaits the person's signature, but for what stands first on the page already."""
    return [
        Link(
            steps.name_of(each.meeting),
            url_for("meetings.show", meeting_id=each.meeting_id) + "#attestation",
        )
        for each in to_sign(context.session, context.organisation_id, person_id)
        if each.id not in told
    ]


def _deadlines(context: Context, person_id: int) -> Sequence[Deadline]:
    return deadlines.upcoming(
        context.session, context.organisation_id, person_id, context.today + AHEAD
    )


def _deadline(deadline: Deadline) -> Due:
    """Here a missed one is still to be done, so it is shown as late."""
    return replace(due(deadline), state="running")


def _due(assignment: Assignment) -> Due | None:
    day = assignment.report_back_on
    return Due(_("Återrapporteras"), day) if day else None


def _next_meetings(context: Context) -> list[NextMeeting]:
    """The nearest meetings, each with what the reader does there next."""
    meetings = context.session.scalars(
        select(Meeting)
        .where(
            Meeting.organisation_id == context.organisation_id,
            Meeting.state.in_(AHEAD_OF_MINUTES),
        )
        .order_by(Meeting.starts_at)
    )
    lines = (_meeting_line(context, each) for each in meetings)
    return list(islice((line for line in lines if line is not None), MEETINGS))


def _meeting_line(context: Context, meeting: Meeting) -> NextMeeting | None:
    keeps = may(context, meeting, SECRETARIES)
    if not keeps and meeting.state in ("ended", "minutes_drafted"):
        return None
    return NextMeeting(
        meeting.body.name,
        meeting.starts_at,
        url_for("meetings.show", meeting_id=meeting.id),
        steps.state_label(context, meeting),
        _to_do(context, meeting, keeps=keeps),
    )


def _to_do(context: Context, meeting: Meeting, *, keeps: bool) -> Link | None:
    is_now = meeting.state == "in_session" or (
        meeting.state == "summoned" and meeting.day <= context.today
    )
    if keeps and meeting.state == "planned":
        return _page_of(meeting, _("Bygg dagordningen"), "agenda.build")
    if keeps and meeting.state == "ended":
        return _page_of(meeting, _("Skriv protokollet"), "meetings.show")
    if keeps and meeting.state == "minutes_drafted":
        return _page_of(meeting, _("Skriv protokollet"), "minutes.read")
    if keeps and is_now and meeting.agenda:
        return _page_of(meeting, _("Öppna mötesskärmen"), "table.start")
    if meeting.summoned_at and meeting.agenda:
        return _page_of(meeting, _("Läs handlingarna"), "reading.read")
    return None


def _page_of(meeting: Meeting, label: str, endpoint: str) -> Link:
    return Link(label, url_for(endpoint, meeting_id=meeting.id))
