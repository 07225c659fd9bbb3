"""The network a test may reach: none, or its own machine if the test says so by a marker."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

MAY_REACH_LOOPBACK = {"browser", "crash", "loopback", "smtp"}


class NetworkForbidden(AssertionError):
    """A test reached for the network. Not an OSError: no code under test may swallow it."""


def forbid(monkeypatch: pytest.MonkeyPatch, *, loopback: bool) -> None:
    """Refuse every connection and look-up by name, except `loopback` where it is allowed."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def refuse_unless_allowed(host: Any) -> None:
        if not (loopback and _is_loopback(host)):
            markers = ", ".join(sorted(MAY_REACH_LOOPBACK))
            raise NetworkForbidden(
                f"a test reached for {host!r}; its own machine takes a marker ({markers})"
            )

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            refuse_unless_allowed(address[0])
        connect(self, address)

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        refuse_unless_allowed(host)
        return look_up(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)


def _is_loopback(host: Any) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
