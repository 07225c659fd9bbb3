"""Telling the demonstration on the terminal: one line a step, and a table at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from casework.audit.verify import verify
from casework.context import STOCKHOLM
from casework.deadlines.models import Reminder
from casework.distribution.models import Dispatch
from casework.documents.models import Document
from casework.mail.models import Message
from casework.matters.models import Matter

if TYPE_CHECKING:
    from datetime import datetime

    from casework.app import Casework
    from casework.audit.verify import Verification
    from casework.context import Context
    from casework.mail.delivery import DeliveryResult


class Teller:
    """Writes what happens; remembers which documents it has told of."""

    def __init__(self, console: Console) -> None:
        self.console = console
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
            path = context.services.press.files.path(document.sha256)
            self.console.print(f"           [dim]{document.filename} → {path}[/dim]", soft_wrap=True)
            self._told = document.id

    def swept(self, moment: datetime, count: int) -> None:
        self._line(moment, "Casework", f"påminner ({count})", "")

    def delivered(self, moment: datetime, result: DeliveryResult) -> None:
        for message in result.sent:
            copies = f", kopia {message.cc[0]['address']}" if message.cc else ""
            text = f"brev till {message.to_address}{copies}: {message.subject}"
            self._line(moment, "Casework", text, "")

    def _line(self, moment: datetime, who: str, what: str, state: str) -> None:
        day = moment.astimezone(STOCKHOLM).date().isoformat()
        shown = f" [cyan]→ {state}[/cyan]" if state else ""
        self.console.print(f"{day} [bold]{who}[/bold] {what}{shown}", soft_wrap=True, highlight=False)


def summary(casework: Casework, console: Console) -> Verification:
    """The closing table: what there is now, and whether the record holds."""
    with casework.database.read() as session:
        verification = verify(session, casework.services.audit.key)
        states = session.execute(
            select(Matter.registration_number, Matter.title, Matter.state, Matter.workflow)
            .order_by(Matter.id)
        ).all()
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
        label = casework.services.engine.definitions.current(workflow).states[state].label["sv"]
        table.add_row(number, f"{title} – {label}")
    table.add_section()
    for name, value in counts.items():
        table.add_row(name, str(value))
    console.print(table)
    return verification
