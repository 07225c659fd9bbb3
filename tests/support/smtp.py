"""A real SMTP server on loopback that keeps what it is given."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from socket import create_server, socket
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class SmtpServer:
    """Where the server listens, and what has reached it.

    `refusals` maps a recipient's address to the answer it gets (`"550 No such mailbox"`).
    """

    host: str
    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        self.messages.append(message_from_bytes(envelope.content or b"", policy=policy.default))  # type: ignore[arg-type]
        return "250 Accepted"


class _OnGivenSocket(Controller):
    """Listens on a socket that is bound already, so that its port cannot be taken meanwhile."""

    def __init__(self, handler: SmtpServer, listening: socket) -> None:
        super().__init__(handler, hostname=handler.host, port=handler.port)
        self._listening = listening

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)


@contextmanager
def listening() -> Iterator[SmtpServer]:
    """A server on a free port of the loopback address."""
    with create_server(("127.0.0.1", 0)) as bound:
        host, port = bound.getsockname()
        server = SmtpServer(host, port)
        controller = _OnGivenSocket(server, bound)
        controller.start()
        try:
            yield server
        finally:
            controller.stop()
