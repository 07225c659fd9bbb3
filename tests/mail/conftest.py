"""A post room for the tests: letters in the outbox, and mail servers on loopback."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import SMTP

from casework.mail.addresses import Mailbox
from casework.mail.compose import Composed
from casework.mail.outbox import enqueue
from casework.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from casework.db import Database
    from casework.mail.models import Message

MOMENT = datetime(2025, 6, 10, 7, 15, tzinfo=UTC)


@pytest.fixture
def moment() -> datetime:
    """A Tuesday in June, 09.15 in Stockholm."""
    return MOMENT


@pytest.fixture
def organisation(database: Database) -> int:
    with database.unit_of_work() as session:
        region = Organisation(name="Regionen", short_name="R")
        session.add(region)
        session.flush()
        return region.id


@pytest.fixture
def post(database: Database, organisation: int) -> Callable[..., Message]:
    """Enqueue a letter in a transaction of its own; anything may be said otherwise."""

    def put(key: str = "dispatch:1", **changes: Any) -> Message:
        letter: dict[str, Any] = {
            "organisation_id": organisation,
            "to_name": "Registratorn",
            "to_address": "registrator@example.org",
            "composed": Composed("Ämnet", "Hej!\n", "<p>Hej!</p>"),
            "moment": MOMENT,
            "sender": Mailbox("Nämnden", "namnden@example.org"),
            "domain": "arenden.example.org",
        }
        with database.unit_of_work() as session:
            return enqueue(session, key=key, **(letter | changes))

    return put


@pytest.fixture
def reread(database: Database) -> Callable[[Message], Message]:
    """The row as it stands now."""

    def read(message: Message) -> Message:
        with database.read() as session:
            return session.get_one(type(message), message.id)

    return read


@dataclass
class MailServer:
    """A real SMTP server that answers as it is told, and kills a client on demand.

    `answers` maps a command (MAIL, RCPT, DATA) to the answers for its next times; "hang up"
    ends the connection without one. `kill_at` is (command, which time counted from one).
    """

    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    options: list[list[str]] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    kill_at: tuple[str, int] = ("", 0)
    port: int = 0
    _times: dict[str, int] = field(default_factory=dict)
    _victim: int = 0
    _victim_known: threading.Event = field(default_factory=threading.Event)

    def kill(self, process_id: int) -> None:
        """Name the client that dies when `kill_at` is reached."""
        self._victim = process_id
        self._victim_known.set()

    async def handle_MAIL(
        self, server: Any, _s: Any, envelope: Any, address: str, options: Any
    ) -> str:
        envelope.mail_from = address
        self.options.append(options)
        return self._answer("MAIL", server)

    async def handle_RCPT(self, server: Any, _s: Any, envelope: Any, address: str, _o: Any) -> str:
        answer = self._answer("RCPT", server)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _s: Any, envelope: Any) -> str:
        answer = self._answer("DATA", server)
        if not answer.startswith(("4", "5")):
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
            self.recipients.append(envelope.rcpt_tos)
        return answer

    async def handle_QUIT(self, server: Any, _s: Any, _e: Any) -> str:
        return self._answer("QUIT", server).replace("250", "221")

    def _answer(self, command: str, server: Any) -> str:
        self._times[command] = self._times.get(command, 0) + 1
        if self.kill_at == (command, self._times[command]):
            self._victim_known.wait(timeout=30)
            os.kill(self._victim, signal.SIGKILL)
        answer = next(iter(self.answers.get(command, [])), "250 2.0.0 OK: queued as A1B2")
        self.answers[command] = self.answers.get(command, [])[1:]
        if answer == "hang up":
            server.transport.abort()
        return answer


@pytest.fixture
def serve() -> Callable[..., Any]:
    """`with serve(...) as server:` a mail server on a free port; arguments go to aiosmtpd."""

    @contextmanager
    def serving(*, tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[MailServer]:
        state = MailServer()
        loop = asyncio.new_event_loop()

        def protocol() -> SMTP:
            return SMTP(state, hostname="localhost", loop=loop, **options)

        def there(work: Coroutine[Any, Any, Any]) -> Any:
            """In the server's thread alone: this one may have a browser's loop already."""
            return asyncio.run_coroutine_threadsafe(work, loop).result()

        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        listening = there(loop.create_server(protocol, "127.0.0.1", 0, ssl=tls))
        state.port = listening.sockets[0].getsockname()[1]
        try:
            yield state
        finally:
            loop.call_soon_threadsafe(listening.close)
            there(_end_conversations())
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    return serving


async def _end_conversations() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that no public authority has signed, with its key."""
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    options = f"-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -out {path}"
    names = f"-keyout {path.with_suffix('.key')} -subj /CN=localhost -addext subjectAltName="
    command = f"openssl req -x509 {options} {names}DNS:localhost,IP:127.0.0.1"
    subprocess.run(command.split(), check=True, capture_output=True)
    return path


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The server's side of TLS, with a certificate that this process trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return server_side(certificate)


def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    return context


@pytest.fixture
def untrusted(certificate: Path) -> ssl.SSLContext:
    """The server's side of TLS, with a certificate that nobody has reason to trust."""
    return server_side(certificate)
