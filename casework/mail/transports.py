"""Ways out, by CASEWORK_MAIL_URL: an SMTP server, or a folder of .eml files.

Failure              this try did not succeed; a code and parameters, the sentence is made later
├── TransientFailure try again later
│   ├── Unreachable      ... and no other letter will get through either just now
│   └── OutcomeUnknown   ... but this one may have arrived already
└── PermanentFailure the server will never take this letter
"""

from __future__ import annotations

import os
import re
import smtplib
import socket
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from casework.errors import Invalid
from casework.private import made, opener

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TIMEOUT = 30.0
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Failure(Exception):
    """`code` names a sentence in `casework/sentences/mail.yaml`; `params` fill it in."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class TransientFailure(Failure):
    pass


class Unreachable(TransientFailure):
    pass


class OutcomeUnknown(TransientFailure):
    pass


class PermanentFailure(Failure):
    pass


@dataclass(frozen=True)
class Envelope:
    """A letter ready to go. `name` is the same at every try and no other letter's.

    `international` is an address that is not ASCII, if there is one among those that the letter
    goes to or those that stand in its head: one alone makes it a letter of RFC 6531.
    """

    name: str
    sender: str
    recipients: Sequence[str]
    content: bytes
    international: str = ""


class Transport(Protocol):
    def takes_international(self) -> bool:
        """Whether a local part that is not ASCII is taken (RFC 6531); False if nobody answers."""

    def send(self, envelope: Envelope) -> str:
        """Hand over the letter to all its recipients or to none.

        Gives the receipt: what the server answered, or the path of the file. Raises Failure.
        """


def open_transport(url: str, timeout: float = TIMEOUT) -> Transport:
    """The transport for `url`; `timeout` in seconds, for each answer of the server.

        file:FOLDER
        smtp://[user:password@]host[:port][?starttls=required|no]
        smtps://[user:password@]host[:port]

    STARTTLS is required unless the server is on this machine; certificates are always verified
    (an own authority: SSL_CERT_FILE). Port 25, or 587 with a user; smtps 465. Raises Invalid
    `setting_wrong`.
    """
    if url.startswith("file:"):
        return FolderTransport(_folder(url))
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise _wrong("smtp://host | smtps://host | file:folder")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise _wrong("ASCII: user, password")
    return SmtpTransport(parts.hostname, _port(parts), _security(parts), user, password, timeout)


def _folder(url: str) -> Path:
    folder = url.removeprefix("file:").removeprefix("//")
    if not folder:
        raise _wrong("file:folder")
    return Path(folder)


def _port(parts: SplitResult) -> int:
    usual = 465 if parts.scheme == "smtps" else 587 if parts.username else 25
    try:
        return parts.port or usual
    except ValueError as error:
        raise _wrong("port 1-65535") from error


def _security(parts: SplitResult) -> str:
    """`tls` from the first byte, `starttls`, or `none`."""
    local = parts.hostname in _LOOPBACK
    asked = parse_qs(parts.query).get("starttls", ["no" if local else "required"])[-1]
    if asked not in {"required", "no"}:
        raise _wrong("starttls=required|no")
    if parts.scheme == "smtps":
        return "tls"
    if asked == "no" and parts.username and not local:
        raise _wrong("starttls=no + lösenord / password")
    return "starttls" if asked == "required" else "none"


def _wrong(reason: str) -> Invalid:
    return Invalid("setting_wrong", name="CASEWORK_MAIL_URL", reason=reason)


@dataclass(frozen=True)
class FolderTransport:
    """One .eml file a letter; a letter that is sent again replaces itself."""

    folder: Path

    def takes_international(self) -> bool:
        return False  # whoever carries the letters on from there has promised nothing

    def send(self, envelope: Envelope) -> str:
        path = self.folder / f"{envelope.name}.eml"
        half_written = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            made(self.folder)
            with open(half_written, "wb", opener=opener) as file:
                file.write(envelope.content)
                file.flush()
                os.fsync(file.fileno())
            half_written.replace(path)
        except OSError as error:
            raise Unreachable(
                "mail_folder_unwritable", folder=str(self.folder), reason=error.strerror
            ) from error
        return str(path)


@dataclass(frozen=True)
class SmtpTransport:
    """One connection a letter: what befalls one letter cannot befall the next."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    timeout: float

    def takes_international(self) -> bool:
        try:
            with self._introduced() as server:
                return server.has_extn("smtputf8")
        except Unreachable:
            return False

    def send(self, envelope: Envelope) -> str:
        with self._introduced() as server:
            return _hand_over(server, envelope)

    @contextmanager
    def _introduced(self) -> Iterator[smtplib.SMTP]:
        """A connection on which the server knows who speaks. Raises Unreachable."""
        with self._reaching():
            server = self._connected()
        try:
            with self._reaching():
                self._introduce(server)
            yield server
        finally:
            # The letter's fate is settled; whether the server says goodbye is of no matter.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        own_name = socket.gethostname()
        helo = own_name if "." in own_name else "[127.0.0.1]"
        if self.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(
                self.host, self.port, helo, timeout=self.timeout, context=context
            )
        return smtplib.SMTP(self.host, self.port, helo, timeout=self.timeout)

    def _introduce(self, server: smtplib.SMTP) -> None:
        if self.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if self.user:
            server.login(self.user, self.password)
        server.ehlo_or_helo_if_needed()

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """What fails before a letter is mentioned is no letter's fault: none is given up for it."""
        try:
            yield
        except ssl.SSLError as error:
            raise Unreachable("mail_server_untrusted", server=self.host) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Unreachable("mail_server_unfit", server=self.host) from error
        except smtplib.SMTPAuthenticationError as error:
            raise Unreachable("mail_sign_in_refused", server=self.host) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable("mail_server_silent", server=self.host) from error


