"""The web face: layout, components, language, headers and error pages around the blueprints."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from werkzeug.routing import IntegerConverter

from casework.config import Settings, shipped
from casework.web import assignments, files, notices, publishing, ways
from casework.web.accounts import mine as account
from casework.web.accounts import pages as account_pages
from casework.web.accounts import passwords
from casework.web.agenda import pages as agenda_pages
from casework.web.bodies import organisation, series
from casework.web.bodies import pages as body_pages
from casework.web.components import records, showing, styleguide
from casework.web.delegation import decisions
from casework.web.delegation import scheme as delegation_scheme
from casework.web.dispatches import address_book, letters
from casework.web.dispatches import pages as dispatch_pages
from casework.web.frame import (
    again,
    assets,
    compression,
    drafts,
    forms,
    headers,
    intake,
    language,
    layout,
    once,
    origins,
    printed,
    probes,
    proxies,
    refusals,
    session,
)
from casework.web.matters import attachments as matter_attachments
from casework.web.matters import documents as matter_documents
from casework.web.matters import file as matter_file
from casework.web.matters import origin as matter_origin
from casework.web.matters import pages as matter_pages
from casework.web.matters import secrecy
from casework.web.matters import text as matter_text
from casework.web.meetings import absences, calendars, planning
from casework.web.meetings import pages as meeting_pages
from casework.web.minutes import mending
from casework.web.minutes import pages as minutes_pages
from casework.web.persons import extracts, handover, stand_ins
from casework.web.persons import pages as person_pages
from casework.web.public import meetings as public_meetings
from casework.web.public import pages as public_pages
from casework.web.reading import pages as reading_pages
from casework.web.table import pages as table_pages
from casework.web.work import front, inbox, waiting

if TYPE_CHECKING:
    from flask import Flask

COOKIE_LIFE = timedelta(days=31)

ROOMS = (
    *(
        front,
        waiting,
        records,
        inbox,
        matter_pages,
        secrecy,
        matter_text,
        matter_origin,
        matter_attachments,
        matter_documents,
        matter_file,
        ways,
        planning,
        meeting_pages,
        absences,
    ),
    *(
        agenda_pages,
        reading_pages,
        table_pages,
        minutes_pages,
        mending,
        notices,
        assignments,
        delegation_scheme,
        decisions,
    ),
    *(
        address_book,
        dispatch_pages,
        letters,
        files,
        public_pages,
        public_meetings,
        publishing,
        organisation,
        body_pages,
        person_pages,
        account_pages,
        account,
        passwords,
        extracts,
        stand_ins,
        handover,
        series,
        calendars,
        styleguide,
        probes,
    ),
)


class RowConverter(IntegerConverter):
    """A row's number in an address: more digits than a number has are an unknown address."""

    regex = r"\d{1,18}"


def init_web(app: Flask) -> None:
    """Give `app` its web face.

    `app.extensions["casework"].settings` must be set, and `app.secret_key`. The API exempts its
    blueprint from form tokens with `app.extensions["csrf"].exempt(blueprint)`.
    """
    settings: Settings = app.extensions["casework"].settings
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.config["MAX_CONTENT_LENGTH"] = settings.max_upload
    _keep_cookies_close(app, settings)
    _load_templates(app, settings)
    proxies.init(app)
    compression.init(app)
    Bootstrap5(app)
    origins.init(app)
    drafts.init(app)  # before the token is looked at: a form that is refused goes on with its draft
    CSRFProtect(app)
    intake.init(app)
    forms.init(app)
    language.init(app)
    assets.init(app)
    printed.init(app)
    showing.init(app)
    layout.init(app)
    headers.init(app)
    refusals.init(app)
    again.init(app)
    session.init(app)
    app.url_map.converters["int"] = RowConverter
    for room in ROOMS:
        app.register_blueprint(room.blueprint)
    once.init(app)


def _keep_cookies_close(app: Flask, settings: Settings) -> None:
    app.config.update(
        SESSION_COOKIE_NAME="casework",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        # The cookie outlives the session in it, which the server ends; forms of strangers need it.
        PERMANENT_SESSION_LIFETIME=max(settings.session_life, COOKIE_LIFE),
        # A meeting's screen is open all day: a form's token lives as long as the sign-in.
        WTF_CSRF_TIME_LIMIT=None,
    )


def _load_templates(app: Flask, settings: Settings) -> None:
    """The organisation's own pages first, then those that came with the program."""
    folders = dict.fromkeys([settings.templates_dir / "web", shipped("templates") / "web"])
    app.jinja_loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
