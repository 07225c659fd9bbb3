"""The meetings of the bodies that decide, for everybody: when, where, open or closed, and what."""

from __future__ import annotations

from datetime import datetime, time

from flask import Blueprint, render_template, request
from sqlalchemy import select

from casework.context import STOCKHOLM
from casework.errors import NotFound
from casework.people.models import Organisation
from casework.publishing import public_pages
from casework.web.asked import whole_number
from casework.web.session import PUBLIC, installation, permits

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
        owners = session.scalars(select(Organisation).order_by(Organisation.id)).all()
        return render_template(
            "public/meetings.html",
            owners=owners,
            upcoming={
                each.id: session.scalars(public_pages.upcoming(each.id, now)).all()
                for each in owners
                if year == years[0]
            },
            past={
                each.id: session.scalars(public_pages.past(each.id, year, now)).all()
                for each in owners
            },
            year=year,
            years=years,
            organisation=owners[0].name if len(owners) == 1 else "",
        )


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
