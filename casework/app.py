"""Wires everything together and holds no logic: an installation, and the web application on it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from casework.addresses import rely_on
from casework.audit.service import AuditLog
from casework.config import Settings, load_settings, shipped
from casework.context import SYSTEM, Actor, Context, Services
from casework.db import Database
from casework.documents.docx import WordRenderer
from casework.documents.press import Press
from casework.documents.store import DOCX, PDF, FileStore
from casework.documents.typeset import Typesetter
from casework.inbox.service import moved_on
from casework.kinds import gathered
from casework.logs import configure
from casework.mail.offer import Offer
from casework.people.lawful_order import law_of
from casework.people.policy import ROLES, may
from casework.people.role_names import LABELS
from casework.private import close, tighten
from casework.schema import tables
from casework.sight import is_secret, may_know, recused
from casework.workflow.check import Vocabulary, check
from casework.workflow.engine import Engine
from casework.workflow.loading import load
from casework.workflow.versions import Library, older_source, register, versions_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Casework:
    """A running installation: its settings, its database and what every verb is handed."""

    settings: Settings
    database: Database
    services: Services

    def now(self) -> datetime:
        """The moment, for who asks outside a unit of work."""
        return now()

    @contextmanager
    def acting(
        self,
        organisation_id: int,
        actor: Actor = SYSTEM,
        moment: datetime | None = None,
        within: Connection | None = None,
    ) -> Iterator[Context]:
        """One unit of work in somebody's name, now unless another moment is given."""
        with self.database.unit_of_work(within) as session:
            yield self.context(session, organisation_id, actor, moment)

    def context(
        self,
        session: Session,
        organisation_id: int,
        actor: Actor = SYSTEM,
        moment: datetime | None = None,
    ) -> Context:
        return Context(session, organisation_id, actor, moment or now(), self.services)


def now() -> datetime:
    """The clock. Nothing below app and cli reads it."""
    return datetime.now(UTC)


def vocabulary(settings: Settings) -> Vocabulary:
    """Every name that a workflow file may use."""
    mails = [folder / "mail" for folder in (settings.templates_dir, shipped("templates"))]
    kinds = gathered()
    return Vocabulary(
        guards=frozenset(kinds.guards),
        effects=frozenset(kinds.effects),
        roles=frozenset(ROLES) | {"workflow"},
        subjects=frozenset(kind.noun for kind in kinds),
        mails=frozenset(
            letter.name
            for folder in mails
            if folder.is_dir()
            for letter in folder.iterdir()
            if letter.is_dir()
        ),
        documents=frozenset(kinds.papers),
        law=law_of,
        kinds=kinds,
    )


def installation(settings: Settings) -> Casework:
    """Open an installation; raises Invalid or Conflict if it is not in order.

    A workflow file that is refused is no such reason: see `casework.workflow.loading`.
    """
    tables()
    close(settings.data_dir)
    tighten(settings.own_paths)
    database = Database(settings.database_url)

    def older(name: str, version: int) -> str | None:
        with database.read() as session:
            return older_source(session, name, version)

    def kept(name: str) -> tuple[int, ...]:
        with database.read() as session:
            return versions_of(session, name)

    words = vocabulary(settings)
    files = load(settings.workflows_dir, lambda definition: check(definition, words))
    with database.unit_of_work() as session:
        register(session, files.usable.values(), now())
    kinds = gathered()
    library = Library(files.usable, older, files.refused, kept)
    engine = Engine(library, kinds.guards, kinds.effects, may, LABELS, moved_on, laws=kinds.laws)
    press = Press(
        FileStore(settings.files_dir),
        {PDF: Typesetter(settings.templates_dir), DOCX: WordRenderer(settings.templates_dir)},
    )
    rely_on(Offer(settings.mail_url))
    services = Services(
        settings,
        AuditLog(settings.secret_key),
        engine,
        press,
        kinds,
        recused,
        is_secret,
        may_know,
    )
    return Casework(settings, database, services)


def create_app(settings: Settings | None = None) -> Flask:
    """The web application; settings are read from the environment unless given."""
    configure()
    return web_face(installation(settings or load_settings()))


def web_face(casework: Casework) -> Flask:
    """The web application of an installation that is open already."""
    from flask import Flask

    from casework.api import init_api
    from casework.web import init_web

    app = Flask("casework", static_folder=None, static_url_path="/static")
    app.secret_key = casework.settings.secret_key
    app.extensions["casework"] = casework
    init_web(app)
    init_api(app)
    return app