def _hand_over(server: smtplib.SMTP, envelope: Envelope) -> str:
    """The conversation of RFC 5321, step by step: only after its last line is the fate unclear."""
    options = _asked_of(server, envelope)
    try:
        _expect(2, server.mail(envelope.sender, options), address=envelope.sender)
        for recipient in envelope.recipients:
            _expect(2, server.rcpt(recipient), address=recipient)
        _expect(3, server.docmd("DATA"))
        server.send(_dot_stuffed(envelope.content))
    except (smtplib.SMTPException, OSError) as error:
        raise TransientFailure("mail_broken_off") from error
    try:
        server.send(b".\r\n")
        answer = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise OutcomeUnknown("mail_outcome_unknown") from error
    return _expect(2, answer)


def _asked_of(server: smtplib.SMTP, envelope: Envelope) -> list[str]:
    """What a letter with an address that is not ASCII needs of the server (RFC 6531, 3.1)."""
    if not envelope.international:
        return []
    if not server.has_extn("smtputf8"):
        raise PermanentFailure("mail_address_international", address=envelope.international)
    return ["SMTPUTF8", "BODY=8BITMIME"]


def _expect(kind: int, answer: tuple[int, bytes], address: str = "") -> str:
    """What the server answered; raises Failure if the first digit is not `kind`."""
    code, said = answer
    shown = re.sub(r"\s+", " ", f"{code} {said.decode('utf-8', 'replace')}")[:300].strip()
    match code // 100:
        case digit if digit == kind:
            return shown
        case 5 if address:
            raise PermanentFailure("mail_address_refused", address=address, answer=shown)
        case 5:
            raise PermanentFailure("mail_letter_refused", answer=shown)
        case _:
            raise TransientFailure("mail_put_off", answer=shown)


def _dot_stuffed(content: bytes) -> bytes:
    """RFC 5321, 4.5.2: a line that begins with a dot gets one more."""
    return re.sub(rb"(?m)^\.", b"..", content)
