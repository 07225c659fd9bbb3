"""Writing a matter's text: sections, decision points, signatories and recipients on one page.

Rows are added without a script too: a button sends the form back with one empty row more, which has
the focus, and saves nothing. When somebody else has saved meanwhile, both texts are shown and
nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.accounts.officials import responsible
from casework.distribution.service import settle_recipients
from casework.errors import Forbidden, Invalid, Refusal, Stale
from casework.matters.service import (
    Proposed,
    Signing,
    Text,
    may_edit,
    name_recipients,
    require_edit,
    revise,
)
from casework.people.policy import lift
from casework.phrases import sentence
from casework.web.components.holders import chosen, holders
from casework.web.frame.asked import fitting, report_back_day, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, permits, reading
from casework.web.matters.pages import find
from casework.web.shapes import Link

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict
    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.matters.models import Matter

MOST_ROWS = 100
# Characters; the form on the page says the same.
LONGEST, LONGEST_LINE, LONGEST_NAME = 50_000, 500, 200
PARTS = ("text", "recipients")

blueprint = Blueprint("matter_text", __name__, url_prefix="/matters/<int:matter_id>/text")


@dataclass
class Draft:
    """What stands in the form: the matter's text, or what the person wrote."""

    version: int
    title: str
    lead_in: str = ""
    sections: list[tuple[str, str]] = field(default_factory=list)
    points: list[tuple[str, str, str]] = field(default_factory=list)
    signatories: list[tuple[str, str, bool]] = field(default_factory=list)
    recipients: str = ""

    def plain(self) -> str:
        """The whole text on its own, to compare two drafts."""
        parts = [self.title, *(f"{heading}\n{body}" for heading, body in self.sections)]
        parts += [self.lead_in, *(text for text, _who, _day in self.points)]
        parts += [f"{name}, {title}" for name, title, _acting in self.signatories]
        return "\n\n".join(part.strip() for part in [*parts, self.recipients] if part.strip())


@blueprint.get("")
@permits(SIGNED_IN)
def edit(matter_id: int) -> str:
    """The text, ready to be written on."""
    with reading() as context:
        matter = find(context, matter_id)
        require_edit(context, matter, *PARTS)
        return _page(context, matter, draft_of(matter))


@blueprint.post("")
@permits(SIGNED_IN)
def save(matter_id: int) -> str | tuple[str, int] | Response:
    """Save, or add a row, or show what is in the way; what was written is never lost."""
    draft = _written(request.form)
    added = request.form.get("add", "")
    if added:
        _add_row(draft, added)
        with reading() as context:
            return _page(context, find(context, matter_id), draft, added=added)
    try:
        with acting() as context:
            matter = find(context, matter_id)
            lift(context.session)
            _save(context, matter, draft)
    except Stale as stale:
        return _conflict(matter_id, draft), stale.status
    except Refusal as refusal:
        if isinstance(refusal, Forbidden):
            raise
        with reading() as context:
            told = sentence(refusal.code, refusal.params, reader_language())
            return _page(context, find(context, matter_id), draft, told), refusal.status
    flash(_("Texten är sparad."), "success")
    return redirect(url_for("matters.show", matter_id=matter_id) + "#text", 303)


def draft_of(matter: Matter) -> Draft:
    """The matter's text as the form shows it."""
    return Draft(
        version=matter.version,
        title=matter.title,
        lead_in=matter.decision_lead_in,
        sections=[(each.heading, each.body) for each in matter.sections] or [("", "")],
        points=[
            (
                each.text,
                str(each.assignee_id or ""),
                each.report_back_on.isoformat() if each.report_back_on else "",
            )
            for each in matter.decision_points
        ]
        or [("", "", "")],
        signatories=[(each.name, each.title, each.is_acting) for each in matter.signatories]
        or [("", "", False)],
        recipients="\n".join(each.name for each in matter.recipients),
    )


