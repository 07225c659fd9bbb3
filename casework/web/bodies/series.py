"""Planning a year of meetings: choose the days, see what is in their way, then confirm."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext

from casework.deadlines.calendar import parse_day
from casework.errors import Invalid, Refusal
from casework.meetings.demands import SECRETARIES
from casework.meetings.planning.plan import plan_series
from casework.meetings.planning.series import pasted, propose, read_clock, recurring
from casework.people.policy import lacking
from casework.people.service import may_keep
from casework.phrases import sentence
from casework.web.bodies.pages import find
from casework.web.frame.asked import fitting, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import acting, permits, reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.people.models import Body

FIELDS = ("first", "last", "weekday", "weeks", "clock", "ends", "days", "place")
USUAL = {"weekday": "1", "weeks": "4", "clock": "09:00"}

blueprint = Blueprint("series", __name__, url_prefix="/bodies/<int:body_id>/series")


@blueprint.get("")
@permits(*SECRETARIES)
def plan(body_id: int) -> str:
    """Which days: every so many weeks, or written one by one."""
    with reading() as context:
        year = context.today.year + 1
        usual = USUAL | {"first": f"{year}-01-01", "last": f"{year}-12-31"}
        return _page(context, _own(context, body_id), dict.fromkeys(FIELDS, "") | usual)


@blueprint.post("")
@permits(*SECRETARIES)
def propose_days(body_id: int) -> str | tuple[str, int]:
    """The meetings as they would be; nothing is planned yet."""
    with reading() as context:
        body = _own(context, body_id)
        try:
            return _page(context, body, _written(), moments=_chosen())
        except Refusal as refusal:
            problem = sentence(refusal.code, refusal.params, reader_language())
            return _page(context, body, _written(), problem=problem), refusal.status


@blueprint.post("/confirmation")
@permits(*SECRETARIES)
def confirm(body_id: int) -> str | tuple[str, int] | Response:
    """Plan those that are ticked, all or none."""
    try:
        with acting() as context:
            body = _own(context, body_id)
            planned = plan_series(
                context,
                body,
                _ticked(),
                place=fitting(request.form.get("place", ""), 200),
                ends=read_clock(request.form["ends"]) if request.form.get("ends") else None,
            )
            count = len(planned)
    except Refusal as refusal:
        problem = sentence(refusal.code, refusal.params, reader_language())
        with reading() as context:
            page = _page(context, _own(context, body_id), _written(), problem=problem)
            return page, refusal.status
    flash(
        ngettext("%(num)s sammanträde är planerat.", "%(num)s sammanträden är planerade.", count),
        "success",
    )
    return redirect(url_for("meetings.listing"), 303)


def _own(context: Context, body_id: int) -> Body:
    """The body, if the person plans its meetings."""
    body = find(context, body_id)
    if not may_keep(context, body, SECRETARIES):
        raise lacking(["committee_secretary"])
    return body


def _page(
    context: Context,
    body: Body,
    written: dict[str, str],
    *,
    moments: Sequence[datetime] = (),
    problem: str = "",
) -> str:
    locale = get_locale()
    names = locale.days["stand-alone"]["wide"]
    return render_template(
        "bodies/series.html",
        body=body,
        written=written,
        proposed=propose(context, body, moments),
        weekdays=[(str(number), names[number].capitalize()) for number in range(7)],
        problem=problem,
    )


def _chosen() -> list[datetime]:
    """The days that were written if any were, else those that recur."""
    form = request.form
    clock = read_clock(form.get("clock", ""))
    if form.get("days", "").strip():
        return pasted(form["days"], clock)
    first, last = (parse_day(form.get(name, "")[:20]) for name in ("first", "last"))
    weekday, weeks = (form.get(name, -1, type=whole_number) for name in ("weekday", "weeks"))
    moments = recurring(first, last, weekday, weeks, clock)
    if not moments:
        raise Invalid("series_empty")
    return moments


def _ticked() -> list[datetime]:
    """Those that our own page offered, each a day and an hour in Stockholm."""
    return pasted("\n".join(request.form.getlist("moment")), time())


def _written() -> dict[str, str]:
    return {name: fitting(request.form.get(name, ""), 5000) for name in FIELDS}
