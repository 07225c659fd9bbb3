"""A decision on delegation, or of the chair alone: drafted, signed, and reported somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy import select
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from casework.delegation import queries
from casework.delegation.exceptions import STATUTE, UNDELEGABLE
from casework.delegation.guards import decides_urgent
from casework.delegation.service import draft_decision, may_edit, revise_decision, text_of
from casework.errors import Forbidden, Invalid, Refusal, Stale
from casework.matters.models import Matter
from casework.meetings.models import AgendaItem, Meeting
from casework.meetings.planning.urgent_reports import next_meeting
from casework.people import queries as people
from casework.people.policy import lift
from casework.phrases import sentence
from casework.text.html import html_of
from casework.web.components import steps
from casework.web.components.dues import dues_of
from casework.web.components.records import history_of, papers
from casework.web.frame.asked import plain_breaks
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, permits, reading, signed_in
from casework.web.shapes import Link
from casework.workflow.blockers import Blocked

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.delegation.models import DelegatedDecision

blueprint = Blueprint("decisions", __name__, url_prefix="/delegation/decisions")

LONGEST = 20_000
APPEALABLE = {"line": None, "yes": True, "no": False}
WRITTEN: Any = {"validators": [Length(max=LONGEST)], "filters": [plain_breaks]}


class TextForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What is written in a decision while it is a draft; `version` is the one that was read."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    title = StringField(_l("Rubrik"), validators=[DataRequired(), Length(max=500)])
    text = TextAreaField(
        _l("Beslut"),
        **WRITTEN,
        render_kw={"rows": 4},
    )
    urgency = TextAreaField(
        _l("Skäl till brådska"),
        description=_l("Bara för beslut i brådskande ärenden (KL 6:39)."),
        **WRITTEN,
    )
    reasons = TextAreaField(_l("Skäl"), **WRITTEN, render_kw={"rows": 4})
    basis = TextAreaField(_l("Underlag"), **WRITTEN)
    notified = TextAreaField(
        _l("Underrättelse"),
        description=_l("Vilka som får del av beslutet, en per rad."),
        **WRITTEN,
    )
    reporting = RadioField(_l("Anmälan"), validators=[InputRequired()])
    appeal = SelectField(_l("Överklagande"), validators=[InputRequired()])


class DraftForm(TextForm):
    """A new decision: on which ground, and in which matter."""

    ground = SelectField(_l("Stöd för beslutet"), validators=[InputRequired()])
    registration_number = StringField(_l("Diarienummer"), validators=[Length(max=100)])


@blueprint.route("/new", methods=["GET", "POST"])
@permits(SIGNED_IN)
def new() -> str | tuple[str, int] | Response:
    """Begin a decision on one of one's own grounds; what was written stays when it is refused."""
    with reading() as context:
        form = _offering(DraftForm(), ("line", _("Som punkten i delegationsordningen anger")))
        form.reporting.choices = [form.appeal.choices[0], reporting_ways()[0]]
        form.reporting.data = form.reporting.data or "line"
        form.ground.choices = grounds(context)
        if not form.ground.choices:
            raise Forbidden("delegation_no_ground")
        if not any(code.startswith("urgent") for code, _label in form.ground.choices):
            del form.urgency
        if not form.validate_on_submit():
            page = _draft_page(form)
            return (page, 422) if form.errors else page
    try:
        with acting() as context:
            decision = _draft(context, form)
            context.session.flush()
            address = url_for(".show", decision_id=decision.id)
    except Refusal as refusal:
        return _draft_page(form, told(refusal)), refusal.status
    flash(_("Utkastet är sparat. Läs igenom det och skriv under."), "success")
    return redirect(address, 303)


@blueprint.get("/<int:decision_id>")
@permits(SIGNED_IN)
def show(decision_id: int) -> str:
    """A decision with its ground, its text, its steps and where it was reported."""
    with reading() as context:
        decision = find(context, decision_id)
        reported = reported_where(context, decision)
        lift(context.session)  # who may read the decision reads the matter it was made in
        own, others = steps.steps(context, decision, url_for(".show", decision_id=decision_id))
        texts = text_of(decision)
        return render_template(
            "delegation/decision.html",
            decision=decision,
            state=steps.state_label(context, decision),
            steps=[step for step in own if step.url.rpartition("/")[2] not in _unfitting(decision)],
            others=others,
            sections=[
                (heading, Markup(html_of(texts[name])))  # noqa: S704 (html_of has escaped it)
                for name, heading in _headings().items()
                if texts[name]
            ],
            may_edit=may_edit(context, decision),
            reported=reported,
            to_report=_to_report(context, decision),
            undelegable=[label for _code, label in undelegable_cases()],
            undelegable_statute=STATUTE,
            dues=dues_of(context, "delegated_decision", decision.id),
            today=context.today,
            documents=papers(context, decision),
            history=history_of(context, decision),
        )


