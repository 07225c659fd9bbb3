"""What is new for the person who is signed in: what, why, who and when, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from casework.inbox import queries, service
from casework.inbox.kinds import TASKS
from casework.inbox.models import InboxEntry
from casework.kinds import gathered
from casework.people.policy import absent
from casework.sight import of_what_is_seen
from casework.web.components.kinds import address_of
from casework.web.frame.asked import whole_number
from casework.web.frame.language import own_page
from casework.web.frame.session import SIGNED_IN, acting, permits, reading, signed_in
from casework.web.shapes import Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.people.policy import Absence

FIRST = 10
PAGE = 50

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")


@dataclass(frozen=True)
class NewLine:
    """One thing that the person was told, or `instead_of` somebody whom they stand in for.

    `seen_url` is where they put it aside, "" if it waits for something to be done; `ended` says
    how it ended.
    """

    what: str
    about: Link
    reason: str
    caused_by: str
    at: datetime
    by_letter: bool
    instead_of: str = ""
    seen_url: str = ""
    ended: str = ""


@dataclass(frozen=True)
class News:
    """The newest of what stands for the person, and how much there is in all."""

    lines: Sequence[NewLine]
    total: int
    minutes: frozenset[int]


@blueprint.get("")
@permits(SIGNED_IN)
def listing() -> str:
    """Everything that stands, or everything that is settled, a page at a time."""
    settled = request.args.get("show") == "settled"
    before = request.args.get("before", type=whole_number)
    with reading() as context:
        statement = _seen(context, settled=settled, before=before, limit=PAGE + 1)
        rows = context.session.scalars(statement).all()
        shown = rows[:PAGE]
        older = shown[-1].id if len(rows) > PAGE else None
        return render_template(
            "work/inbox.html",
            lines=_lines(context, shown),
            settled=settled,
            newest=url_for(".listing", show=request.args.get("show")) if before else "",
            older=url_for(".listing", before=older, show=request.args.get("show")) if older else "",
        )


@blueprint.post("/<int:entry_id>/seen")
@permits(SIGNED_IN)
def seen(entry_id: int) -> Response:
    """The person has read it."""
    with acting() as context:
        own = signed_in().person_id
        service.seen(context, queries.find(context.session, context.organisation_id, own, entry_id))
    flash(_("Du har sett det. Det finns kvar under Det du har sett."), "success")
    return redirect(own_page(request.form.get("back", "")), 303)


def news(context: Context) -> News:
    """What stands first on the person's page: what is to be done, then what is to be read."""
    count = select(func.count()).select_from(
        _seen(context, limit=None).with_only_columns(InboxEntry.id).order_by(None).subquery()
    )
    tasks_first = InboxEntry.kind.not_in(TASKS), InboxEntry.id.desc()
    first = _seen(context, limit=FIRST).order_by(None).order_by(*tasks_first)
    rows = context.session.scalars(first).all()
    told = frozenset(row.subject_id for row in rows if row.subject_type == "minutes")
    total = context.session.scalar(count) or 0 if len(rows) == FIRST else len(rows)
    return News(_lines(context, rows), total, told)


def _seen(
    context: Context,
    *,
    settled: bool = False,
    before: int | None = None,
    limit: int | None = PAGE,
) -> Select[InboxEntry]:
    own = signed_in().person_id
    readers = (own, *_away(context))
    return (
        queries.entries(context.organisation_id, readers, settled=settled, before=before)
        .where(of_what_is_seen(context.organisation_id, own))
        .limit(limit)
    )


def _away(context: Context) -> Mapping[int, Absence]:
    """Those whom the person stands in for today."""
    own = signed_in().person_id
    return absent(context.session, context.organisation_id, own, context.today)


def _lines(context: Context, rows: Sequence[InboxEntry]) -> list[NewLine]:
    subjects, away = _subjects(context, rows), _away(context)
    found = ((row, subjects.get((row.subject_type, row.subject_id))) for row in rows)
    return [
        _line(row, subject, away[row.person_id].name if row.person_id in away else "")
        for row, subject in found
        if subject is not None
    ]


def _subjects(context: Context, rows: Iterable[InboxEntry]) -> Mapping[tuple[str, int], Any]:
    """What the entries are about, in one query for each kind."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.subject_type, set()).add(row.subject_id)
    return {
        (kind.noun, subject.id): subject
        for kind in (context.services.kinds[noun] for noun in wanted)
        for subject in context.session.scalars(
            select(kind.model)
            .where(
                kind.model.organisation_id == context.organisation_id,
                kind.model.id.in_(wanted[kind.noun]),
            )
            .options(*kind.loads)
        )
    }


def _line(entry: InboxEntry, subject: Any, instead_of: str) -> NewLine:
    may_put_aside = entry.may_be_seen and not instead_of
    return NewLine(
        what=kind_labels().get(entry.kind, _("Nytt")),
        about=_link(subject),
        reason=entry.reason,
        caused_by=entry.caused_by,
        at=entry.created_at,
        by_letter=entry.by_letter,
        instead_of=instead_of,
        seen_url=url_for("inbox.seen", entry_id=entry.id) if may_put_aside else "",
        ended=_ended(entry),
    )


def _ended(entry: InboxEntry) -> str:
    if entry.settled_at is None:
        return ""
    if entry.settled_how == service.SEEN:
        return str(_("Du har sett det"))
    return str(_("Lämnat över") if entry.settled_how == service.PASSED_ON else _("Klart"))


def _link(subject: Any) -> Link:
    kind = gathered().of(subject)
    return Link(kind.line_of(subject), address_of(kind, subject))


def kind_labels() -> dict[str, str]:
    """What each kind is called on the page."""
    return {
        "referred_back": _("Återförvisat till dig"),
        "review_wanted": _("Att granska"),
        "presidium_review": _("Väntar på presidiet"),
        "report_waiting": _("En återrapport att godkänna"),
        "more_wanted": _("Din återrapport behöver kompletteras"),
        "to_sign": _("Att skriva under"),
        "dispatch_failed": _("Ett utskick kom inte fram"),
        "assigned": _("Du har fått ett ärende"),
        "assignment": _("Du har fått ett uppdrag"),
        "reopened": _("Ett ärende har öppnats igen"),
        "ready": _("Klart för dagordningen"),
        "dispatched": _("Utsänt till dem som berörs"),
        "noted": _("Ärendet är noterat"),
        "officer_changed": _("Ny handläggare"),
        "assignee_changed": _("Ny ansvarig"),
        "handed_over": _("Överlämnat, med det här som det första"),
        "received": _("En handling har kommit in"),
        "ended": _("Ärendet har avslutats"),
        "body_asked": _("En begäran att lägga fram för organet"),
        "body_granted": _("Organet har sagt ja: genomför det"),
        "body_answered": _("Organet har svarat på din begäran"),
        "assignment_moved": _("Uppdraget har en ny dag"),
        "assignment_cancelled": _("Uppdraget är upphävt"),
        "minutes_attested": _("Protokollet är justerat"),
        "told": _("Du har fått ett brev om det här"),
    }
