"""The conversation with a mail server, told apart by whether the letter can have arrived."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import AuthResult

from casework.errors import Invalid
from casework.mail.transports import (
    Envelope,
    Failure,
    FolderTransport,
    OutcomeUnknown,
    PermanentFailure,
    SmtpTransport,
    TransientFailure,
    Unreachable,
    open_transport,
)
from casework.phrases import sentence

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.smtp

LETTER = Envelope(
    name="2025-06-10_dispatch-1_abcd1234",
    sender="namnden@example.org",
    recipients=["registrator@example.org", "chef@example.org"],
    content=b"Subject: Hej\r\n\r\n.en rad\r\n..ett till\r\nslut\r\n",
)
# More than the buffers of the two ends can hold between them.
BIG = Envelope("big", LETTER.sender, LETTER.recipients, b"Hej\r\n" * 5_000_000)


def send(url: str, envelope: Envelope = LETTER) -> str:
    return open_transport(url, timeout=5).send(envelope)


def refused(url: str, kind: type[Failure], envelope: Envelope = LETTER) -> str:
    """The sentence of the failure, of exactly this kind."""
    with pytest.raises(Failure) as failure:
        send(url, envelope)
    assert type(failure.value) is kind
    return sentence(failure.value.code, failure.value.params, "sv")


def test_letter_arrives_whole(serve: Callable[..., Any]) -> None:
    """To and copies in one conversation; lines that begin with a dot keep it; a receipt is kept."""
    with serve() as server:
        receipt = send(f"smtp://127.0.0.1:{server.port}")
    assert receipt == "250 2.0.0 OK: queued as A1B2"
    assert server.recipients == [LETTER.recipients]
    assert server.letters[0].get_content().splitlines() == [".en rad", "..ett till", "slut"]


def accept_only_us(_server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any) -> Any:
    known = (data.login, data.password) == (b"casework", b"l@s/en ord")
    return AuthResult(success=known, handled=False)


USER = "casework:l%40s%2Fen%20ord@"


def test_starttls_with_sign_in(serve: Callable[..., Any], trusted: ssl.SSLContext) -> None:
    """STARTTLS against a verified certificate, and only then the password."""
    options = {"require_starttls": True, "tls_context": trusted, "auth_required": True}
    with serve(authenticator=accept_only_us, **options) as server:
        send(f"smtp://{USER}localhost:{server.port}?starttls=required")
        wrong = f"smtp://casework:fel@localhost:{server.port}?starttls=required"
        assert "inloggningen" in refused(wrong, Unreachable)
    assert len(server.letters) == 1


def test_tls_from_the_first_byte(serve: Callable[..., Any], trusted: ssl.SSLContext) -> None:
    """smtps:// with sign-in."""
    with serve(tls=trusted, authenticator=accept_only_us, auth_require_tls=False) as server:
        send(f"smtps://{USER}localhost:{server.port}")
        wrong = f"smtps://casework:fel@localhost:{server.port}"
        assert "inloggningen" in refused(wrong, Unreachable)
    assert len(server.letters) == 1


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_unknown_certificate_is_not_trusted(
    serve: Callable[..., Any], untrusted: ssl.SSLContext, scheme: str
) -> None:
    """No letter and no password to a server that cannot show who it is."""
    way: dict[str, Any] = {"tls": untrusted} if scheme == "smtps" else {"tls_context": untrusted}
    with serve(**way) as server:
        url = f"{scheme}://127.0.0.1:{server.port}?starttls=required"
        assert "giltigt certifikat" in refused(url, Unreachable)
    assert server.letters == []


def test_missing_starttls_is_not_forgiven(serve: Callable[..., Any]) -> None:
    """A server, or someone on the way, that leaves out STARTTLS gets nothing in clear text."""
    with serve() as server:
        url = f"smtp://127.0.0.1:{server.port}?starttls=required"
        assert "kryptering" in refused(url, Unreachable)
    assert server.letters == []


