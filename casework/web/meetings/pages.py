"""Meetings: the list, a meeting with its agenda, and what the secretary records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from casework.db import counted
from casework.errors import Refusal
from casework.meetings import queries
from casework.meetings.agenda.reporting import REPORTED_KINDS, reported_decisions, still_waiting
from casework.meetings.demands import SECRETARIES
from casework.meetings.guards import unannounced
from casework.meetings.knowing import secret_items
from casework.meetings.minutes.record import Change, changes
from casework.meetings.minutes.signing import sign
from casework.meetings.models import Meeting
from casework.meetings.planning.attesters import name_attesters
from casework.meetings.queries import notice_of
from casework.meetings.sections import headed
from casework.people import queries as people
from casework.people.models import Appointment, Person
from casework.people.policy import lift, may
from casework.phrases import sentence
from casework.publishing.service import PUBLISHERS
from casework.web.components import steps
from casework.web.components.dues import dues_of
from casework.web.components.paging import number_of
from casework.web.components.records import history_of, papers
from casework.web.frame.asked import fitting, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import (
    SIGNED_IN,
    acting,
    confirm_identity,
    permits,
    reading,
    signed_in,
)
from casework.web.meetings.absences import absences_of
from casework.web.meetings.planning import may_change

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.meetings.knowing import SecretItem
    from casework.meetings.models import AgendaItem, Minutes
    from casework.web.shapes import StateLabel, Step

PAGE = 30
CAPACITIES = ("chair", "vice_chair", "member", "serving_substitute", "substitute", "other")
OVER = ("ended", "minutes_drafted", "attesting", "attested")
ATTENDING = ("chair", "vice_chair", "member", "substitute")

blueprint = Blueprint("meetings", __name__, url_prefix="/meetings")


@blueprint.get("")
@permits(SIGNED_IN)
def listing() -> str:
    """Meetings by day, the last first."""
    before_id = request.args.get("before", type=whole_number)
    with reading() as context:
        of_house = Meeting.organisation_id == context.organisation_id
        before = context.session.scalar(select(Meeting).where(of_house, Meeting.id == before_id))
        page = queries.by_day(context.organisation_id, before=before, limit=PAGE + 1)
        rows = list(context.session.scalars(page))
        older = url_for(".listing", before=rows[PAGE - 1].id) if len(rows) > PAGE else ""
        everything = queries.by_day(context.organisation_id)
        return render_template(
            "meetings/list.html",
            rows=[(row, steps.state_label(context, row)) for row in rows[:PAGE]],
            count=number_of(counted(context.session, everything, Meeting.id)),
            older=older,
            newer=url_for(".listing") if before else "",
            may_plan=bool(signed_in().roles & {"committee_secretary", "chair"}),
            publishes=bool(signed_in().roles & set(PUBLISHERS)),
        )


@blueprint.get("/<int:meeting_id>")
@permits(SIGNED_IN)
def show(meeting_id: int) -> str:
    """A meeting with its agenda, papers, attendance and signatures."""
    return _page(meeting_id)


def _page(meeting_id: int, problem: str = "", dissents: Mapping[int, str] | None = None) -> str:
    """The meeting's page, with what stopped a signature and the dissent that was written."""
    with reading() as context:
        meeting = queries.find(
            context.session, context.organisation_id, meeting_id, *queries.WITH_AGENDA
        )
        url = url_for(".show", meeting_id=meeting_id)
        own, others = steps.steps(context, meeting, url)
        person_id = signed_in().person_id
        to_sign = _to_sign(context, meeting, person_id)
        waiting = {minutes.id for minutes, _seen, _changes in to_sign}
        return render_template(
            "meetings/show.html",
            meeting=meeting,
            agenda=with_secret(headed(meeting.agenda), secret_items(context, meeting, person_id)),
            problem=problem,
            dissents=dissents or {},
            unsaved=[
                words for to, words in (dissents or {}).items() if words and to not in waiting
            ],
            url=url,
            state=steps.state_label(context, meeting),
            steps=own,
            others=others,
            today=context.today,
            dues=dues_of(context, "meeting", meeting.id),
            documents=papers(context, meeting),
            all_minutes=_all_minutes(context, meeting),
            notice=notice_of(context, meeting),
            keeps=may(context, meeting, SECRETARIES),
            publishes=meeting.body.is_statutory and may(context, meeting, PUBLISHERS),
            unannounced=steps.warning(unannounced(context, meeting)),
            out_of_reach=queries.out_of_reach(context.session, meeting),
            attending=_attending(context, meeting),
            may_change=may_change(context, meeting),
            absences=absences_of(context, meeting, person_id),
            capacity_label=capacity_label,
            reported={
                item.id: reported_decisions(context, item)
                for item in meeting.agenda
                if item.reports in REPORTED_KINDS
            },
            still_waiting=still_waiting(context, meeting) if meeting.state in OVER else [],
            to_sign=to_sign,
            history=history_of(context, meeting),
        )


