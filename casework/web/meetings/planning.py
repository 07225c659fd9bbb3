"""Planning a meeting: a new one, and changing what was planned. What was written is never lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.context import STOCKHOLM
from casework.errors import Refusal, Stale
from casework.meetings import queries
from casework.meetings.demands import SECRETARIES
from casework.meetings.planning.plan import plan_meeting
from casework.meetings.planning.revising import HELD, OFFICES_STAND, revise_meeting
from casework.meetings.seats import ELECTED, appointed_on
from casework.people import queries as people
from casework.people.policy import lacking, lift, may
from casework.people.service import appointed, holder
from casework.phrases import sentence
from casework.web.frame.asked import fitting, local_moment, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import acting, permits, reading

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.meetings.models import Meeting
    from casework.people.models import Person

NEW = ("body", "starts", "ends", "place")
TEXTS = {"place": 200, "remote_link": 1000, "group_meetings": 1000}
OPEN_PLAN = ("planned", "summoned")

blueprint = Blueprint("planning", __name__, url_prefix="/meetings")


@blueprint.get("/new")
@permits(*SECRETARIES)
def new() -> str:
    """A form for a new meeting."""
    with reading() as context:
        return _new_form(context, dict.fromkeys(NEW, ""))


@blueprint.post("/new")
@permits(*SECRETARIES)
def plan() -> tuple[str, int] | Response:
    """Plan a meeting, led and kept by those who hold the offices on its day."""
    written = {name: fitting(request.form.get(name, ""), 200) for name in NEW}
    try:
        with acting() as context:
            wanted = request.form.get("body", 0, type=whole_number)
            body = people.body(context.session, context.organisation_id, wanted)
            starts = local_moment(request.form.get("starts", ""))
            day = starts.astimezone(STOCKHOLM).date()
            meeting = plan_meeting(
                context,
                body,
                starts,
                ends_at=local_moment(request.form["ends"]) if written["ends"] else None,
                place=written["place"],
                chair=holder(context, "chair", body, day),
                secretary=holder(context, "committee_secretary", body, day),
            )
            address = url_for("meetings.show", meeting_id=meeting.id)
    except Refusal as refusal:
        with reading() as context:
            return _new_form(context, written, _told(refusal)), refusal.status
    flash(_("Sammanträdet är planerat."), "success")
    return redirect(address, 303)


@blueprint.get("/<int:meeting_id>/plan")
@permits(*SECRETARIES)
def change(meeting_id: int) -> str:
    """A form with what was planned."""
    with reading() as context:
        meeting = _own(context, meeting_id)
        return _form(context, meeting, _stored(meeting))


@blueprint.post("/<int:meeting_id>/plan")
@permits(*SECRETARIES)
def revise(meeting_id: int) -> tuple[str, int] | Response:
    """Save the changes; only what the form showed is changed."""
    try:
        with acting() as context:
            meeting = _own(context, meeting_id)
            lift(context.session)
            version = request.form.get("version", type=whole_number)
            given = _given(context) | _mended(meeting)
            revise_meeting(context, meeting, expected_version=version, **given)
    except Refusal as refusal:
        with reading() as context:
            meeting = _own(context, meeting_id)
            written = _stored(meeting) | {"is_public": ""} | request.form.to_dict()
            written["version"] = meeting.version
            theirs = _stored(meeting) if isinstance(refusal, Stale) else None
            return _form(context, meeting, written, _told(refusal), theirs), refusal.status
    flash(_("Ändringen är sparad."), "success")
    return redirect(url_for("meetings.show", meeting_id=meeting_id), 303)


def may_change(context: Context, meeting: Meeting) -> bool:
    """Whether the plan may still be changed, and by this reader."""
    return meeting.state not in OFFICES_STAND and may(context, meeting, SECRETARIES)


def _own(context: Context, meeting_id: int) -> Meeting:
    meeting = queries.find(context.session, context.organisation_id, meeting_id)
    if not may(context, meeting, SECRETARIES):
        raise lacking(SECRETARIES)
    return meeting


def _new_form(context: Context, written: dict[str, str], problem: str = "") -> str:
    bodies = list(context.session.scalars(people.bodies(context.organisation_id)))
    return render_template("meetings/new.html", bodies=bodies, written=written, problem=problem)


def _form(
    context: Context,
    meeting: Meeting,
    written: dict[str, Any],
    problem: str = "",
    theirs: dict[str, Any] | None = None,
) -> str:
    chairs = _with(meeting.chair, [p for p, _role in _elected(context, meeting)])
    secretaries = appointed(context, "committee_secretary", meeting.body_id, meeting.day)
    secretaries = _with(meeting.secretary, secretaries)
    names = {str(person.id): person.name for person in (*chairs, *secretaries)}
    return render_template(
        "meetings/plan.html",
        meeting=meeting,
        written=written,
        chairs=chairs,
        secretaries=secretaries,
        is_open=meeting.state in OPEN_PLAN,
        is_held=meeting.state in HELD,
        problem=problem,
        theirs=_plain(theirs, names) if theirs else "",
        yours=_plain(written, names) if theirs else "",
    )


def _plain(written: dict[str, Any], names: dict[str, str]) -> str:
    """The form as text, to set beside what somebody else has saved."""
    rows = (
        (_("Börjar"), written["starts"].replace("T", " ")),
        (_("Slutar"), written["ends"].replace("T", " ")),
        (_("Avslutades"), written["ended"].replace("T", " ")),
        (_("Plats"), written["place"]),
        (_("Länk för den som deltar på distans"), written["remote_link"]),
        (_("Gruppmöten före sammanträdet"), written["group_meetings"]),
        (_("Öppet för allmänheten"), _("Ja") if written["is_public"] else _("Nej")),
        (_("Ordförande"), names.get(written["chair"], "")),
        (_("Sekreterare"), names.get(written["secretary"], "")),
    )
    return "\n".join(f"{label}: {value}" for label, value in rows)


def _elected(context: Context, meeting: Meeting) -> list[tuple[Person, str]]:
    return list(appointed_on(context, meeting, ELECTED).values())


def _with(holder: Person | None, persons: list[Person]) -> list[Person]:
    """Those to choose among, whoever holds the office now included."""
    return persons if holder is None or holder in persons else [holder, *persons]


def _stored(meeting: Meeting) -> dict[str, Any]:
    return {
        "version": meeting.version,
        "starts": _local(meeting.starts_at),
        "ends": _local(meeting.ends_at) if meeting.ends_at else "",
        "ended": _local(meeting.ended_at) if meeting.ended_at else "",
        "is_public": "1" if meeting.is_public else "",
        "chair": str(meeting.chair_id or ""),
        "secretary": str(meeting.secretary_id or ""),
        **{name: getattr(meeting, name) for name in TEXTS},
    }


def _given(context: Context) -> dict[str, Any]:
    """What the form showed; offices alone once the meeting has begun."""
    form = request.form
    given: dict[str, Any] = {office: _person(context, office) for office in ("chair", "secretary")}
    if "starts" not in form:
        return given
    given |= {
        "starts_at": local_moment(request.form.get("starts", "")),
        "is_public": "is_public" in form,
    }
    given["ends_at"] = local_moment(request.form["ends"]) if form.get("ends") else None
    texts = {
        name: fitting(form[name].strip(), most) for name, most in TEXTS.items() if name in form
    }
    return given | texts


def _mended(meeting: Meeting) -> dict[str, Any]:
    """When it was closed, if that was changed: the form knows no seconds."""
    written = request.form.get("ended", "")
    same = meeting.ended_at is not None and written == _local(meeting.ended_at)
    return {"ended_at": local_moment(written)} if written and not same else {}


def _person(context: Context, office: str) -> Person | None:
    wanted = request.form.get(office, 0, type=whole_number)
    if not wanted:
        return None
    return people.persons_with(context.session, context.organisation_id, [wanted])[0]


def _local(moment: datetime) -> str:
    return moment.astimezone(STOCKHOLM).strftime("%Y-%m-%dT%H:%M")


def _told(refusal: Refusal) -> str:
    return sentence(refusal.code, refusal.params, reader_language())
