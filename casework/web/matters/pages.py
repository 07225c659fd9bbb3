"""The register and the page of a matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from markupsafe import Markup
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from casework.config import MEGABYTE
from casework.distribution import queries as distribution
from casework.distribution.queries import DISPATCHERS
from casework.distribution.service import (
    correction_waits,
    dispatch_correction,
    settle_as,
    settle_recipients,
)
from casework.documents import incoming
from casework.errors import Forbidden, Invalid, NotFound, TooLarge
from casework.matters import queries
from casework.matters.entries import entry_of
from casework.matters.incoming import Beside, matter_from
from casework.matters.kinds import matter_kinds
from casework.matters.models import Matter
from casework.matters.origin import CORRECTING, LONGEST_SENDER
from casework.matters.received import RECEIVERS
from casework.matters.service import (
    REVIEW_USED,
    may_edit,
    register,
)
from casework.people import queries as people
from casework.people.policy import lift, may
from casework.phrases import sentence
from casework.secrecy.service import (
    LONGEST_PROVISION,
    LONGEST_REASON,
    may_grant_of,
    review_secrecy,
    take_back_secrecy_review,
)
from casework.secrecy.service import mark as mark_secret
from casework.text.html import html_of
from casework.web.components import steps
from casework.web.components.dues import dues_of
from casework.web.components.known import known, reason
from casework.web.components.lines import entry, initiative_choices, why_here
from casework.web.components.paging import number_of
from casework.web.components.records import history_of, papers
from casework.web.frame.asked import row_number, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, permits, reading, signed_in
from casework.web.matters.parts import parts_of
from casework.web.ways import way_label, ways_on
from casework.workflow import diagram

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.matters.entries import RegisterEntry
    from casework.matters.models import Matter
    from casework.people.models import Body

PAGE = 30
REGISTRARS = ("registrar", "committee_secretary")

blueprint = Blueprint("matters", __name__, url_prefix="/matters")


class NewMatterForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A matter by its title, or by a document that says it."""

    body = SelectField(coerce=int)
    kind = SelectField()
    title = StringField(validators=[Length(max=500)])
    sender = StringField(validators=[Length(max=LONGEST_SENDER)])
    initiative = SelectField(default="")
    secrecy_provision = StringField(validators=[Length(max=LONGEST_PROVISION)])
    secrecy_reason = StringField(validators=[Length(max=LONGEST_REASON)])
    file = FileField()


@blueprint.get("")
@permits(SIGNED_IN)
def listing() -> str:
    """The register with search, newest first."""
    question = request.args.get("q", "")[:200]
    state, before = request.args.get("state", ""), request.args.get("before", type=whole_number)
    body_id = request.args.get("body", type=whole_number)
    with reading() as context:
        register_of = context.session, context.organisation_id
        wanted: dict[str, Any] = {"question": question, "state": state, "body_id": body_id}
        rows = queries.register_page(*register_of, before=before, limit=PAGE + 1, **wanted)
        asked: dict[str, Any] = {"q": question, "state": state, "body": body_id}
        filled = {name: value for name, value in asked.items() if value}
        older = {**filled, "before": rows[PAGE - 1].id} if len(rows) > PAGE else {}
        return render_template(
            "matters/register.html",
            lines=[entry(context, row) for row in rows[:PAGE]],
            count=number_of(queries.register_count(*register_of, **wanted)),
            today=context.today,
            asked=asked,
            may_register=bool(signed_in().roles & {*REGISTRARS, "manager"}),
            states=steps.state_choices(context, "matter"),
            bodies=list(context.session.scalars(people.bodies(context.organisation_id))),
            older=url_for(".listing", **older) if older else "",
            newer=url_for(".listing", **filled) if before else "",
        )


@blueprint.route("/new", methods=["GET", "POST"])
@permits(*REGISTRARS, "manager")
def new() -> str | tuple[str, int] | Response:
    """Register a matter: by its title, or from an incoming document."""
    with acting() as context:
        form = _new_form(context)
        if not form.validate_on_submit():
            page = render_template("matters/new.html", form=form, closed=_closed(context))
            return (page, 422) if form.errors else page
        body = people.body(context.session, context.organisation_id, form.body.data)
        if form.file.data:
            matter = _from_file(context, form, body)
            if matter is None:
                closed = _closed(context)
                return render_template("matters/new.html", form=form, closed=closed), 422
        else:
            matter = register(
                context,
                kind=form.kind.data,
                title=form.title.data,
                body=body,
                sender=form.sender.data or "",
                initiative=form.initiative.data,
            )
            flash(
                _("Ärendet har fått nummer %(number)s.", number=matter.registration_number),
                "success",
            )
        if form.secrecy_provision.data or form.secrecy_reason.data:
            context.session.flush()
            given = form.secrecy_provision.data or "", form.secrecy_reason.data or ""
            mark_secret(context, matter, *given)
        _tell_of_clock(context, matter)
        address = url_for(".show", matter_id=matter.id)
    return redirect(address, 303)