@blueprint.get("/<int:meeting_id>/steps/<trigger>")
@permits(SIGNED_IN)
def ask(meeting_id: int, trigger: str) -> str:
    """The page before a step."""
    return steps.ask(find, meeting_id, trigger, url_for(".show", meeting_id=meeting_id))


@blueprint.post("/<int:meeting_id>/steps/<trigger>")
@permits(SIGNED_IN)
def take(meeting_id: int, trigger: str) -> str | tuple[str, int] | Response:
    """Take a step; the engine knows whose it is."""
    return steps.take(find, meeting_id, trigger, url_for(".show", meeting_id=meeting_id))


@blueprint.post("/<int:meeting_id>/attesters")
@permits("committee_secretary", "chair")
def attesters(meeting_id: int) -> Response:
    """Who signs beside the chair."""
    with acting() as context:
        meeting = find(context, meeting_id)
        lift(context.session)
        ids = request.form.getlist("attester", type=whole_number)
        chosen = people.persons_with(context.session, context.organisation_id, ids)
        name_attesters(context, meeting, list(chosen))
    return _back(meeting_id, "#attestation")


@blueprint.post("/<int:meeting_id>/signature")
@permits(SIGNED_IN)
def signature(meeting_id: int) -> tuple[str, int] | Response:
    """Sign the minutes as they stand in the PDF; a dissent survives a wrong password."""
    minutes_id = request.form.get("minutes", 0, type=whole_number)
    dissent, seen = fitting(request.form.get("dissent", ""), 5000), request.form.get("document", "")
    try:
        confirm_identity(request.form.get("password", ""))
        with acting() as context:
            meeting = find(context, meeting_id)
            lift(context.session)
            minutes = queries.minutes(context.session, meeting, minutes_id)
            sign(context, minutes, confirmed_by="password", dissent=dissent, seen=seen)
    except Refusal as refusal:
        problem = sentence(refusal.code, refusal.params, reader_language())
        return _page(meeting_id, problem, {minutes_id: dissent}), refusal.status
    flash(_("Du har skrivit under."), "success")
    return _back(meeting_id, "#attestation")


def with_secret(
    rows: Iterable[tuple[str, AgendaItem]], secret: list[SecretItem]
) -> list[tuple[str, AgendaItem | SecretItem]]:
    """The agenda with the items that are secret to the reader in their places, by number alone."""
    found: list[tuple[str, AgendaItem | SecretItem]] = [*rows, *(("", each) for each in secret)]
    return sorted(found, key=lambda row: row[1].position)


def find(context: Context, meeting_id: int) -> Meeting:
    """The meeting that the person may see."""
    return queries.find(context.session, context.organisation_id, meeting_id)


def outcome_label(outcome: str) -> str:
    """How an item ended, in the reader's language."""
    labels: dict[str, str] = {
        "pending": _("Inte avgjort"),
        "decided": _("Beslutat"),
        "recommended": _("Rekommenderat"),
        "proposed": _("Föreslaget"),
        "noted": _("Noterat"),
        "tabled": _("Bordlagt"),
        "referred_back": _("Återremitterat"),
        "withdrawn": _("Utgick"),
        "not_handled": _("Behandlades inte"),
    }
    return labels[outcome]


