"""The installation's own sender: whatever its address, letters can come from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casework.addresses import address_at, checked_address
from casework.config import load_settings
from casework.errors import Invalid
from casework.mail.addresses import Mailbox
from casework.mail.delivery import deliver
from casework.mail.transports import open_transport
from casework.phrases import sentence

from .conftest import MOMENT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from casework.db import Database
    from casework.mail.models import Message
    from tests.support.smtp import SmtpServer

HERE = "casework@localhost.localdomain"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("arenden.region.example", "casework@arenden.region.example"),
        ("arenden.region.example.", "casework@arenden.region.example"),
        ("ärenden.region.example", "casework@ärenden.region.example"),
        *((host, HERE) for host in ("127.0.0.1", "10.1.2.3", "127.1", "::1", "fe80::1%eth0")),
        *((host, HERE) for host in ("localhost", "arende", "case_work", "", "x" * 64 + ".example")),
    ],
)
def test_every_host_gives_an_address(host: str, address: str) -> None:
    """An IP address or a name without a dot cannot stand in a sender; something else does."""
    assert address_at(host) == address
    assert checked_address(address)


def test_the_setting_goes_before_the_address_of_the_installation(tmp_path: Path) -> None:
    """CASEWORK_MAIL_FROM, else casework at the host of the base URL; a process of ours keeps it."""
    environ = {
        "CASEWORK_DATA_DIR": str(tmp_path),
        "CASEWORK_BASE_URL": "https://Arenden.region.example/casework",
    }
    assert load_settings(environ).sender == "casework@arenden.region.example"
    environ["CASEWORK_MAIL_FROM"] = " arenden@region.example "
    assert load_settings(environ).sender == "arenden@region.example"
    assert load_settings(load_settings(environ).as_environ()).sender == "arenden@region.example"
    environ["CASEWORK_MAIL_FROM"] = ""
    assert load_settings(environ).sender == "casework@arenden.region.example"


@pytest.mark.parametrize("wrong", ["arenden", "@region.example", "a b@region.example", "a@b@c.se"])
def test_a_wrong_sender_is_told_in_one_sentence(tmp_path: Path, wrong: str) -> None:
    """The start stops, and the sentence names the setting."""
    environ = {"CASEWORK_DATA_DIR": str(tmp_path), "CASEWORK_MAIL_FROM": wrong}
    with pytest.raises(Invalid, match="setting_wrong") as refused:
        load_settings(environ)
    assert "CASEWORK_MAIL_FROM" in sentence("setting_wrong", refused.value.params, "sv")


def test_a_mail_server_takes_it(
    post: Callable[..., Message], database: Database, smtp_server: SmtpServer
) -> None:
    """Over SMTP too: in the envelope and in the letter."""
    post(sender=Mailbox("Nämnden", address_at("127.0.0.1")))
    result = deliver(database, open_transport(smtp_server.url), lambda _: b"", MOMENT)
    assert len(result.sent) == 1
    assert smtp_server.envelopes[0].mail_from == HERE
    assert str(smtp_server.messages[0]["From"]) == f"Nämnden <{HERE}>"
