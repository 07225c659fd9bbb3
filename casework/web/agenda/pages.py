"""Building the agenda: choose among ready matters, order, times, closed doors, late items."""

from __future__ import annotations

from math import isfinite, nan
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from casework.errors import Conflict, Invalid, Refusal, Stale
from casework.meetings import queries
from casework.meetings.agenda.items import OPEN_AGENDA, add_item, remove_item, reorder, revise_item
from casework.meetings.agenda.reporting import REPORTED_KINDS, reported_decisions
from casework.meetings.guards import unannounced
from casework.meetings.models import ITEM_TYPES, REPORTS
from casework.meetings.planning.plan import last_summons_day
from casework.meetings.planning.series import paper_stop
from casework.meetings.sections import headed
from casework.people.policy import lift
from casework.phrases import sentence
from casework.web.agenda.choices import choices_for, chosen_among
from casework.web.bodies.pages import report_label
from casework.web.components import steps
from casework.web.components.kinds import name_of
from casework.web.components.steps import taking_away
from casework.web.frame.asked import fitting, row_number, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import acting, permits, reading
from casework.web.meetings.pages import find, item_type_label
from casework.web.shapes import Link, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.matters.models import Matter
    from casework.meetings.models import AgendaItem, Meeting

KEEPERS = ("committee_secretary", "chair")
TEXTS = {"title": 500, "presenter": 200, "section": 300, "summary": 20_000}
FLAGS = ("is_closed", "is_election", "exercises_authority")
NUMBERS = ("version", "minutes_planned")

blueprint = Blueprint("agenda", __name__, url_prefix="/meetings/<int:meeting_id>/agenda")


@blueprint.get("")
@permits(*KEEPERS)
def build(meeting_id: int) -> str:
    """The agenda as a list that can be ordered, beside what could be put on it."""
    with reading() as context:
        return _page(context, meeting_id, MultiDict())


@blueprint.post("")
@permits(*KEEPERS)
def add(meeting_id: int) -> tuple[str, int] | Response:
    """Put the chosen matters on the agenda, or an item without a matter."""
    chosen = request.form.getlist("matter", type=whole_number)
    try:
        with acting() as context:
            meeting = find(context, meeting_id)
            known = {row.id: row for row in chosen_among(context, meeting, chosen)}
            lift(context.session)
            if not known.keys() >= set(chosen):
                raise Conflict("agenda_choice_gone")
            matters: list[Matter | None] = [known[matter_id] for matter_id in chosen]
            for matter in matters or [None]:
                _add(context, meeting, matter)
    except Refusal as refusal:
        with reading() as context:
            return _page(context, meeting_id, request.form, refusal), refusal.status
    return _back(meeting_id)


@blueprint.post("/order")
@permits(*KEEPERS)
def order(meeting_id: int) -> tuple[str, int] | Response:
    """Save the whole order at once; places that are equal keep the order they had."""
    seen = request.form.get("seen", "").split()
    try:
        with acting() as context:
            meeting = find(context, meeting_id)
            lift(context.session)
            before = [row_number(item_id) for item_id in seen]
            reorder(context, meeting, _by_place(before), seen=before)
    except Refusal as refusal:
        with reading() as context:
            return _page(context, meeting_id, request.form, refusal), refusal.status
    flash(_("Ordningen är sparad."), "success")
    return _back(meeting_id)


@blueprint.get("/<int:item_id>")
@permits(*KEEPERS)
def edit(meeting_id: int, item_id: int) -> str:
    """One item with all that can be said of it beforehand."""
    with reading() as context:
        item = queries.item(context.session, find(context, meeting_id), item_id)
        return _item_page(context, item, _stored(item))


@blueprint.get("/<int:item_id>/remove")
@permits(*KEEPERS)
def ask_removal(meeting_id: int, item_id: int) -> str:
    """The page before an item is taken off: with it goes what was written of it."""
    with reading() as context:
        item = queries.item(context.session, find(context, meeting_id), item_id)
        told = _("Punkten ”%(title)s” tas bort, med det som har skrivits om den.", title=item.title)
        kept = (_("Ärendet finns kvar och kan sättas upp på nytt."),) if item.matter_id else ()
        url = url_for(".remove", meeting_id=meeting_id, item_id=item_id)
        step = Step(_("Ta bort från dagordningen"), url, (told, *kept))
        meeting_url = url_for("meetings.show", meeting_id=meeting_id)
        crumbs = [
            Link(name_of(item.meeting), meeting_url),
            Link(_("Dagordning"), url_for(".build", meeting_id=meeting_id)),
        ]
        back = url_for(".edit", meeting_id=meeting_id, item_id=item_id)
        return taking_away(step, back, crumbs)


@blueprint.post("/<int:item_id>/remove")
@permits(*KEEPERS)
def remove(meeting_id: int, item_id: int) -> Response:
    """Take an item off the agenda."""
    with acting() as context:
        item = queries.item(context.session, find(context, meeting_id), item_id)
        lift(context.session)
        remove_item(context, item)
    flash(_("Punkten är borttagen."), "success")
    return _back(meeting_id)