def capacity_label(code: str) -> str:
    """In what capacity somebody is there."""
    labels: dict[str, str] = {
        "chair": _("Ordförande"),
        "vice_chair": _("Vice ordförande"),
        "member": _("Ledamot"),
        "serving_substitute": _("Tjänstgörande ersättare"),
        "substitute": _("Ersättare"),
        "other": _("Övrig"),
        "attester": _("Justerare"),
        "secretary": _("Sekreterare"),
    }
    return labels[code]


def minutes_label(minutes: Minutes) -> str:
    """What is signed: the minutes, one § at once, or a correction."""
    label: str
    if minutes.kind == "immediate":
        label = _("Omedelbart justerad § %(number)s", number=minutes.first_section)
    elif minutes.kind == "correction":
        label = _("Rättelse av § %(number)s", number=minutes.first_section)
    elif minutes.meeting.body.is_statutory:
        label = _("Protokollet")
    else:
        label = _("Minnesanteckningarna")
    return label


def item_type_label(code: str) -> str:
    """What kind of item it is."""
    labels: dict[str, str] = {
        "decision": _("Beslut"),
        "information": _("Information"),
        "notification": _("Anmälan"),
        "formality": _("Formalia"),
    }
    return labels[code]


@blueprint.app_context_processor
def _labels() -> dict[str, Any]:
    return {
        "minutes_label": minutes_label,
        "outcome_label": outcome_label,
        "item_type_label": item_type_label,
    }


def outcomes_of(item: AgendaItem) -> list[tuple[str, str]]:
    """What the item may end in, by its kind and by whose its matter is."""
    outcomes: tuple[str, ...] = ("noted", "not_handled")
    if item.item_type == "decision":
        decided = "decided" if item.meeting.body.is_statutory else "recommended"
        first = "proposed" if item.is_preparing else decided
        outcomes = (first, "tabled", "referred_back", "not_handled", "withdrawn")
    return [(each, outcome_label(each)) for each in outcomes]


def _attending(context: Context, meeting: Meeting) -> list[tuple[Person, str]]:
    """Whom one expects at the meeting, with their appointment; then all officials."""
    rows = context.session.execute(
        select(Person, Appointment.role)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.organisation_id == context.organisation_id,
            (Appointment.body_id == meeting.body_id) | Appointment.body_id.is_(None),
        )
        .order_by(Person.sort_key)
    )
    found: dict[int, tuple[Person, str]] = {}
    for person, role in rows:
        if person.id not in found or role in ATTENDING:
            found[person.id] = (person, role if role in ATTENDING else "other")
    order = {role: number for number, role in enumerate((*ATTENDING, "other"))}
    return sorted(found.values(), key=lambda each: order[each[1]])


def _to_sign(
    context: Context, meeting: Meeting, person_id: int
) -> list[tuple[Minutes, str, list[Change]]]:
    """What awaits the person's signature, with the checksum of the document that is shown, and
    each § that does not say what it said before."""
    press = context.services.press
    return [
        (
            each,
            press.document(context.session, each.document_id or 0).sha256,
            changes(each, meeting.agenda),
        )
        for each in queries.to_sign(context.session, context.organisation_id, person_id)
        if each.meeting_id == meeting.id
    ]


def _all_minutes(
    context: Context, meeting: Meeting
) -> list[tuple[Minutes, StateLabel, list[Step]]]:
    """What is signed of the meeting, how far that has come, and what can be done with it."""
    found = []
    for each in queries.all_minutes(context.session, meeting):
        own: list[Step] = []
        if each.kind != "meeting":  # the minutes of the meeting move with it
            page = url_for("minutes.signed", meeting_id=meeting.id, minutes_id=each.id)
            own, _others = steps.steps(context, each, page)
        found.append((each, steps.state_label(context, each), own))
    return found


def _back(meeting_id: int, place: str) -> Response:
    return redirect(url_for(".show", meeting_id=meeting_id) + place, 303)
