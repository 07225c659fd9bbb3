"""The server reads its own board where it serves it, unless it is told where the public goes."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from casework.cli import running

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("host", "given", "address"),
    [
        ("127.0.0.1", {}, "http://127.0.0.1:8765"),
        ("0.0.0.0", {}, "http://127.0.0.1:8765"),  # noqa: S104 (nothing is served)
        ("127.0.0.1", {"CASEWORK_BASE_URL": "https://x.example"}, "https://x.example"),
    ],
)
def test_serve_knows_its_own_address(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    host: str,
    given: dict[str, str],
    address: str,
) -> None:
    """The watch over the board reads this server and no other on the machine."""
    served: list[Any] = []
    monkeypatch.setattr(running, "serve_web", lambda settings, *_, **__: served.append(settings))
    monkeypatch.setattr(running, "listening", lambda *_: nullcontext())
    monkeypatch.delenv("CASEWORK_BASE_URL", raising=False)
    result = CliRunner().invoke(
        running.serve,
        ["--host", host, "--port", "8765"],
        env={"CASEWORK_DATA_DIR": str(tmp_path), **given},
    )
    assert result.exception is None
    assert served[0].base_url == address
    # An https address is that of a proxy, which is told at start if it is not trusted.
    assert ("CASEWORK_TRUSTED_PROXIES" in result.stderr) == address.startswith("https:")
