"""Wires everything together and holds no logic: an installation, and the web application on it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from casework.addresses import rely_on
from casework.audit.service import AuditLog
from casework.board import effects as board_effects
from casework.board import guards as board_guards
from casework.config import Settings, load_settings, shipped
from casework.context import SYSTEM, Actor, Context, Services
from casework.db import Database
from casework.deadlines import effects as deadline_effects
from casework.delegation import effects as delegation_effects
from casework.delegation import guards as delegation_guards
from casework.distribution import effects as distribution_effects
from casework.distribution import guards as distribution_guards
from casework.documents.docx import WordRenderer
from casework.documents.press import Press
from casework.documents.store import DOCX, PDF, FileStore
from casework.documents.typeset import Typesetter
from casework.followup import effects as followup_effects
from casework.followup import guards as followup_guards
from casework.followup import laws as followup_laws
from casework.inbox import effects as inbox_effects
from casework.inbox.service import moved_on
from casework.logs import configure
from casework.mail.offer import Offer
from casework.matters import effects as matter_effects
from casework.matters import guards as matter_guards
from casework.meetings import effects as meeting_effects
from casework.meetings import guards as meeting_guards
from casework.meetings import laws as meeting_laws
from casework.people.lawful_order import law_of
from casework.people.policy import LABELS, ROLES, may
from casework.private import close, tighten
from casework.schema import tables
from casework.sight import recused
from casework.workflow.check import Vocabulary, check
from casework.workflow.engine import Engine
from casework.workflow.loading import load
from casework.workflow.versions import Library, newest_kept, older_source, register

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

PAPERS: dict[str, Any] = matter_effects.PAPERS | delegation_effects.PAPERS | meeting_effects.PAPERS

GUARDS: dict[str, Any] = (
    matter_guards.GUARDS
    | board_guards.GUARDS
    | delegation_guards.GUARDS
    | meeting_guards.GUARDS
    | distribution_guards.GUARDS
    | followup_guards.GUARDS
)

# What the law says of a step, whatever the workflow file does: by table and trigger.
LAWS: dict[tuple[str, str], Any] = meeting_laws.LAWS | followup_laws.LAWS


def render(context: Context, subject: Any, value: str) -> None:
    """Draw up the paper that the workflow file names."""
    PAPERS[value](context, subject)


EFFECTS: dict[str, Any] = (
    inbox_effects.EFFECTS
    | matter_effects.EFFECTS
    | board_effects.EFFECTS
    | delegation_effects.EFFECTS
    | meeting_effects.EFFECTS
    | distribution_effects.EFFECTS
    | followup_effects.EFFECTS
    | deadline_effects.EFFECTS
    | {"render": render}
)


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
    return Vocabulary(
        guards=frozenset(GUARDS),
        effects=frozenset(EFFECTS),
        roles=frozenset(ROLES) | {"workflow"},
        subjects=frozenset(tables().tables),
        mails=frozenset(
            letter.name
            for folder in mails
            if folder.is_dir()
            for letter in folder.iterdir()
            if letter.is_dir()
        ),
        documents=frozenset(PAPERS),
        law=law_of,
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

    def newest(name: str) -> int | None:
        with database.read() as session:
            return newest_kept(session, name)

    words = vocabulary(settings)
    files = load(settings.workflows_dir, lambda definition: check(definition, words))
    with database.unit_of_work() as session:
        register(session, files.usable.values(), now())
    library = Library(files.usable, older, files.refused, newest)
    engine = Engine(library, GUARDS, EFFECTS, may, LABELS, moved_on, laws=LAWS)
    press = Press(
        FileStore(settings.files_dir),
        {PDF: Typesetter(settings.templates_dir), DOCX: WordRenderer(settings.templates_dir)},
    )
    rely_on(Offer(settings.mail_url))
    services = Services(settings, AuditLog(settings.secret_key), engine, press, recused)
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