@blueprint.route("/<int:decision_id>/text", methods=["GET", "POST"])
@permits(SIGNED_IN)
def edit(decision_id: int) -> str | tuple[str, int] | Response:
    """Write on a draft; when somebody else has saved meanwhile, both texts are shown."""
    with reading() as context:
        decision = find(context, decision_id)
        if not may_edit(context, decision):
            raise Forbidden("forbidden")
        form = _text_form(decision)
        if not form.validate_on_submit():
            page = _text_page(form, decision)
            return (page, 422) if form.errors else page
        if form.version.data != decision.version:
            return _both(form, decision), Stale.status
    with acting() as context:
        decision = find(context, decision_id)
        lift(context.session)
        revise_decision(
            context,
            decision,
            expected_version=form.version.data,
            reporting=form.reporting.data if "reporting" in form else None,
            is_appealable=APPEALABLE[form.appeal.data],
            **_texts(form),
        )
    flash(_("Texten är sparad."), "success")
    return redirect(url_for(".show", decision_id=decision_id) + "#text", 303)


@blueprint.get("/<int:decision_id>/steps/<trigger>")
@permits(SIGNED_IN)
def ask(decision_id: int, trigger: str) -> str:
    """The page before a step."""
    return steps.ask(find, decision_id, trigger, url_for(".show", decision_id=decision_id))


@blueprint.post("/<int:decision_id>/steps/<trigger>")
@permits(SIGNED_IN)
def take(decision_id: int, trigger: str) -> str | tuple[str, int] | Response:
    """Take a step; the engine knows whose it is."""
    return steps.take(find, decision_id, trigger, url_for(".show", decision_id=decision_id))


def find(context: Context, decision_id: int) -> DelegatedDecision:
    """The decision that the person may see."""
    return queries.find(context.session, context.organisation_id, decision_id)


def grounds(context: Context) -> list[tuple[str, str]]:
    """What the person may decide by today: lines of a scheme, and what cannot wait."""
    own, person_id = context.organisation_id, signed_in().person_id
    lines = [
        (f"line-{item.id}", f"{item.body.short_name} {item.number} {item.title}")
        for item in queries.lines_of(context.session, own, person_id, context.today)
    ]
    urgent = [
        (f"urgent-{body.id}", _("%(body)s: brådskande ärende (KL 6:39)", body=body.short_name))
        for body in context.session.scalars(people.bodies(own))
        if body.urgent_mandate and decides_urgent(context, body, person_id)
    ]
    return [*lines, *urgent]


def reported_where(context: Context, decision: DelegatedDecision) -> Link | None:
    """The meeting that the body was told at, with its § once there is one; None for whoever may
    not read that meeting."""
    found = context.session.execute(
        select(AgendaItem, Meeting)
        .join(Meeting, AgendaItem.meeting_id == Meeting.id)
        .where(
            AgendaItem.organisation_id == decision.organisation_id,
            AgendaItem.id == decision.agenda_item_id,
        )
    ).one_or_none()
    if found is None:
        return None
    item, meeting = found
    number = f" § {item.minutes_item.section_number}" if item.minutes_item else ""
    label = f"{decision.body.short_name} {meeting.day.isoformat()}{number}"
    return Link(label, url_for("meetings.show", meeting_id=meeting.id))


def _to_report(context: Context, decision: DelegatedDecision) -> Link | None:
    """The meeting at which the body is to be told, while it is not; None if none is planned."""
    if decision.state != "decided" or decision.reporting != "report" or decision.agenda_item_id:
        return None
    since = decision.decided_on or context.today
    meeting = next_meeting(context.session, context.organisation_id, decision.body_id, since)
    if meeting is None:
        return None
    label = f"{decision.body.short_name} {meeting.day.isoformat()}"
    return Link(label, url_for("meetings.show", meeting_id=meeting.id))


