"""Calendar feeds: a body's for everybody, a person's own behind an address nobody can guess."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from casework.accounts.calendar_links import calendar_token, user_of, withdraw
from casework.accounts.models import User
from casework.accounts.sessions import end_all
from casework.errors import NotFound
from casework.meetings.planning.calendar_feed import body_calendar, person_calendar
from casework.people import queries as people
from casework.people.body_kinds import STATUTORY
from casework.people.models import Body
from casework.web.frame.language import reader_language
from casework.web.frame.session import (
    PUBLIC,
    SIGNED_IN,
    acting,
    installation,
    permits,
    reading,
    signed_in,
)

if TYPE_CHECKING:
    from flask import Response as Reply
    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.phrases import Language

blueprint = Blueprint("calendars", __name__, url_prefix="/calendar")


@blueprint.get("")
@permits(SIGNED_IN)
def mine() -> str:
    """The addresses of my own calendar and those of the bodies."""
    with reading() as context:
        settings = installation().settings
        token = calendar_token(settings.secret_key, _own_account(context))
        home = f"{settings.base_url}/calendar"
        bodies = list(context.session.scalars(people.bodies(context.organisation_id)))
        return render_template(
            "calendars/mine.html",
            own=f"{home}/persons/{token}.ics",
            bodies=[(each, f"{home}/bodies/{each.id}.ics") for each in bodies if each.is_statutory],
            forums=[
                (each, f"{home}/persons/{token}/bodies/{each.id}.ics")
                for each in bodies
                if not each.is_statutory
            ],
        )


@blueprint.post("/withdrawal")
@permits(SIGNED_IN)
def take_back() -> Response:
    """The address that got out is dead; whoever is signed in anywhere signs in anew."""
    with acting() as context:
        user = _own_account(context)
        withdraw(context, user)
        end_all(context, user)
    flash(_("Den gamla adressen gäller inte längre. Logga in igen för att få en ny."), "success")
    return redirect(url_for("session.enter", next=url_for(".mine")), 303)


@blueprint.get("/bodies/<int:body_id>.ics")
@permits(PUBLIC)
def body(body_id: int) -> Reply:
    """The meetings of a body that the law has open to everybody's eye."""
    with installation().database.read() as session:
        found = session.scalar(select(Body).where(Body.id == body_id, Body.kind.in_(STATUTORY)))
        if found is None:
            raise NotFound("not_found")
        context = installation().context(session, found.organisation_id)
        return _feed(body_calendar(context, found, reader_language()), found.short_name)


@blueprint.get("/persons/<token>.ics")
@permits(PUBLIC)
def person(token: str) -> Reply:
    """A person's meetings, in the language of the account."""
    with installation().database.read() as session:
        user = user_of(session, installation().settings.secret_key, token)
        context = installation().context(session, user.organisation_id)
        feed = person_calendar(context, user.person, cast("Language", user.language))
        return _secret(_feed(feed, "casework"))


@blueprint.get("/persons/<token>/bodies/<int:body_id>.ics")
@permits(PUBLIC)
def forum(token: str, body_id: int) -> Reply:
    """The meetings of a body that is not open to everybody, for those who work here."""
    with installation().database.read() as session:
        user = user_of(session, installation().settings.secret_key, token)
        context = installation().context(session, user.organisation_id)
        found = people.body(session, user.organisation_id, body_id)
        feed = body_calendar(context, found, cast("Language", user.language))
        return _secret(_feed(feed, found.short_name))


def _secret(reply: Reply) -> Reply:
    """Whoever has the address sees the calendar: it is not passed on."""
    reply.headers["Cache-Control"] = "private, no-cache"
    reply.headers["X-Robots-Tag"] = "noindex, nofollow"
    reply.headers["Referrer-Policy"] = "no-referrer"
    return reply


def _own_account(context: Context) -> User:
    return context.session.get_one(User, signed_in().user_id)


def _feed(content: bytes, name: str) -> Reply:
    """Told as unchanged to a program that has it already."""
    reply: Reply = make_response(content)
    reply.content_type = "text/calendar; charset=utf-8"
    reply.headers.set("Content-Disposition", "inline", filename=f"{name}.ics")
    reply.headers["Cache-Control"] = "no-cache"
    reply.vary.update(["Accept-Language", "Cookie"])
    reply.add_etag()
    reply.make_conditional(request)
    return reply