def _save(context: Context, matter: Matter, draft: Draft) -> None:
    _require_fit(draft)
    if matter.version != draft.version:
        raise Stale("stale")
    if may_edit(context, matter, "text"):
        among, before = responsible(context, matter.body), _assignees(matter)
        revise(
            context,
            matter,
            title=draft.title,
            lead_in=draft.lead_in,
            sections=[Text(heading, body) for heading, body in draft.sections if heading or body],
            points=[
                Proposed(
                    text, chosen(context, among, who, before), report_back_on=report_back_day(day)
                )
                for text, who, day in draft.points
                if text.strip()
            ],
            signatories=[
                Signing(name, title, acting_for)
                for name, title, acting_for in draft.signatories
                if name.strip()
            ],
        )
    else:
        require_edit(context, matter, *PARTS)
    if may_edit(context, matter, "recipients"):
        wanted = draft.recipients.splitlines()
        if wanted != [each.name for each in matter.recipients]:
            name_recipients(context, matter, wanted)
            settle_recipients(context, matter)


def _require_fit(draft: Draft) -> None:
    """Nothing is cut off: raises Invalid for the first text that is too long, or too many rows."""
    if max(len(rows) for rows in (draft.sections, draft.points, draft.signatories)) > MOST_ROWS:
        raise Invalid("rows_too_many", most=MOST_ROWS)
    lines = [draft.title, draft.lead_in]
    names = [heading for heading, _body in draft.sections]
    names += [word for name, title, _acting in draft.signatories for word in (name, title)]
    texts = [body for _heading, body in draft.sections] + [text for text, *_ in draft.points]
    sizes = ((LONGEST_LINE, lines), (LONGEST_NAME, names), (LONGEST, [*texts, draft.recipients]))
    for most, written in sizes:
        for each in written:
            fitting(each, most)


def _assignees(matter: Matter) -> set[int | None]:
    """Who has an assignment in the matter's points already."""
    return {each.assignee_id for each in matter.decision_points}


def _written(form: MultiDict[str, str]) -> Draft:
    acting_rows = set(form.getlist("acting"))
    names, titles = form.getlist("signatory_name"), form.getlist("signatory_title")
    return Draft(
        version=form.get("version", 0, type=whole_number),
        title=form.get("title", ""),
        lead_in=form.get("lead_in", ""),
        sections=list(
            zip(form.getlist("section_heading"), form.getlist("section_body"), strict=False)
        ),
        points=list(
            zip(
                form.getlist("point"),
                form.getlist("point_assignee"),
                form.getlist("point_day"),
                strict=False,
            )
        ),
        signatories=[
            (name, title, str(number) in acting_rows)
            for number, (name, title) in enumerate(zip(names, titles, strict=False), start=1)
        ],
        recipients=form.get("recipients", ""),
    )


def _add_row(draft: Draft, what: str) -> None:
    if what == "section":
        draft.sections.append(("", ""))
    elif what == "point":
        draft.points.append(("", "", ""))
    elif what == "signatory":
        draft.signatories.append(("", "", False))


def _conflict(matter_id: int, draft: Draft) -> str:
    """Theirs and yours side by side, and yours in the form, ready to be saved after all."""
    with reading() as context:
        matter = find(context, matter_id)
        theirs = draft_of(matter)
        entry = matter.version
        draft.version = entry
        return _page(context, matter, draft, "", theirs=theirs)


def _page(
    context: Context,
    matter: Matter,
    draft: Draft,
    problem: str = "",
    theirs: Draft | None = None,
    *,
    added: str = "",
) -> str:
    return render_template(
        "matters/text.html",
        matter=matter,
        draft=draft,
        problem=problem,
        theirs=theirs,
        added=added,
        responsible=holders(context, responsible(context, matter.body), _assignees(matter)),
        may_text=may_edit(context, matter, "text"),
        may_recipients=may_edit(context, matter, "recipients"),
        back=url_for("matters.show", matter_id=matter.id),
        crumbs=[
            Link(_("Ärenden"), url_for("matters.listing")),
            Link(matter.registration_number, url_for("matters.show", matter_id=matter.id)),
        ],
    )
