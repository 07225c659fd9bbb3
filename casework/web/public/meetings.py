"""The meetings of the bodies that decide, for everybody: when, where, open or closed, and what."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from casework.context import STOCKHOLM
from casework.errors import NotFound
from casework.people.models import Organisation
from casework.publishing import public_pages
from casework.web.components.paging import Part
from casework.web.frame.asked import whole_number
from casework.web.frame.session import PUBLIC, installation, permits
from casework.web.shapes import Link

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from casework.meetings.models import Meeting

PAGE, FURTHEST = 40, 100_000

blueprint = Blueprint("public_meetings", __name__, url_prefix="/public/meetings")


@blueprint.get("")
@permits(PUBLIC)
def listing() -> str:
    """What is to come and what has been, each organisation for itself; or an earlier year."""
    with installation().database.read() as session:
        now = datetime.combine(installation().context(session, 0).today, time(), STOCKHOLM)
        years = public_pages.years(session, now)
        year = request.args.get("year", years[0], type=whole_number)
        if year not in years:
            raise NotFound("not_found")
        owners = _owners(session)
        return render_template(
            "public/meetings.html",
            owners=owners,
            upcoming={
                each.id: _part(
                    session, public_pages.upcoming(each.id, now), each.id, "coming", year
                )
                for each in owners
                if year == years[0]
            },
            past={
                each.id: _part(
                    session, public_pages.past(each.id, year, now), each.id, "held", year
                )
                for each in owners
            },
            year=year,
            years=years,
            organisation=owners[0].name if len(owners) == 1 else "",
        )


def _owners(session: Session) -> list[Organisation]:
    """Every organisation, or the one whose list is read on."""
    statement = select(Organisation).order_by(Organisation.id)
    if wanted := request.args.get("of", type=whole_number):
        statement = statement.where(Organisation.id == wanted)
    return list(session.scalars(statement))


def _part(
    session: Session, statement: Select[Meeting], owner: int, name: str, year: int
) -> Part[Meeting]:
    """Some of the meetings, and where the next ones are; `name` counts those before in addresses.

    They stand still: what was held does not change, and what is to come is soon read.
    """
    at = min(max(request.args.get(name, 0, type=whole_number), 0), FURTHEST)
    rows = list(session.scalars(statement.offset(at).limit(PAGE + 1)))
    if len(rows) <= PAGE:
        return Part(rows)
    asked: dict[str, Any] = {"year": year, "of": owner, name: at + PAGE}
    return Part(rows[:PAGE], Link(_("Fler"), url_for(".listing", **asked)))


@blueprint.get("/<int:meeting_id>")
@permits(PUBLIC)
def show(meeting_id: int) -> str:
    """A meeting with the titles and §§ that are published, and its notices on the board."""
    with installation().database.read() as session:
        meeting = public_pages.find(session, meeting_id)
        known = public_pages.publications(session, [meeting])
        today = installation().context(session, meeting.organisation_id).today
        return render_template(
            "public/meeting.html",
            meeting=meeting,
            items=public_pages.public_agenda(meeting, known, today),
            notices=public_pages.notices_up(session, meeting),
            organisation=session.get_one(Organisation, meeting.organisation_id).name,
        )