def _unfitting(decision: DelegatedDecision) -> set[str]:
    """What is decided ends in one way only; the steps that lead elsewhere are not shown."""
    if decision.reporting == "report":
        return {"announce", "file"}
    return {"file"} if decision.appeal_route == "legality_review" else {"announce"}


def _draft(context: Context, form: Any) -> DelegatedDecision:
    """The ground is `line-<id>` of a scheme, or `urgent-<id>` of a body."""
    own, session = context.organisation_id, context.session
    kind, _sep, row_id = form.ground.data.partition("-")
    item = queries.line(session, own, int(row_id)) if kind == "line" else None
    return draft_decision(
        context,
        item.body if item else people.body(session, own, int(row_id)),
        kind="delegated" if item else "urgent",
        item=item,
        matter=_matter(context, (form.registration_number.data or "").strip()),
        reporting=None if form.reporting.data == "line" else form.reporting.data,
        is_appealable=APPEALABLE[form.appeal.data],
        **_texts(form),
    )


def _matter(context: Context, registration_number: str) -> Matter | None:
    if not registration_number:
        return None
    matter = context.session.scalar(
        select(Matter).where(
            Matter.organisation_id == context.organisation_id,
            Matter.registration_number == registration_number,
        )
    )
    if matter is None:
        raise Invalid("matter_number_unknown", number=registration_number)
    return matter


def _headings() -> dict[str, str]:
    return {
        "text": _("Beslut"),
        "urgency": _("Skäl till brådska"),
        "reasons": _("Skäl"),
        "basis": _("Underlag"),
        "notified": _("Underrättelse"),
    }


def _texts(form: Any) -> Any:
    return {name: form[name].data or "" for name in ("title", *_headings()) if name in form}


def _text_form(decision: DelegatedDecision) -> Any:
    """Urgency is the chair's to state, and his decisions are always reported."""
    read = {
        **text_of(decision),
        "version": decision.version,
        "reporting": decision.reporting,
        "appeal": "yes" if decision.is_appealable else "no",
    }
    form = _offering(TextForm(data=read))
    item = decision.delegation_item
    if item is None or item.reporting == "report":
        del form.reporting
    if decision.kind != "urgent":
        del form.urgency
    return form


def _offering(form: Any, *appeal: tuple[str, str]) -> Any:
    """The form with what can be chosen in it; `appeal` comes before yes and no."""
    form.reporting.choices = reporting_ways()
    form.appeal.choices = [
        *appeal,
        ("yes", _("Kan överklagas")),
        ("no", _("Kan inte överklagas")),
    ]
    return form


def undelegable_cases() -> list[tuple[str, str]]:
    """The cases of KL 6:38 in the reader's language."""
    return [(code, label[reader_language()]) for code, label in UNDELEGABLE.items()]


def reporting_ways() -> list[tuple[str, str]]:
    """How a body gets to know of what is decided for it."""
    return [
        ("report", _("Anmäls till organet vid ett sammanträde")),
        ("separately", _("Anmäls inte; tillkännages för sig om det kan överklagas")),
    ]


def told(refusal: Refusal) -> str:
    """The reasons of a refused draft, or the one sentence of any other refusal."""
    if isinstance(refusal, Blocked):
        reasons = [
            f"{each.sentence(reader_language())} ({each.statute})" for each in refusal.blockers
        ]
        return " ".join(reasons)
    return sentence(refusal.code, refusal.params, reader_language())


def _plain(texts: dict[str, str]) -> str:
    return "\n\n".join(text for text in texts.values() if text)


def _draft_page(form: Any, problem: str = "") -> str:
    return render_template("delegation/new_decision.html", form=form, problem=problem)


def _text_page(form: Any, decision: DelegatedDecision, theirs: str = "") -> str:
    return render_template(
        "delegation/text.html",
        form=form,
        decision=decision,
        theirs=theirs,
        yours=_plain(_texts(form)) if theirs else "",
    )


def _both(form: Any, decision: DelegatedDecision) -> str:
    """What was saved meanwhile beside what was written, which is saved the next time."""
    form.version.raw_data = None
    form.version.data = decision.version
    return _text_page(form, decision, _plain(text_of(decision)))
