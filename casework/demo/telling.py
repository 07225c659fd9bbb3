"""Telling the demonstration on the terminal: one line a step, and a table at the end."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.table import Table
from sqlalchemy import func, select

from casework.accounts.models import User
from casework.audit.verify import verify
from casework.context import STOCKHOLM
from casework.deadlines.models import Reminder
from casework.distribution.models import Dispatch
from casework.documents.models import Document
from casework.mail.models import Message
from casework.matters.models import Matter

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from rich.console import Console

    from casework.app import Casework
    from casework.audit.verify import Verification
    from casework.context import Context
    from casework.mail.delivery import DeliveryResult


class Teller:
    """Writes what happens; remembers which documents it has told of."""

    def __init__(self, console: Console, shelf: Path) -> None:
        self.console = console
        self.shelf = shelf
        self._told = 0

    def step(self, context: Context, what: str, subject: Any) -> None:
        """Date, actor, what, state, and the path of every document that the step made."""
        definition = context.services.engine.definition_of(subject)
        state = definition.states[subject.state].label["sv"]
        number = getattr(subject, "registration_number", "")
        self._line(context.moment, context.actor.name, f"{what} {number}".strip(), state)
        made = context.session.scalars(
            select(Document).where(Document.id > self._told).order_by(Document.id)
        ).all()
        for document in made:
            path = self._shelve(context, document)
            self.console.print(f"           [dim]{path}[/dim]", soft_wrap=True, highlight=False)
            self._told = document.id

    def _shelve(self, context: Context, document: Document) -> Path:
        """The document under a name that people read, beside the store that keeps it by hash."""
        path = self.shelf / f"{document.id:02}_{document.filename}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(context.services.press.read(document))
        return path

    def reminded(self, moment: datetime, count: int) -> None:
        self._line(moment, "Casework", "påminner" if count == 1 else f"påminner ({count})", "")

    def taken_down(self, moment: datetime) -> None:
        self._line(moment, "Casework", "tar ned anslaget: överklagandetiden har gått ut", "")

    def delivered(self, result: DeliveryResult) -> None:
        """One line a letter; the letters of one excerpt to many share a line."""
        for subject, messages in groupby(result.sent, key=lambda message: message.subject):
            sent = list(messages)
            to = sent[0].to_address if len(sent) == 1 else f"{len(sent)} mottagare"
            copies = f", kopia till {sent[0].cc[0]['address']}" if sent[0].cc else ""
            moment = sent[-1].sent_at or sent[-1].queued_at
            self._line(moment, "Casework", f"brev till {to}{copies}: {subject}", "")

    def _line(self, moment: datetime, who: str, what: str, state: str) -> None:
        day = moment.astimezone(STOCKHOLM).date().isoformat()
        shown = f" [cyan]→ {state}[/cyan]" if state else ""
        self.console.print(
            f"{day} [bold]{who}[/bold] {what}{shown}", soft_wrap=True, highlight=False
        )


def summary(casework: Casework, console: Console) -> Verification:
    """The closing table: what there is now, and whether the record holds."""
    with casework.database.read() as session:
        verification = verify(session, casework.services.audit.key)
        states = [
            (each.registration_number, each.name_outside, each.state, each.workflow)
            for each in session.scalars(select(Matter).order_by(Matter.id))
        ]
        counts = {
            "Dokument": session.scalar(select(func.count()).select_from(Document)),
            "Utskick av protokollsutdrag": session.scalar(
                select(func.count()).select_from(Dispatch)
            ),
            "Brev": session.scalar(select(func.count()).select_from(Message)),
            "Påminnelser sända": session.scalar(
                select(func.count()).select_from(Reminder).where(Reminder.state == "sent")
            ),
            "Loggposter": verification.entries,
            "Loggen kontrollerad": "ja" if not verification.breaks else "NEJ",
        }
    table = Table(title="Det här finns nu", title_justify="left", show_header=False)
    for number, title, state, workflow in states:
        label = casework.services.engine.definitions.latest(workflow).states[state].label["sv"]
        table.add_row(number, f"{title} – {label}")
    table.add_section()
    for name, value in counts.items():
        table.add_row(name, str(value))
    console.print(table)
    return verification


def how_to_sign_in(casework: Casework, console: Console, password: str) -> None:
    """Who one can be in the demonstration, and where."""
    with casework.database.read() as session:
        users = session.scalars(select(User).order_by(User.id)).all()
    table = Table(title=f"Logga in på {casework.settings.base_url}", title_justify="left")
    table.add_column("E-post")
    table.add_column("Som")
    for user in users:
        table.add_row(user.email, f"{user.person.name}, {user.person.title.lower()}")
    console.print(table)
    console.print(f"Lösenord för alla: [bold]{password}[/bold]", highlight=False)
