"""What the mail server offers beyond the usual: asked when it matters, remembered for a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from casework.mail.transports import open_transport

PATIENCE = 3.0  # seconds; somebody waits at a form
REMEMBERED = 600.0  # seconds


@dataclass
class Offer:
    """Called, it says whether the server at `url` takes a local part that is not ASCII."""

    url: str
    _answer: bool = field(default=False, init=False)
    _asked_at: float | None = field(default=None, init=False)

    def __call__(self) -> bool:
        if self._asked_at is None or monotonic() - self._asked_at > REMEMBERED:
            self._answer = open_transport(self.url, PATIENCE).takes_international()
            self._asked_at = monotonic()
        return self._answer
