"""Notices for those who keep them: what is up, what awaits legal force, and the proof of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, url_for

from casework.board import queries
from casework.board.models import BoardNotice
from casework.board.watch import absences, end_of_period, last_seen
from casework.db import counted
from casework.web.components import steps
from casework.web.components.paging import number_of
from casework.web.components.records import history_of, papers
from casework.web.frame.asked import whole_number
from casework.web.frame.session import SIGNED_IN, permits, reading

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.context import Context

PAGE = 30

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


@blueprint.get("")
@permits(SIGNED_IN)
def listing() -> str:
    """Every notice, newest first."""
    before = request.args.get("before", type=whole_number)
    with reading() as context:
        statement = queries.notices(context.organisation_id, before=before, limit=PAGE + 1)
        rows = list(context.session.scalars(statement))
        return render_template(
            "notices/list.html",
            rows=[(row, steps.state_label(context, row)) for row in rows[:PAGE]],
            count=number_of(
                counted(context.session, queries.notices(context.organisation_id), BoardNotice.id)
            ),
            older=url_for(".listing", before=rows[PAGE - 1].id) if len(rows) > PAGE else "",
            newer=url_for(".listing") if before else "",
        )


@blueprint.get("/<int:notice_id>")
@permits(SIGNED_IN)
def show(notice_id: int) -> str:
    """A notice with its dates, its proof and its next steps."""
    with reading() as context:
        notice = find(context, notice_id)
        url = url_for(".show", notice_id=notice_id)
        own, others = steps.steps(context, notice, url)
        return render_template(
            "notices/show.html",
            notice=notice,
            url=url,
            state=steps.state_label(context, notice),
            steps=own,
            others=others,
            absences=absences(notice),
            last_seen=last_seen(notice),
            end_of_period=end_of_period(notice),
            sightings=sum(span.sightings for span in notice.spans),
            documents=papers(context, notice),
            history=history_of(context, notice),
        )


@blueprint.get("/<int:notice_id>/steps/<trigger>")
@permits(SIGNED_IN)
def ask(notice_id: int, trigger: str) -> str:
    """The page before a step."""
    return steps.ask(find, notice_id, trigger, url_for(".show", notice_id=notice_id))


@blueprint.post("/<int:notice_id>/steps/<trigger>")
@permits(SIGNED_IN)
def take(notice_id: int, trigger: str) -> str | tuple[str, int] | Response:
    """Take a step; the engine knows whose it is."""
    return steps.take(find, notice_id, trigger, url_for(".show", notice_id=notice_id))


def find(context: Context, notice_id: int) -> BoardNotice:
    return queries.find(context.session, context.organisation_id, notice_id)