@blueprint.post("/<int:item_id>")
@permits(*KEEPERS)
def save(meeting_id: int, item_id: int) -> str | tuple[str, int] | Response:
    """Save an item; what was written is never lost."""
    form = request.form
    texts = {name: fitting(form.get(name, ""), most) for name, most in TEXTS.items()}
    flags = {name: bool(form.get(name)) for name in FLAGS}
    try:
        with acting() as context:
            item = queries.item(context.session, find(context, meeting_id), item_id)
            lift(context.session)
            version, minutes = form.get("version", type=whole_number), _minutes()
            given = {**texts, **flags, "minutes_planned": minutes}
            revise_item(context, item, expected_version=version, **given)
    except Refusal as refusal:
        problem = sentence(refusal.code, refusal.params, reader_language())
        with reading() as context:
            item = queries.item(context.session, find(context, meeting_id), item_id)
            numbers = {"version": item.version, "minutes_planned": form.get("minutes_planned", "")}
            written = {**texts, **flags, **numbers}
            theirs = _stored(item) if isinstance(refusal, Stale) else None
            return _item_page(context, item, written, problem, theirs), refusal.status
    return _back(meeting_id)


def _page(
    context: Context,
    meeting_id: int,
    written: MultiDict[str, str],
    refusal: Refusal | None = None,
) -> str:
    """The agenda; after a refusal with what was written, and what is in the way."""
    meeting = find(context, meeting_id)
    agenda = list(meeting.agenda)  # what this person sees; nothing they are recused from
    choices = choices_for(context, meeting, written.getlist("matter", type=whole_number))
    lift(context.session)
    context.session.expire(meeting, ["agenda"])
    return render_template(
        "agenda/build.html",
        seen=[item.id for item in agenda],
        meeting=meeting,
        agenda=list(headed(agenda)),
        is_open=meeting.state in OPEN_AGENDA,
        is_late=meeting.state != "planned",
        **choices,
        reporting=[(code, report_label(code)) for code in ("", *REPORTS)],
        item_types=[(code, item_type_label(code)) for code in ITEM_TYPES],
        last_summons=last_summons_day(meeting),
        paper_stop=paper_stop(meeting.body, meeting.day),
        planned=sum(item.minutes_planned or 0 for item in agenda),
        today=context.today,
        unannounced=steps.warning(unannounced(context, meeting)),
        written=written,
        problem=sentence(refusal.code, refusal.params, reader_language()) if refusal else "",
    )


def _item_page(
    context: Context,
    item: AgendaItem,
    written: dict[str, Any],
    problem: str = "",
    theirs: dict[str, Any] | None = None,
) -> str:
    return render_template(
        "agenda/item.html",
        meeting=item.meeting,
        item=item,
        reported=reported_decisions(context, item) if item.reports in REPORTED_KINDS else None,
        written=written,
        problem=problem,
        theirs=_plain(theirs) if theirs else "",
        yours=_plain(written) if theirs else "",
        rules=_rules(),
        sections=_sections(item),
    )


def _stored(item: AgendaItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in (*TEXTS, *FLAGS, *NUMBERS)}


def _plain(written: dict[str, Any]) -> str:
    """The form as text, to set beside what somebody else has saved."""
    rows = (
        (_("Rubrik"), written["title"]),
        (_("Föredragande"), written["presenter"]),
        *(((_("Avsnitt"), written["section"]),) if written["section"] else ()),
        (_("Minuter"), written["minutes_planned"] or ""),
        *((label, _("Ja") if written[name] else _("Nej")) for name, label in _rules().items()),
        (_("Sammanfattning"), written["summary"]),
    )
    return "\n".join(f"{label}: {value}" for label, value in rows)


def _sections(item: AgendaItem) -> list[str]:
    """Where the item may go; its own section too, if the body has named its sections anew."""
    named = [str(each["title"]) for each in item.meeting.body.agenda_sections]
    return named if item.section in named or not named else [item.section, *named]


def _rules() -> dict[str, str]:
    return {
        "is_closed": _("Behandlas bakom stängda dörrar (KL 6:25)"),
        "is_election": _(
            "Val eller anställning: sluten omröstning, lottning vid lika (KL 5:54, 5:56)"
        ),
        "exercises_authority": _("Myndighetsutövning mot enskild: ingen får avstå (KL 4:26)"),
    }


def _add(context: Context, meeting: Meeting, matter: Matter | None) -> None:
    add_item(
        context,
        meeting,
        item_type=request.form.get("item_type", "formality"),
        matter=matter,
        title="" if matter else _text("title", 500),
        presenter=_text("presenter", 200),
        section=_text("section", 300),
        minutes_planned=_minutes(),
        is_closed=bool(request.form.get("is_closed")),
        late_reason=_text("late_reason", 500),
        all_agree=bool(request.form.get("all_agree")),
        reports="" if matter else request.form.get("reports", ""),
    )


def _text(name: str, most: int) -> str:
    return fitting(request.form.get(name, ""), most)


def _by_place(seen: Sequence[int]) -> list[int]:
    """The items in the order of the places written; one that has none in the form stays."""
    places = {
        item_id: _place(request.form.get(f"place-{item_id}", "") or str(position))
        for position, item_id in enumerate(seen, start=1)
    }
    return sorted(places, key=lambda item_id: places[item_id])


def _place(text: str) -> float:
    """Where an item goes, 2.5 for between the second and third; raises Invalid for no place."""
    try:
        place = float(text)
    except ValueError:
        place = nan
    if not isfinite(place):
        raise Invalid("place_wrong")
    return place


def _minutes() -> int | None:
    given = request.form.get("minutes_planned", "").strip()
    if not given:
        return None
    if not given.isdecimal() or len(given) > 3 or int(given) > 600:
        raise Invalid("minutes_planned_wrong")
    return int(given)


def _back(meeting_id: int) -> Response:
    return redirect(url_for(".build", meeting_id=meeting_id), 303)