def _from_file(context: Context, form: Any, body: Body) -> Matter | None:
    """The matter of a file, what was typed beside it first; None with the reason in the form.

    Nothing of what was typed is lost when the file cannot be read or has no title.
    """
    file = form.file.data
    content = file.read()
    try:
        read = incoming.read_document(content, file.filename or "")
    except (Invalid, TooLarge) as refused:
        form.file.errors = [sentence(refused.code, refused.params, reader_language())]
        return None
    if read.title is None and not (form.title.data or "").strip():
        form.title.errors = [_("Handlingen har ingen rubrik. Skriv en här och välj filen igen.")]
        return None
    beside = Beside(
        title=form.title.data or "",
        kind=form.kind.data,
        sender=form.sender.data or "",
        initiative=form.initiative.data,
    )
    matter = matter_from(context, read, content, body, beside)
    flash(_("Ärendet är gjort av handlingen. Kontrollera texten."), "info")
    for line in incoming.doubts(read, reader_language()):
        flash(line, "warning")
    return matter


def _tell_of_clock(context: Context, matter: Matter) -> None:
    if matter.clock_was_behind:
        flash(
            _(
                "Serverns klocka visar %(clock)s, men det senaste ärendet i diarieserien är"
                " registrerat %(day)s. Ärendet har fått den dagen, så att diariet står i ordning."
                " Be den som sköter driften att ställa klockan.",
                clock=context.today,
                day=matter.registered_on,
            ),
            "warning",
        )


@blueprint.get("/<int:matter_id>")
@permits(SIGNED_IN)
def show(matter_id: int) -> str | tuple[str, int]:
    """Everything about a matter on one page; of a secret one to others, the register's entry."""
    with reading() as context:
        try:
            return page_of(context, matter_id)
        except Forbidden:
            hidden = entry_of(context.session, matter_id)
            if hidden is None:
                raise
            return _entry_page(context, hidden)


def _entry_page(context: Context, hidden: RegisterEntry) -> tuple[str, int]:
    told = sentence("secrecy_not_for_you", hidden.told(), reader_language())
    may_let_in = may_grant_of(context, hidden.body_id)
    page = render_template("secrecy/entry.html", entry=hidden, sentence=told, may_grant=may_let_in)
    return page, 403


@blueprint.get("/<int:matter_id>/steps/<trigger>")
@permits(SIGNED_IN)
def ask(matter_id: int, trigger: str) -> str:
    """The page before a step."""
    return steps.ask(find, matter_id, trigger, url_for(".show", matter_id=matter_id))


@blueprint.post("/<int:matter_id>/steps/<trigger>")
@permits(SIGNED_IN)
def take(matter_id: int, trigger: str) -> str | tuple[str, int] | Response:
    """Take a step; the engine knows whose it is."""
    return steps.take(find, matter_id, trigger, url_for(".show", matter_id=matter_id))


@blueprint.post("/<int:matter_id>/correction")
@permits("committee_secretary", "registrar")
def correction(matter_id: int) -> Response:
    """Send the corrected § to everybody who was sent the one that it replaces."""
    with acting() as context:
        matter = find(context, matter_id)
        lift(context.session)
        count = len(dispatch_correction(context, matter))
    flash(
        ngettext(
            "Rättelsen skickas till en mottagare.",
            "Rättelsen skickas till %(num)s mottagare.",
            count,
        ),
        "success",
    )
    return redirect(url_for(".show", matter_id=matter_id) + "#dispatches", 303)


@blueprint.post("/<int:matter_id>/secrecy/review")
@permits(SIGNED_IN)
def review(matter_id: int) -> Response:
    """Note that secrecy has been tried."""
    with acting() as context:
        matter = find(context, matter_id)
        lift(context.session)
        review_secrecy(context, matter)
    flash(_("Sekretessprövningen är noterad."), "success")
    return redirect(url_for(".show", matter_id=matter_id) + "#secrecy", 303)


@blueprint.post("/<int:matter_id>/secrecy/take-back")
@permits(SIGNED_IN)
def take_back_review(matter_id: int) -> Response:
    """The review was not to be noted."""
    with acting() as context:
        matter = find(context, matter_id)
        lift(context.session)
        take_back_secrecy_review(context, matter)
    flash(_("Sekretessprövningen är tillbakatagen."), "success")
    return redirect(url_for(".show", matter_id=matter_id) + "#secrecy", 303)


@blueprint.post("/<int:matter_id>/recipients/settle")
@permits(SIGNED_IN)
def settle(matter_id: int) -> Response:
    """Say whom each unsettled recipient means; the same names are found by themselves."""
    with acting() as context:
        matter = find(context, matter_id)
        lift(context.session)
        settle_recipients(context, matter)
        for written in matter.recipients:
            kind, _sep, row_id = request.form.get(f"meaning-{written.id}", "").partition("-")
            if row_number(row_id):
                settle_as(context, matter, written, _meaning(context, kind, row_number(row_id)))
        left = [written.name for written in matter.recipients if not written.is_settled]
    if left:
        flash(_("Återstår: %(names)s.", names=", ".join(left)), "warning")
    else:
        flash(_("Alla mottagare finns i adressboken."), "success")
    return redirect(url_for(".show", matter_id=matter_id) + "#recipients", 303)