def test_server_down() -> None:
    """Nobody listens: no letter's fault, so the whole sweep can wait."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "svarar inte" in refused(f"smtp://127.0.0.1:{port}", Unreachable)


@pytest.mark.parametrize(
    ("command", "answer", "kind", "words"),
    [
        ("MAIL", "550 5.7.1 Sender refused", PermanentFailure, "namnden@example.org: 550"),
        ("RCPT", "550 5.1.1 No such user", PermanentFailure, "registrator@example.org: 550"),
        ("RCPT", "451 4.7.1 Greylisted", TransientFailure, "senare: 451 4.7.1 Greylisted"),
        ("DATA", "554 5.6.0 Refused", PermanentFailure, "brevet: 554"),
        ("DATA", "452 4.3.1 Disk full", TransientFailure, "senare: 452"),
        ("RCPT", "hang up", TransientFailure, "innan brevet hade lämnats över"),
        ("DATA", "hang up", OutcomeUnknown, "kan redan ha kommit fram"),
    ],
)
def test_refusals_are_told_apart(
    serve: Callable[..., Any], command: str, answer: str, kind: type[Failure], words: str
) -> None:
    """5xx for good, 4xx for now, silence after the last line unknown; each its one sentence."""
    with serve(data_size_limit=None) as server:
        server.answers[command] = [answer]
        assert words in refused(f"smtp://127.0.0.1:{server.port}", kind)


def test_one_refused_copy_stops_the_letter_for_all(serve: Callable[..., Any]) -> None:
    """All or none: a try after the mending cannot reach anybody twice."""
    with serve() as server:
        server.answers["RCPT"] = ["250 OK", "550 5.1.1 No such user"]
        assert "chef@example.org" in refused(f"smtp://127.0.0.1:{server.port}", PermanentFailure)
    assert server.letters == []


def test_later_try_after_451_arrives(serve: Callable[..., Any]) -> None:
    """Greylisting: refused now, taken the next time."""
    with serve() as server:
        server.answers["RCPT"] = ["451 4.7.1 Greylisted"]
        refused(f"smtp://127.0.0.1:{server.port}", TransientFailure)
        send(f"smtp://127.0.0.1:{server.port}")
    assert len(server.letters) == 1


@contextmanager
def server_that_dies(answers: list[bytes], then_read: int) -> Iterator[int]:
    """The port of a server that gives these answers, reads so many bytes more, and hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(10)

    def talk() -> None:
        connection, _ = listening.accept()
        with connection:
            for answer in answers:
                connection.sendall(answer)
                connection.recv(1000)
            for _ in range(then_read // 1000):
                connection.recv(1000)

    thread = threading.Thread(target=talk)
    thread.start()
    with listening:
        yield listening.getsockname()[1]
        thread.join()


OPENING = [b"220 hej\r\n", b"250 hej\r\n", b"250 OK\r\n", b"250 OK\r\n", b"250 OK\r\n"]


def test_dies_halfway_through_the_letter() -> None:
    """The end of the letter was never sent, so it cannot have been taken: an ordinary retry."""
    with server_that_dies([*OPENING, b"354 go on\r\n"], then_read=4000) as port:
        assert "bröts innan" in refused(f"smtp://127.0.0.1:{port}", TransientFailure, BIG)


@pytest.mark.parametrize("answers", [[b"nonsense\r\n"], [b"554 no\r\n"], []])
def test_no_mail_server_at_all(answers: list[bytes]) -> None:
    """Something else listens there, or it will not talk: no letter is given up for it."""
    with server_that_dies(answers, then_read=0) as port:
        assert "svarar inte" in refused(f"smtp://127.0.0.1:{port}", Unreachable)


def test_silent_server_is_not_waited_for() -> None:
    """A server that takes the call and says nothing holds up nobody for ever."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        transport = open_transport(f"smtp://127.0.0.1:{silent.getsockname()[1]}", timeout=0.1)
        with pytest.raises(Unreachable):
            transport.send(LETTER)


def test_folder_keeps_one_file_a_letter(tmp_path: Path) -> None:
    """A repeat replaces its own file, and nothing half-written is left behind."""
    transport = open_transport(f"file:{tmp_path / 'mail'}")
    first, second = transport.send(LETTER), transport.send(LETTER)
    assert first == second == str(tmp_path / "mail" / f"{LETTER.name}.eml")
    assert [path.name for path in (tmp_path / "mail").iterdir()] == [f"{LETTER.name}.eml"]
    assert (tmp_path / "mail" / f"{LETTER.name}.eml").read_bytes() == LETTER.content


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A full or forbidden disk is a retry with a sentence that names the folder."""
    (tmp_path / "mail").write_text("en fil, ingen mapp", encoding="utf-8")
    assert str(tmp_path / "mail") in refused(f"file:{tmp_path / 'mail'}", Unreachable)


@pytest.mark.parametrize(
    ("url", "port", "security"),
    [
        ("smtp://mail.example.org", 25, "starttls"),
        ("smtp://user:pw@mail.example.org", 587, "starttls"),
        ("smtp://mail.example.org:2525?starttls=no", 2525, "none"),
        ("smtp://localhost", 25, "none"),
        ("smtp://localhost?starttls=required", 25, "starttls"),
        ("smtps://user:pw@mail.example.org", 465, "tls"),
    ],
)
def test_address_says_port_and_security(url: str, port: int, security: str) -> None:
    """Encrypted unless the server is this machine or the setting says no."""
    transport = open_transport(url)
    assert isinstance(transport, SmtpTransport)
    assert (transport.port, transport.security) == (port, security)
    assert "pw" not in repr(transport)


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example.org",
        "smtp://",
        "file:",
        "smtp://mail.example.org:99999",
        "smtp://mail.example.org?starttls=maybe",
        "smtp://user:pw@mail.example.org?starttls=no",
        "smtp://user:l%C3%B6sen@mail.example.org",
    ],
)
def test_wrong_setting_is_named(url: str) -> None:
    """The start stops with one sentence that names the setting."""
    with pytest.raises(Invalid) as wrong:
        open_transport(url)
    assert "CASEWORK_MAIL_URL" in sentence(wrong.value.code, wrong.value.params, "sv")
    assert "pw" not in sentence(wrong.value.code, wrong.value.params, "en")


def test_folder_by_address() -> None:
    """`file:` takes a relative or an absolute folder, with or without slashes."""
    for url, folder in {"file:var/mail": "var/mail", "file:///srv/mail": "/srv/mail"}.items():
        transport = open_transport(url)
        assert isinstance(transport, FolderTransport)
        assert str(transport.folder) == folder