def find(context: Context, matter_id: int) -> Matter:
    """The matter that the person may see."""
    return queries.find(context.session, context.organisation_id, matter_id)


def page_of(
    context: Context, matter_id: int, attachment_problem: str = "", attachment_title: str = ""
) -> str:
    """The matter's page, with what was wrong with a file that was to be attached."""
    matter = find(context, matter_id)
    lift(context.session)  # who may read the matter reads all that belongs to it
    url = url_for("matters.show", matter_id=matter_id)
    own, others = steps.steps(context, matter, url)
    parts = parts_of(context, matter)
    return render_template(
        "matters/show.html",
        matter=matter,
        url=url,
        state=steps.state_label(context, matter),
        steps=own,
        others=others,
        why=why_here(context, matter),
        picture=_picture(context, matter),
        sections=[(each.heading, Markup(html_of(each.body))) for each in matter.sections],  # noqa: S704 (html_of has escaped it)
        today=context.today,
        dues=dues_of(context, "matter", matter.id),
        documents=papers(context, matter),
        attachment_problem=attachment_problem,
        attachment_title=attachment_title,
        state_of=lambda row: steps.state_label(context, row),
        reason_of=lambda row: reason(row) if row.state == "failed" else "",
        known_of=lambda row: known(row, in_brief=True),
        sends_correction=may(context, matter, DISPATCHERS) and correction_waits(context, matter),
        history=history_of(context, matter),
        raised=dict(initiative_choices())[matter.initiative],
        may_receive=may(context, matter, RECEIVERS),
        may_correct=may(context, matter, CORRECTING),
        may_edit={part: may_edit(context, matter, part) for part in ("text", "recipients")},
        review_is_used=matter.state in REVIEW_USED,
        may_settle=may(context, matter, ("case_officer", *REGISTRARS)),
        ways=ways_on(context, matter),
        way_label=way_label,
        **parts,
    )


def _new_form(context: Context) -> Any:
    form: Any = NewMatterForm()
    bodies = context.session.scalars(people.bodies(context.organisation_id))
    form.body.choices = [(each.id, each.name) for each in bodies if each.series_code]
    kinds = matter_kinds(context.services.engine.definitions)
    form.kind.choices = [
        ("", _("Det som är vanligt i organet")),
        *((each.kind, each.label[reader_language()]) for each in kinds if each.is_open),
    ]
    form.body.label.text, form.kind.label.text = _("Organ"), _("Ärendeslag")
    form.title.label.text, form.sender.label.text = _("Rubrik"), _("Avsändare")
    form.title.condition = _("(krävs utan handling)")
    form.initiative.label.text = _("Väckt genom")
    form.initiative.choices = initiative_choices()
    form.secrecy_provision.label.text = _("Sekretess enligt")
    form.secrecy_provision.description = _(
        "Till exempel OSL 26 kap. 1 §. Ärendet kan då läsas bara av er som registrerar det, av"
        " handläggaren och av dem som ni lägger till."
    )
    form.secrecy_reason.label.text = _("Skäl för sekretessen")
    form.secrecy_reason.condition = _("(krävs vid sekretess)")
    form.file.label.text = _("Handling")
    form.file.description = _(
        "En .docx-, .txt- eller pdf-fil: rubrik, text, beslutspunkter, undertecknare och"
        " mottagare läses ur den."
    )
    most = min(incoming.MAX_BYTES, context.services.settings.max_upload)
    form.file.description += " " + _("Högst %(limit)s MB.", limit=most // MEGABYTE)
    if request.method == "POST" and not request.files.get("file"):
        form.title.validators = [DataRequired(_("Skriv en rubrik eller välj en handling."))]
    return form


def _closed(context: Context) -> list[tuple[str, list[str]]]:
    """The kinds that cannot be registered now, each with what is wrong in its workflow."""
    language = reader_language()
    return [
        (each.label[language], [reason[language] for reason in each.reasons])
        for each in matter_kinds(context.services.engine.definitions)
        if not each.is_open
    ]


def _picture(context: Context, matter: Matter) -> Markup:
    definition = context.services.engine.definition_of(matter)
    drawn = diagram.svg(definition, current=matter.state, language=reader_language())
    return Markup(drawn)  # noqa: S704 (the drawer escapes every label)


def _meaning(context: Context, kind: str, row_id: int) -> Any:
    if kind == "group":
        return distribution.group(context.session, context.organisation_id, row_id)
    if kind == "recipient":
        return distribution.recipients_named(context.session, context.organisation_id, [row_id])[0]
    raise NotFound("not_found")
